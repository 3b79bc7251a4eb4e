"""What an ideal model reaches in each way of using it, and how many calls that takes.

    python benchmarks/model_ideal.py

A loopback model answers from the golden facts: `always` with an empty form library, `needed` with
an empty one and with the shipped forms. F1 of tables, claims and evaluations by document.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from schemas.facts import Fact  # noqa: E402
from tests.loopback_ideal import Known, ideal_model  # noqa: E402
from tests.test_model import DOCUMENTS, always, f1, facts_of, golden, needed  # noqa: E402


def ways(one: Known) -> Iterator[tuple[str, Sequence[Fact], int]]:
    """Each way of using the model: its facts and its calls."""
    readings, seen = always(one, ideal_model([one]))
    yield "always, empty library", facts_of(one, readings), len(seen)
    yield "needed, empty library", *needed(one, emptied=True)
    yield "needed, shipped forms", *needed(one, emptied=False)


def main() -> None:
    print("document | way | tables | claims | evaluation | calls")
    for name in DOCUMENTS:
        one = golden(name)
        for way, facts, calls in ways(one):
            scores = (
                f"{f1(one, facts, family):.4f}" for family in ("table", "claim", "evaluation")
            )
            print(name, way, *scores, calls, sep=" | ", flush=True)


if __name__ == "__main__":
    main()
