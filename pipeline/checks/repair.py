"""The one cell whose change would repair all failures of a cause, where it is unique.

In: the failures of a cause and the sums of each fact. Out: the change of the suspect's value, or None. The
rule it protects: a repair is suggested, never made, and only where nothing else would do.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from pipeline.checks.verdicts import Verdict
from pipeline.identities import Interval


def unique_change(
    suspect: int, failures: Sequence[Verdict], sums_of: Mapping[int, Sequence[Verdict]]
) -> Decimal | None:
    """What has to be added to the suspect; None when it repairs nothing, or another cell does too.

    >>> wrong = [Verdict("A1", "fail", (0, 1), 0, (1, 1), Decimal(3), Decimal(1)),
    ...          Verdict("B1", "fail", (2, 1), 2, (1, 1), Decimal(3), Decimal(1))]
    >>> unique_change(1, wrong, {0: wrong[:1], 1: wrong, 2: wrong[1:]})
    Decimal('-3')
    """
    sums = [found for found in failures if found.signs and found.difference is not None]
    if not sums or len(sums) != len(failures):
        return None
    shared = set.intersection(*(set(found.facts) for found in sums))
    able = [fact for fact in shared if _can_repair(fact, sums_of.get(fact, ()))]
    if able != [suspect]:
        return None
    first = min(sums, key=lambda found: found.allowed or Decimal(0))
    return next(change.low + change.high for change in _changes(suspect, [first])) / 2


def _can_repair(fact: int, verdicts: Sequence[Verdict]) -> bool:
    """True when one change of the fact satisfies every sum that it is in."""
    low: Decimal | None = None
    high: Decimal | None = None
    for change in _changes(fact, verdicts):
        low = change.low if low is None else max(low, change.low)
        high = change.high if high is None else min(high, change.high)
    return low is not None and high is not None and low <= high


def _changes(fact: int, verdicts: Sequence[Verdict]) -> Iterator[Interval]:
    """For each sum with the fact: the changes of the fact that make the sum hold."""
    for found in verdicts:
        if fact not in found.facts or not found.signs or found.difference is None:
            continue
        at = found.facts.index(fact)
        allowed = found.allowed or Decimal(0)
        ends = (found.difference - allowed, found.difference + allowed)
        yield Interval(*ends) if at == 0 else _turned(ends, found.signs[at])


def _turned(ends: tuple[Decimal, Decimal], sign: int) -> Interval:
    changed = [-end * sign for end in ends]
    return Interval(min(changed), max(changed))
