"""The pages of a PDF as pictures, with the places of their characters.

In: the bytes of a PDF. Out: grey PNG pictures of its pages. The rule it protects: a file is drawn
where it is read, in processes that may end; a page that could not be drawn is missing.
"""

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import pypdfium2

from pipeline.documents.limits import Limits
from pipeline.documents.page_processes import read_apart, shares
from pipeline.documents.pdf_glyphs import Frame, Glyph, read_glyphs, runs
from pipeline.documents.pdf_lines import baseline_rows
from pipeline.documents.pdf_turned import upright
from schemas.documents import Box

_SCALE = 1.6  # pixels a point: print of nine points is read without effort
_MOST_PIXELS = 6_000_000
# Sixteen greys: print looks the same and packs to half.
_GREYS = bytes(round(grey / 17) * 17 for grey in range(256))


class Mark(NamedTuple):
    """A printed character and its box."""

    text: str
    box: Box


class Picture(NamedTuple):
    """A page as it is shown: size in points, PNG, and its rows of characters, left to right."""

    width: float
    height: float
    png: bytes
    rows: tuple[tuple[Mark, ...], ...]


def pictures(data: bytes, page_count: int, limits: Limits) -> dict[int, Picture]:
    """Pictures by index of the page. Without forks there are none."""
    if not hasattr(os, "fork"):
        return {}
    parts = shares(page_count, os.cpu_count() or 1)
    return read_apart(partial(_drawn, data, limits), parts, limits)


def _drawn(data: bytes, limits: Limits, indexes: Sequence[int]) -> Iterator[Picture]:
    document = pypdfium2.PdfDocument(data)
    for index in indexes:
        page, _, frame = upright(document, index)
        yield _picture(page, frame, limits)
        page.close()


def _picture(page: pypdfium2.PdfPage, frame: Frame, limits: Limits) -> Picture:
    width, height = page.get_size()
    scale = min(_SCALE, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    found = runs(read_glyphs(page, frame, limits.glyphs_per_page))
    marks = [
        sorted((mark for run in row for mark in _marks(run.glyphs)), key=lambda mark: mark.box[0])
        for row in baseline_rows(found)
    ]
    return Picture(width, height, _png(bitmap), tuple(map(tuple, marks)))


def _marks(glyphs: Sequence[Glyph]) -> Iterator[Mark]:
    for glyph in glyphs:
        yield Mark(glyph.text, (glyph.x0, glyph.top, glyph.x1, glyph.bottom))


def _png(bitmap: pypdfium2.PdfBitmap) -> bytes:
    """A grey picture, eight bits a pixel."""
    pixels = bytes(bitmap.buffer).translate(_GREYS)
    rows = b"".join(
        b"\0" + pixels[y * bitmap.stride : y * bitmap.stride + bitmap.width]
        for y in range(bitmap.height)
    )
    head = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(name, content) for name, content in parts)


def _part(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )
