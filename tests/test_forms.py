"""Forms as other provinces lay them out, in seven layouts each: what is read of them, exactly."""

import re
from pathlib import Path

import pytest
from drawing import LAYOUTS, Drawn, draw, read_cases, sums, told

from pipeline.chunks import chunk_document
from pipeline.documents.content import read_content
from pipeline.documents.limits import Limits
from pipeline.extraction import extract, read_tables
from schemas.documents import Document

CASES = read_cases(Path(__file__).parent / "form_cases.txt")
GRIDS = ("html", "tabs", "pipes", "cells", "bars", "sheet")
# Share of the numbers that come back where the print has lost its blanks. What no header word, no
# sum and no place settles stays out: a lone form has fewer sums than a document.
LEAST = {
    "flat": 0.87, "aligned": 0.98, "lines": 0.62, "stacked": 0.6,
    "once": 0.99, "short": 0.99, "stripped": 0.99, "unparted": 0.8,
}  # fmt: skip


def document_of(form: Drawn, layout: str) -> Document:
    name, content = draw(form, layout)
    return read_content(name, content, Limits())


def read(form: Drawn, layout: str) -> set[tuple[str, str, str, str]]:
    facts = read_tables(document_of(form, layout))
    return {(fact.statement, fact.row, fact.column, fact.raw) for fact in facts}


@pytest.mark.parametrize("form", CASES, ids=[form.name for form in CASES])
def test_a_case_is_drawn_straight(form: Drawn) -> None:
    assert sums(form)


@pytest.mark.parametrize("layout", GRIDS)
@pytest.mark.parametrize("form", CASES, ids=[form.name for form in CASES])
def test_a_grid_is_read_whole(form: Drawn, layout: str) -> None:
    assert read(form, layout) == told(form)


@pytest.mark.wide
@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name not in GRIDS])
def test_a_flattened_form_loses_little_and_invents_nothing(layout: str) -> None:
    right = total = 0
    for form in CASES:
        found, wanted = read(form, layout), told(form)
        assert found <= wanted, form.name
        right, total = right + len(found), total + len(wanted)
    assert right >= LEAST[layout] * total


@pytest.mark.wide
@pytest.mark.parametrize(("layout", "most"), [("stripped", 5), ("unparted", 0), ("lines", 0)])
def test_empty_lines_that_a_parser_ran_together_move_hardly_a_number(
    layout: str, most: int
) -> None:
    """BeautifulSoup makes one line end of several: of the empty cells before a row's end one is
    left, and the rows are no longer of one length."""
    wrong = 0
    for form in CASES:
        name, content = draw(form, layout)
        text = re.sub(r"\n{3,}", "\n\n", content.decode())
        found = read_tables(read_content(name, text.encode(), Limits()))
        wrong += len({(f.statement, f.row, f.column, f.raw) for f in found} - told(form))
    assert wrong <= most


@pytest.mark.parametrize("layout", ["tabs", "flat"])
def test_a_number_of_another_year_is_no_fact_and_says_why(layout: str) -> None:
    form = next(form for form in CASES if form.name.startswith("中央预算一般公共预算支出表"))
    extraction = extract(document_of(form, layout))
    compared = [d for d in extraction.dispositions if d.reason == "compared"]
    texts = [d.numeral.text for d in compared]
    assert texts.count("2,010.40") == 1
    assert "102.40" in texts
    assert all(d.evidence for d in compared)
    left = [d for d in extraction.dispositions if d.outcome in ("unexplained", "unplaced")]
    assert not left


WITH_HEAD = """某某市某某局2023年度部门决算

\t收入决算表\t\t\t
\t公开02表\t\t\t单位：元
科目编码\t科目名称\t本年收入合计\t财政拨款收入\t其他收入
201\t一般公共服务支出\t12.50\t12.00\t0.50
科目编码\t科目名称\t本年收入合计\t财政拨款收入\t其他收入
20101\t人大事务\t12.50\t12.00\t0.50
合计\t\t12.50\t12.00\t0.50
注：本表反映部门本年度取得的各项收入99.00。\t\t\t\t
"""


def test_head_inside_header_repeated_and_note_in_the_grid() -> None:
    facts = read_tables(read_content("head.txt", WITH_HEAD.encode(), Limits()))
    rows = {(f.row, f.column): (f.raw, f.unit) for f in facts}
    wanted = {"total": "12.50", "fiscal_appropriation": "12.00", "other": "0.50"}
    assert rows == {
        (row, column): (raw, "元")
        for row in ("201", "20101", "total")
        for column, raw in wanted.items()
    }


EMPTY = """某某市某某局2024年部门预算

政府性基金预算支出表

单位：万元

科目编码\t科目名称\t合计\t基本支出\t项目支出
合计\t\t\t\t

注：本部门2024年无政府性基金预算支出。
"""


def test_an_empty_form_gives_no_fact_and_its_note_is_no_row() -> None:
    document = read_content("empty.txt", EMPTY.encode(), Limits())
    assert [chunk.kind for chunk in chunk_document(document)].count("table") == 1
    assert read_tables(document) == ()
