"""Runs of glyphs to lines of text, by baseline.

In: runs of one page or of one cell, in any order. Out: lines from top to bottom, glyphs from left
to right. The rule it protects: the order is the one on the page; stream order is wrong on files
that were edited.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.documents.pdf_glyphs import LATIN_GAP, SAME_LINE, Glyph, Run, struck_twice
from schemas.documents import Box

# Gaps in shares of the glyph height: a space that is only seen, beside a Chinese character, begins
# at the first (Word spreads 2024年 by a quarter without a space), a wide one at the second.
_SPACE, _WIDE = 0.35, 2.0
_WIDE_SPACE = "  "
# Runs that overlap by more than this share of the height were printed over one another.
_OVERLAP = 0.3


class TextLine(NamedTuple):
    """One printed line and its box (left, top, right, bottom)."""

    text: str
    box: Box


def baseline_lines(found: Iterable[Run]) -> list[TextLine]:
    """Lines by baseline, top to bottom; a gap in the line becomes one space, a wide one two."""
    runs = list(found)
    if len(runs) == 1:
        return [TextLine(runs[0].text, _box(runs[0]))]
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
        return TextLine(found[0].text, _box(found[0]))
    ordered = sorted(found, key=lambda run: run.x0)
    text = ordered[0].text
    for last, run in pairwise(ordered):
        if run.x0 < last.x1 - _OVERLAP * run.glyphs[0].height:
            return _interleaved(ordered)
        text += _gap(last.glyphs[-1], run.glyphs[0], run.spaced) + run.text
    return TextLine(text.strip(), _around(ordered))


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
    text = kept[0].text
    for glyph in placed[1:]:
        if not struck_twice(kept[-1], glyph):
            text += _gap(kept[-1], glyph, False) + glyph.text
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


def _gap(last: Glyph, glyph: Glyph, spaced: bool) -> str:
    gap = (glyph.x0 - last.x1) / max(last.height, glyph.height, 0.1)
    latin = last.text.isascii() and glyph.text.isascii()
    if gap < (LATIN_GAP if latin or spaced else _SPACE):
        return ""
    return _WIDE_SPACE if gap >= _WIDE else " "
