"""What the printed heading of a column says about it, by the listed terms of the forms.

In: a grid. Out: its columns' header paths, and the contract's columns that a path names. A map
that contradicts a listed heading is refused; one whose every heading is listed is proven, because
no arithmetic tells two addend columns apart (swapping them breaks no row sum).
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.reading.binding import TERMS, fingerprint
from pipeline.reading.headers import Header, header_of
from pipeline.reading.library import form_by_title, form_of, name_of
from pipeline.reading.model_answers import MAX_SKIPPED, Asked, ColumnKind, Shape
from pipeline.reading.model_vocabulary import SIDES
from pipeline.text import fold
from schemas.documents import Cell, Chunk, Grid
from schemas.vocabulary import YUAN_PER_UNIT

# A leaf that names no column of its own: it belongs to the header above it.
_GENERIC: Final = re.compile(r"小计|合计|金额|(20\d\d年)?(年初|本年|全年)?(决算|预算)数?")

AMOUNT: Final = re.compile(r"-?[\d,]*\d\.\d+|-?\d{1,3}(,\d{3})+")
_WORD: Final = re.compile(r"[\u4e00-\u9fff]{2}")
_CODE: Final = re.compile(r"[1-9]\d\d")
_CODES: Final = re.compile(r"编码|代码|^[类款项]$")
_NAMES: Final = re.compile(r"名称")
_ROW_NUMBER: Final = re.compile(r"行次|序号")
_YEAR: Final = r"(?:20\d\d年度?|本年度?|全年|年初)*"
_SIDE_HEADS: Final = {
    "income": re.compile(_YEAR + "收入"),
    "expenditure": re.compile(_YEAR + "支出"),
    "budget": re.compile(_YEAR + "预算数?"),
    "actual": re.compile(_YEAR + "(?:支出)?决算数?"),
}
_BODY_ROWS: Final = 3
_ROWS_AFTER: Final = 6


def header(grid: Grid) -> Header:
    """Where the body begins, and the header path (top to bottom, folded) of every column."""
    return header_of(grid, TERMS)


def listed_column(statement: str, path: Sequence[str], side: str = "") -> str:
    """The column that a header path is a listed synonym of; '' where it is none.

    >>> listed_column("expenditure", ("基本支出", "小计")), listed_column("income", ("某某款",))
    ('basic', '')
    """
    rest = tuple(path)
    while rest:
        match = name_of(form_of(statement), rest, f"{side}:" if side else "")
        if match is not None:
            return match.column
        if not _GENERIC.fullmatch(rest[-1]):
            return ""
        rest = rest[:-1]
    return ""


def titled_statement(chunk: Chunk) -> str:
    """The statement that a listed title names; '' where the title is not listed."""
    form = form_by_title(chunk.title)
    return form.statement if form else ""


def mark_of(chunk: Chunk, grid: Grid) -> str:
    """What a learned map is kept under: the header's fingerprint, and the statement of the title.

    The header alone does not do: 支出决算表 and 一般公共预算财政拨款支出决算表 may share it.
    """
    title = titled_statement(chunk) or re.sub(r"\d+年?度?", "", fold(chunk.title))
    return f"{fingerprint(grid)}/{title}"


def prints_numbers(grid: Grid) -> bool:
    """True when the body prints a number; the numbers of its rows (行次) are none."""
    top = header(grid)
    counted = {i for i, path in enumerate(top.paths) if path and _ROW_NUMBER.search(path[-1])}
    return any(
        cell.state == "number" and index not in counted
        for row in grid.rows[top.body_first :]
        for index, cell in enumerate(row)
    )


class ShownRows(NamedTuple):
    """The numbers of the rows that say something about the form: the head, the first and the last
    of the body, and those between that repeat a row of the head. What prints numbers is inside the
    body: so it begins at one of `first` and ends at one of `last`."""

    numbers: tuple[int, ...]
    repeats: tuple[int, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]


def shown_rows(grid: Grid) -> ShownRows:
    """The rows of a grid that a model is shown."""
    head, total = header(grid).body_first, len(grid.rows)
    heads = {_texts(row) for row in grid.rows[:head]}
    inside = [i for i in range(total) if not is_head(grid, i) and prints_number(grid.rows[i])]
    begin, end = (inside[0], inside[-1]) if inside else (total - 1, total - 1)
    repeats = [i for i in range(begin, end) if _texts(grid.rows[i]) in heads][:MAX_SKIPPED]
    first = tuple(i for i in range(begin + 1) if not is_head(grid, i))
    last = tuple(range(end, min(total, end + _ROWS_AFTER)))
    shown = {*range(min(total, begin + _BODY_ROWS)), *repeats, *last}
    return ShownRows(tuple(sorted(shown)), tuple(repeats), first, last)


def prints_number(row: Sequence[Cell]) -> bool:
    """True for a row with a number in a cell of its own."""
    return any(cell.state == "number" for cell in row)


def is_head(grid: Grid, index: int) -> bool:
    """True for a row over the body that holds no amount: headings, and what numbers the columns."""
    return index < header(grid).body_first and not _holds_amount(grid, index)


def _holds_amount(grid: Grid, index: int) -> bool:
    return any(AMOUNT.fullmatch(text) for text in _texts(grid.rows[index]))


def _texts(row: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(re.sub(r"\s", "", cell.text) for cell in row)


def asked_of(chunk: Chunk, grid: Grid) -> Asked:
    """What is known of a grid before a model is asked about it."""
    statement = titled_statement(chunk)
    shown = shown_rows(grid)
    unit = chunk.unit if chunk.unit in YUAN_PER_UNIT else ""
    shapes = column_shapes(grid, statement)
    return Asked(shapes, statement, unit, shown.first, shown.last, shown.repeats)


def column_shapes(grid: Grid, statement: str = "") -> tuple[Shape, ...]:
    """What the cells of each column hold, by the rows that have every column, and its side."""
    top = header(grid)
    width = len(top.paths)
    rows = [row for row in grid.rows[top.body_first :] if len(row) >= width]
    shapes = []
    for index, path in enumerate(top.paths):
        cells = [row[index] for row in rows]
        goes_on = index > 0 and path == top.paths[index - 1]
        nothing = goes_on and not any(cell.text.strip() for cell in cells)
        kind: ColumnKind = "aside" if nothing else _kind(statement, path, cells)
        shapes.append(Shape(kind, side_over(statement, path)))
    return tuple(_beside_names(shapes, index) for index in range(width))


def _beside_names(shapes: Sequence[Shape], index: int) -> Shape:
    """Words are no name where a column beside them, before the next values, is headed as one."""
    if shapes[index].kind != "words":
        return shapes[index]
    values = [i for i, shape in enumerate(shapes) if shape.kind in ("amounts", "named")]
    begin = max((i for i in values if i < index), default=-1)
    end = min((i for i in values if i > index), default=len(shapes))
    named = any(shape.kind == "names" for shape in shapes[begin + 1 : end])
    return shapes[index]._replace(kind="aside") if named else shapes[index]


def side_over(statement: str, path: Sequence[str]) -> str:
    """The side that a heading over a column names; '' where none does.

    >>> side_over("three_public", ("2030年决算数", "合计")), side_over("income", ("收入", "合计"))
    ('actual', '')
    """
    sides = SIDES.get(statement, ())
    return next((s for text in path for s in sides if _SIDE_HEADS[s].fullmatch(text)), "")


def _kind(statement: str, path: Sequence[str], cells: Sequence[Cell]) -> ColumnKind:
    if path and _ROW_NUMBER.fullmatch(path[-1]):
        return "row_numbers"
    codes, names = heads_codes(path), heads_names(path)
    if codes or names:
        return "keys" if codes and names else "codes" if codes else "names"
    words = sum(cell.state == "text" and _WORD.search(cell.text) is not None for cell in cells)
    numbers = [cell.text for cell in cells if cell.state == "number"]
    if any("." in text or "," in text for text in numbers) and not words:
        return "amounts"
    if words and not numbers:
        return "words"
    blank = not words and not any(_CODE.search(text) for text in numbers)
    return "named" if statement and blank and is_listed(statement, path) else "any"


def heading(statement: str, path: Sequence[str]) -> str:
    """A header path as a reader would say it: the name, what stands above it in brackets. The side
    is left out, and 小计 or 合计 of a group is that group's.

    >>> heading("government_fund", ("本年支出", "基本支出")), heading("income", ("某款", "小计"))
    ('基本支出（本年支出）', '某款小计')
    """
    side = side_over(statement, path)
    texts = [t for t in path if not (side and _SIDE_HEADS[side].fullmatch(t))] or list(path)
    own = next((i for i in reversed(range(len(texts))) if not _GENERIC.fullmatch(texts[i])), -1)
    name, above = "".join(texts[own:]), "/".join(texts[: own if own >= 0 else -1])
    return f"{name}（{above}）" if above else name


def heads_codes(path: Sequence[str]) -> bool:
    """True for a heading of codes: 科目编码, 类."""
    return bool(path) and _CODES.search(path[-1]) is not None


def heads_names(path: Sequence[str]) -> bool:
    """True for a heading of names: 项目名称."""
    return bool(path) and _NAMES.search(path[-1]) is not None


def is_listed(statement: str, path: Sequence[str]) -> bool:
    """True for a heading that names a value column of the statement."""
    return bool(listed_column(statement, path, side_over(statement, path)))
