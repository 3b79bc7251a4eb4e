"""Grid + shipped form -> form map: which column of this grid is which.

In: a table chunk with a grid. Out: a `FormMap` bound to it, in the very shape the model answers
in. The rule it protects: a column that no header names stays unbound, its numbers are reported.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from pipeline.identities import row_sums
from pipeline.reading.flat_columns import adds_up
from pipeline.reading.flat_header import header_paths, is_clean
from pipeline.reading.header_columns import (
    AMOUNT,
    PHASE_OF_KIND,
    PHASE_ROWS,
    UNIT_NAME,
    HeaderColumn,
    header_column,
    named_column,
    repeated_blocks,
    side_of_path,
    with_own_phase,
    with_own_year,
)
from pipeline.reading.headers import Header, Terms, header_of
from pipeline.reading.headless import headless
from pipeline.reading.keys import by_economic_codes, is_total
from pipeline.reading.library import (
    BY_LABEL,
    Form,
    form_by_title,
    form_of,
    item_of,
    name_of,
    shipped_forms,
)
from pipeline.reading.periods import (
    About,
    one_budget,
    own_kind,
)
from pipeline.reading.stacked_header import ways_over
from pipeline.text import fold
from schemas.documents import Chunk, Grid
from schemas.readings import Block, ColumnMap, FormMap


def fingerprint(grid: Grid) -> str:
    """The header of a grid, whatever its body: what a form map is kept under."""
    header = header_of(grid, TERMS)
    text = "\n".join("/".join(path) for path in header.paths)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:24]


@cache
def _is_column(text: str) -> bool:
    return bool(text) and any(name_of(form, (text,)) for form in shipped_forms())


_PHASE = re.compile(r"(?:年初|全年)?(?:预算|决算|执行)数?")
_SIDE = re.compile(r"(?:本年)?(?:收入|支出)(?:\(按.{2,6}分类\))?")


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
    if by_economic_codes(form.key if form else None, _codes(header, chunk.grid)):
        form = form_of("economic_summary")
    if form is None:
        return None
    header = _unmerged(form, header, chunk.grid)
    if not any(header.paths):
        return None if header.header_rows else headless(chunk, form)
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


def _unmerged(form: Form, header: Header, grid: Grid) -> Header:
    """The header of a form in whose text a merged cell stands once: its words shared out among the
    columns as in flattened text, where they make as many as the body has and name no fewer of
    them."""
    width = len(header.paths)
    printed = [[fold(cell.text) for cell in grid.rows[i]] for i in header.header_rows]
    rows = [tuple(text for text in row if text) for row in printed]
    stacked = grid.layout == "cell_per_line"
    if stacked and len(rows) == 1 and len(rows[0]) > width:
        ways = [header_paths(form, way) for way in ways_over(form, rows[0], width)]
        paths = next((way for way in ways if _adds_up(form, way, header, grid)), ())
        return header._replace(paths=paths)
    shorter = rows if stacked else printed if grid.layout in ("pipes", "tabs") else []
    if not any(len(row) < width for row in shorter):
        return header
    paths = header_paths(form, rows)
    own, shared = _named_in(form, header.paths), _named_in(form, paths)
    alike = not form.sides if stacked else is_clean(form, rows)
    better = shared > own or (shared == own and alike)
    fits = len(paths) == width or (len(paths) == width + 1 and _only_totals(header, grid))
    return header._replace(paths=paths) if fits and better else header


def _adds_up(form: Form, paths: Sequence[tuple[str, ...]], header: Header, grid: Grid) -> bool:
    """Whether hardly a row of the body breaks the sums of the columns that the paths name."""
    columns = [header_column(i, path) for i, path in enumerate(paths)]
    names = {c.at: n[0] for c in columns if c.role == "value" and (n := named_column(form, c))}
    sums = row_sums(form.statement, frozenset(names.values()))
    rows = [
        {names[i]: cell.text for i, cell in enumerate(row) if i in names and cell.state == "number"}
        for row in grid.rows[header.body_first :]
    ]
    broken = sum(not adds_up(sums, [*row], [*row.values()]) for row in rows if row)
    return broken * 5 <= len(rows)


def _only_totals(header: Header, grid: Grid) -> bool:
    """No row but 合计, which stands in the merged columns of code and name as one cell."""
    rows = [row for row in grid.rows[header.body_first :] if any(cell.text for cell in row[1:])]
    return bool(rows) and all(is_total(fold(row[0].text)) for row in rows)


def _named_in(form: Form, paths: Sequence[tuple[str, ...]]) -> int:
    return len({match.column for path in paths if (match := name_of(form, path))})


def _codes(header: Header, grid: Grid) -> list[str]:
    """What the cells under 科目编码 say."""
    columns = [header_column(i, path) for i, path in enumerate(header.paths)]
    keys = [column.at for column in columns if column.role == "key"]
    rows = grid.rows[header.body_first :]
    return [fold(row[i].text) for row in rows for i in keys if i < len(row) and row[i].text]


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
    columns = with_own_year(
        [header_column(i, path) for i, path in enumerate(header.paths)], chunk.title, about
    )
    if form.key == "fixed":
        return _phases(form, columns, grid, own_kind(chunk.title, about))
    columns = with_own_phase(columns, chunk.title, about)
    if form.sides:
        return _sides(form, columns, grid, header)
    groups = repeated_blocks(columns) if form.key == "economic_code" else [columns]
    return tuple(
        block for group in groups if (block := _block(form, group, grid, header)) is not None
    )


def _value_columns(
    form: Form, columns: Sequence[HeaderColumn], grid: Grid, header: Header, side: str = ""
) -> tuple[ColumnMap, ...]:
    """Named columns; where two claim one name, the one that holds more numbers."""
    chosen: dict[str, tuple[tuple[int, int, int], int]] = {}
    for column in columns:
        named = named_column(form, column, side) if column.role == "value" else None
        if named is None:
            continue
        rank = (named[1], _numbers_in(grid, header, column.at), -column.at)
        if named[0] not in chosen or rank > chosen[named[0]][0]:
            chosen[named[0]] = (rank, column.at)
    return tuple(
        ColumnMap(index=index, column=name)
        for name, (_, index) in sorted(chosen.items(), key=lambda item: item[1][1])
    )


def _numbers_in(grid: Grid, header: Header, index: int) -> int:
    rows = grid.rows[header.body_first :]
    return sum(index < len(row) and row[index].state == "number" for row in rows)


def _block(form: Form, columns: Sequence[HeaderColumn], grid: Grid, header: Header) -> Block | None:
    values = _value_columns(form, columns, grid, header)
    if not values:
        return None
    first_value = min(value.index for value in values)
    keys = [c.at for c in columns if c.role == "key" and c.at < first_value]
    labels = _labels([c for c in columns if c.role == "label" and c.at < first_value])
    if not keys and form.key in ("function_code", "economic_code"):
        keys = _code_columns(columns, grid, header)
        labels = [index for index in labels if index not in keys] or labels
    if form.statement == "basic_expenditure":
        values = _amount_or_total(values)
    units = [c.at for c in columns if c.role == "unit_code" and c.at < first_value]
    if form.key == "project":
        keys, labels = [], _project_label(columns, labels)
        units = [index for index in units if "项目" in header.paths[index][-1]]
    return Block(
        key_columns=tuple(keys + units), label_column=labels[0] if labels else None, columns=values
    )


def _labels(columns: Sequence[HeaderColumn]) -> list[int]:
    """Label columns, names of accounts before names of units."""
    return [c.at for c in sorted(columns, key=lambda c: bool(UNIT_NAME.search(c.path[-1])))]


def _project_label(columns: Sequence[HeaderColumn], labels: Sequence[int]) -> list[int]:
    named = [c.at for c in columns if c.path and "项目名称" in c.path[-1]]
    return named or [*labels]


def _amount_or_total(values: tuple[ColumnMap, ...]) -> tuple[ColumnMap, ...]:
    """The one value column of a basic expenditure form is its `amount`, whatever its header."""
    if len(values) == 1 and values[0].column == "total":
        return (ColumnMap(index=values[0].index, column="amount"),)
    return values


def _code_columns(columns: Sequence[HeaderColumn], grid: Grid, header: Header) -> list[int]:
    """Columns without a telling header whose cells are codes."""
    rows = grid.rows[header.body_first :]
    found = []
    for column in columns:
        cells = [fold(row[column.at].text) for row in rows if column.at < len(row)]
        printed = [text for text in cells if text]
        codes = sum(bool(re.fullmatch(r"\d{2,3}|\d{5}|\d{7}", text)) for text in printed)
        if printed and codes * 2 > len(printed):
            found.append(column.at)
    return found


def _sides(
    form: Form, columns: Sequence[HeaderColumn], grid: Grid, header: Header
) -> tuple[Block, ...]:
    starts = [c.at for c in columns if c.role == "label" or _is_side(c.path)]
    blocks: list[Block] = []
    for n, start in enumerate(starts):
        end = starts[n + 1] if n + 1 < len(starts) else len(columns)
        side = side_of_path(columns[start].path, n)
        values = _value_columns(form, columns[start + 1 : end], grid, header, side)
        plain = [c for c in columns[start + 1 : end] if c.role == "value"]
        if not values and len(plain) == 1:
            name = "total" if side == "expenditure:" and _has_total(form) else "amount"
            values = (ColumnMap(index=plain[0].at, column=name),)
        if values:
            blocks.append(
                Block.model_validate({"prefix": side, "label_column": start, "columns": values})
            )
    return tuple(blocks)


def _is_side(path: Sequence[str]) -> bool:
    """收入 or 支出 alone over a column: it heads the names of its side (收入 | 预算数 | 支出 | 预算数)."""
    return len(path) == 1 and _SIDE.fullmatch(path[0]) is not None


def _has_total(form: Form) -> bool:
    return any(column.id == "total" for column in form.columns)


def _phases(
    form: Form, columns: Sequence[HeaderColumn], grid: Grid, kind: str
) -> tuple[Block, ...]:
    """Forms without keys: rows are the budget and the actual, side by side or one above the other,
    or the items themselves, each with its name in front; they may go on beside themselves under the
    same heading (机构运行信息表)."""
    labels = [c.at for c in columns if c.role == "label"] or _phase_labels(columns, grid)
    values = [c for c in columns if c.role == "value" and c.at not in labels]
    items = _item_labels(form, labels, grid)
    if items is not None:
        names = {c.at: c.path[-1:] for c in columns}
        again = [at for at in labels if at >= items and names[at] == names[items]]
        return tuple(
            block
            for start, end in pairwise([*again, len(columns)])
            for block in _items(start, [c for c in values if start < c.at < end], kind)
        )
    phases = dict.fromkeys(column.phase for column in values if column.phase)
    own = one_budget([column.path for column in values])
    values = [column for column, mine in zip(values, own, strict=True) if mine]
    alone = PHASE_OF_KIND.get(kind, "") if not labels else ""
    blocks = []
    for phase in phases or {"": None}:
        named: dict[str, int] = {}
        for column in values:
            name = named_column(form, column) if not phase or column.phase == phase else None
            if name and name[0] not in named:
                named[name[0]] = column.at
        blocks.append(
            Block(
                row=PHASE_ROWS.get(phase, alone),
                label_column=labels[0] if labels and not phase else None,
                columns=tuple(ColumnMap(index=i, column=name) for name, i in named.items()),
            )
        )
    return tuple(blocks)


def _phase_labels(columns: Sequence[HeaderColumn], grid: Grid) -> list[int]:
    """The column in which rows say 预算数 and 决算数, where its header was lost."""
    said = [
        [fold(row[column.at].text) for row in grid.rows if column.at < len(row)]
        for column in columns
    ]
    return [
        column.at
        for column, texts in zip(columns, said, strict=True)
        if sum(bool(_PHASE.fullmatch(text)) for text in texts) > 1
    ]


def _item_labels(form: Form, labels: Sequence[int], grid: Grid) -> int | None:
    """The label column whose cells name the form's columns (合计, 1.因公出国（境）费 …)."""
    for index in labels:
        cells = (fold(row[index].text) for row in grid.rows if index < len(row))
        named = {m.column for text in cells if (m := item_of(form, text)) is not None}
        if len(named) >= 3:
            return index
    return None


def _items(label: int, values: Sequence[HeaderColumn], kind: str) -> tuple[Block, ...]:
    """One block a phase, 年初预算数 and 全年预算数 one each; a phase that other columns claim too
    stays unread unless one of them is its total."""
    by_phase: dict[str, list[HeaderColumn]] = {}
    for column in values:
        row = PHASE_ROWS.get(column.phase) or PHASE_OF_KIND.get(kind, "")
        by_phase.setdefault(row, []).append(column)
    blocks = []
    for row, mine in by_phase.items():
        plain = [c for c in mine if AMOUNT.search(c.path[-1])] if len(mine) > 1 else mine
        if row and (len(plain) == 1 or one_budget([c.path for c in plain]).count(True) == 1):
            for column in plain:
                columns = (ColumnMap(index=column.at, column=BY_LABEL),)
                blocks.append(Block(row=row, label_column=label, columns=columns))
    return tuple(blocks)
