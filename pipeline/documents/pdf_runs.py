"""A run of glyphs that lies across vertical rules: one cell's overflow, or two cells' print?

In: a run and the rules of its row. Out: the run in one piece or cut. The rule it protects: a
number that is wider than its cell keeps all its digits; two numbers that touch are two.
"""

import re
from collections.abc import Sequence

from pipeline.documents.pdf_glyphs import Run, make_run

# Where print of one cell ends and that of the next begins, without a gap between them.
_AMOUNT = r"-?\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|-?\d+\.\d{2}"
_TWO_AMOUNTS = re.compile(rf"(?:{_AMOUNT})(?=(?:{_AMOUNT})$)")
_CHANGE = re.compile(r"(?<=[\d.,])(?=[\u4e00-\u9fff（(])|(?<=[\u4e00-\u9fff）)])(?=[-\d])")
# Punctuation that ends a line hangs over the rule; no cell's print begins with it.
_HANGING = frozenset("、，。；：！？）》」』”％")
# A rule that cuts off less than this share of a run is overflow of the larger part.
_OVERFLOW = 0.3


def cut_at(run: Run, rules: Sequence[float]) -> list[Run]:
    """The run cut where a rule falls between the print of two cells, else whole.

    `rules` are the left edges of the cells on the run's level."""
    inner = [rule for rule in rules if run.x0 + 0.5 < rule < run.x1 - 0.5]
    pieces: list[Run] = []
    rest = run
    for rule in inner:
        index = _cut(rest, rule)
        if index:
            pieces.append(make_run(rest.glyphs[:index])._replace(confidence=run.confidence))
            rest = make_run(rest.glyphs[index:])._replace(confidence=run.confidence)
    return [*pieces, rest]


def end_of_words(run: Run) -> float:
    """The right edge of the run without the punctuation that may hang over a rule."""
    words = [glyph.x1 for glyph in run.glyphs if glyph.text not in _HANGING]
    return max(words, default=run.x1)


def _cut(run: Run, rule: float) -> int:
    """Index of the glyph that begins the next cell's print, 0 where the rule cuts nothing."""
    glyphs = run.glyphs
    if not glyphs[0].x0 < rule < glyphs[-1].x1 or len(glyphs) < 2:
        return 0
    at_rule = min(range(1, len(glyphs)), key=lambda index: abs(glyphs[index].x0 - rule))
    if all(glyph.text in _HANGING for glyph in glyphs[at_rule:]):
        return 0
    for index in sorted(_boundaries(run), key=lambda index: abs(glyphs[index].x0 - rule)):
        if abs(glyphs[index].x0 - rule) <= glyphs[index].height:
            return index
    share = (rule - run.x0) / (run.x1 - run.x0)
    return at_rule if _OVERFLOW <= share <= 1 - _OVERFLOW else 0


def _boundaries(run: Run) -> set[int]:
    """Glyph indexes where, by gap or by shape, other print may begin."""
    glyphs = run.glyphs
    gaps = [glyphs[index].x0 - glyphs[index - 1].x1 for index in range(1, len(glyphs))]
    usual = sorted(gaps)[len(gaps) // 2]
    found = {
        index + 1 for index, gap in enumerate(gaps) if abs(gap - usual) > 0.06 * glyphs[0].height
    }
    text = run.text
    if len(text) == len(glyphs):
        found |= {match.end() for match in _TWO_AMOUNTS.finditer(text)}
        found |= {match.start() for match in _CHANGE.finditer(text)}
    return {index for index in found if index and glyphs[index].text not in _HANGING}
