"""The catalogue and the arithmetic of rounded numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks import all_identities, explain
from pipeline.identities import (
    Interval,
    add,
    half_unit,
    identities,
    identity,
    is_economic_code,
    is_function_code,
    meets,
    parent_code,
    printed_interval,
    ratio,
    row_sums,
    scale,
)
from schemas.vocabulary import TABLE_COLUMNS

AMOUNTS = st.decimals(-(10**8), 10**8, places=2)


def test_every_entry_speaks_both_languages_and_names_its_source() -> None:
    assert [e.id for e in identities() if not (e.zh and e.en and e.source)] == []


def test_every_row_sum_uses_columns_of_its_statement() -> None:
    unknown = [
        (entry.id, statement, column)
        for entry in identities()
        if entry.kind == "row_sum"
        for statement in entry.statements
        for column in (entry.total, *(part.lstrip("-") for part in entry.parts))
        if column not in TABLE_COLUMNS[statement]
        and column in entry.needs
        # `~`: of the print, not of the contract; such a sum only places its neighbours.
        and not column.startswith("~")
    ]
    assert unknown == []


@pytest.mark.parametrize(
    "statement, columns, expected",
    [
        pytest.param("income", {"total", "fiscal_appropriation", "other"}, ["A1"], id="决算收入表"),
        pytest.param("income", {"total", "general_budget", "other"}, ["K2"], id="预算收入表"),
        pytest.param("expenditure", {"total", "basic", "project"}, ["A2"], id="支出表"),
        pytest.param(
            "expenditure",
            {"total", "basic", "basic_wages", "basic_goods", "project", "project_targeted"},
            ["A2", "K3", "K3b"],
            id="预算支出表",
        ),
        pytest.param("expenditure", {"total"}, [], id="只有合计"),
        pytest.param(
            "three_public", {"total", "vehicle_operation", "reception"}, ["A7c"], id="无小计"
        ),
    ],
)
def test_row_sums_fit_the_columns_of_a_form(
    statement: str, columns: set[str], expected: list[str]
) -> None:
    assert [rule.id for rule in row_sums(statement, frozenset(columns))] == expected


def test_a_part_inside_another_column_is_not_counted_twice() -> None:
    columns = frozenset({"total", "general_budget", "carried_over", "carried_general_budget"})
    (rule,) = row_sums("projects", columns)
    assert "carried_over" in rule.parts and "carried_general_budget" not in rule.parts


@pytest.mark.parametrize(
    "code, codes, parent",
    [
        pytest.param("2050201", {"205", "20502", "total"}, "20502", id="项到款"),
        pytest.param("2050201", {"205", "total"}, "205", id="缺款到类"),
        pytest.param("205", {"total"}, "total", id="类到合计"),
        pytest.param("30201", {"302"}, "302", id="经济分类"),
        pytest.param("101001", {"101", "total"}, None, id="单位编码"),
        pytest.param("205", set(), None, id="没有上级"),
    ],
)
def test_parent_is_the_nearest_ancestor_printed(
    code: str, codes: set[str], parent: str | None
) -> None:
    assert parent_code(code, codes) == parent


def test_unit_codes_are_no_accounts() -> None:
    assert not is_function_code("101") and not is_function_code("205001")
    assert (
        is_function_code("2050201") and is_economic_code("50502") and not is_economic_code("3012")
    )


@pytest.mark.parametrize(
    "printed, half", [("12.30", "0.005"), ("7", "0.5"), ("0.1234", "0.00005"), ("-3.0", "0.05")]
)
def test_half_unit(printed: str, half: str) -> None:
    assert half_unit(Decimal(printed)) == Decimal(half)


@given(st.lists(AMOUNTS, min_size=1, max_size=12))
def test_a_sum_of_true_values_lies_in_the_sum_of_their_prints(values: list[Decimal]) -> None:
    tenths = [value.quantize(Decimal("0.1")) for value in values]
    interval = add(printed_interval(value) for value in tenths)
    assert interval.low <= sum(values, Decimal(0)) <= interval.high


@given(AMOUNTS, st.decimals(1, 10**6, places=2))
def test_a_quotient_of_true_values_lies_in_the_quotient_of_their_prints(
    part: Decimal, whole: Decimal
) -> None:
    one = printed_interval(part.quantize(Decimal("0.1")))
    other = printed_interval(whole.quantize(Decimal("0.1")))
    quotient = ratio(one, other)
    assert quotient is not None and meets(quotient, Interval(part / whole, part / whole))


def test_a_whole_that_may_be_zero_has_no_quotient() -> None:
    assert ratio(printed_interval(Decimal("1.00")), printed_interval(Decimal("0.00"))) is None


@given(AMOUNTS, AMOUNTS)
def test_a_negative_factor_turns_an_interval(value: Decimal, factor: Decimal) -> None:
    low, high = scale(printed_interval(value), factor)
    assert low <= high


def test_explain_shows_formula_and_tolerance() -> None:
    text = explain("A6")
    assert "total = basic + project" in text and "T1" in text
    assert "tolerance" in explain("A6", "en")


def test_explain_of_an_unknown_check_is_an_error() -> None:
    with pytest.raises(KeyError):
        explain("Z9")


def test_the_catalogue_covers_the_families() -> None:
    assert {entry.id[0] for entry in all_identities()} >= set("ABCDEFGHIJK")
    assert identity("D9").rule == "T0"
