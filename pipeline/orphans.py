"""Tables whose title and header were lost -> spans of their own, named by the contents page.

A scan may drop the head of a form at a page break, so that its rows seem to go on with the form
before. They have another width and begin without a header. The contents page then lists one form
between the two that have titles; that is the orphan's.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.text import fold
from schemas.documents import ChunkKind, Document, Grid

_DIFFERENT = 3


class Span(NamedTuple):
    """Lines first..last (1-based) of one kind, before they become a chunk."""

    kind: ChunkKind
    first: int
    last: int
    title: str = ""
    section: str = ""


def with_orphans(document: Document, spans: Sequence[Span], listed: Sequence[str]) -> list[Span]:
    """Spans with the orphans of tables cut off behind them."""
    titles = [_bare(span.title) for span in spans if span.title]
    result: list[Span] = []
    for span in spans:
        orphan = _orphan(document, span) if span.kind == "table" else None
        if orphan is None:
            result.append(span)
            continue
        title = _missing_title(_bare(span.title), titles, [_bare(text) for text in listed])
        result.append(span._replace(last=orphan.first_line - 1))
        result.append(Span("table", orphan.first_line, span.last, title, span.section))
    return result


def _orphan(document: Document, span: Span) -> Grid | None:
    parts = [grid for grid in document.grids if span.first <= grid.first_line <= span.last]
    if len(parts) < 2:
        return None
    width = _width(parts[0])
    for part in parts[1:]:
        if abs(_width(part) - width) >= _DIFFERENT and _headless(part) and len(part.rows) > 1:
            return part
    return None


def _width(grid: Grid) -> int:
    lengths = [len(row) for row in grid.rows]
    return max(lengths, key=lambda n: (lengths.count(n), n))


def _headless(grid: Grid) -> bool:
    return all(any(cell.state == "number" for cell in row) for row in grid.rows[:2])


def _bare(title: str) -> str:
    text = re.sub(r"^[(]\d{1,2}[)]|^\d{1,2}[.、]|[;。]$", "", fold(title))
    return re.sub(r"^20\d\d年(?:度)?|^[一二三四五六七八九十]+、|^表\d+", "", text)


def _missing_title(before: str, titles: Sequence[str], listed: Sequence[str]) -> str:
    """The listed form behind `before` that the body does not title."""
    places = [i for i, title in enumerate(listed) if title == before]
    for place in places:
        if place + 1 < len(listed) and listed[place + 1] not in titles:
            return listed[place + 1]
    return ""
