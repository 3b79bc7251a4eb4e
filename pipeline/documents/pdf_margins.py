"""Page heads, feet and page numbers: found by what repeats over pages, kept out of the text.

In: the lines of every page that stand outside of tables. Out: which of them are furniture. The
rule it protects: a line is dropped only where it repeats at its place, or counts the pages.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.documents.pdf_lines import TextLine
from pipeline.text import fold

# Heads and feet stand in the outer part of the page: this share of it, at least so many points
# (landscape pages keep the margins of portrait ones).
_MARGIN, _LEAST_MARGIN = 0.12, 85.0
_REPEATED_ON = 3
_NUMBER = re.compile(
    r"[-—–―~·.\s]*第?\s*([0-9]{1,4}|[ivxIVX]{1,5})\s*页?\s*"
    r"(?:[/／,，]?\s*(?:共|of)?\s*[0-9]{1,4}\s*页?)?[-—–―~·.\s]*",
)
_DIGITS = re.compile(r"\d+")
# A form's own head repeats from form to form and is not the page's.
_FORM_HEAD = re.compile(r"单位|表|金额")


class PageText(NamedTuple):
    """The lines of one page outside of tables, and the page's height in points."""

    page: int
    height: float
    lines: tuple[TextLine, ...]


class _Place(NamedTuple):
    """A line in the outer part of a page; `number` is its index on the page."""

    page: int
    number: int
    line: TextLine
    top: bool


def furniture(pages: Sequence[PageText]) -> set[tuple[int, int]]:
    """(page, index of the line on its page) of all heads, feet and page numbers."""
    places = [place for page in pages for place in _margin_lines(page)]
    found = _page_numbers(places) | _repeated(places, len(pages))
    return {(place.page, place.number) for place in places if (place.page, place.number) in found}


def _margin_lines(page: PageText) -> Iterable[_Place]:
    margin = max(_MARGIN * page.height, _LEAST_MARGIN)
    for index, line in enumerate(page.lines):
        middle = (line.box[1] + line.box[3]) / 2
        if middle < margin:
            yield _Place(page.page, index, line, True)
        elif middle > page.height - margin:
            yield _Place(page.page, index, line, False)


def _page_numbers(places: Sequence[_Place]) -> set[tuple[int, int]]:
    """Lines that hold nothing but a number and count with the pages, or are dressed as one."""
    counting: Counter[tuple[bool, int]] = Counter()
    numbered = []
    for place in places:
        match = _NUMBER.fullmatch(fold(place.line.text))
        if match is None:
            continue
        numbered.append((place, match))
        if match[1].isdigit():
            counting[(place.top, place.page - int(match[1]))] += 1
    found = set()
    for place, match in numbered:
        dressed = match[1] != fold(place.line.text) or not match[1].isdigit()
        in_step = match[1].isdigit() and counting[(place.top, place.page - int(match[1]))] > 1
        if dressed or in_step or not place.top:
            found.add((place.page, place.number))
    return found


def _repeated(places: Sequence[_Place], page_count: int) -> set[tuple[int, int]]:
    """Lines with the same text (numbers aside) at the same height on many pages."""
    groups: dict[tuple[str, bool], list[_Place]] = defaultdict(list)
    for place in places:
        groups[(_DIGITS.sub("0", fold(place.line.text)), place.top)].append(place)
    found = set()
    for (text, _), group in groups.items():
        if _FORM_HEAD.search(text) or not _level(group):
            continue
        pages = {place.page for place in group}
        if len(pages) >= max(_REPEATED_ON, page_count // 3):
            found |= {(place.page, place.number) for place in group}
    return found


def _level(group: Sequence[_Place]) -> bool:
    """All but a few of the group stand at one height (portrait and landscape pages differ)."""
    heights = Counter(round(place.line.box[1] / 3) for place in group)
    return sum(count for _, count in heights.most_common(2)) * 2 > len(group)
