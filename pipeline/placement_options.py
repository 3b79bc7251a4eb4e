"""What the rows of a form can be: the columns its values may have, the sums over its rows.

In: rows in printed order. Out: for each row the placements under which its own sums hold, and
families of a row and those that it sums up. The rule it protects: order is kept, and what the
source places stays where it is.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from math import comb
from typing import NamedTuple

from pipeline.addends import State
from pipeline.identities import RowSum, half_unit, parent_code, row_sums
from pipeline.text import parse_number
from schemas.readings import RowReading

Option = tuple[int, ...]
_HEAD_LABEL = re.compile(r"^(?:本年(?:支出|收入)|total)$")
_SUM_LABEL = re.compile(r"(?:小计|合计|总计|^total)$")
_OPTIONS = 400


class Table(NamedTuple):
    """One form: its columns, its rows (indexes into all rows) and each row's open options."""

    chunk: str
    statement: str
    columns: tuple[str, ...]
    rows: tuple[int, ...]
    options: dict[int, list[Option]]
    half: Decimal


def make_table(rows: Sequence[RowReading], group: Sequence[int], columns: tuple[str, ...]) -> Table:
    first = rows[group[0]]
    half = _half_unit(rows, group)
    sums = row_sums(first.statement, frozenset(columns))
    mixed = any(v.column and _wrong_kind(rows[i], v.column) for i in group for v in rows[i].values)
    options = {}
    for i in group:
        allowed = [c for c in columns if mixed or not _wrong_kind(rows[i], c)]
        options[i] = _options(rows[i], (first.columns, allowed), sums, half)
    return Table(first.chunk, first.statement, first.columns, tuple(group), options, half)


def _half_unit(rows: Sequence[RowReading], group: Sequence[int]) -> Decimal:
    """T5: where trailing zeros are trimmed, every number has the decimals of the finest one."""
    return min(half_unit(parse_number(v.printed)) for i in group for v in rows[i].values)


def _options(
    row: RowReading,
    names: tuple[Sequence[str], Sequence[str]],
    sums: Sequence[RowSum],
    half: Decimal,
) -> list[Option]:
    """Increasing column choices for the row's values under which its own sums hold: those other than
    zero in the columns that something fills, a printed zero in any."""
    all_columns, columns = names
    if all(value.column for value in row.values):
        return [tuple(all_columns.index(v.column) for v in row.values if v.column in all_columns)]
    filled = {i for i, column in enumerate(all_columns) if column in columns}
    values = [parse_number(value.printed) for value in row.values]
    open_to = range(len(all_columns)) if 0 in values else sorted(filled)
    if len(values) > len(open_to):
        return []
    found = []
    for option in combinations(open_to, len(values)):
        named = {all_columns[i]: value for i, value in zip(option, values, strict=True)}
        if not _keeps(row, all_columns, option):
            continue
        if any(value and i not in filled for i, value in zip(option, values, strict=True)):
            continue
        if all(_sum_holds(rule, named, half) for rule in sums):
            found.append(option)
        if len(found) > _OPTIONS:
            return []
    return found


def free_options(row: RowReading, table: Table) -> list[Option]:
    """All increasing column choices for the row's values, whether its own sums hold or not; none
    where they are too many."""
    width, count = len(table.columns), len(row.values)
    if count > width or comb(width, count) > _OPTIONS:
        return []
    found = combinations(range(width), count)
    return [option for option in found if _keeps(row, table.columns, option)]


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


def families_of(rows: Sequence[RowReading], table: Table) -> list[tuple[int, list[int]]]:
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


def _label_families(rows: Sequence[RowReading], table: Table) -> list[tuple[int, list[int]]]:
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


def _headed(rows: Sequence[RowReading], table: Table) -> list[tuple[int, list[int]]]:
    """本年支出 printed before the lines that it sums up."""
    families = []
    for n, i in enumerate(table.rows):
        if not _HEAD_LABEL.search(rows[i].row.split(":", 1)[-1]):
            continue
        runs = [list(table.rows[n + 1 : end]) for end in range(n + 3, len(table.rows) + 1)]
        run = next((run for run in runs if _is_sum(rows, table, i, run)), None)
        if run and largest(rows[i]):
            families.append((i, run))
    return families


def _is_sum(rows: Sequence[RowReading], table: Table, total: int, kids: Sequence[int]) -> bool:
    parts = sum((largest(rows[kid]) for kid in kids), Decimal(0))
    return abs(parts - largest(rows[total])) <= table.half * (1 + len(kids))


def scale_of(half: Decimal) -> Decimal:
    """Whole numbers in which half a unit is 1: sums of them are exact and quick."""
    return 1 / half


def vector_of(row: RowReading, option: Option, width: int, scale: Decimal) -> State:
    """The values under their columns; rates (`~%`) add up to nothing and are left out."""
    sums = [0] * width
    for column, value in zip(option, row.values, strict=True):
        if not row.columns[column].startswith("~%"):
            sums[column] = int(parse_number(value.printed) * scale)
    return tuple(sums)


def steps_of(row: RowReading, table: Table, i: int) -> list[State]:
    scale = scale_of(table.half)
    return [vector_of(row, option, len(table.columns), scale) for option in table.options[i]]


def largest(row: RowReading) -> Decimal:
    return max((abs(parse_number(value.printed)) for value in row.values), default=Decimal(0))
