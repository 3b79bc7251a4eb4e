"""One cell a line, an empty cell as an empty line (a page's cells without its tags).

In: numbered lines. Out: rows of (text, line), header first. The rule it protects: the rows of such
a table have one number of lines, so that each line's place in its row is its column; a number of
lines is taken only where every column then holds words or numbers, never both.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from pipeline.documents.bare_cells import END_OF_CELLS, LONGEST, Row, affordable
from pipeline.text import fold, is_number

_CODE = re.compile(r"^(?:[235]\d\d(?:\d\d){0,2}|\[\d+\])$")
_KEY = re.compile(rf"{_CODE.pattern}|^[一二三四五六七八九十]+、\D+$")
_TOTAL = re.compile(r"^(?:合计|总计|栏次)$")
_HEAD = re.compile(
    r"单位[:：]|(?:部门|单位)(?:名称)?[:：]|公开表?\d|^公开|表(?:[(].{1,9}[)])?$|^20\d\d年度?$|^YS\d+$|^表[一二三四五六七八九十\d]+"
)
_GAP = re.compile(r"\S\s{4,}\S")
_BLANKS = "　 \xa0\r"
_MOST_HEADER_LINES = 70
_HEAD_LINES = 6
_MOST_COLUMNS = 40
_MOST_KEYS = 8
_LEAST_ROWS = 3
_LEAST_STRIDE = 3
_REPEATED = 3
_MOST_PIECES = 3
_LEAST_WORDS = 2
_MOST_MERGED = 4


def table_starts(lines: Sequence[str], ends: Sequence[int]) -> dict[int, int]:
    """Where a table's header may begin, each with the index of the first line that is no cell."""
    return affordable((at for at in range(len(lines)) if _opens(lines, at)), ends)


def strided_rows(lines: Sequence[str], at: int, end: int) -> list[Row]:
    """The rows of the table whose header begins at line index `at` and whose cells end before
    `end`; none where there is none."""
    if _is_flattened(lines[at:end]):
        return []
    return _by_keys(lines, at, end) or _by_blanks(lines, at, end)


def _is_flattened(lines: Sequence[str]) -> bool:
    """Lines hold several cells each, with blanks between them."""
    printed = [line.strip(_BLANKS) for line in lines if line.strip(_BLANKS)]
    several = [len(line.split()) > _MOST_PIECES or _GAP.search(line) for line in printed]
    return sum(map(bool, several)) * 10 > len(printed)


def _by_keys(lines: Sequence[str], at: int, end: int) -> list[Row]:
    """Rows as far apart as the codes, or the items of income and expenditure, are."""
    keys = [i for i in range(at, end) if _KEY.match(fold(lines[i]))]
    if len(keys) < _LEAST_ROWS or keys[0] - at > _MOST_HEADER_LINES:
        return []
    first = _first_row(lines, at, keys[0])
    header = _header(lines, at, first)
    end = _again(lines, header, first, end)
    keys = [key for key in keys if key < end]
    apart = {other - key for key, other in combinations(keys[:_MOST_KEYS], 2)}
    for stride in sorted(apart):
        if stride > _MOST_COLUMNS:
            break
        parted = len(header) > 1 or [*map(len, header)] == [stride - 1]
        rows = _rows(lines, range(first, end, stride), end, parted)
        held = sum(key <= rows[-1][-1] for key in keys) if rows else 0
        coded = _CODE.match(fold(lines[keys[0]])) is not None
        if held == len(keys) and len(rows) >= _LEAST_ROWS and not _has_blanks(lines, rows):
            return []
        if held == len(keys) and _is_table(lines, rows, parted, coded):
            return _whole(lines, at, rows, parted)
    return []


def _by_blanks(lines: Sequence[str], at: int, end: int) -> list[Row]:
    """Rows that an empty line parts, from below the header to the end of the table."""
    last = max(i for i in range(at, end) if _text(lines, i))
    for first in range(at + 1, min(last, at + _MOST_HEADER_LINES)):
        if is_number(_text(lines, first - 1)):
            break
        if _text(lines, first - 1):
            continue
        header = [len(group) for group in _header(lines, at, first)]
        if max(header, default=0) < _LEAST_WORDS:
            continue
        most = _MOST_COLUMNS if len(header) > 1 else header[0] + 1
        for stride in range(max(_LEAST_STRIDE, *header) + 1, min(most, last - first) + 1):
            over = end - first - stride * -(-(last + 1 - first) // stride)
            rows = _rows(lines, range(first, end, stride), end, True) if abs(over) < 3 else []
            if rows and rows[-1][-1] >= last and _prints_table(lines, rows):
                return _whole(lines, at, rows, True)
    return []


def _prints_table(lines: Sequence[str], rows: Sequence[Sequence[int]]) -> bool:
    """Two rows or more, with words and numbers."""
    texts = [_text(lines, i) for row in rows for i in row[:-1]]
    kinds = {_kind(text) for text in texts}
    return len(rows) > 1 and {"words", "number"} <= kinds


def _header(lines: Sequence[str], at: int, first: int) -> list[Row]:
    """The rows of words above the first number and 栏次."""
    texts = ((i, _text(lines, i)) for i in range(at, first))
    top = next((i for i, text in texts if is_number(text) or fold(text) == "栏次"), first)
    return list(_groups(lines, at, top))


def _first_row(lines: Sequence[str], at: int, key: int) -> int:
    """Where a row begins: at a code, which stands in the first column; at 栏次, or at the first
    item where the columns of income and expenditure stand side by side."""
    if _CODE.match(fold(lines[key])):
        return key
    return next((i for i in range(at, key) if fold(lines[i]) == "栏次"), key)


def _text(lines: Sequence[str], i: int) -> str:
    return lines[i].strip(_BLANKS) if i < len(lines) else ""


def _opens(lines: Sequence[str], at: int) -> bool:
    """A short line that is no head of a form, below one or below an empty line."""
    text = fold(lines[at])
    if not text or len(text) > LONGEST or END_OF_CELLS.search(text) or _HEAD.search(text):
        return False
    if any(_HEAD.search(fold(line)) for line in lines[at + 1 : at + _HEAD_LINES]):
        return False
    return at == 0 or not _text(lines, at - 1) or _HEAD.search(fold(lines[at - 1])) is not None


def _again(lines: Sequence[str], header: Sequence[Row], first: int, end: int) -> int:
    """Where the header is printed again, on the next page; else the end."""
    words = [text for row in header for text, _ in row][:_REPEATED]
    printed = [i for i in range(first, end) if _text(lines, i)]
    for n, i in enumerate(printed):
        if len(words) > 1 and [_text(lines, j) for j in printed[n : n + len(words)]] == words:
            return i
    return end


def _rows(lines: Sequence[str], starts: range, end: int, parted: bool) -> list[list[int]]:
    """The rows from the first on, as long as no column mixes words and amounts and, where an empty
    line parts the rows, that line is empty; trailing rows that print nothing are left out."""
    stride = starts.step
    kinds = [""] * stride
    rows: list[list[int]] = []
    for start in starts:
        row = list(range(start, start + stride))
        texts = [_text(lines, i) for i in row]
        if any(text for i, text in zip(row, texts, strict=True) if i >= end) or (
            parted and texts[-1]
        ):
            break
        if not _fits(texts, kinds):
            break
        rows.append(row)
    while rows and not any(_text(lines, i) for i in rows[-1] if i < end):
        rows.pop()
    return rows


def _fits(texts: Sequence[str], kinds: list[str]) -> bool:
    """Whether the cells are of their columns' kinds, which the first to be printed decides."""
    found = [_kind(text) for text in texts]
    if any(kind and old and kind != old for kind, old in zip(found, kinds, strict=True)):
        return False
    kinds[:] = [old or kind for kind, old in zip(found, kinds, strict=True)]
    return True


def _kind(text: str) -> str:
    if not text or _TOTAL.match(fold(text)):
        return ""
    return "number" if is_number(text.replace(" ", "")) else "words"


def _has_blanks(lines: Sequence[str], rows: Sequence[Sequence[int]]) -> bool:
    """An empty cell before the last word; without one nothing is to be won by counting lines."""
    last = max(i for row in rows for i in row if _text(lines, i))
    return any(not _text(lines, i) for row in rows for i in row if i < last and i != row[-1])


def _is_table(
    lines: Sequence[str], rows: Sequence[Sequence[int]], parted: bool, coded: bool
) -> bool:
    """Enough rows, and two columns of words where no codes are: the items of income and of
    expenditure."""
    cells = [[_text(lines, i) for i in (row[:-1] if parted else row)] for row in rows]
    words = [any(_kind(text) == "words" for text in column) for column in zip(*cells, strict=True)]
    sided = coded or sum(words) > 1
    return len(rows) >= _LEAST_ROWS and sided and (not coded or _in_columns(cells))


def _in_columns(cells: Sequence[Sequence[str]]) -> bool:
    """A column with a code has nothing but codes and 合计; codes a row apart are in one column."""
    for column in zip(*cells, strict=True):
        printed = [fold(text) for text in column if text]
        codes = sum(bool(_CODE.match(text)) for text in printed)
        others = sum(not _CODE.match(text) and not _TOTAL.match(text) for text in printed)
        if codes > 1 and others:
            return False
    return True


def _whole(lines: Sequence[str], at: int, rows: list[list[int]], parted: bool) -> list[Row]:
    """Header, rows above the first key (栏次, 合计), and the rest; the empty line that parts rows
    is no cell."""
    above = list(_above(lines, at, rows))
    body = [*above[::-1], *rows]
    top = min(i for row in body for i in row if i >= 0)
    body = [row[:-1] for row in body] if parted else body
    cells = [tuple((_text(lines, i), _line(row, i, lines)) for i in row) for row in body]
    header = list(_groups(lines, at, top))
    if any(is_number(text) for row in header for text, _ in row):
        return []  # rows above the body that are not of its length: its empty lines are not all kept
    return [*header, *cells]


def _line(row: Sequence[int], i: int, lines: Sequence[str]) -> int:
    """Number of a cell's line; a merged cell's is that of the row's first."""
    return min((i if i >= 0 else row[0]) + 1, len(lines))


def _above(lines: Sequence[str], at: int, rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Rows above, from the nearest: whole ones of the same kinds, or one whose first cell, 合计 or
    栏次, is merged over those beside it (-1)."""
    first = rows[0][0]
    kinds = [""] * len(rows[0])
    for row in rows:
        _fits([_text(lines, i) for i in row], kinds)
    while first > at:
        above = next(_rows_above(lines, at, first, kinds), None)
        if above is None:
            return
        yield above
        first = above[0]


def _rows_above(lines: Sequence[str], at: int, first: int, kinds: list[str]) -> Iterator[list[int]]:
    """Ways to read the lines above `first` as a row: whole with 合计 in front, 合计 merged, whole."""
    ways = (*((merged, True) for merged in range(_MOST_MERGED)), (0, False))
    for merged, named in ways:
        start = first - (len(kinds) - merged)
        if start < at or (_TOTAL.match(fold(lines[start])) is not None) != named:
            continue
        row = [start, *[-1] * merged, *range(start + 1, first)]
        texts = [_text(lines, i) if i >= 0 else "" for i in row]
        numbers = any(is_number(text) for text in texts)
        if numbers and _fits(texts, kinds):
            yield row


def _groups(lines: Sequence[str], at: int, top: int) -> Iterator[Row]:
    """The header's rows: lines that stand together."""
    row: list[tuple[str, int]] = []
    for i in range(at, top):
        if _text(lines, i):
            row.append((_text(lines, i), i + 1))
        elif row:
            yield tuple(row)
            row = []
    if row:
        yield tuple(row)
