"""Scanned pages: rules by morphology, characters by RapidOCR, into the same grid builder.

In: a page picture. Out: runs of glyphs with the recogniser's confidence, and ruled tables, in
points of the page. The rule it protects: nothing leaves the machine, and what was recognised is
never taken for what was printed.

Only imported where the extra `ocr` is installed.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
import tablers
from numpy.typing import NDArray
from pypdfium2 import PdfPage
from rapidocr import RapidOCR

from pipeline.documents.pdf_glyphs import Glyph, Run, runs
from pipeline.documents.pdf_grids import Ruled

_DOTS_PER_INCH = 200
_MOST_PIXELS = 16_000_000
# A rule is at least this many points long; print is never that straight.
_RULE_POINTS = 22
_LEVEL, _STEEPEST = (
    0.1,
    5.0,
)  # degrees: below the first a scan is level, above the second it is no skew
Picture: TypeAlias = NDArray[np.uint8]


class Recognised(NamedTuple):
    """What a picture of a page shows."""

    runs: list[Run]
    tables: list[Ruled]


class _Rules(NamedTuple):
    """Level and upright rules as boxes in pixels (x0, y0, x1, y1), and the pixels they cover."""

    level: list[tuple[int, int, int, int]]
    upright: list[tuple[int, int, int, int]]
    mask: Picture


def recognise(page: PdfPage) -> Recognised:
    """Read a page from its picture, set level first."""
    width, height = page.get_size()
    scale = min(_DOTS_PER_INCH / 72, math.sqrt(_MOST_PIXELS / max(width * height, 1)))
    grey = cv2.cvtColor(page.render(scale=scale).to_numpy()[:, :, :3], cv2.COLOR_BGR2GRAY)
    rules = _rules(grey, scale)
    angle = _skew(rules)
    if _LEVEL < abs(angle) < _STEEPEST:
        grey = _turned(grey, angle)
        rules = _rules(grey, scale)
    return Recognised(_read(grey, scale), _tables(rules, scale))


def _rules(grey: Picture, scale: float) -> _Rules:
    ink = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 12
    )
    length = int(_RULE_POINTS * scale)
    level = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    upright = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    mask = cv2.dilate(level | upright, np.ones((3, 3), np.uint8))
    return _Rules(_boxes(level), _boxes(upright), mask)


def _boxes(mask: Picture) -> list[tuple[int, int, int, int]]:
    """The connected stretches of a mask as boxes."""
    joined = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    stats = cv2.connectedComponentsWithStats(joined)[2][1:]
    return sorted((int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats)


def _skew(rules: _Rules) -> float:
    """The slope of the longest level rule in degrees, positive where it falls to the right."""
    if not rules.level:
        return 0.0
    x0, y0, x1, y1 = max(rules.level, key=lambda box: box[2] - box[0])
    part = rules.mask[y0:y1, x0:x1]
    columns = np.nonzero(part.any(axis=0))[0]
    if len(columns) < 2 or y1 - y0 > (x1 - x0) * math.tan(math.radians(_STEEPEST)) + 4:
        return 0.0
    ends = [columns[len(columns) // 20], columns[-1 - len(columns) // 20]]
    heights = [float(np.nonzero(part[:, end])[0].mean()) for end in ends]
    return math.degrees(math.atan2(heights[1] - heights[0], float(ends[1] - ends[0]) or 1.0))


def _turned(grey: Picture, angle: float) -> Picture:
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return np.asarray(cv2.warpAffine(grey, matrix, (width, height), borderValue=255), np.uint8)


def _tables(rules: _Rules, scale: float) -> list[Ruled]:
    """Tables that the rules make, in points."""
    level = [
        tablers.Edge("h", x0 / scale, (y0 + y1) / 2 / scale, x1 / scale, (y0 + y1) / 2 / scale)
        for x0, y0, x1, y1 in rules.level
    ]
    upright = [
        tablers.Edge("v", (x0 + x1) / 2 / scale, y0 / scale, (x0 + x1) / 2 / scale, y1 / scale)
        for x0, y0, x1, y1 in rules.upright
    ]
    if not level or not upright:
        return []
    found = tablers.find_tables(
        None,
        extract_text=False,
        horizontal_strategy="explicit",
        vertical_strategy="explicit",
        explicit_h_edges=level,
        explicit_v_edges=upright,
        snap_x_tolerance=4.0,
        snap_y_tolerance=4.0,
    )
    return [Ruled(tuple(cell.bbox for cell in table.cells)) for table in found if table.cells]


@cache
def _engine() -> RapidOCR:
    return RapidOCR(params={"Global.log_level": "error"})


def _read(picture: Picture, scale: float) -> list[Run]:
    """Every text of the picture as runs; the confidence is that of the whole text."""
    answer = _engine()(
        cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR),
        return_word_box=True,
        return_single_char_box=True,
    )
    found: list[Run] = []
    for characters in answer.word_results or ():
        confidence = min((float(score) for _, score, _ in characters), default=0.0)
        found += [
            run._replace(confidence=round(confidence, 3))
            for run in runs(_glyphs(characters, scale))
        ]
    return found


def _glyphs(
    characters: Sequence[tuple[str, float, Sequence[Sequence[float]]]], scale: float
) -> list[Glyph]:
    """Characters of one text on the baseline of its middle."""
    boxes = [(text, np.asarray(box, float) / scale) for text, _, box in characters if text]
    if not boxes:
        return []
    top = float(np.mean([box[:, 1].min() for _, box in boxes]))
    bottom = float(np.mean([box[:, 1].max() for _, box in boxes]))
    height = max(bottom - top, 0.1)
    base = (top + bottom) / 2 + 0.35 * height
    return [
        Glyph(text, float(box[:, 0].min()), float(box[:, 0].max()), base, top, bottom, height)
        for text, box in boxes
    ]
