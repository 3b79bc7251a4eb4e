"""Ruled tables of one page: cells from the rules, text from the glyphs.

In: cell boxes between the rules, runs of glyphs. Out: table fragments with
x-edges, spans and cell texts, and the runs that stand in no table. The rule it protects: a run is
one piece of print and goes into one cell, even where it runs over the rule.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.documents.pdf_glyphs import Run
from pipeline.documents.pdf_lines import baseline_lines
from pipeline.documents.pdf_runs import cut_at, end_of_words
from pipeline.documents.source import RawCell
from schemas.documents import Box

# No character fits between rules closer than this many points: they are one rule, drawn twice.
ONE_RULE = 5.0
# What Word and WPS leave free left and right of a cell's text together, in points.
_PADDING = 11.5
_END = "\x1e"  # between the texts of cells
_NO_DIGIT = re.compile(rf"[^\d{_END}]+")
_LEAST_UNMERGED = 3


class Ruled(NamedTuple):
    """A table as a finder of rules gives it: cell boxes on the shown page, and its own reading of
    the cells' texts (empty where it has none)."""

    boxes: tuple[Box, ...]
    texts: tuple[str, ...] = ()


class Fragment(NamedTuple):
    """What one page shows of a table. `edges` are its vertical rules from left to right;
    `doubted` counts numbers that a second reading has otherwise; `guessed` has no rules."""

    page: int
    box: Box
    edges: tuple[float, ...]
    height: int
    cells: tuple[RawCell, ...]
    doubted: int = 0
    guessed: bool = False


Place = tuple[int, int, int, int]


class Lattice(NamedTuple):
    """Rules of one table and its cells as (top row, left column, bottom row, right column)."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[Place, ...]


def find_fragments(
    tables: Sequence[Ruled], found: Sequence[Run], page: int
) -> tuple[list[Fragment], list[Run]]:
    """The page's tables from top to bottom, and the runs outside of all of them.

    A frame with one column is a box around prose or a list and is read as lines."""
    fragments = []
    rest = list(found)
    for table in sorted(tables, key=lambda table: table.boxes[0][1::-1]):
        lattice = _lattice(table.boxes)
        if len(lattice.xs) < 3 or len(lattice.ys) < 2:
            continue
        inside = _inside(rest, lattice)
        contents, homeless = _share_out(lattice, inside)
        lattice, contents = _unmerged(lattice, contents)
        taken = set(map(id, inside)) - set(map(id, homeless))
        rest = [run for run in rest if id(run) not in taken]
        fragments.append(_fragment(lattice, contents, page, table))
    return fragments, rest


def _lattice(boxes: Sequence[Box]) -> Lattice:
    xs, columns = _rules(edge for box in boxes for edge in (box[0], box[2]))
    ys, rows = _rules(edge for box in boxes for edge in (box[1], box[3]))
    cells = {(rows[y0], columns[x0], rows[y1], columns[x1]) for x0, y0, x1, y1 in boxes}
    real = sorted(cell for cell in cells if cell[0] < cell[2] and cell[1] < cell[3])
    return Lattice(xs, ys, tuple(real))


def _rules(edges: Iterable[float]) -> tuple[tuple[float, ...], dict[float, int]]:
    """Distinct rules and the rule of each edge: positions closer than ONE_RULE to the first of a
    group are one rule, which lies where most of them lie."""
    groups: list[list[tuple[float, int]]] = []
    index: dict[float, int] = {}
    for edge, count in sorted(Counter(edges).items()):
        if groups and edge - groups[-1][0][0] < ONE_RULE:
            groups[-1].append((edge, count))
        else:
            groups.append([(edge, count)])
        index[edge] = len(groups) - 1
    places = tuple(round(max(group, key=lambda pair: pair[1])[0], 2) for group in groups)
    return places, index


def _inside(found: Sequence[Run], lattice: Lattice) -> list[Run]:
    """The runs whose middle lies between the table's outer rules."""
    left, right = 2 * lattice.xs[0], 2 * lattice.xs[-1]
    top, bottom = lattice.ys[0], lattice.ys[-1]
    return [
        run for run in found if top <= run.middle <= bottom and left <= run.x0 + run.x1 <= right
    ]


Contents = dict[Place, list[Run]]


def _share_out(lattice: Lattice, inside: Sequence[Run]) -> tuple[Contents, list[Run]]:
    """Each run into the cell that holds its middle; runs across a rule are first looked at."""
    contents: Contents = {cell: [] for cell in lattice.cells}
    levels: list[list[Place]] = [[] for _ in lattice.ys[1:]]
    owners: dict[tuple[int, int], Place] = {}
    for cell in lattice.cells:
        top, left, bottom, right = cell
        for row in range(top, bottom):
            levels[row].append(cell)
            for column in range(left, right):
                owners[(row, column)] = cell
    homeless = []
    for run, row in zip(inside, _levels(lattice, inside), strict=True):
        column = bisect_right(lattice.xs, run.x0) - 1
        whole = column == bisect_right(lattice.xs, run.x1) - 1
        owner = owners.get((row, column)) if whole else None
        placed = [(run, owner)] if owner is not None else _parted(lattice, levels[row], run)
        if not placed:
            homeless.append(run)
        for part, cell in placed:
            contents[cell].append(part)
    return contents, homeless


def _parted(lattice: Lattice, level: Sequence[Place], run: Run) -> list[tuple[Run, Place]]:
    """The pieces of a run over several columns with their cells; none where one has no cell."""
    parts = cut_at(run, [lattice.xs[cell[1]] for cell in level])
    placed = [(part, home) for part in parts if (home := _home(lattice, level, part)) is not None]
    return placed if len(placed) == len(parts) else []


def _levels(lattice: Lattice, inside: Sequence[Run]) -> list[int]:
    """The row in which each run belongs: a line of a cell that runs over the rule above or below
    it belongs where the line before or after it in the stream does."""
    found, ys = [], lattice.ys
    for index, run in enumerate(inside):
        half = 0.25 * run.glyphs[0].height
        row = bisect_right(ys, run.middle - half)
        if row < len(ys) and ys[row] < run.middle + half:
            beside = [*inside[max(index - 1, 0) : index], *inside[index + 1 : index + 2]]
            anchors = [other for other in beside if _next_line(run, other)]
            middle = next((o.middle for o in anchors if not _on_rule(lattice, o)), run.middle)
            row = bisect_right(ys, middle)
        found.append(min(row, len(ys) - 1) - 1)
    return found


def _on_rule(lattice: Lattice, run: Run) -> bool:
    """A horizontal rule goes through the print, not along its edge."""
    half = 0.25 * run.glyphs[0].height
    row = bisect_right(lattice.ys, run.middle - half)
    return row < len(lattice.ys) and lattice.ys[row] < run.middle + half


def _next_line(run: Run, other: Run) -> bool:
    """Two lines of one text: one under the other, a line's height apart."""
    apart = abs(run.glyphs[0].base - other.glyphs[0].base) / run.glyphs[0].height
    return 0.6 < apart < 1.6 and min(run.x1, other.x1) > max(run.x0, other.x0)


def _home(lattice: Lattice, level: Sequence[Place], run: Run) -> Place | None:
    """The cell on the run's level that covers most of the run."""
    best, most, end = None, 0.0, end_of_words(run)
    for cell in level:
        covered = min(end, lattice.xs[cell[3]]) - max(run.x0, lattice.xs[cell[1]])
        if covered > most:
            best, most = cell, covered
    return best


def _unmerged(lattice: Lattice, contents: Contents) -> tuple[Lattice, Contents]:
    """Cells whose rules are painted in the colour of their ground look merged: a wide cell that
    has print of its own in most of the columns below it is cut into these columns."""
    cut: Contents = {}
    for cell, found in contents.items():
        if min(cell[3] - cell[1], len(found)) < _LEAST_UNMERGED:
            cut[cell] = found
            continue
        columns = [_column(lattice, cell, run) for run in found]
        apart = {column for column in columns if column is not None}
        if None in columns or len(apart) < max(_LEAST_UNMERGED, 0.6 * (cell[3] - cell[1])):
            cut[cell] = found
            continue
        for column in range(cell[1], cell[3]):
            runs = [run for run, home in zip(found, columns, strict=True) if home == column]
            cut[(cell[0], column, cell[2], column + 1)] = runs
    return lattice._replace(cells=tuple(sorted(cut))), cut


def _column(lattice: Lattice, cell: Place, run: Run) -> int | None:
    """The column of the cell that holds the whole run."""
    for column in range(cell[1], cell[3]):
        if lattice.xs[column] - 1 <= run.x0 and run.x1 <= lattice.xs[column + 1] + 1:
            return column
    return None


def _fragment(lattice: Lattice, contents: Contents, page: int, table: Ruled) -> Fragment:
    cells = tuple(_raw(lattice, cell, contents[cell], page) for cell in lattice.cells)
    box = (lattice.xs[0], lattice.ys[0], lattice.xs[-1], lattice.ys[-1])
    return Fragment(
        page=page,
        box=box,
        edges=lattice.xs,
        height=len(lattice.ys) - 1,
        cells=cells,
        doubted=_doubted(cells, table.texts) if table.texts else 0,
    )


def _raw(lattice: Lattice, cell: Place, found: Sequence[Run], page: int) -> RawCell:
    top, left, bottom, right = cell
    if not found:
        text, size = "", (0.0, 0.0)
    elif len(found) == 1:
        run = found[0]
        text, size = run.text, (run.x1 - run.x0, run.glyphs[0].height)
    else:
        lines = baseline_lines(found)
        text = "\n".join([line.text for line in lines])
        size = _size(lines[-1].box) if lines else (0.0, 0.0)  # blanks alone give no line
    xs, ys = lattice.xs, lattice.ys
    box = (xs[left], ys[top], xs[right], ys[bottom])
    full = bool(found) and _is_full(size, xs[right] - xs[left])
    return RawCell(top, left, text, bottom - top, right - left, page, box, least(found), full)


def _size(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def _is_full(line: tuple[float, float], width: float) -> bool:
    """No further character fits beside the line of this width and height: the cell's padding and
    one glyph are left."""
    return width - line[0] < _PADDING + line[1]


def least(found: Sequence[Run]) -> float | None:
    """The lowest confidence of recognised runs; None where all are printed text."""
    known = [run.confidence for run in found if run.confidence is not None]
    return min(known) if known else None


def _doubted(cells: Sequence[RawCell], texts: Sequence[str]) -> int:
    """Numbers that only one of two readings has: tablers shares out characters by itself."""
    if sorted([cell.text for cell in cells if cell.text]) == sorted(filter(None, texts)):
        return 0
    own, other = _digits(cell.text for cell in cells), _digits(texts)
    if own == other:
        return 0
    ours, theirs = Counter(map(_ordered, own)), Counter(map(_ordered, other))
    del ours[""], theirs[""]
    return (ours - theirs).total()


def _digits(texts: Iterable[str]) -> list[str]:
    """The digits of each text, sorted."""
    return sorted(_NO_DIGIT.sub("", _END.join(texts)).split(_END))


def _ordered(digits: str) -> str:
    """The digits of a cell in any order: how lines are put together is not in doubt."""
    return "".join(sorted(digits))
