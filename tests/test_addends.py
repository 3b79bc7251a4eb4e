"""Sums of children that reach a parent, against trying every combination."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from pipeline.addends import Fitting, State, fitting

vectors = st.tuples(st.integers(-4, 9), st.integers(-4, 9))
choices = st.lists(st.lists(vectors, min_size=1, max_size=3), min_size=1, max_size=4)


def near(one: State, other: State, slack: int) -> bool:
    return all(abs(a - b) <= slack for a, b in zip(one, other, strict=True))


@given(choices, st.lists(vectors, min_size=1, max_size=3), st.integers(0, 3))
def test_what_stands_in_a_sum_that_reaches_a_goal_is_kept_and_nothing_else(
    kids: list[list[State]], goals: list[State], slack: int
) -> None:
    expected: tuple[set[int], list[set[int]]] = (set(), [set() for _ in kids])
    for one in product(*(range(len(kid)) for kid in kids)):
        vector = tuple(map(sum, zip(*(kids[k][n] for k, n in enumerate(one)), strict=True)))
        for g, goal in enumerate(goals):
            if near(vector, goal, slack):
                expected[0].add(g)
                for k, n in enumerate(one):
                    expected[1][k].add(n)
    assert fitting(kids, goals, slack) == Fitting(
        sorted(expected[0]), [sorted(found) for found in expected[1]]
    )


def test_amounts_of_any_size_keep_to_their_columns() -> None:
    big = 10**14
    kids = [[(big, -1), (0, big)], [(-big, 1), (1, 0)]]
    assert fitting(kids, [(0, 0)], 0) == Fitting([0], [[0], [0]])


def test_too_many_sums_give_up() -> None:
    wide = [[(2**n,), (0,)] for n in range(17)]
    assert fitting(wide, [(2**17,), (0,)], 2**17) is None
