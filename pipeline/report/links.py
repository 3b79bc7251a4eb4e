"""What of an extraction hangs together: facts and numerals, facts and identities.

In: an extraction. Out: `Links`, by index of the fact. The rule it protects: a fact belongs to the
numeral at its line and offset, never to one that merely looks the same.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.text import numerals
from schemas.facts import Disposition, Fact, Numeral
from schemas.findings import Outcome
from schemas.runs import Extraction

Place = tuple[int, int]


class Mark(NamedTuple):
    """A numeral of the source with what became of it and the facts that it is."""

    disposition: Disposition
    facts: tuple[int, ...]


class Links(NamedTuple):
    """`marks[line]` in order of their offset; `outcomes[fact]` are indexes of outcomes."""

    marks: Mapping[int, Sequence[Mark]]
    outcomes: Mapping[int, Sequence[int]]
    failing: frozenset[int]
    confirmed: frozenset[int]


def links(extraction: Extraction, lines: Sequence[str]) -> Links:
    """Index an extraction against the lines of its document."""
    facts = _places(extraction.facts, lines)
    return Links(
        marks=_marks(extraction.dispositions, extraction.facts, facts),
        outcomes=_outcomes(extraction.outcomes),
        failing=_with_status(extraction.outcomes, "fail"),
        confirmed=frozenset(i for i, fact in enumerate(extraction.facts) if fact.checks)
        | _with_status(extraction.outcomes, "pass"),
    )


def _places(facts: Sequence[Fact], lines: Sequence[str]) -> Mapping[Place, list[int]]:
    """Indexes of facts by line and offset.

    A fact that names no offset at which its numeral begins (a person's, a golden one) takes the
    next numeral of its line that looks like it."""
    found: dict[Place, list[int]] = defaultdict(list)
    loose = []
    for index, fact in enumerate(facts):
        if (fact.line, fact.start) in _starts(fact, lines):
            found[fact.line, fact.start].append(index)
        else:
            loose.append(index)
    for index in loose:
        starts = _starts(facts[index], lines)
        free = [place for place in starts if place not in found]
        place = next(iter(free or starts), (facts[index].line, facts[index].start))
        found[place].append(index)
    return found


def _starts(fact: Fact, lines: Sequence[str]) -> list[Place]:
    """Where on its line a numeral like the fact's begins."""
    line = lines[fact.line - 1] if 1 <= fact.line <= len(lines) else ""
    return [(fact.line, n.start) for n in numerals(line, fact.line) if n.text == fact.raw]


def _marks(
    dispositions: Sequence[Disposition], facts: Sequence[Fact], at: Mapping[Place, list[int]]
) -> Mapping[int, Sequence[Mark]]:
    marks: dict[int, list[Mark]] = defaultdict(list)
    seen = set()
    for one in dispositions:
        place = (one.numeral.line, one.numeral.start)
        seen.add(place)
        marks[place[0]].append(Mark(one, tuple(at.get(place, ()))))
    for (line, start), indexes in at.items():
        if (line, start) not in seen:
            numeral = Numeral(line=line, start=start, text=facts[indexes[0]].raw)
            marks[line].append(Mark(Disposition(numeral=numeral, outcome="fact"), tuple(indexes)))
    return {line: sorted(m, key=lambda x: x.disposition.numeral.start) for line, m in marks.items()}


def _outcomes(outcomes: Sequence[Outcome]) -> Mapping[int, Sequence[int]]:
    by_fact: dict[int, list[int]] = defaultdict(list)
    for number, outcome in enumerate(outcomes):
        for fact in outcome.facts:
            by_fact[fact].append(number)
    return dict(by_fact)


def _with_status(outcomes: Sequence[Outcome], status: str) -> frozenset[int]:
    return frozenset(fact for one in outcomes if one.status == status for fact in one.facts)
