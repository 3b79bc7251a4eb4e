"""Families F-J on invented sentences, performance forms and pages."""

import pytest
from checking import check, fact, form, found, said, statuses

from schemas.facts import Fact

BUDGETED = "具体情况"


def rates(text: str, *numbers: tuple[str, str, str, str], section: str = BUDGETED) -> list[Fact]:
    return said(text, section, list(numbers))


@pytest.mark.parametrize(
    "budget, spent, rate, status",
    [
        pytest.param("40.00", "60.00", "150.00", "pass", id="相符"),
        pytest.param("0.59", "0.58", "98.31", "pass", id="小数"),
        pytest.param("1.58", "1.59", "101", "rounding_hint", id="百分比取整"),
        pytest.param("40.00", "60.00", "105.00", "fail", id="不符"),
        pytest.param("0", "60.00", "105.00", "fail", id="无预算却有完成率"),
    ],
)
def test_completion_rate(budget: str, spent: str, rate: str, status: str) -> None:
    text = f"年初预算为{budget}万元，支出决算为{spent}万元，完成年初预算的{rate}%。占10.00%、20.00%"
    facts = rates(
        text,
        ("行政运行", "budget", budget, "万元"),
        ("行政运行", "amount", spent, "万元"),
        ("行政运行", "completion_rate", rate, "%"),
        ("甲", "share", "10.00", "%"),
        ("乙", "share", "20.00", "%"),
    )
    report = check(facts, text)
    assert status in statuses(report, "G3") + (statuses(report, "G5") if budget == "0" else [])


def test_rate_of_the_adjusted_budget_is_not_held_against_the_initial_one() -> None:
    text = "年初预算为40.00万元，支出决算为60.00万元，完成调整预算的95.00%。"
    facts = rates(
        text,
        ("行政运行", "budget", "40.00", "万元"),
        ("行政运行", "amount", "60.00", "万元"),
        ("行政运行", "completion_rate", "95.00", "%"),
    )
    assert check(facts, text).findings == ()


@pytest.mark.parametrize(
    "current, change, rate, status",
    [
        pytest.param("9.20", "4.20", "84.00", "pass", id="增长"),
        pytest.param("0.56", "-0.52", "-48.2", "rounding_hint", id="四角之内"),
        pytest.param("9.20", "4.20", "45.65", "fail", id="除以本年数"),
        pytest.param("0.30", "0.30", "100.00", "pass", id="上年为零印百分之百"),
        pytest.param("0.30", "0.30", "42.86", "fail", id="上年为零印别的"),
    ],
)
def test_change_against_last_year_is_judged_on_the_corners(
    current: str, change: str, rate: str, status: str
) -> None:
    text = f"支出{current}万元，比上年变动{change.lstrip('-')}万元，{rate.lstrip('-')}%。"
    facts = rates(
        text,
        ("培训费", "amount", current, "万元"),
        ("培训费", "change", change, "万元"),
        ("培训费", "change_rate", rate, "%"),
    )
    assert statuses(check(facts, text), "G2") == [status]


@pytest.mark.parametrize(
    "share, status",
    [
        pytest.param("60.00", "pass", id="相符"),
        pytest.param("60", "pass", id="省略零"),
        pytest.param("66.00", "fail", id="不符"),
    ],
)
def test_share_of_the_amount_that_opens_the_section(share: str, status: str) -> None:
    text = f"支出合计50.00万元，其中：基本支出30.00万元，占{share}%；项目支出20.00万元，占40.00%。"
    facts = rates(
        text,
        ("支出合计", "amount", "50.00", "万元"),
        ("基本支出", "amount", "30.00", "万元"),
        ("基本支出", "share", share, "%"),
        ("项目支出", "amount", "20.00", "万元"),
        ("项目支出", "share", "40.00", "%"),
        section="支出决算情况说明",
    )
    assert statuses(check(facts, text), "G1")[0] == status


def test_a_named_whole_that_is_nowhere_printed_accuses_nothing() -> None:
    text = "支出合计50.00万元，培训费2.00万元，占运转经费的40.00%。"
    facts = rates(
        text,
        ("支出合计", "amount", "50.00", "万元"),
        ("培训费", "amount", "2.00", "万元"),
        ("培训费", "share", "40.00", "%"),
    )
    assert statuses(check(facts, text), "G1") == ["insufficient_data"]


ITEMS = "total 90.00\n205 90.00\n20502 90.00\n2050201 60.00\n2050299 30.00"
LABELS = {"2050201": "学前教育", "2050299": "其他普通教育支出", "205": "教育支出"}


def items() -> list[Fact]:
    facts = form("general_budget_expenditure", "total", ITEMS, first_line=20)
    return [f.model_copy(update={"label": LABELS.get(f.row, f.label)}) for f in facts]


@pytest.mark.parametrize(
    "text, amount, status",
    [
        pytest.param(
            "学前教育（项）。年初预算为50.00万元，支出决算为{}万元。", "60.00", "pass", id="相符"
        ),
        pytest.param(
            "学前教育（项）。年初预算为50.00万元，支出决算为{}万元。", "60.01", "fail", id="差一分"
        ),
        pytest.param(
            "学前教育（项）。年初预算为50.00万元，支出决算约{}万元。", "61.00", "none", id="约数"
        ),
        pytest.param(
            "2022年度预算为50.00万元，2022年度学前教育决算{}万元。", "61.00", "none", id="别的年度"
        ),
    ],
)
def test_an_item_of_the_prose_equals_its_row(text: str, amount: str, status: str) -> None:
    text = text.format(amount)
    claims = rates(
        text, ("学前教育", "budget", "50.00", "万元"), ("学前教育", "amount", amount, "万元")
    )
    report = check(items() + claims, text)
    expected = [] if status == "none" else [status]
    assert [s for s in statuses(report, "F4") if s != "insufficient_data"] == expected
    if status == "fail":
        assert [(f.line, f.expected) for f in report.findings] == [(1, "60.00")]


@pytest.mark.parametrize(
    "words, wrong",
    [
        pytest.param("决算数大于年初预算数", False, id="大于属实"),
        pytest.param("决算数小于年初预算数", True, id="小于不实"),
        pytest.param("决算数与年初预算数一致", True, id="一致不实"),
        pytest.param("决算数与年初预算数存在差异", False, id="未说方向"),
    ],
)
def test_words_of_direction_agree_with_the_numbers(words: str, wrong: bool) -> None:
    text = f"年初预算为50.00万元，支出决算为60.00万元。{words}。"
    claims = rates(text, ("甲项", "budget", "50.00", "万元"), ("甲项", "amount", "60.00", "万元"))
    assert [c for c, _, _ in found(check(claims, text))] == (["G8"] if wrong else [])


@pytest.mark.parametrize(
    "reason, wrong",
    [
        pytest.param("年初未纳入预算，年中追加了预算", True, id="原因相反"),
        pytest.param("厉行节约，压减支出", False, id="原因相符"),
        pytest.param("追加的经费结转下年使用", False, id="追加但结转"),
    ],
)
def test_a_shortfall_is_not_explained_by_an_increase(reason: str, wrong: bool) -> None:
    text = f"年初预算为60.00万元，支出决算为50.00万元，决算数小于年初预算数的主要原因是：{reason}。"
    claims = rates(text, ("甲项", "budget", "60.00", "万元"), ("甲项", "amount", "50.00", "万元"))
    assert [c for c, _, _ in found(check(claims, text))] == (["J12"] if wrong else [])


@pytest.mark.parametrize(
    "small, smallest, wrong",
    [
        pytest.param("8.00", "5.00", [], id="小微不超过中小"),
        pytest.param("0", "5.00", ["H6b"], id="小微超过中小"),
    ],
)
def test_procurement_from_small_firms(small: str, smallest: str, wrong: list[str]) -> None:
    text = f"政府采购支出总额9.00万元，货物4.00万元，工程0万元，服务5.00万元，中小{small}万元，小微{smallest}万元"
    claims = said(
        text,
        "政府采购支出情况说明",
        [
            ("政府采购支出总额", "amount", "9.00", "万元"),
            ("政府采购货物支出", "amount", "4.00", "万元"),
            ("政府采购工程支出", "amount", "0", "万元"),
            ("政府采购服务支出", "amount", "5.00", "万元"),
            ("授予中小企业合同金额", "amount", small, "万元"),
            ("授予小微企业合同金额", "amount", smallest, "万元"),
        ],
    )
    report = check(claims, text)
    assert statuses(report, "H6") == ["pass"]
    assert [c for c, _, _ in found(report)] == wrong


def test_vehicles_add_up_where_the_list_is_complete() -> None:
    text = "共有车辆5辆，其中，机要通信用车1辆、应急保障用车2辆、其他用车1辆"
    counts = [("车辆", "5"), ("机要通信用车", "1"), ("应急保障用车", "2"), ("其他用车", "1")]
    claims = said(text, "国有资产占用情况说明", [(r, "count", n, "辆") for r, n in counts])
    assert found(check(claims, text)) == [("H8", "warning", "5")]
    assert found(check(claims[:-1], text)) == []


@pytest.mark.parametrize(
    "text, numbers, expected",
    [
        pytest.param(
            "共采购4250.42元，其中集采金额750.14万元",
            [("采购", "amount", "4250.42", "元"), ("集采金额", "amount", "750.14", "万元")],
            ["J7"],
            id="整体缺万",
        ),
        pytest.param(
            "共采购42504200元，其中集采金额750.14万元",
            [("采购", "amount", "42504200", "元"), ("集采金额", "amount", "750.14", "万元")],
            [],
            id="单位不同而相符",
        ),
        pytest.param(
            "共采购50.00万元，其中集采金额60.00万元",
            [("采购", "amount", "50.00", "万元"), ("集采金额", "amount", "60.00", "万元")],
            ["H9"],
            id="部分大于整体",
        ),
    ],
)
def test_a_part_is_at_most_its_whole(
    text: str, numbers: list[tuple[str, str, str, str]], expected: list[str]
) -> None:
    assert [c for c, _, _ in found(check(said(text, "工作", numbers), text))] == expected


def sheet(name: str, rows: str) -> list[Fact]:
    """A performance form: each line a row and column=printed pairs (unit after a colon)."""
    facts = []
    for line, text in enumerate(rows.strip().splitlines(), 1):
        row, *cells = text.split()
        for cell in cells:
            column, _, printed = cell.partition("=")
            printed, _, unit = printed.partition(":")
            facts.append(
                fact("evaluation", f"{name}/{row}", column, printed, line, unit=unit or "分")
            )
    return facts


GOOD = """
资金:总额 adjusted_budget=50.00:万元 executed=48.00:万元 execution_rate=96.00:% weight=10 score=9.6
资金:财政拨款 adjusted_budget=40.00:万元 executed=40.00:万元
资金:其他资金 adjusted_budget=10.00:万元 executed=8.00:万元
培训人数 target=100:人 actual=110:人 weight=50 score=50
成本控制 target=50:万元 actual=48:万元 weight=40 score=40
总分 weight=100 score=99.6
自评得分 score=99.6
"""


def test_a_sound_performance_form_has_no_finding() -> None:
    report = check(sheet("甲项目", GOOD))
    assert report.findings == ()
    assert statuses(report, "I1") == ["pass"] and statuses(report, "I2") == ["pass", "pass"]


@pytest.mark.parametrize(
    "old, new, expected",
    [
        pytest.param("score=50", "score=45", "I2", id="得分合计"),
        pytest.param("weight=40", "weight=30", "I1", id="分值合计"),
        pytest.param("weight=40 score=40", "weight=40 score=44", "I5", id="得分超过分值"),
        pytest.param("execution_rate=96.00", "execution_rate=69.00", "I4", id="执行率"),
        pytest.param("adjusted_budget=10.00", "adjusted_budget=11.00", "A8", id="资金来源"),
        pytest.param("executed=40.00:万元", "executed=47.00:万元", "A8", id="资金执行数"),
        pytest.param("actual=48:万元", "actual=48:元", "J7", id="单位"),
        pytest.param("自评得分 score=99.6", "自评得分 score=96.9", "I2", id="自评得分"),
    ],
)
def test_a_fault_in_a_performance_form_is_found(old: str, new: str, expected: str) -> None:
    report = check(sheet("甲项目", GOOD.replace(old, new)))
    assert expected in {f.check for f in report.findings}


def test_execution_above_the_adjusted_budget_is_said_once_a_document() -> None:
    rows = "资金:总额 adjusted_budget=50.00:万元 executed=60.00:万元 execution_rate=120.00:%"
    facts = sheet("甲项目", rows) + sheet("乙项目", rows)
    assert [(f.check, f.row) for f in check(facts).findings] == [("I3", "甲项目/资金:总额")]


def test_execution_of_more_than_the_budget_may_be_capped_at_100() -> None:
    rows = "资金:总额 adjusted_budget=50.00:万元 executed=60.00:万元 execution_rate=100:%"
    assert statuses(check(sheet("甲项目", rows)), "I4") == ["rounding_hint"]


def test_a_form_with_a_lost_score_is_not_accused() -> None:
    rows = GOOD.replace(" weight=50 score=50", " weight=50")
    assert [f for f in check(sheet("甲项目", rows)).findings if f.check == "I2"] == [
        f for f in check(sheet("甲项目", rows)).findings if "自评" in f.row
    ]


def test_two_scales_for_one_evaluation() -> None:
    text = "评价结果是99分。绩效评价得分为9.90分，等级为优。"
    claims = said(
        text,
        "评价结果",
        [("评价结果", "count", "99", "分"), ("绩效评价得分", "count", "9.90", "分")],
    )
    (finding,) = check(claims, text).findings
    assert (finding.check, finding.severity, finding.printed) == ("I8", "error", "9.90")


LINES = (
    "目录",
    "一、收入决算表",
    "二、支出决算表",
    "三、财政拨款支出决算表",
    "第一部分 概况",
    "我单位工作情况。",
    "收入决算表",
    "支出决算表",
)


def test_a_form_of_the_contents_that_is_not_in_the_body() -> None:
    pages = (*LINES[:1], "第一部分 概况", *LINES[1:])
    report = check([], *pages[:5], *LINES[4:])
    assert [(f.check, f.line, f.origin) for f in report.findings if f.check == "J2"] == []
    shown = check(
        [],
        "目录",
        "第一部分 概况",
        "一、收入决算表",
        "二、国有资本经营支出决算表",
        "三、支出决算总表",
        *LINES[4:],
        "支出决算总表",
    )
    assert [(f.check, f.line) for f in shown.findings] == [("J2", 4)]


@pytest.mark.parametrize(
    "line, expected",
    [
        pytest.param("与上年相比增减少0.66万元", ["J9"], id="增减少"),
        pytest.param("自评结果是99分（综述内容）", ["J9"], id="综述内容"),
        pytest.param("本年支出XX万元", ["J9"], id="占位"),
        pytest.param("增减变动的主要原因是人员减少", [], id="增减变动"),
        pytest.param("2024年度我单位绩效结果良好", ["J6"], id="年度"),
        pytest.param("结果作为安排2024年度预算的依据", [], id="下年预算"),
    ],
)
def test_words_that_should_not_stand_there(line: str, expected: list[str]) -> None:
    assert [c for c, _, _ in found(check([], "第一部分", line))] == expected


def test_named_items_have_an_amount() -> None:
    rows = "301 9.00\n30101 9.00\n302 3.00\n30201 3.00\npersonnel_total 9.00\npublic_total 3.00"
    text = "公用经费3.00万元，主要包括：办公费、咨询费。"
    claims = said(text, "基本支出决算情况说明", [("公用经费", "amount", "3.00", "万元")])
    facts = form("basic_expenditure", "amount", rows, first_line=9) + claims
    assert found(check(facts, text)) == [("F8", "warning", "咨询费")]


def test_without_lines_the_rules_on_words_say_that_they_could_not_run() -> None:
    assert statuses(check([]), "J9") == ["insufficient_data"]


def test_messages_in_english() -> None:
    from checking import document

    from pipeline.checks import run_checks

    facts = form("expenditure", "total", "total 9.00\n205 4.00\n221 3.00")
    (finding,) = run_checks(document(), facts, "en").findings
    assert finding.message.startswith("total = sum of the function classes")
    assert "4.00+3.00 = 7.00, printed 9.00, difference -2.00, allowed ±0.015" in finding.message


def test_a_part_with_its_own_share_is_not_the_whole_of_its_neighbour() -> None:
    text = "一般公共服务支出21.00万元，占70%；教育支出6.00万元，占20%；其他支出3.00万元，占10%。"
    facts = rates(
        text,
        ("一般公共服务支出", "amount", "21.00", "万元"),
        ("一般公共服务支出", "share", "70", "%"),
        ("教育支出", "amount", "6.00", "万元"),
        ("教育支出", "share", "20", "%"),
        section="支出结构情况",
    )
    assert check(facts, text).findings == ()
