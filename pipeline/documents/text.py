"""Plain text and Markdown -> Document.

In: the bytes of a text file. Out: numbered lines and the grids the text still shows. Encodings:
UTF-8 with and without BOM, UTF-16 with BOM, GB18030. The rule it protects: a line number always
points at the line a person sees in an editor.
"""

import csv
import hashlib
import io
import re
from collections.abc import Collection, Sequence
from pathlib import PurePath

from pipeline.documents.grids import grids_of_text
from pipeline.documents.metadata import metadata
from pipeline.documents.text_margins import furniture_of_text
from pipeline.errors import InputError, UnreadableFile
from pipeline.text import split_lines
from schemas.documents import Document

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ufffd]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# The commonest characters of fiscal prose: bytes that decode as GB18030 by accident have none.
_EVERYDAY = re.compile(r"[的一二年算支出收入部门单位金额项目表合计元公开费用人为本和无]")


def decode(name: str, content: bytes) -> str:
    """The text of a file. Raises UnreadableFile for binary data and unknown encodings."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _decoded(name, content, encoding)
    if b"\x00" in content[:65536]:
        raise UnreadableFile("this is binary data, not text", where=name)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        text = _decoded(name, content, "gb18030")
    if len(_EVERYDAY.findall(text)) * 20 < len(_HAN.findall(text)) or not _HAN.search(text):
        raise UnreadableFile(
            "the text is neither UTF-8 nor GB18030", where=name, hint="save it as UTF-8"
        )
    return text


def _decoded(name: str, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"byte {error.start} is not {encoding}", where=name, hint="save it as UTF-8"
        ) from error


def document_id(name: str, content: bytes) -> str:
    """The file's stem, `-`, and the first 8 hex digits of the content's sha256."""
    return f"{PurePath(name).stem}-{hashlib.sha256(content).hexdigest()[:8]}"


def document_from_text(name: str, data: bytes) -> Document:
    """Read a text or Markdown file. Raises InputError when it is empty, binary or undecodable."""
    if not data.strip():
        raise InputError("the file is empty", where=name)
    text = decode(name, data)
    if len(_CONTROL.findall(text)) * 100 > len(text):
        raise UnreadableFile("this is binary data, not text", where=name)
    printed = _records(name, text) if name.lower().endswith(".csv") else split_lines(text)
    dropped = furniture_of_text(printed)
    lines = tuple("" if n in dropped else line for n, line in enumerate(printed))
    about = metadata(lines)
    return Document(
        id=document_id(name, data),
        name=PurePath(name).name,
        sha256=hashlib.sha256(data).hexdigest(),
        media="text",
        lines=lines,
        grids=grids_of_text(lines),
        kind=about.kind,
        department=about.department,
        region=about.region,
        fiscal_year=about.fiscal_year,
        notes=_notes(printed, dropped),
    )


def _records(name: str, text: str) -> tuple[str, ...]:
    """The records of a CSV file (RFC 4180) as lines of cells with tabs between them; a break inside
    a cell is a blank. Raises UnreadableFile."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise UnreadableFile(f"this is no CSV ({error})", where=name) from error
    return tuple("\t".join(" ".join(cell.split()) for cell in row) for row in rows)


def _notes(lines: Sequence[str], dropped: Collection[int]) -> tuple[str, ...]:
    """What was left out: page heads and feet, which stay as blank lines."""
    texts = sorted({lines[n].strip() for n in dropped})
    return (f"{len(dropped)} page heads and feet left out: {' | '.join(texts)}",) if dropped else ()
