"""The run folder: resume, kill, duplicates, failures, corrections; what is written is the same."""

import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.errors import EXIT_DOCUMENTS_FAILED, InputError, OutputError
from pipeline.running import RunSettings, run
from pipeline.runs import read_extraction, run_documents

GOLDEN = Path(__file__).parents[1] / "golden"
DETERMINISTIC = ("facts.csv", "findings.csv", "documents.csv")
FORM = """某某市某某局2024年度部门决算
支出决算表
部门：某某市某某局
单位：万元
科目编码\t科目名称\t本年支出合计\t基本支出\t项目支出
\t合计\t30.00\t{basic}\t{project}
201\t一般公共服务支出\t30.00\t{basic}\t{project}
"""


def disclosure(folder: Path, name: str, basic: str = "10.00", project: str = "20.00") -> Path:
    path = folder / name
    path.write_text(FORM.format(basic=basic, project=project), encoding="utf-8")
    return path


def silent(text: str) -> None:
    del text


def bytes_of(out: Path) -> dict[str, bytes]:
    found = {name: (out / name).read_bytes() for name in DETERMINISTIC}
    found |= {p.name: p.read_bytes() for p in sorted((out / "documents").iterdir())}
    return found


def test_second_run_reads_nothing_and_changes_nothing(tmp_path: Path) -> None:
    file, out = disclosure(tmp_path, "甲.txt"), tmp_path / "run"
    first = run([file], out, RunSettings(), silent)
    before = bytes_of(out)
    second = run([file], out, RunSettings(), silent)
    assert (first.read_now, second.read_now) == (1, 0)
    assert bytes_of(out) == before


def test_changed_file_replaces_what_was_read_of_it(tmp_path: Path) -> None:
    file, out = disclosure(tmp_path, "甲.txt"), tmp_path / "run"
    run([file], out, RunSettings(), silent)
    disclosure(tmp_path, "甲.txt", basic="12.00", project="18.00")
    run([file], out, RunSettings(), silent)
    rows = list(csv.DictReader((out / "facts.csv").read_text("utf-8-sig").splitlines()))
    assert {row["raw"] for row in rows} == {"30.00", "12.00", "18.00"}
    assert len(run_documents(out)) == 1


def test_one_broken_document_stops_nothing(tmp_path: Path) -> None:
    files = tmp_path / "in"
    files.mkdir()
    disclosure(files, "甲.txt")
    (files / "空.txt").write_bytes(b"")
    (files / "坏.pdf").write_bytes(b"%PDF-1.7 nothing")
    (files / "无.txt").write_text("今天天气很好。", encoding="utf-8")
    result = run([files], tmp_path / "run", RunSettings(), silent)
    assert sorted(r.status for r in result.records) == ["done", "failed", "failed", "failed"]
    reasons = {r.name: r.reason for r in result.records if r.status == "failed"}
    assert "empty" in reasons["空.txt"] and "no disclosure" in reasons["无.txt"]
    assert all(len(reason.splitlines()) == 1 for reason in reasons.values())
    assert main(["extract", str(files), "--out", str(tmp_path / "b")]) == EXIT_DOCUMENTS_FAILED


def test_same_content_twice_is_one_document(tmp_path: Path) -> None:
    a, b = disclosure(tmp_path, "甲.txt"), disclosure(tmp_path, "乙.txt")
    result = run([a, b], tmp_path / "run", RunSettings(), silent)
    assert [r.status for r in result.records] == ["done", "duplicate"]
    assert "甲.txt" in result.records[1].reason
    assert len(run_documents(tmp_path / "run")) == 1


@pytest.mark.parametrize(
    ("content", "words", "code"),
    [
        pytest.param(b"", "empty", 3, id="空文件"),
        pytest.param(b"\x00\x01\x02" * 99, "no known kind", 3, id="二进制"),
        pytest.param("部门决算".encode("utf-16-le"), "", 3, id="没有标记的UTF-16"),
        pytest.param("今天天气很好。".encode(), "no disclosure", 3, id="不是公开文件"),
    ],
)
def test_bad_input_is_one_line_and_a_code(
    content: bytes, words: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "件.txt"
    file.write_bytes(content)
    assert main(["extract", str(file), "--out", str(tmp_path / "run"), "--quiet"]) == code
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1 and words in said and "件.txt" in said


def test_missing_path_and_unwritable_output_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        run([tmp_path / "没有.txt"], tmp_path / "run", RunSettings(), silent)
    (tmp_path / "堵").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        run([disclosure(tmp_path, "甲.txt")], tmp_path / "堵" / "run", RunSettings(), silent)


def test_gb18030_reads_like_utf8(tmp_path: Path) -> None:
    text = FORM.format(basic="10.00", project="20.00")
    for name, encoding in (("甲.txt", "gb18030"), ("乙.txt", "utf-8-sig")):
        (tmp_path / name).write_bytes(text.encode(encoding))
    run([tmp_path], tmp_path / "run", RunSettings(), silent)
    read = [read_extraction(tmp_path / "run", d).facts for d in run_documents(tmp_path / "run")]
    assert [(f.row, f.column, f.value) for f in read[0]] == [
        (f.row, f.column, f.value) for f in read[1]
    ]


def test_corrections_survive_every_run(tmp_path: Path) -> None:
    file, out = disclosure(tmp_path, "甲.txt"), tmp_path / "run"
    run([file], out, RunSettings(), silent)
    (document,) = run_documents(out)
    head = "document,action,statement,section,row,column,unit,raw,label,line,negative,note"
    row = f"{document},remove,expenditure,,201,project,万元,20.00,一般公共服务支出,7,,不是"
    (out / "corrections.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    for _ in range(2):
        run([file], out, RunSettings(), silent)
        keys = {fact.key for fact in read_extraction(out, document).facts}
        assert ("expenditure", "", "201", "project") not in keys
        assert ("expenditure", "", "201", "basic") in keys


def test_killed_run_is_finished_by_the_same_command(tmp_path: Path) -> None:
    files = tmp_path / "in"
    files.mkdir()
    for n in range(12):
        disclosure(files, f"件{n:02}.txt", basic=f"{n}.00", project=f"{30 - n}.00")
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    run([files], whole, RunSettings(processes=1), silent)
    command = [sys.executable, "-m", "pipeline.cli", "extract", str(files), "--out", str(killed)]
    dice = random.Random(7)
    for _ in range(3):
        process = subprocess.Popen(
            command,
            cwd=GOLDEN.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(dice.uniform(0.3, 1.2))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert main(["extract", str(files), "--out", str(killed), "--quiet"]) == 0
    assert bytes_of(killed) == bytes_of(whole)
    assert not [p for p in killed.rglob("*.part") if p.stat().st_size and p.name in DETERMINISTIC]


def test_what_a_killed_run_left_half_written_is_cleared(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    disclosure(tmp_path, "甲.txt", basic="1.00", project="2.00")
    out = tmp_path / "run"
    (out / "documents").mkdir(parents=True)
    left, busy = (
        out / "documents" / f".乙.json.{process}.part" for process in (ended.pid, os.getpid())
    )
    for path in (left, busy):
        path.write_text("{", encoding="utf-8")
    assert main(["extract", str(tmp_path / "甲.txt"), "--out", str(out), "--quiet"]) == 0
    assert (left.exists(), busy.exists()) == (False, True)


def test_run_folder_of_another_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no run folder"):
        run_documents(tmp_path)
    assert main(["check", str(tmp_path)]) == OutputError.exit_code
    shutil.rmtree(tmp_path / "nothing", ignore_errors=True)
