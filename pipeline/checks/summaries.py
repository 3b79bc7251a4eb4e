"""Balances of the two summary forms (family C).

In: a book. Out: verdicts on the totals of each side of 收入支出总表 and 财政拨款收支总表. The rule
it protects: forms list their sources in several ways (sources before or after the total, parts of a
part); a total fails only when no plausible way adds up.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.checks.book import Book
from pipeline.checks.forms import Form, Row
from pipeline.checks.rows import verdict
from pipeline.checks.verdicts import Amount, Verdict, best, grade_same, grade_sum

_CURRENT = re.compile(r"^(?:本年|当年)(?:收入|支出)(?:合计|小计|总计)?$")
_SIDE_TOTAL = re.compile(r"^(?:收入|支出)(?:合计|小计)$|^小计$")
_GRAND = re.compile(r"^(?:收入|支出|收支|收、支)?总计$|^合计$")
_CARRIED = re.compile(r"结转|结余|动用|弥补|用事业基金|专用基金")
_FUND = re.compile(r"一般公共预算|政府性基金|国有资本经营")
_LEVELS = (
    re.compile(r"^[一二三四五六七八九十]+[、.．]"),
    re.compile(r"^[（(][一二三四五六七八九十]+[)）]"),
    re.compile(r"^\d{1,2}[、.．](?!\d)"),
    re.compile(r"^[（(]\d{1,2}[)）]"),
)
_OF_WHICH = 9
FUNDS = ("general_budget", "government_fund", "state_capital")
FUND_WORDS = {
    "general_budget": "一般公共预算",
    "government_fund": "政府性基金",
    "state_capital": "国有资本经营",
}
_CHECKS = {
    ("income_expenditure_summary", "income:"): ("C1", "C3"),
    ("income_expenditure_summary", "expenditure:"): ("C2", "C4"),
    ("appropriation_summary", "income:"): ("C6", "C6"),
    ("appropriation_summary", "expenditure:"): ("C7", "C7"),
}


class Side(NamedTuple):
    """One side of a summary form: rows in order, the total of the year, the grand total."""

    name: str
    rows: tuple[Row, ...]
    current: Row | None
    grand: Row | None

    def label(self, row: Row) -> str:
        """The normalised label of a row."""
        return row.key.removeprefix(self.name)


def side(form: Form, name: str) -> Side | None:
    """The rows `income:` or `expenditure:` of a form; None when a total comes twice."""
    rows = tuple(row for row in form.rows if row.key.startswith(name))
    current, middle, grand = (
        [row for row in rows if pattern.search(row.key.removeprefix(name))]
        for pattern in (_CURRENT, _SIDE_TOTAL, _GRAND)
    )
    if not rows or max(len(current), len(middle), len(grand)) > 1:
        return None
    year = current or (middle if grand else [])
    last = grand or middle
    return Side(name, rows, year[0] if year else None, last[0] if last else None)


def summary_verdicts(book: Book) -> Iterator[Verdict]:
    """Family C over every summary form."""
    for statement in ("income_expenditure_summary", "appropriation_summary"):
        for form in book.forms.get(statement, ()):
            sides = [side(form, name) for name in ("income:", "expenditure:")]
            for one in sides:
                if one:
                    yield from _side_verdicts(book, statement, one)
            if sides[0] and sides[1]:
                yield from _grand_equal(book, sides[0], sides[1])
                yield from _fund_balances(book, sides[0], sides[1])


def _side_verdicts(book: Book, statement: str, one: Side) -> Iterator[Verdict]:
    sources, grand = _CHECKS[statement, one.name]
    columns = sorted({column for row in one.rows for column in row.cells})
    for column in columns:
        if one.current:
            yield from _sum(book, sources, one.current, _source_ways(one), column)
            if one.grand:
                yield from _sum(book, grand, one.grand, _grand_ways(one), column)
        elif one.grand:
            yield from _sum(book, sources, one.grand, _listings(_around(one, one.grand)), column)
        if statement == "appropriation_summary" and one.name == "income:":
            yield from _carried_by_fund(book, one, column)


def _sum(
    book: Book, check: str, total: Row, ways: Sequence[Sequence[Row]], column: str
) -> Iterator[Verdict]:
    """The best of the plausible ways to add rows up to a total, in one column."""
    printed = [
        [book.amount(row.cells[column]) for row in rows if column in row.cells] for rows in ways
    ]
    usable = [parts for parts in printed if parts]
    if column not in total.cells or not usable:
        if column in total.cells or usable:
            yield Verdict(check, "insufficient_data")
        return
    amount = book.amount(total.cells[column])
    # What was carried over is no part of the year's total that stands before it.
    whole = bool(_CURRENT.search(ways[0][0].key.partition(":")[2]))
    usable += [parts for way in usable[:1] if (parts := _without_nested(amount, way, whole))]
    grades = [grade_sum(amount, parts) for parts in usable]
    chosen = best(grades)
    yield verdict(check, grades[chosen], amount, usable[chosen])


def _without_nested(total: Amount, parts: Sequence[Amount], whole: bool) -> list[Amount] | None:
    """The parts without neighbours that another part, printed just before them, may contain:
    sub-items that no ordinal and no 其中 marks; `whole`: the first part contains none of the
    others. None when no such neighbours explain the excess."""
    printed = [part for part in parts if part.value]
    excess = sum((part.value for part in printed), -total.value)
    if excess <= 0:
        return None
    for first in range(2 if whole else 1, len(printed)):
        block = printed[first].value * 0
        for last in range(first, len(printed)):
            block += printed[last].value
            if block > printed[first - 1].value:
                break
            if block == excess:
                return printed[:first] + printed[last + 1 :]
    return None


def _around(one: Side, total: Row) -> list[Row]:
    """The rows that a total sums up: those before it, or after it where it comes first."""
    at = one.rows.index(total)
    before = [row for row in one.rows[:at] if row not in (one.current, one.grand)]
    return before or [row for row in one.rows[at + 1 :] if row is not one.grand]


def _source_ways(one: Side) -> list[list[Row]]:
    rows = _around(one, one.current) if one.current else []
    own = [row for row in rows if not _CARRIED.search(one.label(row))]
    first_carried = next(
        (i for i, r in enumerate(rows) if _CARRIED.search(one.label(r))), len(rows)
    )
    return _listings(own) + _listings(rows[:first_carried]) + _listings(rows)


def _grand_ways(one: Side) -> list[list[Row]]:
    """The year's total with what was carried over, as printed before the grand total."""
    if not one.current:
        return []
    current, at = one.current, one.rows.index(one.current)
    others = [row for row in one.rows if row not in (current, one.grand)]
    carried = [row for row in others if _CARRIED.search(one.label(row))]
    # Where the year's total comes first, its own sources follow it.
    after = [row for row in one.rows[at + 1 :] if row is not one.grand] if at else carried
    ways = _listings(carried) + _listings(after)
    return [[current, *rows] for rows in ways] or [[current]]


def _listings(rows: Sequence[Row]) -> list[list[Row]]:
    """Ways to list every source once: all rows, those of the highest level, the lowest."""
    if not rows:
        return []
    levels = [_level(row.label) for row in rows]
    whole = [row for row, level in zip(rows, levels, strict=True) if level != _OF_WHICH]
    ranked = [level for level in levels if level not in (0, _OF_WHICH)]
    top = [r for r, level in zip(rows, levels, strict=True) if ranked and level == min(ranked)]
    loose = [
        r for r, level in zip(rows, levels, strict=True) if level in (0, min(ranked, default=0))
    ]
    leaves = [
        row
        for row, level, after in zip(rows, levels, [*levels[1:], 0], strict=True)
        if level != _OF_WHICH and not level < after < _OF_WHICH
    ]
    return [way for way in (whole, top, loose, leaves) if way]


def _level(label: str) -> int:
    """How deep a label stands by its ordinal: 一、 1, （一） 2, 1. 3, (1) 4; none 0; 其中 9."""
    text = label.strip()
    if text.startswith(("其中", "其 中")):
        return _OF_WHICH
    return next((i for i, pattern in enumerate(_LEVELS, 1) if pattern.search(text)), 0)


def is_of_which(label: str) -> bool:
    """True for 其中 rows: a part of the row above, not a further source."""
    return _level(label) == _OF_WHICH


def _carried_by_fund(book: Book, one: Side, column: str) -> Iterator[Verdict]:
    """What was carried over = its parts by fund (行次 28 = 29 + 30 + 31)."""
    for at, row in enumerate(one.rows):
        if not _CARRIED.search(one.label(row)) or _FUND.search(one.label(row)):
            continue
        parts = []
        for later in one.rows[at + 1 :]:
            if later in (one.current, one.grand) or not _FUND.search(one.label(later)):
                break
            parts.append(later)
        if parts:
            yield from _sum(book, "C6", row, [parts], column)


def _grand_equal(book: Book, income: Side, expenditure: Side) -> Iterator[Verdict]:
    """收入总计 = 支出总计 (rule T0)."""
    left = income.grand.cells.get("amount") if income.grand else None
    cells = expenditure.grand.cells if expenditure.grand else {}
    right = cells.get("amount", cells.get("total"))
    if left is None or right is None:
        yield Verdict("C5", "insufficient_data")
        return
    grade = grade_same(book.amount(left), book.amount(right))
    yield verdict("C5", grade, book.amount(left), [book.amount(right)])


def _fund_balances(book: Book, income: Side, expenditure: Side) -> Iterator[Verdict]:
    """Each fund: income + carried over = the fund's column of the grand total (行次 32 = 64)."""
    cells = expenditure.grand.cells if expenditure.grand else {}
    for fund in FUNDS:
        if fund not in cells:
            continue
        parts = [
            row.cells["amount"]
            for row in income.rows
            if FUND_WORDS[fund] in row.key and "amount" in row.cells and not is_of_which(row.label)
        ]
        if not parts or len(parts) > 2 or not _split_by_fund(income, parts, book):
            yield Verdict("C7b", "insufficient_data", (cells[fund],))
            continue
        total = book.amount(cells[fund])
        amounts = [book.amount(i) for i in parts]
        yield verdict("C7b", grade_sum(total, amounts), total, amounts)


def _split_by_fund(income: Side, parts: Sequence[int], book: Book) -> bool:
    """True when what was carried over is nothing, or printed by fund."""
    carried = [
        book.facts[row.cells["amount"]].value
        for row in income.rows
        if _CARRIED.search(income.label(row)) and "amount" in row.cells
    ]
    return len(parts) == 2 or not any(carried)


def carries_over(book: Book, appropriation: Form) -> bool:
    """True for a budget whose summary counts money carried over: the forms of single funds may show
    what is appropriated in the year alone (财政部 部门预算公开样表 表五、表八)."""
    income = side(appropriation, "income:")
    if book.document.kind != "budget" or income is None:
        return False
    carried = [
        row.cells["amount"] for row in income.rows if "结转" in row.key and "amount" in row.cells
    ]
    return any(book.facts[fact].value > 0 for fact in carried)
