"""Excel files (XLSX, XLS) as lines and grids: what a person sees who opens the sheets.

In: the visible sheets of a workbook. Out: `Source` without pages, one line a visible row. The rule
it protects: a value hidden under a merge is no cell; hidden rows, columns and sheets are left out
and named.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.documents.flow import FlowBlock, Paragraph, write_flow
from pipeline.documents.sheet_blocks import SheetCells, sheet_blocks
from pipeline.documents.source import Source
from pipeline.errors import UnreadableFile


class Workbook(NamedTuple):
    """The visible sheets by name, the names of hidden ones, the number of pictures."""

    sheets: tuple[tuple[str, SheetCells], ...]
    hidden: tuple[str, ...]
    pictures: int = 0


def write_workbook(book: Workbook) -> Source:
    """All visible sheets in order. Raises UnreadableFile where none holds a value."""
    if not any(cells.texts for _, cells in book.sheets):
        shown = f" ({book.pictures} pictures)" if book.pictures else ""
        raise UnreadableFile(f"no visible sheet holds a value{shown}")
    notes = [note for name, cells in book.sheets if (note := _hidden_text(name, cells))]
    if book.hidden:
        notes.append(f"hidden sheets left out: {', '.join(book.hidden)}")
    if book.pictures:
        notes.append(f"{book.pictures} pictures in the workbook, not read")
    return write_flow(list(_blocks(book)), notes)


def _blocks(book: Workbook) -> Iterator[FlowBlock]:
    """A sheet that begins with its table has its name as title."""
    for name, cells in book.sheets:
        blocks = sheet_blocks(cells)
        if blocks and not isinstance(blocks[0], Paragraph):
            yield Paragraph(name)
        yield from blocks
        if blocks:
            yield Paragraph("")


def _hidden_text(name: str, cells: SheetCells) -> str:
    """Which rows and columns with content are hidden, in words; empty where none is."""
    rows = sorted({row for row, _ in cells.texts} & cells.hidden_rows)
    columns = sorted({column for _, column in cells.texts} & cells.hidden_columns)
    parts = []
    if rows:
        parts.append(f"hidden rows ({_listed(rows)})")
    if columns:
        parts.append(f"hidden columns ({_listed(columns)})")
    return f"sheet {name}: {' and '.join(parts)} left out" if parts else ""


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:10]))
    return shown + (f" and {len(numbers) - 10} more" if len(numbers) > 10 else "")
