"""What the printed heading of a column says about it, by the listed terms of the forms.

In: a grid. Out: its columns' header paths, and the contract's columns that a path names. A map
that contradicts a listed heading is refused; one whose every heading is listed is proven, because
no arithmetic tells two addend columns apart (swapping them breaks no row sum).
"""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.reading.binding import TERMS, fingerprint
from pipeline.reading.headers import Header, header_of
from pipeline.reading.library import form_by_title, form_of, name_of
from pipeline.reading.model_answers import ColumnKind
from pipeline.text import fold
from schemas.documents import Cell, Chunk, Grid

# A leaf that names no column of its own: it belongs to the header above it.
_GENERIC: Final = re.compile(r"小计|合计|金额|(20\d\d年)?(年初|本年|全年)?(决算|预算)数?")

_WORD: Final = re.compile(r"[\u4e00-\u9fff]{2}")
_ROW_NUMBER: Final = re.compile(r"行次|序号")


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


def column_kinds(grid: Grid, statement: str = "") -> tuple[ColumnKind, ...]:
    """What the cells of each column hold, by the rows that have every column. Amounts under a
    heading that the statement lists are never to be skipped."""
    top = header(grid)
    width = len(top.paths)
    rows = [row for row in grid.rows[top.body_first :] if len(row) >= width]
    return tuple(_kind(path, [row[index] for row in rows]) for index, path in enumerate(top.paths))


def _kind(path: Sequence[str], cells: Sequence[Cell]) -> ColumnKind:
    if path and _ROW_NUMBER.fullmatch(path[-1]):
        return "row_numbers"
    words = sum(cell.state == "text" and _WORD.search(cell.text) is not None for cell in cells)
    numbers = [cell.text for cell in cells if cell.state == "number"]
    if any("." in text or "," in text for text in numbers) and not words:
        return "amounts"
    return "words" if words and not numbers else "any"
