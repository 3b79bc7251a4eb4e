"""Numbers of the prose with the words around them.

In: a book. Out: `Record`s (what a sentence says of one subject) and the running text with line
numbers. The rule it protects: a number is compared only with what its own words call for.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from pipeline.checks.book import Book
from pipeline.checks.forms import base_key
from schemas.facts import Fact


class Prose(NamedTuple):
    """All lines joined without their breaks (the source breaks sentences anywhere); offset
    `starts[i]` begins line i+1; `places[i]` is where fact i stands, -1 where it was not found."""

    text: str
    starts: tuple[int, ...]
    places: tuple[int, ...]

    def line(self, offset: int) -> int:
        """The 1-based line of an offset."""
        return bisect_right(self.starts, offset)

    def before(self, fact: int, count: int = 30) -> str:
        """The words before a number; nothing where its place is unknown."""
        place = self.places[fact]
        return self.text[max(0, place - count) : place] if place >= 0 else ""

    def after(self, last: int, length: int, count: int = 160) -> str:
        """The words after a number that is `length` characters long."""
        place = self.places[last]
        return self.text[place + length : place + length + count] if place >= 0 else ""


class Record(NamedTuple):
    """Neighbouring numbers of one subject in one section: column -> index of the fact. `run`
    counts the stretches of one section, since the parts of several bodies repeat its name."""

    section: str
    run: int
    row: str
    cells: Mapping[str, int]

    @property
    def money(self) -> int | None:
        """What the record says of its subject in money; a budget counts where it says no amount."""
        return self.cells.get("amount", self.cells.get("budget"))

    @property
    def last(self) -> int:
        """The last fact of the record in printed order."""
        return list(self.cells.values())[-1]


def running_text(book: Book) -> Prose:
    """Join the lines of the document and find every fact in them."""
    lines = [line.strip() for line in book.document.lines]
    starts = tuple(accumulate((len(line) for line in lines[:-1]), initial=0)) if lines else ()
    return Prose("".join(lines), starts, _places(book, lines, starts))


def _places(book: Book, lines: Sequence[str], starts: Sequence[int]) -> tuple[int, ...]:
    """Facts on one line are found from left to right, each after the one before."""
    places = [-1] * len(book.facts)
    reached: dict[int, int] = {}
    for i in in_order(book):
        fact = book.facts[i]
        if not 1 <= fact.line <= len(lines):
            continue
        text = lines[fact.line - 1]
        at = _place(book, fact, text, reached.get(fact.line, 0))
        if at >= 0:
            places[i] = starts[fact.line - 1] + at
            reached[fact.line] = at + len(fact.raw)
    return tuple(places)


def _place(book: Book, fact: Fact, text: str, reached: int) -> int:
    line = book.document.lines[fact.line - 1]
    if fact.start and line[fact.start : fact.start + len(fact.raw)] == fact.raw:
        return fact.start - (len(line) - len(line.lstrip()))
    return (
        text.find(fact.raw, reached) if text.find(fact.raw, reached) >= 0 else text.find(fact.raw)
    )


def in_order(book: Book) -> list[int]:
    """All facts in printed order."""
    return sorted(range(len(book.facts)), key=lambda i: (book.facts[i].line, book.facts[i].start))


def records(book: Book) -> tuple[Record, ...]:
    """The claims of the document, grouped by subject, in printed order."""
    claims = [i for i in in_order(book) if book.facts[i].statement == "claim"]
    return tuple(_grouped(book, claims))


def _grouped(book: Book, claims: Sequence[int]) -> Iterator[Record]:
    current: dict[str, int] = {}
    head: tuple[str, int, str] = ("", 0, "")
    for i in claims:
        fact = book.facts[i]
        run = head[1] + (fact.section != head[0])
        key = (fact.section, run, base_key(fact.row))
        if current and (key != head or fact.column in current):
            yield Record(*head, dict(current))
            current = {}
        head = key
        current[fact.column] = i
    if current:
        yield Record(*head, dict(current))
