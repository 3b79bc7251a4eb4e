"""Print that an edited page hides: old text under a white patch, the new text printed over it.

In: runs of one page in stream order. Out: the runs without the glyphs that a later run is printed
over, and how many runs lost some. The rule it protects: of two prints in one place the later is the
one that is seen; nothing is made up of both.
"""

from collections.abc import Sequence

from pipeline.documents.pdf_glyphs import SAME_LINE, Glyph, Run, make_run, struck_twice

# Justified print lets the blank half of a sign lie under its neighbour: a print covers another where
# half of the shorter one lies in the same place.
_LEAST_OVERLAP = 0.5
_MOST_COVERED = 0.5


def uncovered(found: Sequence[Run]) -> tuple[list[Run], int]:
    """The runs that are seen, in stream order, and the number of those that were cut."""
    covers: dict[int, list[Run]] = {}
    line: list[int] = []
    for i in sorted(range(len(found)), key=lambda i: (found[i].glyphs[0].base, found[i].x0)):
        run, glyph = found[i], found[i].glyphs[0]
        if line and glyph.base - found[line[0]].glyphs[0].base > SAME_LINE * glyph.height:
            line = []
        for other in line:
            if found[other].x1 <= run.x0 or run.x1 <= found[other].x0:
                continue
            first, second = sorted((i, other))
            if _overlap(found[first], found[second]):
                covers.setdefault(first, []).append(found[second])
        line.append(i)
    if not covers:
        return list(found), 0
    kept = [part for i, run in enumerate(found) for part in _cut(run, covers.get(i, ()))]
    return kept, len(covers)


def _overlap(under: Run, over: Run) -> bool:
    """Half of the shorter run lies over the other; the upper is words or numbers and no second
    strike of the lower."""
    shared = min(under.x1, over.x1) - max(under.x0, over.x0)
    shorter = min(under.x1 - under.x0, over.x1 - over.x0)
    if shared <= _LEAST_OVERLAP * shorter or not any(map(str.isalnum, over.text)):
        return False
    return not (under.text == over.text and struck_twice(under.glyphs[0], over.glyphs[0]))


def _cut(run: Run, over: Sequence[Run]) -> list[Run]:
    """What is left of a run: nothing where more than half of it is covered, as what stands out is
    hidden by the patch that hides the rest; else the stretches that no later run is printed over."""
    if not over:
        return [run]
    covered = sum(min(run.x1, other.x1) - max(run.x0, other.x0) for other in over)
    if covered > _MOST_COVERED * (run.x1 - run.x0):
        return []
    stretches: list[list[Glyph]] = [[]]
    for glyph in run.glyphs:
        middle = (glyph.x0 + glyph.x1) / 2
        if any(other.x0 <= middle <= other.x1 for other in over):
            stretches.append([])
        else:
            stretches[-1].append(glyph)
    return [make_run(stretch, run.spaced) for stretch in stretches if stretch]
