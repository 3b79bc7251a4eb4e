"""Rows of a table that lost its grid, as a model tells them: what is taken, what goes back."""

import pytest

from pipeline.reading.model_answers import RowItem, RowsAnswer
from pipeline.reading.model_grounding import Ground, line_occurrences
from pipeline.reading.model_rows import read_rows
from schemas.documents import Chunk

LINES = ["301\t01\t基本工资\t501\t7.25\t7.25", "合计\t\t\t\t7.25\t7.25"]
CHUNK = Chunk(id="c001", kind="table", first_line=1, last_line=2, title="支出经济分类汇总表")


def told(key: str, values: list[str], columns: list[str]) -> tuple[list[str], str]:
    """The values taken of one row of the first line, and what is wrong with it."""
    item = RowItem(line=1, side="", key=key, label="基本工资", values=values)
    answer = RowsAnswer(statement="economic_summary", unit="", columns=columns, rows=[item])
    found = read_rows(answer, CHUNK, Ground(LINES, line_occurrences(LINES, [1, 2])))
    reason = "".join(problem.reason for problem in found.problems)
    return [value.printed for row in found.rows for value in row.values], reason


def test_a_right_row_is_taken() -> None:
    assert told("30101", ["7.25", "7.25"], ["total", "basic"]) == (["7.25", "7.25"], "")


@pytest.mark.parametrize(
    ("key", "values", "columns", "reason"),
    [
        ("01", ["7.25", "7.25"], ["total", "basic"], "编码不完整"),
        ("30101", ["501", "7.25", "7.25"], ["total", "basic"], "给了 3 个数字，数值列只有 2 个"),
        ("30199", ["7.25", "7.25"], ["total", "basic"], "没有编码 30199"),
    ],
    ids=["编码的一截", "把编码当数字", "编的编码"],
)
def test_a_wrong_row_goes_back_with_its_reason(
    key: str, values: list[str], columns: list[str], reason: str
) -> None:
    taken, said = told(key, values, columns)
    assert taken == []
    assert reason in said
