"""Grid + form map -> rows with their printed values.

In: a table chunk and a form map bound to its grid (shipped, learned or from the model). Out: row
readings; every value is a cell of the grid, copied by code. The rule it protects: no digit is
written here, and a row that does not fit its header is read in order and left to placement.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.reading.keys import is_total, item_and_unit, label_without_code, row_key
from pipeline.reading.library import BY_LABEL, form_of, item_of
from pipeline.reading.periods import own_labels
from pipeline.reading.sides import side_of
from pipeline.text import fold, numerals
from schemas.documents import Cell, Chunk, Grid, Layout
from schemas.readings import Block, FormMap, Provenance, RowReading, ValueReading

_NOTE = re.compile(r"^(?:注|说明|备注|附注)\d?[:：、.]")
_DASH = re.compile(r"^[-—–－/\\*]+$")
_ACCOUNT = re.compile(r"^(?:\d{3}(?:\d\d?){0,2}|\d{5}(?:\d\d)?)$")
_PART_AND_NAME = re.compile(r"(\d\d)\s+[\u4e00-\u9fff]")  # 07 专项普查活动 under 项
# The end of a code or of the amount on the left before a name: the columns are not where they were.
_MOVED = re.compile(r"\d\d(?=[\u4e00-\u9fff])(?!\d*年)|\d{1,3}(?:,\d{3})+(?:\.\d+)?[\u4e00-\u9fff]")
_WORDS = re.compile(r"[\u4e00-\u9fff]{2,}")


class _Row(NamedTuple):
    """A body row brought to the width of its header; `short`: it has lost a cell, nobody knows
    which."""

    cells: tuple[Cell, ...]
    fits: bool
    short: bool = False


def read_grid(chunk: Chunk, form: FormMap) -> tuple[RowReading, ...]:
    """All rows of the grid's body that print a value, in order."""
    if chunk.grid is None:
        return ()
    header = {_texts(row) for row in chunk.grid.rows[: form.body_first]}
    width = 1 + max(index for block in form.blocks for index in _columns_of(block))
    source = Provenance(reader="form", form=form.name)
    rows: list[RowReading] = []
    lost = _lost_lengths(chunk.grid, form.body_first)
    others = _labels_of_others(chunk, form) if form.key_kind == "fixed" else frozenset()
    for i, cells in enumerate(chunk.grid.rows[form.body_first : form.body_last], form.body_first):
        if i in form.exceptions or not _is_body(cells, header) or _texts(cells)[0] in others:
            continue
        row = _fitted(cells, form, width, chunk.grid.layout)
        if len(cells) in lost and _labelled(cells, form):
            row = row._replace(short=True)
        rows.extend(_read_row(chunk, form, row, source))
    return tuple(rows)


def _columns_of(block: Block) -> Iterator[int]:
    yield from (column.index for column in block.columns)
    yield from block.key_columns
    if block.label_column is not None:
        yield block.label_column


def _lost_lengths(grid: Grid, first: int) -> frozenset[int]:
    """Lengths of the few rows of a piped table that are shorter than nearly all others: a
    recogniser dropped an empty cell. Where many rows are short, blanks at the end were cut."""
    if grid.layout != "pipes":
        return frozenset()
    lengths = Counter(len(row) for row in grid.rows[first:] if any(cell.text for cell in row))
    usual = max(lengths, key=lambda length: lengths[length], default=0)
    short = {length for length in lengths if length < usual}
    few = sum(lengths[length] for length in short) * 5 <= sum(lengths.values())
    return frozenset(short) if few else frozenset()


def _labelled(cells: Sequence[Cell], form: FormMap) -> bool:
    """True where the label stands in its column, so that the lost cell is one of the values."""
    label = form.blocks[0].label_column
    known = len(form.blocks) == 1 and label is not None and label < len(cells)
    return known and cells[label or 0].state == "text"


def _labels_of_others(chunk: Chunk, form: FormMap) -> frozenset[str]:
    """First words of rows of another year or of a comparison, in a form whose rows are phases."""
    if chunk.grid is None:
        return frozenset()
    rows = (_texts(row) for row in chunk.grid.rows[form.body_first : form.body_last])
    labels = tuple({row[0] for row in rows if row})
    return frozenset(labels) - own_labels(labels, chunk.title)


def _texts(row: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(fold(cell.text) for cell in row if cell.text)


def _is_body(cells: Sequence[Cell], header: set[tuple[str, ...]]) -> bool:
    texts = _texts(cells)
    if not texts or texts in header or _NOTE.match(texts[0]):
        return False
    if (
        texts[0] == "栏次"
        or all(re.fullmatch(r"\d{1,2}", text) for text in texts[1:])
        and (
            len(texts) > 3
            and [*texts[1:]]
            == [str(n) for n in range(int(texts[1]), int(texts[1]) + len(texts) - 1)]
        )
    ):
        return False
    return any(cell.state == "number" for cell in cells)


def _fitted(cells: tuple[Cell, ...], form: FormMap, width: int, layout: Layout) -> _Row:
    """The row over its header's columns: key cells that were merged are put apart again."""
    gap = (_blank(cells[0]),) * max(0, width - len(cells))
    merged = bool(gap) and _lead(cells) == 1 and len(form.blocks) == 1
    if merged and layout == "cell_per_line":
        return _Row((cells[0], *gap, *cells[1:]), fits=True)
    if _fits((*cells, *gap), form):
        return _Row((*cells, *gap), fits=True)
    if merged:
        return _Row((cells[0], *gap, *cells[1:]), fits=True)
    return _Row(cells, fits=False)


def _fits(cells: Sequence[Cell], form: FormMap) -> bool:
    """Numbers or blanks stand under the values, words or blanks under the labels, in every block."""
    for block in form.blocks:
        if not all(_may_hold_value(cells[column.index]) for column in block.columns):
            return False
        label = block.label_column
        if label is not None and cells[label].state == "number" and form.key_kind != "project":
            return False
        codes = [fold(cells[i].text) for i in block.key_columns]
        if any(_WORDS.search(code) and not is_total(code) for code in codes) and any(
            cells[column.index].text for column in block.columns
        ):
            return label is None or not cells[label].text
    return True


def _lead(cells: Sequence[Cell]) -> int:
    """How many text cells lead the row, when only values follow; 0 otherwise."""
    lead = 0
    while lead < len(cells) and cells[lead].state == "text" and not _DASH.match(cells[lead].text):
        lead += 1
    return lead if all(_may_hold_value(cell) for cell in cells[lead:]) else 0


def _blank(cell: Cell) -> Cell:
    return Cell(text="", line=cell.line, state="blank")


def _may_hold_value(cell: Cell) -> bool:
    return cell.state in ("number", "blank") or not _WORDS.search(cell.text)


def _read_row(chunk: Chunk, form: FormMap, row: _Row, source: Provenance) -> Iterator[RowReading]:
    if not row.fits:
        yield from _in_order(chunk, form, row.cells, source)
        return
    for block in form.blocks:
        values = _block_values(block, row.cells, chunk.unit)
        if row.short:
            values = _without_columns(block, values)
        if values and block.columns[0].column == BY_LABEL:
            values = _named_by_label(block, row.cells, form, values)
        if not values:
            continue
        code, label = _key_cells(block, row.cells, form)
        key = block.row or row_key(form.key_kind, code, label)
        if not key and form.key_kind in ("function_code", "economic_code", "project"):
            key = "total"
        if form.key_kind == "fixed":
            key = block.row or _phase(label) or "budget"
            label = label or {"budget": "预算数", "actual": "决算数"}[key]
        if key and not any(map(_MOVED.match, (fold(code), fold(label)))):
            yield _reading(chunk, form, block, (block.prefix + key, label), values, source)


def _named_by_label(
    block: Block, cells: Sequence[Cell], form: FormMap, values: tuple[ValueReading, ...]
) -> tuple[ValueReading, ...]:
    """Values under the column that the label names; 团组数(个), 国内接待费 under their own name."""
    label = cells[block.label_column or 0].text
    match = item_of(form_of(form.statement), label)
    name, unit = item_and_unit(label)
    column = match.column if match else name
    return tuple(
        value.model_copy(update={"column": column, "unit": unit or value.unit}) for value in values
    )


def _reading(
    chunk: Chunk,
    form: FormMap,
    block: Block,
    name: tuple[str, str],
    values: tuple[ValueReading, ...],
    source: Provenance,
) -> RowReading:
    return RowReading(
        statement=form.statement,
        row=name[0],
        label=label_without_code(name[1]),
        line=values[0].line,
        values=values,
        columns=tuple(column.column for column in block.columns),
        chunk=chunk.id,
        source=source,
    )


def _phase(label: str) -> str:
    if "决算" in label or "执行" in label:
        return "actual"
    return "budget" if "预算" in label else ""


def _key_cells(block: Block, cells: Sequence[Cell], form: FormMap) -> tuple[str, str]:
    code = _code([cells[i].text for i in block.key_columns if i < len(cells)], form)
    label = ""
    if block.label_column is not None and block.label_column < len(cells):
        label = cells[block.label_column].text
    if not label and not re.search(r"\d", code):
        label, code = code, ""
    if not code and not label:
        first = min(column.index for column in block.columns)
        before = [cell.text for cell in cells[:first] if cell.state == "text"]
        label = before[-1] if before and not block.prefix else ""
    if (
        form.key_kind == "project"
        and re.fullmatch(r"\d+", label)
        and block.label_column is not None
    ):
        after = cells[block.label_column + 1 : min(c.index for c in block.columns)]
        named = [cell.text for cell in after if cell.state == "text"]
        return label, named[0] if named else label
    return code, label


def _code(pieces: Sequence[str], form: FormMap) -> str:
    """Key cells joined as printed (208|05|05). An account code ends before a unit's code, and a cell
    that a converter repeats over the merged columns (208|208|208) counts once."""
    code = ""
    accounts = form.key_kind in ("function_code", "economic_code")
    for piece in pieces:
        complete = accounts and _ACCOUNT.match(fold(code)) is not None
        if complete and (part := _PART_AND_NAME.match(piece)):
            return code + part[1]
        if complete and piece == code:
            continue
        if complete and piece and not _ACCOUNT.match(fold(code + piece)):
            break
        code += piece
    return code


def _block_values(block: Block, cells: Sequence[Cell], unit: str) -> tuple[ValueReading, ...]:
    values = []
    for column in block.columns:
        if column.index < len(cells) and cells[column.index].state == "number":
            values.append(value_of(cells[column.index], column.column, unit))
    return tuple(values)


def _without_columns(block: Block, values: tuple[ValueReading, ...]) -> tuple[ValueReading, ...]:
    """Values left to placement; none where a column between them has no name to be placed under."""
    indexes = [column.index for column in block.columns]
    if max(indexes) - min(indexes) + 1 > len(indexes):
        return ()
    return tuple(value.model_copy(update={"column": ""}) for value in values)


def value_of(cell: Cell, column: str, unit: str) -> ValueReading:
    """The value that a number cell prints."""
    found = numerals(cell.text, cell.line)
    printed = found[0].text if found else cell.text
    start = cell.start + (found[0].start if found else 0)
    return ValueReading(
        printed=printed,
        line=cell.line,
        start=start,
        column=column,
        unit=unit,
        page=cell.page,
        box=cell.box,
        confidence=cell.confidence,
    )


def _in_order(
    chunk: Chunk, form: FormMap, cells: Sequence[Cell], source: Provenance
) -> Iterator[RowReading]:
    """A row that slid out of its columns: each label with the numbers behind it."""
    label, code, label_at = "", "", 0
    values: list[Cell] = []
    for at, cell in enumerate([*cells, None]):
        ends = cell is None or (cell.state == "text" and not _DASH.match(cell.text))
        if ends and values:
            yield from _loose(chunk, form, (code, label, label_at), values, source)
            label, code, values = "", "", []
        if cell is None:
            return
        if cell.state == "text" and not _DASH.match(cell.text):
            label, label_at = cell.text, at
        elif _is_code(cells, at, form):
            if values:
                yield from _loose(chunk, form, (code, label, label_at), values, source)
            label, code, values = "", cell.text, []
        elif cell.state == "number":
            values.append(cell)


def _is_code(cells: Sequence[Cell], at: int, form: FormMap) -> bool:
    """An account code: 3, 5 or 7 digits with its name behind it."""
    if form.key_kind not in ("function_code", "economic_code"):
        return False
    named = at + 1 < len(cells) and cells[at + 1].state == "text"
    return named and re.fullmatch(r"\d{3}(?:\d\d){0,2}", cells[at].text) is not None


def _loose(
    chunk: Chunk,
    form: FormMap,
    name: tuple[str, str, int],
    cells: Sequence[Cell],
    source: Provenance,
) -> Iterator[RowReading]:
    code, label, at = name
    block = _nearest(form, label, at)
    key = row_key(form.key_kind, code, label)
    if not key and is_total(label):
        key = "total"
    sure = len(block.columns) == 1
    if sure and len(cells) > 1:
        cells = cells[-1:]
    values = tuple(
        value_of(cell, block.columns[0].column if sure else "", chunk.unit) for cell in cells
    )
    if key and len(values) <= len(block.columns) and not _MOVED.match(fold(label)):
        yield _reading(chunk, form, block, (block.prefix + key, label), values, source)


def _nearest(form: FormMap, label: str, at: int) -> Block:
    if len({block.prefix for block in form.blocks}) > 1:
        side = side_of(label)
        mine = [block for block in form.blocks if block.prefix == side]
        if mine:
            return mine[0]
    return min(form.blocks, key=lambda block: abs((block.label_column or 0) - at))
