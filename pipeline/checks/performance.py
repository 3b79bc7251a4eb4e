"""Performance forms: weights, scores, rates, money (family I, A8).

In: a book. Out: verdicts for each form. The rule it protects: scores are exact (rule T8); a form
whose rows were not all read is not accused.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import NamedTuple

from pipeline.checks.book import Book
from pipeline.checks.forms import base_key
from pipeline.checks.prose import in_order
from pipeline.checks.rates import ratio_verdict
from pipeline.checks.verdicts import (
    Amount,
    Grade,
    Verdict,
    best,
    grade_at_most,
    grade_ratio,
    grade_sum,
)
from pipeline.identities import half_unit, printed_interval
from schemas.vocabulary import YUAN_PER_UNIT

MONEY = "资金:"
WHOLE = "资金:总额"
_TOTAL = "总分"
_OWN_SCORE = "自评得分"
_GROUP = re.compile(
    r"^(?:(?:产出|效益|满意度|成本|绩效|投入|过程|决策|履职|项目)\w{0,4}指标|预算执行(?:情况|率)?)$"
)
_EXECUTION = re.compile(r"^预算执行(?:情况|率)?$")
_FUNDS = re.compile(
    r"财政|预算资金|拨款|专户|单位资金|其他资金|自有|上级|本级|县级|市级|省级|中央|结转|债券"
)
_COLUMNS = ("initial_budget", "adjusted_budget", "executed")
_HUNDRED = Decimal(100)
_MOST_LINES = 6
_CENT = Decimal("0.01")


class Sheet(NamedTuple):
    """One performance form: name, row below the name -> column -> index of the fact."""

    name: str
    rows: Mapping[str, Mapping[str, int]]

    def cells(self, column: str, money: bool = False) -> list[int]:
        """A column's facts in the rows of indicators, or of money."""
        return [
            cells[column]
            for row, cells in self.rows.items()
            if column in cells
            and row.startswith(MONEY) == money
            and row not in (_TOTAL, _OWN_SCORE)
        ]


def sheets(book: Book) -> tuple[Sheet, ...]:
    """The performance forms; a name whose total stands twice may be two forms and is left out."""
    rows: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    spoiled: set[str] = set()
    for i in in_order(book):
        fact = book.facts[i]
        if fact.statement != "evaluation":
            continue
        name, _, row = fact.row.partition("/")
        if base_key(row) in (_TOTAL, WHOLE) and row != base_key(row):
            spoiled.add(name)
        rows[name][row][fact.column] = i
    return tuple(Sheet(name, found) for name, found in rows.items() if name not in spoiled)


def performance_verdicts(book: Book, found: Sequence[Sheet]) -> Iterator[Verdict]:
    """Family I over every performance form."""
    overspent: list[Verdict] = []
    for sheet in found:
        yield from _weights(book, sheet)
        yield from _scores(book, sheet)
        yield from _money(book, sheet)
        overspent.extend(_overspent(book, sheet))
        yield from _excess(book, sheet)
        for row, cells in sheet.rows.items():
            if row.endswith(WHOLE) or row.startswith(MONEY):
                yield from _execution(book, cells)
            yield from _deviation(book, cells)
            yield from _unit(book, cells)
    yield from _once(overspent)


def _overspent(book: Book, sheet: Sheet) -> Iterator[Verdict]:
    """I3: executed <= adjusted budget, in the line of all funds."""
    cells = sheet.rows.get(WHOLE, {})
    if {"adjusted_budget", "executed"} <= cells.keys():
        facts = (cells["executed"], cells["adjusted_budget"])
        grade = grade_at_most(book.amount(facts[0]), book.amount(facts[1]))
        yield Verdict("I3", grade.status, facts, facts[0], (), grade.difference, grade.allowed)


def _once(overspent: Sequence[Verdict]) -> Iterator[Verdict]:
    """Budgets that were not adjusted have one cause: the first is reported, the rest not graded."""
    failed = False
    for found in overspent:
        again = failed and found.status == "fail"
        yield found._replace(status="insufficient_data", detail="same cause") if again else found
        failed = failed or found.status == "fail"


def _exact(book: Book, fact: int) -> Amount:
    return Amount(fact, book.facts[fact].value, Decimal(0))


def _exact_sum(
    book: Book, check: str, total: int, ways: Sequence[Sequence[int]], sure: bool
) -> Iterator[Verdict]:
    """Rule T8 over several ways to list the parts; a form not read whole is not accused."""
    usable = [[_exact(book, i) for i in parts] for parts in ways if parts]
    if not usable:
        return
    amount = _exact(book, total)
    grades = [grade_sum(amount, parts) for parts in usable]
    chosen = best(grades)
    grade, parts = grades[chosen], usable[chosen]
    status = "insufficient_data" if grade.status == "fail" and not sure else grade.status
    facts = (total, *(part.fact for part in parts))
    yield Verdict(check, status, facts, total, (1,) * len(facts), grade.difference, grade.allowed)


def _weights(book: Book, sheet: Sheet) -> Iterator[Verdict]:
    """I1: weights add up to the printed total: of all rows, or of the groups."""
    total = sheet.rows.get(_TOTAL, {}).get("weight")
    if total is None:
        return
    ways, single = _ways(sheet, "weight")
    yield from _exact_sum(book, "I1", total, ways, _all_weighted(sheet) and bool(single))


def _ways(sheet: Sheet, column: str) -> tuple[list[list[int]], list[int]]:
    """The lists of cells that may make up a form's total, and the cells of single indicators: with
    the execution's points in the money block, in a row of their own, or in none; or by group."""
    cells = {row: found[column] for row, found in sheet.rows.items() if column in found}
    money = [cells[WHOLE]] if WHOLE in cells else []
    groups = [i for row, i in cells.items() if _GROUP.match(row)]
    execution = [i for row, i in cells.items() if _EXECUTION.match(row)]
    single = [i for i in sheet.cells(column) if i not in groups]
    return [money + single, execution + single, single, groups, money + groups], single


def _all_weighted(sheet: Sheet) -> bool:
    """Every indicator that has a score has a weight, and the reverse."""
    return all(
        ("weight" in cells) == ("score" in cells)
        for row, cells in sheet.rows.items()
        if not row.startswith(MONEY) and not _GROUP.match(row) and row != _OWN_SCORE
    )


def _scores(book: Book, sheet: Sheet) -> Iterator[Verdict]:
    """I2: scores add up to the printed total, which the self-evaluation repeats."""
    total = sheet.rows.get(_TOTAL, {}).get("score")
    if total is None:
        return
    ways, single = _ways(sheet, "score")
    sure = _all_weighted(sheet) and bool(single) and _weights_hold(book, sheet)
    yield from _exact_sum(book, "I2", total, ways, sure)
    own = sheet.rows.get(_OWN_SCORE, {}).get("score")
    if own is not None:
        yield from _exact_sum(book, "I2", own, [[total]], True)


def _excess(book: Book, sheet: Sheet) -> Iterator[Verdict]:
    """I5: no score exceeds its weight. The form's own total may carry extra points."""
    for row, cells in sheet.rows.items():
        if row in (_TOTAL, _OWN_SCORE) or not {"score", "weight"} <= cells.keys():
            continue
        score, weight = book.facts[cells["score"]], book.facts[cells["weight"]]
        wrong = score.value > weight.value
        yield Verdict(
            "I5",
            "fail" if wrong else "pass",
            (cells["score"], cells["weight"]),
            cells["score"],
            words=(
                f"得分{score.raw}大于分值{weight.raw}",
                f"score {score.raw} exceeds weight {weight.raw}",
            ),
            confirms=False,
        )


def _weights_hold(book: Book, sheet: Sheet) -> bool:
    """The weights add up, so no row is missing."""
    return any(found.check == "I1" and found.status == "pass" for found in _weights(book, sheet))


def _money(book: Book, sheet: Sheet) -> Iterator[Verdict]:
    """A8: the total = the sum of the funding lines, or of basic and project (K9)."""
    for column in _COLUMNS:
        total = sheet.rows.get(WHOLE, {}).get(column)
        lines = {
            row.removeprefix(MONEY): cells[column]
            for row, cells in sheet.rows.items()
            if row.startswith(MONEY) and row != WHOLE and column in cells
        }
        if total is None or not lines:
            continue
        ways = _selections(list(lines.values()))
        amounts = [[book.amount(i) for i in way] for way in ways if way]
        whole = book.amount(total)
        grades = [grade_sum(whole, parts) for parts in amounts]
        chosen = best(grades)
        grade, parts = grades[chosen], amounts[chosen]
        sure = len(lines) > 1 and all(_FUNDS.search(name) for name in lines)
        status = "insufficient_data" if grade.status == "fail" and not sure else grade.status
        facts = (total, *(part.fact for part in parts))
        yield Verdict(
            "A8", status, facts, total, (1,) * len(facts), grade.difference, grade.allowed
        )


def _selections(cells: Sequence[int]) -> list[tuple[int, ...]]:
    """All lines; or, since some are parts of others, any selection of a few."""
    if len(cells) > _MOST_LINES:
        return [tuple(cells)]
    return [way for n in range(len(cells), 0, -1) for way in combinations(cells, n)]


def _execution(book: Book, cells: Mapping[str, int]) -> Iterator[Verdict]:
    """I4: execution rate = executed / adjusted budget."""
    executed, rate = cells.get("executed"), cells.get("execution_rate")
    budget = cells.get("adjusted_budget", cells.get("initial_budget"))
    if executed is None or budget is None:
        return
    part, whole = book.amount(executed), book.amount(budget)
    if rate is None:
        return
    grade_of = grade_ratio(part, whole, book.amount(rate))
    if grade_of is None:
        yield Verdict("I4", "insufficient_data", (rate, executed, budget))
        return
    found = _rate_verdict(book, "I4", (rate, executed, budget), grade_of)
    if found.status == "fail" and _otherwise(book, cells, rate, executed):
        found = found._replace(status="insufficient_data", detail="denominator")
    yield found


def _otherwise(book: Book, cells: Mapping[str, int], rate: int, executed: int) -> bool:
    """The rate is of the initial budget, a fraction of 1, or none."""
    printed = book.amount(rate)
    # A number that also stands as weight or score was perhaps read one column aside.
    if printed.value in {book.facts[cells[c]].value for c in ("weight", "score") if c in cells}:
        return True
    wholes = [cells[c] for c in ("initial_budget", "adjusted_budget") if c in cells]
    for whole in wholes:
        grade = grade_ratio(book.amount(executed), book.amount(whole), printed)
        hundredth = book.facts[whole].value and book.facts[executed].value / book.facts[whole].value
        if grade and grade.status != "fail":
            return True
        if hundredth and abs(hundredth - printed.value) <= half_unit(printed.value):
            return True
    return False


def _rate_verdict(book: Book, check: str, facts: tuple[int, int, int], grade: Grade) -> Verdict:
    """A rate may be printed with fewer digits, or capped at 100."""
    printed = book.facts[facts[0]].value
    exact = printed + grade.difference
    near = printed_interval(printed)
    rounded = near.low - half_unit(printed) <= exact <= near.high + half_unit(printed)
    if grade.status == "fail" and (rounded or (printed == _HUNDRED and exact > _HUNDRED)):
        grade = grade._replace(status="rounding_hint")
    return ratio_verdict(book, check, facts, grade, exact)


def _deviation(book: Book, cells: Mapping[str, int]) -> Iterator[Verdict]:
    """I6: a printed deviation other than 0 = (actual - target) / target, or actual - target."""
    if not {"deviation", "target", "actual"} <= cells.keys():
        return
    facts = (cells["deviation"], cells["actual"], cells["target"])
    printed, actual, target = (book.facts[i] for i in facts)
    if printed.value == 0 or target.value == 0:
        return
    ways = [actual.value - target.value, (actual.value - target.value) / target.value * 100]
    yuan = [fact.value * YUAN_PER_UNIT.get(fact.unit, Decimal(1)) for fact in (actual, target)]
    ways.append((yuan[0] - yuan[1]) / yuan[1] * 100)
    nearest = min(ways, key=lambda way: abs(abs(way) - abs(printed.value)))
    difference = abs(nearest) - abs(printed.value)
    allowed = half_unit(printed.value)
    status = "pass" if abs(difference) <= allowed else "fail"
    expected = f"{ways[1].quantize(_CENT, ROUND_HALF_UP)}"
    formula = f"({actual.raw}-{target.raw})÷{target.raw}"
    yield Verdict(
        "I6",
        "pass" if status == "pass" else "fail",
        facts,
        facts[0],
        difference=difference,
        allowed=allowed,
        expected=expected,
        words=(
            f"{formula}＝{expected}%，印为{printed.raw}%",
            f"{formula} = {expected}%, printed {printed.raw}%",
        ),
    )


def _unit(book: Book, cells: Mapping[str, int]) -> Iterator[Verdict]:
    """J7: target and actual of one indicator in units a thousandfold or more apart, although the
    bare numbers are alike: 1,250万元 and 1,300元."""
    if not {"target", "actual"} <= cells.keys():
        return
    target, actual = book.facts[cells["target"]], book.facts[cells["actual"]]
    factors = [YUAN_PER_UNIT.get(fact.unit) for fact in (target, actual)]
    if None in factors or target.unit == actual.unit or not target.value or not actual.value:
        return
    bare = actual.value / target.value
    wrong = Decimal("0.1") < bare < 10
    facts = (cells["actual"], cells["target"])
    yield Verdict(
        "J7",
        "fail" if wrong else "pass",
        facts,
        cells["actual"],
        expected=f"{actual.raw}{target.unit}" if wrong else "",
        printed=f"{actual.raw}{actual.unit}",
        words=(
            f"指标值{target.raw}{target.unit}，完成值{actual.raw}{actual.unit}：单位不一致",
            f"target {target.raw}{target.unit}, actual {actual.raw}{actual.unit}: the units differ",
        ),
        confirms=False,
    )
