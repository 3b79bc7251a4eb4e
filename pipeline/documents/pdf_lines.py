"""Runs of glyphs to lines of text, by baseline.

In: runs of one page or of one cell, in any order. Out: lines from top to bottom, glyphs from left
to right. The rule it protects: the order is the one on the page; stream order is wrong on files
that were edited.
"""

from collections.abc import Iterable
from typing import NamedTuple

from pipeline.documents.pdf_glyphs import SAME_LINE, Glyph, Run
from schemas.documents import Box

# Gaps in shares of the glyph height: below the first none is printed, from the second it is wide.
_SPACE = 0.28
_WIDE = 2.0
_WIDE_SPACE = "  "


class TextLine(NamedTuple):
    """One printed line and its box (left, top, right, bottom)."""

    text: str
    box: Box


def baseline_lines(found: Iterable[Run]) -> list[TextLine]:
    """Lines by baseline, top to bottom; a gap in the line becomes one space, a wide one two."""
    lines = [_line(runs) for runs in _by_baseline(found)]
    return [line for line in lines if line.text]


def _by_baseline(found: Iterable[Run]) -> list[list[Run]]:
    groups: list[list[Run]] = []
    for run in sorted(found, key=lambda run: (run.glyphs[0].base, run.x0)):
        glyph = run.glyphs[0]
        if groups:
            first = groups[-1][0].glyphs[0]
            if glyph.base - first.base <= SAME_LINE * max(glyph.height, first.height):
                groups[-1].append(run)
                continue
        groups.append([run])
    return groups


def _line(found: list[Run]) -> TextLine:
    glyphs = sorted((glyph for run in found for glyph in run.glyphs), key=lambda g: g.x0)
    kept: list[Glyph] = []
    text = ""
    for glyph in glyphs:
        if kept and _struck_twice(kept[-1], glyph):
            continue
        text += (_gap(kept[-1], glyph) if kept else "") + glyph.text
        kept.append(glyph)
    return TextLine(text.strip(), box_of(kept))


def box_of(glyphs: Iterable[Glyph]) -> Box:
    """The box around glyphs, rounded to hundredths of a point so that it is the same anywhere."""
    every = list(glyphs)
    return (
        round(min(glyph.x0 for glyph in every), 2),
        round(min(glyph.top for glyph in every), 2),
        round(max(glyph.x1 for glyph in every), 2),
        round(max(glyph.bottom for glyph in every), 2),
    )


def _struck_twice(last: Glyph, glyph: Glyph) -> bool:
    """Bold that is made by printing a character again, a hair to the right."""
    return last.text == glyph.text and glyph.x0 - last.x0 < 0.15 * glyph.height


def _gap(last: Glyph, glyph: Glyph) -> str:
    gap = (glyph.x0 - last.x1) / max(last.height, glyph.height, 0.1)
    if gap < _SPACE:
        return ""
    return _WIDE_SPACE if gap >= _WIDE else " "
