"""Writes a document as PDF, DOCX, XLSX and HTML, so that every reader meets the golden documents.

In: a `Document` read from text. Out: bytes of a file that shows the same lines and tables. The
rule it protects: what is written is what the text holds, no cell more and none less.
"""

import html
import io
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import docx
import openpyxl
from openpyxl.styles import Border, Side
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate

from pipeline.reading.binding import TERMS
from pipeline.reading.headers import header_of
from schemas.documents import Cell, Document, Grid

# Debian: fonts-wqy-microhei, fonts-wqy-zenhei.
FONTS = tuple(
    Path(f"/usr/share/fonts/truetype/wqy/wqy-{name}.ttc") for name in ("microhei", "zenhei")
)
FONT = next((path for path in FONTS if path.exists()), None)
_PERFORMANCE = re.compile("绩效|指标|年度目标|履职|覆盖率|比例|次数|人数|时间|[≥≤]")
_LONGEST = 32_000  # characters that a cell of a sheet holds


class Span(NamedTuple):
    """A merged cell: its upper left corner, its height and width."""

    row: int
    column: int
    down: int
    across: int


class Table(NamedTuple):
    """Texts of a grid, every row of the same length, and its merged cells."""

    rows: tuple[tuple[str, ...], ...]
    spans: tuple[Span, ...] = ()


Part = str | Table


def parts(document: Document) -> Iterator[Part]:
    """Lines outside of grids as they stand, grids as tables, in order."""
    grids = {grid.first_line: grid for grid in document.grids}
    line = 1
    while line <= len(document.lines):
        if line in grids:
            yield _table(grids[line])
            line = max(grids[line].last_line, line) + 1
            if line in grids:
                yield ""
        else:
            yield document.lines[line - 1].strip()
            line += 1


def _table(grid: Grid) -> Table:
    """The grid with the spans that its header is read with; a short row begins merged.

    Performance forms have no header over their columns and stay as they are."""
    if any(_PERFORMANCE.search(cell.text) for row in grid.rows for cell in row):
        width = max(len(row) for row in grid.rows)
        return Table(tuple(_padded(row, width) for row in grid.rows))
    header = header_of(grid, TERMS)
    width = max(len(header.paths), *(len(row) for row in grid.rows))
    rows: list[tuple[str, ...]] = []
    spans: list[Span] = []
    for index, row in enumerate(grid.rows):
        if index in header.header_rows:
            if index == header.header_rows[0]:
                heads, merged = _header(header.paths, width)
                spans += [span._replace(row=span.row + len(rows)) for span in merged]
                rows += heads
            continue
        missing = width - len(row)
        if missing and header.header_rows and index > header.header_rows[0]:
            spans.append(Span(len(rows), 0, 1, missing + 1))
            rows.append((row[0].text, *[""] * missing, *(cell.text for cell in row[1:])))
        else:
            rows.append(_padded(row, width))
    return Table(tuple(rows), tuple(spans))


def _header(paths: Sequence[Sequence[str]], width: int) -> tuple[list[tuple[str, ...]], list[Span]]:
    """Header rows from the path of texts over each column: groups side by side, leaves to the
    bottom."""
    depth = max((len(path) for path in paths), default=0)
    rows = [[""] * width for _ in range(depth)]
    spans = []
    for column, path in enumerate(paths):
        for level, text in enumerate(path):
            leaf = level == len(path) - 1
            before = paths[column - 1] if column else ()
            if not leaf and len(before) > level + 1 and before[: level + 1] == path[: level + 1]:
                continue
            across = 1
            while not leaf and _same_group(paths, column, column + across, level):
                across += 1
            rows[level][column] = text
            down = depth - level if leaf else 1
            if (down, across) != (1, 1):
                spans.append(Span(level, column, down, across))
    return [tuple(row) for row in rows], spans


def _same_group(paths: Sequence[Sequence[str]], first: int, other: int, level: int) -> bool:
    if other >= len(paths) or len(paths[other]) <= level + 1:
        return False
    return paths[other][: level + 1] == paths[first][: level + 1]


def _padded(row: Sequence[Cell], width: int) -> tuple[str, ...]:
    texts = [cell.text for cell in row]
    return tuple(texts + [""] * (width - len(texts)))


@cache
def _font() -> str:
    pdfmetrics.registerFont(TTFont("cjk", str(FONT), subfontIndex=0))
    return "cjk"


def as_pdf(document: Document) -> bytes:
    """A landscape PDF: ruled tables that go on over pages, page heads and numbers."""
    text = ParagraphStyle("text", fontName=_font(), fontSize=9, leading=13, wordWrap="CJK")
    cell = ParagraphStyle("cell", fontName=_font(), fontSize=6.5, leading=8, wordWrap="CJK")
    story: list[Flowable] = []
    for part in parts(document):
        if isinstance(part, str):
            story.append(Paragraph(html.escape(part) or "&nbsp;", text))
        else:
            story.append(_pdf_table(part, cell))
    target = io.BytesIO()
    template = SimpleDocTemplate(
        target, pagesize=landscape(A4), topMargin=50, bottomMargin=50, invariant=1
    )
    template.build(story, onFirstPage=_dress, onLaterPages=_dress)
    return target.getvalue()


def _pdf_table(table: Table, style: ParagraphStyle) -> Flowable:
    width = landscape(A4)[0] - 150
    columns = [max(len(row[i]) for row in table.rows) + 3 for i in range(len(table.rows[0]))]
    capped = [min(column, 24) for column in columns]
    return LongTable(
        [[Paragraph(html.escape(text), style) for text in row] for row in table.rows],
        colWidths=[width * column / sum(capped) for column in capped],
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, "black"),
            ("LEFTPADDING", (0, 0), (-1, -1), 1),
            ("RIGHTPADDING", (0, 0), (-1, -1), 1),
            *[
                ("SPAN", (s.column, s.row), (s.column + s.across - 1, s.row + s.down - 1))
                for s in table.spans
            ],
        ],
    )


def _dress(canvas: Canvas, template: SimpleDocTemplate) -> None:
    canvas.setFont(_font(), 8)
    canvas.drawString(72, landscape(A4)[1] - 30, "信息公开文本")
    canvas.drawCentredString(landscape(A4)[0] / 2, 25, f"- {canvas.getPageNumber()} -")


def as_docx(document: Document) -> bytes:
    """A DOCX with paragraphs and tables."""
    file = docx.Document()
    for part in parts(document):
        if isinstance(part, str):
            file.add_paragraph(part)
            continue
        table = file.add_table(len(part.rows), len(part.rows[0]), style="Table Grid")
        for row, texts in zip(table.rows, part.rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
        for span in part.spans:
            last = table.cell(span.row + span.down - 1, span.column + span.across - 1)
            text = part.rows[span.row][span.column]
            table.cell(span.row, span.column).merge(last).text = text
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def as_xlsx(document: Document) -> bytes:
    """An XLSX with one sheet: lines in column A, tables with borders; every cell is text."""
    book = openpyxl.Workbook()
    sheet = book.active
    side = Side(style="thin")
    row = 0
    for part in parts(document):
        if isinstance(part, str):
            row += 1
            sheet.cell(row, 1, part[:_LONGEST] or None)
            continue
        for span in part.spans:
            first, left = row + 1 + span.row, 1 + span.column
            sheet.merge_cells(
                start_row=first,
                start_column=left,
                end_row=first + span.down - 1,
                end_column=left + span.across - 1,
            )
        for texts in part.rows:
            row += 1
            for column, text in enumerate(texts, 1):
                cell = sheet.cell(row, column)
                if text:
                    cell.value = text
                cell.border = Border(left=side, right=side, top=side, bottom=side)
        row += 1
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def as_html(document: Document, encoding: str = "utf-8") -> bytes:
    """A web page with paragraphs and tables, in the encoding that its head states."""
    body = "\n".join(_html(part) for part in parts(document))
    page = (
        f'<html><head><meta charset="{encoding}"><title>x</title></head><body>{body}</body></html>'
    )
    return page.encode(encoding)


def _html(part: Part) -> str:
    if isinstance(part, str):
        return f"<p>{html.escape(part)}</p>"
    spans = {(span.row, span.column): span for span in part.spans}
    covered = {
        (row, column)
        for span in part.spans
        for row in range(span.row, span.row + span.down)
        for column in range(span.column, span.column + span.across)
    } - set(spans)
    rows = []
    for row, texts in enumerate(part.rows):
        cells = [
            _html_cell(text, spans.get((row, column)))
            for column, text in enumerate(texts)
            if (row, column) not in covered
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table border=1>{''.join(rows)}</table>"


def _html_cell(text: str, span: Span | None) -> str:
    shape = f" rowspan={span.down} colspan={span.across}" if span is not None else ""
    return f"<td{shape}>{html.escape(text)}</td>"


Draw = Callable[[Canvas], None]


def drawn(*pages: Draw, size: tuple[float, float] = A4) -> bytes:
    """A PDF whose pages are drawn by hand, in a font that needs no file."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=size, invariant=1)
    for page in pages:
        canvas.setFont(cid_font(), 10)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


@cache
def cid_font() -> str:
    """A Chinese font that readers have themselves."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def ruled(canvas: Canvas, top: float, xs: Sequence[float], rows: Sequence[Sequence[str]]) -> None:
    """A fully ruled table of 20 point rows; the texts begin 3 points right of their rule."""
    bottom = top - 20 * len(rows)
    for x in xs:
        canvas.line(x, bottom, x, top)
    for index in range(len(rows) + 1):
        canvas.line(xs[0], top - 20 * index, xs[-1], top - 20 * index)
    for index, row in enumerate(rows):
        for x, text in zip(xs, row, strict=False):
            canvas.drawString(x + 3, top - 20 * index - 14, text)
