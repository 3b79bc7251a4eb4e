"""Body tokens of a flattened two-sided form (收入 | 支出) -> its rows.

The two sides stand on one line. Line ordinals (行次) run on from row to row on either side and so
tell the sides apart; without them the words of the label do.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from pipeline.reading.flat_wraps import rejoined
from pipeline.reading.sides import side_of
from pipeline.reading.tokens import Token, is_dash
from pipeline.text import fold, row_label

Row = tuple[str, str, tuple[Token | None, ...], tuple[str, ...]]
_SIDES = ("income:", "expenditure:")
_BEGINS = re.compile(
    r"^(?:[一二三四五六七八九十]+、|[(][一二三四五六七八九十]+[)]|其中:|\d{1,2}[.、]|2[0-3]\d(?=\D))"
)
_CLASS = re.compile(r"2[0-3]\d")
_LEAST_NUMBERED = 3
_CLASSED = re.compile(r"^2[0-3]\d(?=\D)")


class _Half(NamedTuple):
    """One side of one line."""

    side: str
    label: tuple[str, ...]
    values: tuple[Token | None, ...]


class _Ordinals(NamedTuple):
    """Which numbers of which line are line ordinals, and whose side they open."""

    places: Mapping[tuple[int, int], str]


def two_sides(
    body: Sequence[Sequence[Token]], columns: Mapping[str, tuple[str, ...]], numbered: bool = False
) -> Iterator[Row]:
    """Rows `income:<label>` and `expenditure:<label>` with their values in printed order.
    `numbered`: the header says 行次."""
    lines = [_coded(line) for line in body]
    ordinals = _ordinals(lines)
    if numbered and not ordinals.places:
        ordinals = _listed(lines)
    if ordinals.places:
        place = partial(_unlabelled, ordinals=ordinals)
    else:
        place = partial(_lacks_label, most=len(columns["income:"]))
    for line in _whole_lines(rejoined(lines, _is_words, place)):
        for half in _halves(line, ordinals):
            label = _CLASSED.sub("", "".join(half.label))
            key = row_label(label)
            wanted = columns[half.side]
            if key and half.values and wanted:
                yield half.side + key, label, half.values, wanted


def _coded(line: Sequence[Token]) -> tuple[Token, ...]:
    """The line with the code of a class and its name in one token (201 一般公共服务支出)."""
    joined: list[Token] = []
    for token in line:
        last = joined[-1] if joined else None
        if last and _CLASS.fullmatch(last.text) and not (token.is_number or is_dash(token.text)):
            joined[-1] = last._replace(text=last.text + token.text, is_number=False)
        else:
            joined.append(token)
    return tuple(joined)


def _unlabelled(line: Sequence[Token], ordinals: _Ordinals) -> list[int]:
    """Where a 行次 stands that has no label in front: first the one with an amount behind it, else
    the one on the right, whose labels go on when those of the left have ended."""
    places = [i for i, token in enumerate(line) if (token.line, token.start) in ordinals.places]
    bare = [i for i in places if i == 0 or line[i - 1].is_number]
    filled = [
        i for i in bare if i + 1 < len(line) and i + 1 not in places and line[i + 1].is_number
    ]
    return sorted(bare, key=lambda i: (i not in filled, -i))


def _lacks_label(line: Sequence[Token], most: int) -> list[int]:
    """Where the label of the right side is missing: behind a label and all the values that the left
    side has; at the front of a line of numbers alone."""
    words = [i for i, token in enumerate(line) if not token.is_number and not is_dash(token.text)]
    if not words:
        return [0]
    left = words == [0] and side_of(line[0].text) != "expenditure:"
    return [1 + most] if left and len(line) > 1 + most else []


def _is_words(line: Sequence[Token]) -> bool:
    """One or two labels, or ends of labels, that wrapped; no head of a side."""
    words = all(not token.is_number and not is_dash(token.text) for token in line)
    return words and len(line) <= len(_SIDES)


def _whole_lines(body: Sequence[Sequence[Token]]) -> Iterator[Sequence[Token]]:
    """Lines, with a label that wrapped to the next line put back together."""
    held: list[Token] = []
    for line in body:
        first = fold(line[0].text)
        if (
            all(not token.is_number for token in line)
            and not _BEGINS.match(first)
            and len(line) == 1
        ):
            held = [*held, *line] if not _is_known(first) else held
            if _is_known(first):
                yield line
            continue
        if held and not line[0].is_number and not _BEGINS.match(first):
            yield [held[0]._replace(text="".join(t.text for t in held) + line[0].text), *line[1:]]
        else:
            yield line
        held = []


def _is_known(text: str) -> bool:
    return side_of(text) != ""


def _ordinals(body: Sequence[Sequence[Token]]) -> _Ordinals:
    """Two rising runs of plain integers, one number of each a line: 1, 2, 3 … and 31, 32, 33 …"""
    whole = [[t for t in line if re.fullmatch(r"\d{1,3}", t.text)] for line in body]
    runs = [_run(whole, start) for start in _starts(whole)]
    least = max(_LEAST_NUMBERED, (1 + sum(map(bool, whole))) // 2)
    runs = sorted((run for run in runs if len(run) >= least), key=len, reverse=True)[:2]
    runs.sort(key=lambda run: int(run[0].text))
    places: dict[tuple[int, int], str] = {}
    for side, run in zip(_SIDES, runs, strict=False):
        places.update({(token.line, token.start): side for token in run})
    return _Ordinals(places)


def _listed(body: Sequence[Sequence[Token]]) -> _Ordinals:
    """Line ordinals that no run shows, since rows were left out: the plain integers right behind
    words; those of the right side begin where the first line of two has its second."""
    found = [
        [
            token
            for words, token in pairwise(line)
            if not words.is_number and re.fullmatch(r"\d{1,3}", token.text)
        ]
        for line in body
    ]
    border = min((int(some[1].text) for some in found if len(some) > 1), default=0)
    places = {
        (token.line, token.start): _SIDES[int(token.text) >= border]
        for some in found
        for token in some
    }
    return _Ordinals(places if border else {})


def ordinal_places(body: Sequence[Sequence[Token]]) -> frozenset[tuple[int, int]]:
    """(line, start) of the line ordinals of a two-sided form."""
    lines = [line for line in body if line and not line[0].text.startswith("栏次")]
    runs = [
        _run([[t for t in line if re.fullmatch(r"\d{1,3}", t.text)] for line in lines], start)
        for line in lines[:20]
        for start in line
        if re.fullmatch(r"\d{1,3}", start.text)
    ]
    return frozenset((t.line, t.start) for run in runs if len(run) >= 8 for t in run)


def _starts(whole: Sequence[Sequence[Token]]) -> list[Token]:
    return [token for line in whole[:3] for token in line]


def _run(whole: Sequence[Sequence[Token]], start: Token) -> list[Token]:
    run: list[Token] = []
    wanted = int(start.text)
    for line in whole:
        match = next((t for t in line if int(t.text) == wanted), None)
        if match is not None:
            run.append(match)
            wanted += 1
    return run


def _halves(line: Sequence[Token], ordinals: _Ordinals) -> Iterator[_Half]:
    """Cut a line into its two sides."""
    if ordinals.places:
        yield from _by_ordinals(line, ordinals)
        return
    half = _Half("", (), ())
    seen = 0
    for token in line:
        if token.is_number or is_dash(token.text):
            half = half._replace(values=(*half.values, None if is_dash(token.text) else token))
            continue
        if half.label and not half.values and not _opens(token.text):
            half = half._replace(label=(*half.label, token.text))
            continue
        if half.label:
            yield half
            seen += 1
        half = _Half(_side(token.text, half, seen), (token.text,), ())
    if half.label:
        yield half


def _opens(text: str) -> bool:
    return _BEGINS.match(fold(text)) is not None or side_of(text) != ""


def _side(label: str, before: _Half, seen: int) -> str:
    blank = before.label and before.side == "income:" and not before.values
    if blank and side_of(label) == "income:" and seen < 2:
        return "income:"
    if seen or (before.label and before.side == "income:") or _CLASSED.match(label):
        return "expenditure:"
    return side_of(label) or "income:"


def _by_ordinals(line: Sequence[Token], ordinals: _Ordinals) -> Iterator[_Half]:
    """label, ordinal, values, label, ordinal, values: an ordinal closes its label."""
    pending: tuple[str, ...] = ()
    half: _Half | None = None
    for token in line:
        side = ordinals.places.get((token.line, token.start))
        if side is not None:
            if half is not None and half.label:
                yield half
            half, pending = _Half(side, pending, ()), ()
        elif token.is_number or is_dash(token.text):
            value = None if is_dash(token.text) else token
            if half is not None:
                half = half._replace(values=(*half.values, value))
        else:
            pending = (*pending, token.text)
    if half is not None and half.label:
        yield half
