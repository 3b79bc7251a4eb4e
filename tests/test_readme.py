"""Every command of both READMEs runs; the two set-up commands name what is there."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from pipeline.cli import main, parser

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh.md")


def blocks(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return [
        line for block in re.findall(r"```sh\n(.*?)```", text, re.S) for line in block.splitlines()
    ]


def commands(name: str) -> list[list[str]]:
    return [shlex.split(line) for line in blocks(name) if line.startswith("juesuan ")]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("lukou-2024-final", "yancheng-2024-budget"):
        shutil.copytree(ROOT / "golden" / name, tmp_path / "golden" / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", READMES)
def test_every_command_runs(
    name: str, clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in blocks(name):
        if line.startswith("export "):
            for pair in shlex.split(line)[1:]:
                monkeypatch.setenv(*pair.split("=", 1))
        elif line.startswith("juesuan "):
            assert main(shlex.split(line)[1:]) == 0, line
            assert capsys.readouterr().out.strip(), f"{line} printed nothing"
    assert (clone / "runs" / "lukou" / "facts.csv").exists()


@pytest.mark.parametrize("name", READMES)
def test_set_up_commands_name_what_is_there(name: str) -> None:
    first, second = (line for line in blocks(name) if line.startswith("python3 -m venv"))
    assert "extract golden/*/*.txt" in first
    assert [*ROOT.glob("golden/*/*.txt")]
    assert "-e '.[dev]'" in second and second.endswith("python -m pytest -n auto")


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = ({" ".join(c[1:3]) for c in commands(name)} for name in READMES)
    assert chinese - english == set()


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in _names():
        with pytest.raises(SystemExit) as stop:
            main([*name, "--help"])
        assert stop.value.code == 0
        assert len(capsys.readouterr().out) > 80


def _names() -> list[list[str]]:
    found: list[list[str]] = []
    top = next(a for a in parser()._actions if a.dest == "command")
    for name, command in (top.choices or {}).items():  # type: ignore[attr-defined]
        inner = [a for a in command._actions if a.dest == "kind"]
        found += [[name, kind] for kind in inner[0].choices] if inner else [[name]]
    return found


def test_exit_codes_are_documented() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for code in (0, 2, 3, 4, 5, 6, 7, 8, 9, 130):
        assert re.search(rf"\b{code} ", text[text.index("Exit codes") :])
