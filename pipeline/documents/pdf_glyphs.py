"""A PDF page's characters with their places, as pdfium sees them.

In: an open page. Out: glyphs and runs of glyphs in page space (points, origin at the upper left
of the page as it is shown). The rule it protects: a character's place is its baseline origin and
its loose box; ink boxes of 一 or a comma say nothing about the line they stand on.
"""

import ctypes
import re
import struct
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import NamedTuple

import pypdfium2.raw as pdfium
from pypdfium2 import PdfPage, PdfTextPage

from pipeline.documents.limits import within
from schemas.documents import Box

_LOST = "\ufffd"  # a character that the font gives no meaning
# pdfium marks a hyphen at a line's end by these, and gives zero for what it cannot map.
_MEANT = {"\x02": "-", "\ufffe": "-", "\0": _LOST}
_MEANINGLESS = re.compile(rf"[{_LOST}\ue000-\uf8ff]")
_DROPPED = frozenset("\n\r\uffff\ufeff\u200b")
_RARE = _DROPPED | {" "} | _MEANT.keys()
# What still counts as one line: a baseline may differ by a third of the glyph's height.
SAME_LINE = 0.33
# A gap wider than this share of the height ends a run (a digit is half as wide as it is high).
RUN_GAP = 0.45
# Between Latin letters and digits it is a space.
LATIN_GAP = 0.15
_SIDES = struct.Struct("4f")  # left, top, right, bottom of FS_RECTF
# The function of pypdfium2 with plain addresses for arguments: it is called for every character.
_loose_box = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(pdfium.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)


class Glyph(NamedTuple):
    """One character: left and right edge, baseline, top, bottom and height of its loose box."""

    text: str
    x0: float
    x1: float
    base: float
    top: float
    bottom: float
    height: float


class Run(NamedTuple):
    """Glyphs that stand side by side on one baseline, in stream order.

    `middle` is the height of the middle of the print: above the baseline, not of the box;
    `spaced` says that a space is printed before it; `confidence` is the recogniser's, None for
    printed text."""

    glyphs: tuple[Glyph, ...]
    x0: float
    x1: float
    middle: float
    spaced: bool = False
    confidence: float | None = None

    @property
    def text(self) -> str:
        """The characters in stream order."""
        return "".join([glyph.text for glyph in self.glyphs])


def make_run(glyphs: Sequence[Glyph], spaced: bool = False) -> Run:
    """A run of at least one glyph."""
    first = glyphs[0]
    return Run(tuple(glyphs), first.x0, glyphs[-1].x1, first.base - 0.35 * first.height, spaced)


class Frame(NamedTuple):
    """From user space to the page as shown: crop box origin, unrotated size and quarter turns."""

    left: float
    bottom: float
    width: float
    height: float
    turns: int

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point of user space, in points from the upper left corner of the shown page."""
        across, down = x - self.left, self.height - (y - self.bottom)
        if self.turns == 1:
            return self.height - down, across
        if self.turns == 2:
            return self.width - across, self.height - down
        if self.turns == 3:
            return down, self.width - across
        return across, down

    def boxes(self, boxes: Iterable[Box]) -> tuple[Box, ...]:
        """Boxes (left, top, right, bottom) of user space, where y grows upwards, on the page as
        shown, where it grows downwards."""
        if self.turns:
            return tuple([self._turned(*box) for box in boxes])
        left, over = self.left, self.height + self.bottom
        return tuple([(x0 - left, over - y1, x1 - left, over - y0) for x0, y1, x1, y0 in boxes])

    def _turned(self, x0: float, y1: float, x1: float, y0: float) -> Box:
        first, second = self.place(x0, y0), self.place(x1, y1)
        return (
            min(first[0], second[0]),
            min(first[1], second[1]),
            max(first[0], second[0]),
            max(first[1], second[1]),
        )


def page_frame(page: PdfPage) -> Frame:
    """The frame of a page: its crop box, else its media box."""
    left, bottom, right, top = page.get_bbox()
    return Frame(left, bottom, right - left, top - bottom, page.get_rotation() // 90)


_new = tuple.__new__  # makes a Glyph in half the time, and there are thousands on a page
_Level = tuple[float, float, float, float]  # baseline, top, bottom and height of a glyph


def read_glyphs(page: PdfPage, frame: Frame, limit: int) -> list[Glyph]:
    """All glyphs of an upright page in stream order. Raises LimitExceeded above `limit`
    characters."""
    text_page = page.get_textpage()
    count = text_page.count_chars()
    within(count, limit, "characters on one page")
    handle, margin = text_page.raw, frame.left
    glyphs: list[Glyph] = []
    # Glyphs with one top and bottom are of one font and size on one line: one baseline.
    levels: dict[tuple[float, float], _Level] = {}
    last = ""
    shown = zip(_characters(handle, count), *_loose_boxes(text_page, count), strict=True)
    for index, (text, known, (left, upper, right, lower)) in enumerate(shown):
        if not known:
            continue
        if text in _RARE:
            if not _is_print(handle, index, text):
                continue
            text = _MEANT.get(text, text)
        level = levels.get((upper, lower))
        if level is None:
            level = levels[(upper, lower)] = _level(handle, index, frame, (upper, lower))
        glyph = _new(Glyph, (text, left - margin, right - margin, *level))
        if last != text or not struck_twice(glyphs[-1], glyph):
            glyphs.append(glyph)
            last = text
    text_page.close()
    return glyphs


def _is_print(handle: object, index: int, text: str) -> bool:
    """Not what pdfium puts between lines, nor a space that it makes up itself."""
    if text == " ":
        return bool(pdfium.FPDFText_IsGenerated(handle, index) != 1)
    return text not in _DROPPED


def _level(handle: object, index: int, frame: Frame, sides: tuple[float, float]) -> _Level:
    """Where the glyph stands on the shown page, from the upper and lower side of its box."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(handle, index, x, y)
    over = frame.height + frame.bottom
    top, bottom = over - sides[0], over - sides[1]
    return over - y.value, top, bottom, bottom - top


def _loose_boxes(text_page: PdfTextPage, count: int) -> tuple[list[int], Iterable[Box]]:
    """Of each character, whether its loose box is known, and the box (left, top, right, bottom)
    in user space."""
    rects = (ctypes.c_float * (4 * count))()
    start, page = ctypes.addressof(rects), ctypes.cast(text_page.raw, ctypes.c_void_p).value
    places = range(start, start + _SIDES.size * count, _SIDES.size)
    known = list(map(_loose_box, repeat(page), range(count), places))
    return known, _SIDES.iter_unpack(rects)


def _characters(handle: object, count: int) -> str | list[str]:
    """The characters by index: in one call where each is one unit of UTF-16, else one by one."""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(handle, 0, count, buffer)
    text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
    if written == count + 1 and len(text) == count:
        return text
    return [chr(pdfium.FPDFText_GetUnicode(handle, index)) for index in range(count)]


def struck_twice(last: Glyph, glyph: Glyph) -> bool:
    """Bold that is made by printing a character again, a hair to the right."""
    return (
        last.text == glyph.text
        and abs(glyph.x0 - last.x0) < 0.15 * glyph.height
        and abs(glyph.base - last.base) < 0.15 * glyph.height
    )


def unreadable(found: Sequence[Run]) -> bool:
    """A third of the characters have no meaning: the font hides its text."""
    text = "".join([run.text for run in found])
    return len(_MEANINGLESS.findall(text)) * 3 > len(text)


def runs(glyphs: Iterable[Glyph]) -> list[Run]:
    """Glyphs that follow one another in the stream and on the page, whitespace dropped at ends.

    A run never holds a space: what spaces mean is decided from the gaps."""
    found: list[Run] = []
    current: list[Glyph] = []
    last: Glyph | None = None
    spaced = False
    for glyph in glyphs:
        if glyph[0].isspace():
            if last is not None:
                current[-1] = _before_space(last, glyph)
                found.append(make_run(current, spaced))
            current, last, spaced = [], None, True
        elif last is not None and (
            # The common case, told fast.
            (glyph[3] == last[3] and abs(glyph[1] - last[2]) < 0.1 * glyph[6])
            or _follows(last, glyph)
        ):
            current.append(glyph)
            last = glyph
        else:
            if current:
                found.append(make_run(current, spaced))
                spaced = False
            current, last = [glyph], glyph
    if current:
        found.append(make_run(current, spaced))
    return found


def _before_space(last: Glyph, space: Glyph) -> Glyph:
    """Ink that runs into the printed space after it, as that of a font put in for a missing one
    does, would hide the space."""
    if last.x0 < space.x0 < last.x1 and abs(last.base - space.base) <= SAME_LINE * last.height:
        return last._replace(x1=space.x0)
    return last


def _follows(last: Glyph, glyph: Glyph) -> bool:
    text, _, end, base, _, _, height = last
    other, start, _, line, _, _, high = glyph
    if high > height:
        height = high
    if not -SAME_LINE * height <= base - line <= SAME_LINE * height:
        return False
    latin = text.isascii() and other.isascii()
    reach = RUN_GAP * height
    return -reach <= start - end <= (LATIN_GAP * height if latin else reach)
