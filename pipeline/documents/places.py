"""Where on its page a stretch of a line is printed.

In: a document with pages, and the characters of a page. Out: a box in points. The rule it
protects: a box is around the very characters, else around the whole cell or line they stand in.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.documents.pdf_pictures import Mark, Picture
from schemas.documents import Box, Document


class Stretch(NamedTuple):
    """A printed stretch of a line: a cell, or the whole line; `start` is its offset there."""

    text: str
    start: int
    page: int
    box: Box


def stretches(document: Document) -> Mapping[int, Sequence[Stretch]]:
    """The cells and lines that have a place, by line."""
    found: dict[int, list[Stretch]] = {}
    for line, stretch in (*_cells(document), *_lines(document)):
        found.setdefault(line, []).append(stretch)
    return found


def _cells(document: Document) -> Iterator[tuple[int, Stretch]]:
    for grid in document.grids:
        for row in grid.rows:
            for cell in row:
                if cell.text and cell.page and cell.box:
                    yield cell.line, Stretch(cell.text, cell.start, cell.page, cell.box)


def _lines(document: Document) -> Iterator[tuple[int, Stretch]]:
    tabled = {line for g in document.grids for line in range(g.first_line, g.last_line + 1)}
    for number, (text, page, box) in enumerate(
        zip(document.lines, document.pages, document.boxes, strict=True), start=1
    ):
        if text and page and box and number not in tabled:
            yield number, Stretch(text, 0, page, box)


def place(stretch: Stretch, start: int, end: int, picture: Picture) -> Box:
    """The box of the line's characters start..end-1, which the stretch holds."""
    marks = _within(stretch.box, picture)
    wanted = "".join(stretch.text.split())
    if "".join(mark.text for mark in marks) != wanted:
        return stretch.box
    first = len("".join(stretch.text[: start - stretch.start].split()))
    count = len("".join(stretch.text[start - stretch.start : end - stretch.start].split()))
    return _around(marks[first : first + count]) or stretch.box


def _within(box: Box, picture: Picture) -> list[Mark]:
    """Characters whose middle lies in the box, in reading order."""
    x0, y0, x1, y1 = box
    return [
        mark
        for row in picture.rows
        for mark in row
        if x0 <= (mark.box[0] + mark.box[2]) / 2 <= x1
        and y0 <= (mark.box[1] + mark.box[3]) / 2 <= y1
    ]


def _around(marks: Sequence[Mark]) -> Box | None:
    """The box around what stands on the first one's row."""
    if not marks:
        return None
    row = [mark.box for mark in marks if mark.box[0] >= marks[0].box[0]]
    return (row[0][0], min(b[1] for b in row), row[-1][2], max(b[3] for b in row))
