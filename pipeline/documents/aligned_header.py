"""The header lines of an aligned table -> rows of cells over its columns.

In: the parts of the header lines, the columns of the body. Out: columns (with those in which the
body prints nothing) and header rows. A word that stands over one column alone is wrapped onto the
next line; the words of the first line share all columns among them. The rule it protects: no column
takes a word that stands over another.
"""

from collections.abc import Collection, Sequence
from itertools import combinations, islice

from pipeline.documents.aligned_parts import Part, Span, overlap
from schemas.documents import Cell

Line = tuple[Part, ...]
Extent = tuple[int, int]
_MOST_WAYS = 20_000
_ODD = 10


def header_cells(
    lines: Sequence[Line], body: Sequence[Span], worded: Collection[Span]
) -> tuple[list[Span], list[tuple[Cell, ...]]] | None:
    """Columns, and a tuple of cells for each header row that prints something; None where two words
    of a line stand over one column. `worded`: the columns in which the body prints words; there a
    group begins."""
    columns = _with_empty(lines, body)
    over = [[c for part in line for c in _range(_under(part, columns))] for line in lines]
    if any(len(set(taken)) < len(taken) for taken in over):
        return None
    begins = [column in worded for column in columns]
    found = [
        list(zip(_extents(lines, n, columns, begins), line, strict=True))
        for n, line in enumerate(lines)
    ]
    rows = []
    for row in _wrapped(found):
        if row:
            number = min(part.line for _, parts in row for part in parts)
            by_column = {extent[0]: (extent, parts) for extent, parts in row}
            cells = (_cell(by_column.get(c), number) for c in range(len(columns)))
            rows.append(tuple(cells))
    return columns, rows


def _cell(found: tuple[Extent, tuple[Part, ...]] | None, line: int) -> Cell:
    if found is None:
        return Part.cell((), line)
    (first, last), parts = found
    text = "\n".join(part.text for part in parts)
    return Part.cell(parts, line).model_copy(update={"text": text, "col_span": last - first + 1})


def _extents(
    lines: Sequence[Line], n: int, columns: Sequence[Span], begins: Sequence[bool]
) -> list[Extent]:
    """What each word of a line stands over."""
    line = lines[n]
    own = [_under(part, columns) for part in line]
    below = {c for other in lines[n + 1 :] for p in other for c in _range(_under(p, columns))}
    if not n and len(line) > 1:
        headed = below | {c for extent in own for c in _range(extent)}
        bare = next(c for c in range(len(columns)) if c in headed)
        spans = _with_words(lines[n + 1 :], columns)
        known = [(span, begins[c], c in below) for c, span in enumerate(spans)]
        shared = _shared_out(line, known[bare:])
        return [(first + bare, last + bare) for first, last in shared]
    return [_widened(i, line, (own, below), columns) for i in range(len(line))]


def _with_words(lines: Sequence[Line], columns: Sequence[Span]) -> list[Span]:
    """The columns as wide as the words that head them: numbers stand at the right of theirs."""
    spans = list(columns)
    for line in lines:
        for part in line:
            first, last = _under(part, columns)
            if first == last:
                spans[first] = (min(spans[first][0], part.left), max(spans[first][1], part.right))
    return spans


def _range(extent: Extent) -> range:
    return range(extent[0], extent[1] + 1)


def _widened(
    i: int, line: Line, known: tuple[list[Extent], set[int]], columns: Sequence[Span]
) -> Extent:
    """A word in the middle over several columns that have words of their own below is their group."""
    own, below = known
    first = own[i - 1][1] + 1 if i else 0
    last = own[i + 1][0] - 1 if i + 1 < len(own) else len(columns) - 1
    ways = [
        (a, b)
        for a in range(first, own[i][0] + 1)
        for b in range(own[i][1], last + 1)
        if (a, b) == own[i] or all(c in below for c in range(a, b + 1))
    ]
    middle = line[i].left + line[i].right
    return min(ways, key=lambda w: (abs(middle - columns[w[0]][0] - columns[w[1]][1]), w[1] - w[0]))


def _with_empty(lines: Sequence[Line], columns: Sequence[Span]) -> list[Span]:
    """The columns, and one for each header word that stands over none of them."""
    every = list(columns)
    for line in reversed(lines):
        for part in line:
            stack = [p for other in lines for p in other if _one_stack(p, part)]
            between = any(c[1] <= part.left for c in every) and not any(
                overlap(p.span, c) for p in stack for c in every
            )
            if between and len(line) > 1:
                every.append(part.span)
                every.sort()
    return every


def _one_stack(one: Part, other: Part) -> bool:
    """Words above one another, by half of the shorter at least."""
    shorter = min(one.right - one.left, other.right - other.left)
    return overlap(one.span, other.span) * 2 >= shorter


def _under(part: Part, columns: Sequence[Span]) -> Extent:
    """First and last column that a word stands over; the nearest where it stands over none."""
    over = [c for c, column in enumerate(columns) if overlap(part.span, column)]
    if over:
        best = max(over, key=lambda c: overlap(part.span, columns[c]))
        whole = [
            c for c in over if overlap(part.span, columns[c]) * 2 >= columns[c][1] - columns[c][0]
        ]
        return (whole[0], whole[-1]) if len(whole) > 1 else (best, best)
    gaps = [max(c[0] - part.right, part.left - c[1]) for c in columns]
    nearest = gaps.index(min(gaps))
    return nearest, nearest


def _shared_out(line: Line, known: Sequence[tuple[Span, bool, bool]]) -> list[Extent]:
    """All columns shared out among the words of the first line: each over the middle or the left
    edge of its own, of two sides no label parted from its number, no group over a column without words
    of its own. `known`: each column, whether it holds words, whether a lower line heads it."""
    columns = [column for column, _, _ in known]
    sided = sum(words for _, words, _ in known) > 1
    best: list[Extent] = [_under(part, columns) for part in line]
    least: float | None = None
    for cuts in islice(combinations(range(1, len(known)), len(line) - 1), _MOST_WAYS):
        edges = (0, *cuts, len(known))
        extents = [(edges[i], edges[i + 1] - 1) for i in range(len(line))]
        cost = sum(
            _off(part, columns[a], columns[b]) for part, (a, b) in zip(line, extents, strict=True)
        )
        if sided:
            cost += _ODD * sum(known[cut - 1][1] and not known[cut][1] for cut in cuts)
        cost += _ODD * sum(not known[c][2] for a, b in extents if b > a for c in range(a, b + 1))
        if least is None or cost < least:
            best, least = extents, cost
    return best


def _off(part: Part, first: Span, last: Span) -> float:
    """How far a word stands from the middle and from the left edge of its columns, the lesser."""
    middle = abs((part.left + part.right) - (first[0] + last[1])) / 2
    outside = 0 if overlap(part.span, (first[0] - 2, last[1] + 2)) else 100
    return min(middle, abs(part.left - first[0])) + outside


def _wrapped(
    rows: Sequence[Sequence[tuple[Extent, Part]]],
) -> list[list[tuple[Extent, tuple[Part, ...]]]]:
    """Rows in which the lines of a word over one column are one cell."""
    merged: list[list[tuple[Extent, tuple[Part, ...]]]] = [[] for _ in rows]
    for n, row in enumerate(rows):
        for extent, part in row:
            home = _lone_above(merged[:n], extent)
            if home is None:
                merged[n].append((extent, (part,)))
            else:
                k, i = home
                merged[k][i] = (extent, (*merged[k][i][1], part))
    return merged


def _lone_above(
    rows: Sequence[Sequence[tuple[Extent, tuple[Part, ...]]]], extent: Extent
) -> tuple[int, int] | None:
    """The cell above, where it stands over this one column and nothing more."""
    if extent[0] != extent[1]:
        return None
    for k in range(len(rows) - 1, -1, -1):
        for i, (other, _) in enumerate(rows[k]):
            if other[0] <= extent[0] <= other[1]:
                return (k, i) if other == extent else None
    return None
