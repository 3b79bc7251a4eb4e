"""Output tokens: what a form map costs beside a record for every cell, on the same tables.

`python benchmarks/model_tokens.py` prints the table. Both are compact JSON. A record names what
makes a fact of a cell (statement, row, column, value, unit); a blank cell of a value column is a
record too, since the naive way asks for every cell.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

from pipeline.extraction import conclude
from pipeline.llm_budget import estimate_tokens
from pipeline.llm_calls import canonical
from pipeline.reading.deterministic import read_chunk
from pipeline.reading.learning import FormStore
from pipeline.reading.model import Job, grid_of, jobs_of, learn, read
from pipeline.reading.model_needed import needs_of
from schemas.readings import Reading
from schemas.runs import ModelUse
from tests.loopback import Asked, Reply, serve
from tests.loopback_ideal import Known, ideal_model
from tests.test_model import door_to, golden

Count = Callable[[str], int]


class Tokens(NamedTuple):
    """Cells of the document's tables with a grid and the tokens of a record each; the tokens of the
    maps and their calls; the calls for a second document of the same forms."""

    cells: int
    naive: int
    maps: int
    calls: int
    again: int


def tokens_of(name: str, use: ModelUse, count: Count = estimate_tokens) -> Tokens:
    """What a document's tables with a grid cost in a way of using a model."""
    one = golden(name)
    every = gridded(jobs_of(one.document, one.chunks))
    cells, naive = records(one, every, count)
    jobs = every if use == "always" else gridded(needed_tables(one))
    ideal, answered = ideal_model([one]), 0

    def counting(asked: Asked) -> Reply:
        nonlocal answered
        reply = ideal(asked)
        answered += count(reply.content)
        return reply

    with serve(counting) as server:
        door = door_to(server.url)
        store = learn(jobs, door, FormStore())
        read(jobs, door, store)
        calls, maps = len(server.seen), answered
        read(jobs, door, learn(jobs, door, store))
    return Tokens(cells, naive, maps, calls, len(server.seen) - calls)


def gridded(jobs: Sequence[Job]) -> list[Job]:
    return [job for job in jobs if grid_of(job.chunk) is not None]


def needed_tables(one: Known) -> tuple[Job, ...]:
    readings = tuple(read_chunk(one.document, chunk) for chunk in one.chunks)
    found = conclude(one.document, one.chunks, readings).dispositions
    unexplained = [d.numeral for d in found if d.outcome == "unexplained"]
    return needs_of(one.document, one.chunks, readings, unexplained).tables


def records(one: Known, jobs: Sequence[Job], count: Count) -> tuple[int, int]:
    """How many cells the tables have for values, and the tokens of a record for each."""
    with serve(ideal_model([one])) as server:
        door = door_to(server.url)
        readings = read(jobs, door, learn(jobs, door, FormStore()))
    found = [record for reading in readings for record in _records(reading)]
    return len(found), count(canonical(found)) if found else 0


def _records(reading: Reading) -> list[dict[str, str]]:
    found = []
    for row in reading.rows:
        printed = {value.column: value.printed for value in row.values}
        same = {"statement": row.statement, "row": row.row, "unit": row.values[0].unit}
        found += [
            {**same, "column": column, "value": printed.get(column, "")} for column in row.columns
        ]
    return found


@pytest.mark.parametrize(
    "name", ["lukou-2024-final", "mengzhou-2024-final", "yancheng-2024-budget"]
)
def test_maps_cost_at_most_a_twentieth_of_records(name: str) -> None:
    found = tokens_of(name, "always")
    assert found.calls > 0
    assert found.maps <= found.naive / 20
    assert found.again == 0


def test_shipped_forms_cost_no_call() -> None:
    assert tokens_of("mengzhou-2024-final", "needed").calls == 0
