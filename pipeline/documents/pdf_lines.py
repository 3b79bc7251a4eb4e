"""Runs of glyphs to lines of text, by baseline.

In: runs of one page or of one cell, in any order. Out: lines from top to bottom, glyphs from left
to right. The rule it protects: the order is the one on the page; stream order is wrong on files
that were edited.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.documents.pdf_glyphs import LATIN_GAP, SAME_LINE, Glyph, Run, struck_twice
from pipeline.text import numerals
from schemas.documents import Box, NumeralBox

# Gaps in shares of the glyph height: a space that is only seen, beside a Chinese character, begins
# at the first (Word spreads 2024年 by a quarter without a space), a wide one at the second.
_SPACE, _WIDE = 0.35, 2.0
_WIDE_SPACE = "  "
# Runs that overlap by more than this share of the height were printed over one another.
_OVERLAP = 0.3


class TextLine(NamedTuple):
    """One printed line and its box (left, top, right, bottom); the glyph of each character, None
    for a space that only a gap shows; once `located`, the box of each numeral instead."""

    text: str
    box: Box
    glyphs: tuple[Glyph | None, ...] = ()
    numerals: tuple[NumeralBox, ...] = ()


def baseline_lines(found: Iterable[Run]) -> list[TextLine]:
    """Lines by baseline, top to bottom; a gap in the line becomes one space, a wide one two."""
    runs = list(found)
    if len(runs) == 1:
        return [_single(runs[0])]
    lines = [_line(row) for row in baseline_rows(runs)]
    return [line for line in lines if line.text]


def baseline_rows(found: Iterable[Run]) -> list[list[Run]]:
    """The runs of each baseline, top to bottom."""
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


def _line(found: Sequence[Run]) -> TextLine:
    """Runs from left to right. Only between two runs can a space have been printed: justified
    print spreads the glyphs of one run."""
    if len(found) == 1:
        return _single(found[0])
    ordered = sorted(found, key=lambda run: run.x0)
    text, glyphs = ordered[0].text, _each(ordered[0].glyphs)
    for last, run in pairwise(ordered):
        if run.x0 < last.x1 - _OVERLAP * run.glyphs[0].height:
            return _interleaved(ordered)
        gap = _gap(last.glyphs[-1], run.glyphs[0], run.spaced)
        text += gap + run.text
        glyphs += [None] * len(gap) + _each(run.glyphs)
    return _stripped(text, _around(ordered), glyphs)


def _single(run: Run) -> TextLine:
    return TextLine(run.text, _box(run), tuple(_each(run.glyphs)))


def _each(glyphs: Sequence[Glyph]) -> list[Glyph | None]:
    """The glyph of each character: a ligature is the glyph of several."""
    return [glyph for glyph in glyphs for _ in glyph.text]


def _stripped(text: str, box: Box, glyphs: Sequence[Glyph | None]) -> TextLine:
    first = len(text) - len(text.lstrip())
    shown = text.strip()
    return TextLine(shown, box, tuple(glyphs[first : first + len(shown)]))


def located(line: TextLine) -> TextLine:
    """The line with the box of each of its numerals in place of its glyphs."""
    boxes = []
    for numeral in numerals(line.text):
        printed = line.glyphs[numeral.start : numeral.start + len(numeral.text)]
        boxes.append((numeral.start, box_of(glyph for glyph in printed if glyph)))
    return line._replace(glyphs=(), numerals=tuple(boxes))


def _box(run: Run) -> Box:
    glyph = run.glyphs[0]
    return (round(run.x0, 2), round(glyph.top, 2), round(run.x1, 2), round(glyph.bottom, 2))


def _around(ordered: Sequence[Run]) -> Box:
    """The box of runs in order; the glyphs of a run are of one height."""
    right = max(run.x1 for run in ordered)
    top = min(run.glyphs[0].top for run in ordered)
    bottom = max(run.glyphs[0].bottom for run in ordered)
    return (round(ordered[0].x0, 2), round(top, 2), round(right, 2), round(bottom, 2))


def _interleaved(found: Sequence[Run]) -> TextLine:
    """Runs that lie over one another, glyph by glyph; what is struck twice counts once."""
    placed = sorted((glyph for run in found for glyph in run.glyphs), key=lambda glyph: glyph.x0)
    kept = placed[:1]
    text, glyphs = kept[0].text, _each(kept)
    for glyph in placed[1:]:
        if not struck_twice(kept[-1], glyph):
            gap = _gap(kept[-1], glyph, False)
            text += gap + glyph.text
            glyphs += [None] * len(gap) + _each([glyph])
            kept.append(glyph)
    return _stripped(text, box_of(kept), glyphs)


def box_of(glyphs: Iterable[Glyph]) -> Box:
    """The box around glyphs, rounded to hundredths of a point so that it is the same anywhere."""
    every = list(glyphs)
    return (
        round(min(glyph.x0 for glyph in every), 2),
        round(min(glyph.top for glyph in every), 2),
        round(max(glyph.x1 for glyph in every), 2),
        round(max(glyph.bottom for glyph in every), 2),
    )


def _gap(last: Glyph, glyph: Glyph, spaced: bool) -> str:
    gap = (glyph.x0 - last.x1) / max(last.height, glyph.height, 0.1)
    latin = last.text.isascii() and glyph.text.isascii()
    if gap < (LATIN_GAP if latin or spaced else _SPACE):
        return ""
    return _WIDE_SPACE if gap >= _WIDE else " "
