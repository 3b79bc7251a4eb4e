"""The child process that reads documents for a `Worker`.

In: requests on standard input. Out: frames on standard output. The rule it protects: each
document has its own fork with limits on time, memory and core files; what it does to itself is an
answer, never the end of the server.
"""

import gc
import json
import os
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from pipeline.documents.ceilings import limit_memory, limit_seconds
from pipeline.documents.content import read_content
from pipeline.documents.limits import Limits
from pipeline.documents.ocr_extra import OCR_INSTALLED
from pipeline.documents.worker import (
    ANSWER,
    ENDED,
    FAILED,
    REFUSED,
    Request,
    receive_request,
    send,
)
from pipeline.errors import JuesuanError, LimitExceeded
from schemas.documents import Document

Frame = tuple[bytes, bytes]
_NEW_OBJECTS = 500_000  # between two looks for cycles
Read = Callable[[str, bytes, Limits], Document]


def main() -> None:
    """Answer requests until standard input ends."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    spare_collector()
    serve(sys.stdin.buffer, output, read_content)


def spare_collector() -> None:
    """Forks need not walk over what the libraries hold, nor look for cycles among the many small
    values of one document at every turn; a fork ends with its document."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)


def serve(requests: IO[bytes], output: IO[bytes], read: Read) -> None:
    """One answer a request, in order."""
    while (request := receive_request(requests)) is not None:
        if OCR_INSTALLED and request.data[:1024].count(b"%PDF-"):
            request = request._replace(limits=request.limits.with_ocr())
        kind, content = _forked(request, read) if hasattr(os, "fork") else _answer(request, read)
        send(output, kind, content)


def _answer(request: Request, read: Read) -> Frame:
    try:
        return ANSWER, read(request.name, request.data, request.limits).model_dump_json().encode()
    except JuesuanError as error:
        return REFUSED, _told(error)
    except MemoryError:
        return REFUSED, _told(_out_of_memory(request))
    except RecursionError:
        return REFUSED, _told(LimitExceeded("the file is nested too deeply", where=request.name))


def _told(error: JuesuanError) -> bytes:
    return json.dumps(
        {
            "class": type(error).__name__,
            "message": error.message,
            "where": error.where,
            "next_step": error.next_step,
        }
    ).encode()


def _out_of_memory(request: Request) -> LimitExceeded:
    megabytes = request.limits.memory_bytes // 1_000_000
    return LimitExceeded(f"reading needs more than {megabytes} MB of memory", where=request.name)


def _forked(request: Request, read: Read) -> Frame:
    """The answer of a fork that reads under limits; its end, where it gives none."""
    inlet, outlet = os.pipe()
    with tempfile.TemporaryFile() as talk:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.setpgid(0, 0)
                os.dup2(talk.fileno(), 2)
                _limit(request.limits)
                kind, content = _answer(request, read)
                with os.fdopen(outlet, "wb") as pipe:
                    pipe.write(kind + content)
                status = 0
            finally:
                if status:
                    traceback.print_exc()
                    sys.stderr.flush()
                os._exit(status)
        os.close(outlet)
        with suppress(OSError):  # the child was faster
            os.setpgid(child, child)
        answer = _drained(inlet, request.limits.seconds)
        if answer is None:
            os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        with suppress(ProcessLookupError):  # it left no process of its own
            os.killpg(child, signal.SIGKILL)
        if status == 0 and answer:
            return answer[:1], answer[1:]
        return _ended(request, status, talk, timed_out=answer is None)


def _limit(limits: Limits) -> None:
    """Ceilings of this process; what the libraries take already does not count."""
    import resource  # not on every system; forks are, where it is

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory(limits.memory_bytes)
    limit_seconds(limits.seconds)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _drained(inlet: int, seconds: float) -> bytes | None:
    """All that the fork writes; None where it takes too long."""
    deadline = time.monotonic() + seconds
    pieces: list[bytes] = []
    try:
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([inlet], [], [], left)[0]:
                return None
            piece = os.read(inlet, 1 << 20)
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
    finally:
        os.close(inlet)


def _ended(request: Request, status: int, talk: IO[bytes], timed_out: bool) -> Frame:
    """Why a fork gave no answer: time, memory, a signal, or a defect of the reader."""
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if timed_out or number == signal.SIGXCPU:
        seconds = request.limits.seconds
        return REFUSED, _told(
            LimitExceeded(f"reading took more than {seconds:g} seconds", where=request.name)
        )
    talk.seek(0)
    text = talk.read()
    if number:
        said = text.decode("utf-8", "replace").splitlines()[-1:]
        name = signal.Signals(number).name
        return (
            ENDED,
            f"the file brought its reader down ({'; '.join([name, *said])[:200]})".encode(),
        )
    if b"MemoryError" in text[-200:]:
        return REFUSED, _told(_out_of_memory(request))
    return FAILED, text[-4000:]
