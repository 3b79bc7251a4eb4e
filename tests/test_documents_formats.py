"""The golden documents written as PDF, DOCX, XLSX and HTML hold what the text holds."""

import io
from collections.abc import Callable
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
    """Rows of all grids without the blank cells at their ends, blank rows left out."""
    rows = []
    for grid in document.grids:
        for row in grid.rows:
            texts = [squeeze(cell.text) for cell in row]
            while texts and not texts[-1]:
                texts.pop()
            if texts:
                rows.append(tuple(texts))
    return rows


@pytest.mark.parametrize(("path", "name"), CASES)
def test_every_character_is_there_in_order(path: Path, name: str):
    assert all_text(written(path, name)) == all_text(original(path))


@pytest.mark.parametrize(("path", "name"), CASES)
def test_every_row_has_its_cells_in_their_columns(path: Path, name: str):
    """Heads of forms (title, unit) may have become lines; all other rows are the same."""
    rows = filled_rows(written(path, name))
    kept = [row for row in filled_rows(original(path)) if row in set(rows)]
    heads = [row for row in filled_rows(original(path)) if row not in set(rows)]
    assert rows == kept
    assert all(any("表" in text or "单位" in text or "部门" in text for text in r) for r in heads)


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
