"""Lines whose cells stand under one another, parted by runs of blanks (`pdftotext -layout`) -> grids.

In: numbered lines. Out: grids whose columns are the stretches that the rows print into. The rule it
protects: where two numbers of a row would share a column, amounts stand with words in one cell
(pdftotext counts a Chinese character as one place, so that what it prints does not stand under one
another for the eye), or too few rows agree, there is no grid and the lines stay lines.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.documents.aligned_header import header_cells
from pipeline.documents.aligned_parts import Part, Span, overlap
from pipeline.text import fold, is_number, width_of
from schemas.documents import Cell, CellState, Grid

_PART = re.compile(r"[^\s\u3000]+(?: [^\s\u3000]+)*")
_DASH = re.compile(r"[-—–－/]+")
_LEADER = re.compile(r"[.．。·…]{4,}")
_HEAD = re.compile(
    r"(?:单位|部门)(?:名称)?[:：]|^公开\d|^(?:注|说明|备注)[:：\d]|^[-—–－]+\d+[-—–－]+$|^第\d+页|表$|^20\d\d年度$"
)
_NAME = re.compile(r"(?:项目|部门|单位|主管|实施|预算)(?:名称|部门|单位)|^[(（]20\d\d年度?[)）]$")
_FOOT = re.compile(r"[-—–－]+\d+[-—–－]+$|第\d+页")
# Blank lines that a page break may bring.
_PAGE_BLANKS = 3
_PROSE = re.compile(r"[。；]|，.*，")
_OWN_LABEL = re.compile(
    r"^[(（]?[一二三四五六七八九十\d]+[)）、.．]|^其中|[合总小]计$|指标$|^(?:\d{3}){1}(?:\d\d)*$"
)
_VALUE = re.compile(r"(?!20\d\d年)[≥≤＞＜><=＝约]?-?\d[\d,.]*\D{0,4}")
# A run of blanks inside a line, and within how many lines of its first a table shows one.
_GAP = re.compile(r"\S[ \u3000]{2,}\S")
_NEAR = 12
# An amount that words follow or precede in one cell; no share or code within a label.
_AMOUNT = re.compile(r"(?<![\d.])\d[\d,]*\.\d\d(?=\s)|(?<=\s)\d[\d,]*\.\d\d(?!\d)")
_LEAST_ROWS = 3
_LONG_ROW = 6
_LEAST_COLUMNS = 3
# This share of the rows may print a label into the gap between two columns.
_OVERFLOWING = 0.1

Line = tuple[Part, ...]


class Block(NamedTuple):
    """Lines of one table: those above its header (项目名称 and its like), those of its header and of
    its body, the number of the last one."""

    above: tuple[Line, ...]
    header: tuple[Line, ...]
    body: tuple[Line, ...]
    end: int


def aligned_grid(lines: Sequence[str], at: int) -> Grid | None:
    """The table of aligned columns that begins at line index `at`, over page breaks where the
    columns stay in place; None where none does."""
    if not any(map(_has_gap, lines[at : at + _NEAR])) or not _begins(lines, at):
        return None
    grids = (_grid(lines, at, over_pages) for over_pages in (True, False))
    return next((grid for grid in grids if grid is not None and not _is_crowded(grid)), None)


def _is_crowded(grid: Grid) -> bool:
    """True where many rows have a cell with an amount beside words: two cells, most often, in one."""
    crowded = sum(
        any(cell.state == "text" and _AMOUNT.search(cell.text) for cell in row) for row in grid.rows
    )
    return crowded * 10 > len(grid.rows)


@lru_cache(maxsize=1 << 14)
def _has_gap(line: str) -> bool:
    return _GAP.search(line) is not None


def _begins(lines: Sequence[str], at: int) -> bool:
    line = parts_of(lines[at], at + 1) if "\t" not in lines[at] and "|" not in lines[at] else ()
    return bool(line) and not _stops(line) and not _FOOT.match(fold(lines[at]))


def _grid(lines: Sequence[str], at: int, over_pages: bool) -> Grid | None:
    block = _block(lines, at, over_pages)
    if block is None:
        return None
    columns = _columns(block)
    rows = _rows(block.body, columns) if len(columns) >= _LEAST_COLUMNS else None
    head = header_cells(block.header, columns, _worded(rows, columns)) if rows else None
    if rows is None or head is None:
        return None
    columns, header = head
    above = [_cells(_placed(row, columns), columns) for row in block.above]
    body = [_cells(_placed(row, columns), columns) for row in rows]
    return Grid(
        layout="aligned",
        rows=without_halves((*above, *header, *body)),
        first_line=at + 1,
        last_line=block.end,
        low_confidence=True,
    )


def without_halves(rows: Sequence[tuple[Cell, ...]]) -> tuple[tuple[Cell, ...], ...]:
    """The rows, neighbouring columns put together that no row fills both of and that are one: a
    header, or its number, that stands beside its amounts; an empty strip."""
    width = max(map(len, rows), default=0)
    rows = [(*row, *(_blank(row),) * (width - len(row))) for row in rows]
    numbers = next((row for row in rows if _numbers_columns(row)), None)
    c = 0
    while c + 1 < width:
        left, right = [row[c] for row in rows], [row[c + 1] for row in rows]
        at = rows.index(numbers) if numbers in rows else None
        if _are_halves(left, right, at):
            halves = [
                (*row[:c], row[c] if row[c].text else row[c + 1], *row[c + 2 :]) for row in rows
            ]
            numbers = halves[at] if at is not None else None
            rows, width = halves, width - 1
        else:
            c += 1
    return tuple(rows)


def _are_halves(left: Sequence[Cell], right: Sequence[Cell], numbers: int | None) -> bool:
    """`numbers`: the row that numbers the columns, if there is one."""
    if any(a.text and b.text for a, b in zip(left, right, strict=True)):
        return False
    for one, other in ((left, right), (right, left)):
        words, amounts = _has(one, "text"), _has(one, "number")
        numbered = numbers is not None and one[numbers].text and not other[numbers].text
        if not words and not (amounts and _has(other, "number")):
            return True
        if numbered and not amounts and _has(other, "number"):
            return True
    return False


def _numbers_columns(row: Sequence[Cell]) -> bool:
    texts = [cell.text for cell in row if cell.text.isdigit()]
    return len(texts) > 2 and texts == [str(n) for n in range(1, len(texts) + 1)]


def _has(cells: Sequence[Cell], state: CellState) -> bool:
    """Words or amounts; whole numbers may be those of the columns."""
    found = (cell for cell in cells if cell.state == state)
    return any(state != "number" or "." in cell.text for cell in found)


def _blank(row: Sequence[Cell]) -> Cell:
    return row[-1].model_copy(update={"text": "", "state": "blank"})


def parts_of(line: str, number: int) -> Line:
    """The pieces of a line between runs of two and more blanks; numbers always apart."""
    found: list[Part] = []
    for match in _PART.finditer(line):
        words = match.group().split(" ")
        apart = len(words) > 1 and all(is_number(word) for word in words)
        start = match.start()
        for text in words if apart else (match.group(),):
            left = width_of(line[:start])
            found.append(Part(left, left + width_of(text), text, number, start))
            start += len(text) + 1
    return tuple(found)


def _block(lines: Sequence[str], at: int, over_pages: bool) -> Block | None:
    found = _stretch(lines, at, over_pages)
    first = next((n for n, line in enumerate(found) if _valued(line)), None)
    last = max((n for n, line in enumerate(found) if _valued(line)), default=0)
    if first is None or not first or not _is_table(found):
        return None
    while last + 1 < len(found) and _goes_on(found[last], found[last + 1]):
        last += 1
    top = next((n for n in range(first - 1, -1, -1) if _NAME.match(found[n][0].text)), -1) + 1
    header = found[top:first]
    heads = {_words(line) for line in header}
    body = tuple(line for line in found[first : last + 1] if _words(line) not in heads)
    return Block(tuple(found[:top]), tuple(header), body, found[last][0].line)


def _words(line: Line) -> str:
    return fold("".join(part.text for part in line))


def _stretch(lines: Sequence[str], at: int, over_pages: bool) -> list[Line]:
    """The lines from `at` on up to one that is none of a table, or to a second blank line; a page's
    foot and the blanks around it do not count where the table runs over pages."""
    found: list[Line] = []
    blank = 0
    for i in range(at, len(lines)):
        if over_pages and found and _FOOT.match(fold(lines[i])):
            blank = -_PAGE_BLANKS
            continue
        line = parts_of(lines[i], i + 1)
        blank = blank + 1 if not line else min(blank, 0)
        if "\t" in lines[i] or "|" in lines[i] or (line and _stops(line)) or blank > 1:
            break
        if line:
            found.append(line)
            blank = 0
    return found


def _is_table(lines: Sequence[Line]) -> bool:
    """Enough rows with values, or one long row of numbers (三公经费), most of them with a run of
    blanks: numbers with one blank between them may stand anywhere."""
    valued = [line for line in lines if _valued(line)]
    if sum(map(_is_spaced, valued)) * 2 < len(valued):
        return False
    longest = max(sum(is_number(part.text) for part in line) for line in lines)
    return sum(map(_valued, lines)) >= _LEAST_ROWS or longest >= _LONG_ROW


def _is_spaced(line: Line) -> bool:
    return any(b.start - a.start - len(a.text) > 1 for a, b in zip(line, line[1:], strict=False))


def _stops(line: Line) -> bool:
    """A line that is no row: a title, the form's head, a note, a page's foot, prose."""
    text = fold("".join(part.text for part in line))
    if _LEADER.search(text) or _HEAD.search(text):
        return True
    return len(line) == 1 and bool(_PROSE.search(text))


def _valued(line: Line) -> bool:
    """A row of the body: a number or a measured number right of its first piece."""
    return any(_VALUE.fullmatch(part.text) for part in line[1:])


def _dashed(line: Line) -> bool:
    """A row whose values are all printed as dashes."""
    dashes = [_DASH.fullmatch(part.text) is not None for part in line]
    return any(dashes) and not dashes[0]


def _goes_on(line: Line, after: Line) -> bool:
    """The rest of a label that wrapped: text under text, with no mark of a row of its own."""
    return all(
        not is_number(part.text)
        and not _OWN_LABEL.search(fold(part.text))
        and any(not is_number(o.text) and overlap(part.span, o.span) for o in line)
        for part in after
    )


def _columns(block: Block) -> list[Span]:
    """The stretches that the rows print into, left to right."""
    rows = [line for line in block.body if _valued(line)]
    width = max(part.span[1] for line in rows for part in line)
    numbers, words = [0] * width, [0] * width
    for line in rows:
        for part in line:
            if _DASH.fullmatch(part.text):
                continue
            counts = numbers if is_number(part.text) else words
            for place in range(*part.span):
                counts[place] += 1
    allowed = int(_OVERFLOWING * len(rows))
    taken = [numbers[x] > 0 or words[x] > allowed for x in range(width)]
    columns: list[Span] = []
    for place, used in enumerate(taken):
        if used and columns and columns[-1][1] == place:
            columns[-1] = (columns[-1][0], place + 1)
        elif used:
            columns.append((place, place + 1))
    return columns


def _rows(body: Sequence[Line], columns: Sequence[Span]) -> list[Line] | None:
    """Lines as rows, wrapped labels joined to theirs; None where numbers share a column."""
    rows: list[Line] = []
    above: list[Part] = []
    owed = 0
    for n, line in enumerate(body):
        if (
            _valued(line)
            or _dashed(line)
            or (line and _OWN_LABEL.search(fold(line[0].text)) and not above)
        ):
            lacks = above and not any(
                _column_of(p, columns) == _column_of(above[0], columns) for p in line
            )
            if above and not lacks and rows:
                rows[-1] = (*rows[-1], *above)
            owed = len({part.line for part in above}) if lacks else 0
            rows.append((*above, *line) if lacks or not rows else line)
            above = []
        elif owed and rows:
            rows[-1], owed = (*rows[-1], *line), owed - 1
        elif rows and n + 1 < len(body) and not _lacks_label(body[n + 1], line, columns):
            rows[-1] = (*rows[-1], *line)
        else:
            above += line
    rows = [*rows[:-1], (*rows[-1], *above)] if rows else []
    return rows if all(_tells_apart(row, columns) for row in rows) else None


def _lacks_label(row: Line, words: Line, columns: Sequence[Span]) -> bool:
    """True where the next row prints nothing in the column of these words: they are its name."""
    wanted = {_column_of(part, columns) for part in words}
    return _valued(row) and not wanted & {_column_of(part, columns) for part in row}


def _column_of(part: Part, columns: Sequence[Span]) -> int:
    """The column that a piece stands in for the most part, or the nearest one."""
    shares = [overlap(part.span, column) for column in columns]
    if any(shares):
        return shares.index(max(shares))
    gaps = [max(c[0] - part.span[1], part.span[0] - c[1]) for c in columns]
    return gaps.index(min(gaps))


def _worded(rows: Sequence[Line], columns: Sequence[Span]) -> frozenset[Span]:
    """The columns that hold words rather than numbers."""
    count: Counter[Span] = Counter()
    for row in rows:
        for part in row:
            if not _DASH.fullmatch(part.text):
                count[columns[_column_of(part, columns)]] += -1 if is_number(part.text) else 1
    return frozenset(column for column, more in count.items() if more > 0)


def _tells_apart(row: Line, columns: Sequence[Span]) -> bool:
    numbers = [_column_of(part, columns) for part in row if is_number(part.text)]
    return len(set(numbers)) == len(numbers)


def _placed(row: Line, columns: Sequence[Span]) -> dict[int, list[Part]]:
    placed: dict[int, list[Part]] = {}
    for part in row:
        placed.setdefault(_column_of(part, columns), []).append(part)
    return placed


def _cells(placed: dict[int, list[Part]], columns: Sequence[Span]) -> tuple[Cell, ...]:
    line = min(part.line for parts in placed.values() for part in parts)
    return tuple(
        Part.cell(sorted(placed[c], key=lambda p: (p.line, p.start)), line) if c in placed
        else Cell(text="", line=line, state="blank")
        for c in range(len(columns))
    )  # fmt: skip
