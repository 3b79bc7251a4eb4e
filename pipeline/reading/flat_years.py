"""Two years side by side in a flattened form, each under all columns: 2024年预算数 (合计 基本支出
项目支出) | 2025年预算数 (the same) | 增减% (the same).

In: the words of a header whose lowest cells repeat, and the numbers that rows print. Out: one column
a cell, those of the year before as `~yearid`, rates as `~%id`, and the numbers in their columns. The
rule it protects: a number has a column only where the sums of every year and the printed rates leave
one place for it; without the comparison, 2024 and 2025 add up alike.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations, groupby
from math import comb
from typing import Literal, NamedTuple

from pipeline.identities import RowSum, half_unit, row_sums
from pipeline.reading.flat_columns import adds_up
from pipeline.reading.library import Form, name_of
from pipeline.reading.periods import COMPARED, About, is_comparison, of_own_phase, of_own_year
from pipeline.text import parse_number
from schemas.readings import RowReading

Kind = Literal["own", "before", "rate"]
_KEYISH = re.compile(
    r"项目|(?:支出)?(?:功能|经济)?(?:分类)?科目(?:编码|代码|名称)?|编码|代码|名称|[类款项]"
)
_BEGINS = re.compile(r"20\d\d年|上年|本年|增减|比|较")
_GOES_ON = re.compile(r"[比较与]$")
_RATE = re.compile(r"[%％]|增减率|增长率|增幅")
_AMOUNT_NAME = re.compile(r"^(?:20\d\d年|本年)?度?(?:预算|决算|执行)?(?:数|金额|额)?$")
_MOST_CHOICES = 3000
_GROUPS = (3, 2)
_WHOLE = Decimal(100)
_PREFIXES: dict[Kind, str] = {"own": "", "before": COMPARED, "rate": "~%"}


class YearColumn(NamedTuple):
    """One column: its id (`~yearid` the year before's, `~%id` a rate's), whose it is, and its place in its
    group."""

    id: str
    kind: Kind
    place: int


def years_of(
    form: Form, header: Sequence[Sequence[str]], about: tuple[str, About]
) -> dict[str, tuple[YearColumn, ...]]:
    """The columns of either side, or of the form under ""; none for a header of another kind."""
    if form.sides:
        return _sided(form, header, about)
    columns = _keyed(form, header, about)
    return {"": columns} if columns else {}


def _keyed(
    form: Form, header: Sequence[Sequence[str]], about: tuple[str, About]
) -> tuple[YearColumn, ...]:
    """The columns where the lowest cells repeat once for every year; else none."""
    words = [word for line in header for word in line if not _KEYISH.fullmatch(word)]
    for groups in _GROUPS:
        for size in range(len(words) // groups, 1, -1):
            cells = words[-size:]
            above = _joined(words[: -size * groups])
            if cells * groups == words[-size * groups :] and len(above) == groups:
                names = [name_of(form, (cell,)) for cell in cells]
                ids = [match.column for match in names if match is not None]
                return _columns(ids, above, about) if len(ids) == size else ()
    return ()


def _sided(
    form: Form, header: Sequence[Sequence[str]], about: tuple[str, About]
) -> dict[str, tuple[YearColumn, ...]]:
    """The columns of either side of a form with one amount a year (项目 | 2024年预算数 | 2025年预算数
    | 增减%); none for another header."""
    words = [word for line in header for word in line if word not in ("收入", "支出")]
    starts = [i for i, word in enumerate(words) if word == "项目"]
    if len(starts) not in (1, 2) or starts[0] != 0:
        return {}
    # A header that prints the same for both sides may have come down to one.
    words, starts = (words * 2, [0, len(words)]) if len(starts) == 1 else (words, starts)
    lone = "total" if any(column.id == "total" for column in form.columns) else "amount"
    blocks = words[1 : starts[1]], words[starts[1] + 1 :]
    found = {}
    for side, id, block in zip(("income:", "expenditure:"), ("amount", lone), blocks, strict=True):
        groups = _joined(block)
        found[side] = _columns([id], groups, about) if len(groups) in _GROUPS else ()
    return found if all(found.values()) else {}


def lone_years(
    header: Sequence[Sequence[str]], about: tuple[str, About]
) -> tuple[tuple[YearColumn, ...], str]:
    """The columns of a form with one amount a year and its items in rows (三公), and the name of its
    own year's; none for another header."""
    groups = _joined([word for line in header for word in line if not _KEYISH.fullmatch(word)])
    columns = _columns([""], groups, about) if len(groups) in _GROUPS else ()
    return columns, next((g for g, c in zip(groups, columns, strict=False) if c.kind == "own"), "")


def own_number(columns: Sequence[YearColumn], printed: Sequence[str]) -> int | None:
    """Which number of a row is its own year's, by its place in a full row, else by the rates; None
    where they leave that open."""
    whole = len(printed) == len(columns)
    ways = [w for w in combinations(columns, len(printed)) if whole or _fits((), w, printed)]
    both = [way for way in ways if {"own", "before"} <= {column.kind for column in way}]
    places = {tuple(column.kind for column in way) for way in both or ways}
    kinds = min(places) if len(places) == 1 else ()
    return kinds.index("own") if "own" in kinds else None


def _joined(words: Sequence[str]) -> list[str]:
    """The names of the years, wrapped over several cells or not."""
    names: list[str] = []
    for word in words:
        if names and (_GOES_ON.search(names[-1]) or not _BEGINS.match(word)):
            names[-1] += word
        else:
            names.append(word)
    return names


def _columns(
    ids: Sequence[str], groups: Sequence[str], about: tuple[str, About]
) -> tuple[YearColumn, ...]:
    """The cells of every group; none unless exactly one group is the form's own year."""
    paths = [(name,) for name in groups]
    own = [
        year and phase
        for year, phase in zip(of_own_year(paths, *about), of_own_phase(paths, *about), strict=True)
    ]
    kinds: list[Kind] = [
        "own" if mine else "rate" if _RATE.search(name) else "before"
        for mine, name in zip(own, groups, strict=True)
    ]
    amounts = [name for name, kind in zip(groups, kinds, strict=True) if kind != "rate"]
    if kinds.count("own") != 1 or len(set(kinds)) < len(kinds) or any(map(_compares, amounts)):
        return ()
    return tuple(
        YearColumn(_PREFIXES[kind] + id, kind, place)
        for kind in kinds
        for place, id in enumerate(ids)
    )


def _compares(name: str) -> bool:
    return is_comparison((name,)) and _AMOUNT_NAME.match(name.removeprefix("上年")) is None


def in_years(form: Form, columns: Sequence[YearColumn], row: RowReading) -> RowReading:
    """The row with the columns that every way of reading its numbers gives; the sums over rows decide
    on what stays open."""
    if all(value.column for value in row.values):
        return row
    if comb(len(columns), len(row.values)) > _MOST_CHOICES:
        return row
    sums = row_sums(form.statement, frozenset(c.id for c in columns if c.kind == "own"))
    texts = [value.printed for value in row.values]
    ways = [way for way in combinations(columns, len(row.values)) if _fits(sums, way, texts)]
    ways = [way for way in ways if _rated(way, texts)] or ways
    named = [{column.id for column in open_to} for open_to in zip(*ways, strict=True)]
    if not named:
        return row
    values = tuple(
        value.model_copy(update={"column": min(ids)}) if len(ids) == 1 else value
        for value, ids in zip(row.values, named, strict=True)
    )
    return row.model_copy(update={"values": values})


def _fits(sums: Sequence[RowSum], columns: Sequence[YearColumn], texts: Sequence[str]) -> bool:
    """Every year adds up, and the rates are those of the amounts."""
    cells = {(c.kind, c.place): text for c, text in zip(columns, texts, strict=True)}
    for kind, group in groupby(columns, key=lambda column: column.kind):
        mine = [column.id.removeprefix(_PREFIXES[kind]) for column in group]
        texts_of = [cells[kind, c.place] for c in columns if c.kind == kind]
        if kind != "rate" and not adds_up(sums, mine, texts_of):
            return False
    return all(_compared(cells, place) for _, place in cells)


def _rated(columns: Sequence[YearColumn], texts: Sequence[str]) -> bool:
    """Amounts of both years other than zero have their rate printed."""
    amounts = [c for c, text in zip(columns, texts, strict=True) if parse_number(text)]
    places = [c.place for c in amounts if c.kind != "rate"]
    rates = {c.place for c in columns if c.kind == "rate"}
    return all(places.count(place) < 2 or place in rates for place in places)


def _compared(cells: dict[tuple[Kind, int], str], place: int) -> bool:
    """The rate of one column is that of its two amounts, within what printing them rounds."""
    before, own, rate = (_number(cells, kind, place) for kind in ("before", "own", "rate"))
    if before is None or own is None or not before:
        return rate in (None, 0, -_WHOLE if own is None else _WHOLE)
    if rate is None:
        return own == before
    rounded = half_unit(before) / abs(before) * (1 + abs(own / before)) * _WHOLE
    return abs((own - before) / before * _WHOLE - rate) <= rounded + 2 * half_unit(rate)


def _number(cells: dict[tuple[Kind, int], str], kind: Kind, place: int) -> Decimal | None:
    printed = cells.get((kind, place))
    return parse_number(printed) if printed else None
