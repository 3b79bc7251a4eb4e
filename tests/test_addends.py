"""Sums of children that reach a parent, against trying every combination."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from pipeline.addends import State, layers, reached

vectors = st.tuples(st.integers(-4, 9), st.integers(-4, 9))
choices = st.lists(st.lists(vectors, min_size=1, max_size=3), min_size=1, max_size=4)


def near(one: State, other: State, slack: int) -> bool:
    return all(abs(a - b) <= slack for a, b in zip(one, other, strict=True))


@given(choices, st.lists(vectors, min_size=1, max_size=3), st.integers(0, 3))
def test_every_combination_that_reaches_a_goal_is_kept_and_no_other(
    kids: list[list[State]], goals: list[State], slack: int
) -> None:
    found = layers(kids, goals, slack)
    assert found is not None
    met = reached(found[-1], goals, slack)
    sums = {tuple(map(sum, zip(*one, strict=True))) for one in product(*kids)}
    expected = {
        s: [g for g, goal in enumerate(goals) if near(s, goal, slack)]
        for s in sums
        if any(near(s, goal, slack) for goal in goals)
    }
    assert {state: goals_met for state, goals_met in met.items() if goals_met} == expected


def test_sums_out_of_reach_are_dropped_on_the_way() -> None:
    found = layers([[(5,), (50,)], [(1,), (2,)]], [(6,)], 0)
    assert found == [{(0,)}, {(5,)}, {(6,)}]


def test_too_many_sums_give_up() -> None:
    wide = [[(2**n,), (0,)] for n in range(17)]
    assert layers(wide, [(2**17,), (0,)], 2**17) is None
