"""Paragraphs and text cells, packed into sheets: what one claims request is about.

In: the prose and performance chunks of a document. Out: sheets of consecutive paragraphs, each
with the section it stands in. Many short sections go in one request; a sheet whose answer would
be too long is divided between two paragraphs, a paragraph between two lines.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from pipeline.llm_budget import estimate_tokens
from pipeline.reading.model_grounding import Stretch, cell_passage, sentence_cells
from pipeline.reading.prose import paragraphs
from pipeline.text import Passage, numerals
from schemas.documents import Chunk, Document

SHEET_TOKENS: Final = 3000
SHEET_NUMERALS: Final = 60
_HEAD_CHARACTERS: Final = 40
_BESIDE_LINES: Final = 2


class Paragraph(NamedTuple):
    """A paragraph of a chunk, or a text cell of a form: its stretches of lines and its text.
    `name` is what a cell's row is called, `around` the words beside a cell on its row and the
    lines next to it (a form that lost its grid breaks a cell over lines)."""

    chunk: Chunk
    section: str
    stretches: tuple[Stretch, ...]
    text: Passage
    name: str = ""
    around: str = ""


class Sheet(NamedTuple):
    """What one request is about; `splits` counts how often it was divided already."""

    paragraphs: tuple[Paragraph, ...]
    splits: int = 0


def paragraphs_of(document: Document, chunk: Chunk) -> tuple[Paragraph, ...]:
    """The paragraphs of prose, or the text cells of a performance form, that a model should see:
    those with a numeral, and short ones, which may be the head of the next. Without any numeral
    there is nothing to ask."""
    if chunk.kind == "performance":
        cells = sentence_cells(document.lines, chunk)
        found = [_cell(document, chunk, cell) for cell in cells]
    else:
        found = [_prose(document, chunk, text) for text in paragraphs(document, chunk)]
    if not any(numerals(one.text.text) for one in found):
        return ()
    return tuple(one for one in found if numerals(one.text.text) or _is_short(one.text))


def _is_short(text: Passage) -> bool:
    return 0 < len(text.text) <= _HEAD_CHARACTERS


def _cell(document: Document, chunk: Chunk, cell: Stretch) -> Paragraph:
    text = cell_passage(document.lines, cell)
    before = document.lines[cell.line - 1][: cell.start].split("\t")
    name = next((part.strip() for part in before if part.strip()), "")
    first = max(chunk.first_line, cell.line - _BESIDE_LINES)
    last = min(chunk.last_line, cell.line + _BESIDE_LINES)
    around = "".join(document.lines[first - 1 : last])
    section = chunk.title or chunk.section
    return Paragraph(chunk, section, (cell,), text, name, around)


def _prose(document: Document, chunk: Chunk, text: Passage) -> Paragraph:
    numbers = sorted({line for line, _ in text.places})
    stretches = tuple(Stretch(n, 0, len(document.lines[n - 1])) for n in numbers)
    return Paragraph(chunk, chunk.section, stretches, text)


def packed(found: Iterable[Paragraph]) -> tuple[Sheet, ...]:
    """Paragraphs in document order as sheets of bounded size."""
    sheets: list[list[Paragraph]] = []
    tokens = count = 0
    for one in found:
        size, numbers = estimate_tokens(one.text.text), len(numerals(one.text.text))
        if not sheets or tokens + size > SHEET_TOKENS or count + numbers > SHEET_NUMERALS:
            sheets.append([])
            tokens = count = 0
        sheets[-1].append(one)
        tokens, count = tokens + size, count + numbers
    return tuple(Sheet(tuple(group)) for group in sheets)


def halves(sheet: Sheet, lines: Sequence[str]) -> tuple[Sheet, ...]:
    """The sheet as two; none when it is one line."""
    if len(sheet.paragraphs) > 1:
        half = len(sheet.paragraphs) // 2
        parts: tuple[tuple[Paragraph, ...], ...] = (
            sheet.paragraphs[:half],
            sheet.paragraphs[half:],
        )
    else:
        parts = tuple((one,) for one in _half_paragraphs(sheet.paragraphs[0]))
    return tuple(Sheet(part, sheet.splits + 1) for part in parts if part)


def _half_paragraphs(one: Paragraph) -> tuple[Paragraph, ...]:
    if len(one.stretches) < 2:
        return ()
    half = len(one.stretches) // 2
    found = []
    for stretches in (one.stretches[:half], one.stretches[half:]):
        numbers = {stretch.line for stretch in stretches}
        at = [i for i, (line, _) in enumerate(one.text.places) if line in numbers]
        text = one.text.cut(at[0], at[-1] + 1) if at else Passage("", ())
        found.append(one._replace(stretches=stretches, text=text))
    return tuple(found)
