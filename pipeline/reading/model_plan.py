"""What a run would send: shown to the user before the first call.

In: the jobs of a run. Out: for each document the number of requests and the estimated tokens, and
the messages of one chunk for `juesuan prompt`. Nothing is sent here.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel

from pipeline.llm_budget import request_tokens
from pipeline.llm_calls import Message, Request
from pipeline.reading.learning import FormStore
from pipeline.reading.model import Job, answer_model_of, grid_of, jobs_of, sheets_of
from pipeline.reading.model_answers import ClaimsAnswer, PerformanceAnswer, RowsAnswer
from pipeline.reading.model_headings import mark_of, prints_numbers
from pipeline.reading.model_lines import LinesJob, has_numerals, whole_chunk
from pipeline.reading.model_messages import claims_request, form_request, lines_request
from pipeline.reading.model_needed import Needs
from pipeline.reading.model_prose import SheetJob
from schemas.documents import Chunk, Document


class Planned(NamedTuple):
    """A request that would be sent, with the model of its answer."""

    request: Request
    answer: type[BaseModel]


class Plan(NamedTuple):
    """Requests, estimated input tokens and the most that answers may take, by document id."""

    documents: tuple[tuple[str, int, int, int], ...]

    @property
    def requests(self) -> int:
        return sum(row[1] for row in self.documents)

    @property
    def input_tokens(self) -> int:
        return sum(row[2] for row in self.documents)

    @property
    def answer_tokens(self) -> int:
        return sum(row[3] for row in self.documents)


def plan_of(planned: Sequence[Planned]) -> Plan:
    """Requests added up by document, in the order of the requests."""
    rows: dict[str, tuple[int, int, int]] = {}
    for request, answer in planned:
        count, tokens, answers = rows.get(request.document, (0, 0, 0))
        rows[request.document] = (
            count + 1,
            tokens + request_tokens(request, answer),
            answers + request.answer_tokens,
        )
    return Plan(tuple((document, *row) for document, row in rows.items()))


def planned_always(
    jobs: Sequence[Job], store: FormStore, redacting: bool = False
) -> tuple[Planned, ...]:
    """The first requests of `always`: maps of unknown headers once each, lines, claims."""
    return (
        *_maps(jobs, store, redacting),
        *(_lines(job, redacting) for job in _whole_chunks(jobs, store)),
        *(_claims(sheet, redacting) for sheet in sheets_of(jobs)),
    )


def planned_needed(needs: Needs, store: FormStore, redacting: bool = False) -> tuple[Planned, ...]:
    """The first requests of `needed`."""
    return (
        *planned_always(needs.tables, store, redacting),
        *(_lines(job, redacting) for job in (*needs.lines, *needs.again)),
        *(_claims(sheet, redacting) for sheet in needs.sheets),
    )


def _whole_chunks(jobs: Sequence[Job], store: FormStore) -> tuple[LinesJob, ...]:
    found = (whole_chunk(*job) for job in jobs if _by_lines(job, store))
    return tuple(job for job in found if has_numerals(job))


def _by_lines(job: Job, store: FormStore) -> bool:
    """True for a job whose lines are read: a performance form, a table without a usable grid."""
    if job.chunk.kind != "table":
        return job.chunk.kind == "performance"
    grid = grid_of(job.chunk)
    return grid is None or bool(store.refused.get(mark_of(job.chunk, grid)))


def _maps(jobs: Sequence[Job], store: FormStore, redacting: bool) -> tuple[Planned, ...]:
    found: dict[str, Planned] = {}
    for document, chunk in jobs:
        grid = grid_of(chunk)
        if grid is None or not prints_numbers(grid):
            continue
        mark = mark_of(chunk, grid)
        if mark not in found and not store.knows(mark):
            request = form_request(document, chunk, grid, redacting)
            found[mark] = Planned(request, answer_model_of(chunk, grid))
    return tuple(found.values())


def _lines(job: LinesJob, redacting: bool) -> Planned:
    if job.chunk.kind == "performance":
        request = lines_request("performance", job.document, job.chunk, job.numbers, redacting)
        return Planned(request, PerformanceAnswer)
    request = lines_request("rows", job.document, job.chunk, job.numbers, redacting)
    return Planned(request, RowsAnswer)


def _claims(job: SheetJob, redacting: bool) -> Planned:
    return Planned(claims_request(job.document, job.sheet, redacting), ClaimsAnswer)


def chunk_messages(
    document: Document, chunk: Chunk, redacting: bool = False
) -> tuple[tuple[Message, ...], ...]:
    """The messages of every request that a chunk alone would cause, for `juesuan prompt`."""
    planned = planned_always(jobs_of(document, [chunk]), FormStore(), redacting)
    return tuple(request.messages for request, _ in planned)
