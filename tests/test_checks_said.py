"""What the prose says of money against its own sums, its forms and its units: each rule raises
where the printed operands prove it, and is silent over the twin that is right."""

import pytest
from checking import check, fact, form, found, said, statuses

from schemas.facts import Fact
from schemas.vocabulary import DocumentKind

PLAN: DocumentKind = "budget"


@pytest.mark.parametrize(
    "words, change, rate, status",
    [
        pytest.param("预算9.00万元，同比减少{}万元，下降{}%", "-1.80", "-16.67", "pass", id="相符"),
        pytest.param(
            "预算9.00万元，同比减少{}万元，下降{}%", "-1.80", "-20.00", "fail", id="除以本年"
        ),
        pytest.param(
            "预算9.00万元，比2022年预算减少{}万元，下降{}%",
            "-1.80",
            "-20.00",
            "fail",
            id="别年预算",
        ),
        pytest.param(
            "预算9.00万元，比年初预算减少{}万元，下降{}%", "-1.80", "-20.00", "pass", id="比预算"
        ),
        pytest.param(
            "比2022年预算9.00万元减少{}万元，下降{}%", "-1.80", "-20.00", "pass", id="上年的预算"
        ),
    ],
)
def test_change_of_a_budget_is_against_last_year(
    words: str, change: str, rate: str, status: str
) -> None:
    text = words.format(change.lstrip("-"), rate.lstrip("-"))
    claims = [
        ("培训费", "budget", "9.00", "万元"),
        ("培训费", "change", change, "万元"),
        ("培训费", "change_rate", rate, "%"),
    ]
    assert statuses(check(said(text, "预算", claims), text, kind=PLAN), "G2") == [status]


def parts_of(text: str, shares: tuple[str, ...], whole: str = "") -> list[Fact]:
    claims = [("支出", "budget", whole, "万元")] if whole else []
    for row, amount, share in zip("甲乙丙", ("30.00", "50.00", "20.00"), shares, strict=False):
        claims += [(row, "amount", amount, "万元"), (row, "share", share, "%")]
    return said(text, "支出预算情况说明", claims)


@pytest.mark.parametrize(
    "shares, expected",
    [
        pytest.param(("30.00", "50.00", "20.00"), [], id="相符"),
        pytest.param(("30.00", "56.00", "20.00"), [("G1", "warning", "56.00")], id="一个不符"),
        pytest.param(("30.00", "56.00", "24.00"), [], id="两个不符或另有整体"),
        pytest.param(("15.00", "25.00", "10.00"), [], id="整体更大"),
    ],
)
def test_shares_without_a_printed_whole_are_of_their_sum(
    shares: tuple[str, ...], expected: list[tuple[str, str, str]]
) -> None:
    text = "包括：甲30.00万元，占{}%；乙50.00万元，占{}%；丙20.00万元，占{}%。".format(*shares)
    assert found(check(parts_of(text, shares), text, kind=PLAN)) == expected


@pytest.mark.parametrize("second, status", [("62.50", "pass"), ("60.50", "fail")])
def test_shares_of_a_budget_that_its_parts_make_are_a_hundred(second: str, status: str) -> None:
    text = f"支出预算80.00万元，其中：甲30.00万元，占37.50%；乙50.00万元，占{second}%。"
    facts = parts_of(text, ("37.50", second), whole="80.00")
    assert statuses(check(facts, text, kind=PLAN), "G7") == [status]


@pytest.mark.parametrize(
    "second, expected",
    [("62.50", []), ("64.50", [("G7", "warning", "64.50")])],
    ids=["相符", "不符"],
)
def test_the_whole_of_shares_may_stand_before_other_amounts(
    second: str, expected: list[tuple[str, str, str]]
) -> None:
    parts = f"基本支出30.00万元，占37.50%；项目支出50.00万元，占{second}%。"
    text = "本年支出合计80.00万元，年末结余7.00万元。" + parts
    claims = [("本年支出合计", "amount", "80.00", "万元"), ("年末结余", "amount", "7.00", "万元")]
    claims += [("基本支出", "amount", "30.00", "万元"), ("基本支出", "share", "37.50", "%")]
    claims += [("项目支出", "amount", "50.00", "万元"), ("项目支出", "share", second, "%")]
    assert found(check(said(text, "支出情况", claims), text)) == expected


@pytest.mark.parametrize("services, status", [("30.00", "pass"), ("32.00", "fail")])
def test_procurement_by_kinds_named_with_their_purchase(services: str, status: str) -> None:
    text = f"政府采购60.00万元，货物类采购20.00万元、工程类采购10.00万元、服务类采购{services}万元"
    claims = [("政府采购", "60.00"), ("货物类采购", "20.00"), ("工程类采购", "10.00")]
    numbers = [(n, "budget", v, "万元") for n, v in [*claims, ("服务类采购", services)]]
    report = check(said(text, "政府采购情况", numbers), text, kind=PLAN)
    assert statuses(report, "H6") == [status]


THREE = "total reception vehicles vehicle_operation"
VEHICLES = "公务用车购置及运维费"


@pytest.mark.parametrize(
    "text, amount, status",
    [
        pytest.param("2023年公务用车购置及运维费{}万元", "6.00", ["pass"], id="相符"),
        pytest.param("2023年公务用车购置及运维费{}万元", "9.00", ["fail"], id="不符"),
        pytest.param("2022年执行数如下。公务用车购置及运维费{}万元", "9.00", [], id="上年执行数"),
    ],
)
def test_amounts_of_a_budget_are_those_of_its_form(
    text: str, amount: str, status: list[str]
) -> None:
    text = text.format(amount)
    facts = form("three_public", THREE, "budget 8.00 2.00 6.00 6.00", first_line=9)
    facts += said(text, "“三公”经费情况", [(VEHICLES, "amount", amount, "万元")])
    assert statuses(check(facts, text, kind=PLAN), "F7") == (status or ["insufficient_data"])


@pytest.mark.parametrize(
    "section, amount, status",
    [
        ("一般公共预算财政拨款支出决算总体情况", "90.00", "pass"),
        ("一般公共预算财政拨款支出决算总体情况", "60.00", "fail"),
        ("一般公共预算项目支出情况", "60.00", "insufficient_data"),
    ],
)
def test_classes_of_the_overview_equal_the_form(section: str, amount: str, status: str) -> None:
    facts = form("general_budget_expenditure", "total", "total 90.00\n205 90.00", first_line=9)
    facts = [f.model_copy(update={"label": "教育支出"}) if f.row == "205" else f for f in facts]
    text = f"教育支出{amount}万元。"
    facts += said(text, section, [("教育支出", "amount", amount, "万元")])
    assert statuses(check(facts, text), "F5") == [status]


@pytest.mark.parametrize(
    "other, amount, status",
    [
        pytest.param("30.00", "30.00", "pass", id="两表相同且相符"),
        pytest.param("30.00", "33.00", "fail", id="两表相同而不符"),
        pytest.param("31.00", "33.00", "insufficient_data", id="两表不同"),
    ],
)
def test_a_form_printed_twice_speaks_where_both_agree(other: str, amount: str, status: str) -> None:
    columns = "total personnel public"
    facts = form("basic_expenditure", columns, "total 90.00 60.00 30.00", first_line=9)
    second = form("basic_expenditure", columns, f"total 90.00 60.00 {other}", first_line=20)
    facts += [f.model_copy(update={"row": f"{f.row} #2"}) for f in second]
    text = f"公用经费{amount}万元。"
    facts += said(text, "一般公共预算基本支出决算情况", [("公用经费", "amount", amount, "万元")])
    assert statuses(check(facts, text), "F6") == [status]


@pytest.mark.parametrize(
    "amount, expected",
    [
        pytest.param("1234567.00", [("J7", "error", "1234567.00万元")], id="元印为万元"),
        pytest.param("123.46", [], id="相符"),
        pytest.param("145.00", [], id="口径不同"),
    ],
)
def test_operating_expense_in_the_unit_of_another(
    amount: str, expected: list[tuple[str, str, str]]
) -> None:
    facts = [fact("basic_expenditure", "total", "public", "123.46", 9)]
    text = f"机关运行经费预算{amount}万元。"
    facts += said(text, "机关运行经费安排情况", [("机关运行经费", "budget", amount, "万元")])
    assert found(check(facts, text, kind=PLAN)) == expected


@pytest.mark.parametrize(
    "row, amount, expected",
    [
        pytest.param(
            "国内公务接待支出", "8650.00", [("J7", "error", "8650.00万元")], id="元印为万元"
        ),
        pytest.param("国内公务接待支出", "0.87", [], id="相符"),
        pytest.param("公务用车改革补贴", "8650.00", [], id="不是三公经费"),
        pytest.param("会议费", "8650.00", [], id="会议费"),
    ],
)
def test_an_item_far_above_the_three_public_expenses(
    row: str, amount: str, expected: list[tuple[str, str, str]]
) -> None:
    text = f"“三公”经费支出12.00万元。{row}{amount}万元。"
    claims = [("“三公”经费", "amount", "12.00", "万元"), (row, "amount", amount, "万元")]
    assert found(check(said(text, "“三公”经费情况", claims), text)) == expected


@pytest.mark.parametrize(
    "part, expected",
    [("0.65", [("J7", "error", "0.65元")]), ("6,543.00", []), ("43.00", [])],
    ids=["万元印为元", "全部", "一部分"],
)
def test_a_part_in_yuan_that_is_its_whole_in_ten_thousands(
    part: str, expected: list[tuple[str, str, str]]
) -> None:
    text = f"公务接待费支出6,543.00元。其中：国内接待费支出{part}元，"
    claims = [("公务接待费", "amount", "6,543.00", "元"), ("国内接待费", "amount", part, "元")]
    assert found(check(said(text, "接待", claims), text)) == expected


@pytest.mark.parametrize("printed, unit", [("4,821,730.50", "元"), ("482.17", "万元")])
@pytest.mark.parametrize(
    "amount, expected",
    [
        pytest.param("4,821,730.50", [], id="相符"),
        pytest.param("4,281,730.50", [("F4", "warning", "4,281,730.50")], id="两位颠倒"),
        pytest.param("4,281,930.50", [], id="另一笔钱"),
        pytest.param("1,200,000.00", [], id="一部分"),
    ],
)
def test_digits_exchanged_in_copying_an_account(
    amount: str, expected: list[tuple[str, str, str]], printed: str, unit: str
) -> None:
    cell = fact("expenditure", "2082102", "project", printed, 9, unit=unit, label="救助支出")
    text = f"主要用于：救助支出{amount}元。"
    claims = said(text, "项目支出情况", [("救助支出", "amount", amount, "元")])
    assert found(check([cell, *claims], text)) == expected


def test_short_numbers_are_no_exchange_of_digits() -> None:
    cell = fact("expenditure", "2082102", "project", "120.00", 9, label="救助支出")
    text = "主要用于：救助支出210.00万元。"
    claims = said(text, "项目支出情况", [("救助支出", "amount", "210.00", "万元")])
    assert check([cell, *claims], text).findings == ()
