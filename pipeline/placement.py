"""Rows whose values lost their columns -> the columns that arithmetic leaves.

In: row readings of all forms of a document (values in printed order, some without a column) and
the claims of its prose. Out: the same rows; a value has its column when exactly one placement
satisfies the sums within its row, the sums over its children, and its sister form. The rule it
protects: unique or unplaced, never the likeliest.

A form may have columns that nothing fills. First all columns are tried; what stays ambiguous is
tried with the columns that other forms or the prose fill, and then marked `assumed_empty`.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from pipeline.addends import State, fitting
from pipeline.evidence import Evidence, supported_columns
from pipeline.identities import RowSum, half_unit, parent_code, row_sums
from pipeline.text import parse_number
from schemas.readings import ClaimReading, RowReading, ValueReading
from schemas.vocabulary import PlacedBy

Option = tuple[int, ...]
_HEAD_LABEL = re.compile(r"^(?:本年(?:支出|收入)|total)$")
_SUM_LABEL = re.compile(r"(?:合计|总计|^total)$")
_OPTIONS = 400
_ROUNDS = 12
_SISTERS = (
    ("expenditure", "general_budget_expenditure"),
    ("expenditure", "government_fund"),
    ("expenditure", "state_capital"),
)


class Placement(NamedTuple):
    """Placed rows in the order given, and the chunks where the search gave up."""

    rows: tuple[RowReading, ...]
    gave_up: tuple[str, ...]


class _Table(NamedTuple):
    """One form: its columns, its rows (indexes into all rows) and each row's open options."""

    chunk: str
    statement: str
    columns: tuple[str, ...]
    rows: tuple[int, ...]
    options: dict[int, list[Option]]
    half: Decimal


def place(rows: Sequence[RowReading], claims: Sequence[ClaimReading]) -> Placement:
    """Give columns to the values that lack one, jointly over the forms of one document."""
    if all(value.column for row in rows for value in row.values):
        return Placement(tuple(map(_without_foreign, rows)), ())
    placed = list(rows)
    gave_up: set[str] = set()
    evidence = Evidence.of(rows, claims)
    for way in ("arithmetic", "assumed_empty"):
        tables = [
            _table(placed, group, _columns(placed, group, evidence, way))
            for group in _groups(placed)
        ]
        gave_up |= _settle(placed, tables)
        _write(placed, tables, "arithmetic" if way == "arithmetic" else "assumed_empty")
    return Placement(tuple(map(_without_foreign, placed)), tuple(sorted(gave_up)))


def _without_foreign(row: RowReading) -> RowReading:
    """A column `~n` is none of the contract's (the year before, 增减%): its number stays out."""
    if not any(value.column.startswith("~") for value in row.values):
        return row
    values = tuple(
        v.model_copy(update={"column": "", "placed_by": ""}) if v.column.startswith("~") else v
        for v in row.values
    )
    return row.model_copy(update={"values": values})


def _groups(rows: Sequence[RowReading]) -> list[list[int]]:
    """Rows of one form and one side, where the side has columns of its own."""
    groups: dict[tuple[str, str, str, tuple[str, ...]], list[int]] = {}
    for i, row in enumerate(rows):
        side = row.row.split(":", 1)[0] if ":" in row.row else ""
        groups.setdefault((row.chunk, row.statement, side, row.columns), []).append(i)
    return [
        group
        for group in groups.values()
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
    longest = max(len(rows[i].values) for i in group)
    return kept if longest <= len(kept) else columns


def _table(rows: Sequence[RowReading], group: Sequence[int], columns: tuple[str, ...]) -> _Table:
    first = rows[group[0]]
    half = _half_unit(rows, group)
    sums = row_sums(first.statement, frozenset(columns))
    mixed = any(v.column and _wrong_kind(rows[i], v.column) for i in group for v in rows[i].values)
    options = {}
    for i in group:
        filled = columns if _largest(rows[i]) else first.columns
        allowed = [c for c in filled if mixed or not _wrong_kind(rows[i], c)]
        options[i] = _options(rows[i], (first.columns, allowed), sums, half)
    return _Table(first.chunk, first.statement, first.columns, tuple(group), options, half)


def _half_unit(rows: Sequence[RowReading], group: Sequence[int]) -> Decimal:
    """T5: where trailing zeros are trimmed, every number has the decimals of the finest one."""
    return min(half_unit(parse_number(v.printed)) for i in group for v in rows[i].values)


def _options(
    row: RowReading,
    names: tuple[Sequence[str], Sequence[str]],
    sums: Sequence[RowSum],
    half: Decimal,
) -> list[Option]:
    """Increasing column choices for the row's values under which its own sums hold."""
    all_columns, columns = names
    if all(value.column for value in row.values):
        return [tuple(all_columns.index(v.column) for v in row.values if v.column in all_columns)]
    allowed = [i for i, column in enumerate(all_columns) if column in columns]
    values = [parse_number(value.printed) for value in row.values]
    if len(values) > len(allowed):
        return []
    found = []
    for option in combinations(allowed, len(values)):
        named = {all_columns[i]: value for i, value in zip(option, values, strict=True)}
        if not _keeps(row, all_columns, option):
            continue
        if all(_sum_holds(rule, named, half) for rule in sums):
            found.append(option)
        if len(found) > _OPTIONS:
            return []
    return found


def _keeps(row: RowReading, columns: Sequence[str], option: Option) -> bool:
    """What is placed already stays where it is."""
    return all(
        not value.column or columns[i] == value.column
        for i, value in zip(option, row.values, strict=True)
    )


def _wrong_kind(row: RowReading, column: str) -> bool:
    """人员经费 is 301 and 303, 公用经费 is the rest (支出经济分类, 勾稽 E5 and E6); some bureaus pay
    part of 303 out of 公用经费, which a full row of the form then shows."""
    if row.statement != "basic_expenditure" or not row.row[:3].isdigit():
        return False
    personnel = row.row[:3] in ("301", "303")
    return column == ("public" if personnel else "personnel")


def _sum_holds(rule: RowSum, named: Mapping[str, Decimal], half: Decimal) -> bool:
    """T1: |Σ parts − total| ≤ half a unit for each printed non-zero operand; a blank is exact 0."""
    operands = [named[rule.total]] if rule.total in named else []
    total = Decimal(0)
    for part in rule.parts:
        value = named.get(part.lstrip("-"))
        if value is None:
            continue
        total += -value if part.startswith("-") else value
        operands.append(value)
    if not operands:
        return True
    allowed = half * sum(1 for value in operands if value)
    return abs(total - named.get(rule.total, Decimal(0))) <= allowed


def _settle(rows: Sequence[RowReading], tables: Sequence[_Table]) -> set[str]:
    """Drop options that no sum over children and no sister form can hold, until none is left."""
    gave_up: set[str] = set()
    families = [_families(rows, table) for table in tables]
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


def _counts(table: _Table, family: tuple[int, list[int]]) -> list[int]:
    """Options are only ever dropped: the same counts are the same options."""
    parent, kids = family
    return [len(table.options[i]) for i in (parent, *kids)]


def _families(rows: Sequence[RowReading], table: _Table) -> list[tuple[int, list[int]]]:
    """(parent, children) over the codes of a form; over its lines where it has no codes."""
    by_key: dict[str, int] = {}
    for i in table.rows:
        by_key.setdefault(rows[i].row, i)
    children: dict[int, list[int]] = {}
    for key, i in by_key.items():
        parent = parent_code(key, by_key.keys() - {key})
        if parent is not None:
            children.setdefault(by_key[parent], []).append(i)
    if not children:
        return _label_families(rows, table)
    return list(children.items())


def _label_families(rows: Sequence[RowReading], table: _Table) -> list[tuple[int, list[int]]]:
    """合计 over the lines before it, 总计 over 合计 and the balances behind it, 本年支出 over the
    lines behind it, where the largest values say so."""
    families = _headed(rows, table)
    inside = {kid for _, kids in families for kid in kids}
    kids: list[int] = []
    for i in table.rows:
        label = rows[i].row.split(":", 1)[-1]
        if _SUM_LABEL.search(label) and len(kids) > 1 and _is_sum(rows, table, i, kids):
            families.append((i, kids))
            kids = [i]
        elif i not in inside:
            kids = [*kids, i]
    return families


def _headed(rows: Sequence[RowReading], table: _Table) -> list[tuple[int, list[int]]]:
    """本年支出 printed before the lines that it sums up."""
    families = []
    for n, i in enumerate(table.rows):
        if not _HEAD_LABEL.search(rows[i].row.split(":", 1)[-1]):
            continue
        runs = [list(table.rows[n + 1 : end]) for end in range(n + 3, len(table.rows) + 1)]
        run = next((run for run in runs if _is_sum(rows, table, i, run)), None)
        if run and _largest(rows[i]):
            families.append((i, run))
    return families


def _is_sum(rows: Sequence[RowReading], table: _Table, total: int, kids: Sequence[int]) -> bool:
    parts = sum((_largest(rows[kid]) for kid in kids), Decimal(0))
    return abs(parts - _largest(rows[total])) <= table.half * (1 + len(kids))


def _scale(half: Decimal) -> Decimal:
    """Whole numbers in which half a unit is 1: sums of them are exact and quick."""
    return 1 / half


def _vector(row: RowReading, option: Option, width: int, scale: Decimal) -> State:
    sums = [0] * width
    for column, value in zip(option, row.values, strict=True):
        sums[column] = int(parse_number(value.printed) * scale)
    return tuple(sums)


def _prune_family(rows: Sequence[RowReading], table: _Table, family: tuple[int, list[int]]) -> bool:
    """Keep the options of parent and children under which each column adds up. False: gave up.

    Sums are built child by child; states that reach no parent's placement are dropped again from
    the end. Rounding leaves half a unit for each printed operand (T1).
    """
    parent, kids = family
    if any(not table.options[i] for i in (parent, *kids)):
        return True
    if all(len(table.options[i]) == 1 for i in (parent, *kids)):
        return True
    steps = {i: _steps(rows[i], table, i) for i in (parent, *kids)}
    kids = sorted(kids, key=lambda i: _largest(rows[i]), reverse=True)
    found = fitting([steps[kid] for kid in kids], steps[parent], slack=1 + len(kids))
    if found is None:
        return False
    if found.goals:
        for i, kept in zip((parent, *kids), (found.goals, *found.steps), strict=True):
            table.options[i] = [table.options[i][n] for n in kept]
    return True


def _steps(row: RowReading, table: _Table, i: int) -> list[State]:
    scale = _scale(table.half)
    return [_vector(row, option, len(table.columns), scale) for option in table.options[i]]


def _prune_sisters(rows: Sequence[RowReading], tables: Sequence[_Table]) -> None:
    """An account whose spending is all of one fund has the same parts in both forms."""
    for one, other in _SISTERS:
        for a in (table for table in tables if table.statement == one):
            for b in _sister_rows(rows, tables, other):
                _prune_pair(rows, a, b)


def _sister_rows(
    rows: Sequence[RowReading], tables: Sequence[_Table], statement: str
) -> list[_Table]:
    """Forms of the statement that are being placed, and those that the source already places."""
    found = [table for table in tables if table.statement == statement]
    if not found:
        known = [i for i, row in enumerate(rows) if row.statement == statement]
        if known:
            columns = rows[known[0]].columns
            found = [_table(rows, [i for i in known if rows[i].columns == columns], columns)]
    return found


def _prune_pair(rows: Sequence[RowReading], a: _Table, b: _Table) -> None:
    keys_b = {rows[i].row: i for i in b.rows}
    shared = [column for column in a.columns if column in b.columns and column != "total"]
    for i in a.rows:
        j = keys_b.get(rows[i].row)
        if j is None or not _same_amount(rows[i], rows[j]):
            continue
        ours = {o: _parts(rows[i], a, o, shared) for o in a.options[i]}
        theirs = {o: _parts(rows[j], b, o, shared) for o in b.options[j]}
        common = set(ours.values()) & set(theirs.values())
        if common:
            a.options[i] = [o for o in a.options[i] if ours[o] in common]
            b.options[j] = [o for o in b.options[j] if theirs[o] in common]


def _same_amount(one: RowReading, other: RowReading) -> bool:
    """The largest printed value of a row is its total in every form that has one."""
    return _largest(one) == _largest(other)


def _largest(row: RowReading) -> Decimal:
    return max((abs(parse_number(value.printed)) for value in row.values), default=Decimal(0))


def _parts(
    row: RowReading, table: _Table, option: Option, shared: Sequence[str]
) -> tuple[Decimal, ...]:
    named = {
        table.columns[i]: parse_number(v.printed) for i, v in zip(option, row.values, strict=True)
    }
    return tuple(named.get(column, Decimal(0)) for column in shared)


def _write(rows: list[RowReading], tables: Sequence[_Table], way: PlacedBy) -> None:
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
