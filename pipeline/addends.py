"""Sums of children that reach a parent, column by column, in whole numbers.

In: for each child the vectors it can be, and the goals its parent can be. Out: the sums after each
child that some goal is still near to. The rule it protects: no sum that a goal allows is dropped.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import add, itemgetter, le, sub
from typing import Final

State = tuple[int, ...]
# More sums than this after one child: the search gives up and says so.
_STATES: Final = 20_000


def layers(
    steps: Sequence[Sequence[State]], goals: Sequence[State], slack: int
) -> list[set[State]] | None:
    """Sums reachable after each child from which the children still to come can reach a goal."""
    zero = (0,) * len(goals[0])
    least = tuple(min(column) - slack for column in zip(*goals, strict=True))
    most = tuple(max(column) + slack for column in zip(*goals, strict=True))
    bounds = [(least, most)]
    for kid in reversed(steps):
        columns = list(zip(*kid, strict=True))
        least = tuple(map(sub, least, map(max, columns)))
        most = tuple(map(sub, most, map(min, columns)))
        bounds.append((least, most))
    found: list[set[State]] = [{zero}]
    for kid, (low, high) in zip(steps, reversed(bounds[:-1]), strict=True):
        sums = {tuple(map(add, state, step)) for state in found[-1] for step in kid}
        after = {s for s in sums if all(map(le, s, high)) and all(map(le, low, s))}
        if len(after) > _STATES:
            return None
        found.append(after)
    return found


def reached(states: set[State], goals: Sequence[State], slack: int) -> dict[State, list[int]]:
    """The goals near each state that has any; looked up along the column that tells most apart."""
    if not states:
        return {}
    pivot = max(range(len(goals[0])), key=lambda c: len({state[c] for state in states}))
    ordered = sorted(states, key=itemgetter(pivot))
    keys = [state[pivot] for state in ordered]
    found: dict[State, list[int]] = {}
    for g, goal in enumerate(goals):
        first = bisect_left(keys, goal[pivot] - slack)
        for state in ordered[first : bisect_right(keys, goal[pivot] + slack)]:
            if all(-slack <= a - b <= slack for a, b in zip(state, goal, strict=True)):
                found.setdefault(state, []).append(g)
    return found
