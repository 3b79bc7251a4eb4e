"""Rows whose label wrapped around their numbers -> rows in one line.

In: the body lines of a flattened form with codes. A label of two lines is centred on its row, so
that the code and the numbers stand between its halves. Out: lines that begin with code and label.
The rule it protects: a code is never taken for an amount of the row above it.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.reading.tokens import Token, is_dash
from pipeline.text import fold

Line = tuple[Token, ...]
_ACCOUNT = re.compile(r"(?:2[0-3]\d|30\d|31[0-3]|399|50\d|51[0-4]|599)(?:\d\d){0,2}")
_ECONOMIC = re.compile(r"(?:30\d|31[0-3]|399)\d\d")
_ECONOMIC_CLASS = re.compile(r"30\d|31[0-3]|399")
_CLASS = re.compile(r"2[0-3]\d|30\d|31[0-3]|399|50\d|51[0-4]|599")
_ECONOMIC_CODE = re.compile(r"(?:30\d|31[0-3]|399)(?:\d\d)?")
_GLUED_PART = re.compile(r"(\d\d)([\u4e00-\u9fff].*)")
_PART = re.compile(r"\d\d")
_AMOUNT = re.compile(r"-?\d[\d,]*\.\d+|-?\d{1,3}(?:,\d{3})+|0")


def unwrapped(lines: Sequence[Line]) -> list[Line]:
    """The lines, each row whose code stands bare with its words behind the code."""
    return rejoined(lines, _is_words, _behind_bare_code)


def rejoined(
    lines: Sequence[Line],
    is_words: Callable[[Line], bool],
    places: Callable[[Line], Sequence[int]],
) -> list[Line]:
    """The lines with the halves of centred labels, printed above and below, at the `places` of their
    line: of words one a place where they are as many, else all at the first. Words below that no
    next label needs are the end of this one, as many lines as above."""
    done: list[_Slots] = []
    words: list[Line] = []
    last, owed = _Slots((), (), {}), 0
    for line in lines:
        if is_words(line):
            words.append(line)
            continue
        here = tuple(places(line)) if words else ()
        ends = min(owed, len(words) - bool(here))
        last.take(words[:ends])
        above, words, owed = words[ends:], [], 0
        current = _Slots(line, here, {})
        if here:
            current.take(above)
            last, owed = current, len(above)
        else:
            done += [_Slots(one, (), {}) for one in above]
        done.append(current)
    last.take(words[:owed])
    return [one.whole() for one in done] + words[owed:]


class _Slots(NamedTuple):
    """A line, the places in it that lack a label (the likeliest first), and what was found."""

    line: Line
    places: tuple[int, ...]
    found: dict[int, list[Token]]

    def take(self, words: Sequence[Line]) -> None:
        for one in words:
            each = len(one) == len(self.places) > 1
            for n, token in enumerate(one):
                at = sorted(self.places)[n] if each else self.places[0]
                self.found.setdefault(at, []).append(token)

    def whole(self) -> Line:
        tokens: list[Token] = []
        for n in range(len(self.line) + 1):
            tokens += self.found.get(n, ())
            tokens += self.line[n : n + 1]
        return tuple(tokens)


def _is_words(line: Line) -> bool:
    return not any(token.is_number or is_dash(token.text) for token in line)


def _behind_bare_code(line: Line) -> Sequence[int]:
    """Behind the code that a line of a code and numbers begins with, or behind one of several
    economic codes beside one another that has no words."""
    if count := bare_code(line):
        return (count,)
    bare = [
        i + 1
        for i, token in enumerate(line)
        if _ECONOMIC.fullmatch(token.text)
        and (i + 1 == len(line) or line[i + 1].is_number)
        or _ends_with_code(line, i)
    ]
    return bare if len(bare) == 1 else ()


def unglued(line: Line) -> Line:
    """The line with the last part of a code apart from the name that it runs into (302 02印刷费)."""
    parted: list[Token] = []
    for token in line:
        glued = _GLUED_PART.match(token.text)
        before = [one.text for one in parted[-2:]]
        follows = bool(before) and (
            _CLASS.fullmatch(before[-1])
            or (len(before) == 2 and _CLASS.fullmatch(before[0]) and _PART.fullmatch(before[1]))
        )
        if glued and follows:
            parted.append(token._replace(text=glued[1], is_number=True))
            parted.append(token._replace(text=glued[2], start=token.start + len(glued[1])))
        else:
            parted.append(token)
    return tuple(parted)


def joined_codes(line: Line) -> Line:
    """The line with 类 and 款 of an economic code, printed in cells of their own, as one token."""
    joined: list[Token] = []
    for i, token in enumerate(line):
        last = joined[-1] if joined else None
        if last and _ECONOMIC_CLASS.fullmatch(last.text) and is_part(line, i):
            joined[-1] = last._replace(text=last.text + token.text)
        else:
            joined.append(token)
    return tuple(joined)


def is_bare_economic(line: Sequence[Token], i: int) -> bool:
    """True for an economic item's code directly before its amount: its label wrapped around it."""
    amount = i + 1 < len(line) and _AMOUNT.fullmatch(fold(line[i + 1].text)) is not None
    code = _ECONOMIC if i else _ECONOMIC_CODE
    return (code.fullmatch(line[i].text) is not None and amount) or _ends_with_code(line, i)


def _ends_with_code(line: Sequence[Token], i: int) -> bool:
    """True for a code without words or amount at the end of a line of amounts with cents."""
    cents = any("." in token.text for token in line[:i] if token.is_number)
    return i + 1 == len(line) and cents and bool(_ECONOMIC_CODE.fullmatch(line[i].text))


def bare_code(line: Sequence[Token]) -> int:
    """How many tokens the code takes in a line of a code and numbers alone; 0 for another line."""
    count = leading_code(line)
    behind = [fold(token.text) for token in line[count:]]
    amounts = [_AMOUNT.fullmatch(text) is not None or is_dash(text) for text in behind]
    return count if behind and all(amounts) else 0


def leading_code(line: Sequence[Token]) -> int:
    """How many tokens at the front are an account's code, in one piece or 类 款 项; 0 for none."""
    first = fold(line[0].text) if line else ""
    if not _ACCOUNT.fullmatch(first):
        return 0
    count = 1
    while count < 3 and is_part(line, count) and len(first) == 3:
        count += 1
    return count


def is_part(line: Sequence[Token], i: int) -> bool:
    """True for 款 or 项 printed in a cell of its own: two digits, or the one that a sheet leaves of
    them (301 | 2 津贴补贴) before the name."""
    text = fold(line[i].text) if i < len(line) else ""
    named = i + 1 < len(line) and not line[i + 1].is_number and not is_dash(line[i + 1].text)
    return bool(_PART.fullmatch(text)) or (len(text) == 1 and text.isdigit() and named)
