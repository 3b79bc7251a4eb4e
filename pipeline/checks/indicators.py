"""Indicators of performance forms against comparators, money and one another (I7, I12-I14, J8, K9).

In: performance forms, records, running text. Out: verdicts. The rule it protects: an indicator is
held against a number only where the form itself shows that the two belong together.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from pipeline.checks.book import Book
from pipeline.checks.performance import MONEY, WHOLE, Sheet
from pipeline.checks.prose import Prose, Record
from pipeline.checks.rows import verdict
from pipeline.checks.units import digits_agree, slipped
from pipeline.checks.verdicts import Verdict, grade_same, grade_sum
from pipeline.identities import half_unit
from pipeline.text import squeeze
from schemas.vocabulary import YUAN_PER_UNIT

_AT_LEAST = re.compile(
    r"(?:≥|≧|⩾|[>＞]=?|\\geq?|不少于|不低于|大于(?:或?等于)?)\s*(?:或?等于)?\s*$"
)
_AT_MOST = re.compile(
    r"(?:≤|≦|⩽|[<＜]=?|\\leq?|不超过|不高于|不多于|小于(?:或?等于)?)\s*(?:或?等于)?\s*$"
)
_COST = re.compile(r"成本")
_NOT_A_BOUND = re.compile(r"节约|节省|降低|下降|压降|减少|率|效益|回收|收益")
_UNIT_COST = re.compile(r"标准|单价|人均|单人|单位成本|每[人户件次台套]")
_COUNTED = re.compile(r"^(?:万)?(?:人|人次|户|名|个|台|套|件|家|次|亩|辆|公里|平方米)$")
# Only a cost of the whole is the money of the form: 500元 a head may make 500万元.
_WHOLE_COST = re.compile(r"总(?:成本|额|投入|投资|支出|经费)")
_CODED = re.compile(r"^([0-9]{6,}[A-Z]{0,2}[0-9]{6,})[-—_ ]*(.{2,})$")
_SHORTEST_NAME = 6


class Money(NamedTuple):
    """The line of all funds of a form: budget and execution, as indexes of facts."""

    budget: int
    executed: int


_AMOUNTS = frozenset({"initial_budget", "adjusted_budget", "executed"})


def indicator_verdicts(
    book: Book, prose: Prose, records: Sequence[Record], found: Sequence[Sheet]
) -> Iterator[Verdict]:
    """Every performance form, then the forms and the prose together."""
    for sheet in found:
        yield from _funds(book, sheet)
        for row, cells in sheet.rows.items():
            yield from _reached(book, prose, row, cells)
        yield from _product(book, sheet)
        yield from _cost_unit(book, sheet)
    yield from _cost_bounds(book, prose, found)
    yield from _rates_said(book, records, found)
    yield from _names(book, found)


def bound(prose: Prose, fact: int) -> int:
    """1 where the number is printed as a lower bound, -1 as an upper one, else 0."""
    before = prose.before(fact, 8)
    return 1 if _AT_LEAST.search(before) else -1 if _AT_MOST.search(before) else 0


def _funds(book: Book, sheet: Sheet) -> Iterator[Verdict]:
    """K9: 总额 = 基本支出 + 项目支出, where the form prints both; in a block beside the years' columns
    the parts may be those of any year."""
    whole = sheet.rows.get(WHOLE, {})
    parts = [sheet.rows.get(MONEY + name, {}) for name in ("基本支出", "项目支出")]
    others = [row for row in sheet.rows if row in (MONEY + "经营支出", MONEY + "其他支出")]
    for column in sorted(_AMOUNTS & whole.keys() & parts[0].keys() & parts[1].keys()):
        totals = [whole[column], *(whole[c] for c in sorted(_AMOUNTS & whole.keys() - {column}))]
        ways = [book.alike([total, *(part[column] for part in parts)]) for total in totals]
        grades = [grade_sum(amounts[0], amounts[1:]) for amounts in ways]
        held = next((n for n, grade in enumerate(grades) if grade.status != "fail"), 0)
        found = verdict("K9", grades[held], ways[held][0], ways[held][1:])
        yield found._replace(status="insufficient_data") if others else found


def _reached(book: Book, prose: Prose, row: str, cells: Mapping[str, int]) -> Iterator[Verdict]:
    """I14: a target that was missed has no full score."""
    if not {"weight", "score"} <= cells.keys():
        return
    weight, score = book.facts[cells["weight"]], book.facts[cells["score"]]
    full = weight.value > 0 and score.value >= weight.value
    if row == WHOLE and {"executed", "adjusted_budget"} <= cells.keys():
        spent, budget = book.facts[cells["executed"]], book.facts[cells["adjusted_budget"]]
        missed = budget.value > 0 and spent.value == 0
        yield _score_verdict(
            book, cells, (cells["executed"], cells["adjusted_budget"]), full and missed
        )
    elif {"target", "actual"} <= cells.keys() and (side := bound(prose, cells["target"])):
        facts = (cells["actual"], cells["target"])
        yield _score_verdict(book, cells, facts, full and _missed(book, facts, side))


def _missed(book: Book, facts: tuple[int, int], side: int) -> bool:
    actual, target = (book.facts[i] for i in facts)
    if actual.unit != target.unit:
        return False
    # 0.98 beside 98 is a fraction of 1, no miss.
    if actual.value <= 1 < target.value and actual.value * 100 >= target.value:
        return False
    slack = half_unit(actual.value)
    return (target.value - actual.value) * side > slack


def _score_verdict(
    book: Book, cells: Mapping[str, int], facts: tuple[int, int], wrong: bool
) -> Verdict:
    actual, target = (book.facts[i] for i in facts)
    score = book.facts[cells["score"]]
    printed = f"{actual.raw}{actual.unit}", f"{target.raw}{target.unit}"
    return Verdict(
        "I14",
        "fail" if wrong else "pass",
        (cells["score"], *facts),
        cells["score"],
        words=(
            f"指标值{printed[1]}，完成值{printed[0]}，得满分{score.raw}",
            f"target {printed[1]}, actual {printed[0]}, full score {score.raw}",
        ),
        confirms=False,
    )


def _cost_unit(book: Book, sheet: Sheet) -> Iterator[Verdict]:
    """J7: a total cost in 元 that has the digits of the form's money in 万元."""
    money = [i for i in sheet.rows.get(WHOLE, {}).values() if book.facts[i].unit == "万元"]
    for row, cells in sheet.rows.items():
        for cell in (cells[c] for c in ("target", "actual") if c in cells):
            whole = _WHOLE_COST.search(row) and not _UNIT_COST.search(row)
            if not whole or book.facts[cell].unit != "元":
                continue
            twins = [i for i in money if digits_agree(book.yuan(cell), book.yuan(i))]
            if twins:
                yield slipped(book, cell, twins[0])


def _money(sheet: Sheet) -> Money | None:
    cells = sheet.rows.get(WHOLE, {})
    budget = cells.get("adjusted_budget", cells.get("initial_budget"))
    executed = cells.get("executed")
    return Money(budget, executed) if budget is not None and executed is not None else None


def _product(book: Book, sheet: Sheet) -> Iterator[Verdict]:
    """I12: the target values of one unit cost and one quantity multiply to the budget; then the
    actual values multiply to the execution."""
    money = _money(sheet)
    if money is None or not book.facts[money.budget].value:
        return
    both = [c for c in sheet.rows.items() if {"target", "actual"} <= c[1].keys()]
    costs = [c for row, c in both if _UNIT_COST.search(row) and _in(book, c, "元")]
    counts = [c for _, c in both if _COUNTED.match(book.facts[c["target"]].unit)]
    proven = [
        pair
        for pair in product(costs, counts)
        if _multiplies(book, pair, "target", money.budget) == 0
    ]
    if len(proven) != 1:
        return
    difference = _multiplies(book, proven[0], "actual", money.executed)
    yield _product_verdict(book, proven[0], money, difference)


def _in(book: Book, cells: Mapping[str, int], unit: str) -> bool:
    return all(book.facts[cells[c]].unit.partition("/")[0] == unit for c in ("target", "actual"))


def _multiplies(
    book: Book, pair: tuple[Mapping[str, int], Mapping[str, int]], column: str, money: int
) -> Decimal:
    """How far cost × quantity is from the amount, in 元; 0 within the rounding of the amount."""
    cost, count = (book.facts[cells[column]] for cells in pair)
    many = Decimal(10000) if count.unit.startswith("万") else Decimal(1)
    whole = book.yuan(money)
    difference = cost.value * count.value * many - whole.value
    return Decimal(0) if abs(difference) <= whole.half else difference


def _product_verdict(
    book: Book,
    pair: tuple[Mapping[str, int], Mapping[str, int]],
    money: Money,
    difference: Decimal,
) -> Verdict:
    cost, count = (cells["actual"] for cells in pair)
    facts = (cost, count, money.executed, money.budget)
    one, many, executed, budget = (book.facts[i] for i in facts)
    formula = f"{one.raw}{one.unit}×{many.raw}{many.unit}"
    amounts = f"{executed.raw}{executed.unit}", f"{budget.raw}{budget.unit}"
    return Verdict(
        "I12",
        "fail" if difference else "pass",
        facts,
        cost,
        words=(
            f"完成值{formula}不等于执行数{amounts[0]}（预算{amounts[1]}）",
            f"actual {formula} does not make the execution {amounts[0]} (budget {amounts[1]})",
        ),
        confirms=False,
    )


def _cost_bounds(book: Book, prose: Prose, found: Sequence[Sheet]) -> Iterator[Verdict]:
    """I13: cost indicators printed as lower bounds, all of a document in one finding."""
    costs = [
        cells["target"]
        for sheet in found
        for row, cells in sheet.rows.items()
        if "target" in cells
        and _is_cost(book, row, cells["target"])
        and bound(prose, cells["target"])
    ]
    wrong = [fact for fact in costs if bound(prose, fact) > 0]
    if not costs:
        return
    names = "、".join(book.facts[fact].label for fact in wrong)
    yield Verdict(
        "I13",
        "fail" if wrong else "pass",
        tuple(wrong or costs),
        (wrong or costs)[0],
        words=(f"成本指标印为下限（≥）：{names}", f"cost indicators printed as ≥: {names}"),
        confirms=False,
    )


def _is_cost(book: Book, row: str, fact: int) -> bool:
    unit = book.facts[fact].unit.partition("/")[0]
    return bool(_COST.search(row)) and not _NOT_A_BOUND.search(row) and unit in YUAN_PER_UNIT


def _rates_said(book: Book, records: Sequence[Record], found: Sequence[Sheet]) -> Iterator[Verdict]:
    """I7: the execution rate that the prose gives for a project by name, and that of its form."""
    rates = {
        squeeze(sheet.name): sheet.rows[WHOLE]["execution_rate"]
        for sheet in found
        if "execution_rate" in sheet.rows.get(WHOLE, {})
    }
    money = {squeeze(sheet.name): sheet.rows.get(WHOLE, {}) for sheet in found}
    for record in records:
        rate = record.cells.get("completion_rate")
        name = squeeze(record.row)
        if rate is None or name not in rates or len(name) < _SHORTEST_NAME:
            continue
        one, other = book.amount(rate), book.amount(rates[name])
        said = verdict("I7", grade_same(one, other), one, [other])
        # Other amounts, or a rate capped at 100, are another reckoning of the same project.
        capped = Decimal(100) in (one.value, other.value) and one.value + other.value > 200
        if said.status == "fail" and (capped or not _same_money(book, record, money[name])):
            said = said._replace(status="insufficient_data", detail="reckoning")
        yield said


def _same_money(book: Book, record: Record, cells: Mapping[str, int]) -> bool:
    """True unless the record's own amounts are others than the form's."""
    said = [record.cells[c] for c in ("budget", "amount") if c in record.cells]
    printed = {book.yuan(i).value for i in cells.values()}
    return all(book.yuan(i).value in printed for i in said)


def _names(book: Book, found: Sequence[Sheet]) -> Iterator[Verdict]:
    """J8: one code with two names; or two names that differ by one lost character over the same
    amounts, in the form of projects and in the performance forms."""
    listed = [
        (squeeze(row.label or row.key), row.cells["total"])
        for form in book.forms.get("projects", ())
        for row in form.rows
        if not row.key.isdigit() and row.key != "total" and "total" in row.cells
    ]
    shown = [
        (squeeze(sheet.name), next(iter(cells.values())))
        for sheet in found
        if (cells := sheet.rows.get(WHOLE))
    ]
    coded: dict[str, tuple[str, int]] = {}
    for name, fact in [*listed, *shown]:
        code = _CODED.match(name)
        first = coded.setdefault(code.group(1), (code.group(2), fact)) if code else None
        if code and first and first[0] != code.group(2):
            yield _two_names(book, fact, (code.group(2), first[0]))
    known = {name for name, _ in listed}
    for name, fact in shown:
        twins = [
            other
            for other, cell in listed
            if name not in known
            and len(name) >= _SHORTEST_NAME
            and _lost_one(name, other)
            and book.yuan(cell).value == book.yuan(fact).value != 0
        ]
        if len(twins) == 1:
            yield _two_names(book, fact, (name, twins[0]))


def _lost_one(one: str, other: str) -> bool:
    """True when one name is the other without one of its inner characters; forms cut names off."""
    short, long = sorted((one, other), key=len)
    if len(long) != len(short) + 1:
        return False
    return any(long[:i] + long[i + 1 :] == short for i in range(1, len(long) - 1))


def _two_names(book: Book, fact: int, names: tuple[str, str]) -> Verdict:
    return Verdict(
        "J8",
        "fail",
        (fact,),
        fact,
        printed=names[0],
        expected=names[1],
        words=(
            f"同一项目印为“{names[0]}”，另一处为“{names[1]}”",
            f"one project is named “{names[0]}” here and “{names[1]}” elsewhere",
        ),
        confirms=False,
    )
