"""Pieces of a line with the places they print into.

In: text between runs of blanks. Out: parts with their spans in half-width columns, and cells made
of parts. The rule it protects: a cell begins where its first part stands.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.text import is_number
from schemas.documents import Cell, CellState

Span = tuple[int, int]


class Part(NamedTuple):
    """Printed characters `text` of line `line` (1-based) from offset `start`, from place `left` to
    `right` (a wide character takes two)."""

    left: int
    right: int
    text: str
    line: int
    start: int

    @property
    def span(self) -> Span:
        return self.left, self.right

    @staticmethod
    def cell(parts: Sequence["Part"], line: int) -> Cell:
        """The cell that the parts make, in their order; blank where there are none."""
        if not parts:
            return Cell(text="", line=line, state="blank")
        text = "".join(part.text for part in parts)
        state: CellState = "number" if is_number(text) else "text"
        first, last = parts[0], parts[-1].line
        return Cell(text=text, line=first.line, start=first.start, last_line=last, state=state)


def overlap(one: Span, other: Span) -> int:
    """How many places two spans share."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))
