"""Facts as filled-in forms: which rows stand in which form, how exact each printed number is.

In: facts in any order. Out: `Form`s (one for each time a form is printed, continuation pages
included) and the half unit of every fact (rule T5, decimals whose zeros were trimmed). The rule it
protects: two forms of two bodies in one document are never mixed into one sum.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from pipeline.identities import decimals
from schemas.facts import Fact
from schemas.vocabulary import TABLE_STATEMENTS

_TWO_DECIMALS = frozenset({"万元", "万"})
_SUMMARIES = frozenset({"income_expenditure_summary", "appropriation_summary"})
# Below so many numbers a form without decimals may only look as if it were rounded to whole units.
_ENOUGH_TO_SHOW_PRECISION = 5


class Row(NamedTuple):
    """A row of a form: base key without ` #2`, label as printed, column -> index of the fact."""

    key: str
    label: str
    line: int
    cells: Mapping[str, int]


class Form(NamedTuple):
    """A form as it is filled in once. `columns` are those that have a number in any row."""

    statement: str
    number: int
    rows: tuple[Row, ...]
    columns: frozenset[str]

    def row(self, key: str) -> Row | None:
        """The row with this key; None where there is none or several."""
        found = [row for row in self.rows if row.key == key]
        return found[0] if len(found) == 1 else None

    def cell(self, key: str, column: str) -> int | None:
        """The fact in this row and column; None where the form prints none."""
        row = self.row(key)
        return row.cells.get(column) if row else None


def base_key(row: str) -> str:
    """A row key without the number of its repetition.

    >>> base_key("2080505 #2"), base_key("A #x")
    ('2080505', 'A #x')
    """
    head, mark, number = row.rpartition(" #")
    return head if mark and number.isdigit() else row


def forms(facts: Sequence[Fact]) -> dict[str, tuple[Form, ...]]:
    """Every form of the document by statement, in printed order."""
    places = [i for i, fact in enumerate(facts) if fact.statement in TABLE_STATEMENTS]
    places.sort(key=lambda i: (facts[i].line, facts[i].start))
    runs = _runs(facts, places)
    found: dict[str, list[Form]] = defaultdict(list)
    for statement, groups in _joined(facts, runs).items():
        for group in groups:
            printed = _by_key(facts, group) if statement == "three_public" else group
            for rows in _split_at_totals(statement, tuple(_rows(facts, printed))):
                found[statement].append(_form(statement, len(found[statement]) + 1, rows))
    return {statement: tuple(group) for statement, group in found.items()}


def _runs(facts: Sequence[Fact], places: Sequence[int]) -> list[list[int]]:
    """Stretches of facts of one statement that no other form interrupts."""
    runs: list[list[int]] = []
    for i in places:
        if runs and facts[runs[-1][-1]].statement == facts[i].statement:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _joined(facts: Sequence[Fact], runs: list[list[int]]) -> dict[str, list[list[int]]]:
    """Runs of one statement; a later run that repeats no key continues the one before."""
    joined: dict[str, list[list[int]]] = defaultdict(list)
    for run in runs:
        groups = joined[facts[run[0]].statement]
        if groups and not _keys(facts, groups[-1]) & _keys(facts, run):
            groups[-1].extend(run)
        else:
            groups.append(list(run))
    return joined


def _keys(facts: Sequence[Fact], group: Sequence[int]) -> set[tuple[str, str]]:
    return {(base_key(facts[i].row), facts[i].column) for i in group}


def _by_key(facts: Sequence[Fact], group: Sequence[int]) -> list[int]:
    """A form may print 预算数 and 决算数 side by side in each line, or one below the other: the
    numbers of each together, in the order in which a column comes once, then again."""
    seen: Counter[tuple[str, str]] = Counter()
    keys = {key: n for n, key in enumerate(dict.fromkeys(base_key(facts[i].row) for i in group))}
    places = []
    for i in group:
        key = base_key(facts[i].row)
        seen[key, facts[i].column] += 1
        places.append((seen[key, facts[i].column], keys[key], i))
    return [i for *_, i in sorted(places, key=lambda place: place[:2])]


def _rows(facts: Sequence[Fact], group: Sequence[int]) -> Iterator[Row]:
    """Rows in printed order: neighbours with one key, until a column comes twice."""
    current: dict[str, int] = {}
    for i in group:
        fact = facts[i]
        if current:
            head = facts[next(iter(current.values()))]
            if base_key(head.row) != base_key(fact.row) or fact.column in current:
                yield _row(facts, current)
                current = {}
        current[fact.column] = i
    if current:
        yield _row(facts, current)


def _row(facts: Sequence[Fact], cells: Mapping[str, int]) -> Row:
    head = facts[next(iter(cells.values()))]
    return Row(base_key(head.row), head.label, head.line, dict(cells))


def _split_at_totals(statement: str, rows: tuple[Row, ...]) -> Iterator[tuple[Row, ...]]:
    """A form with two total rows is two forms: each begins, or else ends, with its total."""
    totals = [i for i, row in enumerate(rows) if row.key == "total"]
    if len(totals) < 2 or statement in _SUMMARIES:
        yield rows
        return
    cuts = totals[1:] if totals[0] == 0 else [i + 1 for i in totals[:-1]]
    for first, last in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        yield rows[first:last]


def _form(statement: str, number: int, rows: tuple[Row, ...]) -> Form:
    return Form(statement, number, rows, frozenset(c for row in rows for c in row.cells))


def half_units(facts: Sequence[Fact]) -> tuple[Decimal, ...]:
    """Half a unit of the last digit of each fact, trimmed zeros put back (rule T5).

    Numbers of one statement and unit share their precision: at least the most common one, and for
    万元 at least two decimals unless enough numbers show that the form is rounded coarser.
    """
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, fact in enumerate(facts):
        groups[fact.statement, fact.unit].append(i)
    halves = [Decimal(0)] * len(facts)
    for (_, unit), group in groups.items():
        shared = _shared_decimals([facts[i].value for i in group], unit)
        for i in group:
            digits = max(shared, decimals(facts[i].value))
            halves[i] = Decimal(5).scaleb(-digits - 1)
    return tuple(halves)


def _shared_decimals(values: Sequence[Decimal], unit: str) -> int:
    counts = Counter(decimals(value) for value in values if value)
    most = max(counts.values(), default=0)
    usual = max((digits for digits, count in counts.items() if count == most), default=0)
    if unit not in _TWO_DECIMALS:
        return usual
    finest = max((decimals(value) for value in values), default=0)
    if finest < 2 and sum(counts.values()) >= _ENOUGH_TO_SHOW_PRECISION:
        return finest
    return max(usual, 2)
