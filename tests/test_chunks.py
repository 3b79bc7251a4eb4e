"""A document cut along its own structure: tables under their titles, prose under its headings."""

import pytest

from pipeline.chunks import chunk_document
from pipeline.documents.text import document_from_text
from schemas.documents import Chunk

TABLE = "科目编码\t科目名称\t合计\n201\t一般公共服务支出\t1.00\n合计\t\t1.00\n"


def chunks(text: str) -> tuple[Chunk, ...]:
    return chunk_document(document_from_text("a.txt", text.encode()))


def tables(text: str) -> list[Chunk]:
    return [chunk for chunk in chunks(text) if chunk.kind == "table"]


@pytest.mark.parametrize(
    ("head", "title", "unit"),
    [
        ("支出决算表\n单位：元\n", "支出决算表", "元"),
        ("公开03表\n支出决算表\n部门：某某市某某局 金额单位：万元\n", "支出决算表", "万元"),
        ("部门支出总表 单位：元\n", "部门支出总表", "元"),
        ("三、支出决算表\n（千元）\n", "三、支出决算表", "千元"),
        ("支出预算表（续表）\n", "支出预算表（续表）", "万元"),
    ],
    ids=["单位另行", "表号在前", "单位同行", "括号单位", "无单位从万元"],
)
def test_title_and_unit_travel_with_the_table(head: str, title: str, unit: str) -> None:
    found = tables(f"某某市某某局2023年度部门决算\n\n{head}\n{TABLE}")
    assert [(chunk.title, chunk.unit) for chunk in found] == [(title, unit)]


def test_a_continued_page_is_one_table_and_its_header_is_dropped() -> None:
    again = "科目编码\t科目名称\t合计\n213\t农林水支出\t2.00\n"
    found = tables(f"支出决算表\n单位：万元\n\n{TABLE}\n- 3 -\n\n{again}")
    assert len(found) == 1
    assert found[0].grid is not None
    assert [row[0].text for row in found[0].grid.rows] == ["科目编码", "201", "合计", "213"]


def test_every_printed_line_belongs_to_one_chunk_in_order() -> None:
    text = f"第一部分 概况\n一、主要职责\n负责管理。\n第二部分 决算表\n支出决算表\n\n{TABLE}\n一、情况说明\n支出1.00万元。"
    found = chunks(text)
    assert all(a.last_line < b.first_line for a, b in zip(found, found[1:], strict=False))
    covered = {n for chunk in found for n in range(chunk.first_line, chunk.last_line + 1)}
    printed = {n for n, line in enumerate(text.split("\n"), start=1) if line.strip()}
    assert printed <= covered
