"""Output tokens: what a form map costs beside a record for every cell, on the same tables.

`python -m tests.test_model_tokens` prints the table. Both are compact JSON and counted by the
door's own estimate. A record names what makes a fact of a cell (statement, row, column, value,
unit); a blank cell of a value column is a record too, since the naive way asks for every cell.
"""

from typing import NamedTuple

import pytest

from pipeline.llm_budget import estimate_tokens
from pipeline.llm_calls import canonical
from pipeline.reading.learning import FormStore
from pipeline.reading.model import jobs_of, learn, read
from tests.loopback import Asked, Reply, serve
from tests.loopback_ideal import ideal_model
from tests.test_model import DOCUMENTS, door_to, golden


class Tokens(NamedTuple):
    """Cells of the document's tables with a grid, and the output tokens of both ways."""

    cells: int
    naive: int
    maps: int
    calls: int
    again: int


def tokens_of(name: str) -> Tokens:
    one = golden(name)
    jobs = [j for j in jobs_of(one.document, one.chunks) if j.chunk.kind == "table"]
    gridded = [job for job in jobs if job.chunk.grid is not None and job.chunk.grid.rows]
    ideal, answered = ideal_model([one]), 0

    def counting(asked: Asked) -> Reply:
        nonlocal answered
        reply = ideal(asked)
        answered += estimate_tokens(reply.content)
        return reply

    with serve(counting) as server:
        door = door_to(server.url)
        store = learn(gridded, door, FormStore())
        readings = read(gridded, door, store)
        calls, maps = len(server.seen), answered
        learn(gridded, door, store)
        read(gridded, door, store)
    printed = {
        (row.statement, row.row, value.column): value.printed
        for reading in readings
        for row in reading.rows
        for value in row.values
    }
    records = [
        {"statement": row.statement, "row": row.row, "column": column, "value": value, "unit": unit}
        for reading in readings
        for row in reading.rows
        for unit in (row.values[0].unit,)
        for column in row.columns
        for value in (printed.get((row.statement, row.row, column), ""),)
    ]
    naive = estimate_tokens(canonical(records)) if records else 0
    return Tokens(len(records), naive, maps, calls, len(server.seen) - calls)


@pytest.mark.parametrize("name", ["mengzhou-2024-final"])
def test_maps_cost_at_most_a_twentieth_of_records(name: str) -> None:
    found = tokens_of(name)
    assert found.maps <= found.naive / 20
    assert found.again == 0


if __name__ == "__main__":
    print("文件 | 数 | 逐格记录 | 表头对应 | 占比 | 调用 | 第二份文件的调用")
    for document in DOCUMENTS:
        found = tokens_of(document)
        share = 100 * found.maps / found.naive if found.naive else 0
        print(document, *found[:3], f"{share:.1f}%", *found[3:], sep=" | ")
