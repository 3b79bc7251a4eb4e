"""Pairs -> counts and ratios, for one document and over documents.

In: a golden document and the facts predicted for it. Out: `DocumentScore`, frozen, every ratio
with its numerator and denominator. The rule it protects: a wrong value counts against precision
and against recall, and nothing that cannot be judged counts at all.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from pipeline.evaluation.golden import GoldenDocument, SourceRecord
from pipeline.evaluation.matching import (
    GROUPS,
    HEADLINE,
    VIEWS,
    Group,
    Pair,
    View,
    group_of,
    pair_facts,
)
from pipeline.text import numerals, parse_number, squeeze
from schemas.facts import Fact


class Ratio(NamedTuple):
    """A share that keeps what it was made of."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """The share to six decimals; None for 0/0, which is neither good nor bad."""
        return round(self.numerator / self.denominator, 6) if self.denominator else None


class Counts(NamedTuple):
    """Facts by outcome. `units` and `lines` say how many correct facts carry the gold's unit and
    line; `zeros` how many printed zeros of the gold were found as zeros (of `gold_zeros`)."""

    correct: int = 0
    wrong: int = 0
    missing: int = 0
    spurious: int = 0
    unjudged: int = 0
    units: int = 0
    lines: int = 0
    zeros: int = 0
    gold_zeros: int = 0

    @property
    def precision(self) -> Ratio:
        """Correct of all judged predictions.

        >>> Counts(correct=2, wrong=1, missing=4, spurious=1).precision
        Ratio(numerator=2, denominator=4)
        """
        return Ratio(self.correct, self.correct + self.wrong + self.spurious)

    @property
    def recall(self) -> Ratio:
        """Correct of all gold facts; a wrong value is not found.

        >>> Counts(correct=2, wrong=1, missing=4, spurious=1).recall
        Ratio(numerator=2, denominator=7)
        """
        return Ratio(self.correct, self.correct + self.wrong + self.missing)

    @property
    def f1(self) -> Ratio:
        """2·correct of gold facts plus judged predictions (harmonic mean of the two above).

        >>> Counts(correct=2, wrong=1, missing=4, spurious=1).f1
        Ratio(numerator=4, denominator=11)
        """
        return Ratio(
            2 * self.correct, 2 * self.correct + 2 * self.wrong + self.missing + self.spurious
        )

    @property
    def mistakes(self) -> int:
        """Edits that would make the reading right: change, add, delete."""
        return self.wrong + self.missing + self.spurious


class GroupScore(NamedTuple):
    """The counts of one group in one view, and the pairs they count."""

    group: Group
    view: View
    counts: Counts
    pairs: tuple[Pair, ...] = ()


class DocumentScore(NamedTuple):
    """All scores of one document. `ungrounded` are predictions whose printed string does not
    stand on the line they name."""

    document: str
    groups: tuple[GroupScore, ...]
    ungrounded: tuple[Fact, ...] = ()

    def counts(self, group: Group, view: View) -> Counts:
        """The counts of a group in a view."""
        return next(s.counts for s in self.groups if (s.group, s.view) == (group, view))

    @property
    def headline(self) -> Counts:
        """All groups together, each in its headline view."""
        return total(score.counts for score in self.groups if HEADLINE[score.group] == score.view)

    @property
    def headline_pairs(self) -> tuple[Pair, ...]:
        """Every fact once: the pairs of the headline views."""
        chosen = [score for score in self.groups if HEADLINE[score.group] == score.view]
        return tuple(pair for score in chosen for pair in score.pairs)


def score_document(gold: GoldenDocument, predicted: Sequence[Fact]) -> DocumentScore:
    """Score the facts read from one document, in every group and view."""
    groups = tuple(
        _score_group(gold, predicted, group, view) for group in GROUPS for view in VIEWS[group]
    )
    loose = tuple(fact for fact in predicted if not is_grounded(fact, gold.lines))
    return DocumentScore(document=gold.id, groups=groups, ungrounded=loose)


def _score_group(
    gold: GoldenDocument, predicted: Sequence[Fact], group: Group, view: View
) -> GroupScore:
    pairs = pair_facts(_of(gold.facts, group), _of(predicted, group), view)
    judged = tuple(_within(pair, gold.source) for pair in pairs)
    return GroupScore(group=group, view=view, counts=count(judged), pairs=judged)


def _of(facts: Iterable[Fact], group: Group) -> list[Fact]:
    return [fact for fact in facts if group_of(fact.statement) == group]


def _within(pair: Pair, source: SourceRecord) -> Pair:
    """A prediction that no gold fact answers is unjudged where nobody annotated, and everywhere
    in a draft, whose annotation is not complete."""
    fact = pair.predicted
    if pair.outcome != "spurious" or fact is None:
        return pair
    if source.annotation == "confirmed" and source.scope.covers(fact.statement, fact.line):
        return pair
    return pair._replace(outcome="unjudged")


def count(pairs: Iterable[Pair]) -> Counts:
    """Count outcomes, and what is right beside the value."""
    pairs = tuple(pairs)
    outcomes = Counter(pair.outcome for pair in pairs)
    right = [(p.gold, p.predicted) for p in pairs if p.outcome == "correct"]
    return Counts(
        correct=outcomes["correct"],
        wrong=outcomes["wrong"],
        missing=outcomes["missing"],
        spurious=outcomes["spurious"],
        unjudged=outcomes["unjudged"],
        units=sum(squeeze(g.unit) == squeeze(p.unit) for g, p in right if g and p),
        lines=sum(g.line == p.line for g, p in right if g and p),
        zeros=sum(g.value == 0 for g, _ in right if g),
        gold_zeros=sum(pair.gold is not None and pair.gold.value == 0 for pair in pairs),
    )


def total(counts: Iterable[Counts]) -> Counts:
    """The sum: micro scores are ratios of this.

    >>> total([Counts(1, 2), Counts(correct=3)])[:3], total([])[:3]
    ((4, 2, 0), (0, 0, 0))
    """
    return Counts(*map(sum, zip(*counts, Counts(), strict=True)))


def is_grounded(fact: Fact, lines: Sequence[str]) -> bool:
    """True when `raw` is a numeral of its line, or one that breaks at the end of it.

    The sign of the value may come from words (减少), its digits only from `raw`."""
    if not 1 <= fact.line <= len(lines):
        return False
    try:
        value: Decimal = parse_number(fact.raw)
    except ValueError:
        return False
    if abs(value) != abs(fact.value):
        return False
    line = lines[fact.line - 1]
    if fact.raw in {numeral.text for numeral in numerals(line)}:
        return True
    following = next((text for text in lines[fact.line :] if text.strip()), "")
    joined = line.rstrip() + following.strip()
    return any(
        n.text == fact.raw and n.start < len(line.rstrip()) < n.start + len(n.text)
        for n in numerals(joined)
    )


def micro(scores: Iterable[DocumentScore]) -> Mapping[tuple[Group, View], Counts]:
    """Counts over all documents, by group and view."""
    scores = tuple(scores)
    return {
        (group, view): total(score.counts(group, view) for score in scores)
        for group in GROUPS
        for view in VIEWS[group]
    }
