"""A sheet's visible cells as titles, tables and notes.

In: cell texts by (row, column) from 1, merges, what is hidden. Out: paragraphs and raw grids. The
rule it protects: a title above the table and a note below it are no rows of the table.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.documents.flow import FlowBlock, Paragraph, is_title
from pipeline.documents.source import RawCell, RawGrid, one_line

_PROSE = re.compile(r"[。；]|^第.{1,3}部分")
Merge = tuple[int, int, int, int]


class SheetCells(NamedTuple):
    """`merges` are (top, left, bottom, right), all included; `ruled` are cells with borders."""

    texts: dict[tuple[int, int], str]
    merges: Sequence[Merge]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    ruled: frozenset[tuple[int, int]]


def sheet_blocks(cells: SheetCells) -> list[FlowBlock]:
    """Stretches of rows that belong together, each as a grid or as lines."""
    owners = _owners(cells.merges)
    texts = {
        place: text
        for place, text in cells.texts.items()
        if owners.get(place, (place[0], place[1], 0, 0))[:2] == place
    }
    texts = {place: text for place, text in texts.items() if place[1] not in cells.hidden_columns}
    rows = sorted(({row for row, _ in texts} | _ruled_inside(cells)) - cells.hidden_rows)
    tables = _ruled_stretches(rows, cells) if cells.ruled else _open_stretches(rows, texts, cells)
    starts = {stretch[0]: stretch for stretch in tables}
    inside = {row for stretch in tables for row in stretch}
    blocks: list[FlowBlock] = []
    last = rows[0] if rows else 0
    for row in rows:
        if not _side_by_side(last, row, cells.hidden_rows):
            blocks.append(Paragraph(""))
        last = row
        if row in starts:
            blocks.append(_grid(starts[row], texts, cells))
        elif row not in inside:
            blocks.append(Paragraph(_line(row, texts)))
    return blocks


def _ruled_stretches(rows: Sequence[int], cells: SheetCells) -> list[list[int]]:
    """Rows with borders that follow one another are a table."""
    ruled = {row for row, _ in cells.ruled}
    return _adjacent([row for row in rows if row in ruled], cells.hidden_rows)


def _open_stretches(
    rows: Sequence[int], texts: dict[tuple[int, int], str], cells: SheetCells
) -> list[list[int]]:
    """Without borders: from the first row of several texts to the last, titles and prose between."""
    counts = Counter(row for row, _ in texts)
    alone = {row: text for (row, _), text in texts.items() if counts[row] == 1}
    tables = []
    for stretch in _adjacent(rows, cells.hidden_rows):
        piece: list[int] = []
        for row in stretch:
            if row in alone and _ends_table(alone[row]):
                tables.append(piece)
                piece = []
            elif piece or counts[row] > 1:
                piece.append(row)
        tables.append(piece)
    trimmed = [_without_tail(piece, counts) for piece in tables]
    return [piece for piece in trimmed if piece]


def _ends_table(text: str) -> bool:
    """A line alone in its row that is prose, or the title of the next table."""
    return len(text) > 40 or bool(_PROSE.search(text)) or is_title(text)


def _without_tail(piece: Sequence[int], counts: Counter[int]) -> list[int]:
    last = max((index for index, row in enumerate(piece) if counts[row] > 1), default=-1)
    return list(piece[: last + 1])


def _adjacent(rows: Sequence[int], hidden: frozenset[int]) -> list[list[int]]:
    """Rows in stretches; hidden rows between two rows do not part them."""
    stretches: list[list[int]] = []
    for row in rows:
        if stretches and _side_by_side(stretches[-1][-1], row, hidden):
            stretches[-1].append(row)
        else:
            stretches.append([row])
    return stretches


def _owners(merges: Sequence[Merge]) -> dict[tuple[int, int], Merge]:
    return {
        (row, column): merge
        for merge in merges
        if (merge[2] - merge[0] + 1) * (merge[3] - merge[1] + 1) <= 100_000
        for row in range(merge[0], merge[2] + 1)
        for column in range(merge[1], merge[3] + 1)
    }


def _ruled_inside(cells: SheetCells) -> set[int]:
    """Ruled rows without text count as rows of the form down to the last row with text."""
    last = max((row for row, _ in cells.texts), default=0)
    return {row for row, _ in cells.ruled if row <= last}


def _side_by_side(last: int, row: int, hidden: frozenset[int]) -> bool:
    return all(between in hidden for between in range(last + 1, row))


def _line(row: int, texts: dict[tuple[int, int], str]) -> str:
    found = sorted((column, text) for (r, column), text in texts.items() if r == row)
    return "  ".join(one_line(text) for _, text in found)


def _grid(stretch: Sequence[int], texts: dict[tuple[int, int], str], cells: SheetCells) -> RawGrid:
    merges = [merge for merge in cells.merges if stretch[0] <= merge[0] <= stretch[-1]]
    rows = set(stretch)
    used = {column for row, column in (*texts, *cells.ruled) if row in rows}
    used |= {c for merge in merges if (merge[0], merge[1]) in texts for c in _across(merge)}
    columns = [c for c in range(min(used), max(used) + 1) if c not in cells.hidden_columns]
    row_of = {row: index for index, row in enumerate(stretch)}
    column_of = {column: index for index, column in enumerate(columns)}
    found = [_merged(merge, row_of, column_of, texts) for merge in merges]
    covered = {(r, c) for merge in merges for r in _down(merge) for c in _across(merge)}
    for row, column in sorted((r, c) for r in stretch for c in columns):
        if (row, column) not in covered:
            found.append(RawCell(row_of[row], column_of[column], texts.get((row, column), "")))
    return RawGrid(
        len(stretch), len(columns), tuple(cell for cell in found if cell is not None), "sheet"
    )


def _down(merge: Merge) -> range:
    return range(merge[0], merge[2] + 1)


def _across(merge: Merge) -> range:
    return range(merge[1], min(merge[3], merge[1] + 1000) + 1)


def _merged(
    merge: Merge,
    row_of: dict[int, int],
    column_of: dict[int, int],
    texts: dict[tuple[int, int], str],
) -> RawCell | None:
    """A merged range as one cell over its visible rows and columns; None where none is left."""
    rows = [row_of[row] for row in _down(merge) if row in row_of]
    columns = [column_of[column] for column in _across(merge) if column in column_of]
    if not rows or not columns:
        return None
    text = texts.get((merge[0], merge[1]), "")
    return RawCell(rows[0], columns[0], text, len(rows), len(columns))
