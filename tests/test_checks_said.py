"""What the prose says of money against its own sums, its forms and its units: each rule raises
where the printed operands prove it, and is silent over the twin that is right."""

import pytest
from checking import check, found, said, statuses

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
