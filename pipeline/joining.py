"""Grid fragments of one form -> one grid.

Continuation pages are joined; a header that repeats is dropped; rows that print nothing in any
cell are kept out. Every cell keeps its own line and page.
"""

from collections.abc import Sequence

from pipeline.text import fold
from schemas.documents import Cell, Grid

_HEADER_ROWS = 6


def joined_grid(grids: Sequence[Grid], first_line: int, last_line: int) -> Grid | None:
    """The grids that begin within the lines, as one; None where there is none."""
    parts = [grid for grid in grids if first_line <= grid.first_line <= last_line]
    if not parts:
        return None
    rows = [row for row in parts[0].rows if _prints(row)]
    header = [_texts(row) for row in rows[:_HEADER_ROWS]]
    for part in parts[1:]:
        rows.extend(_without_header([row for row in part.rows if _prints(row)], header))
    return Grid(
        layout=max(parts, key=lambda part: len(part.rows)).layout,
        rows=tuple(rows),
        first_line=parts[0].first_line,
        last_line=parts[-1].last_line,
        low_confidence=any(part.low_confidence for part in parts),
    )


def _prints(row: Sequence[Cell]) -> bool:
    return any(cell.text for cell in row)


def _texts(row: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(fold(cell.text) for cell in row if cell.text)


def _without_header(
    rows: Sequence[tuple[Cell, ...]], header: Sequence[tuple[str, ...]]
) -> Sequence[tuple[Cell, ...]]:
    """Rows behind the repetition of the first grid's header; all rows where it is not repeated."""
    for start in range(len(header)):
        size = 0
        while (
            size < len(rows)
            and start + size < len(header)
            and _texts(rows[size]) == header[start + size]
        ):
            size += 1
        if size and not _is_number_row(header[start : start + size]):
            return rows[size:]
    return rows


def _is_number_row(rows: Sequence[tuple[str, ...]]) -> bool:
    return all(
        not any(any("\u4e00" <= c <= "\u9fff" for c in text) for text in row) for row in rows
    )
