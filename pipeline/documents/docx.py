"""A Word file (DOCX) as lines and grids, in reading order.

In: the bytes of a DOCX. Out: `Source` without pages: one line a paragraph, one line a table row.
The rule it protects: the text is what the reader of the accepted document sees: insertions kept,
deletions dropped, text boxes where they are anchored, list numbers as Word prints them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from pipeline.documents.docx_numbers import Numbering, read_numbering
from pipeline.documents.docx_tables import table_cells
from pipeline.documents.flow import FlowBlock, Paragraph, write_flow
from pipeline.documents.limits import Limits
from pipeline.documents.office import OfficePackage, open_package
from pipeline.documents.ooxml import children, descendants, local, named, value
from pipeline.documents.source import Source
from pipeline.errors import UnreadableFile

_CONTAINERS = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "body"})
_DROPPED = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "rPr", "pPr", "rt"})


class _Reader(NamedTuple):
    numbering: Numbering
    limits: Limits


def read_docx(name: str, data: bytes, limits: Limits) -> Source:
    """Read a DOCX. Raises UnreadableFile (damaged, encrypted) and LimitExceeded (zip bomb)."""
    package = open_package(name, data, limits)
    root = package.xml(package.main_part())
    body = named(root, "body")
    if body is None:
        raise UnreadableFile("the Word file has no text body")
    reader = _Reader(read_numbering(package), limits)
    return write_flow(list(_blocks(body, reader)), _notes(package, body))


def _blocks(element: etree._Element, reader: _Reader) -> Iterator[FlowBlock]:
    kept = ""
    for child in children(element):
        kind = local(child)
        if kind in _CONTAINERS:
            yield from _blocks(child, reader)
        elif kind == "p":
            text = kept + reader.numbering.number(child) + paragraph_text(child)
            kept = text if _mark_deleted(child) else ""
            if not _mark_deleted(child):
                yield from (Paragraph(line) for line in text.split("\n"))
            yield from _boxes(child, reader)
        elif kind == "tbl":
            yield from _table(child, reader)
    if kept:
        yield Paragraph(kept)


def _table(table: etree._Element, reader: _Reader) -> Iterator[FlowBlock]:
    """A table of one cell is a frame around text; any other is a grid."""
    frame = _only_cell(table)
    if frame is not None:
        yield from _blocks(frame, reader)
        return
    yield table_cells(table, reader.numbering, paragraph_text, reader.limits)


def _only_cell(table: etree._Element) -> etree._Element | None:
    rows = [row for row in children(table) if local(row) == "tr"]
    cells = [cell for row in rows for cell in children(row) if local(cell) == "tc"]
    return cells[0] if len(rows) == 1 and len(cells) == 1 else None


def _boxes(paragraph: etree._Element, reader: _Reader) -> Iterator[FlowBlock]:
    """Text boxes anchored in the paragraph, each once (Word writes them twice)."""
    for content in descendants(paragraph, "txbxContent"):
        above = {local(parent) for parent in content.iterancestors()}
        nearest = next(a for a in content.iterancestors() if local(a) == "p")
        if "Fallback" not in above and nearest is paragraph:
            yield from _blocks(content, reader)


def paragraph_text(paragraph: etree._Element) -> str:
    """The printed text of a paragraph or run; a line break is a newline, a tab a TAB."""
    pieces: list[str] = []
    _collect(paragraph, pieces)
    return "".join(pieces)


def _collect(element: etree._Element, pieces: list[str]) -> None:
    for child in children(element):
        kind = local(child)
        if kind in _DROPPED or kind == "txbxContent" or (kind == "r" and _hidden(child)):
            continue
        if kind == "t":
            pieces.append(child.text or "")
        elif kind == "tab":
            pieces.append("\t")
        elif kind in {"br", "cr"}:
            pieces.append("\n")
        elif kind == "noBreakHyphen":
            pieces.append("-")
        else:
            _collect(child, pieces)


def _hidden(run: etree._Element) -> bool:
    properties = named(run, "rPr")
    vanish = named(properties, "vanish") if properties is not None else None
    return vanish is not None and value(vanish, "val") not in {"0", "false"}


def _mark_deleted(paragraph: etree._Element) -> bool:
    """The paragraph's end was deleted: it runs on into the next paragraph."""
    properties = named(paragraph, "pPr")
    mark = named(properties, "rPr") if properties is not None else None
    return mark is not None and (
        named(mark, "del") is not None or named(mark, "moveFrom") is not None
    )


def _notes(package: OfficePackage, body: etree._Element) -> tuple[str, ...]:
    pictures = sum(name.startswith("word/media/") for name in package.names())
    notes = [f"{pictures} pictures in the file, not read"] if pictures else []
    hidden = [run for run in descendants(body, "r") if _hidden(run)]
    count = sum(any(map(str.isdecimal, "".join(map(str, run.itertext())))) for run in hidden)
    if count:
        notes.append(f"{count} hidden runs with numbers left out")
    return tuple(notes)
