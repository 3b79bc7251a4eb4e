"""The identities as judges of a reading: what they cover, what they catch, what they let pass.

In: readings with the outcomes of their identities, judged against the gold. Out: `Objections`.
The rule it protects: an objection that touches no mistake may still be right (the document itself
does not add up); whether it is, the precision of findings says.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.evaluation.matching import Pair
from pipeline.evaluation.records import CheckScore, Judged, Objections, share
from pipeline.evaluation.scores import Ratio
from schemas.runs import Extraction


def objections(
    read: Iterable[tuple[Extraction, Sequence[Pair]]], judged: Iterable[Judged]
) -> Objections:
    """Readings with the pairs they were judged by, and all judged facts."""
    output = [one for one in judged if one.outcome in ("correct", "wrong", "spurious")]
    wrong = [one for one in output if one.outcome != "correct"]
    failed: dict[str, list[bool]] = defaultdict(list)
    held: dict[str, list[bool]] = defaultdict(list)
    for extraction, pairs in read:
        mistakes = {id(pair.predicted) for pair in pairs if pair.outcome in ("wrong", "spurious")}
        for outcome in extraction.outcomes:
            touched = any(id(extraction.facts[index]) in mistakes for index in outcome.facts)
            if outcome.status in ("pass", "rounding_hint"):
                held[outcome.check].append(touched)
            elif outcome.status == "fail":
                failed[outcome.check].append(touched)
    return Objections(
        covered=share(_of(bool(one.identities or one.broken) for one in output)),
        caught=share(_of(bool(one.broken) for one in wrong)),
        right=share(_of(touched for some in failed.values() for touched in some)),
        by_check={
            check: CheckScore(objected=share(_of(failed[check])), held=share(_of(held[check])))
            for check in sorted({*failed, *held})
        },
    )


def _of(hits: Iterable[bool]) -> Ratio:
    hits = tuple(hits)
    return Ratio(sum(hits), len(hits))
