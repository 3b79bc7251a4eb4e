"""Lines with tabs -> rows of cells, where a cell may run over several lines (copied from a page).

In: consecutive lines. Out: rows. The rule it protects: lines are put together only where their tabs
add up to those of a whole row; a row whose blanks at the end were cut stays a row.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.text import fold, is_number, lone_text

Piece = tuple[str, int, int]
"""Text of a cell or of a part of one, its line (1-based) and its offset there."""

_NO_CELL = re.compile(
    r"[。；]|表$|^(?:注|说明|备注)[:：\d]|单位[:：]|^第.{1,3}部分|^[-—–－]*\d*[-—–－]*$"
)
_HEAD = re.compile(r"单位[:：](?:万|千|亿)?元")
_CAPTION = re.compile(
    r"^(?:附件|附表|公开|表)\d{1,2}(?:-\d+)?表?$|.{4}表(?:[(].*[)])?$|.{20}[。;]$"
)
# What the rows of the forms begin with: a code, or an item's ordinal.
_ITEM = re.compile(
    r"^(?:[235]\d\d(?:\d\d){0,2}$|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d{1,2}[.．、])"
)
_SEPARATOR = re.compile(r"[\t|]")
_LEAST_ITEMS = 10
_LONGEST = 30


def stretch(lines: Sequence[str], at: int) -> int:
    """Index behind the last line of the rows that begin at `at`; a line without tab belongs to them
    where it stands between lines with tabs and may be a part of a cell. A caption ends them."""
    end = at
    while end < len(lines) and not is_caption(lines[end]):
        if "\t" in lines[end] or (end > at and _inside(lines, end)):
            end += 1
        else:
            break
    while end > at and "\t" not in lines[end - 1]:
        end -= 1
    return end


def is_caption(line: str) -> bool:
    """A form's title or number, or a sentence, with tabs or bars beside it, as a sheet is copied
    whose title is merged over all columns."""
    text = lone_text(line)
    alone = text != line and not _SEPARATOR.search(text)
    return alone and _CAPTION.search(fold(text)) is not None


def parts_only(lines: Sequence[str]) -> bool:
    """True where tabs only part what is printed: rows of codes or items that differ in length
    although no cell is blank have lost their empty cells, as a PDF's text does, and no tab says
    which column a number is in."""
    at = items = blank = uneven = 0
    while at < len(lines):
        end = stretch(lines, at) if "\t" in lines[at] else at
        rows = [row for row in _cells(lines[at:end]) if _is_item(row)]
        _, *others = Counter(map(len, rows)).most_common() or [(0, 0)]
        items += len(rows)
        uneven += sum(count for _, count in others)
        blank += sum("" in row for row in rows)
        at = max(end, at + 1)
    return items >= _LEAST_ITEMS and blank * 10 < items and uneven * 10 > items


def _cells(lines: Sequence[str]) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("\t")] for line in lines]


def _is_item(row: Sequence[str]) -> bool:
    return any(map(_ITEM.match, row)) and any(is_number(cell) for cell in row[1:] if cell)


def _inside(lines: Sequence[str], i: int) -> bool:
    text = fold(lines[i])
    follows = i + 1 < len(lines) and "\t" in lines[i + 1]
    return bool(text) and len(text) <= _LONGEST and follows and not _NO_CELL.search(text)


def rows_of(lines: Sequence[str], at: int, end: int) -> list[list[list[Piece]]]:
    """The rows of lines at..end-1; each cell is the pieces that it is printed in."""
    block = lines[at:end]
    counts = [line.count("\t") for line in block]
    ways = [_sizes(block, counts, width) for width in sorted(set(counts), reverse=True)]
    sizes = max(ways, key=lambda way: way.lines).sizes
    rows = []
    for size in sizes:
        rows.append(_row([(lines[k], k + 1) for k in range(at, at + size)]))
        at += size
    return rows


class _Way(NamedTuple):
    """How many lines each row takes, and how many lines are in rows of the full width."""

    sizes: tuple[int, ...]
    lines: int


def _sizes(lines: Sequence[str], counts: Sequence[int], width: int) -> _Way:
    sizes: list[int] = []
    i = whole = 0
    while i < len(counts):
        size = _size(lines, counts, i, width)
        whole += size if sum(counts[i : i + size]) == width else 0
        sizes.append(size)
        i += size
    return _Way(tuple(sizes), whole)


def _size(lines: Sequence[str], counts: Sequence[int], i: int, width: int) -> int:
    """How many lines make the row that begins at line `i`."""
    total, size = counts[i], 1
    if _HEAD.search(fold(lines[i])):
        return 1
    while total < width and i + size < len(counts) and (total == 0 or counts[i + size] < width):
        if _are_two_cells(lines[i + size - 1], lines[i + size]):
            return 1
        total += counts[i + size]
        size += 1
    if total != width:
        return 1
    behind = i + size
    while (
        behind < len(counts) and counts[behind] == 0 and not _begins(lines, counts, behind, width)
    ):
        behind += 1
    return behind - i


def _are_two_cells(line: str, after: str) -> bool:
    """A number at a line's end and words at the start of the next are no one cell: blanks at the end
    of the row were cut."""
    last, first = line.rsplit("\t", 1)[-1].strip(), after.split("\t", 1)[0].strip()
    return is_number(last) and bool(first) and not is_number(first)


def _begins(lines: Sequence[str], counts: Sequence[int], i: int, width: int) -> bool:
    """True where a line without tab opens the next row: the row above ends with a number or blank,
    or with the lines below it makes a whole row. Before an empty first cell it opens none."""
    if i + 1 < len(lines) and lines[i + 1].startswith("\t"):
        return False
    last = lines[i - 1].split("\t")[-1].strip()
    return (
        not last or is_number(last) or _size(lines, counts, i, width) > 1 and counts[i + 1] < width
    )


def _row(lines: Sequence[tuple[str, int]]) -> list[list[Piece]]:
    cells: list[list[Piece]] = []
    for line, number in lines:
        start = 0
        for n, text in enumerate(line.split("\t")):
            if n or not cells:
                cells.append([])
            cells[-1].append((text, number, start))
            start += len(text) + 1
    return cells
