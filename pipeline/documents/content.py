"""The bytes of a file of any format -> Document.

In: name, bytes, limits. Out: `Document` with id, media, metadata and notes. The rule it protects:
the content decides what a file is; what its name promises instead is noted.
"""

import hashlib
from pathlib import PurePath

from pipeline.documents.limits import Limits, within
from pipeline.documents.metadata import metadata
from pipeline.documents.ocr_extra import OCR_INSTALLED
from pipeline.documents.sniff import Media, expected, sniff
from pipeline.documents.source import Source
from pipeline.documents.sources import READERS
from pipeline.documents.text import document_from_text, document_id
from pipeline.errors import UnreadableFile, located
from schemas.documents import Document

_REFUSED: dict[Media, tuple[str, str]] = {
    "image": ("a picture holds no text", "put it into a PDF and read that with OCR"),
    "unknown": ("no known kind of document", "save it as PDF, DOCX, XLSX, HTML or text"),
    "zip": ("an archive is read file by file", "unpack it, or name the archive itself"),
}


_NO_OCR = "install the OCR extra (juesuan[ocr]) and read it again"


def read_content(name: str, data: bytes, limits: Limits) -> Document:
    """Read one file. Raises UnreadableFile and LimitExceeded, with the name in `where`."""
    with located(name):
        within(len(data), limits.bytes, "bytes")
        media = sniff(name, data)
        if media == "text":
            document = document_from_text(name, data)
        else:
            document = _document(name, data, media, _source(name, data, media, limits))
        note = _misnamed(name, media)
        return document.model_copy(update={"notes": (*note, *document.notes)}) if note else document


def _source(name: str, data: bytes, media: Media, limits: Limits) -> Source:
    if media in _REFUSED:
        message, hint = _REFUSED[media]
        raise UnreadableFile(message, hint=hint)
    source = READERS[media](name, data, limits)
    if not any(line.strip() for line in source.lines):
        reasons = "; ".join(source.notes)
        hint = _NO_OCR if media == "pdf" and not OCR_INSTALLED else ""
        raise UnreadableFile(
            f"the file holds no text{': ' + reasons if reasons else ''}", hint=hint
        )
    return source


def _document(name: str, data: bytes, media: Media, source: Source) -> Document:
    about = metadata(source.lines)
    return Document(
        id=document_id(name, data),
        name=PurePath(name).name,
        sha256=hashlib.sha256(data).hexdigest(),
        media=media,
        lines=source.lines,
        pages=source.pages,
        boxes=source.boxes,
        numeral_boxes=source.numeral_boxes,
        grids=source.grids,
        kind=about.kind,
        department=about.department,
        region=about.region,
        fiscal_year=about.fiscal_year,
        notes=source.notes,
    )


def _misnamed(name: str, media: Media) -> tuple[str, ...]:
    promised = expected(name)
    if promised in {media, "unknown"}:
        return ()
    return (f"the name says {promised}, the content is {media}",)
