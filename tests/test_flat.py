"""Flattened tables: what a converter's loose lines still say, and what is left open."""

from collections.abc import Sequence

import pytest

from pipeline.documents.text import document_from_text
from pipeline.extraction import read_tables
from pipeline.reading.flat_columns import agrees
from pipeline.reading.flat_stacked import column_orders
from pipeline.reading.flat_wraps import unwrapped
from pipeline.reading.library import form_of
from pipeline.reading.tokens import line_tokens


def read(text: str) -> set[tuple[str, str, str]]:
    document = document_from_text("某某局2025年部门预算.txt", text.encode())
    return {(fact.row, fact.column, fact.raw) for fact in read_tables(document)}


def lines_of(text: str) -> list[str]:
    tokens = [line_tokens(line, n) for n, line in enumerate(text.splitlines(), 1)]
    return [" ".join(token.text for token in line) for line in unwrapped(tokens)]


WRAPS = [
    ("两行名称各在一侧", "教育支出 3.00\n机关单位养老保\n2080505 2.00 2.00\n险缴费\n210 卫生 1.00",
     ["教育支出 3.00", "2080505 机关单位养老保 险缴费 2.00 2.00", "210 卫生 1.00"]),
    ("相邻两行各取其半", "甲\n2080505 2.00\n乙\n丙\n2080506 1.00\n丁",
     ["2080505 甲 乙 2.00", "2080506 丙 丁 1.00"]),
    ("类款项分列", "退休人员\n303 02 5.00 5.00\n补贴", ["303 02 退休人员 补贴 5.00 5.00"]),
    ("并列的经济科目中没有名称的一个", "机关单位养老保\n30108 8.00 30206 电费 9.00\n险缴费",
     ["30108 机关单位养老保 险缴费 8.00 30206 电费 9.00"]),
    ("元为单位的整数不是编码", "合计\n20,505 147,520 147,520", ["合计", "20,505 147,520 147,520"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [c[1:] for c in WRAPS], ids=[c[0] for c in WRAPS])
def test_labels_wrapped_around_their_row(text: str, wanted: list[str]) -> None:
    assert lines_of(text) == wanted


ORDERS = [
    ("三行与两行的表头居中相间", "income",
     [("一般公共", "政府性基"), ("上级补助", "附属单位"), ("合计", "预算拨款", "金预算拨", "事业收入"), ("收入", "上缴收入"), ("收入", "款收入")],
     ("total", "general_budget", "government_fund", "superior_subsidy", "undertaking", "affiliated")),
    ("公务用车在中间", "three_public", [("公务用车购置及运行费",), ("合计", "因公出国(境)费", "公务接待费"), ("小计", "购置费", "运行费")],
     ("total", "overseas", "vehicles", "vehicle_purchase", "vehicle_operation", "reception")),
    ("结转一组另有其列", "projects",
     [("合计", "本年财政拨款", "财政拨款结转结余", "单位资金"), ("一般公共", "政府性基", "一般公共", "政府性基"), ("预算", "金预算", "预算", "金预算")],
     ("total", "general_budget", "government_fund", "carried_general_budget", "carried_government_fund", "unit_funds")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "header", "first"), [c[1:] for c in ORDERS], ids=[c[0] for c in ORDERS]
)
def test_centred_header_cells_give_the_columns(
    statement: str, header: Sequence[Sequence[str]], first: tuple[str, ...]
) -> None:
    assert column_orders(form_of(statement), header)[0] == first


def test_the_vehicles_may_stand_behind_the_reception_and_sums_tell() -> None:
    form = form_of("three_public")
    header = [
        ("公务用车购置及运行费",),
        ("合计", "因公出国(境)费", "公务接待费"),
        ("小计", "购置费", "运行费"),
    ]
    printed = [["11.00", "0", "2.00", "9.00", "0", "9.00"]]
    fitting = [order for order in column_orders(form, header) if agrees(form, order, printed)]
    assert fitting == [
        ("total", "overseas", "reception", "vehicles", "vehicle_purchase", "vehicle_operation")
    ]


SPENDING = """
一般公共预算财政拨款支出预算表
部门名称：某某局
单位：万元
科目编码 科目名称 总计 基本支出 项目支出
合计 9.00 4.00 5.00
机关事业单位养老
208 4.00 4.00
保障支出
213 农林水支出 5.00 5.00
"""


def test_a_code_alone_with_its_numbers_is_a_row() -> None:
    assert read(SPENDING) >= {
        ("208", "total", "4.00"), ("208", "basic", "4.00"), ("213", "project", "5.00"),
    }  # fmt: skip


SUMMARY = """
财政拨款收支总表
单位：万元
收入 支出
一般公共预算 政府性基金预 国有资本经营预
项目 预算数 项目 合计
财政拨款 算财政拨款 算财政拨款
一、本年收入 9.00 一、本年支出 9.00 8.00 1.00
一般公共预算资金 8.00 教育支出 3.00 3.00
政府性基金预算资金 1.00 卫生健康支出 5.00 5.00
国有资本经营预算资金 城乡社区支出 1.00 1.00
收入合计 9.00 支出合计 9.00 8.00 1.00
"""


def test_a_total_printed_before_its_lines_places_them() -> None:
    assert read(SUMMARY) >= {
        ("expenditure:教育支出", "general_budget", "3.00"),
        ("expenditure:城乡社区支出", "government_fund", "1.00"),
        ("income:一般公共预算资金", "amount", "8.00"),
    }


BASIC = """
一般公共预算基本支出预算表
单位：元
科目编码 科目名称 合计 人员经费 公用经费
301 工资福利支出 80,000 80,000
303 对个人和家庭的补助 {whole}
303 02 退休费 {retired}
303 99 其他补助 1,500 1,500
合计 {total}
"""


def test_part_of_303_is_public_where_a_full_row_shows_it() -> None:
    text = BASIC.format(
        whole="9,000 7,000 2,000", retired="7,500 7,000 500", total="89,000 87,000 2,000"
    )
    assert ("30399", "public", "1,500") in read(text)


def test_303_is_personnel_where_nothing_shows_otherwise() -> None:
    text = BASIC.format(whole="9,000 9,000", retired="7,500 7,500", total="89,000 89,000")
    assert ("30399", "personnel", "1,500") in read(text)


TWO_YEARS = """
一般公共预算支出表
单位：万元
2025年预算数与
功能分类科目 2024年 2025年预算数 2024年执行数
执行数 相比增减
科目编码 科目名称 小计 基本支出 项目支出 增减额 增减%
205 教育支出 8.00 9.00 9.00 1.00 12.50%
20508 进修及培训 8.00 9.00 9.00 1.00 12.50%
206 科学技术支出 30.00 24.00 20.00 4.00 -6.00 -20.00%
20603 应用研究 30.00 24.00 20.00 4.00 -6.00 -20.00%
合计 38.00 33.00 29.00 4.00 -5.00 -13.16%
"""


def test_the_year_before_and_what_compares_stay_apart() -> None:
    assert read(TWO_YEARS) == {
        ("205", "total", "9.00"), ("205", "basic", "9.00"),
        ("20508", "total", "9.00"), ("20508", "basic", "9.00"),
        ("206", "total", "24.00"), ("206", "basic", "20.00"), ("206", "project", "4.00"),
        ("20603", "total", "24.00"), ("20603", "basic", "20.00"), ("20603", "project", "4.00"),
        ("total", "total", "33.00"), ("total", "basic", "29.00"), ("total", "project", "4.00"),
    }  # fmt: skip


SIDES_BY_NUMBER = """
收入支出决算总表
单位：万元
收入
支出
项目
行次
决算数
项目
行次
决算数
一、一般公共预算财政拨款收入
1
9.00
一、教育支出
4
9.50
二、事业收入
2
1.00
二、卫生健康支出
5
3
三、住房保障支出
6
0.50
"""


def test_one_cell_a_line_the_numbers_of_the_lines_part_the_sides() -> None:
    assert read(SIDES_BY_NUMBER) == {
        ("income:一般公共预算财政拨款收入", "amount", "9.00"), ("income:事业收入", "amount", "1.00"),
        ("expenditure:教育支出", "amount", "9.50"), ("expenditure:住房保障支出", "amount", "0.50"),
    }  # fmt: skip


TWO_GROUPS = """
部门收入总表
单位：万元
本年收入 上年结转
科目 国有资 事业单
编码 科目名称 合计 小计 一般公共 政府性 本经营 事业收入 位经营 其他 小计 一般公共 政府性
预算拨款 基金 预算 收入 收入 预算拨款 基金
206 科学技术支出 32.00 30.00 20.00 7.00 3.00 2.00 2.00
20603 应用研究 32.00 30.00 20.00 7.00 3.00 2.00 2.00
229 其他支出 9.00 4.00 4.00 5.00 5.00
22960 彩票公益金安排的支出 9.00 4.00 4.00 5.00 5.00
合计 41.00 34.00 20.00 4.00 7.00 3.00 7.00 2.00 5.00

部门收支总表
单位：万元
收入 支出
项目 预算数 项目 预算数
一、一般公共预算拨款收入 20.00 一、科学技术支出 32.00
二、政府性基金预算拨款收入 4.00 二、其他支出 9.00
三、事业收入 7.00
四、其他收入 3.00
本年收入合计 34.00 本年支出合计 41.00
上年结转 7.00
收入总计 41.00 支出总计 41.00
"""


def test_income_of_the_year_and_carried_over_each_by_source() -> None:
    found = {one for one in read(TWO_GROUPS) if ":" not in one[0]}
    assert found == {
        (row, column, raw)
        for row, values in (
            ("206", ("32.00", "20.00", "", "7.00", "3.00", "2.00")),
            ("20603", ("32.00", "20.00", "", "7.00", "3.00", "2.00")),
            ("229", ("9.00", "", "4.00", "", "", "5.00")),
            ("22960", ("9.00", "", "4.00", "", "", "5.00")),
            ("total", ("41.00", "20.00", "4.00", "7.00", "3.00", "7.00")),
        )
        for column, raw in zip(
            ("total", "general_budget", "government_fund", "undertaking", "other", "carried_over"),
            values,
            strict=True,
        )
        if raw
    }


def test_labels_of_a_two_sided_form_wrapped_around_their_line_number() -> None:
    text = """收入支出决算总表
单位：万元
收 入 支 出
项 目 行次 决算数 项 目 行次 决算数
栏 次 1 栏 次 2
一、一般公共预算财政拨款收入 1 934.00 一、一般公共服务支出 32
二、政府性基金预算财政拨款
2 200.00 二、外交支出 33
收入
三、国有资本经营预算财政拨
3 三、国防支出 34
款收入
15
收 入 支 出
项 目 行次 决算数 项 目 行次 决算数
四、灾害防治及应急管理
4 35 134.00
支出
本年收入合计 5 1,134.00 本年支出合计 36 134.00
使用非财政拨款结余（含专用
6 结余分配 37
结余）
年初结转和结余 7 120.00 年末结转和结余 38 1,120.00
总计 8 1,254.00 总计 39 1,254.00
"""
    assert read(text) == {
        ("income:一般公共预算财政拨款收入", "amount", "934.00"),
        ("income:政府性基金预算财政拨款收入", "amount", "200.00"),
        ("expenditure:灾害防治及应急管理支出", "amount", "134.00"),
        ("income:本年收入合计", "amount", "1,134.00"),
        ("expenditure:本年支出合计", "amount", "134.00"),
        ("income:年初结转和结余", "amount", "120.00"),
        ("expenditure:年末结转和结余", "amount", "1,120.00"),
        ("income:总计", "amount", "1,254.00"),
        ("expenditure:总计", "amount", "1,254.00"),
    }


def test_expenditure_named_by_code_in_a_two_sided_form() -> None:
    text = """表四：
财政拨款收支预算总体情况表
单位：万元
财政拨款收入 财政拨款支出
项 目 合计 功能分类 合计 一般公共 政府性基 国有资本
预算 金预算 经营预算
财政拨款（补助） 150.00 201 一般公共服务支出
一般公共预算 108.00 202 外交支出
政府性基金预算 42.00 205 教育支出 108.00 108.00
227 预备费
229 其他支出 42.00 42.00
小 计 150.00 小 计 150.00 108.00 42.00
收 入 总 计 150.00 支 出 总 计 150.00 108.00 42.00
7
"""
    assert read(text) == {
        ("income:财政拨款（补助）", "amount", "150.00"),
        ("income:一般公共预算", "amount", "108.00"),
        ("income:政府性基金预算", "amount", "42.00"),
        ("income:小计", "amount", "150.00"),
        ("income:收入总计", "amount", "150.00"),
        *(("expenditure:教育支出", column, "108.00") for column in ("total", "general_budget")),
        *(("expenditure:其他支出", column, "42.00") for column in ("total", "government_fund")),
        *(
            (f"expenditure:{row}", column, printed)
            for row in ("小计", "支出总计")
            for column, printed in (
                ("total", "150.00"),
                ("general_budget", "108.00"),
                ("government_fund", "42.00"),
            )
        ),
    }
