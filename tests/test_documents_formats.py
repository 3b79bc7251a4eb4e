"""The golden documents written as PDF, DOCX, XLSX and HTML hold what the text holds."""

import io
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest
import rendering

from pipeline.documents.content import read_content
from pipeline.documents.limits import Limits
from pipeline.documents.source import one_line
from pipeline.documents.text import document_from_text
from pipeline.text import is_number, squeeze
from schemas.documents import Document

pytestmark = pytest.mark.wide

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*/*.txt"))
FORMATS: dict[str, Callable[[Document], bytes]] = {
    "pdf": rendering.as_pdf,
    "docx": rendering.as_docx,
    "xlsx": rendering.as_xlsx,
    "html": rendering.as_html,
}
needs_font = pytest.mark.skipif(rendering.FONT is None, reason="needs fonts-wqy-microhei")
CASES = [
    pytest.param(path, name, id=f"{path.stem}-{name}", marks=[needs_font] if name == "pdf" else [])
    for path in GOLDEN
    for name in FORMATS
]


@cache
def original(path: Path) -> Document:
    return document_from_text(path.name, path.read_bytes())


@cache
def written(path: Path, name: str) -> Document:
    data = FORMATS[name](original(path))
    return read_content(f"{path.stem}.{name}", data, Limits())


def all_text(document: Document) -> str:
    return "".join(squeeze(line) for line in document.lines)


def filled_rows(document: Document) -> list[tuple[str, ...]]:
    rows = [row for grid in document.grids for row in grid.rows]
    return [without_end(tuple(squeeze(cell.text) for cell in row)) for row in rows]


@pytest.mark.parametrize(("path", "name"), CASES)
def test_every_line_outside_of_tables_is_there_in_order(path: Path, name: str):
    shown = "".join(part if isinstance(part, str) else table_text(part) for part in parts_of(path))
    assert all_text(written(path, name)) == squeeze(shown)


@pytest.mark.parametrize(("path", "name"), CASES)
def test_every_row_with_numbers_has_its_cells_in_their_columns(path: Path, name: str):
    tables = [part for part in parts_of(path) if not isinstance(part, str)]
    shown = [tuple(map(squeeze, row)) for table in tables for row in table.rows]
    assert valued(filled_rows(written(path, name))) == valued(map(without_end, shown))


def parts_of(path: Path) -> list[rendering.Part]:
    return list(rendering.parts(original(path)))


def table_text(table: rendering.Table) -> str:
    return "".join("".join(row) for row in table.rows)


def without_end(row: tuple[str, ...]) -> tuple[str, ...]:
    """The row without the blank cells at its end."""
    last = max((index for index, text in enumerate(row) if text), default=-1)
    return row[: last + 1]


def valued(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows that hold an amount; heads of forms may have become lines."""
    return [row for row in rows if any("." in text and is_number(text) for text in row)]


@pytest.mark.parametrize(("path", "name"), CASES)
def test_every_cell_stands_in_its_line(path: Path, name: str):
    document = written(path, name)
    for grid in document.grids:
        for row in grid.rows:
            for cell in row:
                line = document.lines[cell.line - 1]
                assert line[cell.start : cell.start + len(cell.text)] == cell.text


@needs_font
@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_pages_and_boxes_are_given_for_every_line(path: Path):
    document = written(path, "pdf")
    assert len(document.pages) == len(document.boxes) == len(document.lines)
    assert list(document.pages) == sorted(document.pages)


@needs_font
@pytest.mark.parametrize("path", GOLDEN[1:3], ids=lambda path: path.stem)
def test_a_second_engine_reads_the_same_numbers(path: Path):
    """pdfplumber (pdfminer) finds the numbers of each table row in the same order."""
    pdfplumber = pytest.importorskip("pdfplumber")
    own = [[cell.text for cell in row] for grid in written(path, "pdf").grids for row in grid.rows]
    with pdfplumber.open(io.BytesIO(rendering.as_pdf(original(path)))) as pdf:
        tables = [table for page in pdf.pages for table in page.extract_tables()]
    other = [[one_line(text or "") for text in row] for table in tables for row in table]
    assert numbers(own) == numbers(other)


def numbers(rows: list[list[str]]) -> list[list[str]]:
    found = [[text for text in row if is_number(text)] for row in rows]
    return [row for row in found if row]
