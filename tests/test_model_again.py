"""Cells in doubt are read again by a model; the identities say which reading stays."""

import json
from pathlib import Path

import pytest

from pipeline import model_run
from pipeline.cli import main
from pipeline.reading.deterministic import read_chunk
from pipeline.runs import read_extraction, run_documents
from schemas.readings import Reading
from tests.loopback import Asked, Reply, serve

TEXT = """某某市某某中心2030年度部门决算

第二部分 部门决算表

支出决算表

单位：万元

科目编码\t科目名称\t本年支出合计\t基本支出\t项目支出
合计\t\t15.00\t10.00\t5.00
205\t教育支出\t10.00\t10.00\t
208\t社会保障和就业支出\t5.00\t\t5.00
"""
LINE = 12


@pytest.fixture
def spoiled(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The reader puts 5.00 of the last row under 基本支出 instead of 项目支出, in the way that the
    test names; column totals then fail."""
    how: dict[str, object] = {"placed_by": "assumed_empty"}

    def wrong(*arguments: object) -> Reading:
        reading = read_chunk(*arguments)  # type: ignore[arg-type]
        rows = [
            row.model_copy(
                update={
                    "values": tuple(
                        value.model_copy(update={"column": "basic", **how})
                        if value.column == "project"
                        else value
                        for value in row.values
                    )
                }
            )
            if row.row == "208"
            else row
            for row in reading.rows
        ]
        return reading.model_copy(update={"rows": tuple(rows)})

    monkeypatch.setattr(model_run, "read_chunk", wrong)
    return how


def columns(tmp_path: Path, answer: dict[str, object]) -> tuple[dict[str, str], list[Asked]]:
    """The columns of the last row's facts after `needed`, and what was asked."""
    text, out = tmp_path / "决算.txt", tmp_path / "run"
    text.write_text(TEXT, encoding="utf-8")
    command = ["extract", str(text), "--out", str(out), "--model", "某模型", "--quiet"]
    with serve(lambda asked: Reply(json.dumps(answer, ensure_ascii=False))) as server:
        assert main([*command, "--base-url", server.url]) == 0
    (name,) = run_documents(out)
    facts = [fact for fact in read_extraction(out, name).facts if fact.line == LINE]
    return {fact.column: fact.reader for fact in facts}, server.seen


def row(*values: str) -> dict[str, object]:
    item = {"line": LINE, "side": "", "key": "208", "label": "社会保障和就业支出"}
    item["values"] = list(values)  # type: ignore[assignment]
    return {
        "statement": "expenditure",
        "unit": "万元",
        "columns": ["total", "basic"],
        "rows": [item],
    }


@pytest.mark.parametrize(
    "how",
    [{"placed_by": "assumed_empty"}, {"confidence": 0.4}],
    ids=["按勾稽放的", "识别没有把握"],
)
def test_a_cell_in_doubt_that_breaks_a_sum_is_read_again(
    how: dict[str, object], spoiled: dict[str, object], tmp_path: Path
) -> None:
    spoiled.clear()
    spoiled |= how
    found, seen = columns(tmp_path, row("5.00", "5.00"))
    assert found == {"total": "model", "project": "model"}
    assert [asked.task for asked in seen] == ["rows"]
    assert f"{LINE}|208" in seen[0].user and "205" not in seen[0].user.split("<<<")[1]


def test_a_verbatim_cell_that_breaks_a_sum_costs_nothing(
    spoiled: dict[str, object], tmp_path: Path
) -> None:
    spoiled.clear()
    found, seen = columns(tmp_path, row("5.00", "5.00"))
    assert (found, seen) == ({"total": "form", "basic": "form"}, [])


def test_an_answer_that_mends_nothing_changes_nothing(
    spoiled: dict[str, object], tmp_path: Path
) -> None:
    found, seen = columns(tmp_path, row("5.00"))
    assert found == {"total": "form", "basic": "form"}
    assert len(seen) == 1
