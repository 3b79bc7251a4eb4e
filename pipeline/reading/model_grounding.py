"""Grounding: a printed numeral is accepted only where it stands.

In: a line number and a string that the model gave. Out: the occurrence in the document, or
nothing. Characters are compared one by one after width and minus are made equal; a digit is never
approximated, a separator never added, and every occurrence is given away once.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.reading.prose import compact, tokens
from pipeline.text import MONEY_UNIT, Passage, is_number, numerals, passage, squeeze
from schemas.documents import Chunk

_CELL = re.compile(r"[^\t|¦]+")
_AFFIXES = re.compile(r"^[≥≤＝=<>＜＞]+|[%％]|[\u4e00-\u9fff/]{1,3}$")
_WORDS = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE_WORDS = 7
_SAME = str.maketrans("０１２３４５６７８９，．－−–％", "0123456789,.---%")


class Occurrence(NamedTuple):
    """A numeral token of the document: `text` as printed begins at offset `start` of `line`."""

    line: int
    start: int
    text: str


def same_characters(text: str) -> str:
    """The text with full-width digits, separators and minus signs as ASCII; one for one.

    >>> same_characters("－１，９７２．２４")
    '-1,234.50'
    """
    return text.translate(_SAME)


def bare_numeral(said: str) -> str:
    """The numeral in what a model gave as one (it may add 万元, % or ≥); '' when not exactly one.

    >>> bare_numeral("≥98.5%"), bare_numeral("1,247万元"), bare_numeral("3至5")
    ('98.5', '1,247', '')
    """
    found = numerals(same_characters(said.strip()))
    return found[0].text if len(found) == 1 else ""


def line_occurrences(lines: Sequence[str], numbers: Iterable[int]) -> tuple[Occurrence, ...]:
    """All numerals of some lines (counted from 1): what a table or a form prints."""
    return tuple(
        Occurrence(number, token.start, token.text)
        for number in numbers
        for token in numerals(lines[number - 1], number)
    )


def prose_occurrences(passages: Sequence[Passage]) -> tuple[Occurrence, ...]:
    """All numerals of paragraphs; one that is broken over two lines is whole and belongs to the
    line on which it starts."""
    return tuple(
        Occurrence(token.line, token.offset, token.printed)
        for text in passages
        for token in tokens(text, compact(text))
    )


class Stretch(NamedTuple):
    """Characters start..end-1 of a line: a cell."""

    line: int
    start: int
    end: int


class Ground:
    """The numerals of a chunk, each to be given away once."""

    def __init__(self, lines: Sequence[str], found: Sequence[Occurrence]) -> None:
        self.lines = lines
        self.all = tuple(found)
        self._taken: set[tuple[int, int]] = set()

    def candidates(self, line: int, said: str, nth: int) -> tuple[Occurrence, ...]:
        """The free occurrences of a string on a line, the nth first. A model that miscounts equal
        numerals (the ordinal of an item counts too) names the same digits all the same; which of
        them it means is then for the words around to say."""
        wanted = bare_numeral(said)
        equal = [o for o in self.all if o.line == line and same_characters(o.text) == wanted]
        if 1 <= nth <= len(equal):
            equal.insert(0, equal.pop(nth - 1))
        return tuple(o for o in equal if o[:2] not in self._taken)

    def take(self, occurrence: Occurrence) -> None:
        """Give an occurrence away: it is not given again."""
        self._taken.add(occurrence[:2])

    def sequence(self, line: int, said: Sequence[str]) -> tuple[Occurrence, ...] | None:
        """Occurrences of strings that must stand on a line in this order, all or none."""
        on_line = [o for o in self.all if o.line == line and o[:2] not in self._taken]
        found: list[Occurrence] = []
        for text in said:
            wanted = bare_numeral(text)
            at = next(
                (i for i, o in enumerate(on_line) if wanted and same_characters(o.text) == wanted),
                None,
            )
            if at is None:
                return None
            found.append(on_line[at])
            on_line = on_line[at + 1 :]
        self._taken.update(o[:2] for o in found)
        return tuple(found)

    def given_away(self, line: int, said: Sequence[str]) -> bool:
        """True when the strings stand on the line in this order and have been given away: an
        answer that repeats what was accepted is no mistake, and gets nothing."""
        texts = iter([same_characters(o.text) for o in self.all if o.line == line])
        return all(bare_numeral(text) in texts for text in said)


def words_stand(subject: str, text: str) -> bool:
    """True when the characters of a subject stand in a text in this order.

    A row of the contract leaves printed words out (（类）, 其中) but never adds any.

    >>> words_stand("履职效能得分", "（一）履职效能，得分15分"), words_stand("事业收入", "支出")
    (True, False)
    """
    rest = iter(squeeze(text))
    return all(character in rest for character in squeeze(subject))


def measured_numerals(passages: Sequence[Passage]) -> int:
    """How many numerals of paragraphs are followed by a money unit or a percent sign."""
    return sum(
        MONEY_UNIT.match(after) is not None or after.lstrip()[:1] in ("%", "％")
        for text in passages
        for token in numerals(text.text)
        for after in (text.text[token.start + len(token.text) :],)
    )


def decimal_numerals(ground: Ground) -> int:
    """How many numerals are printed as amounts, with decimals or thousands separators."""
    return sum(1 for o in ground.all if "." in same_characters(o.text) or "," in o.text)


def number_cells(lines: Sequence[str], numbers: Iterable[int]) -> int:
    """How many cells of some lines hold a number and at most its sign and unit."""
    return sum(
        is_number(_AFFIXES.sub("", match.group()))
        for number in numbers
        for match in _CELL.finditer(lines[number - 1])
    )


def sentence_cells(lines: Sequence[str], chunk: Chunk) -> tuple[Stretch, ...]:
    """The cells of a form that may hold sentences: several words and a numeral."""
    return tuple(
        Stretch(number, match.start(), match.end())
        for number in range(chunk.first_line, chunk.last_line + 1)
        for match in _CELL.finditer(lines[number - 1])
        if len(_WORDS.findall(match.group())) >= _SENTENCE_WORDS and numerals(match.group())
    )


def cell_passage(lines: Sequence[str], cell: Stretch) -> Passage:
    """The text of a cell as a passage."""
    return passage([(cell.line, cell.start, lines[cell.line - 1][cell.start : cell.end])])
