"""One cell a line without any mark, an empty line between rows, an empty cell as a line of wide blanks.

In: numbered lines. Out: rows of (text, line). The rule it protects: there is a table only where most
rows have one number of cells and hold numbers; prose in short paragraphs is none.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.text import fold, is_number

Row = tuple[tuple[str, int], ...]
_NO_CELL = re.compile(r"[。；]|单位[:：]|^(?:注|说明|备注)[:：]|\t|\|")
# What no cell of such a table holds.
END_OF_CELLS = re.compile(r"[。；]|^(?:注|说明|备注)[:：]|表(?:[(].{1,9}[)])?$|\t|\|")
LONGEST = 45
_MOST_LINES = 60_000
_MOST_WORK, _FREE_WORK = 50, 2_000_000
_LEAST_CELLS = 3
_LEAST_ROWS = 3
_MOST_CELLS = 40
# Names behind the first number of a row: of the other side, or of two more blocks of accounts.
_MOST_NAMES = 4
_LONG_ROW = 6


def cell_ends(lines: Sequence[str]) -> list[int]:
    """Of each line the index of the first one from there on that is no cell."""
    ends = [0] * len(lines)
    end = len(lines)
    for i in reversed(range(len(lines))):
        text = fold(lines[i])
        cell = len(text) <= LONGEST and not END_OF_CELLS.search(text)
        ends[i] = end = min(end, i + _MOST_LINES) if cell else i
    return ends


def affordable(starts: Iterable[int], ends: Sequence[int]) -> dict[int, int]:
    """Of the places where a table may begin those that a text of many short lines has time for,
    each with its end."""
    found: dict[int, int] = {}
    work = 0
    for at in starts:
        work += ends[at] - at
        if work > _MOST_WORK * len(ends) + _FREE_WORK:
            break
        found[at] = ends[at]
    return found


def bare_starts(lines: Sequence[str], ends: Sequence[int]) -> dict[int, int]:
    """Lines below an empty one, with the end of the cells that begin there."""
    filled = [bool(line.strip(" \r")) for line in lines]
    return affordable((i for i, f in enumerate(filled) if f and not (i and filled[i - 1])), ends)


def bare_rows(lines: Sequence[str], at: int) -> list[Row]:
    """The rows of the table that begins at line index `at`; none where there is no table."""
    if not lines[at].strip(" \r") or (at and lines[at - 1].strip(" \r")):
        return []
    rows: list[Row] = []
    row: list[tuple[str, int]] = []
    for i in range(at, len(lines)):
        if lines[i].strip(" \r"):
            row.append((lines[i], i + 1))
            continue
        if row and not _is_row(row):
            break
        rows += [tuple(row)] if row else []
        row = []
    else:
        rows += [tuple(row)] if row and _is_row(row) else []
    return rows if _is_table(rows) else []


def _is_row(row: Sequence[tuple[str, int]]) -> bool:
    texts = [fold(text) for text, _ in row]
    return len(row) > 1 and all(len(t) <= LONGEST and not _NO_CELL.search(t) for t in texts)


def _is_table(rows: Sequence[Row]) -> bool:
    """Rows of one length with numbers, or one long row of them (三公经费), below a header of words."""
    valued = [_numbers(row) > 0 for row in rows]
    lengths = Counter(len(row) for row, has in zip(rows, valued, strict=True) if has)
    width, count = max(lengths.items(), key=lambda one: one[1], default=(0, 0))
    headed = bool(rows) and not valued[0]
    if any(_ordinals(row) > width for row in rows) or _are_parted(rows):
        return False
    if headed and any(_numbers(row) >= _LONG_ROW and _names(row) <= _MOST_NAMES for row in rows):
        return max(map(len, rows)) <= _MOST_CELLS
    return headed and width >= _LEAST_CELLS and count >= _LEAST_ROWS and count * 2 > sum(valued)


def _are_parted(rows: Sequence[Row]) -> bool:
    """An empty cell has parted rows: one begins with an amount and goes on with words, or some are
    amounts alone beside rows with a name."""
    kinds = [[is_number(text.strip()) for text, _ in row] for row in rows]
    rests = [k for k, row in zip(kinds, rows, strict=True) if k[0] and "." in row[0][0]]
    named = any(not k[0] and any(k) for k in kinds)
    return any(not all(k) for k in rests) or (named and len(rests) > 1)


def _ordinals(row: Row) -> int:
    """The last number of a row that numbers the columns (栏次 1 2 3): a body whose rows have fewer
    cells has lost its empty ones."""
    numbers = [int(text) for text, _ in row if text.strip().isdecimal()]
    return len(numbers) if numbers == [*range(1, len(numbers) + 1)] else 0


def _names(row: Row) -> int:
    """How many cells behind the first number are none."""
    numbers = [is_number(text.strip()) for text, _ in row]
    return len(numbers[numbers.index(True) :]) - sum(numbers) if any(numbers) else 0


def _numbers(row: Row) -> int:
    return sum(is_number(text.strip()) for text, _ in row)
