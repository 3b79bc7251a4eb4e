"""Printed places of the numbers of a form -> the column of the print in which each stands.

In: rows of tokens with their lines (as `pdftotext -layout` writes them: the numbers of a column
stand under one another). Out: for each number the index of its column of print. The rule it
protects: columns are seen only where no two numbers of a row share one and wide gaps part them.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.reading.tokens import Token
from pipeline.text import width_of

Place = tuple[int, int]
Span = tuple[int, int]
_WIDE = 2
_LEAST_ROWS = 3


class Print(NamedTuple):
    """Columns of print: their spans left to right, and which of them each number stands in."""

    spans: tuple[Span, ...]
    places: Mapping[Place, int]


def columns_of_print(rows: Sequence[Sequence[Token]], lines: Sequence[str]) -> Print:
    """The columns of print of rows of numbers; none where the numbers do not stand in columns."""
    full = [row for row in rows if len(row) > 1]
    if len(rows) < _LEAST_ROWS or not full or not _parted(full):
        return Print((), {})
    spans = {(t.line, t.start): span_of(t, lines) for row in rows for t in row}
    bins = _bins(list(spans.values()))
    found = {place: _bin_at(span, bins) for place, span in spans.items()}
    for row in rows:
        mine = [found[t.line, t.start] for t in row]
        if len(set(mine)) < len(mine):
            return Print((), {})
    return Print(tuple(bins), found)


def span_of(token: Token, lines: Sequence[str]) -> Span:
    """First and last place of a token in its line, a wide character counting two."""
    start = width_of(lines[token.line - 1][: token.start])
    return start, start + width_of(token.text)


def _parted(rows: Sequence[Sequence[Token]]) -> bool:
    """Wide gaps between the neighbours of nearly every row."""
    gaps = [
        after.start - before.start - len(before.text)
        for row in rows
        for before, after in zip(row, row[1:], strict=False)
        if before.line == after.line
    ]
    return bool(gaps) and sum(gap >= _WIDE for gap in gaps) >= 0.9 * len(gaps)


def _bins(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches that numbers cover without a break."""
    bins: list[tuple[int, int]] = []
    for left, right in sorted(spans):
        if bins and left < bins[-1][1]:
            bins[-1] = (bins[-1][0], max(right, bins[-1][1]))
        else:
            bins.append((left, right))
    return bins


def _bin_at(span: tuple[int, int], bins: Sequence[tuple[int, int]]) -> int:
    return next(i for i, (left, right) in enumerate(bins) if left <= span[0] < right)
