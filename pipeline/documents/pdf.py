"""A PDF file as lines and grids.

In: the bytes of a PDF. Out: `Source`: prose by baseline, ruled tables as grids that go on over
pages, page furniture left out and noted. The rule it protects: every printed character ends in a
line or in a note.
"""

import math
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Literal, NamedTuple

import pypdfium2
import tablers

from pipeline.documents.flow import FlowBlock, Paragraph, write_flow
from pipeline.documents.limits import Limits, within
from pipeline.documents.ocr_extra import OCR_INSTALLED
from pipeline.documents.page_processes import read_apart, shares
from pipeline.documents.pdf_aligned import aligned_fragments
from pipeline.documents.pdf_covered import uncovered
from pipeline.documents.pdf_glyphs import Frame, Run, read_glyphs, runs, unreadable
from pipeline.documents.pdf_grids import Fragment, Ruled, find_fragments
from pipeline.documents.pdf_lines import TextLine, baseline_lines, located
from pipeline.documents.pdf_margins import PageText, furniture
from pipeline.documents.pdf_rules import ruled_tables
from pipeline.documents.pdf_stitch import Stitched, continues, to_grid
from pipeline.documents.pdf_turned import upright
from pipeline.documents.source import Source
from pipeline.errors import UnreadableFile
from pipeline.text import fold

# More than this many usual pitches between two lines: a blank line stands between them.
_BLANK_LINE = 1.7
# What a continuation page may print above the table: 续表, （续）, the unit again.
_CONTINUED = re.compile(r"^续表?[:：\d]*|[(（]续[)）\d]*$|^(?:金额)?单位:")


Origin = Literal["printed", "recognised", "none"]


class Page(NamedTuple):
    """What was found on one page, where its text comes from, and how many prints others cover."""

    text: PageText
    fragments: tuple[Fragment, ...]
    origin: Origin
    covered: int = 0


def read_pdf(name: str, data: bytes, limits: Limits) -> Source:
    """Read a PDF. Raises UnreadableFile (damaged, encrypted), LimitExceeded (pages, glyphs)."""
    within(len(data), limits.bytes, f"bytes of {name}")
    pages = _pages(data, limits)
    dropped = furniture([page.text for page in pages])
    return write_flow(_flow(pages, dropped), _notes(pages, dropped))


def _pages(data: bytes, limits: Limits) -> list[Page]:
    """All pages in order. Where several processes read them, scans and what these could not read
    are read here."""
    document = _open(data)
    count = len(document)
    document.close()
    within(count, limits.pages, "pages")
    parts = shares(count, limits.page_processes)
    if len(parts) == 1:
        return list(_read(data, limits, parts[0]))
    apart = read_apart(partial(_printed, data, limits), parts, limits)
    found = {index: page for index, page in apart.items() if page is not None}
    missing = [index for index in range(count) if index not in found]
    found |= dict(zip(missing, _read(data, limits, missing), strict=True))
    return [found[index] for index in range(count)]


def _printed(data: bytes, limits: Limits, indexes: Sequence[int]) -> Iterator[Page | None]:
    """Pages with text; None for one to be recognised, which takes all cores and much memory."""
    for page in _read(data, limits, indexes, recognised=False):
        yield None if OCR_INSTALLED and page.origin == "none" else page


def _read(
    data: bytes, limits: Limits, indexes: Sequence[int], recognised: bool = OCR_INSTALLED
) -> Iterator[Page]:
    document = _open(data)
    with tablers.Document(bytes=data) as ruled:
        for index in indexes:
            page, frame, shown = upright(document, index)
            found, covered = uncovered(_runs(page, shown, limits))
            if found:
                tables = ruled_tables(ruled.get_page(index), frame)
                yield _page(index + 1, page, found, tables, "printed")._replace(covered=covered)
            elif recognised:
                yield _scan(index + 1, page)
            else:
                yield _page(index + 1, page, [], [], "none")
            page.close()
    document.close()


def _runs(page: pypdfium2.PdfPage, frame: Frame, limits: Limits) -> list[Run]:
    """The page's print; none where its font hides the text."""
    found = runs(read_glyphs(page, frame, limits.glyphs_per_page))
    return [] if unreadable(found) else found


def _scan(number: int, page: pypdfium2.PdfPage) -> Page:
    from pipeline.documents.ocr import recognise  # the extra, and slow to load

    found, tables = recognise(page)
    return _page(number, page, found, tables, "recognised" if found else "none")


def _page(
    number: int,
    page: pypdfium2.PdfPage,
    found: Sequence[Run],
    tables: Sequence[Ruled],
    origin: Origin,
) -> Page:
    fragments, rest = find_fragments(tables, found, number)
    guessed, rest = aligned_fragments(rest, number)
    text = PageText(number, page.get_height(), tuple(map(located, baseline_lines(rest))))
    return Page(text, (*fragments, *guessed), origin)


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        reason = "the PDF is encrypted" if locked else f"the PDF is damaged ({error})"
        raise UnreadableFile(reason) from error


def _flow(pages: Sequence[Page], dropped: set[tuple[int, int]]) -> list[FlowBlock]:
    """Lines and tables of all pages in reading order; fragments joined where they continue."""
    flow: list[Paragraph | Stitched] = []
    for page in pages:
        pitch = _usual_pitch(page.text)
        for block in _blocks(page, dropped):
            if isinstance(block, TextLine):
                last = flow[-1] if flow else None
                if isinstance(last, Paragraph) and _parted(last, block, page.text.page, pitch):
                    flow.append(Paragraph("", page.text.page))
                flow.append(Paragraph(block.text, page.text.page, block.box, block.numerals))
                continue
            at = _goes_on(flow, block)
            table = flow[at] if at is not None else None
            if isinstance(table, Stitched):
                flow[at:] = [Stitched((*table.fragments, block))]
            else:
                flow.append(Stitched((block,)))
    return [to_grid(block) if isinstance(block, Stitched) else block for block in flow]


def _usual_pitch(page: PageText) -> float:
    """The middle distance of neighbouring lines of the page in points."""
    pitches = [below.box[3] - above.box[3] for above, below in pairwise(page.lines)]
    return median(max(pitch, 1.0) for pitch in pitches) if len(pitches) > 1 else math.inf


def _parted(last: Paragraph, line: TextLine, page: int, pitch: float) -> bool:
    """As much room above the line as a blank line takes."""
    if last.page != page or last.box is None:
        return False
    return line.box[3] - last.box[3] > _BLANK_LINE * pitch


def _goes_on(flow: Sequence[Paragraph | Stitched], fragment: Fragment) -> int | None:
    """Where in the flow the table stands that the fragment continues: at the end, or before a
    caption that is printed again at the top of the fragment's page."""
    at = len(flow) - 1
    while at >= 0 and isinstance(flow[at], Paragraph):
        at -= 1
    table = flow[at] if at >= 0 else None
    if not isinstance(table, Stitched) or not continues(table, fragment):
        return None
    between = [fold(block.text) for block in flow[at + 1 :] if isinstance(block, Paragraph)]
    above = {
        fold(block.text) for block in flow[max(at - 6, 0) : at] if isinstance(block, Paragraph)
    }
    return at if all(text in above or _CONTINUED.search(text) for text in between) else None


def _blocks(page: Page, dropped: set[tuple[int, int]]) -> list[TextLine | Fragment]:
    """Lines and tables of one page from top to bottom."""
    lines = [
        line for index, line in enumerate(page.text.lines) if (page.text.page, index) not in dropped
    ]
    return sorted([*lines, *page.fragments], key=lambda block: (block.box[1], block.box[0]))


def _notes(pages: Sequence[Page], dropped: set[tuple[int, int]]) -> tuple[str, ...]:
    notes = []
    empty = [page.text.page for page in pages if page.origin == "none"]
    if empty:
        step = "nothing recognised" if OCR_INSTALLED else "they need OCR (juesuan[ocr])"
        notes.append(f"pages without text: {_ranges(empty)}; {step}")
    recognised = [page.text.page for page in pages if page.origin == "recognised"]
    if recognised:
        notes.append(f"pages read by OCR: {_ranges(recognised)}")
    for page in pages:
        doubted = sum(fragment.doubted for fragment in page.fragments)
        if doubted:
            notes.append(
                f"page {page.text.page}: {doubted} numbers read differently by two readers"
            )
        if page.covered:
            notes.append(
                f"page {page.text.page}: text in {page.covered} places lies under other text and is"
                " left out"
            )
    guessed = [page.text.page for page in pages if any(f.guessed for f in page.fragments)]
    if guessed:
        notes.append(f"tables without rules, read by alignment: pages {_ranges(guessed)}")
    texts = {
        page.text.lines[index].text
        for page in pages
        for number, index in sorted(dropped)
        if number == page.text.page
    }
    shown = sorted({text for text in texts if not fold(text).strip("-—第页").isdigit()})
    if dropped:
        notes.append(f"{len(dropped)} page heads, feet and numbers left out: {' | '.join(shown)}")
    return tuple(notes)


def _ranges(numbers: Sequence[int]) -> str:
    """Page numbers as people write them.

    >>> _ranges([1, 2, 3, 7])
    '1-3, 7'
    """
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)
