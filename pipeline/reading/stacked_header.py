"""Header words printed one below the other (a web page's cells) -> the rows they were printed in.

In: the words of a stacked form's header, in order. Out: up to three rows. The rule it protects: of
the ways to cut the words into rows only one under which every word stands under its group is taken,
and arithmetic has to agree with it before a number is placed.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate, combinations, pairwise

from pipeline.reading.flat_header import groups_in, header_paths, oddity
from pipeline.reading.header_columns import header_column, named_column
from pipeline.reading.library import Form

_MOST_WORDS = 30
_MOST_CUTS = 2
_TRIED = 12
_SIDES = ("收入", "支出")
_TWICE, _GROUP = 3.0, 2.0


def header_rows(form: Form, words: Sequence[str]) -> tuple[int, ...]:
    """How many words each row of the header has; empty where every way has an oddity."""
    if not 2 < len(words) <= _MOST_WORDS:
        return ()
    cost, sizes = min((_cost(form, words, sizes), sizes) for sizes in _sizes(len(words)))
    return sizes if cost <= 0 and _all_named(form, _rows(words, sizes)) else ()


def ways_over(form: Form, words: Sequence[str], width: int) -> list[list[tuple[str, ...]]]:
    """The ways to put the words in rows that stand over `width` columns, those with the fewest
    oddities first; those of a form with two sides begin with 收入 and 支出."""
    if form.sides and tuple(words[:2]) == _SIDES:
        return [_rows(words, (2, len(words) - 2))]
    if len(words) > _MOST_WORDS:
        return []
    ways = [_rows(words, sizes) for sizes in _sizes(len(words))]
    fitting = [rows for rows in ways if len(header_paths(form, rows)) == width]
    return sorted(fitting, key=lambda rows: _oddity(form, rows))[:_TRIED]


def _all_named(form: Form, rows: Sequence[Sequence[str]]) -> bool:
    """Every column is a key, words or one of the form's: no name has wrapped into two."""
    paths = header_paths(form, rows)
    columns = [header_column(n, path) for n, path in enumerate(paths)]
    values = [column for column in columns if column.role == "value"]
    return all(named_column(form, column) is not None for column in values)


def _rows(words: Sequence[str], sizes: Sequence[int]) -> list[tuple[str, ...]]:
    ends = accumulate(sizes)
    return [tuple(words[end - n : end]) for end, n in zip(ends, sizes, strict=True)]


def _sizes(count: int) -> Iterator[tuple[int, ...]]:
    for cuts in range(_MOST_CUTS + 1):
        for places in combinations(range(1, count), cuts):
            ends = (0, *places, count)
            yield tuple(end - start for start, end in zip(ends, ends[1:], strict=False))


def _cost(form: Form, words: Sequence[str], sizes: Sequence[int]) -> float:
    return _oddity(form, _rows(words, sizes))


def _oddity(form: Form, rows: Sequence[tuple[str, ...]]) -> float:
    """The oddities of the rows; a word twice in the first row, again in the row below, or a group
    in the last row is one too."""
    twice = len(rows[0]) - len(set(rows[0]))
    again = sum(len({*row} & {*below}) for row, below in pairwise(rows))
    return oddity(form, rows) + _TWICE * (twice + again) + _GROUP * groups_in(form, rows[-1])
