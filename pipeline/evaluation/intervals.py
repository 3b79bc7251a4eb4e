"""Uncertainty: bootstrap over documents, sign flips, the smallest difference that shows.

In: per-document numbers. Out: intervals and probabilities. The rule it protects: the facts of one
document stand and fall together, so documents are drawn, never facts; the seed is fixed, so the
same scores give the same interval. Measured on 20 documents of 150 facts: intervals over single
facts come out half as wide as they should.
"""

import random
from collections.abc import Callable, Sequence
from itertools import product
from math import sqrt
from statistics import stdev
from typing import Final, TypeVar

from pipeline.evaluation.records import Interval

SEED: Final = 20240601
DRAWS: Final = 2000
_EXACT_UP_TO: Final = 15
_FLIPS: Final = 10000
T = TypeVar("T")


def bootstrap(
    documents: Sequence[T], statistic: Callable[[Sequence[T]], float | None]
) -> Interval | None:
    """The middle 95 % of the statistic over documents drawn with replacement.

    None for fewer than two documents. Draws on which the statistic is undefined are left out.

    >>> bootstrap([1.0, 1.0, 1.0], max)
    Interval(low=1.0, high=1.0)
    """
    if len(documents) < 2:
        return None
    draw = random.Random(SEED)
    drawn = (statistic(draw.choices(documents, k=len(documents))) for _ in range(DRAWS))
    values = sorted(value for value in drawn if value is not None)
    if not values:
        return None
    low, high = (values[round(share * (len(values) - 1))] for share in (0.025, 0.975))
    return Interval(low=round(low, 6), high=round(high, 6))


def sign_flip(differences: Sequence[float]) -> float:
    """Two-sided probability of a mean difference this large if either run could be the better.

    Exact up to 15 documents, else 10,000 random flips.

    >>> sign_flip([0.0, 0.0]), sign_flip([0.1, 0.2, 0.3])
    (1.0, 0.25)
    """
    observed = abs(sum(differences)) - 1e-12
    if len(differences) <= _EXACT_UP_TO:
        signs = list(product((1, -1), repeat=len(differences)))
    else:
        draw = random.Random(SEED)
        signs = [tuple(draw.choices((1, -1), k=len(differences))) for _ in range(_FLIPS)]
    as_large = sum(
        abs(sum(s * d for s, d in zip(sign, differences, strict=True))) >= observed
        for sign in signs
    )
    return round(as_large / len(signs), 6)


def smallest_visible(differences: Sequence[float]) -> float | None:
    """The mean difference that would just have shown: two standard errors of the differences.

    None for fewer than two documents.

    >>> smallest_visible([0.0, 0.1, 0.2, 0.1])
    0.08165
    """
    if len(differences) < 2:
        return None
    return round(2 * stdev(differences) / sqrt(len(differences)), 6)
