"""Are the numbers that were read printed, and how often would they be by chance?

In: what was read from each golden document, and the lines of all. Out: `Grounding`. The rule it
protects: standing in the source is necessary and never sufficient: short numbers stand anywhere,
so long ones are counted apart and looked for in another document as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from pipeline.evaluation.records import Grounding, Judged, share
from pipeline.evaluation.residue import printed
from pipeline.evaluation.scores import Ratio
from schemas.facts import Fact

_LONG: Final = 4
"""Significant digits from which a number seldom stands somewhere by chance."""

Lines = tuple[str, ...]


def grounding(
    read: Sequence[tuple[Sequence[Fact], Lines]],
    documents: Iterable[Lines],
    judged: Iterable[Judged],
) -> Grounding:
    """The facts read from each document with its lines, the lines of all documents, and all
    judged facts, which know whether they stand on their line."""
    numbers = {lines: frozenset(value for _, value in printed(lines)) for lines in documents}
    long = [([fact for fact in facts if _is_long(fact.value)], lines) for facts, lines in read]
    others = {lines: numbers.get(_other(lines, numbers)) for lines in numbers}
    hits = [one.grounded for one in judged if one.predicted]
    return Grounding(
        on_line=share(Ratio(sum(hits), len(hits))),
        in_document=share(_standing(read, numbers)),
        long_in_document=share(_standing(long, numbers)),
        long_by_chance=share(_standing(long, others)),
    )


def _is_long(value: Decimal) -> bool:
    """True for four significant digits or more: 1,234 and 12.34, not 1,200.00."""
    return len(value.normalize().as_tuple().digits) >= _LONG


def _other(lines: Lines, numbers: Mapping[Lines, frozenset[Decimal]]) -> Lines:
    """The document nearest in how many numbers it prints; nothing where there is no other."""
    size = len(numbers[lines])
    others = [other for other in numbers if other != lines]
    return min(others, key=lambda other: (abs(len(numbers[other]) - size), other), default=())


def _standing(
    read: Sequence[tuple[Sequence[Fact], Lines]],
    numbers: Mapping[Lines, frozenset[Decimal] | None],
) -> Ratio:
    """Facts whose number is among those of their document; without numbers nothing is asked."""
    found = [
        abs(fact.value) in known
        for facts, lines in read
        if (known := numbers[lines]) is not None
        for fact in facts
    ]
    return Ratio(sum(found), len(found))
