"""One cell a line, nothing printed for an empty cell (a form copied from a web page) -> lines again.

In: the token lines of a form. Out: lines that each hold one row, where nearly every line held one
cell. The rule it protects: a row begins at a code or at words behind a number; which column an
amount has is decided later.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from pipeline.reading.keys import is_total
from pipeline.reading.sides import side_of
from pipeline.reading.tokens import Token, is_dash
from pipeline.text import fold, row_label

Line = tuple[Token, ...]
_CODE = re.compile(r"^(?:2[0-3]\d|3[0-3]\d|399|5[0-9]\d)(?:\d\d){0,2}$")
_OPENS = re.compile(
    r"^(?:其中:|[一二三四五六七八九十]+、|[(][一二三四五六七八九十]+[)]|\d{1,2}[.、])"
)
_TOTAL = re.compile(r"(?:合计|总计)$")
_ORDINAL = re.compile(r"^\d{1,3}$")
_AMOUNT = re.compile(r"\.|^-?\d{1,3}(?:,\d{3})+$")
# An account's or a unit's code without an amount's point: 208, 20805, 685, 685101.
_KEY = re.compile(r"^\d{3}(?:\d{2,4})?$|^\d{9}$")
_CLASS = re.compile(r"^(?:2[0-3]\d|30\d|31[0-3]|399|5[0-9]\d)$")
_PART = re.compile(r"^\d\d?$")
_LEVELS = 3
_GLUED = 3
# 科目编码 | 科目名称 | 合计 | 人员经费 | 公用经费 may stand twice beside one another.
_BLOCK = 5
_SIDES = 2


def is_stacked(lines: Sequence[Line]) -> bool:
    """True when most lines hold one token, some two cells that a text layer ran together."""
    single = sum(len(line) == 1 for line in lines)
    return len(lines) >= 12 and single >= 0.7 * len(lines) and max(map(len, lines)) <= _GLUED


def unstacked(
    lines: Sequence[Line], two_sided: bool, names: Callable[[str], bool]
) -> tuple[list[Line], list[Line]]:
    """Header lines (one token each) and rows; `names` tells a word that names a column."""
    tokens = _joined_codes([token for line in lines for token in line])
    first = _first_row(tokens, names)
    first, tokens = _without_repeats(tokens, first)
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
    return token.is_number and _AMOUNT.search(fold(token.text)) is not None


def _joined_codes(tokens: Sequence[Token]) -> list[Token]:
    """类, 款 and 项 printed in cells of their own (208, 05, 01) before a name as one code."""
    joined: list[Token] = []
    i = 0
    while i < len(tokens):
        parts = 1
        while parts < _LEVELS and i + parts < len(tokens) and _PART.match(tokens[i + parts].text):
            parts += 1
        named = i + parts < len(tokens) and not tokens[i + parts].is_number
        if parts > 1 and named and _CLASS.match(tokens[i].text):
            code = "".join(token.text for token in tokens[i : i + parts])
            joined.append(tokens[i]._replace(text=code))
            i += parts
        else:
            joined.append(tokens[i])
            i += 1
    return joined


def _without_repeats(tokens: Sequence[Token], first: int) -> tuple[int, list[Token]]:
    """Where the body begins, and the tokens without the header where it is printed again: directly
    below itself or on a new page."""
    header = [fold(token.text) for token in tokens[:first]]
    twice = next(
        (n for n in range(len(header) // 2, _BLOCK, -1) if header[-n:] == header[-2 * n : -n]), 0
    )
    header = header[: len(header) - twice]
    kept = list(tokens[: len(header)])
    i = first
    while i < len(tokens):
        again = max(
            (n for n in (len(header), twice) if n > _SIDES and _prints(tokens, i, header[-n:])),
            default=0,
        )
        i += again
        if not again:
            kept.append(tokens[i])
            i += 1
    return len(header), kept


def _prints(tokens: Sequence[Token], i: int, texts: Sequence[str]) -> bool:
    return [fold(token.text) for token in tokens[i : i + len(texts)]] == texts


def _first_row(tokens: Sequence[Token], names: Callable[[str], bool]) -> int:
    """The words (and the code) directly before the first amount begin the body; amounts directly
    behind the numbers of the columns (1, 2 … 12) or the last column's name are a row without
    words."""
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
    last = max((i for i, token in enumerate(tokens) if token.is_number), default=at)
    bare = all(token.is_number or is_dash(token.text) for token in tokens[at:last])
    if bare or (at > 1 and names(fold(tokens[at - 1].text))):
        return at
    at = max(0, at - 1)
    return at - 1 if at and _CODE.match(fold(tokens[at - 1].text)) else at


def _counts(tokens: Sequence[Token], at: int) -> bool:
    return 0 < at < len(tokens) and _ORDINAL.match(tokens[at - 1].text) is not None


def _rows(tokens: Sequence[Token], two_sided: bool) -> Iterator[Line]:
    row: list[Token] = []
    for i, token in enumerate(tokens):
        opens = two_sided and not token.is_number and _opens(token.text)
        if row and (opens or _begins(row, token, tokens[i + 1] if i + 1 < len(tokens) else None)):
            yield tuple(row)
            row = []
        row.append(token)
    if row:
        yield tuple(row)


def _opens(text: str) -> bool:
    """An ordinal, or the total of a side: 本年收入合计 below a class without an amount."""
    label = row_label(text)
    return bool(_OPENS.match(fold(text)) or (_TOTAL.search(label) and side_of(label)))


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
    if _is_key(row, token, behind):
        return True
    if _CODE.match(fold(token.text)):
        if token.text[:1] == "5" and row[0].text[:1] == "3" and not _closed(row[-1]):
            return False
        return behind is not None and not behind.is_number
    return not token.is_number and not is_dash(token.text) and _closed(row[-1])


def _is_key(row: Sequence[Token], token: Token, behind: Token | None) -> bool:
    """A unit's code (685, 685101) behind the amounts of a row and before a name."""
    named = behind is not None and not behind.is_number and not is_dash(behind.text)
    return named and _is_amount(row[-1]) and _KEY.match(token.text) is not None


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
