"""A model of one's own: llama.cpp's server in a child process, on the loopback interface only.

In: the path of a GGUF file. Out: the address of an endpoint that the door uses like any other. The
rule it protects: nothing leaves the machine, and the child ends with its parent, at once (it waits
for the end of its standard input). Needs the extra `juesuan[local]` (xllamacpp).
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from pipeline.errors import ModelSetupError

CONTEXT_TOKENS: Final = 12_288
_START_SECONDS: Final = 600.0
_END_SECONDS: Final = 10.0
_SHOWN_CHARACTERS: Final = 200
_MARK: Final = "juesuan-local-model "
_GGUF_MAGIC: Final = b"GGUF"


@contextmanager
def serve_local(
    path: Path, context_tokens: int = CONTEXT_TOKENS, threads: int = 0
) -> Iterator[str]:
    """Serve a GGUF file until the block ends. Gives the base URL. Raises ModelSetupError.

    `threads` 0 leaves the choice to llama.cpp; on a machine that is busy with other work one
    thread is faster than several that wait for each other."""
    _require(path)
    numbers = [str(context_tokens), str(threads)]
    command = [sys.executable, "-m", "pipeline.local_model", str(path), *numbers]
    with TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            yield f"{_address(child, log)}/v1"
        finally:
            _end(child)


def _end(child: "subprocess.Popen[str]") -> None:
    if child.stdin:
        child.stdin.close()
    try:
        child.wait(timeout=_END_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdout:
        child.stdout.close()


def _require(path: Path) -> None:
    if find_spec("xllamacpp") is None:
        raise ModelSetupError(
            "a local model needs xllamacpp", hint="install juesuan with its extra: juesuan[local]"
        )
    if not path.is_file():
        raise ModelSetupError(
            "there is no such model file", where=str(path), hint="name it with --model-path"
        )
    with path.open("rb") as file:
        if file.read(len(_GGUF_MAGIC)) != _GGUF_MAGIC:
            raise ModelSetupError(
                "the model file is no GGUF file", where=str(path), hint="--model-path takes GGUF"
            )


def _address(child: "subprocess.Popen[str]", log: IO[str]) -> str:
    """The address that the child says once the model is loaded."""
    timer = threading.Timer(_START_SECONDS, child.kill)
    timer.start()
    try:
        for line in child.stdout or ():
            if line.startswith(_MARK):
                threading.Thread(target=_drain, args=(child,), daemon=True).start()
                return line.removeprefix(_MARK).strip()
    finally:
        timer.cancel()
    log.seek(0)
    last = next((line.strip() for line in reversed(log.readlines()) if line.strip()), "")
    raise ModelSetupError(
        f"the local model did not start: {last[:_SHOWN_CHARACTERS] or 'it gave no reason'}",
        hint="the file may be damaged or memory too small",
    )


def _drain(child: "subprocess.Popen[str]") -> None:
    """Read what the child still prints, so that it never waits for a full pipe."""
    with suppress(ValueError):  # closed by the parent while reading
        for _ in child.stdout or ():
            pass


def _end_with_parent() -> None:
    """Leave without waiting for the answer that is being computed: nobody reads it any more."""
    while os.read(0, 1):
        pass
    os._exit(0)


def _serve(path: str, context_tokens: int, threads: int) -> None:
    watch = threading.Thread(target=_end_with_parent, daemon=True)
    watch.start()
    xllamacpp = import_module("xllamacpp")  # the extra may be absent, for type checkers too
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = context_tokens
    params.n_parallel = 1
    if threads:
        params.cpuparams.n_threads = threads
        params.cpuparams_batch.n_threads = threads
    params.ui = False
    server = xllamacpp.Server(params)
    print(f"{_MARK}{server.listening_address}", flush=True)
    watch.join()


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
