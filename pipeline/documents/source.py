"""What a reader of one format hands on: lines, their places, grids, notes.

In: nothing. Out: the shape `Source` that all readers answer with. The rule it protects: every
cell text stands in `lines` at the place its cell names.
"""

import re
from typing import NamedTuple

from pipeline.text import is_number, squeeze
from schemas.documents import Box, Cell, CellState, Grid, Layout, NumeralBox

CELL_SEPARATOR = "\t"
_WHOLE_AMOUNT = re.compile(r"\d\.\d{1,2}$")
_AMOUNT = re.compile(r"-?\d[\d,]*\.\d")


class Source(NamedTuple):
    """`lines[0]` is line 1; `pages[i]` and `boxes[i]` belong to line i+1 (empty: no pages)."""

    lines: tuple[str, ...]
    pages: tuple[int, ...] = ()
    boxes: tuple[Box | None, ...] = ()
    numeral_boxes: tuple[tuple[NumeralBox, ...], ...] = ()
    grids: tuple[Grid, ...] = ()
    notes: tuple[str, ...] = ()


class RawCell(NamedTuple):
    """A cell before it has a line: `row` and `column` of its upper left corner, from 0; `full`
    says that its last line reaches across the cell, so that its text may go on."""

    row: int
    column: int
    text: str
    row_span: int = 1
    col_span: int = 1
    page: int | None = None
    box: Box | None = None
    confidence: float | None = None
    full: bool = False


class RawGrid(NamedTuple):
    """Cells on a lattice of `height` x `width`; what no cell covers is blank."""

    height: int
    width: int
    cells: tuple[RawCell, ...]
    layout: Layout
    low_confidence: bool = False


def one_line(text: str) -> str:
    """Cell text without line ends and tabs: a wrapped line goes on where the last one ended.

    Between two Latin words, and between two whole amounts, the line end was a space; between CJK
    characters and within a number it was nothing.

    >>> one_line(" 机关事业\\n单位  "), one_line("Excel\\nfile"), one_line("1,234,\\n567.00")
    ('机关事业单位', 'Excel file', '1,234,567.00')
    >>> one_line("12.00\\n13.00")
    '12.00 13.00'
    """
    if text.isprintable():  # no line end, no tab
        return text.strip()
    joined = ""
    for piece in text.replace(CELL_SEPARATOR, " ").splitlines():
        piece = piece.strip()
        if joined and piece and _are_apart(joined, piece):
            joined += " "
        joined += piece
    return joined


def _are_apart(first: str, second: str) -> bool:
    latin = first[-1].isalpha() and first[-1].isascii() and second[0].isalpha()
    return (latin and second[0].isascii()) or bool(
        _WHOLE_AMOUNT.search(first) and _AMOUNT.match(second)
    )


def cell_state(text: str) -> CellState:
    """`unreadable` is what a sheet prints instead of a value (####, #REF!) or a font lost."""
    if not text or not squeeze(text):
        return "blank"
    if is_number(text):
        return "number"
    if text.startswith("#") and text.strip("#").strip("/!?").upper() in _ERRORS:
        return "unreadable"
    return "unreadable" if "\ufffd" in text else "text"


_ERRORS = frozenset({"", "REF", "N/A", "DIV/0", "NAME", "VALUE", "NUM", "NULL"})


def place_grid(grid: RawGrid, first_line: int) -> tuple[tuple[str, ...], Grid]:
    """The grid's rows as lines (cells joined by TAB) and as cells that stand in those lines.

    Every row has `grid.width` cells; those under a merge are blank with `merged` set."""
    lines, rows = [], []
    for row, owners in enumerate(_owners(grid)):
        line, cells = _place_row(owners, row, first_line + row)
        lines.append(line)
        rows.append(cells)
    last_line = first_line + grid.height - 1
    return tuple(lines), Grid(
        layout=grid.layout,
        rows=tuple(rows),
        first_line=first_line,
        last_line=last_line,
        low_confidence=grid.low_confidence,
    )


def _owners(grid: RawGrid) -> list[list[RawCell | None]]:
    """Of each place of the lattice the cell that covers it, the first of several."""
    owners: list[list[RawCell | None]] = [[None] * grid.width for _ in range(grid.height)]
    for cell in reversed(grid.cells):
        row, column, _, row_span, col_span, *_ = cell
        if row_span == col_span == 1 and row < grid.height and column < grid.width:
            owners[row][column] = cell
            continue
        for covered in owners[row : row + row_span]:
            end = min(column + col_span, grid.width)
            covered[column:end] = [cell] * (end - column)
    return owners


def _place_row(owners: list[RawCell | None], row: int, line: int) -> tuple[str, tuple[Cell, ...]]:
    texts: list[str] = []
    cells = []
    start = 0
    for column, owner in enumerate(owners):
        if owner is not None and owner.row == row and owner.column == column:
            cells.append(_cell(owner, line, start))
        else:
            cells.append(_covered(owner, line, start))
        texts.append(cells[-1].text)
        start += len(texts[-1]) + len(CELL_SEPARATOR)
    return CELL_SEPARATOR.join(texts), tuple(cells)


def _covered(owner: RawCell | None, line: int, start: int) -> Cell:
    """A place under a merge, or one that no cell covers."""
    page = owner.page if owner is not None else None
    merged = owner is not None
    return Cell(
        text="", line=line, start=start, last_line=line, state="blank", merged=merged, page=page
    )


def _cell(owner: RawCell, line: int, start: int) -> Cell:
    text = one_line(owner.text)
    return Cell(
        text=text,
        line=line,
        start=start,
        last_line=line,
        state=cell_state(text),
        row_span=owner.row_span,
        col_span=owner.col_span,
        page=owner.page,
        box=owner.box,
        confidence=owner.confidence,
    )
