"""One cell a line, nothing printed for an empty cell (a form copied from a web page) -> lines again.

In: the token lines of a form. Out: lines that each hold one row, where nearly every line held one
cell. The rule it protects: a row begins at a code or at words behind a number; which column an
amount has is decided later.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.reading.keys import is_total
from pipeline.reading.sides import side_of
from pipeline.reading.tokens import Token, is_dash
from pipeline.text import fold, row_label

Line = tuple[Token, ...]
_CODE = re.compile(r"^(?:2[0-3]\d|3[0-3]\d|399|5[0-9]\d)(?:\d\d){0,2}$")
_OPENS = re.compile(r"^(?:[一二三四五六七八九十]+、|[(][一二三四五六七八九十]+[)]|\d{1,2}[.、])")
_ORDINAL = re.compile(r"^\d{1,3}$")
_SIDES = 2


def is_stacked(lines: Sequence[Line]) -> bool:
    """True when nearly every line holds one token."""
    return len(lines) >= 12 and sum(len(line) == 1 for line in lines) >= 0.9 * len(lines)


def unstacked(lines: Sequence[Line], two_sided: bool) -> tuple[list[Line], list[Line]]:
    """Header lines (one token each) and rows."""
    tokens = [token for line in lines for token in line]
    first = _first_row(tokens)
    header: list[Line] = [(token,) for token in tokens[:first]]
    if two_sided and sum(fold(token.text) == "行次" for token in tokens[:first]) == _SIDES:
        rows = list(_numbered(tokens[first:]))
        if rows:
            return header, rows
    rows = list(_rows(tokens[first:], two_sided))
    if two_sided:
        return header, list(_paired(rows))
    return header, [row for row in rows if any(map(_closed, row))]


def _is_amount(token: Token) -> bool:
    return token.is_number and "." in fold(token.text)


def _first_row(tokens: Sequence[Token]) -> int:
    """The words (and the code) directly before the first amount begin the body; amounts directly
    behind the numbers of the columns (1, 2 … 12) are a row without words."""
    at = next((i for i, token in enumerate(tokens) if _is_amount(token)), len(tokens))
    ordinals = (
        [str(n) for n in range(1, int(tokens[at - 1].text) + 1)] if _counts(tokens, at) else []
    )
    if (
        len(ordinals) > _SIDES
        and [t.text for t in tokens[max(0, at - len(ordinals)) : at]] == ordinals
    ):
        return at
    while at and (tokens[at - 1].is_number or is_dash(tokens[at - 1].text)):
        at -= 1
    at = max(0, at - 1)
    return at - 1 if at and _CODE.match(fold(tokens[at - 1].text)) else at


def _counts(tokens: Sequence[Token], at: int) -> bool:
    return 0 < at < len(tokens) and _ORDINAL.match(tokens[at - 1].text) is not None


def _rows(tokens: Sequence[Token], two_sided: bool) -> Iterator[Line]:
    row: list[Token] = []
    for i, token in enumerate(tokens):
        opens = two_sided and not token.is_number and _OPENS.match(fold(token.text))
        if row and (opens or _begins(row, token, tokens[i + 1] if i + 1 < len(tokens) else None)):
            yield tuple(row)
            row = []
        row.append(token)
    if row:
        yield tuple(row)


def _numbered(tokens: Sequence[Token]) -> Iterator[Line]:
    """Rows of both sides by their 行次: those of the left run 1, 2, 3 …, each behind its label, if
    it has one; those of the right go on where the left end. None where no 行次 is printed."""
    starts: list[int] = []
    for i, token in enumerate(tokens):
        if token.text != str(len(starts) + 1):
            continue
        while i and not tokens[i - 1].is_number and not is_dash(tokens[i - 1].text):
            i -= 1
        starts.append(i)
    for start, end in pairwise([*starts, len(tokens)]):
        yield tuple(tokens[start:end])


def _begins(row: Sequence[Token], token: Token, behind: Token | None) -> bool:
    if _CODE.match(fold(token.text)):
        if token.text[:1] == "5" and row[0].text[:1] == "3" and not _closed(row[-1]):
            return False
        return behind is not None and not behind.is_number
    return not token.is_number and not is_dash(token.text) and _closed(row[-1])


def _closed(token: Token) -> bool:
    return token.is_number and not _CODE.match(fold(token.text)) or is_dash(token.text)


def _paired(halves: Sequence[Line]) -> Iterator[Line]:
    """Put the two sides of a line side by side: income before expenditure."""
    held: Line = ()
    for half in halves:
        if held and _side(held) != "expenditure:" and _follows(held, half):
            yield (*held, *half)
            held = ()
            continue
        if held:
            yield held
        held = half
    if held:
        yield held


def _side(half: Line) -> str:
    return side_of(half[0].text)


def _follows(left: Line, right: Line) -> bool:
    if _ordinal(left) and _ordinal(right):
        return _ordinal(right) > _ordinal(left) + 1
    if _side(right) == "expenditure:":
        return True
    return (
        _side(right) == ""
        and row_label(left[0].text) == row_label(right[0].text)
        and is_total(row_label(right[0].text))
    )


def _ordinal(half: Line) -> int:
    found = next((t for t in half[1:2] if _ORDINAL.match(t.text)), None)
    return int(found.text) if found else 0
