"""A document by model: chunks in, the same readings as from every other reader out.

Two phases, so that the order of completion changes nothing: first every unknown header is asked
about once, then everything is read with the store frozen. A chunk ends done, partial or failed
with its reason; a failed chunk is never an empty one.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple, TypeVar

from pipeline.errors import AnswerInvalid, AnswerTooLong, ModelRefused, ModelUnavailable
from pipeline.llm import ModelDoor
from pipeline.reading.learning import FormStore, LearnedForm
from pipeline.reading.model_answers import FormAnswer, form_answer
from pipeline.reading.model_headings import asked_of, header, mark_of, prints_numbers
from pipeline.reading.model_lines import merged, read_lines, whole_chunk
from pipeline.reading.model_messages import form_request
from pipeline.reading.model_prose import SheetJob, read_sheet
from pipeline.reading.model_sheets import Paragraph, packed, paragraphs_of
from pipeline.reading.model_tables import form_map, map_problem
from pipeline.reading.model_vocabulary import NO_STATEMENT
from pipeline.reading.rows import read_grid
from schemas.documents import Chunk, Document, Grid
from schemas.readings import Provenance, Reading

READ_KINDS: Final = ("table", "prose", "performance")
"""The kinds of chunk that a model reads; contents, glossary and duties hold no facts."""

T = TypeVar("T")
R = TypeVar("R")


class Job(NamedTuple):
    """A chunk of a document that a model is to read."""

    document: Document
    chunk: Chunk


def jobs_of(document: Document, chunks: Sequence[Chunk]) -> tuple[Job, ...]:
    """The jobs of `always`: every table, prose and performance chunk."""
    return tuple(Job(document, chunk) for chunk in chunks if chunk.kind in READ_KINDS)


def learn(jobs: Sequence[Job], door: ModelDoor, store: FormStore) -> FormStore:
    """First phase: a store that knows every header of the jobs, each asked about once, on its
    first occurrence in document order. Raises ModelSetupError and BudgetSpent."""
    first: dict[str, Job] = {}
    for job in jobs:
        grid = grid_of(job.chunk)
        if grid is not None and prints_numbers(grid):
            mark = mark_of(job.chunk, grid)
            if not store.knows(mark):
                first.setdefault(mark, job)
    learned = in_order(door, lambda item: _learn_one(item[0], item[1], door), list(first.items()))
    for mark, outcome in zip(first, learned, strict=True):
        if isinstance(outcome, LearnedForm):
            store = store.with_form(outcome)
        elif isinstance(outcome, ModelUnavailable):
            store = store.without_answer(mark, outcome.message)
        else:
            store = store.with_refusal(mark, outcome)
    return store


def read(jobs: Sequence[Job], door: ModelDoor, store: FormStore) -> tuple[Reading, ...]:
    """Second phase: the reading of each job, in the order of the jobs, the store frozen."""
    tasks = [_form_task(job, door, store) for job in jobs if job.chunk.kind != "prose"]
    tasks += [_sheet_task(one, door) for one in sheets_of(jobs)]
    found: dict[tuple[str, str], list[Reading]] = {}
    for task, readings in zip(tasks, in_order(door, _run, tasks), strict=True):
        for reading in readings:
            found.setdefault((task.document, reading.chunk), []).append(reading)
    return tuple(_whole(job, found.get((job.document.id, job.chunk.id), [])) for job in jobs)


class _Task(NamedTuple):
    """One piece of work: it may give readings of several chunks of its document."""

    document: str
    work: Callable[[], tuple[Reading, ...]]


def _run(task: _Task) -> tuple[Reading, ...]:
    return task.work()


def _form_task(job: Job, door: ModelDoor, store: FormStore) -> _Task:
    return _Task(job.document.id, lambda: (_read_form(job, door, store),))


def _sheet_task(job: SheetJob, door: ModelDoor) -> _Task:
    return _Task(job.document.id, lambda: read_sheet(job, door))


def sheets_of(jobs: Sequence[Job]) -> tuple[SheetJob, ...]:
    """The claims requests of the jobs: paragraphs and text cells, document by document."""
    found: dict[str, tuple[Document, list[Paragraph]]] = {}
    for document, chunk in jobs:
        if chunk.kind in ("prose", "performance"):
            paragraphs = found.setdefault(document.id, (document, []))[1]
            paragraphs += paragraphs_of(document, chunk)
    return tuple(
        SheetJob(document, sheet)
        for document, paragraphs in found.values()
        for sheet in packed(paragraphs)
    )


def _whole(job: Job, readings: list[Reading]) -> Reading:
    """All readings of a chunk as one. A numeral that is a cell's number is no claim as well."""
    whole = merged(job.chunk.id, readings)
    taken = {(item.line, item.start) for item in whole.evaluations}
    claims = tuple(claim for claim in whole.claims if (claim.line, claim.start) not in taken)
    return whole.model_copy(update={"claims": claims})


def read_with_model(
    document: Document, chunks: Sequence[Chunk], door: ModelDoor, store: FormStore
) -> tuple[Reading, ...]:
    """Both phases for one document: a reading for each of its chunks, in their order."""
    jobs = jobs_of(document, chunks)
    readings = {reading.chunk: reading for reading in read(jobs, door, learn(jobs, door, store))}
    return tuple(readings.get(chunk.id, Reading(chunk=chunk.id)) for chunk in chunks)


def in_order(door: ModelDoor, work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Work on items at the door's concurrency; results in the order of the items."""
    if not items:
        return []
    with ThreadPoolExecutor(max_workers=door.settings.max_concurrency) as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            return [future.result() for future in futures]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # one refused: the rest is not begun


def answer_model_of(chunk: Chunk, grid: Grid) -> type[FormAnswer]:
    """The answer model of a grid: with a listed title, of that statement's columns alone."""
    return form_answer(asked_of(chunk, grid))


def grid_of(chunk: Chunk) -> Grid | None:
    """The grid of a table chunk that has headings; None for every other chunk and for a table that
    lost its grid or its header (its rows are then read one by one)."""
    grid = chunk.grid if chunk.kind == "table" else None
    return grid if grid is not None and grid.rows and any(header(grid).paths) else None


def _learn_one(mark: str, job: Job, door: ModelDoor) -> LearnedForm | str | ModelUnavailable:
    """The learned form of a header, or why there is none (empty: no statement of the contract)."""
    document, chunk = job
    assert chunk.grid is not None
    grid = chunk.grid
    request = form_request(document, chunk, grid, door.settings.redact)
    answer_model = answer_model_of(chunk, grid)

    def judge(answer: FormAnswer) -> str:
        return map_problem(answer.form, chunk, grid)

    try:
        answer = door.ask(request, answer_model, judge)
    except ModelUnavailable as error:
        return error
    except (AnswerInvalid, AnswerTooLong, ModelRefused) as error:
        return f"form map: {error.message}"
    part = answer.values[-1].form
    if answer.reason:
        return f"form map refused: {answer.reason}"
    if part.statement == NO_STATEMENT:
        return ""
    return LearnedForm(
        form=form_map(part, chunk, grid, mark),
        heads=tuple("/".join(path) for path in header(grid).paths),
        document=document.id,
        chunk=chunk.id,
        model=door.settings.model,
        prompt=request.prompt,
        call=answer.calls[-1],
    )


def _read_form(job: Job, door: ModelDoor, store: FormStore) -> Reading:
    """A table or the numbers of a performance form."""
    document, chunk = job
    grid = grid_of(chunk)
    if grid is not None:
        mark = mark_of(chunk, grid)
        learned = store.forms.get(mark)
        if learned is not None:
            return _copied(chunk, learned)
        if mark in store.unanswered:
            reason = f"form map: {store.unanswered[mark]}"
            return Reading(chunk=chunk.id, status="failed", reason=reason)
        if not prints_numbers(grid):
            return Reading(chunk=chunk.id)
        if store.refused.get(mark) == "":
            return Reading(chunk=chunk.id, reason="no statement of the contract")
    return read_lines(whole_chunk(document, chunk), door)


def _copied(chunk: Chunk, learned: LearnedForm) -> Reading:
    """The cells of a grid under a learned form: code copies, no digit passes through a model."""
    source = Provenance(
        reader="model",
        form=learned.form.name,
        prompt=learned.prompt,
        model=learned.model,
        call=learned.call,
    )
    rows = read_grid(chunk, learned.form)
    return Reading(
        chunk=chunk.id,
        rows=tuple(row.model_copy(update={"source": source, "chunk": chunk.id}) for row in rows),
    )
