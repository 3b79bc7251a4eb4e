"""Documents read in a process of their own, with a ceiling on time and memory.

In: name and bytes of a document, limits. Out: the `Document`, or the error that reading it here
would have raised. The rule it protects: a hostile file can end its own process and nothing else.

A worker is one child that lives as long as the run; where the system can fork, it forks for each
document, so that libraries are loaded once and memory goes back with the document.
"""

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, Self

from pipeline import errors
from pipeline.documents.limits import Limits
from pipeline.documents.ocr_extra import OCR_INSTALLED
from pipeline.errors import JuesuanError, LimitExceeded, UnreadableFile
from schemas.documents import Document

# A frame is its kind and length in 9 bytes, then its bytes.
ANSWER, REFUSED, ENDED, FAILED = b"D", b"E", b"S", b"X"
# What the parent waits beyond the document's own time, for start and answer of the child.
_GRACE_SECONDS = 30.0
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from pipeline.documents.server import main; main()"
)


class Request(NamedTuple):
    """What the child is asked to read."""

    name: str
    data: bytes
    limits: Limits


class ReaderError(RuntimeError):
    """The reader itself has a defect that this document shows; holds the child's traceback."""


class Worker:
    """One child process for one document at a time. Use as a context manager, one a thread."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, name: str, data: bytes, limits: Limits) -> Document:
        """Read one document. Raises what reading raises; LimitExceeded for time and memory,
        UnreadableFile where the file brought the reader down."""
        process = self._started()
        seconds = max(limits.seconds, limits.ocr_seconds if OCR_INSTALLED else 0.0)
        timer = threading.Timer(seconds + _GRACE_SECONDS, process.kill)
        timer.start()
        try:
            frame = self._asked(process, Request(name, data, limits))
        finally:
            timer.cancel()
        if frame is None:
            self.close()
            raise LimitExceeded(f"reading took more than {limits.seconds:g} seconds", where=name)
        return _document(name, frame)

    def _asked(
        self, process: subprocess.Popen[bytes], request: Request
    ) -> tuple[bytes, bytes] | None:
        if process.stdin is None or process.stdout is None:
            return None
        try:
            send_request(process.stdin, request)
            return receive(process.stdout)
        except BrokenPipeError:
            return None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _START, json.dumps(_search_path())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        return self._process

    def close(self) -> None:
        """End the child; the next document starts a new one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):  # the child went first
                    stream.close()
        process.wait()


def read_isolated(name: str, data: bytes, limits: Limits) -> Document:
    """Read one document in this thread's worker, which is kept for the next. Raises as
    `Worker.read` does."""
    return _kept(os.getpid(), threading.get_ident()).read(name, data, limits)


@cache
def _kept(process: int, thread: int) -> Worker:
    """One worker a thread; a fork of this process starts its own."""
    worker = Worker()
    atexit.register(worker.close)
    return worker


def _search_path() -> list[str]:
    """Where the child finds what the parent finds: an empty entry means the current folder."""
    return [str(Path(entry or ".").resolve()) for entry in sys.path]


def _document(name: str, frame: tuple[bytes, bytes]) -> Document:
    kind, content = frame
    if kind == ANSWER:
        return Document.model_validate_json(content)
    if kind == ENDED:
        raise UnreadableFile(content.decode(), where=name)
    if kind == REFUSED:
        raise _error(json.loads(content))
    raise ReaderError(content.decode("utf-8", "replace"))


def _error(told: dict[str, str]) -> JuesuanError:
    """The child's error as an error here. Only classes of the error tree are made."""
    found = getattr(errors, told["class"], UnreadableFile)
    kind = found if isinstance(found, type) and issubclass(found, JuesuanError) else UnreadableFile
    return kind(told["message"], where=told["where"], hint=told["next_step"])


def send(stream: IO[bytes], kind: bytes, content: bytes) -> None:
    """Write one frame."""
    stream.write(kind + len(content).to_bytes(8, "big"))
    stream.write(content)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Read one frame; None where the stream ended."""
    head = stream.read(9)
    if len(head) < 9:
        return None
    length = int.from_bytes(head[1:], "big")
    content = stream.read(length)
    return (head[:1], content) if len(content) == length else None


def send_request(stream: IO[bytes], request: Request) -> None:
    """Write name, limits and bytes of a document."""
    head = json.dumps({"name": request.name, "limits": request.limits._asdict()})
    send(stream, b"H", head.encode())
    send(stream, b"B", request.data)


def receive_request(stream: IO[bytes]) -> Request | None:
    """Read what `send_request` wrote; None at the end of the run."""
    head, body = receive(stream), None
    if head is not None:
        body = receive(stream)
    if head is None or body is None:
        return None
    told = json.loads(head[1])
    return Request(told["name"], body[1], Limits(**told["limits"]))
