"""The pages of a document as pictures, every numeral boxed by what became of it.

In: the file that was read, its extraction and lines. Out: markup, or why there is none. The rule
it protects: a picture is shown only of the very file that was read, and its size is bounded.
"""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.documents.limits import Limits
from pipeline.documents.pdf_pictures import Picture, pictures
from pipeline.documents.places import Stretch, place, stretches
from pipeline.documents.worker import read_isolated
from pipeline.errors import JuesuanError
from pipeline.inputs import Input, contents
from pipeline.report.links import Links, Mark
from pipeline.report.markup import both, plain
from pipeline.report.source import outcome_class, outcome_words
from schemas.documents import Box, Document
from schemas.runs import DocumentHead, DocumentRecord

MOST_BYTES: Final = 12_000_000
"""Pictures of one document; pages beyond are left out, and the report says so."""


class Pages(NamedTuple):
    """A document read anew, with the pictures of its pages by number, or why there are none."""

    document: Document | None = None
    pictures: Mapping[int, Picture] = {}
    reason: tuple[str, str] = ("", "")


NO_PAGES: Final = Pages()


def pages_of(record: DocumentRecord, head: DocumentHead, lines: Sequence[str]) -> Pages:
    """The pages of the file that the record names; empty for a document without pages."""
    if head.media != "pdf":
        return NO_PAGES
    data = _bytes_of(record)
    if data is None:
        return Pages(reason=("原文件已移动或改变", "the file was moved or changed"))
    try:
        document = read_isolated(record.name, data, Limits())
    except JuesuanError as error:
        return Pages(reason=("原文件无法再读", f"the file cannot be read again: {error.message}"))
    if document.lines != tuple(lines):
        return Pages(reason=("原文件现在读法不同", "the file reads differently now"))
    drawn = pictures(data, max(document.pages, default=0), Limits())
    return Pages(document, {index + 1: drawn[index] for index in sorted(drawn)})


def _bytes_of(record: DocumentRecord) -> bytes | None:
    """The very bytes that were read, where they still are."""
    path, _, _ = record.path.partition("!")
    given = Path(record.path) if Path(record.path).exists() else Path(path)
    try:
        for _, data in contents(Input(given), Limits()):
            if isinstance(data, bytes) and hashlib.sha256(data).hexdigest() == record.sha256:
                return data
    except JuesuanError:
        return None
    return None


def pages_pane(pages: Pages, links: Links) -> str:
    """Pictures under one another, as many as the bound allows, and what was left out."""
    if pages.document is None:
        return f'<p class="none">{both(f"没有页面图：{pages.reason[0]}。", f"No page pictures: {pages.reason[1]}.")}</p>'
    boxed = _boxed(pages.document, pages.pictures, links)
    shown, left, taken = [], 0, 0
    for number in range(1, max(pages.document.pages, default=0) + 1):
        picture = pages.pictures.get(number)
        taken += len(picture.png) if picture else 0
        if picture is None or taken > MOST_BYTES:
            left += 1
        else:
            shown.append(_sheet(number, picture, boxed[number], links))
    note = f'<p class="none">{both(f"另有{left}页没有图。", f"{left} pages have no picture.")}</p>'
    return "".join(shown) + (note if left else "")


def _boxed(
    document: Document, drawn: Mapping[int, Picture], links: Links
) -> Mapping[int, Sequence[tuple[Mark, Box]]]:
    """The numerals of each page with their boxes."""
    found: dict[int, list[tuple[Mark, Box]]] = defaultdict(list)
    placed = stretches(document)
    for line, marks in links.marks.items():
        for mark in marks:
            start, end = _span(mark)
            stretch = _holding(placed.get(line, ()), start, end)
            picture = drawn.get(stretch.page) if stretch else None
            if stretch and picture:
                found[stretch.page].append((mark, place(stretch, start, end, picture)))
    return found


def _span(mark: Mark) -> tuple[int, int]:
    numeral = mark.disposition.numeral
    return numeral.start, numeral.start + len(numeral.text)


def _holding(found: Sequence[Stretch], start: int, end: int) -> Stretch | None:
    return next((s for s in found if s.start <= start and end <= s.start + len(s.text)), None)


def _sheet(number: int, picture: Picture, boxed: Sequence[tuple[Mark, Box]], links: Links) -> str:
    """One page: its picture, and over it the boxes, which the text beside says in words."""
    size = f'width="{picture.width:.0f}" height="{picture.height:.0f}"'
    image = base64.b64encode(picture.png).decode("ascii")
    boxes = "".join(_box(mark, box, links) for mark, box in boxed)
    return (
        f'<figure class="sheet" id="P{number}"><figcaption>{both(f"第{number}页", f"page {number}")}'
        f" <small>{len(boxed)} {both('个数字', 'numerals')}</small></figcaption>"
        f'<div tabindex="0"><img {size} loading="lazy" decoding="async" alt="第{number}页 page {number}" '
        f'src="data:image/png;base64,{image}">'
        f'<svg viewBox="0 0 {picture.width:.2f} {picture.height:.2f}" aria-hidden="true">{boxes}'
        "</svg></div></figure>"
    )


def _box(mark: Mark, box: Box, links: Links) -> str:
    x0, y0, x1, y1 = box
    shape = f'x="{x0 - 1:.1f}" y="{y0:.1f}" width="{x1 - x0 + 2:.1f}" height="{y1 - y0:.1f}"'
    title = f"<title>{plain(' / '.join(outcome_words(mark)))}</title>"
    rect = f'<rect class="{outcome_class(mark, links)}" {shape}>{title}</rect>'
    if not mark.facts:
        return rect
    numbers = " ".join(map(str, mark.facts))
    return f'<a href="#F{mark.facts[0]}" data-f="{numbers}" tabindex="-1">{rect}</a>'
