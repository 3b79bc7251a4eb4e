"""Tables that a text writes as HTML (what OCR models put into Markdown) -> grids.

In: printed lines. Out: a grid whose cells stand where they are printed, spans written out. The rule
it protects: tags are no text; a table that is never closed is none.
"""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import NamedTuple

from pipeline.documents.source import cell_state
from schemas.documents import Cell, Grid

_OPEN = re.compile(r"<table\b[^<>]*>", re.IGNORECASE)
_CLOSE = re.compile(r"</table\s*>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)(tr|td|th|table|br)\b([^<>]*)>|<[a-zA-Z/!][^<>]*>", re.IGNORECASE)
_SPAN = re.compile(r"(row|col)span\s*=\s*[\"']?(\d{1,3})", re.IGNORECASE)
_BLANKS = "　 \xa0\t"
_MOST_LINES = 3000
_MOST_CELLS = 200_000


class _Piece(NamedTuple):
    """A run of text of one line inside a cell."""

    text: str
    line: int
    start: int


class _Cell(NamedTuple):
    """A cell as it is opened: its spans and what it prints."""

    down: int
    across: int
    pieces: list[_Piece]


def html_grid(lines: Sequence[str], at: int) -> Grid | None:
    """The table that begins on the line, to the line that closes it; None where none does."""
    if not _OPEN.search(lines[at]):
        return None
    ends = (i for i in range(at, min(len(lines), at + _MOST_LINES)) if _CLOSE.search(lines[i]))
    end = next(ends, None)
    if end is None:
        return None
    rows = list(_rows(lines, at, end))
    placed = _placed(rows, at + 1)
    if not placed:
        return None
    return Grid(layout="html", rows=placed, first_line=at + 1, last_line=end + 1)


def _rows(lines: Sequence[str], at: int, end: int) -> Iterator[list[_Cell]]:
    row: list[_Cell] = []
    cell: _Cell | None = None
    for number in range(at, end + 1):
        line, done = lines[number], 0
        for tag in _TAG.finditer(line):
            if cell is not None:
                cell.pieces.append(_Piece(line[done : tag.start()], number + 1, done))
            done = tag.end()
            name = (tag[2] or "").lower()
            if name in ("td", "th"):
                cell = None if tag[1] else _opened(tag[3])
                if cell is not None:
                    row.append(cell)
            elif name in ("tr", "table"):
                cell = None
                if row:
                    yield row
                row = []
        if cell is not None:
            cell.pieces.append(_Piece(line[done:], number + 1, done))
    if row:
        yield row


def _opened(attributes: str) -> _Cell:
    spans = {kind.lower(): max(1, int(count)) for kind, count in _SPAN.findall(attributes)}
    return _Cell(spans.get("row", 1), spans.get("col", 1), [])


def _placed(rows: Sequence[Sequence[_Cell]], first_line: int) -> tuple[tuple[Cell, ...], ...]:
    """Each cell at the first free column of its row; what it covers besides is blank and merged."""
    taken: dict[tuple[int, int], Cell] = {}
    line = first_line
    for r, row in enumerate(rows):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            down, across = min(cell.down, len(rows) - r), cell.across
            if len(taken) + down * across > _MOST_CELLS:
                return ()
            shown = _shown(cell, line)
            line = shown.line
            blank = shown.model_copy(update={"text": "", "state": "blank", "merged": True})
            for i in range(r, r + down):
                for j in range(c, c + across):
                    taken[i, j] = blank
            taken[r, c] = shown.model_copy(update={"row_span": down, "col_span": across})
            c += across
    width = max((c for _, c in taken), default=-1) + 1
    empty = Cell(text="", line=first_line, state="blank")
    return tuple(tuple(taken.get((r, c), empty) for c in range(width)) for r in range(len(rows)))


def _shown(cell: _Cell, line: int) -> Cell:
    """The cell's text where it begins; a cell that prints nothing stands on the line before it."""
    printed = [piece for piece in cell.pieces if piece.text.strip(_BLANKS)]
    if not printed:
        at = cell.pieces[0] if cell.pieces else _Piece("", line, 0)
        return Cell(text="", line=at.line, start=at.start, last_line=at.line, state="blank")
    first = printed[0]
    start = first.start + len(first.text) - len(first.text.lstrip(_BLANKS))
    text = "\n".join(unescape(piece.text).strip(_BLANKS) for piece in printed)
    return Cell(
        text=text, line=first.line, start=start, last_line=printed[-1].line, state=cell_state(text)
    )
