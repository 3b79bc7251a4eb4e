"""The checks on scopes, percentages, receptions, labels and items: what fires, and the near cases
that must stay silent. Names and numbers are invented."""

import pytest
from checking import check, fact, form, found, said, statuses
from test_checks_indicators import ids
from test_checks_prose import sheet

from schemas.vocabulary import DocumentKind

SPENT = "total 90.00 30.00 60.00\n205 90.00 30.00 60.00"


@pytest.mark.parametrize(
    "sentence, amount, expected",
    [
        pytest.param("开展部门整体支出绩效自评，涉及预算资金{}万元", "90.00", [], id="整体为全部"),
        pytest.param(
            "开展部门整体支出绩效自评，涉及预算资金{}万元", "60.00", ["I10"], id="整体却为项目"
        ),
        pytest.param("开展部门整体支出绩效自评，涉及预算资金{}万元", "95.00", [], id="预算口径"),
        pytest.param("对3个项目开展绩效自评，涉及资金{}万元", "60.00", [], id="项目为项目"),
        pytest.param("对3个项目开展绩效自评，涉及资金{}万元", "90.00", ["I10"], id="项目却为全部"),
        pytest.param("对3个项目开展绩效自评，涉及资金{}万元", "41.50", [], id="部分项目"),
        pytest.param(
            "对整体支出和3个项目开展绩效自评，涉及资金{}万元", "90.00", [], id="整体及项目"
        ),
        pytest.param("抽取3个重点项目评价，涉及资金{}万元", "90.00", [], id="重点评价"),
    ],
)
def test_the_scope_of_an_evaluation(sentence: str, amount: str, expected: list[str]) -> None:
    text = sentence.format(amount) + "。"
    claims = said(text, "绩效评价工作开展情况", [("预算资金", "amount", amount, "万元")])
    facts = claims + form("expenditure", "total basic project", SPENT, first_line=9)
    assert ids(check(facts, text)) == expected


def test_money_of_the_projects_is_confirmed_by_their_forms_and_never_accused() -> None:
    rows = "资金:总额 adjusted_budget={}:万元 executed={}:万元"
    forms = sheet("甲项目资金", rows.format("20.00", "19.00"))
    forms += sheet("乙项目资金", rows.format("30.00", "28.50"))
    for amount, expected in (
        ("47.50", ["pass"]),
        ("50.00", ["pass"]),
        ("49.00", ["insufficient_data"]),
    ):
        text = f"对2个项目开展绩效自评，涉及资金{amount}万元。"
        claims = said(text, "绩效自评", [("项目", "amount", amount, "万元")])
        report = check(forms + claims, text)
        assert statuses(report, "I17") == expected and report.findings == ()


def test_money_of_the_targets_is_confirmed_by_the_projects_form() -> None:
    projects = form("projects", "total", "total 50.00\n甲项目 20.00\n乙项目 30.00", first_line=5)
    for amount, expected in (("50.00", ["pass"]), ("70.00", ["insufficient_data"])):
        text = f"编制绩效目标的项目2个，涉及预算资金{amount}万元。"
        claims = said(text, "绩效目标设置情况", [("预算资金", "amount", amount, "万元")])
        report = check(projects + claims, text, kind="budget")
        assert statuses(report, "K14") == expected and report.findings == ()


PROCURED = "政府采购执行率 target=100:% actual={}:%"


@pytest.mark.parametrize(
    "rate, budget, expected",
    [
        pytest.param("80.00", "50.00", [], id="相符"),
        pytest.param("95.00", "50.00", ["H7"], id="不符"),
        pytest.param("100", "50.00", [], id="封顶"),
        pytest.param("95.00", "", [], id="未说采购预算"),
    ],
)
def test_the_procurement_rate_of_the_form(rate: str, budget: str, expected: list[str]) -> None:
    text = f"政府采购预算{budget}万元，政府采购支出总额40.00万元。"
    numbers = [("政府采购", "budget", budget, "万元")] if budget else []
    claims = said(
        text, "政府采购支出情况说明", [*numbers, ("政府采购支出总额", "amount", "40.00", "万元")]
    )
    report = check(claims + sheet("某局", PROCURED.format(rate)), text)
    assert ids(report) == expected


@pytest.mark.parametrize(
    "groups, guests, amount, expected",
    [
        pytest.param("6", "48", "0.60", [], id="人均一百余元"),
        pytest.param("48", "6", "0.60", ["H3"], id="批次多于人次"),
        pytest.param("0", "6", "0.60", ["H3"], id="无批次有人次"),
        pytest.param("6", "6", "0.60", [], id="每批一人"),
        pytest.param("0", "0", "0", [], id="没有接待"),
        pytest.param("6", "48", "0", [], id="未花钱的接待"),
        pytest.param("6", "48", "6000", ["H3"], id="单位有误"),
    ],
)
def test_receptions(groups: str, guests: str, amount: str, expected: list[str]) -> None:
    text = f"国内公务接待支出{amount}万元，国内公务接待{groups}批次，{guests}人次。"
    claims = said(
        text,
        "“三公”经费具体情况",
        [
            ("国内公务接待支出", "amount", amount, "万元"),
            ("国内公务接待", "count", groups, "批次"),
            ("国内公务接待 #2", "count", guests, "人次"),
        ],
    )
    assert ids(check(claims, text)) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        pytest.param("完成年初预算的96.31，主要原因是", ["G6"], id="缺百分号"),
        pytest.param("占本年支出合计的35.20。", ["G6"], id="占比缺百分号"),
        pytest.param("完成年初预算的96.31%，主要原因是", [], id="有百分号"),
        pytest.param("完成年初预算的96.31 %，主要原因是", [], id="百分号前有空格"),
        pytest.param("完成年初预算的96.31％。", [], id="全角百分号"),
        pytest.param("完成年初预算的2倍，", [], id="倍数"),
        pytest.param("完成年初预算数的35.20万元，", [], id="金额"),
    ],
)
def test_a_percentage_has_its_sign(text: str, expected: list[str]) -> None:
    assert ids(check([], "第一部分", text)) == expected


@pytest.mark.parametrize(
    "rates, expected",
    [
        pytest.param("98.30 97.21 120 88.45 91.07", ["G6"], id="独一处少两位"),
        pytest.param("98.3 97.21 120 88.45 91.07", [], id="本就省略零"),
        pytest.param("98.30 97.21 120 88 91.07", [], id="多处不同"),
        pytest.param("98.30 97.21 120.00 88.45 91.07", [], id="一致"),
        pytest.param("98.30 120 88.45", [], id="太少"),
    ],
)
def test_percentages_of_a_section_have_the_same_decimals(rates: str, expected: list[str]) -> None:
    text = "，".join(f"完成{rate}%" for rate in rates.split())
    numbers = [(f"科目{n}", "completion_rate", r, "%") for n, r in enumerate(rates.split())]
    assert ids(check(said(text, "具体情况", numbers), text)) == expected


@pytest.mark.parametrize(
    "first, second, expected",
    [
        pytest.param("62.50", "37.50", ["pass"], id="合计百分之百"),
        pytest.param("62.49", "37.50", ["rounding_hint"], id="舍去尾数"),
        pytest.param("62.50", "27.50", ["fail"], id="差十个百分点"),
    ],
)
def test_shares_of_a_whole_make_100(first: str, second: str, expected: list[str]) -> None:
    text = f"支出合计80.00万元，其中：甲类50.00万元，占{first}%；乙类30.00万元，占{second}%。"
    numbers = [
        ("支出合计", "amount", "80.00", "万元"),
        ("甲类", "amount", "50.00", "万元"),
        ("甲类", "share", first, "%"),
        ("乙类", "amount", "30.00", "万元"),
        ("乙类", "share", second, "%"),
    ]
    assert statuses(check(said(text, "支出情况", numbers), text), "G7") == expected


def test_shares_of_parts_that_are_not_the_whole_are_not_added_up() -> None:
    text = "支出合计80.00万元，其中：甲类50.00万元，占62.50%；乙类20.00万元，占25.00%。"
    numbers = [
        ("支出合计", "amount", "80.00", "万元"),
        ("甲类", "amount", "50.00", "万元"),
        ("甲类", "share", "62.50", "%"),
        ("乙类", "amount", "20.00", "万元"),
        ("乙类", "share", "25.00", "%"),
    ]
    report = check(said(text, "支出情况", numbers), text)
    assert statuses(report, "G7") == ["insufficient_data"] and report.findings == ()


@pytest.mark.parametrize(
    "label, expected",
    [
        pytest.param("年末结转和结余", [], id="样表行名"),
        pytest.param("年末结转与结余", ["J11"], id="一字之差"),
        pytest.param("本年收入合计", [], id="另一行名"),
        pytest.param("其它支出", [], id="短行名"),
        pytest.param("年末非财政拨款结转", [], id="地方行名"),
    ],
)
def test_labels_of_the_summary_forms(label: str, expected: list[str]) -> None:
    facts = [fact("income_expenditure_summary", f"expenditure:{label}", "amount", "3.00", 1)]
    assert ids(check(facts)) == expected
    assert ids(check(facts, kind="budget")) == []


@pytest.mark.parametrize(
    "amount, sentence, expected",
    [
        pytest.param("0.00", "职工住房公积金等按时缴纳", ["F9"], id="表中为零"),
        pytest.param("8.00", "职工住房公积金等按时缴纳", [], id="表中有数"),
        pytest.param("0.00", "住房公积金政策宣传到位", [], id="没有说缴纳"),
    ],
)
def test_what_is_said_to_be_paid_has_an_amount(
    amount: str, sentence: str, expected: list[str]
) -> None:
    facts = form("basic_expenditure", "amount", f"30113 {amount}", first_line=3)
    assert ids(check(facts, "第一部分", sentence)) == expected


def test_an_item_that_the_form_does_not_print_is_not_zero() -> None:
    facts = form("basic_expenditure", "amount", "30101 8.00", first_line=3)
    report = check(facts, "第一部分", "职工住房公积金等按时缴纳")
    assert statuses(report, "F9") == ["insufficient_data"] and report.findings == ()


@pytest.mark.parametrize("paid, expected", [("12.00", ["pass"]), ("13.50", ["insufficient_data"])])
def test_the_housing_fund_by_item_and_by_function_confirms_and_never_accuses(
    paid: str, expected: list[str]
) -> None:
    basic = form("basic_expenditure", "amount", f"30113 {paid}")
    general = form("general_budget_expenditure", "total basic", "2210201 12.00 12.00", first_line=9)
    report = check(basic + general)
    assert statuses(report, "E7") == expected and report.findings == ()


@pytest.mark.parametrize(
    ("kind", "carried", "wanted"),
    [
        pytest.param("budget", "7.00", [], id="预算有上年结转"),
        pytest.param("budget", "0.00", ["D5"], id="预算无上年结转"),
        pytest.param("final_accounts", "7.00", ["D5"], id="决算"),
    ],
)
def test_a_budgets_form_of_one_fund_may_leave_out_what_was_carried_over(
    kind: DocumentKind, carried: str, wanted: list[str]
) -> None:
    summary = form("appropriation_summary", "amount", f"income:上年结转 {carried}")
    summary += form(
        "appropriation_summary", "total general_budget", "expenditure:教育支出 37.00 37.00", 2
    )
    general = form("general_budget_expenditure", "total basic", "205 30.00 30.00", 9)
    named = [f.model_copy(update={"label": "教育支出"}) for f in general]
    assert sorted({c for c, _, _ in found(check(summary + named, kind=kind))}) == wanted


def test_the_rate_of_a_total_is_no_sum_of_rates() -> None:
    rows = "甲/资金:总额 98.16 100.00\n甲/资金:基本支出 99.32 60.00\n甲/资金:项目支出 93.78 40.00"
    facts = form("evaluation", "execution_rate adjusted_budget", rows)
    assert [c for c, _, _ in found(check(facts)) if c == "K9"] == []
