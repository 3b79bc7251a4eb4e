"""Errors put into golden facts on purpose are called by their name."""

from functools import cache
from pathlib import Path
from random import Random

import pytest

from pipeline.evaluation.diagnoses import Diagnosis, diagnose
from pipeline.evaluation.golden import GoldenDocument, find_golden
from pipeline.evaluation.matching import pair_facts
from pipeline.evaluation.mutations import MUTATIONS, mutate
from pipeline.evaluation.power import names_of_mistakes

GOLDEN = Path(__file__).parents[1] / "golden"
DRAWS = 6


@cache
def documents() -> tuple[GoldenDocument, ...]:
    return find_golden(GOLDEN)


@pytest.mark.wide
@pytest.mark.parametrize("error", MUTATIONS)
def test_injected_error_is_diagnosed_as_itself(error: Diagnosis) -> None:
    draw = Random(20240601)
    mutants = [
        (golden, mutant)
        for golden in documents()
        for _ in range(DRAWS)
        if (mutant := mutate(golden.facts, error, draw))
    ]
    named = [names_of_mistakes(golden, mutant) == {error} for golden, mutant in mutants]
    assert len(named) >= 2 * DRAWS
    assert sum(named) >= 0.95 * len(named)


def test_gold_against_itself_has_nothing_to_explain() -> None:
    pairs = [pair_facts(golden.facts, golden.facts, "key") for golden in documents()]
    names = [diagnose(some, golden.lines) for some, golden in zip(pairs, documents(), strict=True)]
    assert {name for some in names for name in some} == {None}
