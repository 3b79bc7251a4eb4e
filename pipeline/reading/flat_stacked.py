"""Header cells centred beside one another -> the orders that the columns can have.

In: the header lines of a flattened form. Where cells were centred in one row, a cell of three lines
has its words on the first, third and fifth line and its neighbour of one line on the third. Out:
column orders, the likeliest first. The rule it protects: words of one line keep their order; an
order is only offered, the sums of the rows decide on it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.reading.library import Form, name_of

Word = tuple[int, int]
_SUBTOTALS = ("小计", "合计", "总计")
_KEY = re.compile(r"(?:支出)?(?:功能|经济)?(?:分类)?科目(?:编码|代码|名称)?|编码|代码|[类款项]")
_ALONE = re.compile(r"项目|金额|行次|合计|小计|总计|(?:预|决)算数")
_LONGEST = 4
_STEPS = (1, 2)


class Cell(NamedTuple):
    """A header cell: the places (line, word) of its parts, its text, and the column it names;
    `inside` where only a group above makes it that column (一般公共预算 under 结转结余)."""

    words: tuple[Word, ...]
    text: str
    column: str
    inside: bool


def column_orders(
    form: Form, lines: Sequence[Sequence[str]], side: str = ""
) -> list[tuple[str, ...]]:
    """Orders of the columns that the header's words name; none where words name too few."""
    lines = _without_keys(lines)
    cells = _chosen(_candidates(form, lines, side))
    if len(cells) < 2:
        return []
    rank = _ranks(form)
    merged = tuple(cell.column for cell in _merged(cells, rank))
    return list(dict.fromkeys([merged, *_blocks(cells, rank)]))


def _without_keys(lines: Sequence[Sequence[str]]) -> list[list[str]]:
    """The lines without the words over codes and names, which stand on lines of their own between
    those of a tall cell."""
    kept = [[word for word in line if not _KEY.fullmatch(word)] for line in lines]
    return [line for line in kept if line]


def _ranks(form: Form) -> dict[str, int]:
    """The usual order: the total before its parts, but 本年支出 behind what came in."""
    order = form.column_order()
    front = () if "opening" in order else ("total",)
    return {column: n for n, column in enumerate(dict.fromkeys((*front, *order)))}


def halved(lines: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """One half of a header that prints everything twice (预算数 | 决算数); else the header."""
    halves = [len(line) // 2 for line in lines]
    rest = [(line[:n], line[n:]) for n, line in zip(halves, lines, strict=True)]
    named = [one == other for one, other in rest]
    if sum(named) < len(lines) - 1 or not any(named):
        return list(lines)
    return [one for (one, _), same in zip(rest, named, strict=True) if same]


def _candidates(form: Form, lines: Sequence[Sequence[str]], side: str) -> list[Cell]:
    """Every run of words, one a line and evenly spaced, that names a column and whose last
    word belongs to the name; once by itself and once as part of a group above it, unless it is
    printed but once (基本支出 behind 年初结转: a form that parts what was carried over prints it for
    本年支出 too)."""
    named: dict[tuple[Word, ...], str] = {}
    found = []
    words = Counter(word for line in lines for word in line)
    whole = {n for n, line in enumerate(lines) if all(_is_whole(form, word) for word in line)}
    for places in _runs(lines, whole):
        text = "".join(lines[line][word] for line, word in places)
        if len(places) > 1 and text in words:
            continue
        above = [word for line in lines[: places[0][0]] for word in line]
        own, inside = name_of(form, (text,), side), name_of(form, (*above, text), side)
        same = own is not None and named.get(places[:-1]) == own.column
        if own is not None and not (same and not _is_term_of(form, own.column, text)):
            named[places] = own.column
            found.append(Cell(places, text, own.column, inside=False))
        first = lines[places[0][0]][places[0][1]]
        once = words[first] == 1 and first not in _SUBTOTALS and name_of(form, (first,), side)
        if inside is not None and inside.exactness > 1 and not once:
            found.append(Cell(places, text, inside.column, inside=True))
    alone = {(cell.words[0], cell.column) for cell in found if cell.inside}
    return [
        cell
        for cell in found
        if not _is_head(form, cell, found)
        and (len(cell.words) == 1 or (cell.words[-1], cell.column) not in alone)
    ]


def _is_term_of(form: Form, column: str, text: str) -> bool:
    terms = [term for one in form.columns if one.id == column for term in one.terms]
    return any(re.fullmatch(term, text) for term in terms)


def _is_head(form: Form, cell: Cell, cells: Sequence[Cell]) -> bool:
    """True for a group whose members are columns of their own (财政拨款结转结余)."""
    if len(cell.words) > 1:
        return False
    times = Counter(other.text for other in cells if not other.inside)
    inside = {c.column for c in cells if c.inside and times[c.text] != 1} - {cell.column}
    return not cell.inside and any(
        column.id in inside and column.under and re.search(column.under, cell.text)
        for column in form.columns
    )


def _is_whole(form: Form, word: str) -> bool:
    """A word that fills a cell of one line by itself (项目, 金额, 合计)."""
    return bool(_ALONE.fullmatch(word)) or name_of(form, (word,)) is not None


def _runs(lines: Sequence[Sequence[str]], whole: set[int]) -> Iterator[tuple[Word, ...]]:
    """Runs of words one below the other; lines of `whole` words between are passed over."""
    for first, line in enumerate(lines):
        for word in range(len(line)):
            yield ((first, word),)
            for step in _STEPS:
                yield from _longer(lines, whole, ((first, word),), step)


def _longer(
    lines: Sequence[Sequence[str]], whole: set[int], places: tuple[Word, ...], step: int
) -> Iterator[tuple[Word, ...]]:
    line = places[-1][0] + step
    if len(places) == _LONGEST or line >= len(lines):
        return
    below = (line, line + 1) if step == 1 and line in whole and line + 1 < len(lines) else (line,)
    for at in below:
        for word in range(len(lines[at])):
            more = (*places, (at, word))
            yield more
            yield from _longer(lines, whole, more, step)


def _chosen(candidates: Sequence[Cell]) -> list[Cell]:
    """Cells that share no word and do not cross; those of most words first, then from the left."""
    chosen: list[Cell] = []
    for cell in sorted(candidates, key=_likelihood):
        taken = any(other.column == cell.column for other in chosen)
        if not taken and all(_apart(cell, other) for other in chosen):
            chosen.append(cell)
    return chosen


def _likelihood(cell: Cell) -> tuple[int, int, Word, int, bool]:
    words = [word for _, word in cell.words]
    ends = _SUBTOTALS[::-1] if cell.column == "total" else _SUBTOTALS
    subtotal = next((n for n, end in enumerate(ends) if cell.text.endswith(end)), 3)
    return -len(words), subtotal, cell.words[0], max(words) - min(words), cell.inside


def _apart(one: Cell, other: Cell) -> bool:
    """False for cells that share a word, or stand left of one another on one line and right on
    another."""
    places = dict(other.words)
    ways = {
        (word > places[line]) - (word < places[line]) for line, word in one.words if line in places
    }
    return 0 not in ways and len(ways) < 2


def _before(one: Cell, other: Cell) -> bool:
    places = dict(other.words)
    return any(line in places and word < places[line] for line, word in one.words)


def _merged(cells: Sequence[Cell], rank: dict[str, int]) -> list[Cell]:
    """Left to right as the lines say; where they do not say, in the official order."""
    left = list(cells)
    done: list[Cell] = []
    while left:
        free = [c for c in left if not any(_before(other, c) for other in left)] or left
        first = min(free, key=lambda c: rank[c.column])
        done.append(first)
        left.remove(first)
    return done


def _blocks(cells: Sequence[Cell], rank: dict[str, int]) -> Iterator[tuple[str, ...]]:
    """A lower line's cells as one block at each place among those of the upper line; columns that
    stand on neither come last, as in the official order."""
    levels = Counter(cell.words[0][0] for cell in cells if len(cell.words) == 1)
    two = sorted(level for level, _ in levels.most_common(2))
    on = [[c for c in cells if len(c.words) == 1 and c.words[0][0] == level] for level in two]
    rest = [c.column for c in _merged([c for c in cells if not any(c in one for one in on)], rank)]
    if len(on) < 2 or any(rank[c] < rank[cell.column] for c in rest for one in on for cell in one):
        return
    upper, lower = ([c.column for c in _merged(one, rank)] for one in on)
    for at in range(1, len(upper) + 1):
        yield (*upper[:at], *lower, *upper[at:], *rest)
