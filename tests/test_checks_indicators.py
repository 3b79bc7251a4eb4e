"""The checks on indicators of performance forms: what fires, and the near cases that must stay
silent. Names and numbers are invented."""

import pytest
from checking import check, document, fact, form, said, statuses
from test_checks_prose import sheet

from pipeline.checks import CheckReport, run_checks
from schemas.facts import Fact


def ids(report: CheckReport) -> list[str]:
    return sorted(f.check for f in report.findings)


def printed_sheet(rows: str, name: str = "甲项目资金") -> tuple[list[Fact], list[str]]:
    """A performance form whose lines are printed, so that comparators stand before the targets:
    `target=≥95:%` prints ≥95% and is the number 95."""
    facts, lines = [], []
    for number, row in enumerate(rows.strip().splitlines(), 1):
        label, *cells = row.split()
        text = label
        for cell in cells:
            column, _, shown = cell.partition("=")
            shown, _, unit = shown.partition(":")
            raw = shown.lstrip("≥≤＝")
            start = len(text) + 1 + len(shown) - len(raw)
            text += f" {shown}{unit}"
            facts.append(
                fact(
                    "evaluation",
                    f"{name}/{label}",
                    column,
                    raw,
                    number,
                    unit=unit or "分",
                    start=start,
                )
            )
        lines.append(text)
    return facts, lines


def on_sheet(rows: str) -> CheckReport:
    facts, lines = printed_sheet(rows)
    return check(facts, *lines)


@pytest.mark.parametrize(
    "row, expected",
    [
        pytest.param(
            "甲率 target=≥95:% actual=90:% weight=5 score=5", ["I14"], id="未达下限得满分"
        ),
        pytest.param("甲率 target=≥95:% actual=90:% weight=5 score=4", [], id="未达下限已扣分"),
        pytest.param("甲率 target=≥95:% actual=95:% weight=5 score=5", [], id="恰好达到"),
        pytest.param(
            "投诉率 target=≤2:% actual=5:% weight=5 score=5", ["I14"], id="超过上限得满分"
        ),
        pytest.param("投诉率 target=≤2:% actual=0:% weight=5 score=5", [], id="低于上限"),
        pytest.param("甲率 target=95:% actual=90:% weight=5 score=5", [], id="未印比较符"),
        pytest.param("甲率 target=≥99.5:% actual=99:% weight=5 score=5", [], id="完成值取整"),
        pytest.param("人数 target=≥120:人 actual=1:万人 weight=5 score=5", [], id="单位不同"),
        pytest.param("甲率 target=≥95 actual=0.96 weight=5 score=5", [], id="小数形式的比率"),
        pytest.param("甲率 target=≥95:% actual=90:% weight=0 score=0", [], id="不计分"),
    ],
)
def test_a_missed_target_has_no_full_score(row: str, expected: list[str]) -> None:
    assert ids(on_sheet(row)) == expected


@pytest.mark.parametrize(
    "row, expected",
    [
        pytest.param("executed=0:万元 weight=10 score=10", ["I14"], id="未执行得满分"),
        pytest.param("executed=0:万元 weight=10 score=0", [], id="未执行不得分"),
        pytest.param("executed=7.50:万元 weight=10 score=10", [], id="已执行"),
    ],
)
def test_money_that_was_not_spent_has_no_full_score(row: str, expected: list[str]) -> None:
    assert ids(check(sheet("甲项目资金", f"资金:总额 adjusted_budget=8.00:万元 {row}"))) == expected


@pytest.mark.parametrize(
    "row, expected",
    [
        pytest.param("采购成本 target=≥50:万元 actual=48:万元", ["I13"], id="成本印为下限"),
        pytest.param("采购成本 target=≤50:万元 actual=48:万元", [], id="成本印为上限"),
        pytest.param("成本节约额 target=≥5:万元 actual=6:万元", [], id="节约额"),
        pytest.param("成本控制率 target=≥95:% actual=96:%", [], id="比率"),
        pytest.param("采购成本 target=50:万元 actual=48:万元", [], id="未印比较符"),
    ],
)
def test_a_cost_is_an_upper_bound(row: str, expected: list[str]) -> None:
    assert ids(on_sheet(row)) == expected


MONEY = "资金:总额 adjusted_budget={}:万元 executed={}:万元\n"
SUBSIDY = "人均补助标准 target=350:元 actual=350:元\n补助人数 target=1200:人 actual={}:人"


@pytest.mark.parametrize(
    "budget, executed, people, expected",
    [
        pytest.param("42.00", "42.00", "1200", [], id="相符"),
        pytest.param("42.00", "40.25", "1150", [], id="人数少则执行少"),
        pytest.param("42.00", "40.25", "1200", ["I12"], id="人数足额执行却少"),
        pytest.param("60.00", "40.25", "1200", [], id="预算另含他项"),
    ],
)
def test_unit_cost_times_quantity(
    budget: str, executed: str, people: str, expected: list[str]
) -> None:
    rows = MONEY.format(budget, executed) + SUBSIDY.format(people)
    assert ids(check(sheet("甲项目资金", rows))) == expected


@pytest.mark.parametrize(
    "basic, project, more, expected",
    [
        pytest.param("30.00", "70.00", "", ["pass"], id="相符"),
        pytest.param("30.00", "75.00", "", ["fail"], id="不符"),
        pytest.param(
            "30.00",
            "65.00",
            "资金:经营支出 initial_budget=5.00:万元",
            ["insufficient_data"],
            id="另有经营支出",
        ),
    ],
)
def test_the_whole_is_basic_and_project(
    basic: str, project: str, more: str, expected: list[str]
) -> None:
    rows = f"""
    资金:总额 initial_budget=100.00:万元
    资金:基本支出 initial_budget={basic}:万元
    资金:项目支出 initial_budget={project}:万元
    {more}
    """
    assert statuses(check(sheet("某局", rows.rstrip())), "K9") == expected


RATED = "资金:总额 adjusted_budget=80.00:万元 executed=60.00:万元 execution_rate={}:%"


@pytest.mark.parametrize(
    "name, rate, in_form, budget, expected",
    [
        pytest.param("甲类补助项目", "75.00", "75.00", "80.00", [], id="相符"),
        pytest.param("甲类补助项目", "57.00", "75.00", "80.00", ["I7"], id="不符"),
        pytest.param("甲类补助项目", "57.00", "75.00", "90.00", [], id="另一口径的金额"),
        pytest.param("乙类补助项目", "57.00", "75.00", "80.00", [], id="别的项目"),
        pytest.param("甲类补助项目", "100.00", "112.00", "80.00", [], id="封顶一百"),
    ],
)
def test_a_projects_rate_is_said_once(
    name: str, rate: str, in_form: str, budget: str, expected: list[str]
) -> None:
    text = f"{name}全年预算{budget}万元，执行率{rate}%。"
    claims = said(
        text, "自评结果", [(name, "budget", budget, "万元"), (name, "completion_rate", rate, "%")]
    )
    facts = claims + sheet("甲类补助项目", RATED.format(in_form))
    found = [f.check for f in check(facts, text).findings if f.check == "I7"]
    assert found == expected


SCORED = (
    "1.甲类管理，得分{}分。",
    "（1）子项一：得分4分。",
    "（2）子项二：得分3.5分。",
    "2.乙类，得分9分。",
)


@pytest.mark.parametrize(
    "score, expected",
    [
        pytest.param("7.5", [], id="相符"),
        pytest.param("7", ["I18"], id="分项多于该项"),
        pytest.param("9", [], id="可能另有未列分项"),
    ],
)
def test_scores_of_sub_items(score: str, expected: list[str]) -> None:
    lines = [line.format(score) for line in SCORED]
    rows = (("甲类管理得分", score), ("子项一得分", "4"), ("子项二得分", "3.5"), ("乙类得分", "9"))
    facts = [
        fact("claim", row, "count", printed, n, unit="分", section="评价")
        for n, (row, printed) in enumerate(rows, 1)
    ]
    assert ids(check(facts, *lines)) == expected


def projects(name: str, amount: str = "30.00") -> list[Fact]:
    rows = f"total {amount}\n{name} {amount}"
    return form("projects", "total", rows, first_line=20)


@pytest.mark.parametrize(
    "listed, shown, amount, expected",
    [
        pytest.param("社区医疗补助项目", "社区医疗补助项目", "30.00", [], id="同名"),
        pytest.param("社区医疗补助项目", "社区疗补助项目", "30.00", ["J8"], id="缺一字"),
        pytest.param("社区医疗补助项目", "社区医疗补助项", "30.00", [], id="表格截断"),
        pytest.param("社区医疗补助项目", "社区疗补助项目", "20.00", [], id="金额不同"),
        pytest.param("东片道路改造项目", "西片道路改造项目", "30.00", [], id="两个项目"),
        pytest.param("510000240001甲补助", "510000240001甲类补贴", "20.00", ["J8"], id="一码两名"),
        pytest.param("510000240001甲补助", "510000240002甲类补贴", "20.00", [], id="两码"),
    ],
)
def test_one_project_has_one_name(
    listed: str, shown: str, amount: str, expected: list[str]
) -> None:
    rows = f"资金:总额 initial_budget={amount}:万元"
    facts = projects(listed) + sheet(shown, rows)
    assert ids(check(facts, kind="budget")) == expected


def test_english_words_for_a_finding_of_a_form() -> None:
    facts, lines = printed_sheet("甲率 target=≥95:% actual=90:% weight=5 score=5")
    (finding,) = run_checks(document(*lines), facts, "en").findings
    assert finding.message.endswith("target 95%, actual 90%, full score 5")


def planned(name: str, weights: str) -> list[Fact]:
    """A performance form of a budget: indicators with a target and a weight, and no total."""
    return [
        fact("evaluation", f"{name}/指标{at}", "weight", printed, at, unit="分")
        for at, printed in enumerate(weights.split(), 1)
    ]


@pytest.mark.parametrize(
    "forms, failed",
    [
        pytest.param(["20 20 20 20 10"], 0, id="九十另有执行率"),
        pytest.param(["20 20 20 20 20"], 0, id="一百"),
        pytest.param(["20 20 20 20 25"], 1, id="多于一百"),
        pytest.param(["20 20 20 15"], 0, id="指标太少"),
        pytest.param(["20 20 20 10 5"], 0, id="少了可能没读全"),
        pytest.param(["20 20 20 10 5", "20 20 20 20 10", "30 20 20 10 10"], 1, id="别的表都够"),
        pytest.param(["20 20 20 10 5", "20 20 20 20 25", "30 20 20 10 10"], 0, id="几张表都不合"),
    ],
)
def test_weights_without_a_total_make_a_hundred_or_ninety(forms: list[str], failed: int) -> None:
    facts = [f for at, weights in enumerate(forms) for f in planned(f"项目{at}", weights)]
    assert statuses(check(facts, kind="budget"), "I1").count("fail") == failed


def test_weights_that_leave_room_for_the_printed_execution() -> None:
    facts = planned("甲项目", "20 20 20 10 10")
    facts.append(fact("evaluation", "甲项目/预算执行率", "weight", "20", 9, unit="分"))
    assert statuses(check(facts, kind="budget"), "I1") == ["pass"]


def test_weights_beside_an_indicator_without_one_are_not_added_up() -> None:
    facts = planned("甲项目", "20 20 20 20 25")
    facts.append(fact("evaluation", "甲项目/知晓率", "target", "90", 9, unit="%"))
    assert "fail" not in statuses(check(facts, kind="budget"), "I1")


@pytest.mark.parametrize(
    "row, expected",
    [
        pytest.param("项目总成本 target=≤412.60:元", ["J7"], id="万元印为元"),
        pytest.param("项目总成本 target=≤412.60:万元", [], id="相符"),
        pytest.param("单位总成本标准 target=≤412.60:元", [], id="单位成本"),
        pytest.param("补助成本 target=≤412.60:元", [], id="不是总成本"),
        pytest.param("项目总成本 target=≤512.60:元", [], id="数字不同"),
    ],
)
def test_total_cost_in_the_unit_of_the_money_of_its_form(row: str, expected: list[str]) -> None:
    money = "资金:总额 initial_budget=412.60:万元"
    assert ids(on_sheet(f"{money}\n{row}")) == expected
