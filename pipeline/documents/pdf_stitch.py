"""Fragments of one table on consecutive pages to one grid.

In: the fragments of a document in reading order, and whether text stands between them. Out: raw
grids. The rule it protects: columns are matched by their rules' places, never by their count: a
lone 合计 row at the top of a page may have fewer of them.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.documents.pdf_grids import ONE_RULE, Fragment
from pipeline.documents.source import RawCell, RawGrid, one_line
from pipeline.text import is_number

# Rules of one table lie at the same place on every page, within this many points.
SAME_RULE = 4.0
# A label that begins anew, and the lengths of account codes.
_OWN_LABEL = re.compile(r"^[（(]?[一二三四五六七八九十\d]+[）)、.．]|^其中|^注|计$")
_CODE_LENGTHS = frozenset({5, 7, 9})
_CUT_AMOUNT = re.compile(r"\d[.,]$|\.\d$")  # 1,421. above 47


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
    rows: list[Row] = []
    for fragment in table.fragments:
        found = _rows(fragment, edges, first=not rows)
        head = _repeated_head(rows, found)
        if rows and len(found) > head and _is_rest(rows[-1], found[head]):
            rows[-1] = _joined(rows[-1], found.pop(head))
        rows += found
    cells = tuple(
        cell if cell.row == row else cell._replace(row=row)
        for row, line in enumerate(rows)
        for cell in line
    )
    doubted = any(fragment.doubted or fragment.guessed for fragment in table.fragments)
    return RawGrid(len(rows), len(edges) - 1, cells, "ruled", low_confidence=doubted)


Row = list[RawCell]


def _rows(fragment: Fragment, edges: Sequence[float], first: bool) -> list[Row]:
    """The fragment's cells by the row they begin in, on the columns of the whole table."""
    kept = _rows_kept(fragment, first)
    places = [_index(edges, edge) for edge in fragment.edges]
    rows: list[Row] = [[] for _ in kept]
    for cell in fragment.cells:
        span = [row for row in range(cell.row, cell.row + cell.row_span) if row in kept]
        if span:
            left, right = places[cell.column], places[cell.column + cell.col_span]
            placed = (len(span), left, max(right - left, 1))
            if placed != (cell.row_span, cell.column, cell.col_span):
                cell = cell._replace(row_span=placed[0], column=left, col_span=placed[2])
            rows[kept[span[0]]].append(cell)
    return rows


def _repeated_head(rows: Sequence[Row], found: Sequence[Row]) -> int:
    """How many rows at the top of a fragment repeat those at the top of the table."""
    count = 0
    while count < min(len(rows), len(found)) and _texts(rows[count]) == _texts(found[count]):
        count += 1
    return count


def _texts(row: Row) -> list[str]:
    return [one_line(cell.text) for cell in row]


def _is_rest(last: Row, row: Row) -> bool:
    """The row is what a page break left of the last one: each text goes on from a full line of
    the same column, and no number stands under a number."""
    above = {cell.column: cell for cell in last if cell.text}
    filled = [cell for cell in row if cell.text]
    both = [cell for cell in filled if cell.column in above]
    if not both or any(cell.row_span > 1 for cell in (*last, *row)):
        return False
    news = [cell for cell in filled if cell.column not in above]
    return all(_goes_on(above[cell.column], cell) for cell in both) and all(
        is_number(one_line(cell.text)) for cell in news
    )


def _goes_on(cell: RawCell, rest: RawCell) -> bool:
    text, more = one_line(cell.text), one_line(rest.text)
    if not cell.full or _OWN_LABEL.search(more):
        return False
    if more.isdecimal() and (_CUT_AMOUNT.search(text) or text.isdecimal()):
        return not text.isdecimal() or len(text + more) in _CODE_LENGTHS
    return not (is_number(more) or is_number(text))


def _joined(last: Row, rest: Row) -> Row:
    """The last row with the texts that the next page has of it."""
    more = {cell.column: cell.text for cell in rest if cell.text}
    return [
        cell._replace(text=f"{cell.text}\n{more[cell.column]}".strip())
        if cell.column in more
        else cell
        for cell in last
    ]


def _rows_kept(fragment: Fragment, first: bool) -> dict[int, int]:
    """Old to new row numbers: a row that a page break cut in two leaves a blank one, dropped."""
    rows = list(range(fragment.height))
    if not first and not any(cell.text for cell in fragment.cells if cell.row == 0):
        rows = rows[1:]
    return {row: index for index, row in enumerate(rows)}


def _index(edges: Sequence[float], edge: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - edge))
