"""Fragments of one table on consecutive pages to one grid.

In: the fragments of a document in reading order, and whether text stands between them. Out: raw
grids. The rule it protects: columns are matched by their rules' places, never by their count: a
lone 合计 row at the top of a page may have fewer of them.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.documents.pdf_grids import ONE_RULE, Fragment
from pipeline.documents.source import RawCell, RawGrid

# Rules of one table lie at the same place on every page, within this many points.
SAME_RULE = 4.0


class Stitched(NamedTuple):
    """A table of one or more pages; `edges` are the vertical rules of all of its fragments."""

    fragments: tuple[Fragment, ...]

    @property
    def edges(self) -> tuple[float, ...]:
        return _union([fragment.edges for fragment in self.fragments])


def continues(table: Stitched, fragment: Fragment) -> bool:
    """The fragment stands on the next page, between the same outer rules, on the same columns."""
    last = table.fragments[-1]
    if fragment.page != last.page + 1:
        return False
    ours, theirs = table.edges, fragment.edges
    outer = abs(ours[0] - theirs[0]) <= SAME_RULE and abs(ours[-1] - theirs[-1]) <= SAME_RULE
    return outer and (_within(theirs, ours) or _within(ours, theirs))


def _within(some: Sequence[float], others: Sequence[float]) -> bool:
    return all(min(abs(edge - other) for other in others) <= SAME_RULE for edge in some)


def _union(every: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """All rules; those of the fragment with the most rules give the places."""
    rules: list[float] = []
    for edges in sorted(every, key=len, reverse=True):
        rules += [edge for edge in edges if all(abs(edge - rule) > ONE_RULE for rule in rules)]
    return tuple(sorted(rules))


def to_grid(table: Stitched) -> RawGrid:
    """One grid of all fragments, rows in order; cells span the columns their rules span."""
    edges = table.edges
    cells: list[RawCell] = []
    height = 0
    for number, fragment in enumerate(table.fragments):
        rows = _rows_kept(fragment, first=number == 0)
        places = [_index(edges, edge) for edge in fragment.edges]
        for cell in fragment.cells:
            span = [row for row in range(cell.row, cell.row + cell.row_span) if row in rows]
            if not span:
                continue
            left, right = places[cell.column], places[cell.column + cell.col_span]
            cells.append(
                cell._replace(
                    row=height + rows[span[0]],
                    row_span=len(span),
                    column=left,
                    col_span=max(right - left, 1),
                )
            )
        height += len(rows)
    doubted = any(fragment.doubted or fragment.guessed for fragment in table.fragments)
    return RawGrid(height, len(edges) - 1, tuple(cells), "ruled", low_confidence=doubted)


def _rows_kept(fragment: Fragment, first: bool) -> dict[int, int]:
    """Old to new row numbers: a row that a page break cut in two leaves a blank one, dropped."""
    rows = list(range(fragment.height))
    if not first and not any(cell.text for cell in fragment.cells if cell.row == 0):
        rows = rows[1:]
    return {row: index for index, row in enumerate(rows)}


def _index(edges: Sequence[float], edge: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - edge))
