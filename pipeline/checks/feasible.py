"""Joint feasibility of all sums of the forms (B6, rule T2).

In: the verdicts on table sums. Out: how far every print has to be off, at least, for one set of
true values to satisfy all sums at once. The rule it protects: each sum may hold by rounding and all
together still not; the figure is exact where the sums form a forest, else a lower bound.
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from pipeline.checks.book import Book
from pipeline.checks.verdicts import Verdict
from pipeline.identities import identity

_GRAIN = 6000  # steps to half a unit: divisible by the counts of operands that occur most
_BISECTIONS = 10
_MOST_STEPS = 20000


class Sum(NamedTuple):
    """total = sum of signed parts, as numbers of variables; the total has sign -1."""

    terms: tuple[tuple[int, int], ...]
    verdict: Verdict


class System(NamedTuple):
    """Variables in steps of half a unit / 6000; `fixed` are printed zeros, which are exact."""

    values: tuple[int, ...]
    fixed: tuple[bool, ...]
    sums: tuple[Sum, ...]


def joint_verdict(book: Book, verdicts: Sequence[Verdict]) -> Verdict:
    """B6: pass when all prints agree exactly, a hint when less than half a unit suffices."""
    sums = [found for found in verdicts if _is_table_sum(book, found)]
    if not sums:
        return Verdict("B6", "insufficient_data", confirms=False)
    if any(found.status == "fail" for found in sums):
        return Verdict("B6", "insufficient_data", detail="sums fail", confirms=False)
    if all(found.difference == 0 for found in sums):
        return Verdict("B6", "pass", detail="h*=0 exact", confirms=False)
    system = _system(book, verdicts, sums)
    broken = _propagate(system, _GRAIN)
    if broken is not None:
        return _infeasible(book, broken.verdict)
    steps = _least(system)
    kind = "exact" if _is_forest(system) else "bound"
    share = (Decimal(steps) / _GRAIN / 2).quantize(Decimal("0.001"))
    return Verdict("B6", "rounding_hint", detail=f"h*={share} ulp {kind}", confirms=False)


def _is_table_sum(book: Book, found: Verdict) -> bool:
    return (
        bool(found.signs)
        and found.status in ("pass", "rounding_hint", "fail")
        and identity(found.check).rule == "T1"
        and all(book.facts[i].statement not in ("claim", "evaluation") for i in found.facts)
    )


def _system(book: Book, verdicts: Sequence[Verdict], sums: Sequence[Verdict]) -> System:
    """One variable for all prints of one fact (rule T0), in steps of its half unit."""
    leader: dict[int, int] = {}
    for found in verdicts:
        if identity(found.check).rule == "T0" and found.status == "pass" and len(found.facts) == 2:
            one, other = (_root(leader, i) for i in found.facts)
            if one != other and book.halves[one] == book.halves[other]:
                leader[max(one, other)] = min(one, other)
    numbers: dict[int, int] = {}
    rows = []
    for found in sums:
        signs = (-1, *found.signs[1:])
        terms = []
        for i, sign in zip(found.facts, signs, strict=True):
            number = numbers.setdefault(_root(leader, i), len(numbers))
            terms.append((number, sign))
        rows.append(Sum(tuple(terms), found))
    values = tuple(int(book.facts[i].value / book.halves[i] * _GRAIN) for i in numbers)
    return System(values, tuple(value == 0 for value in values), tuple(rows))


def _root(leader: dict[int, int], i: int) -> int:
    while i in leader:
        i = leader[i]
    return i


def _propagate(system: System, width: int) -> Sum | None:
    """The sum that cannot hold when every print is off by at most `width`; None when none is
    found. Bounds only shrink, and only sums whose bounds shrank are looked at again."""
    low = [v if f else v - width for v, f in zip(system.values, system.fixed, strict=True)]
    high = [v if f else v + width for v, f in zip(system.values, system.fixed, strict=True)]
    using: dict[int, list[int]] = defaultdict(list)
    for number, row in enumerate(system.sums):
        for variable, _ in row.terms:
            using[variable].append(number)
    queue = deque(n for n, row in enumerate(system.sums) if row.verdict.difference)
    waiting = set(queue)
    for _ in range(_MOST_STEPS):
        if not queue:
            return None
        number = queue.popleft()
        waiting.discard(number)
        shrunk = _tighten(system.sums[number], low, high)
        if shrunk is None:
            return system.sums[number]
        for variable in shrunk:
            for other in using[variable]:
                if other != number and other not in waiting:
                    waiting.add(other)
                    queue.append(other)
    return None


def _tighten(row: Sum, low: list[int], high: list[int]) -> list[int] | None:
    """Shrink the bounds of a sum's variables to what the others allow; None when nothing is left."""
    bounds = [(low[v], high[v]) if sign > 0 else (-high[v], -low[v]) for v, sign in row.terms]
    least, most = sum(b for b, _ in bounds), sum(t for _, t in bounds)
    if least > 0 or most < 0:
        return None
    shrunk = []
    for (variable, sign), (bottom, top) in zip(row.terms, bounds, strict=True):
        if top - bottom <= -least and top - bottom <= most:
            continue
        new_bottom, new_top = max(bottom, top - most), min(top, bottom - least)
        shrunk.append(variable)
        ends = (new_bottom, new_top) if sign > 0 else (-new_top, -new_bottom)
        low[variable], high[variable] = ends
    return shrunk


def _least(system: System) -> int:
    """The smallest width at which propagation finds no contradiction: what one sum alone needs, or
    more where sums share a print."""
    low = max(_alone(system, row) for row in system.sums)
    if _propagate(system, low) is None:
        return low
    high = _GRAIN
    for _ in range(_BISECTIONS):
        middle = (low + high) // 2
        if _propagate(system, middle) is None:
            high = middle
        else:
            low = middle
    return high


def _alone(system: System, row: Sum) -> int:
    """The width that a sum needs by itself: its difference shared by its prints that may be off."""
    difference = abs(sum(sign * system.values[v] for v, sign in row.terms))
    free = sum(not system.fixed[v] for v, _ in row.terms)
    return -(-difference // max(free, 1))


def _is_forest(system: System) -> bool:
    """True when no chain of sums leads back to where it began: then the bound is the distance."""
    leader: dict[int, int] = {}
    size = len(system.values)
    for number, row in enumerate(system.sums):
        for variable, _ in row.terms:
            one, other = _root(leader, size + number), _root(leader, variable)
            if one == other:
                return False
            leader[one] = other
    return True


def _infeasible(book: Book, found: Verdict) -> Verdict:
    lines = tuple(sorted({book.facts[i].line for i in found.facts}))
    return Verdict(
        "B6",
        "fail",
        lines=lines,
        words=(
            f"各关系单独可由尾差解释，合在一起不能同时成立（涉及{found.check}）",
            f"each sum can be explained by rounding, all together cannot (at {found.check})",
        ),
        confirms=False,
    )
