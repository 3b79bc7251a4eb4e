"""Families A-E and K on invented forms: what fails, what rounding explains, what cannot be said."""

from decimal import Decimal

import pytest
from checking import check, document, fact, form, found, statuses
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.book import open_book
from pipeline.checks.feasible import joint_verdict
from pipeline.checks.verdicts import Amount, Verdict, grade_same, grade_sum
from schemas.facts import Fact

SPENDING = "total basic project"
TREE = """
total 100.00 60.00 40.00
205 70.00 40.00 30.00
20502 70.00 40.00 30.00
2050201 45.00 40.00 5.00
2050299 25.00 - 25.00
221 30.00 20.00 10.00
22102 30.00 20.00 10.00
2210201 20.00 20.00 -
2210203 10.00 - 10.00
"""


def changed(facts: list[Fact], row: str, column: str, printed: str) -> list[Fact]:
    update = {"value": Decimal(printed), "raw": printed}
    return [f.model_copy(update=update) if (f.row, f.column) == (row, column) else f for f in facts]


@pytest.mark.parametrize(
    "total, parts, status",
    [
        pytest.param("118.20", ["100.00", "18.20"], "pass", id="相等"),
        pytest.param("118.21", ["100.00", "18.20"], "rounding_hint", id="尾差在两个加数内"),
        pytest.param("118.22", ["100.00", "18.20"], "fail", id="超出尾差"),
        pytest.param("33.62", ["3.36"] * 9 + ["3.40"], "rounding_hint", id="十个加数差二分"),
        pytest.param("5.01", ["5.00", "0.00"], "rounding_hint", id="显示为零实际不为零"),
        pytest.param("5.00", ["5.01"], "fail", id="唯一加数须相等"),
        pytest.param("-2.00", ["-3.00", "1.00"], "pass", id="负数调整"),
    ],
)
def test_sum_is_graded_by_the_rounding_of_its_operands(
    total: str, parts: list[str], status: str
) -> None:
    half = Decimal("0.005")
    amounts = [Amount(i, Decimal(part), half) for i, part in enumerate(parts, 1)]
    assert grade_sum(Amount(0, Decimal(total), half), amounts).status == status


@given(st.lists(st.decimals(0, 10**6, places=4), min_size=2, max_size=30))
def test_a_true_sum_never_fails_however_it_is_rounded(values: list[Decimal]) -> None:
    cent, half = Decimal("0.01"), Decimal("0.005")
    parts = [Amount(i, value.quantize(cent), half) for i, value in enumerate(values, 1)]
    total = Amount(0, sum(values, Decimal(0)).quantize(cent), half)
    assert grade_sum(total, parts).status != "fail"


@pytest.mark.parametrize(
    "one, other, status",
    [
        pytest.param("438.79", "438.78", "fail", id="同精度差一分"),
        pytest.param("438.784", "438.78", "pass", id="细者四舍五入"),
        pytest.param("438.785", "438.78", "fail", id="五入后不同"),
    ],
)
def test_one_fact_printed_twice_has_no_tolerance(one: str, other: str, status: str) -> None:
    left = Amount(0, Decimal(one), Decimal(5).scaleb(-len(one.partition(".")[2]) - 1))
    assert grade_same(left, Amount(1, Decimal(other), Decimal("0.005"))).status == status


def test_a_sound_form_has_no_finding_and_every_cell_is_confirmed() -> None:
    report = check(form("expenditure", SPENDING, TREE))
    assert report.findings == ()
    assert all(report.fact_checks)
    assert statuses(report, "B6") == ["pass"]


@pytest.mark.parametrize(
    "row, column, printed",
    [
        pytest.param("205", "total", "71.00", id="类合计"),
        pytest.param("20502", "basic", "41.00", id="款基本"),
        pytest.param("2050201", "basic", "14.00", id="项基本"),
        pytest.param("total", "project", "400000.00", id="合计单位"),
        pytest.param("2210203", "project", "-10.00", id="符号"),
    ],
)
def test_one_wrong_cell_is_one_error_that_names_the_cell(
    row: str, column: str, printed: str
) -> None:
    report = check(changed(form("expenditure", SPENDING, TREE), row, column, printed))
    (finding,) = report.findings
    assert (finding.row, finding.column, finding.severity) == (row, column, "error")
    assert finding.printed == printed


def test_the_unique_repair_is_suggested_with_the_sum_shown() -> None:
    report = check(changed(form("expenditure", SPENDING, TREE), "2050201", "basic", "14.00"))
    (finding,) = report.findings
    assert finding.expected == "40.00"
    assert "若改为40.00则全部相符" in finding.message
    assert "14.00+5.00＝19.00，印为45.00，差-26.00，允许±0.015" in finding.message


def test_the_same_finding_has_the_same_id_in_every_run_and_language() -> None:
    facts = changed(form("expenditure", SPENDING, TREE), "205", "total", "71.00")
    first, again = check(facts).findings, check(facts).findings
    assert [f.finding for f in first] == [f.finding for f in again]


@pytest.mark.parametrize(
    "dropped, expected",
    [
        pytest.param(("total", "total"), "insufficient_data", id="无合计"),
        pytest.param(("2050299", "total"), "insufficient_data", id="项无小计"),
    ],
)
def test_a_missing_operand_is_never_a_pass(dropped: tuple[str, str], expected: str) -> None:
    facts = [f for f in form("expenditure", SPENDING, TREE) if (f.row, f.column) != dropped]
    report = check(facts)
    assert expected in statuses(report, "A2")
    assert report.findings == ()


def test_a_lost_row_is_a_doubt_not_an_error() -> None:
    facts = [f for f in form("expenditure", SPENDING, TREE) if f.row != "2050299"]
    report = check(facts)
    assert [(f.severity, f.origin) for f in report.findings] == [("warning", "undecided")]


def test_a_number_that_was_not_read_explains_the_difference() -> None:
    facts = list(form("expenditure", "total", "total 9.00\n205 4.00\n221 3.00\n229 2.00"))
    lines = ("合计 9.00", "205 4.00", "221 3.00", "229 2.00")
    kept = [f for f in facts if f.row != "221"]
    (finding,) = check(kept, *lines).findings
    assert (finding.severity, finding.origin) == ("info", "reading")
    assert "未读出的数" in finding.message


def test_a_sum_that_fails_in_most_rows_is_not_this_forms_sum() -> None:
    rows = "total 30.00 20.00\n205 10.00 5.00\n221 20.00 15.00"
    report = check(form("income", "total fiscal_appropriation", rows))
    assert set(statuses(report, "A1")) == {"insufficient_data"}
    assert report.findings == ()


def test_a_column_counted_within_another_is_no_error() -> None:
    rows = "205 10.00 6.00 4.00 3.00"
    columns = "total fiscal_appropriation undertaking fiscal_account"
    assert statuses(check(form("income", columns, rows)), "A1") == ["pass"]


@pytest.mark.parametrize(
    "reader, severity, origin",
    [
        pytest.param({}, "error", "document", id="原文照录"),
        pytest.param({"placed_by": "arithmetic"}, "warning", "reading", id="推定的栏"),
        pytest.param({"reader": "ocr"}, "warning", "reading", id="识别"),
        pytest.param({"confidence": 0.5}, "warning", "reading", id="把握不足"),
    ],
)
def test_the_document_is_accused_only_of_what_stands_in_it(
    reader: dict[str, object], severity: str, origin: str
) -> None:
    facts = [
        fact("government_fund", "total", "total", "9.00", 1, **reader),
        fact("government_fund", "total", "basic", "4.00", 1),
        fact("government_fund", "total", "project", "4.00", 1),
    ]
    (finding,) = check(facts).findings
    assert (finding.severity, finding.origin) == (severity, origin)


def test_units_with_codes_and_rows_below_them() -> None:
    rows = """
    total 50.00
    101001 30.00
    2050201 20.00
    2210201 10.00
    101002 20.00
    2050201 12.00
    2210201 8.00
    """
    facts = form("expenditure", "total", rows)
    report = check(facts, kind="budget")
    assert statuses(report, "B8") == ["pass", "pass"]
    assert statuses(report, "B7") == ["pass"] and report.findings == ()


def test_two_bodies_in_one_document_are_two_forms() -> None:
    one = form("expenditure", "total", "total 5.00\n205 3.00\n221 2.00")
    other = form("expenditure", "total", "total 9.00\n205 9.00", first_line=10)
    renamed = [f.model_copy(update={"row": f"{f.row} #2"}) for f in other]
    report = check(one + renamed)
    assert statuses(report, "B1") == ["pass", "pass"]
    assert report.findings == ()


SIDES = """
income:一般公共预算财政拨款收入 80.00
expenditure:教育支出 70.00
income:事业收入 15.00
expenditure:住房保障支出 20.00
income:本年收入合计 95.00
expenditure:本年支出合计 90.00
income:年初结转和结余 5.00
expenditure:年末结转和结余 10.00
income:总计 100.00
expenditure:总计 100.00
"""


@pytest.mark.parametrize(
    "row, printed, checks",
    [
        pytest.param("income:事业收入", "16.00", {"C1"}, id="收入来源"),
        pytest.param("expenditure:教育支出", "17.00", {"C2"}, id="功能类"),
        pytest.param("income:总计", "101.00", {"C3", "C5"}, id="收入总计"),
        pytest.param("expenditure:年末结转和结余", "1.00", {"C4"}, id="年末结转"),
    ],
)
def test_the_summary_balances(row: str, printed: str, checks: set[str]) -> None:
    facts = form("income_expenditure_summary", "amount", SIDES)
    assert check(facts).findings == ()
    report = check(changed(facts, row, "amount", printed))
    assert {o.check for o in report.outcomes if o.status == "fail"} == checks
    assert len(report.findings) == 1


def test_a_budget_that_prints_the_years_total_first() -> None:
    rows = "income:本年收入 30.00\nincome:一般公共预算拨款 30.00\nincome:财政拨款 25.00\nincome:收入合计 30.00"
    labels = ["一、本年收入", "（一）一般公共预算拨款", "其中：财政拨款", "收入合计"]
    facts = form("appropriation_summary", "amount", rows)
    facts = [f.model_copy(update={"label": label}) for f, label in zip(facts, labels, strict=True)]
    assert check(facts, kind="budget").findings == ()


def test_one_number_in_two_forms_and_two_units() -> None:
    wide = form("expenditure", "total", "total 1234.57")
    yuan = [
        f.model_copy(update={"unit": "元"})
        for f in form("general_budget_expenditure", "total", "total 12345678.90", first_line=9)
    ]
    assert statuses(check(wide + yuan), "D7") == ["pass"]
    more = changed(yuan, "total", "total", "12355678.90")
    assert statuses(check(wide + more), "D7") == ["fail"]


def test_trimmed_zeros_do_not_loosen_a_sum() -> None:
    facts = form("expenditure", SPENDING, "total 170 100.25 70\n205 70.5 0.5 70\n221 99.75 99.75 -")
    (finding,) = check(facts).findings
    assert (finding.row, finding.column, finding.expected) == ("total", "total", "170.25")


def test_a_form_rounded_to_whole_units_keeps_its_own_precision() -> None:
    rows = "total 101 61 40\n205 70 40 30\n221 30 20 10"
    assert check(form("expenditure", SPENDING, rows)).findings == ()


def test_economic_classes_and_their_totals() -> None:
    rows = """
    301 60.00
    30101 40.00
    30102 20.00
    302 9.00
    30201 9.00
    303 1.00
    30302 1.00
    personnel_total 61.00
    public_total 9.00
    """
    facts = form("basic_expenditure", "amount", rows)
    report = check(facts)
    assert report.findings == () and all(report.fact_checks)
    wrong = check(changed(facts, "public_total", "amount", "9.10"))
    assert [(f.check, f.row) for f in wrong.findings] == [("E6", "public_total")]


def test_codes_that_lost_a_digit_leave_the_hierarchy_unsaid() -> None:
    facts = form("basic_expenditure", "amount", "301 60.00\n30101 40.00\n3012 20.00")
    report = check(facts)
    assert report.findings == () and statuses(report, "B4") == ["insufficient_data"]


def test_every_identity_says_whether_it_ran() -> None:
    report = check([])
    assert {o.status for o in report.outcomes} <= {"not_applicable", "insufficient_data"}
    assert statuses(report, "A1") == ["not_applicable"]


def test_facts_in_any_order_give_the_same_findings() -> None:
    facts = changed(form("expenditure", SPENDING, TREE), "20502", "basic", "41.00")
    turned = check(facts[::-1]).findings
    assert [f.finding for f in turned] == [f.finding for f in check(facts).findings]


def test_each_sum_may_hold_and_all_together_not() -> None:
    rows = "total 10.00\n205 5.00\n20502 2.51\n20503 1.50\n20599 1.01\n221 5.01"
    report = check(form("expenditure", "total", rows))
    assert statuses(report, "B1") == statuses(report, "B2") == ["rounding_hint"]
    assert found(report) == [("B6", "warning", "")]


def test_the_distance_of_a_form_from_its_sums_is_said() -> None:
    report = check(form("expenditure", "total", "total 10.00\n205 5.00\n221 5.01"))
    (joint,) = [o for o in report.outcomes if o.check == "B6"]
    assert (joint.status, joint.detail) == ("rounding_hint", "h*=0.333 ulp exact")


@pytest.mark.parametrize(
    "lost, marked",
    [
        pytest.param("22102", "2210201", id="款行"),
        pytest.param("2210201", "22102", id="款下唯一的项"),
    ],
)
def test_a_level_that_is_lost_in_one_place_is_a_doubt(lost: str, marked: str) -> None:
    codes = "205 20502 2050201 213 21301 2130101 221 22102 2210201 229 22999 2299999"
    rows = "\n".join(f"{code} 9.00" for code in codes.split() if code != lost)
    (finding,) = check(form("expenditure", "total", rows)).findings
    assert (finding.check, finding.row, finding.origin) == ("B5", marked, "undecided")


def test_a_class_of_items_without_its_row_is_a_doubt() -> None:
    rows = "301 5.00\n30101 5.00\n302 3.00\n30201 3.00\n30302 1.00\n310 2.00\n31002 2.00"
    (finding,) = check(form("basic_expenditure", "amount", rows)).findings
    assert (finding.check, finding.row, finding.severity) == ("B5", "30302", "warning")


def test_a_form_without_rows_of_classes_is_so_by_design() -> None:
    rows = "\n".join(f"{code} 1.00" for code in (30101, 30102, 30201, 30202, 30302, 31002))
    assert check(form("basic_expenditure", "amount", rows)).findings == ()


THREE = """
budget 3.60 0.00 3.00 0.00 3.00 0.60
actual {} 0.00 2.80 0.00 2.80 0.40
"""
ITEMS = "total overseas vehicles vehicle_purchase vehicle_operation reception"


@pytest.mark.parametrize("total, wrong", [("3.20", []), ("3.30", ["A7"])])
def test_three_public_expenses_printed_line_by_line(total: str, wrong: list[str]) -> None:
    wide = form("three_public", ITEMS, THREE.format(total))
    order = ITEMS.split()
    tall = [f.model_copy(update={"line": 10 + order.index(f.column)}) for f in wide]
    tall.sort(key=lambda f: f.line)
    for facts in (wide, tall):
        report = check(facts)
        assert len(statuses(report, "A7")) == len(statuses(report, "A7b")) == 2
        assert [f.check for f in report.findings] == wrong


def test_what_was_carried_over_is_no_part_of_the_years_total() -> None:
    facts = form("income_expenditure_summary", "amount", SIDES)
    assert statuses(check(changed(facts, "income:总计", "amount", "95.00")), "C3") == ["fail"]


def test_two_prints_compared_twice_are_still_one_number() -> None:
    facts = form("expenditure", "total", "total 10.00\n205 5.00\n221 5.01")
    book = open_book(document(), facts)
    same = Verdict("D9", "pass", (0, 1))
    total = Verdict(
        "B1", "rounding_hint", (0, 1, 2), 0, (1, 1, 1), Decimal("0.01"), Decimal("0.015")
    )
    joint = joint_verdict(book, [same, same, total])
    assert joint.check == "B6" and joint.status in ("rounding_hint", "fail")
