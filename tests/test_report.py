"""The report as text: what it says, that it says it harmlessly, that it is repeatable."""

import re
from pathlib import Path
from typing import get_args

import pytest
from report_cases import FACTS, HOSTILE, LINES, extraction, hostile, large

from pipeline.errors import UsageError
from pipeline.evaluation.compare import Evaluation
from pipeline.evaluation.grid import Grid, GridCell, cells, flips, render_grid, run_grid
from pipeline.report.charts import Point, bars, scatter
from pipeline.report.document import document_page, write_report
from pipeline.report.index import index_page
from pipeline.report.markup import escaped
from pipeline.report.show import show_row
from pipeline.report.words import COLUMNS, REASONS, STATEMENTS
from schemas.facts import ExclusionReason
from schemas.runs import DocumentRecord
from schemas.vocabulary import CLAIM_COLUMNS, EVALUATION_COLUMNS, TABLE_COLUMNS
from schemas.vocabulary import STATEMENTS as ALL_STATEMENTS

PAGE = document_page(extraction(), LINES)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(
            '<mark class="x" title="已排除：年度 / excluded: year">2023</mark>', id="已排除"
        ),
        pytest.param('<mark class="u" title="未解释 / unexplained">41</mark>', id="未解释"),
        pytest.param('<a class="f ok" href="#F0" data-f="0">30.00</a>', id="有印证"),
        pytest.param('<a class="f bad" href="#F3" data-f="3">5.00</a>', id="勾稽不符"),
        pytest.param('<a class="v bad" id="F4" href="#L4" data-f="4">0.00</a>', id="表中的格"),
        pytest.param("<code>2010101</code> 行政运行", id="编码与名称"),
        pytest.param("<caption>支出情况</caption>", id="文字按标题"),
        pytest.param("合计与各部分之和不符", id="发现"),
        pytest.param("一列未定", id="未读全"),
    ],
)
def test_page_says(said: str) -> None:
    assert said in PAGE


def test_every_numeral_of_the_source_is_marked_once() -> None:
    source = PAGE[PAGE.index('<ol class="lines">') :]
    assert len(re.findall(r"<(?:mark|a) class=\"[fxpu]", source)) == len(extraction().dispositions)


def test_same_extraction_gives_the_same_bytes(tmp_path: Path) -> None:
    one = write_report(extraction(), LINES, tmp_path / "1").read_bytes()
    assert one == write_report(extraction(), LINES, tmp_path / "2").read_bytes()


def test_nothing_of_a_hostile_document_is_markup() -> None:
    made, lines = hostile()
    page = document_page(made, lines)
    assert page.count("<script") == 2
    assert "<img" not in page
    assert not re.search("[\u202e\x07\u200b]", page)
    assert "U+202E" in page


def test_page_asks_for_nothing_from_outside() -> None:
    assert not re.search(r"""(?:src|href)=["']?(?:https?:|//)|@import|url\(""", PAGE)


def test_repeated_numbers_without_offset_take_their_turn() -> None:
    lines = ("0.00 0.00",)
    twins = [FACTS[0].model_copy(update={"raw": "0.00", "line": 1, "start": s}) for s in (0, 0)]
    second = twins[1].model_copy(update={"column": "basic", "start": 2})
    page = document_page(extraction(facts=(twins[0], second), dispositions=(), outcomes=()), lines)
    assert 'data-f="0">0.00</a> <a class="f" href="#F1" data-f="1">0.00</a>' in page


def test_ten_thousand_facts_are_written_each_with_its_link() -> None:
    made, lines = large()
    page = document_page(made, lines)
    assert len(made.facts) == 10_000
    assert len(set(re.findall(r'data-f="(\d+)"', page))) == 10_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("<a>", "&lt;a&gt;", id="标签"),
        pytest.param("1\u202e2", '1<i class="hidden-char">U+202E</i>2', id="反向"),
        pytest.param("a\tb", "a\tb", id="制表符照旧"),
        pytest.param("\ud800", '<i class="hidden-char">U+D800</i>', id="半个代理对"),
    ],
)
def test_hidden_characters_are_shown(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_all_words_of_the_vocabulary_have_both_languages() -> None:
    columns = {c for some in TABLE_COLUMNS.values() for c in some} | {
        *CLAIM_COLUMNS,
        *EVALUATION_COLUMNS,
    }
    assert columns - COLUMNS.keys() == set()
    assert set(ALL_STATEMENTS) - STATEMENTS.keys() == set()
    assert set(get_args(ExclusionReason)) - REASONS.keys() == set()


def test_index_puts_failures_first_and_escapes_names() -> None:
    records = [
        DocumentRecord(
            id="b-1", name=HOSTILE, path="", sha256="", status="done", facts=3, findings=2
        ),
        DocumentRecord(id="a-1", name="坏.pdf", path="", sha256="", status="failed", reason="加密"),
    ]
    page = index_page(records)
    assert page.index("坏.pdf") < page.index('href="b-1.html"')
    assert "<img" not in page


def test_show_gives_place_and_identities_of_a_row() -> None:
    assert show_row(extraction(), LINES, "expenditure", "一般事务") == (
        "支出表 › 2010102 › 合计 (total)\n"
        "  5.00 万元\n"
        "  line 4, read by form\n"
        "  | 2010102 一般事务 [5.00] 5.00 0.00\n"
        "  A2 fails - 支出决算表每行：本年支出合计＝基本支出＋项目支出＋上缴上级支出＋经营支出＋对附属单位补助支出"
        " - 相差 1.00 - 2010102 project 0.00 (line 4)\n\n"
        "支出表 › 2010102 › 项目支出 (project)\n"
        "  0.00 万元\n"
        "  line 4, read by form\n"
        "  | 2010102 一般事务 5.00 5.00 [0.00]\n"
        "  A2 fails - 支出决算表每行：本年支出合计＝基本支出＋项目支出＋上缴上级支出＋经营支出＋对附属单位补助支出"
        " - 相差 1.00 - 2010102 total 5.00 (line 4)\n"
    )


@pytest.mark.parametrize(
    ("statement", "row", "message"),
    [
        pytest.param("expenditure", "2019999", "there are: 2010101, 2010102", id="没有这一行"),
        pytest.param("outlays", "total", "no statement 'outlays'", id="没有这张表"),
        pytest.param("income", "total", "nothing was read for income", id="没有读到"),
    ],
)
def test_show_of_what_is_not_there_says_what_is(statement: str, row: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        show_row(extraction(), LINES, statement, row)


def test_chart_shows_where_its_axis_begins() -> None:
    drawn = scatter([Point("1", 0.0, 0.93), Point("2", 4.0, 0.97, 0.95, 0.99)], "cost", "F1")
    assert ">0.90</text>" in drawn
    assert drawn.count('class="range"') == 1


def test_empty_charts_are_nothing() -> None:
    assert (scatter([], "x", "y"), bars([], "t")) == ("", "")


def unread(cell: GridCell) -> Evaluation:
    raise UsageError("no recorded answer", where=cell.model)


def test_a_grid_says_what_is_missing() -> None:
    grid = run_grid(cells(["甲模型"], ["always"], 2), unread)
    assert [row.repeats for row in grid.rows] == [0]
    assert "甲模型 always, repeat 2: 甲模型: no recorded answer" in render_grid(grid)


def test_one_reading_says_nothing_about_steadiness() -> None:
    assert flips([]).value is None
    assert Grid(rows=()).rows == ()
