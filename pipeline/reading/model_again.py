"""Cells in doubt, read again: an identity fails on values that were placed or recognised.

In: a document's readings and the places in doubt. Out: the lines to be asked about, and a reading
in which the model's values stand for the doubted ones. Which of the two readings is kept is for
the identities to say (the caller counts them); a verbatim cell is never in doubt.
"""

from collections.abc import Collection, Iterator, Sequence

from pipeline.reading.model_lines import LinesJob, Place
from schemas.documents import Chunk, Document
from schemas.readings import EvaluationReading, Reading, RowReading, ValueReading


def again_jobs(
    document: Document,
    chunks: Sequence[Chunk],
    readings: Sequence[Reading],
    doubted: Collection[Place],
) -> tuple[LinesJob, ...]:
    """A job for each chunk with doubted places: their whole lines, since columns hang together."""
    lines = {line for line, _ in doubted}
    jobs = []
    for chunk, reading in zip(chunks, readings, strict=True):
        found = {(one.line, one.start) for one in _values(reading) if one.line in lines}
        if found & set(doubted):
            numbers = tuple(sorted({line for line, _ in found}))
            jobs.append(LinesJob(document, chunk, numbers, frozenset(found)))
    return tuple(jobs)


def _values(reading: Reading) -> Iterator[ValueReading | EvaluationReading]:
    for row in reading.rows:
        yield from row.values
    yield from reading.evaluations


def replaced(own: Reading, model: Reading) -> Reading:
    """A reading with the model's values in the place of its own; what the model left stays."""
    taken = {(one.line, one.start) for one in _values(model)}
    return own.model_copy(
        update={
            "rows": (*_without(own.rows, taken), *(_in_form(row, own) for row in model.rows)),
            "evaluations": (
                *(one for one in own.evaluations if (one.line, one.start) not in taken),
                *model.evaluations,
            ),
        }
    )


def _without(rows: Sequence[RowReading], taken: Collection[Place]) -> Iterator[RowReading]:
    for row in rows:
        values = tuple(one for one in row.values if (one.line, one.start) not in taken)
        if values:
            yield row.model_copy(update={"values": values})


def _in_form(row: RowReading, own: Reading) -> RowReading:
    """A row with the form's columns, to be placed by arithmetic: a model that sees a few lines does
    not see the header."""
    side = f"{row.row.partition(':')[0]}:" if ":" in row.row else ""
    same = (r for r in own.rows if r.statement == row.statement and r.row.startswith(side))
    known = next(same, None)
    if known is None or len(known.columns) < 2:
        return row.model_copy(update={"chunk": own.chunk})
    values = tuple(one.model_copy(update={"column": ""}) for one in row.values)
    update = {"chunk": own.chunk, "columns": known.columns, "values": values}
    return row.model_copy(update=update)
