"""The commands that score, as a person meets them: paths, refusals, exit codes."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from scoring import FACTS, SET, read, spoiled

from pipeline.cli import main
from pipeline.corrections import CORRECTION_COLUMNS
from pipeline.evaluation.harness import evaluate
from schemas.findings import Outcome
from tests.loopback import Reply, serve

TEXT = "一、收入支出决算总体情况说明\n2024年度办公费12.50万元，会议费3.00万元。\n"
Juesuan = Callable[..., tuple[int, str, str]]


@pytest.fixture
def juesuan(capsys: pytest.CaptureFixture[str]) -> Juesuan:
    """Run a command: exit code, stdout, stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(one) for one in arguments])
        except SystemExit as stop:
            code = int(str(stop.code))
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "甲.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def drafted(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "facts.csv").read_text("utf-8-sig"))))


def test_what_was_corrected_in_a_run_becomes_a_golden_fact(
    juesuan: Juesuan, text: Path, tmp_path: Path
) -> None:
    run, golden = tmp_path / "run", tmp_path / "golden"
    assert juesuan("extract", text, "--out", run)[0] == 0
    [document] = [path.stem for path in (run / "documents").iterdir()]
    row = (
        f"{document},set,claim,收入支出决算总体情况说明,办公用品费,amount,万元,12.50,办公用品费,2,,"
    )
    (run / "corrections.csv").write_text(
        ",".join(CORRECTION_COLUMNS) + f"\n{row}\n", encoding="utf-8"
    )
    assert juesuan("extract", text, "--out", run)[0] == 0
    code, out, _ = juesuan("golden", "new", text, "--run", run, "--golden", golden)
    assert (code, out.strip()) == (0, str(golden / "甲"))
    confirmed = [row["row"] for row in drafted(golden / "甲") if row["confirmed"] == "yes"]
    assert confirmed == ["办公用品费"]


def test_a_text_that_a_run_wrote_out_is_drafted_from_that_run(
    juesuan: Juesuan, text: Path, tmp_path: Path
) -> None:
    page, run = tmp_path / "乙.html", tmp_path / "run"
    page.write_text(f"<p>{TEXT.replace(chr(10), '</p><p>')}</p>", encoding="utf-8")
    assert juesuan("extract", page, "--out", run)[0] == 0
    [written] = (run / "texts").iterdir()
    assert juesuan("golden", "new", written, "--run", run, "--golden", tmp_path / "g")[0] == 0
    assert juesuan("golden", "check", tmp_path / "g")[1].splitlines() == [
        f"{written.stem}: a draft: confirm each fact, then say so in source.json"
    ]


def test_a_draft_from_a_run_of_other_documents_is_refused(
    juesuan: Juesuan, text: Path, tmp_path: Path
) -> None:
    juesuan("extract", text, "--out", tmp_path / "run")
    other = tmp_path / "乙.txt"
    other.write_text(TEXT + "又", encoding="utf-8")
    code, _, err = juesuan("golden", "new", other, "--run", tmp_path / "run")
    assert (code, "this text is not in the run" in err) == (3, True)


def test_a_golden_text_has_to_be_utf_8(juesuan: Juesuan, tmp_path: Path) -> None:
    path = tmp_path / "甲.txt"
    path.write_bytes(TEXT.encode("gb18030"))
    code, _, err = juesuan("golden", "new", path, "--golden", tmp_path / "golden")
    assert (code, "甲.txt: a golden text is UTF-8" in err) == (3, True)
    assert not (tmp_path / "golden").exists()


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        pytest.param("evaluate golden --golden 无", 3, "无: no such folder", id="没有这个目录"),
        pytest.param("evaluate golden --golden .", 3, "no golden document here", id="空目录"),
        pytest.param("evaluate grid --out g --golden .", 3, "no golden document here", id="格"),
        pytest.param("golden check .", 3, "`juesuan golden new FILE` drafts one", id="空目录检查"),
        pytest.param("evaluate compare 无 无", 3, "no evaluation to read", id="没有评测"),
        pytest.param(
            "evaluate compare 无 无", 3, "`juesuan evaluate golden --out DIR`", id="怎么办"
        ),
        pytest.param("evaluate gate a b --margin 2", 2, "not between 0 and 1", id="容差过大"),
        pytest.param("evaluate gate a b --margin nan", 2, "not between 0 and 1", id="容差非数"),
    ],
)
def test_a_wrong_path_is_answered_in_one_line(
    juesuan: Juesuan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    found, out, err = juesuan(*command.split())
    assert (found, out) == (code, "")
    assert said in err.splitlines()[-1]


def evaluations(tmp_path: Path, *changed: int) -> tuple[Path, Path]:
    objection = (Outcome(check="A1", status="fail", facts=changed),)
    evaluate([read("甲"), read("乙")], SET, tmp_path / "a")
    after = [read(name, spoiled(*changed), outcomes=objection) for name in "甲乙"]
    evaluate(after, SET, tmp_path / "b")
    return tmp_path / "a", tmp_path / "b"


@pytest.mark.parametrize(
    ("changed", "margin", "code"),
    [
        pytest.param((), 0, 0, id="一样"),
        pytest.param((42,), 0, 9, id="坏了一个"),
        pytest.param((42,), 0.02, 0, id="在容差之内"),
    ],
)
def test_exit_codes_of_the_gate(
    juesuan: Juesuan, tmp_path: Path, changed: tuple[int, ...], margin: float, code: int
) -> None:
    before, after = evaluations(tmp_path, *changed)
    found, out, _ = juesuan("evaluate", "gate", before, after, "--margin", margin)
    assert found == code
    assert (out == "nothing is worse\n") is (code == 0)


def test_scores_of_another_scorer_are_not_compared(juesuan: Juesuan, tmp_path: Path) -> None:
    before, after = evaluations(tmp_path)
    path = before / "scores.json"
    path.write_text(json.dumps({"format_version": 1, "of": "old"}), encoding="utf-8")
    code, _, err = juesuan("evaluate", "compare", before, after)
    assert (code, err.count("\n")) == (3, 1)
    assert "scored by version 1 of the scorer" in err
    assert "evaluate the run anew" in err


def test_damaged_scores_are_told_in_one_line(juesuan: Juesuan, tmp_path: Path) -> None:
    before, after = evaluations(tmp_path)
    with (before / "judged.jsonl").open("a", encoding="utf-8") as file:
        file.write("{}\n")
    code, _, err = juesuan("evaluate", "compare", before, after)
    assert (code, err) == (
        3,
        f"juesuan: {before}: damaged: document: is missing (and 5 more) - evaluate the run anew\n",
    )


def test_compare_says_what_few_documents_can_show(juesuan: Juesuan, tmp_path: Path) -> None:
    evaluate([read("甲")], SET, tmp_path / "a")
    evaluate([read("甲"), read("乙", FACTS[:90])], SET, tmp_path / "b")
    code, out, _ = juesuan("evaluate", "compare", tmp_path / "a", tmp_path / "b")
    assert code == 0
    assert "fact F1 0.6667 -> 0.9744" in out
    assert "p cannot fall below 0.5000 with 2 documents" in out
    assert "not read in A: 乙" in out


def test_a_repeat_of_the_grid_asks_again_and_replays_without_a_key(
    juesuan: Juesuan, text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUESUAN_API_KEY", raising=False)
    golden, cache = tmp_path / "golden", tmp_path / "cache"
    assert juesuan("golden", "new", text, "--golden", golden)[0] == 0
    grid = ["evaluate", "grid", "--golden", golden, "--models", "某模型", "--uses", "always"]
    with serve(lambda asked: Reply(json.dumps({"claims": []}))) as server:
        wanted = [*grid, "--base-url", server.url, "--cache", cache, "--out"]
        assert juesuan(*wanted, tmp_path / "asked", "--repeats", 2)[0] == 0
        asked = len(server.seen)
        assert asked == 2 * len({one.user for one in server.seen}) > 0
        code, out, _ = juesuan(*wanted, tmp_path / "kept", "--repeats", 3, "--replay")
        assert (code, len(server.seen)) == (0, asked)
    assert "某模型 always, repeat 3: " in out.partition("missing:")[2]
    [row] = [line.split() for line in out.splitlines() if line.startswith("某模型")][:1]
    assert row[2] == "2"
