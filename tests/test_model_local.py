"""The local model's child process: what is refused before anything is started."""

from pathlib import Path

import pytest

from pipeline import local_model
from pipeline.errors import ModelSetupError
from pipeline.local_model import serve_local


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
