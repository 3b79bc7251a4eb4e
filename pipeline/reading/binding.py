"""Grid + shipped form -> form map: which column of this grid is which.

In: a table chunk with a grid. Out: a `FormMap` bound to it, in the very shape the model answers
in. The rule it protects: a column that no header names stays unbound, its numbers are reported.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from pipeline.reading.headers import Header, Terms, header_of
from pipeline.reading.headless import headless
from pipeline.reading.library import BY_LABEL, Form, form_by_title, item_of, name_of, shipped_forms
from pipeline.reading.periods import (
    About,
    of_own_phase,
    of_own_year,
    one_budget,
    own_kind,
    phase_of,
)
from pipeline.text import fold
from schemas.documents import Chunk, Grid
from schemas.readings import Block, ColumnMap, FormMap

_CODE = re.compile(r"(?:编码|代码)$|^(?:类|款|项)$|^科目$")
_UNIT_CODE = re.compile(r"(?:单位|部门|项目).{0,2}(?:编码|代码)")
_UNIT_NAME = re.compile(r"^(?:预算)?(?:单位|部门)(?:\(单位\))?(?:名称)?$")
_OTHER_CODE = re.compile(r"政府预算|政府支出")
_LABEL = re.compile(
    r"名称\)?$|^项目$|^项目\(|^项目名称|^功能分类$|^经济分类$|^支出项目$|^收入项目$|^科目$|^支出功能分类科目$|项目名称|^单位$|名称\(科目\)$"
)
# Words about a project or a row that are neither its name nor an amount.
_TOTAL = re.compile(r"^(?:合计|总计)$")
_TEXT = re.compile(
    r"^类[型别]$|^项目(?:承担|实施)?(?:单位|类[型别]|性质)$|^主管部门$|^备注$|^说明$|^是否|^支出方向$|^资金性质$"
)
_ORDINAL = re.compile(r"^(?:行次|序号|栏次)$")
_GENERIC = re.compile(
    r"^(?:(?:20\d\d年度?)?(?:本年|当年)?(?:全年|年初)?(?:预算|决算|执行)数?|金额|数额)(?:\(万元\)|\(元\))?$"
)
_PHASE_OF_KIND = {"budget": "budget", "final_accounts": "actual"}
_AMOUNT = re.compile(r"^(?:合计|小计|总计|金额)$|(?:预算|决算|执行)数$")
_SUBTOTAL = re.compile(r"^(?:小计|合计)$")
_PHASE_ROWS = {"预算": "budget", "决算": "actual"}


class _Column(NamedTuple):
    """Column of a grid: its header path, its role, and the phase (预算, 决算) it states."""

    index: int
    path: tuple[str, ...]
    role: str
    phase: str = ""


def fingerprint(grid: Grid) -> str:
    """The header of a grid, whatever its body: what a form map is kept under."""
    header = header_of(grid, TERMS)
    text = "\n".join("/".join(path) for path in header.paths)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:24]


@cache
def _is_column(text: str) -> bool:
    return bool(text) and any(name_of(form, (text,)) for form in shipped_forms())


@cache
def _is_group(text: str) -> bool:
    return any(re.fullmatch(group, text) for form in shipped_forms() for group in form.groups)


TERMS = Terms(_is_column, _is_group)


def bind(chunk: Chunk, about: About = About()) -> FormMap | None:  # noqa: B008 - frozen
    """The form map of a chunk's grid, by its title and its headers; None where it is unknown."""
    if chunk.grid is None or not chunk.grid.rows:
        return None
    header = header_of(chunk.grid, TERMS)
    form = form_by_title(chunk.title) or _form_by_terms(header)
    if form is None:
        return None
    if not any(header.paths):
        return headless(chunk, form)
    blocks = _blocks(form, header, chunk, about)
    if not any(block.columns for block in blocks):
        return None
    return FormMap(
        name=form.statement,
        statement=form.statement,
        fingerprint=fingerprint(chunk.grid),
        unit=chunk.unit,
        key_kind=form.key,
        body_first=header.body_first,
        blocks=blocks,
        seen_in=form.seen_in,
    )


def _form_by_terms(header: Header) -> Form | None:
    """The one form whose value columns the headers name; None when several fit or few terms do."""
    scores: dict[str, int] = {}
    for form in shipped_forms():
        named = {match.column for path in header.paths if (match := name_of(form, path))}
        if len(named) >= 3:
            scores[form.statement] = len(named)
    best = [name for name, score in scores.items() if score == max(scores.values())]
    if len(best) != 1:
        return None
    return next(form for form in shipped_forms() if form.statement == best[0])


def _blocks(form: Form, header: Header, chunk: Chunk, about: About) -> tuple[Block, ...]:
    grid = chunk.grid
    assert grid is not None
    columns = _own([_column(i, path) for i, path in enumerate(header.paths)], chunk.title, about)
    if form.key == "fixed":
        return _phases(form, columns, grid, own_kind(chunk.title, about))
    columns = _own_phase(columns, chunk.title, about)
    if form.sides:
        return _sides(form, columns, grid, header)
    groups = _repeated(columns) if form.key == "economic_code" else [columns]
    return tuple(
        block for group in groups if (block := _block(form, group, grid, header)) is not None
    )


def _own(columns: Sequence[_Column], title: str, about: About) -> list[_Column]:
    """Columns; values of other years and comparisons are `other`."""
    values = [column for column in columns if column.role == "value"]
    own = of_own_year([column.path for column in values], title, about)
    return _others(columns, {c.index for c, mine in zip(values, own, strict=True) if not mine})


def _own_phase(columns: Sequence[_Column], title: str, about: About) -> list[_Column]:
    values = [column for column in columns if column.role == "value"]
    own = of_own_phase([column.path for column in values], title, about)
    return _others(columns, {c.index for c, mine in zip(values, own, strict=True) if not mine})


def _others(columns: Sequence[_Column], others: set[int]) -> list[_Column]:
    return [c._replace(role="other") if c.index in others else c for c in columns]


def names_of_paths(
    form: Form, paths: Sequence[tuple[str, ...]], title: str, about: About
) -> tuple[str, ...]:
    """The value columns that paths of headers name, left to right; `~n` for one of another year,
    a comparison, or one that nothing names."""
    return tuple(name for name in names_over(form, paths, title, about) if name)


def names_over(
    form: Form, paths: Sequence[tuple[str, ...]], title: str, about: About
) -> tuple[str, ...]:
    """As `names_of_paths`, one name a path; empty for keys, labels and ordinals."""
    columns = _own([_column(i, path) for i, path in enumerate(paths)], title, about)
    columns = _own_phase(columns, title, about)
    groups = _repeated(columns) if form.key == "economic_code" else [columns]
    names = [name for group in groups for name in _names(form, group)]
    return tuple(name if name not in names[:n] else "" for n, name in enumerate(names))


def label_places(paths: Sequence[tuple[str, ...]]) -> tuple[int, int]:
    """How many columns of words a project form has, and which of them holds the name; -1: none."""
    columns = [_column(i, path) for i, path in enumerate(paths)]
    words = [c for c in columns if c.role in ("label", "text")]
    named = [n for n, c in enumerate(words) if "项目名称" in c.path[-1]]
    named = named or [n for n, c in enumerate(words) if c.role == "label"]
    return len(words), named[0] if named else -1


def sides_of_paths(
    form: Form, paths: Sequence[tuple[str, ...]], title: str, about: About
) -> dict[str, tuple[str, ...]]:
    """The value columns of each side of a two-sided form, by its prefix."""
    columns = _own([_column(i, path) for i, path in enumerate(paths)], title, about)
    columns = _own_phase(columns, title, about)
    starts = [column.index for column in columns if column.role == "label"]
    found: dict[str, tuple[str, ...]] = {}
    for n, start in enumerate(starts):
        end = starts[n + 1] if n + 1 < len(starts) else len(columns)
        side = _side(columns[start].path, n)
        names = _names(form, columns[start + 1 : end], side)
        found.setdefault(side, tuple(name for name in names if name))
    return found


def phases_of_paths(
    form: Form, paths: Sequence[tuple[str, ...]], title: str, about: About
) -> tuple[tuple[str, str], ...]:
    """(budget or actual, column) of each value column of a form without keys; ("", "~n") for one
    that is none; (budget or actual, "*") where the rows name the columns."""
    columns = _own([_column(i, path) for i, path in enumerate(paths)], title, about)
    values = [column for column in columns if column.role in ("value", "other")]
    alone = _PHASE_OF_KIND.get(own_kind(title, about), "")
    found: list[tuple[str, str]] = []
    for n, column in enumerate(values):
        named = _named(form, column) if column.role == "value" else None
        row = _PHASE_ROWS.get(column.phase, alone)
        name = named[0] if named else BY_LABEL if _AMOUNT.search(column.path[-1]) else ""
        taken = column.role != "value" or not name or (row, name) in found
        found.append(("", f"~{n}") if taken else (row, name))
    return tuple(found)


def _names(form: Form, columns: Sequence[_Column], side: str = "") -> tuple[str, ...]:
    named = [_named(form, c, side) if c.role == "value" else None for c in columns]
    best: dict[str, int] = {}
    for found in named:
        if found is not None:
            best[found[0]] = max(best.get(found[0], 0), found[1])
    names: list[str] = []
    for n, (column, found) in enumerate(zip(columns, named, strict=True)):
        if column.role not in ("value", "other") or _OTHER_CODE.search("/".join(column.path)):
            names.append("")
            continue
        own = found is not None and found[1] == best[found[0]] and found[0] not in names
        names.append(found[0] if found is not None and own else f"~{n}")
    return tuple(names)


def _column(index: int, path: tuple[str, ...]) -> _Column:
    leaf = path[-1] if path else ""
    whole = "/".join(path)
    if len(path) > 1 and _TOTAL.match(leaf):
        # 合计, the first row's label, printed under 科目编码 before the header has ended
        path = path[:-1] if re.search(r"编码|代码|名称", path[-2]) else path
        leaf = path[-1]
    if _ORDINAL.match(leaf):
        return _Column(index, path, "ordinal")
    if _OTHER_CODE.search(whole):
        return _Column(index, path, "other")
    if _UNIT_CODE.search(leaf):
        return _Column(index, path, "unit_code")
    if _CODE.search(leaf) and not leaf.endswith("名称"):
        return _Column(index, path, "key")
    if _TEXT.search(leaf):
        return _Column(index, path, "text")
    if _LABEL.search(leaf):
        return _Column(index, path, "label")
    return _Column(index, path, "value", phase_of(path))


def _named(form: Form, column: _Column, side: str = "") -> tuple[str, int] | None:
    """The contract's column, and how exactly it is named; a phase (预算数) is looked through."""
    path, through = column.path, False
    while path:
        match = name_of(form, path, side)
        if match is not None:
            return match.column, 0 if through else match.exactness
        through = through or _SUBTOTAL.match(path[-1]) is not None
        if not (_GENERIC.match(path[-1]) or _SUBTOTAL.match(path[-1])):
            return None
        path = path[:-1]
    return None


def _value_columns(
    form: Form, columns: Sequence[_Column], grid: Grid, header: Header, side: str = ""
) -> tuple[ColumnMap, ...]:
    """Named columns; where two claim one name, the one that holds more numbers."""
    chosen: dict[str, tuple[tuple[int, int, int], int]] = {}
    for column in columns:
        named = _named(form, column, side) if column.role == "value" else None
        if named is None:
            continue
        rank = (named[1], _numbers_in(grid, header, column.index), -column.index)
        if named[0] not in chosen or rank > chosen[named[0]][0]:
            chosen[named[0]] = (rank, column.index)
    return tuple(
        ColumnMap(index=index, column=name)
        for name, (_, index) in sorted(chosen.items(), key=lambda item: item[1][1])
    )


def _numbers_in(grid: Grid, header: Header, index: int) -> int:
    rows = grid.rows[header.body_first :]
    return sum(index < len(row) and row[index].state == "number" for row in rows)


def _block(form: Form, columns: Sequence[_Column], grid: Grid, header: Header) -> Block | None:
    values = _value_columns(form, columns, grid, header)
    if not values:
        return None
    first_value = min(value.index for value in values)
    keys = [c.index for c in columns if c.role == "key" and c.index < first_value]
    labels = _labels([c for c in columns if c.role == "label" and c.index < first_value])
    if not keys and form.key in ("function_code", "economic_code"):
        keys = _code_columns(columns, grid, header)
        labels = [index for index in labels if index not in keys] or labels
    if form.statement == "basic_expenditure":
        values = _amount_or_total(values)
    units = [c.index for c in columns if c.role == "unit_code" and c.index < first_value]
    if form.key == "project":
        keys, labels = [], _project_label(columns, labels)
        units = [index for index in units if "项目" in header.paths[index][-1]]
    return Block(
        key_columns=tuple(keys + units), label_column=labels[0] if labels else None, columns=values
    )


def _labels(columns: Sequence[_Column]) -> list[int]:
    """Label columns, names of accounts before names of units."""
    return [c.index for c in sorted(columns, key=lambda c: bool(_UNIT_NAME.search(c.path[-1])))]


def _project_label(columns: Sequence[_Column], labels: Sequence[int]) -> list[int]:
    named = [c.index for c in columns if c.path and "项目名称" in c.path[-1]]
    return named or [*labels]


def _amount_or_total(values: tuple[ColumnMap, ...]) -> tuple[ColumnMap, ...]:
    """The one value column of a basic expenditure form is its `amount`, whatever its header."""
    if len(values) == 1 and values[0].column == "total":
        return (ColumnMap(index=values[0].index, column="amount"),)
    return values


def _code_columns(columns: Sequence[_Column], grid: Grid, header: Header) -> list[int]:
    """Columns without a telling header whose cells are codes."""
    rows = grid.rows[header.body_first :]
    found = []
    for column in columns:
        cells = [fold(row[column.index].text) for row in rows if column.index < len(row)]
        printed = [text for text in cells if text]
        codes = sum(bool(re.fullmatch(r"\d{2,3}|\d{5}|\d{7}", text)) for text in printed)
        if printed and codes * 2 > len(printed):
            found.append(column.index)
    return found


def _repeated(columns: Sequence[_Column]) -> list[list[_Column]]:
    """Side-by-side blocks: a new one begins where a key column follows a value column."""
    groups: list[list[_Column]] = [[]]
    for column in columns:
        has_value = any(c.role == "value" for c in groups[-1])
        begins = column.role == "key" or (column.role == "label" and not groups[-1])
        if begins and has_value:
            groups.append([])
        groups[-1].append(column)
    return groups


def _sides(form: Form, columns: Sequence[_Column], grid: Grid, header: Header) -> tuple[Block, ...]:
    starts = [column.index for column in columns if column.role == "label"]
    blocks: list[Block] = []
    for n, start in enumerate(starts):
        end = starts[n + 1] if n + 1 < len(starts) else len(columns)
        side = _side(columns[start].path, n)
        values = _value_columns(form, columns[start + 1 : end], grid, header, side)
        plain = [c for c in columns[start + 1 : end] if c.role == "value"]
        if not values and len(plain) == 1:
            name = "total" if side == "expenditure:" and _has_total(form) else "amount"
            values = (ColumnMap(index=plain[0].index, column=name),)
        if values:
            blocks.append(
                Block.model_validate({"prefix": side, "label_column": start, "columns": values})
            )
    return tuple(blocks)


def _has_total(form: Form) -> bool:
    return any(column.id == "total" for column in form.columns)


def _side(path: Sequence[str], position: int) -> str:
    top = path[0] if path else ""
    if "支出" in top and "收入" not in top:
        return "expenditure:"
    if "收入" in top and "支出" not in top:
        return "income:"
    return "income:" if position == 0 else "expenditure:"


def _phases(form: Form, columns: Sequence[_Column], grid: Grid, kind: str) -> tuple[Block, ...]:
    """Forms without keys: rows are the budget and the actual, side by side or one above the other,
    or the items themselves, each with its name in front."""
    labels = [c.index for c in columns if c.role == "label"]
    values = [c for c in columns if c.role == "value"]
    items = _item_labels(form, labels, grid)
    if items is not None:
        return _items(items, [c for c in values if c.index > items], kind)
    phases = dict.fromkeys(column.phase for column in values if column.phase)
    own = one_budget([column.path for column in values])
    values = [column for column, mine in zip(values, own, strict=True) if mine]
    alone = _PHASE_OF_KIND.get(kind, "") if not labels else ""
    blocks = []
    for phase in phases or {"": None}:
        named: dict[str, int] = {}
        for column in values:
            name = _named(form, column) if not phase or column.phase == phase else None
            if name and name[0] not in named:
                named[name[0]] = column.index
        blocks.append(
            Block(
                row=_PHASE_ROWS.get(phase, alone),
                label_column=labels[0] if labels and not phase else None,
                columns=tuple(ColumnMap(index=i, column=name) for name, i in named.items()),
            )
        )
    return tuple(blocks)


def _item_labels(form: Form, labels: Sequence[int], grid: Grid) -> int | None:
    """The label column whose cells name the form's columns (合计, 1.因公出国（境）费 …)."""
    for index in labels:
        cells = (fold(row[index].text) for row in grid.rows if index < len(row))
        named = {m.column for text in cells if (m := item_of(form, text)) is not None}
        if len(named) >= 3:
            return index
    return None


def _items(label: int, values: Sequence[_Column], kind: str) -> tuple[Block, ...]:
    """One block a phase; a phase that two columns claim stays unread unless one is its total."""
    own = one_budget([column.path for column in values])
    values = [column for column, mine in zip(values, own, strict=True) if mine]
    by_phase: dict[str, list[_Column]] = {}
    for column in values:
        row = _PHASE_ROWS.get(column.phase) or _PHASE_OF_KIND.get(kind, "")
        by_phase.setdefault(row, []).append(column)
    blocks = []
    for row, mine in by_phase.items():
        plain = [c for c in mine if _AMOUNT.search(c.path[-1])] if len(mine) > 1 else mine
        if row and len(plain) == 1:
            columns = (ColumnMap(index=plain[0].index, column=BY_LABEL),)
            blocks.append(Block(row=row, label_column=label, columns=columns))
    return tuple(blocks)
