"""Paragraphs and grids in reading order to a `Source`.

In: what a format without pages shows. Out: lines and grids with places. The rule it protects:
titles and units above a table, and notes below it, are lines of their own even where the file
keeps them inside the table.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.documents.source import RawCell, RawGrid, Source, one_line, place_grid
from pipeline.text import squeeze
from schemas.documents import Box, Cell, Grid, NumeralBox


class Paragraph(NamedTuple):
    """A line of text outside of tables, and its place where the format has pages."""

    text: str
    page: int | None = None
    box: Box | None = None
    numerals: tuple[NumeralBox, ...] = ()


FlowBlock = Paragraph | RawGrid
_HEAD = re.compile(r"单位\s*[:：]|表$|^公开|^附[件表]|部门\s*[:：]|表\d*(?:[（(].*[)）])?$")
_NOTE = re.compile(r"^(?:注|备注|说明)\s*\d*\s*[:：.、]")


def write_flow(blocks: Sequence[FlowBlock], notes: Sequence[str] = ()) -> Source:
    """Lines and grids of the blocks, in their order, with pages and boxes where blocks have them."""
    parts = [part for block in blocks for part in _parts(block)]
    lines: list[str] = []
    places: list[tuple[int | None, Box | None]] = []
    numerals: list[tuple[NumeralBox, ...]] = []
    grids: list[Grid] = []
    for part in parts:
        if isinstance(part, Paragraph):
            lines.append(part.text.rstrip())
            places.append((part.page, part.box))
            numerals.append(part.numerals)
            continue
        texts, grid = place_grid(part, len(lines) + 1)
        lines.extend(texts)
        places.extend(_row_place(row) for row in grid.rows)
        numerals.extend(() for _ in grid.rows)
        grids.append(grid)
    paged = any(page is not None for page, _ in places)
    return Source(
        tuple(lines),
        pages=tuple(page or 0 for page, _ in places) if paged else (),
        boxes=tuple(box for _, box in places) if paged else (),
        numeral_boxes=tuple(numerals) if any(numerals) else (),
        grids=tuple(grids),
        notes=tuple(notes),
    )


def _parts(block: FlowBlock) -> Sequence[FlowBlock]:
    return [block] if isinstance(block, Paragraph) else unframed(block)


def _row_place(row: Sequence[Cell]) -> tuple[int | None, Box | None]:
    """The page of a row and the box around its cells."""
    boxes = [cell.box for cell in row if cell.box is not None]
    page = max((cell.page for cell in row if cell.page is not None), default=None)
    return page, _around(boxes)


def _around(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    left, top, right, bottom = zip(*boxes, strict=True)
    return (min(left), min(top), max(right), max(bottom))


def unframed(grid: RawGrid) -> list[FlowBlock]:
    """The grid without the title rows above and the note rows below its body, these as lines."""
    first, last = 0, grid.height
    while first < last and _is_head(row_cells(grid, first)):
        first += 1
    while last > first and _is_note(row_cells(grid, last - 1)):
        last -= 1
    above = [_row_line(grid, row) for row in range(first)]
    below = [_row_line(grid, row) for row in range(last, grid.height)]
    body: list[FlowBlock] = [cut_rows(grid, first, last)] if last > first else []
    return [*above, *body, *below]


def is_title(text: str) -> bool:
    """A text alone in its row that is a form's title, number or unit, not a row of it."""
    return bool(_HEAD.search(squeeze(text)))


def _is_head(cells: Sequence[RawCell]) -> bool:
    texts = [squeeze(cell.text) for cell in cells if squeeze(cell.text)]
    if not texts or any(cell.row_span > 1 for cell in cells):
        return not texts and not any(cell.row_span > 1 for cell in cells)
    if len(texts) == 1:
        return is_title(texts[0])
    return len(texts) <= 3 and any("单位：" in text or "单位:" in text for text in texts)


def _is_note(cells: Sequence[RawCell]) -> bool:
    texts = [squeeze(cell.text) for cell in cells if squeeze(cell.text)]
    return len(texts) == 1 and bool(_NOTE.match(texts[0]))


def row_cells(grid: RawGrid, row: int) -> list[RawCell]:
    """Cells that begin in the row."""
    return [cell for cell in grid.cells if cell.row == row]


def _row_line(grid: RawGrid, row: int) -> Paragraph:
    """The row's texts as a line outside of a table."""
    cells = sorted(row_cells(grid, row), key=lambda cell: cell.column)
    return Paragraph(
        "  ".join(one_line(cell.text) for cell in cells if cell.text.strip()),
        page=cells[0].page if cells else None,
        box=_around([cell.box for cell in cells if cell.box is not None]),
    )


def cut_rows(grid: RawGrid, first: int, last: int) -> RawGrid:
    """Rows first..last-1 as a grid of their own; spans end at its edge."""
    if first == 0 and last == grid.height:
        return grid
    cells = tuple(
        cell._replace(row=cell.row - first, row_span=min(cell.row_span, last - cell.row))
        for cell in grid.cells
        if first <= cell.row < last
    )
    return grid._replace(height=last - first, cells=cells)
