"""XLSX through openpyxl, after a look at how much it will unpack to.

In: the bytes of a workbook. Out: its visible sheets. The rule it protects: numbers stand as the
number format displays them.
"""

import io
import re
import zipfile
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.documents.limits import Limits, within
from pipeline.documents.office import OfficePackage, open_package, parse_xml
from pipeline.documents.sheet import Workbook, write_workbook
from pipeline.documents.sheet_blocks import SheetCells
from pipeline.documents.sheet_formats import displayed
from pipeline.documents.source import Source
from pipeline.errors import UnreadableFile

_CELL = re.compile(rb"<(?:\w+:)?c[ >/]")
_BROKEN = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    IndexError,
    AttributeError,
    TypeError,
    EOFError,
    OSError,
)
"""What openpyxl raises on files that are not what they say."""


def read_xlsx(name: str, data: bytes, limits: Limits) -> Source:
    """Read an XLSX. Raises UnreadableFile (damaged, encrypted) and LimitExceeded (cells)."""
    package = open_package(name, data, limits)
    _look_first(package, limits)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        within(sum(sheet.max_row * sheet.max_column for sheet in shown), limits.cells, "cells")
        sheets = tuple((sheet.title, _sheet(sheet)) for sheet in shown)
    except _BROKEN as error:
        raise UnreadableFile(f"the workbook is damaged ({error})") from error
    hidden = tuple(sheet.title for sheet in book.worksheets if sheet not in shown)
    pictures = sum(part.startswith("xl/media/") for part in package.names())
    return write_workbook(Workbook(sheets, hidden, pictures))


def _look_first(package: OfficePackage, limits: Limits) -> None:
    """Count the cells and refuse document types before openpyxl reads the parts."""
    cells = 0
    for part in package.names():
        if not part.endswith((".xml", ".rels")):
            continue
        content = package.part(part) or b""
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            parse_xml(content, part)
        if "worksheets/" in part:
            cells += sum(1 for _ in _CELL.finditer(content))
            within(cells, limits.cells, "cells of the workbook")


def _sheet(sheet: Worksheet) -> SheetCells:
    texts: dict[tuple[int, int], str] = {}
    ruled: set[tuple[int, int]] = set()
    for row, line in enumerate(sheet.iter_rows(), 1):
        for column, cell in enumerate(line, 1):
            if _has_border(cell):
                ruled.add((row, column))
            text = _text(cell)
            if text:
                texts[(row, column)] = text
    merges = [
        (span.min_row, span.min_col, span.max_row, span.max_col)
        for span in sheet.merged_cells.ranges
    ]
    hidden_rows = {row for row, shape in sheet.row_dimensions.items() if shape.hidden}
    return SheetCells(
        texts,
        tuple(sorted(merges)),
        frozenset(hidden_rows),
        frozenset(_hidden_columns(sheet)),
        frozenset(ruled),
    )


def _text(cell: SheetCell | MergedCell) -> str:
    if isinstance(cell, MergedCell) or cell.value is None:
        return ""
    return displayed(cell.value, cell.number_format or "General")


def _has_border(cell: SheetCell | MergedCell) -> bool:
    border = cell.border if cell.has_style else None
    if border is None:
        return False
    sides = (border.top, border.bottom, border.left, border.right)
    return sum(side is not None and side.style is not None for side in sides) > 1


def _hidden_columns(sheet: Worksheet) -> set[int]:
    found: set[int] = set()
    for shape in sheet.column_dimensions.values():
        if shape.hidden and shape.min is not None and shape.max is not None:
            found.update(range(shape.min, min(shape.max, sheet.max_column) + 1))
    return found
