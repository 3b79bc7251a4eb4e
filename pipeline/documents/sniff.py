"""What a file is, by its content.

In: name and bytes. Out: the media. The rule it protects: the content decides; a wrong extension
is noted, never trusted.
"""

import io
import re
import zipfile
from pathlib import PurePath
from typing import Literal

Media = Literal["pdf", "docx", "doc", "xlsx", "xls", "html", "zip", "image", "text", "unknown"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|table|meta|div)\b", re.IGNORECASE)
_EXTENSIONS: dict[str, Media] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".doc": "doc",
    ".wps": "doc",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xls",
    ".et": "xls",
    ".html": "html",
    ".htm": "html",
    ".zip": "zip",
    ".txt": "text",
    ".md": "text",
    ".csv": "text",
    ".markdown": "text",
    ".png": "image",
    ".jpg": "image",
    ".jpeg": "image",
}


def expected(name: str) -> Media:
    """The media that the name's extension promises."""
    return _EXTENSIONS.get(PurePath(name).suffix.lower(), "unknown")


def sniff(name: str, data: bytes) -> Media:
    """The media that the content shows; `unknown` for other binary data.

    >>> sniff("表.txt", b"%PDF-1.7 ..."), sniff("表.xls", b"<html><table>"), sniff("表", "表".encode())
    ('pdf', 'html', 'text')
    """
    head = data[:1024]
    if b"%PDF-" in head:
        return "pdf"
    if data.startswith(_ZIP):
        return _of_package(name, data)
    if data.startswith(_OLE):
        return _of_compound(name, data)
    if head.startswith(_IMAGES) and expected(name) in {"image", "unknown"}:
        return "image"
    if _HTML.search(data[:4096]) and expected(name) != "text":
        return "html"
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "unknown"
    return "text"


def _of_package(name: str, data: bytes) -> Media:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        promised = expected(name)
        return promised if promised in {"docx", "xlsx"} else "zip"
    if any(name.startswith("word/") for name in names):
        return "docx"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    return "zip"


def _of_compound(name: str, data: bytes) -> Media:
    """DOC, XLS and encrypted office files share one container; its directory names streams."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "docx" if expected(name) in {"doc", "docx"} else "xlsx"
    if "WordDocument".encode("utf-16-le") in data:
        return "doc"
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return "xls"
    return "unknown"
