"""Sums of children that reach a parent, column by column, in whole numbers.

In: for each child the vectors it can be, and the goals its parent can be. Out: the goals that are
reached and, child by child, the vectors that take part in reaching one. The rule it protects: no
vector is dropped that stands in a sum which a goal allows.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

State = tuple[int, ...]
# More sums than this after one child: the search gives up and says so.
_STATES: Final = 20_000


class Fitting(NamedTuple):
    """Indices of the goals that are reached, and of each child's vectors that help to reach one."""

    goals: list[int]
    steps: list[list[int]]


class _Packing(NamedTuple):
    """A vector as one whole number, a field a column; the highest bit of a field stays free, so
    that all columns are added, and compared, in one operation."""

    bits: int
    order: tuple[int, ...]
    guard: int

    def pack(self, vector: Sequence[int]) -> int:
        return sum(vector[column] << self.bits * n for n, column in enumerate(self.order))

    def inside(self, state: int, low: int, high: int) -> bool:
        """True when each field of `state` is in the bounds; all three not negative."""
        return ((state | self.guard) - low) & ((high | self.guard) - state) & self.guard == (
            self.guard
        )


def fitting(steps: Sequence[Sequence[State]], goals: Sequence[State], slack: int) -> Fitting | None:
    """What stands in a sum that is within `slack` of a goal in each column; None: too many sums."""
    packing, floor = _packing(steps, goals, slack)
    packed = [[packing.pack(step) for step in kid] for kid in steps]
    start = packing.pack([floor] * len(goals[0]))
    bounds = _bounds(steps, goals, slack)
    found = [{start}]
    for kid, (low, high) in zip(packed, bounds, strict=True):
        least, most = start + packing.pack(low), start + packing.pack(high)
        sums = {state + step for state in found[-1] for step in kid}
        after = {state for state in sums if packing.inside(state, least, most)}
        if len(after) > _STATES:
            return None
        found.append(after)
    met = _met(packing, found[-1], [start + packing.pack(goal) for goal in goals], slack)
    kept = sorted({goal for near in met.values() for goal in near})
    return Fitting(kept, _helping(packed, found, set(met)))


def _packing(
    steps: Sequence[Sequence[State]], goals: Sequence[State], slack: int
) -> tuple[_Packing, int]:
    """Fields wide enough for every sum and bound, and what is added so that none is negative. The
    goals' most telling column comes first in the order of numbers."""
    reach = sum(max(abs(v) for step in kid for v in step) for kid in steps)
    floor = 2 * (reach + slack + max(abs(v) for goal in goals for v in goal)) + 1
    bits = (2 * floor).bit_length() + 1
    width = len(goals[0])
    order = sorted(range(width), key=lambda column: len({goal[column] for goal in goals}))
    guard = sum(1 << bits * n + bits - 1 for n in range(width))
    return _Packing(bits, tuple(order), guard), floor


def _bounds(
    steps: Sequence[Sequence[State]], goals: Sequence[State], slack: int
) -> list[tuple[State, State]]:
    """After each child: the sums from which the children still to come can reach a goal."""
    low = tuple(min(column) - slack for column in zip(*goals, strict=True))
    high = tuple(max(column) + slack for column in zip(*goals, strict=True))
    bounds = [(low, high)]
    for kid in reversed(steps[1:]):
        columns = list(zip(*kid, strict=True))
        low = tuple(a - max(column) for a, column in zip(low, columns, strict=True))
        high = tuple(a - min(column) for a, column in zip(high, columns, strict=True))
        bounds.append((low, high))
    return bounds[::-1]


def _met(
    packing: _Packing, states: Iterable[int], goals: Sequence[int], slack: int
) -> dict[int, list[int]]:
    """The goals near each state that has any, looked up along the first field."""
    ordered = sorted(states)
    margin = packing.pack([slack] * len(packing.order))
    rest = (1 << packing.bits * (len(packing.order) - 1)) - 1
    met: dict[int, list[int]] = {}
    for n, goal in enumerate(goals):
        low, high = goal - margin, goal + margin
        for state in ordered[
            bisect_left(ordered, low & ~rest) : bisect_right(ordered, high | rest)
        ]:
            if packing.inside(state, low, high):
                met.setdefault(state, []).append(n)
    return met


def _helping(
    packed: Sequence[Sequence[int]], found: Sequence[set[int]], alive: set[int]
) -> list[list[int]]:
    """The indices of each child's vectors that lead to a sum alive, from the last child back."""
    kept: list[list[int]] = []
    for kid, before in zip(reversed(packed), reversed(found[:-1]), strict=True):
        living = [{state for state in before if state + step in alive} for step in kid]
        kept.append([n for n, states in enumerate(living) if states])
        alive = set().union(*living)
    return kept[::-1]
