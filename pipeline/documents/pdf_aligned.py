"""Tables without rules: columns seen from what stands under one another.

In: the runs of a page that stand in no ruled table. Out: fragments marked as doubtful, and the
runs left. The rule it protects: where two numbers would share a cell, or too few rows agree, there
is no grid, and the lines stay lines.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.documents.flow import is_title
from pipeline.documents.pdf_glyphs import Run
from pipeline.documents.pdf_grids import Fragment, least
from pipeline.documents.pdf_lines import baseline_lines, baseline_rows, box_of
from pipeline.documents.source import RawCell
from pipeline.text import is_number

# A gap of this share of the height parts two cells of one row.
_CELL_GAP = 0.8
# Lines closer than this share of the height are one row: a wrapped label around its numbers.
_ONE_ROW = 0.62
# A wrapped label goes on within this share of the height.
_WRAPPED = 1.6
_LEAST_ROWS = 3
_LEAST_COLUMNS = 3
# This share of the labels may run over into the next column.
_OVERFLOWING = 0.1
_DOTS = re.compile(r"[.…·•]{4,}|…{2,}")
_OWN_LABEL = re.compile(r"^[（(]?[一二三四五六七八九十\d]+[）)、.．]|^其中|^注|计$")
_PROSE = re.compile(r"[。；，]")


class Segment(NamedTuple):
    """Print of one line that belongs to one cell."""

    runs: tuple[Run, ...]
    x0: float
    x1: float
    text: str

    @property
    def number(self) -> bool:
        """A number or a rate and nothing else."""
        return is_number(self.text.removesuffix("%"))


class Line(NamedTuple):
    """Segments of one baseline, left to right."""

    segments: tuple[Segment, ...]
    base: float
    height: float

    @property
    def valued(self) -> bool:
        """A row of a table: several segments, at least one of them a number."""
        return len(self.segments) > 1 and any(segment.number for segment in self.segments)


Rows = list[list[Segment]]


def aligned_fragments(found: Sequence[Run], page: int) -> tuple[list[Fragment], list[Run]]:
    """Tables among the runs, and the runs that are in none."""
    rows = [_grouped(runs) for runs in baseline_rows(found)]
    if sum(len(groups) > 1 for groups in rows) < _LEAST_ROWS:
        return [], list(found)
    lines = [_line(groups) for groups in rows]
    fragments: list[Fragment] = []
    taken: set[int] = set()
    for block in _blocks(lines):
        fragment = _fragment(block, page)
        if fragment is not None:
            fragments.append(fragment)
            taken |= {id(run) for line in block for s in line.segments for run in s.runs}
    return fragments, [run for run in found if id(run) not in taken]


def _grouped(runs: Sequence[Run]) -> list[list[Run]]:
    """The runs of a line as the cells they would make: parted by wide gaps."""
    groups: list[list[Run]] = []
    height = max(run.glyphs[0].height for run in runs)
    right = 0.0
    for run in sorted(runs, key=lambda run: run.x0):
        if groups and run.x0 - right < _CELL_GAP * height:
            groups[-1].append(run)
        else:
            groups.append([run])
        right = max(right, run.x1)
    return groups


def _line(groups: Sequence[Sequence[Run]]) -> Line:
    first = groups[0][0].glyphs[0]
    return Line(tuple(_segment(group) for group in groups), first.base, first.height)


def _segment(group: Sequence[Run]) -> Segment:
    text = " ".join(line.text for line in baseline_lines(group))
    return Segment(tuple(group), min(run.x0 for run in group), max(run.x1 for run in group), text)


def _blocks(lines: Sequence[Line]) -> Iterable[list[Line]]:
    """Stretches of lines with their header lines, each from its first to its last valued line."""
    stretch: list[Line] = []
    for line in [*lines, None]:
        if line is not None and not _breaks(line, stretch):
            stretch.append(line)
            continue
        last = max((i for i, found in enumerate(stretch) if found.valued), default=-1)
        if sum(found.valued for found in stretch) >= _LEAST_ROWS:
            yield _without_heads(stretch[: last + 1])
        stretch = [line] if line is not None and not _stops(line) else []


def _without_heads(stretch: list[Line]) -> list[Line]:
    """Lines of one piece above the header row are no part of the table."""
    while (
        len(stretch[0].segments) == 1
        and stretch[1].base - stretch[0].base >= _ONE_ROW * stretch[0].height
    ):
        stretch = stretch[1:]
    return stretch


def _breaks(line: Line, stretch: Sequence[Line]) -> bool:
    """A line that ends a table: prose, a title, dotted leaders, or one far below."""
    return _stops(line) or bool(stretch and line.base - stretch[-1].base > 4 * line.height)


def _stops(line: Line) -> bool:
    text = "".join(segment.text for segment in line.segments)
    if _DOTS.search(text) or (len(line.segments) < 3 and is_title(text)):
        return True
    return not line.valued and bool(_PROSE.search(text))


def _fragment(block: Sequence[Line], page: int) -> Fragment | None:
    valued = [line for line in block if line.valued]
    edges = _edges(valued)
    if len(edges) - 1 < _LEAST_COLUMNS:
        return None
    rows = _rows(block)
    cells = []
    for number, row in enumerate(rows):
        placed = _placed(row, edges)
        if placed is None:
            return None
        cells += [_cell(number, span, texts, page) for span, texts in sorted(placed.items())]
    box = box_of(g for line in block for s in line.segments for run in s.runs for g in run.glyphs)
    return Fragment(page, box, edges, len(rows), tuple(cells), guessed=True)


def _edges(valued: Sequence[Line]) -> tuple[float, ...]:
    """Column bounds in the middle of the stretches that no number and few labels cover."""
    numbers = [s for line in valued for s in line.segments if s.number]
    labels = [s for line in valued for s in line.segments if not s.number]
    allowed = int(_OVERFLOWING * len(valued))
    points = sorted({x for s in (*numbers, *labels) for x in (s.x0, s.x1)})
    edges = [points[0]]
    start: float | None = None
    for left, right in zip(points, points[1:], strict=False):
        middle = (left + right) / 2
        covered = any(s.x0 < middle < s.x1 for s in numbers)
        free = not covered and sum(s.x0 < middle < s.x1 for s in labels) <= allowed
        if free and start is None:
            start = left
        elif not free and start is not None:
            edges.append((start + left) / 2)
            start = None
    return (*edges, points[-1])


def _rows(block: Sequence[Line]) -> Rows:
    """Lines that stand closer than a row's height are one row."""
    rows: Rows = []
    last: Line | None = None
    for line in block:
        close = last is not None and line.base - last.base < _ONE_ROW * line.height
        if (
            close
            and not (line.valued and any(s.number for s in rows[-1]))
            or last is not None
            and _wrapped(line, last, rows[-1])
        ):
            rows[-1] += line.segments
        else:
            rows.append(list(line.segments))
        last = line
    return rows


def _wrapped(line: Line, last: Line, row: Sequence[Segment]) -> bool:
    """The second line of labels above it: text under text of a row that has its numbers, close
    by, and no label of its own."""
    if line.base - last.base > _WRAPPED * line.height or not any(s.number for s in row):
        return False
    return all(
        not segment.number
        and not _OWN_LABEL.search(segment.text)
        and any(not s.number and s.x0 < segment.x1 and segment.x0 < s.x1 for s in row)
        for segment in line.segments
    )


Span = tuple[int, int]


def _placed(row: Sequence[Segment], edges: Sequence[float]) -> dict[Span, list[Segment]] | None:
    """Segments by (first, last) column; None where two numbers share a cell."""
    placed: dict[Span, list[Segment]] = {}
    for segment in row:
        span = _span(segment, edges)
        if segment.number and any(other.number for other in placed.get(span, ())):
            return None
        placed.setdefault(span, []).append(segment)
    return placed


def _span(segment: Segment, edges: Sequence[float]) -> Span:
    """A number stands in one column; a text in all that it covers for the most part."""
    shares = []
    for left, right in zip(edges, edges[1:], strict=False):
        shares.append(max(min(segment.x1, right) - max(segment.x0, left), 0) / (right - left))
    best = max(range(len(shares)), key=lambda column: shares[column])
    full = [column for column, share in enumerate(shares) if share > 0.7]
    return (full[0], full[-1]) if len(full) > 1 and not segment.number else (best, best)


def _cell(row: int, span: Span, found: Sequence[Segment], page: int) -> RawCell:
    runs = [run for segment in found for run in segment.runs]
    text = "\n".join(line.text for line in baseline_lines(runs))
    box = box_of(glyph for run in runs for glyph in run.glyphs)
    return RawCell(
        row, span[0], text, 1, span[1] - span[0] + 1, page=page, box=box, confidence=least(runs)
    )
