"""Rows whose values lost their columns -> the columns that arithmetic leaves.

In: row readings of all forms of a document (values in printed order, some without a column) and
the claims of its prose. Out: the same rows; a value has its column when exactly one placement
satisfies the sums within its row, the sums over its children, and its sister form. The rule it
protects: unique or unplaced, never the likeliest.

A form may have columns that nothing fills. First all columns are tried; what stays ambiguous is
tried with the columns that other forms or the prose fill, and then marked `assumed_empty`.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from pipeline.addends import State, fitting
from pipeline.evidence import Evidence, supported_columns
from pipeline.placement_options import (
    Option,
    Table,
    families_of,
    free_options,
    largest,
    make_table,
    steps_of,
)
from pipeline.reading.periods import COMPARED
from pipeline.text import parse_number
from schemas.readings import ClaimReading, Exclusion, RowReading, ValueReading
from schemas.vocabulary import PlacedBy

_ROUNDS = 12
_COMPARED = (COMPARED, "~%")
_SISTERS = (
    ("expenditure", "general_budget_expenditure"),
    ("expenditure", "government_fund"),
    ("expenditure", "state_capital"),
)


class Placement(NamedTuple):
    """Placed rows in the order given, the chunks where the search gave up, and the numbers that
    turned out to be another year's or a comparison with it."""

    rows: tuple[RowReading, ...]
    gave_up: tuple[str, ...]
    compared: tuple[Exclusion, ...] = ()


def place(rows: Sequence[RowReading], claims: Sequence[ClaimReading]) -> Placement:
    """Give columns to the values that lack one, jointly over the forms of one document."""
    if all(value.column for row in rows for value in row.values):
        return _own(rows, ())
    placed = list(rows)
    gave_up: set[str] = set()
    for way in ("arithmetic", "assumed_empty"):
        evidence = Evidence.of(placed, claims)
        tables = [
            make_table(placed, group, _columns(placed, group, evidence, way))
            for group in _groups(placed)
        ]
        gave_up |= _settle(placed, tables)
        if _place_contradictions(placed, tables):
            gave_up |= _settle(placed, tables)
        _write(placed, tables, "arithmetic" if way == "arithmetic" else "assumed_empty")
    return _own(placed, tuple(sorted(gave_up)))


def _own(rows: Sequence[RowReading], gave_up: tuple[str, ...]) -> Placement:
    """The rows without the numbers of columns that are none of the contract's."""
    compared = tuple(
        Exclusion(
            line=value.line,
            start=value.start,
            printed=value.printed,
            reason="compared",
            evidence=row.label[:80],
        )
        for row in rows
        for value in row.values
        if value.column.startswith(_COMPARED)
    )
    return Placement(tuple(map(_without_foreign, rows)), gave_up, compared)


def _without_foreign(row: RowReading) -> RowReading:
    """A column `~n` is none of the contract's: its number stays out, unplaced; that of another year
    or of a rate (增减%) is told apart."""
    if not any(value.column.startswith("~") for value in row.values):
        return row
    values = tuple(
        v.model_copy(update={"column": "", "placed_by": ""}) if v.column.startswith("~") else v
        for v in row.values
        if not v.column.startswith(_COMPARED)
    )
    return row.model_copy(update={"values": values})


def _groups(rows: Sequence[RowReading]) -> list[list[int]]:
    """Rows of one form and one side, where the side has columns of its own. A page that goes on with
    other rows under the same columns belongs to the form before it."""
    groups: dict[tuple[str, str, str, tuple[str, ...]], list[int]] = {}
    for i, row in enumerate(rows):
        side = row.row.split(":", 1)[0] if ":" in row.row else ""
        groups.setdefault((row.chunk, row.statement, side, row.columns), []).append(i)
    whole: dict[tuple[str, str, tuple[str, ...]], list[list[int]]] = {}
    for (_, statement, side, columns), group in groups.items():
        parts = whole.setdefault((statement, side, columns), [])
        if parts and not {rows[i].row for i in parts[-1]} & {rows[i].row for i in group}:
            parts[-1] = [*parts[-1], *group]
        else:
            parts.append(group)
    return [
        group
        for parts in whole.values()
        for group in parts
        if any(not v.column for i in group for v in rows[i].values)
    ]


def _columns(
    rows: Sequence[RowReading], group: Sequence[int], evidence: Evidence, way: str
) -> tuple[str, ...]:
    columns = rows[group[0]].columns
    if way == "arithmetic":
        return columns
    placed = {value.column for i in group for value in rows[i].values}
    supported = supported_columns(rows[group[0]].statement, columns, evidence)
    kept = tuple(column for column in columns if column in supported or column in placed)
    longest = max(sum(parse_number(v.printed) != 0 for v in rows[i].values) for i in group)
    return kept if longest <= len(kept) else columns


def _settle(rows: Sequence[RowReading], tables: Sequence[Table]) -> set[str]:
    """Drop options that no sum over children and no sister form can hold, until none is left."""
    gave_up: set[str] = set()
    families = [families_of(rows, table) for table in tables]
    seen: dict[tuple[int, int], list[int]] = {}
    for _ in range(_ROUNDS):
        before = [len(options) for table in tables for options in table.options.values()]
        for n, table in enumerate(tables):
            for family in families[n]:
                parent, kids = family
                if seen.get((n, parent)) == _counts(table, family):
                    continue
                if not _prune_family(rows, table, family):
                    gave_up.add(table.chunk)
                seen[n, parent] = _counts(table, family)
        _prune_sisters(rows, tables)
        if before == [len(options) for table in tables for options in table.options.values()]:
            break
    return gave_up


def _place_contradictions(rows: Sequence[RowReading], tables: Sequence[Table]) -> bool:
    """Rows that no placement lets add up are the document's own mistakes: they and their family are
    placed where all columns of the family but one add up in a single way. True when one was."""
    found = False
    for table in tables:
        for parent, kids in families_of(rows, table):
            members = (parent, *kids)
            broken = [i for i in members if not table.options[i] and len(rows[i].values) > 1]
            if len(broken) == 1 and all(table.options[i] for i in members if i not in broken):
                table.options[broken[0]] = free_options(rows[broken[0]], table)
                placed = table.options[broken[0]] and _prune_but_one(rows, table, (parent, kids))
                found = found or bool(placed)
                if not placed:
                    table.options[broken[0]] = []
    return found


def _prune_but_one(rows: Sequence[RowReading], table: Table, family: tuple[int, list[int]]) -> bool:
    """Keep what adds up in every column but one, where one such column is all there is."""
    parent, kids = family
    steps = [steps_of(rows[i], table, i) for i in (parent, *kids)]
    ways = []
    for column in range(len(table.columns)):
        goals, *masked = [[_masked(state, column) for state in one] for one in steps]
        ways.append(fitting(masked, goals, slack=1 + len(kids)))
    fits = [way for way in ways if way is not None and way.goals]
    if len(fits) != 1 or None in ways:
        return False
    for i, kept in zip((parent, *kids), (fits[0].goals, *fits[0].steps), strict=True):
        table.options[i] = [table.options[i][n] for n in kept]
    return True


def _masked(state: State, column: int) -> State:
    return (*state[:column], 0, *state[column + 1 :])


def _counts(table: Table, family: tuple[int, list[int]]) -> list[int]:
    """Options are only ever dropped: the same counts are the same options."""
    parent, kids = family
    return [len(table.options[i]) for i in (parent, *kids)]


def _prune_family(rows: Sequence[RowReading], table: Table, family: tuple[int, list[int]]) -> bool:
    """Keep the options of parent and children under which each column adds up. False: gave up.

    Sums are built child by child; states that reach no parent's placement are dropped again from
    the end. Rounding leaves half a unit for each printed operand (T1). Where the document itself
    misprints one number, one column is left out.
    """
    parent, kids = family
    if any(not table.options[i] for i in (parent, *kids)):
        return True
    if all(len(table.options[i]) == 1 for i in (parent, *kids)):
        return True
    steps = {i: steps_of(rows[i], table, i) for i in (parent, *kids)}
    kids = sorted(kids, key=lambda i: largest(rows[i]), reverse=True)
    found = fitting([steps[kid] for kid in kids], steps[parent], slack=1 + len(kids))
    if found is None:
        return False
    if found.goals:
        for i, kept in zip((parent, *kids), (found.goals, *found.steps), strict=True):
            table.options[i] = [table.options[i][n] for n in kept]
    elif len(kids) > 1:
        _prune_but_one(rows, table, (parent, kids))
    return True


def _prune_sisters(rows: Sequence[RowReading], tables: Sequence[Table]) -> None:
    """An account whose spending is all of one fund has the same parts in both forms."""
    for one, other in _SISTERS:
        for a in (table for table in tables if table.statement == one):
            for b in _sister_rows(rows, tables, other):
                _prune_pair(rows, a, b)


def _sister_rows(
    rows: Sequence[RowReading], tables: Sequence[Table], statement: str
) -> list[Table]:
    """Forms of the statement that are being placed, and those that the source already places."""
    found = [table for table in tables if table.statement == statement]
    if not found:
        known = [i for i, row in enumerate(rows) if row.statement == statement]
        if known:
            columns = rows[known[0]].columns
            found = [make_table(rows, [i for i in known if rows[i].columns == columns], columns)]
    return found


def _prune_pair(rows: Sequence[RowReading], a: Table, b: Table) -> None:
    keys_b = {rows[i].row: i for i in b.rows}
    shared = [column for column in a.columns if column in b.columns and column != "total"]
    for i in a.rows:
        j = keys_b.get(rows[i].row)
        if j is None or _total(rows[i], a, i) != _total(rows[j], b, j):
            continue
        ours = {o: _parts(rows[i], a, o, shared) for o in a.options[i]}
        theirs = {o: _parts(rows[j], b, o, shared) for o in b.options[j]}
        common = set(ours.values()) & set(theirs.values())
        if common:
            a.options[i] = [o for o in a.options[i] if ours[o] in common]
            b.options[j] = [o for o in b.options[j] if theirs[o] in common]


def _total(row: RowReading, table: Table, i: int) -> Decimal:
    """The total of a row: what every placement left has under it, or else the largest value."""
    at = table.columns.index("total") if "total" in table.columns else -1
    found = {row.values[o.index(at)].printed for o in table.options[i] if at in o}
    return parse_number(min(found)) if len(found) == 1 else largest(row)


def _parts(
    row: RowReading, table: Table, option: Option, shared: Sequence[str]
) -> tuple[Decimal, ...]:
    named = {
        table.columns[i]: parse_number(v.printed) for i, v in zip(option, row.values, strict=True)
    }
    return tuple(named.get(column, Decimal(0)) for column in shared)


def _write(rows: list[RowReading], tables: Sequence[Table], way: PlacedBy) -> None:
    """Place the values whose column is the same in all placements that are left."""
    for table in tables:
        for i in table.rows:
            options = table.options[i]
            if options and not all(value.column for value in rows[i].values):
                choices = [{columns[n] for columns in options} for n in range(len(rows[i].values))]
                values = tuple(
                    _placed(value, table.columns, choice, way)
                    for value, choice in zip(rows[i].values, choices, strict=True)
                )
                rows[i] = rows[i].model_copy(update={"values": values})


def _placed(
    value: ValueReading, columns: Sequence[str], choice: set[int], way: PlacedBy
) -> ValueReading:
    if value.column or len(choice) != 1:
        return value
    return value.model_copy(update={"column": columns[min(choice)], "placed_by": way})
