"""Numbered lines -> the grids the text still shows: tabs, one cell a line, pipes, aligned columns.

Text whose cells are only separated by single spaces has lost its empty cells; it gives no grid here
and is read as flattened rows with placement.
"""

import re
from collections.abc import Iterator, Sequence

from pipeline.documents.aligned import aligned_grid
from pipeline.documents.bare_cells import Row, bare_rows, bare_starts, cell_ends
from pipeline.documents.html_rows import html_grid
from pipeline.documents.strided_cells import strided_rows, table_starts
from pipeline.documents.tab_rows import Piece, is_caption, parts_only, rows_of, stretch
from pipeline.text import is_filler, is_number
from schemas.documents import Cell, CellState, Grid, Layout

_RULE = re.compile(r"^\s*\|?[\s:|+-]*-{2,}[\s:|+-]*\|?\s*$")
_FRAME = re.compile(r"(?:\s{2,})?\|")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_LEADER = re.compile(r"[.．。·…]{4,}|\.{2,}\s")
_QUOTED = re.compile(r'"([^"]+)"')
_BLANKS = "　 \xa0\t"
_LEAST_PAIRS = 3


def grids_of_text(lines: Sequence[str]) -> tuple[Grid, ...]:
    """All grids of a text, in order, none overlapping."""
    grids: list[Grid] = []
    parted = parts_only(lines)
    ends = cell_ends(lines)
    starts, bare = table_starts(lines, ends), bare_starts(lines, ends)
    at = 0
    while at < len(lines):
        grid = (
            _pipes(lines, at)
            or html_grid(lines, at)
            or _cell_per_line(lines, at)
            or (None if parted else _tabs(lines, at))
            or (_cells(strided_rows(lines, at, starts[at]), at) if at in starts else None)
            or (_cells(bare_rows(lines, at), at) if at in bare else None)
            or aligned_grid(lines, at)
        )
        if grid is None:
            at += 1
            continue
        grids.append(grid)
        at = grid.last_line
    return tuple(grids)


def make_cell(printed: str, line: int, start: int, last_line: int = 0) -> Cell:
    """A cell of a text line: outer whitespace removed, state derived from what is printed; blank
    where a program printed NaN for an empty cell."""
    text = "" if is_filler(printed) else printed.strip(_BLANKS)
    offset = start + len(printed) - len(printed.lstrip(_BLANKS))
    return Cell(text=text, line=line, start=offset, last_line=last_line or line, state=_state(text))


def _state(text: str) -> CellState:
    if not text:
        return "blank"
    if "\ufffd" in text:
        return "unreadable"
    return "number" if is_number(text) else "text"


def _split(line: str, number: int, separator: str) -> tuple[Cell, ...]:
    cells, start = [], 0
    for printed in line.split(separator):
        cells.append(make_cell(printed, number, start))
        start += len(printed) + 1
    return tuple(cells)


def _grid_of(
    layout: Layout, rows: Sequence[tuple[Cell, ...]], first: int, last: int
) -> Grid | None:
    """The grid; none where no row prints two cells: lines of a sheet that hold text, or nothing."""
    pairs = any(sum(bool(cell.text) for cell in row) > 1 for row in rows)
    return _grid(layout, rows, first, last) if pairs else None


def _grid(layout: Layout, rows: Sequence[tuple[Cell, ...]], first: int, last: int) -> Grid:
    return Grid(layout=layout, rows=tuple(rows), first_line=first, last_line=last)


def _tabs(lines: Sequence[str], at: int) -> Grid | None:
    """Consecutive lines with a tab. A contents page (dotted leaders) is no grid."""
    if "\t" not in lines[at]:
        return None
    end = stretch(lines, at)
    stops = (i for i in range(at, end) if _LEADER.search(lines[i]) or _cells_begin(lines, i))
    end = next(stops, end)
    if end == at:
        return None
    rows = [tuple(map(_cell, row)) for row in rows_of(lines, at, end)]
    return _grid_of("tabs", rows, at + 1, end)


def _cell(pieces: Sequence[Piece]) -> Cell:
    """A cell of one line, or of several whose text runs on; a sheet's export quotes the latter."""
    printed = [piece for piece in pieces if piece[0].strip(_BLANKS)] or pieces[:1]
    text, line, start = printed[0]
    if len(printed) == 1:
        return make_cell(text, line, start)
    whole = "\n".join(part.strip(_BLANKS) for part, _, _ in printed)
    if quoted := _QUOTED.fullmatch(whole):
        text, whole = text.replace('"', " ", 1), quoted[1]
    return make_cell(text, line, start, printed[-1][1]).model_copy(
        update={"text": whole, "state": "text"}
    )


def _pipes(lines: Sequence[str], at: int) -> Grid | None:
    """A Markdown table: lines that hold two pipes or begin with one; or lines whose cells were put
    together with pipes between them, as scripts do."""
    end = at
    while end < len(lines) and "|" in lines[end] and not is_caption(lines[end]):
        end += 1
    block = lines[at:end]
    if len(block) < 2 or not any(map(_has_pipes, block)) and not _are_pairs(block):
        return None
    framed = _is_framed(block)
    rows = [
        _pipe_cells(lines[i], i + 1, framed) for i in range(at, end) if not _RULE.match(lines[i])
    ]
    return _grid_of("pipes", rows, at + 1, end)


def _is_framed(block: Sequence[str]) -> bool:
    """The rule below the header has a frame, or nearly every row has: the others may begin with an
    empty cell, as a row does whose first pipe has one blank before it."""
    rule = next((line for line in block if _RULE.match(line)), None)
    if rule is not None:
        return rule.strip().startswith("|")
    return sum(bool(_FRAME.match(line)) for line in block) * 10 >= len(block) * 9


def _has_pipes(line: str) -> bool:
    text = line.strip()
    return text.count("|") >= 2 or (text.startswith("|") and text.endswith("|"))


def _are_pairs(block: Sequence[str]) -> bool:
    """Rows of two cells, one pipe between them."""
    return len(block) >= _LEAST_PAIRS and all(" | " in f" {line} " for line in block)


def _pipe_cells(line: str, number: int, framed: bool) -> tuple[Cell, ...]:
    """The cells of a piped line; a break inside a cell (<br>) is blanks, so that places stay.
    Without a frame a pipe at either end has an empty cell beside it."""
    line = _BREAK.sub(lambda match: " " * len(match.group()), line)
    cells = _split(line, number, "|")
    text = line.strip()
    first = 1 if framed and text.startswith("|") else 0
    last = len(cells) - 1 if framed and text.endswith("|") else len(cells)
    return cells[first:last]


def _is_cell(line: str) -> bool:
    return line.startswith("\t") and "\t" not in line[1:]


def _cells_begin(lines: Sequence[str], at: int) -> bool:
    return all(i < len(lines) and _is_cell(lines[i]) for i in range(at, at + 2))


def _cell_per_line(lines: Sequence[str], at: int) -> Grid | None:
    """One cell a line behind a tab, a blank line ends the row (Word's text export).

    A line without a tab directly under a cell goes on with that cell. At least three cells must
    stand together, else a lone tab line is a tab row.
    """
    if not _cells_begin(lines, at):
        return None
    found = list(_rows_of_cells(lines, at))
    rows = [row for row, _ in found]
    if sum(map(len, rows)) < 3:
        return None
    return _grid("cell_per_line", rows, at + 1, found[-1][1])


def _cells(rows: Sequence[Row], at: int) -> Grid | None:
    if not rows:
        return None
    cells = [tuple(make_cell(text, line, 0) for text, line in row) for row in rows]
    return _grid("cell_per_line", cells, at + 1, max(line for _, line in rows[-1]))


def _rows_of_cells(lines: Sequence[str], at: int) -> Iterator[tuple[tuple[Cell, ...], int]]:
    cells: list[Cell] = []
    end = i = at
    while i < len(lines):
        line = lines[i]
        if _is_cell(line):
            last = _end_of_cell(lines, i)
            text = "".join([line[1:], *(lines[j].strip(_BLANKS) for j in range(i + 1, last))])
            cells.append(make_cell(text, i + 1, 1, last))
            end = i = last
        elif not line.strip(_BLANKS):
            if cells:
                yield tuple(cells), end
            cells = []
            i += 1
        else:
            break
    if cells:
        yield tuple(cells), end


def _end_of_cell(lines: Sequence[str], i: int) -> int:
    end = i + 1
    while end < len(lines) and lines[end].strip(_BLANKS) and "\t" not in lines[end]:
        end += 1
    return end
