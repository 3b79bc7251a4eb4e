"""Forms read line by line by a model: performance forms, tables whose grid is lost.

In: lines of a chunk. Out: its reading. An answer or a request that passes the model's length
limit is never asked for again: the lines are divided and each half is asked for itself.
"""

from typing import Final, NamedTuple

from pipeline.errors import (
    AnswerInvalid,
    AnswerTooLong,
    ModelError,
    ModelRefused,
    ModelUnavailable,
)
from pipeline.llm import ModelDoor
from pipeline.reading.model_answers import PerformanceAnswer, RowsAnswer
from pipeline.reading.model_asking import Question, ask_lines
from pipeline.reading.model_found import Found, open_only, reading_of
from pipeline.reading.model_grounding import (
    Ground,
    decimal_numerals,
    line_occurrences,
    number_cells,
)
from pipeline.reading.model_messages import lines_request
from pipeline.reading.model_performance import read_performance
from pipeline.reading.model_rows import read_rows
from schemas.documents import Chunk, Document
from schemas.readings import Reading

_MAX_SPLITS: Final = 5
Place = tuple[int, int]


class LinesJob(NamedTuple):
    """Lines of a chunk that one request is about, the places whose numerals are open (None: all),
    and how often the lines were divided already."""

    document: Document
    chunk: Chunk
    numbers: tuple[int, ...]
    only: frozenset[Place] | None = None
    splits: int = 0


def whole_chunk(document: Document, chunk: Chunk) -> LinesJob:
    """The job that reads every printed line of a chunk."""
    numbers = range(chunk.first_line, chunk.last_line + 1)
    return LinesJob(document, chunk, tuple(n for n in numbers if document.lines[n - 1].strip()))


def has_numerals(job: LinesJob) -> bool:
    """True when the lines print a numeral: without one there is nothing to ask."""
    return bool(_ground(job).all)


def read_lines(job: LinesJob, door: ModelDoor) -> Reading:
    """The reading of the lines: evaluations of a performance form, rows of a table."""
    ground = _ground(job)
    if not ground.all:
        return Reading(chunk=job.chunk.id)
    try:
        return _performance(job, ground, door) if _is_form(job) else _rows(job, ground, door)
    except AnswerTooLong as error:
        parts = _halves(job)
        if not parts:
            return _failed(job, error)
        return merged(job.chunk.id, [read_lines(part, door) for part in parts])
    except (AnswerInvalid, ModelRefused, ModelUnavailable) as error:
        return _failed(job, error)


def merged(chunk: str, readings: list[Reading]) -> Reading:
    """Readings of parts as the reading of their chunk: the worst status, all reasons."""
    bad = [reading for reading in readings if reading.status != "done"]
    failed = bool(bad) and all(reading.status == "failed" for reading in readings)
    return Reading(
        chunk=chunk,
        rows=tuple(row for reading in readings for row in reading.rows),
        claims=tuple(claim for reading in readings for claim in reading.claims),
        evaluations=tuple(item for reading in readings for item in reading.evaluations),
        exclusions=tuple(item for reading in readings for item in reading.exclusions),
        status="done" if not bad else "failed" if failed else "partial",
        reason="; ".join(dict.fromkeys(reading.reason for reading in bad)),
    )


def _failed(job: LinesJob, error: ModelError) -> Reading:
    return Reading(chunk=job.chunk.id, status="failed", reason=error.message)


def _is_form(job: LinesJob) -> bool:
    return job.chunk.kind == "performance"


def _ground(job: LinesJob) -> Ground:
    return Ground(job.document.lines, line_occurrences(job.document.lines, job.numbers))


def _halves(job: LinesJob) -> tuple[LinesJob, ...]:
    """Two parts of the same number of lines; none when there is one line or enough was divided."""
    half = len(job.numbers) // 2
    if half == 0 or job.splits >= _MAX_SPLITS:
        return ()
    parts = (job.numbers[:half], job.numbers[half:])
    return tuple(job._replace(numbers=part, splits=job.splits + 1) for part in parts)


def _rows(job: LinesJob, ground: Ground, door: ModelDoor) -> Reading:
    request = lines_request("rows", job.document, job.chunk, job.numbers, door.settings.redact)
    question = Question(request, decimal_numerals(ground) if job.only is None else 0)

    def read(answer: RowsAnswer) -> Found:
        return open_only(read_rows(answer, job.chunk, ground), job.only)

    return reading_of(job.chunk.id, ask_lines(door, question, RowsAnswer, read))


def _performance(job: LinesJob, ground: Ground, door: ModelDoor) -> Reading:
    document, chunk = job.document, job.chunk
    request = lines_request("performance", document, chunk, job.numbers, door.settings.redact)
    cells = number_cells(document.lines, job.numbers) if job.only is None else 0
    question = Question(request, cells)

    def read(answer: PerformanceAnswer) -> Found:
        return open_only(read_performance(answer, chunk, ground), job.only)

    return reading_of(chunk.id, ask_lines(door, question, PerformanceAnswer, read))
