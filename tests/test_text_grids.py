"""Grids that a text still shows: tabs of a sheet, HTML between lines; and tabs that show none."""

import pytest

from pipeline.documents.grids import grids_of_text
from pipeline.documents.text import document_from_text
from pipeline.extraction import extract, read_tables


def texts(text: str) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row] for row in grid.rows]
        for grid in grids_of_text(text.split("\n"))
    ]


HTML = [
    ("一行", '<table><tr><td colspan="2">收入</td></tr><tr><td>其他</td><td> 1.00</td></tr></table>'),
    ("一格一行", '表\n<table border="1">\n<tr>\n<td colspan=2>收入</td>\n</tr><tr>\n<td>其他</td>\n<td> 1.00</td>\n</tr>\n</table>'),
    ("大写，带表头标签", '<TABLE><THEAD><TR><TH COLSPAN="2">收入</TH></TR></THEAD><TR><TD>其<b>他</b></TD><TD>1.00</TD></TR></TABLE>'),
]  # fmt: skip


@pytest.mark.parametrize("text", [c[1] for c in HTML], ids=[c[0] for c in HTML])
def test_html_between_lines_is_a_grid_whose_cells_stand_where_they_are_printed(text: str) -> None:
    (grid,) = grids_of_text(text.split("\n"))
    shown = [[cell.text.replace("\n", "") for cell in row] for row in grid.rows]
    assert shown == [["收入", ""], ["其他", "1.00"]]
    assert grid.rows[0][1].merged
    number = grid.rows[1][1]
    assert text.split("\n")[number.line - 1][number.start :].startswith("1.00")


def test_a_row_span_is_blank_below_and_moves_the_cells_behind_it() -> None:
    text = '<table><tr><td rowspan="2">甲</td><td>1</td></tr><tr><td>2</td></tr></table>'
    assert texts(text) == [[["甲", "1"], ["", "2"]]]


def test_a_table_that_is_never_closed_is_none() -> None:
    assert texts("<table><tr><td>甲</td><td>1</td></tr>") == []


def test_numbers_in_tags_are_markup() -> None:
    text = '收入决算表\n单位：万元\n<table><tr><td colspan="2">合计</td><td>9.00</td></tr></table>'
    found = extract(document_from_text("某局2024年度部门决算.txt", text.encode()))
    reasons = {d.numeral.text: (d.outcome, d.reason) for d in found.dispositions}
    assert reasons["2"] == ("excluded", "markup")


SHEET = """附表1\t\t\t
收入总表\t\t\t
部门：某局\t\t\t单位：元
科目编码\t科目名称\t合计\t"一般公共
预算"
205\t教育支出\t9,000.00\t9,000.00
20502\t普通教育\t9,000.00\t9,000.00
附表2\t\t\t
支出总表\t\t\t
部门：某局\t\t\t单位：元
科目编码\t科目名称\t合计\t基本支出
205\t教育支出\t9,000.00\t9,000.00
20502\t普通教育\t9,000.00\t9,000.00
"""


def test_a_sheet_whose_titles_are_merged_over_all_columns() -> None:
    document = document_from_text("某局2025年部门预算.txt", SHEET.encode())
    assert {(f.statement, f.row, f.column) for f in read_tables(document)} == {
        (statement, row, column)
        for statement, part in (("income", "general_budget"), ("expenditure", "basic"))
        for row in ("205", "20502")
        for column in ("total", part)
    }


FLATTENED = """收入总表
单位：元
科目编码 \t科目名称 \t合计 \t财政拨款收入 \t事业收入
类 \t款 \t项
201 \t一般公共服务支出 \t3,200 \t3,200
201 \t05 \t统计信息事务 \t3,200 \t3,200
201 \t05 \t07 \t专项普查活动 \t3,200 \t3,200
205 \t教育支出 \t900 \t700 \t200
205 \t02 \t普通教育 \t900 \t700 \t200
-- PAGE_BREAK --
205 \t02 \t01 \t学前教育 \t700 \t700
205 \t02 \t02 \t小学教育 \t200 \t200
206 \t科学技术支出 \t100 \t100
206 \t04 \t技术研究与开发 \t100 \t100
206 \t04 \t99 \t其他技术研究与开发支出 \t100 \t100
合计 \t4,200 \t4,000 \t200
"""


def test_tabs_that_only_part_what_is_printed_leave_the_columns_to_arithmetic() -> None:
    assert grids_of_text(FLATTENED.split("\n")) == ()
    document = document_from_text("某局2025年部门预算.txt", FLATTENED.encode())
    read = {(f.row, f.column): f.raw for f in read_tables(document)}
    assert read["2050201", "fiscal_appropriation"] == "700"
    assert read["2050202", "undertaking"] == "200"
    assert read["total", "fiscal_appropriation"] == "4,000"
    assert ("2010507", "undertaking") not in read
