"""A local model: a file, a child process that serves it, a run to its end, and no child left."""

import csv
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import local_model
from pipeline.cli import main
from pipeline.errors import ModelSetupError
from pipeline.local_model import serve_local
from tests.test_model import PROSE

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="counts processes")
FAKE = Path(__file__).parent / "fake_server"


@pytest.fixture
def gguf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A file that passes for a model, and a stand-in for the package that serves it."""
    monkeypatch.setenv("PYTHONPATH", f"{FAKE}{os.pathsep}{Path(__file__).parents[1]}")
    monkeypatch.setattr(local_model, "find_spec", lambda name: object())

    def make(name: str) -> Path:
        path = tmp_path / f"{name}.gguf"
        path.write_bytes(b"GGUF\x03")
        return path

    return make


def children(parent: int) -> list[int]:
    """The living child processes of a process."""
    numbers = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return [number for number in numbers if is_alive(number, parent)]


def is_alive(number: int, parent: int = 0) -> bool:
    """True for a process that runs, and is a child of `parent` where one is given."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text()
    except OSError:  # it ended while we looked
        return False
    state, of = stat.rpartition(")")[2].split()[:2]
    return state != "Z" and parent in (0, int(of))


def test_without_the_extra_the_hint_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_model, "find_spec", lambda name: None)
    with (
        pytest.raises(ModelSetupError, match=r"juesuan\[local\]"),
        serve_local(tmp_path / "m.gguf"),
    ):
        pass


@pytest.mark.parametrize(
    ("content", "word"),
    [(None, "no such model file"), (b"PK\x03\x04", "no GGUF")],
    ids=["没有", "压缩包"],
)
def test_a_file_that_is_no_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, word: str
) -> None:
    monkeypatch.setattr(local_model, "find_spec", lambda name: object())
    path = tmp_path / "m.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelSetupError, match=word), serve_local(path):
        pass


def test_a_run_with_a_local_model_reads_tells_and_leaves_no_child(
    gguf: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, out, model = tmp_path / "某局.txt", tmp_path / "run", gguf("小模型")
    text.write_text(PROSE, encoding="utf-8")
    local = ["--model", "local", "--model-path", str(model), "--model-use", "always"]
    before = children(os.getpid())
    assert main(["extract", str(text), "--out", str(out), *local]) == 0
    assert children(os.getpid()) == before
    said = capsys.readouterr().err
    assert "loading 小模型.gguf; it runs on this machine" in said
    assert re.search(r"^  claims \S+ c\d+: answered, 41 tokens in \d+ s$", said, re.MULTILINE), said
    facts = list(csv.DictReader((out / "facts.csv").read_text("utf-8-sig").splitlines()))
    assert [(f["raw"], f["row"], f["model"]) for f in facts] == [("35.20", "收、支总计", "小模型")]


def test_a_model_that_cannot_be_loaded_says_why(gguf: Callable[[str], Path]) -> None:
    with (
        pytest.raises(ModelSetupError, match="tensor 'output' is truncated"),
        serve_local(gguf("broken")),
    ):
        pass


def test_a_child_that_computes_ends_with_the_block(gguf: Callable[[str], Path]) -> None:
    before = children(os.getpid())
    started = time.monotonic()
    with serve_local(gguf("slow")):
        assert len(children(os.getpid())) == len(before) + 1
    assert children(os.getpid()) == before
    assert time.monotonic() - started < local_model._END_SECONDS


_ASKING = """
import sys
from pathlib import Path
from urllib.request import urlopen
from pipeline.local_model import serve_local
with serve_local(Path(sys.argv[1])) as url:
    print(url, flush=True)
    urlopen(url + "/chat/completions", b"{}")
"""


def test_a_child_that_computes_ends_with_a_killed_parent(gguf: Callable[[str], Path]) -> None:
    command = [sys.executable, "-c", _ASKING, str(gguf("slow"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout and parent.stdout.readline().startswith("http://127.0.0.1:")
        (child,) = children(parent.pid)
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(child)
