"""Tables that a program wrote as text: bars, sheets, one cell a line; what is a cell and what is not."""

import pytest

from pipeline.chunks import chunk_document
from pipeline.documents.bare_cells import cell_ends
from pipeline.documents.content import read_content
from pipeline.documents.grids import grids_of_text
from pipeline.documents.limits import Limits
from pipeline.documents.strided_cells import strided_rows, table_starts
from pipeline.errors import UnreadableFile
from pipeline.evidence import Evidence, supported_columns
from pipeline.extraction import extract, read_tables
from pipeline.reading.flat_columns import ends_at
from pipeline.reading.flat_header import header_paths
from pipeline.reading.library import form_of
from pipeline.reading.stacked_header import header_rows, ways_over
from pipeline.text import is_filler, lone_text
from schemas.readings import Provenance, RowReading, ValueReading


def cells(text: str) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row] for row in grid.rows]
        for grid in grids_of_text(text.split("\n"))
    ]


def facts(name: str, text: str) -> set[tuple[str, str, str]]:
    found = read_tables(read_content(name, text.encode(), Limits()))
    return {(fact.row, fact.column, fact.raw) for fact in found}


BARS = [
    ("有框", "| 项目 | 数 |\n| --- | --- |\n|  | 1 |", [["项目", "数"], ["", "1"]]),
    ("无框，首格为空", "项目 | 行次 | 数\n | 2 | 3.00\n甲 |  | 4.00", [["项目", "行次", "数"], ["", "2", "3.00"], ["甲", "", "4.00"]]),
    ("无框，末格为空", "项目 | 行次 | 数\n甲 | 2 | ", [["项目", "行次", "数"], ["甲", "2", ""]]),
    ("无框而有线", "项目| 数| 注\n---|---|---\n| 3.00| 甲", [["项目", "数", "注"], ["", "3.00", "甲"]]),
    ("两格一行", "项目 | 数\n甲 | 3.00\n乙 | 4.00", [["项目", "数"], ["甲", "3.00"], ["乙", "4.00"]]),
    ("缩进的框", "  | 项目 | 数 |\n  | 甲 | 1 |", [["项目", "数"], ["甲", "1"]]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [c[1:] for c in BARS], ids=[c[0] for c in BARS])
def test_bars_part_cells_whether_they_frame_the_row_or_not(
    text: str, wanted: list[list[str]]
) -> None:
    assert cells(text) == [wanted]


def test_two_lines_with_one_bar_each_are_no_table() -> None:
    assert cells("科室 | 职责\n办公室 | 综合") == []


FILLERS = ["NaN", "nan", "None", "Unnamed: 12", "Unnamed: 3_level_0", "<NA>"]


@pytest.mark.parametrize("filler", FILLERS)
def test_what_a_program_prints_for_an_empty_cell_is_none(filler: str) -> None:
    assert is_filler(filler)
    assert cells(f"甲 | {filler} | 1.00\n乙 | 2.00 | {filler}") == [
        [["甲", "", "1.00"], ["乙", "2.00", ""]]
    ]


ALONE = [
    ("带空格的一格", "| 收入决算表 | NaN | Unnamed: 2 |", "收入决算表"),
    ("制表符", "公开02表\t\t", "公开02表"),
    ("两格", "甲 | 乙 | NaN", "甲 | 乙 | NaN"),
    ("没有分隔", "收入决算表", "收入决算表"),
]


@pytest.mark.parametrize(("line", "wanted"), [c[1:] for c in ALONE], ids=[c[0] for c in ALONE])
def test_a_row_with_one_filled_cell_is_that_cell(line: str, wanted: str) -> None:
    assert lone_text(line) == wanted


def test_sentences_and_blank_rows_of_a_sheet_are_no_table() -> None:
    sheet = "2024年度收入总计12.00万元，比上年增加2.00万元，增长20%。\t\t\n\t\t\n二、其他\t\t\n"
    assert cells(sheet) == []
    document = read_content("某局2024年度部门决算.txt", sheet.encode(), Limits())
    found = {(fact.column, fact.raw) for fact in extract(document).facts}
    assert found == {("amount", "12.00"), ("change", "2.00"), ("change_rate", "20")}


def test_markdown_escapes_are_no_print() -> None:
    text = "\\*\\*三公经费情况\\*\\*\n\n1\\. 公务接待费支出0.56万元，完成预算的35%。\n"
    document = read_content("某局2024年度部门决算.md", text.encode(), Limits())
    found = {(fact.row, fact.column, fact.raw) for fact in extract(document).facts}
    assert found == {("公务接待费", "amount", "0.56"), ("公务接待费", "completion_rate", "35")}


CSV = """收入决算表,,
单位：万元,,
科目编码,科目名称,本年收入合计,其他收入
201,"一般公共
服务支出","1,012.50",0.50
20101,人大事务,"1,012.50",0.50
合计,,"1,012.50",0.50
"""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_file_is_a_sheet(encoding: str) -> None:
    document = read_content("某局2024年度部门决算.csv", CSV.encode(encoding), Limits())
    assert document.lines[3] == "201\t一般公共 服务支出\t1,012.50\t0.50"
    found = {(fact.row, fact.column, fact.raw) for fact in read_tables(document)}
    assert found == {
        (row, column, raw)
        for row in ("201", "20101", "total")
        for column, raw in (("total", "1,012.50"), ("other", "0.50"))
    }


def test_a_csv_that_no_reader_can_cut_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="CSV"):
        read_content("a.csv", ("收入," + "九" * 200_000 + ",元\n").encode(), Limits())


HEADS = [
    ("三层，合并格只印一次", "expenditure",
     [("科目编码", "单位代码", "合计", "基本支出", "项目支出"), ("类", "款", "项", "小计", "人员经费", "公用经费", "小计", "特定目标类"), ("工资福利支出", "对个人和家庭的补助", "商品和服务支出")],
     [("科目编码", "类"), ("科目编码", "款"), ("科目编码", "项"), ("单位代码",), ("合计",), ("基本支出", "小计"), ("基本支出", "人员经费", "工资福利支出"), ("基本支出", "人员经费", "对个人和家庭的补助"), ("基本支出", "公用经费", "商品和服务支出"), ("项目支出", "小计"), ("项目支出", "特定目标类")]),
    ("合并格在每行重印", "expenditure",
     [("科目编码", "科目名称", "合计", "基本支出"), ("科目编码", "科目名称", "合计", "人员经费", "公用经费")],
     [("科目编码",), ("科目名称",), ("合计",), ("基本支出", "人员经费"), ("基本支出", "公用经费")]),
    ("两侧都以项目开头", "appropriation_summary",
     [("收入", "支出"), ("项目", "金额", "项目", "合计", "一般公共预算", "政府性基金")],
     [("收入", "项目"), ("收入", "金额"), ("支出", "项目"), ("支出", "合计"), ("支出", "一般公共预算"), ("支出", "政府性基金")]),
    ("结转不分人员与公用", "general_budget_expenditure",
     [("项目", "本年收入", "本年支出", "年末结转和结余"), ("科目编码", "合计", "基本支出", "合计", "基本支出", "项目支出", "合计", "基本支出结转"), ("小计", "人员经费", "公用经费")],
     [("项目", "科目编码"), ("本年收入", "合计"), ("本年收入", "基本支出"), ("本年支出", "合计"), ("本年支出", "基本支出", "小计"), ("本年支出", "基本支出", "人员经费"), ("本年支出", "基本支出", "公用经费"), ("本年支出", "项目支出"), ("年末结转和结余", "合计"), ("年末结转和结余", "基本支出结转")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "rows", "paths"), [c[1:] for c in HEADS], ids=[c[0] for c in HEADS]
)
def test_header_words_stand_under_the_group_they_belong_to(
    statement: str, rows: list[tuple[str, ...]], paths: list[tuple[str, ...]]
) -> None:
    assert list(header_paths(form_of(statement), rows)) == paths


STACKED = [
    ("一层", "expenditure", "科目编码 科目名称 合计 基本支出 项目支出", (5,)),
    ("项目在编码与名称之上", "income", "项目 本年收入合计 财政拨款收入 其他收入 科目编码 科目名称", (4, 2)),
    ("三公两组", "three_public", "预算数 决算数 合计 公务接待费 合计 公务接待费", (2, 4)),
    ("折行的名称不成列", "income", "科目编码 合计 事业单位 经营收入", ()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "words", "sizes"), [c[1:] for c in STACKED], ids=[c[0] for c in STACKED]
)
def test_header_words_below_one_another_are_put_into_rows(
    statement: str, words: str, sizes: tuple[int, ...]
) -> None:
    assert header_rows(form_of(statement), words.split()) == sizes


def test_the_columns_of_the_body_choose_among_the_ways() -> None:
    words = [
        "项目",
        "年初结转和结余",
        "本年收入",
        "本年支出",
        "科目编码",
        "科目名称",
        "小计",
        "基本支出",
        "项目支出",
    ]
    form = form_of("government_fund")
    assert {len(header_paths(form, rows)) for rows in ways_over(form, words, 7)} == {7}
    assert ways_over(form, words, 30) == []


STRIDED = """支出决算表

单位：万元

项目
本年支出
项目支出

科目编码
科目名称

合计
6.00
4.00

208
社会保障和就业支出
2.00


20805
养老支出
2.00


210
卫生健康支出
4.00
4.00

"""


def test_a_line_is_the_column_of_its_place_in_the_row() -> None:
    lines = STRIDED.split("\n")
    rows = strided_rows(lines, 4, len(lines))
    assert [[text for text, _ in row] for row in rows] == [
        ["项目", "本年支出", "项目支出"],
        ["科目编码", "科目名称"],
        ["合计", "", "6.00", "4.00"],
        ["208", "社会保障和就业支出", "2.00", ""],
        ["20805", "养老支出", "2.00", ""],
        ["210", "卫生健康支出", "4.00", "4.00"],
    ]
    assert all(lines[line - 1] == text for row in rows for text, line in row if text)


REFUSED = [
    ("一格丢了空行", STRIDED.replace("2.00\n\n\n20805", "2.00\n\n20805")),
    ("一行几格", STRIDED.replace("\n", " 甲 1.00 2.00 乙\n")),
    ("没有空格可得", STRIDED.replace("\n\n\n", "\n1.00\n\n")),
]


@pytest.mark.parametrize("text", [c[1] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_rows_of_unequal_length_are_not_read_by_place(text: str) -> None:
    found = facts("某局2024年度部门决算.txt", text)
    assert not {fact for fact in found if fact[:2] == ("208", "project") and fact[2] == "2.00"}
    damaged = STRIDED.replace("2.00\n\n\n20805", "2.00\n\n20805").split("\n")
    assert strided_rows(damaged, 4, len(damaged)) == []


def test_codes_under_a_header_that_slid_are_no_amounts() -> None:
    text = (
        "支出决算表\n单位：万元\n\n基本支出\t项目支出\t科目名称\t合计\n"
        "01\t02\t人大事务\t3.00\n05\t03\t政协事务\t4.00\n08\t01\t法院\t5.00\n"
    )
    chunk = chunk_document(read_content("某局2024年度部门决算.txt", text.encode(), Limits()))[-1]
    assert chunk.kind == "table"
    assert facts("某局2024年度部门决算.txt", text) == set()


def test_labels_that_name_the_other_side_are_not_believed() -> None:
    rows = "\n".join(
        f"{label}\t{n}.00"
        for n, label in enumerate(("外交支出", "国防支出", "教育支出", "科学技术支出"), 1)
    )
    text = f"收入支出决算总表\n单位：万元\n\n收入\t\n项目\t决算数\n{rows}\n"
    assert not {fact for fact in facts("某局2024年度部门决算.txt", text) if "income" in fact[0]}


def row(statement: str, key: str, printed: str) -> RowReading:
    value = ValueReading(printed=printed, line=1, start=0, column="amount", unit="万元")
    return RowReading(
        statement=statement, row=key, label="", line=1, values=(value,), columns=("amount",),
        chunk="c", source=Provenance(reader="form", form=statement),
    )  # fmt: skip


def test_economic_classes_say_which_columns_of_basic_expenditure_are_filled() -> None:
    evidence = Evidence.of(
        [row("basic_expenditure", "30101", "2.00"), row("basic_expenditure", "310", "0.00")], []
    )
    columns = ("total", "basic_wages", "basic_goods", "basic_capital")
    assert supported_columns("expenditure", columns, evidence) == ("total", "basic_wages")


def test_rows_of_another_form_at_the_end_are_left_out() -> None:
    rows = [["3.00", "2.00"], ["1.00"], ["0.50", "0.50", "0.50", "30", "13"]]
    assert ends_at(("total", "basic"), rows) == 2
    assert ends_at(("total", "basic"), rows[:2]) == 2


def test_a_line_of_a_thousand_pieces_is_no_indicator_and_breaks_nothing() -> None:
    head = "项目支出绩效自评表\n一级指标 二级指标 三级指标 指标值 分值 得分\n产出指标 数量指标 办件量 20件 10 10\n"
    text = head + " ".join(f"甲{n} {n}.00" for n in range(1000)) + "\n"
    document = read_content("某局2024年度部门决算.txt", text.encode(), Limits())
    assert [d for d in extract(document).dispositions if d.numeral.text == "999.00"]


BODIES = tuple(enumerate(("职责", "机构", "收入", "支出", "绩效"), 1))
PAGES = [
    ("页眉在页码之下", [f"- {n} -\n某局信息公开\n{text}的文字" for n, text in BODIES]),
    ("页眉与页码都在页末", [f"{text}的文字\n某局信息公开\n- {n} -" for n, text in BODIES]),
    ("第几页共几页", [f"某局信息公开\n{text}的文字\n第{n}页 共5页" for n, text in BODIES]),
]


@pytest.mark.parametrize("pages", [c[1] for c in PAGES], ids=[c[0] for c in PAGES])
def test_page_heads_are_told_by_the_pages_numbers(pages: list[str]) -> None:
    document = read_content("某局2024年度部门决算.txt", "\n".join(pages).encode(), Limits())
    kept = [line for line in document.lines if line]
    assert "某局信息公开" not in kept
    assert sum("的文字" in line for line in kept) == 5
    assert "heads and feet left out" in document.notes[0]


def test_numbers_that_do_not_count_on_are_no_pages() -> None:
    text = "\n".join(f"某局信息公开\n文字{n}\n- {n} -" for n in (3, 3, 7, 2, 9))
    document = read_content("某局2024年度部门决算.txt", text.encode(), Limits())
    assert list(document.lines).count("某局信息公开") == 5


GLUED = """支出决算表

| 项目 | | | | 支出预算 | |
| --- | --- | --- | --- | --- | --- |
| 类 款 | 项 | 功能分类科目名称 | 合计 | 基本支出 | 项目支出 |
| 201 | 一般公共服务支出 | | 9.00 | 5.00 | 4.00 |
| 201 05 | 统计信息事务 | | 9.00 | 5.00 | 4.00 |
| 201 05 | 07 专项普查活动 | | 9.00 | 5.00 | 4.00 |
| 07 专项普查活动 | | | 1.00 | 1.00 | |
| 9,156.00 合计 | | | 1.00 | 1.00 | |
"""


def test_a_converter_that_shares_out_code_and_name_otherwise_is_followed_or_not_believed() -> None:
    found = facts("某局2024年度部门决算.md", GLUED)
    amounts = (("total", "9.00"), ("basic", "5.00"), ("project", "4.00"))
    assert found == {(row, *pair) for row in ("201", "20105", "2010507") for pair in amounts}


MOVED = """基本支出决算表
单位：万元

| 科目编码 | 科目名称 | 决算数 | 科目编码 | 科目名称 | 决算数 |
| --- | --- | --- | --- | --- | --- |
| 30101 | 基本工资 | 12.00 | 30201 | 办公费 | 2.00 |
| 30102 | 津贴补贴 | 13.00 | 30202 | 印刷费 | 3.00 |
| 30103 | 奖金 | 14.00 | 30215 | 会议费 | 0.00 |
| 30104 | | 31012 | | 拆迁补偿 | 0.00 |
"""


def test_a_line_on_which_a_code_stands_for_an_amount_is_left_out() -> None:
    found = facts("某局2024年度部门决算.md", MOVED)
    assert {row for row, _, _ in found} == {"30101", "30201", "30102", "30202", "30103", "30215"}


def test_a_table_may_begin_below_a_head_and_ends_at_a_note_or_a_title() -> None:
    lines = [
        "支出决算表",
        "单位：万元",
        "",
        "科目编码",
        "合计",
        "",
        "208",
        "1.00",
        "注：略",
        "",
        "收入决算表",
    ]
    assert table_starts(lines, cell_ends(lines)) == {3: 8}


def test_ten_thousand_short_lines_are_not_tried_one_by_one() -> None:
    lines = ["甲", "", "1.00", ""] * 20_000
    starts = table_starts(lines, cell_ends(lines))
    assert sum(end - at for at, end in starts.items()) <= 51 * len(lines) + 2_060_000
