"""Flattened forms that print the year before and 增减% beside each column, blanks lost."""

import pytest

from pipeline.documents.text import document_from_text
from pipeline.extraction import read_tables
from schemas.facts import Fact

NAME = "某某县水务局2025年部门预算.txt"


def facts_of(text: str) -> tuple[Fact, ...]:
    return read_tables(document_from_text(NAME, text.encode()))


def read(text: str) -> dict[tuple[str, str], str]:
    return {(fact.row, fact.column): fact.raw for fact in facts_of(text)}


SPENDING = """某某县水务局2025年一般公共预算支出表
单位：万元
项目
2024年预算数
2025年预算数
2025年预算数比
2024年预算数增减%
科目编码
科目名称
合计
基本支出
项目支出
合计
基本支出
项目支出
合计
基本支出
项目支出
合计
300.00
200.00
100.00
330.00
210.00
120.00
10.00
5.00
20.00
208
社会保障和就业支出
50.00
50.00
60.00
60.00
20.00
20.00
20805
行政事业单位养老支出
50.00
50.00
60.00
60.00
20.00
20.00
2080505
机关事业单位基本养老保险缴费支出
50.00
50.00
60.00
60.00
20.00
20.00
213
农林水支出
250.00
150.00
100.00
270.00
150.00
120.00
8.00
0.00
20.00
21303
水利
250.00
150.00
100.00
270.00
150.00
120.00
8.00
0.00
20.00
2130301
行政运行
150.00
150.00
150.00
150.00
0.00
0.00
2130306
水利工程运行与维护
100.00
100.00
80.00
80.00
-20.00
-20.00
2130314
防汛
40.00
40.00
"""


def test_each_number_of_the_own_year_has_its_column_and_no_other_is_read() -> None:
    found = read(SPENDING)
    assert found == {
        ("total", "total"): "330.00",
        ("total", "basic"): "210.00",
        ("total", "project"): "120.00",
        ("208", "total"): "60.00",
        ("208", "basic"): "60.00",
        ("20805", "total"): "60.00",
        ("20805", "basic"): "60.00",
        ("2080505", "total"): "60.00",
        ("2080505", "basic"): "60.00",
        ("213", "total"): "270.00",
        ("213", "basic"): "150.00",
        ("213", "project"): "120.00",
        ("21303", "total"): "270.00",
        ("21303", "basic"): "150.00",
        ("21303", "project"): "120.00",
        ("2130301", "total"): "150.00",
        ("2130301", "basic"): "150.00",
        ("2130306", "total"): "80.00",
        ("2130306", "project"): "80.00",
        ("2130314", "total"): "40.00",
        ("2130314", "project"): "40.00",
    }


def test_the_title_says_which_year_is_the_own_one() -> None:
    found = read(SPENDING.replace("2025年一般公共", "2024年一般公共"))
    assert (found["total", "total"], found["213", "total"]) == ("300.00", "250.00")


SIDES = """某某县水务局2025年预算收支总表
单位：万元
收入
支出
项目
2024年
预算数
2025年
预算数
2025年比
2024年增减%
项目
2024年
预算数
2025年
预算数
2025年比
2024年增减%
一、一般公共预算
300.00
330.00
10.00
一、社会保障和就业支出
50.00
60.00
20.00
二、政府性基金预算
二、科学技术支出
5.00
-100.00
三、国有资本经营预算
三、农林水支出
245.00
270.00
10.20
四、单位资金
四、住房保障支出
本年收入合计
300.00
330.00
10.00
本年支出合计
300.00
330.00
10.00
上年结转
结转下年
收　入　总　计
300.00
330.00
10.00
支　出　总　计
300.00
330.00
10.00
"""


def test_two_sides_with_two_years_each() -> None:
    assert read(SIDES) == {
        ("income:一般公共预算", "amount"): "330.00",
        ("expenditure:社会保障和就业支出", "amount"): "60.00",
        ("expenditure:农林水支出", "amount"): "270.00",
        ("income:本年收入合计", "amount"): "330.00",
        ("expenditure:本年支出合计", "amount"): "330.00",
        ("income:收入总计", "amount"): "330.00",
        ("expenditure:支出总计", "amount"): "330.00",
    }


ITEMS = """某某县水务局2025年“三公”经费预算财政拨款情况统计表
单位：万元
项目
2024年预算数
2025年预算数
2025年比
2024年增减%
因公出国（境）费
0.00
0.00
公务接待费
0.80
0.60
-25.00
公务用车购置及运行费
3.00
3.00
0.00
其中：公务用车购置费
0.00
0.00
公务用车运行维护费
3.00
3.00
0.00
合计
3.80
3.60
-5.26
"""


def test_items_in_rows_have_the_number_of_the_own_year() -> None:
    names = ("overseas", "reception", "vehicles", "vehicle_purchase", "vehicle_operation", "total")
    assert read(ITEMS) == {
        ("budget", name): printed
        for name, printed in zip(
            names, ("0.00", "0.60", "3.00", "0.00", "3.00", "3.60"), strict=True
        )  # fmt: skip
    }


OTHER_ROWS = [
    pytest.param("0.60", None, id="one number may be of either year"),
    pytest.param("0.80\n0.60\n-75.00", "0.60", id="a full row keeps its places, its rate is wrong"),
    pytest.param("0.80\n-100.00", None, id="the year before and its rate"),
    pytest.param("0.60\n100.00", "0.60", id="the own year and its rate"),
]


@pytest.mark.parametrize(("numbers", "expected"), OTHER_ROWS)
def test_row_that_prints_other_than_all_numbers(numbers: str, expected: str | None) -> None:
    found = read(ITEMS.replace("0.80\n0.60\n-25.00", numbers))
    assert found.get(("budget", "reception")) == expected
