"""The law of re-layout: the golden tables drawn otherwise are read back, and nothing else is."""

from pathlib import Path

import pytest
from relayout import LAYOUTS, render

from pipeline.documents.text import document_from_text
from pipeline.evaluation.golden import find_golden
from pipeline.extraction import read_tables
from schemas.facts import Fact

GOLDEN = Path(__file__).parents[1] / "golden"
SEEDS = 60


def golden_tables() -> list[list[Fact]]:
    tables = [
        [fact for fact in golden.facts if fact.statement not in ("claim", "evaluation")]
        for golden in find_golden(GOLDEN)
    ]
    return [facts for facts in tables if facts]


TABLES = golden_tables()


@pytest.mark.wide
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_table_laid_out_otherwise_is_read_back(layout: str) -> None:
    right = wrong = total = 0
    for seed in range(SEEDS):
        if LAYOUTS[seed % len(LAYOUTS)] != layout:
            continue
        drawn = render(TABLES[seed // len(LAYOUTS) % len(TABLES)], seed)
        document = document_from_text(f"seed{seed}.txt", drawn.text.encode())
        read = {(f.statement, f.row, f.column, f.raw) for f in read_tables(document)}
        right += len(read & drawn.facts)
        wrong += len(read - drawn.facts)
        total += len(drawn.facts)
    assert right >= 0.99 * total
    assert wrong <= 0.001 * total
