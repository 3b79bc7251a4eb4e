"""Items of a flattened form without keys that go on beside themselves (机构运行信息表: 项目 | 预算数 |
决算数 | 项目 | 决算数) -> its rows.

In: header and body. Out: rows budget and actual, a value each. The rule it protects: a single number
where two phases could stand is taken for the one that the sums of both phases leave.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.identities import RowSum, row_sums
from pipeline.reading.flat_columns import adds_up
from pipeline.reading.keys import item_and_unit
from pipeline.reading.library import Form, item_of
from pipeline.reading.tokens import Token, is_dash

FlatRow = tuple[str, str, tuple[Token | None, ...], tuple[str, ...]]
_PHASE = r"(?:年初|全年)?(预算|决算统计|决算|统计)数"
_BESIDE = re.compile(rf"项目((?:{_PHASE}){{1,2}})项目((?:{_PHASE}){{1,2}})")
_BEGINS = re.compile(r"[一二三四五六七八九十\d]+[、.．]|[（(][一二三四五六七八九十\d]+[）)]|其中")
_ORDINALS = re.compile(r"[行栏]次|\d")


class _Entry(NamedTuple):
    """What a line prints of one item: its name, and its numbers in order (None: a dash)."""

    column: str
    label: str
    values: tuple[Token | None, ...]
    phases: tuple[str, ...]


def beside(header: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The phases of the left and of the right block; none for another header.

    >>> beside((("项目", "行次", "预算数", "决算统计数", "项目", "行次", "统计数"),))
    (('budget', 'actual'), ('actual',))
    """
    text = _ORDINALS.sub("", "".join(word for line in header for word in line))
    match = _BESIDE.fullmatch(text)
    blocks = (match.group(1), match.group(3)) if match else ()
    return tuple(
        tuple("budget" if said == "预算" else "actual" for said in re.findall(_PHASE, block))
        for block in blocks
    )


def beside_rows(
    form: Form, header: Sequence[Sequence[str]], body: Sequence[Sequence[Token]]
) -> Iterator[FlatRow]:
    """The items' numbers by phase."""
    blocks = beside(header)
    numbered = any("行次" in line for line in header)
    entries = [e for line in body for e in _entries(form, line, blocks, numbered)]
    cells = {
        (phase, entry.column): value
        for entry in entries
        if len(entry.values) == len(entry.phases)
        for phase, value in zip(entry.phases, entry.values, strict=True)
        if value is not None
    }
    for entry in entries:
        if len(entry.values) == 1 < len(entry.phases) and (value := entry.values[0]) is not None:
            phases = [p for p in entry.phases if _fits(form, cells, (p, entry.column), value)]
            if len(phases) == 1:
                cells[phases[0], entry.column] = value
    labels = {entry.column: entry.label for entry in entries}
    for (phase, column), value in cells.items():
        yield phase, labels[column], (value,), (column,)


def _entries(
    form: Form, line: Sequence[Token], blocks: Sequence[tuple[str, ...]], numbered: bool
) -> Iterator[_Entry]:
    """The items of a line. Of words without a number between them the last ones name the item that
    has it; the item before them is blank."""
    words: list[str] = []
    values: list[Token | None] = []
    side = 0
    for token in (*line, None):
        is_value = token is not None and (token.is_number or is_dash(token.text))
        if token is not None and is_value:
            values.append(None if is_dash(token.text) else token)
            continue
        if values:
            own = _own_words(form, words)
            right = side > 0 or len(own) < len(words)
            printed = tuple(values[1:] if numbered else values)
            if own:
                yield _entry(form, "".join(own), printed, blocks[1 if right else 0])
            words, values, side = [], [], side + 1
        if token is not None:
            words.append(token.text)


def _own_words(form: Form, words: Sequence[str]) -> Sequence[str]:
    """The words of the item that the numbers behind them belong to: of two items the last."""
    named = (words[n:] for n in range(len(words)) if item_of(form, "".join(words[n:])))
    begins = (words[n:] for n in reversed(range(len(words))) if _BEGINS.match(words[n]))
    return next(named, None) or next(begins, words)


def _entry(
    form: Form, label: str, values: tuple[Token | None, ...], phases: tuple[str, ...]
) -> _Entry:
    match = item_of(form, label)
    return _Entry(match.column if match else item_and_unit(label)[0], label, values, phases)


def _fits(
    form: Form, cells: dict[tuple[str, str], Token], place: tuple[str, str], value: Token
) -> bool:
    """Both phases add up with the number in its place, and not without it."""
    whole = {**cells, place: value}
    sums = row_sums(form.statement, frozenset(column for _, column in whole))
    return _add_up(sums, whole) and not _add_up(sums, cells)


def _add_up(sums: Sequence[RowSum], cells: dict[tuple[str, str], Token]) -> bool:
    for phase in ("budget", "actual"):
        mine = {c: token.text for (p, c), token in cells.items() if p == phase}
        if not adds_up(sums, list(mine), list(mine.values())):
            return False
    return True
