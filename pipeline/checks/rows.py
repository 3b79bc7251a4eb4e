"""Sums within a row (families A, K) and down the codes of a form (families B, E).

In: a book. Out: verdicts for every row and every parent row of every form. The rule it protects:
what a form does not print is not guessed - an operand that is missing makes no pass and no error.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from pipeline.checks.book import Book
from pipeline.checks.forms import Form, Row
from pipeline.checks.verdicts import Amount, Grade, Verdict, best, grade_sum
from pipeline.identities import (
    RowSum,
    identity,
    is_economic_code,
    is_function_code,
    parent_code,
    row_sums,
)

_LABEL_FORMS = frozenset({"income_expenditure_summary", "appropriation_summary", "three_public"})


class Level(NamedTuple):
    """A way to say what a row is the sum of: the identity's id and the rows that are added."""

    check: str
    rows: tuple[Row, ...]


def verdict(check: str, grade: Grade, total: Amount, parts: Sequence[Amount]) -> Verdict:
    """The verdict on a sum, its total first; no signs where units had to be converted, since then
    the difference is none in the printed unit."""
    return Verdict(
        check,
        grade.status,
        (total.fact, *(part.fact for part in parts)),
        total.fact,
        (1, *(part.sign for part in parts)),
        grade.difference,
        grade.allowed,
    )


def row_verdicts(book: Book) -> Iterator[Verdict]:
    """Families A and K: every sum within a row, in every form that has its columns."""
    for statement, group in book.forms.items():
        for form in group:
            for rule in row_sums(statement, form.columns):
                for row in form.rows:
                    yield from _row_verdict(book, rule, row)


def _row_verdict(book: Book, rule: RowSum, row: Row) -> Iterator[Verdict]:
    signs = {part.lstrip("-"): -1 if part.startswith("-") else 1 for part in rule.parts}
    printed = [column for column in signs if column in row.cells]
    if rule.total not in row.cells or not printed:
        if printed or rule.total in row.cells:
            yield Verdict(rule.id, "insufficient_data", tuple(row.cells.values()))
        return
    total = book.amount(row.cells[rule.total])
    ways = [
        [book.amount(row.cells[column], signs[column]) for column in columns]
        for columns in _ways(rule, printed)
    ]
    grades = [grade_sum(total, parts) for parts in ways]
    chosen = best(grades)
    yield verdict(rule.id, grades[chosen], total, ways[chosen])


def _ways(rule: RowSum, printed: Sequence[str]) -> list[list[str]]:
    """All printed parts; and without those that some forms count within another."""
    ways = [list(printed)]
    for part, other in identity(rule.id).may_be_inside.items():
        if part in printed and other in printed:
            ways.append([column for column in printed if column != part])
    return ways


def code_verdicts(book: Book) -> Iterator[Verdict]:
    """Families B and E: every parent row against the rows below it, column by column."""
    for statement, group in book.forms.items():
        if statement in _LABEL_FORMS:
            continue
        for form in group:
            if any(map(_is_broken_code, (row.key for row in form.rows))):
                yield Verdict("B4", "insufficient_data", detail="codes")
                continue
            for parent, levels in _levels(form):
                for column in sorted(parent.cells):
                    yield from _code_verdict(book, parent, column, levels)


def _is_broken_code(key: str) -> bool:
    """Digits that are the code of no account and of no unit (these have 3, 6, 9, 12 digits)."""
    return key.isdigit() and len(key) not in (3, 5, 6, 7, 9, 12)


def _code_verdict(
    book: Book, parent: Row, column: str, levels: Sequence[Level]
) -> Iterator[Verdict]:
    total = book.amount(parent.cells[column])
    ways, checks = [], []
    for level in levels:
        parts = [book.amount(row.cells[column]) for row in level.rows if column in row.cells]
        if parts and _complete(level, column):
            ways.append(parts)
            checks.append(level.check)
    if not ways:
        yield Verdict(levels[0].check, "insufficient_data", (total.fact,))
        return
    grades = [grade_sum(total, parts) for parts in ways]
    passing = [i for i, grade in enumerate(grades) if grade.status != "fail"]
    for i in passing or [best(grades)]:
        yield verdict(checks[i], grades[i], total, ways[i])


def _complete(level: Level, column: str) -> bool:
    """A row without a total, or with nothing but a total, was not read whole."""
    if column in ("total", "amount"):
        return all(column in row.cells for row in level.rows)
    return all(len(row.cells) > 1 or "total" not in row.cells for row in level.rows)


def _levels(form: Form) -> Iterator[tuple[Row, tuple[Level, ...]]]:
    """Each parent row with the ways in which the rows below may add up to it."""
    blocks = _blocks(form)
    family = "E" if form.statement in ("basic_expenditure", "economic_summary") else "B"
    for block in blocks:
        yield from _block_levels(block.codes, family)
        if block.unit and block.codes:
            top, leaf = _tops_and_leaves(block.codes, "B8", "B8")
            yield block.unit, (top,) if top == leaf else (top, leaf)
    units = [block.unit for block in blocks if block.unit]
    below = _sub_units(units)
    for unit in units:
        if unit.key in below:
            yield unit, (Level("B7", tuple(below[unit.key])),)
    total = form.row("total")
    if total:
        levels = _total_levels(form, blocks, family)
        if levels:
            yield total, levels


class Block(NamedTuple):
    """The code rows that stand under a unit's row (or under none)."""

    unit: Row | None
    codes: tuple[Row, ...]


def _blocks(form: Form) -> list[Block]:
    blocks: list[tuple[Row | None, list[Row]]] = [(None, [])]
    for row in form.rows:
        if is_function_code(row.key) or is_economic_code(row.key):
            blocks[-1][1].append(row)
        elif row.key.isdigit():
            blocks.append((row, []))
    return [Block(unit, tuple(codes)) for unit, codes in blocks if unit or codes]


def _block_levels(codes: Sequence[Row], family: str) -> Iterator[tuple[Row, tuple[Level, ...]]]:
    """类 = Σ款, 款 = Σ项 and their like for economic codes."""
    keys = Counter(row.key for row in codes)
    known = frozenset(keys)
    below: dict[str, list[Row]] = {}
    for row in codes:
        parent = parent_code(row.key, known)
        if parent:
            below.setdefault(parent, []).append(row)
    for row in codes:
        if row.key in below and keys[row.key] == 1:
            check = "E1" if family == "E" else "B2" if len(row.key) == 3 else "B3"
            yield row, (Level(check, tuple(below[row.key])),)


def _total_levels(form: Form, blocks: Sequence[Block], family: str) -> tuple[Level, ...]:
    if form.statement == "projects":
        return _project_levels(form)
    units = [block.unit for block in blocks if block.unit]
    levels: list[Level] = []
    codes = [row for block in blocks for row in block.codes]
    for side in _sides(codes, family):
        tops: list[Row] = []
        leaves: list[Row] = []
        for block in blocks:
            inside = [row for row in block.codes if side(row.key)]
            top, leaf = _tops_and_leaves(inside, "B1", "B4")
            tops.extend(top.rows)
            leaves.extend(leaf.rows)
        levels.append(Level("E2" if family == "E" else "B1", tuple(tops)))
        if leaves != tops:
            levels.append(Level("E2" if family == "E" else "B4", tuple(leaves)))
    if units:
        levels.append(Level("B7", tuple(_topmost(units))))
    return tuple(levels)


def _sides(codes: Sequence[Row], family: str) -> list[Callable[[str], bool]]:
    """Department and government economic codes classify the same money twice."""
    if family == "B":
        return [_is_any] if codes else []
    sides = (_is_department, _is_government)
    return [side for side in sides if any(side(row.key) for row in codes)]


def _is_any(_: str) -> bool:
    return True


def _is_government(code: str) -> bool:
    return code.startswith("5")


def _is_department(code: str) -> bool:
    return code.startswith("3")


def _tops_and_leaves(codes: Sequence[Row], top: str, leaf: str) -> tuple[Level, Level]:
    known = frozenset(row.key for row in codes)
    parents = {parent_code(row.key, known) for row in codes}
    return (
        Level(top, tuple(row for row in codes if parent_code(row.key, known) is None)),
        Level(leaf, tuple(row for row in codes if row.key not in parents)),
    )


def _project_levels(form: Form) -> tuple[Level, ...]:
    """合计 = Σ projects, or Σ of the units' rows."""
    units = [row for row in form.rows if row.key.isdigit()]
    projects = tuple(row for row in form.rows if not row.key.isdigit() and row.key != "total")
    levels = [Level("K10b", projects)] if projects else []
    if units:
        levels.append(Level("K10b", tuple(_topmost(units))))
    return tuple(levels)


def _topmost(units: Sequence[Row]) -> list[Row]:
    """Units that stand under no other of these units."""
    known = frozenset(unit.key for unit in units)
    return [unit for unit in units if _unit_above(unit.key, known) is None]


def _sub_units(units: Sequence[Row]) -> dict[str, list[Row]]:
    """Units by the unit directly above them: 685001 stands under 685."""
    known = frozenset(unit.key for unit in units)
    below: dict[str, list[Row]] = {}
    for unit in units:
        above = _unit_above(unit.key, known)
        if above:
            below.setdefault(above, []).append(unit)
    return below


def _unit_above(code: str, known: frozenset[str]) -> str | None:
    return next((code[:n] for n in range(len(code) - 1, 1, -1) if code[:n] in known), None)


def tree_verdicts(book: Book) -> Iterator[Verdict]:
    """B5: where a form prints every level, each code has the row above it, every 款 has an 项, and
    no code of a block comes twice."""
    for statement, group in book.forms.items():
        if statement in _LABEL_FORMS:
            continue
        for form in group:
            blocks = _blocks(form)
            if len(blocks) == 1 and blocks[0].unit is None:
                codes = blocks[0].codes
                yield from _tree(book, [r for r in codes if is_function_code(r.key)], 3)
                yield from _tree(book, [r for r in codes if is_economic_code(r.key)], 2)


def _tree(book: Book, codes: Sequence[Row], depth: int) -> Iterator[Verdict]:
    """Function codes have three levels, economic codes two."""
    levels = {len(row.key) for row in codes}
    # A form that often leaves a level out does so by design.
    if len(levels) != depth or len(codes) < 6:
        return
    counts = Counter(row.key for row in codes)
    odd = _few(_orphans(codes), len(counts)) + _few(_barren(codes), len(counts))
    odd += [
        b for a, b in pairwise(codes) if a.key == b.key and _values(book, a) == _values(book, b)
    ]
    for row in odd:
        fact = next(iter(row.cells.values()))
        yield Verdict(
            "B5",
            "fail",
            (fact,),
            fact,
            detail="row",
            words=(
                f"科目{row.key}缺上级、缺下级或重复",
                f"code {row.key} lacks the row above or below it, or comes twice",
            ),
            confirms=False,
        )
    if not odd:
        yield Verdict("B5", "pass", confirms=False)


def _orphans(codes: Sequence[Row]) -> list[Row]:
    """The first code below each row that is missing, where the row's sisters mostly stand."""
    known = {row.key for row in codes}
    above = {row.key: row.key[:-2] for row in codes if len(row.key) > 3}
    missing = {parent for parent in above.values() if parent not in known}
    present = {parent for parent in above.values() if parent in known}
    if len(missing) * 3 > len(present):
        return []
    first = {above[row.key]: row for row in reversed(codes) if row.key in above}
    return [first[parent] for parent in sorted(missing)]


def _barren(codes: Sequence[Row]) -> list[Row]:
    """A 款 without any 项."""
    parents = {row.key[:5] for row in codes if len(row.key) == 7}
    return [
        row
        for row in codes
        if len(row.key) == 5 and is_function_code(row.key) and row.key not in parents
    ]


def _few(rows: list[Row], codes: int) -> list[Row]:
    return rows if len(rows) * 4 <= codes else []


def _values(book: Book, row: Row) -> dict[str, Decimal]:
    return {column: book.facts[i].value for column, i in row.cells.items()}
