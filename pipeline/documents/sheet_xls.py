"""XLS (Excel 97-2003) through xlrd.

In: the bytes of a workbook. Out: its visible sheets. The rule it protects: numbers stand as the
number format displays them.
"""

import io

import xlrd
from xlrd.biffh import XLRDError
from xlrd.book import Book
from xlrd.compdoc import CompDocError
from xlrd.sheet import Cell as SheetCell
from xlrd.sheet import Sheet
from xlrd.xldate import XLDateError

from pipeline.documents.limits import Limits, within
from pipeline.documents.sheet import Workbook, write_workbook
from pipeline.documents.sheet_blocks import SheetCells
from pipeline.documents.sheet_formats import displayed
from pipeline.documents.source import Source
from pipeline.errors import UnreadableFile

_BROKEN = (
    XLRDError,
    CompDocError,
    AssertionError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
)
"""What xlrd raises on files that are not what they say (its struct errors are ValueErrors)."""


def read_xls(name: str, data: bytes, limits: Limits) -> Source:
    """Read an XLS. Raises UnreadableFile (damaged, encrypted) and LimitExceeded (cells)."""
    within(len(data), limits.bytes, f"bytes of {name}")
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
        shown = [sheet for sheet in book.sheets() if sheet.visibility == 0]
        within(sum(sheet.nrows * sheet.ncols for sheet in shown), limits.cells, "cells")
        sheets = tuple((sheet.name, _sheet(book, sheet)) for sheet in shown)
    except _BROKEN as error:
        raise UnreadableFile(f"the workbook is damaged or encrypted ({error})") from error
    hidden = tuple(sheet.name for sheet in book.sheets() if sheet.visibility != 0)
    return write_workbook(Workbook(sheets, hidden))


def _sheet(book: Book, sheet: Sheet) -> SheetCells:
    texts: dict[tuple[int, int], str] = {}
    ruled: set[tuple[int, int]] = set()
    for row in range(sheet.nrows):
        for column in range(sheet.ncols):
            style = book.xf_list[sheet.cell_xf_index(row, column)]
            border = style.border
            if border is not None and border.top_line_style and border.left_line_style:
                ruled.add((row + 1, column + 1))
            text = _text(book, sheet.cell(row, column), style.format_key)
            if text:
                texts[(row + 1, column + 1)] = text
    merges = [(r0 + 1, c0 + 1, r1, c1) for r0, r1, c0, c1 in sheet.merged_cells]
    return SheetCells(
        texts,
        tuple(sorted(merges)),
        frozenset(row + 1 for row, shape in sheet.rowinfo_map.items() if shape.hidden),
        frozenset(column + 1 for column, shape in sheet.colinfo_map.items() if shape.hidden),
        frozenset(ruled),
    )


def _text(book: Book, cell: SheetCell, format_key: int) -> str:
    form = book.format_map.get(format_key)
    pattern = (form.format_str if form is not None else "") or "General"
    value = cell.value
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(value).strip()
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(int(value), "#"))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return displayed(bool(value), pattern)
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return displayed(xlrd.xldate.xldate_as_datetime(float(value), book.datemode), pattern)
        except XLDateError:
            return str(value)
    return displayed(float(value), pattern) if cell.ctype == xlrd.XL_CELL_NUMBER else ""
