"""Columns of print (numbers under one another) -> the columns of the form.

In: the rows' numbers with their places, the header's words with theirs. Out: the form's column of
each column of print, or nothing. The rule it protects: of all ways to give the printed columns
names in their order, one has to be left by the sums of the rows, or by the sums and by the header
words that stand over the numbers.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import comb
from typing import NamedTuple

from pipeline.identities import row_sums
from pipeline.reading.flat_columns import adds_up
from pipeline.reading.flat_header import header_leaves
from pipeline.reading.header_columns import names_over
from pipeline.reading.library import Form
from pipeline.reading.periods import About
from pipeline.reading.positions import Print, Span, columns_of_print, span_of
from pipeline.reading.tokens import Token
from pipeline.text import fold

_WAYS = 3000
Placed = list[tuple[Token | None, ...]]


class Header(NamedTuple):
    """The header's lines of words, and what names them: the form's title and the document."""

    lines: Sequence[Sequence[Token]]
    about: tuple[str, About]


def by_place(
    form: Form,
    columns: tuple[str, ...],
    rows: Sequence[Sequence[Token]],
    header: Header,
    lines: Sequence[str],
) -> Placed:
    """Each row's numbers under `columns`, None for a blank; nothing where the places do not tell."""
    found = columns_of_print(rows, lines)
    if not found.spans or len(found.spans) > len(columns):
        return []
    names = _names(form, columns, rows, found, _heads(form, columns, header, lines))
    if not names:
        return []
    placed: Placed = []
    for row in rows:
        by_name = {names[found.places[t.line, t.start]]: t for t in row}
        placed.append(tuple(by_name.get(column) for column in columns))
    return placed


def _names(
    form: Form,
    columns: tuple[str, ...],
    rows: Sequence[Sequence[Token]],
    found: Print,
    heads: Mapping[str, Span],
) -> tuple[str, ...]:
    count = len(found.spans)
    if comb(len(columns), count) > _WAYS:
        return ()
    printed = [[(found.places[t.line, t.start], t.text) for t in row] for row in rows]
    ways = [way for way in combinations(columns, count) if _add_up(form, columns, way, printed)]
    if len(ways) > 1 and heads:
        ways = [way for way in ways if _under(way, found.spans, heads)]
    return ways[0] if len(ways) == 1 else ()


def _add_up(
    form: Form,
    columns: tuple[str, ...],
    way: Sequence[str],
    rows: Sequence[Sequence[tuple[int, str]]],
) -> bool:
    """Nine rows in ten add up: one may be the document's mistake."""
    sums = row_sums(form.statement, frozenset(columns))
    broken = 0
    for row in rows:
        broken += not adds_up(sums, [way[at] for at, _ in row], [printed for _, printed in row])
        if broken * 10 > len(rows):
            return False
    return True


def _under(way: Sequence[str], spans: Sequence[Span], heads: Mapping[str, Span]) -> bool:
    """Each column's numbers reach under its header's lowest word."""
    return all(
        name in heads and heads[name][0] < right and left < heads[name][1]
        for name, (left, right) in zip(way, spans, strict=True)
    )


def _heads(
    form: Form, columns: tuple[str, ...], header: Header, lines: Sequence[str]
) -> dict[str, Span]:
    """Column -> place of its lowest header word; nothing where the header reads otherwise."""
    words = [[fold(token.text) for token in line] for line in header.lines]
    leaves = header_leaves(form, words)
    names = names_over(form, [path for path, _ in leaves], *header.about)
    if tuple(name for name in names if name) != columns:
        return {}
    spans = [span_of(header.lines[line][word], lines) for _, (line, word) in leaves]
    if any(one[0] > other[0] for one, other in zip(spans, spans[1:], strict=False)):
        return {}
    return {name: span for name, span in zip(names, spans, strict=True) if name}
