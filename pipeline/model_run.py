"""Files -> run folder with a language model: `--model-use needed` and `always`.

Two phases: every document is read once to learn what a model has to be asked, unknown headers
are asked about once each; then the store is frozen and every document is concluded in order. What
is sent, where and how much is told before the first call.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.checks.reporting import is_uncertain
from pipeline.chunks import chunk_document
from pipeline.csvs import BOM
from pipeline.errors import BudgetSpent, JuesuanError, ModelSetupError
from pipeline.extraction import conclude
from pipeline.llm import ModelDoor
from pipeline.reading.deterministic import read_chunk
from pipeline.reading.learning import FormStore, save
from pipeline.reading.model import Job, in_order, jobs_of, learn, read
from pipeline.reading.model_again import replaced
from pipeline.reading.model_lines import read_lines
from pipeline.reading.model_needed import Needs, needs_of, read_needed
from pipeline.reading.model_plan import Plan, Planned, plan_of, planned_always, planned_needed
from pipeline.running import (
    Answer,
    RunResult,
    RunSettings,
    Say,
    Task,
    Way,
    attempt,
    concluded,
    finish,
    given_files,
    keep,
    now,
    read_document,
    tasks,
    told,
    way_of,
)
from pipeline.runs import open_run, read_extraction, run_documents, write_atomically
from schemas.documents import Chunk, Document
from schemas.facts import Fact
from schemas.readings import Reading
from schemas.runs import Extraction, ModelUse

_COLUMNS = (
    "document",
    "line",
    "printed",
    "model",
    "model_checks",
    "reader",
    "reader_checks",
    "more_confirmed",
)


class Prepared(NamedTuple):
    """A document with its chunks and what the deterministic reader made of them."""

    task: Task
    document: Document
    chunks: tuple[Chunk, ...]
    readings: tuple[Reading, ...]
    needs: Needs


def run_with_model(
    paths: Sequence[Path],
    out: Path,
    settings: RunSettings,
    door: ModelDoor,
    use: ModelUse,
    say: Say,
) -> RunResult:
    """Read all files into `out` with a model. Raises what `run` raises, ModelSetupError and, after
    everything done is written, BudgetSpent."""
    started = now()
    inputs, passed = given_files(paths)
    open_run(out)
    way = _way(out, settings, door, use)
    known = list(tasks(inputs, out, settings, way))
    todo = [one for one in known if isinstance(one, Task)]
    plan = plan_of(
        [p for one in _prepared(todo, settings, way) for p in _planned(one, use, way, door)]
    )
    say(_announcement(plan, door, use))
    jobs = [job for one in _prepared(todo, settings, way) for job in _tables(one, use)]
    stopped: JuesuanError | None = None
    store = way.store
    try:
        store = learn(jobs, door, way.store)
    except BudgetSpent as error:
        stopped = error
    for learned in store.forms.values():
        save(out / "forms", learned)
    answers: list[Answer] = []
    for n, one in enumerate(known, start=1):
        if isinstance(one, Task) and stopped is None:
            try:
                answer = _answer(one, settings, door, (use, way, store))
            except (BudgetSpent, ModelSetupError) as error:
                stopped = error
                continue
        elif isinstance(one, Answer):
            answer = one
        else:
            continue
        answers.append(answer)
        keep(out, answer, way)
        say(f"[{n}/{len(known)}] {told(answer)}")
    finish(out, [answer.record for answer in answers], way, started)
    if use == "always":
        write_disagreements(out, settings, todo, way)
    if stopped is not None:
        raise stopped
    read_now = sum(answer.extraction is not None for answer in answers)
    return RunResult(tuple(answer.record for answer in answers), read_now, passed)


def _way(out: Path, settings: RunSettings, door: ModelDoor, use: ModelUse) -> Way:
    way = way_of(out, settings)
    return way._replace(model_use=use, model=door.settings.model, endpoint=door.settings.base_url)


def _prepared(todo: Sequence[Task], settings: RunSettings, way: Way) -> Iterator[Prepared]:
    """Documents that can be read, one at a time; what cannot is told when its turn comes."""
    for task in todo:
        try:
            yield prepare(task, read_document(task.name, task.data, settings.limits), way)
        except JuesuanError:
            continue


def prepare(task: Task, document: Document, way: Way) -> Prepared:
    """Read a document without a model and see what is left open."""
    chunks = chunk_document(document)
    readings = tuple(read_chunk(document, chunk, way.store) for chunk in chunks)
    extraction = conclude(document, chunks, readings)
    open_numerals = [d.numeral for d in extraction.dispositions if d.outcome == "unexplained"]
    needs = needs_of(document, chunks, readings, open_numerals, doubted_places(extraction))
    return Prepared(task, document, chunks, readings, needs)


def doubted_places(extraction: Extraction) -> frozenset[tuple[int, int]]:
    """Where identities fail on cells that were placed by arithmetic, or recognised in a picture
    and not for sure. What stands verbatim is the document's own, right or wrong."""
    failing = {i for one in extraction.outcomes if one.status == "fail" for i in one.facts}
    facts = (extraction.facts[i] for i in failing)
    return frozenset((fact.line, fact.start) for fact in facts if is_uncertain(fact))


def _tables(one: Prepared, use: ModelUse) -> tuple[Job, ...]:
    return jobs_of(one.document, one.chunks) if use == "always" else one.needs.tables


def _planned(one: Prepared, use: ModelUse, way: Way, door: ModelDoor) -> tuple[Planned, ...]:
    redacting = door.settings.redact
    if use == "always":
        return planned_always(_tables(one, use), way.store, redacting)
    return planned_needed(one.needs, way.store, redacting)


def _announcement(plan: Plan, door: ModelDoor, use: ModelUse) -> str:
    lines = [
        f"model {door.settings.model} at {door.settings.base_url} ({use}): "
        f"{plan.requests} requests, about {plan.input_tokens} tokens sent, at most "
        f"{plan.answer_tokens} answered"
    ]
    lines += [f"  {name}: {n} requests, about {sent} tokens" for name, n, sent, _ in plan.documents]
    return "\n".join(lines)


def _answer(
    task: Task, settings: RunSettings, door: ModelDoor, how: tuple[ModelUse, Way, FormStore]
) -> Answer:
    use, way, store = how

    def work() -> Answer:
        document = read_document(task.name, task.data, settings.limits)
        one = prepare(task, document, way)
        readings = model_readings(one, door, use, store)
        return concluded(task, document, conclude(document, one.chunks, readings, way.corrections))

    return attempt(task, work)


def model_readings(
    one: Prepared, door: ModelDoor, use: ModelUse, store: FormStore
) -> tuple[Reading, ...]:
    """A reading for each chunk, in order: the model's alone, or with what it adds."""
    if use == "needed":
        return _settled(one, read_needed(one.readings, one.needs, door, store), door)
    jobs = jobs_of(one.document, one.chunks)
    by_chunk = {reading.chunk: reading for reading in read(jobs, door, store)}
    return tuple(
        _with_exclusions(by_chunk.get(chunk.id), reading)
        for chunk, reading in zip(one.chunks, one.readings, strict=True)
    )


def _settled(one: Prepared, own: tuple[Reading, ...], door: ModelDoor) -> tuple[Reading, ...]:
    """The readings with the model's for cells in doubt, where fewer identities fail with them and
    no fewer hold: a value that lost its column breaks nothing either."""
    readings, (failed, held) = own, _judged(one, own) if one.needs.again else (0, 0)
    again = in_order(door, lambda job: read_lines(job, door), one.needs.again)
    for model in again:
        trial = tuple(replaced(r, model) if r.chunk == model.chunk else r for r in readings)
        fails, holds = _judged(one, trial)
        if fails < failed and holds >= held:
            readings, failed, held = trial, fails, holds
    return readings


def _judged(one: Prepared, readings: Sequence[Reading]) -> tuple[int, int]:
    """How many identities fail and how many hold."""
    found = [out.status for out in conclude(one.document, one.chunks, readings).outcomes]
    return found.count("fail"), found.count("pass")


def _with_exclusions(model: Reading | None, own: Reading) -> Reading:
    """The account's exclusions are no facts: they come from the deterministic reader in any case."""
    if model is None:
        return Reading(chunk=own.chunk, exclusions=own.exclusions)
    return model.model_copy(update={"exclusions": own.exclusions})


def ask_everything(
    paths: Sequence[Path], out: Path, settings: RunSettings, door: ModelDoor, use: ModelUse
) -> None:
    """Ask all that a run over the files would ask, and keep nothing: for batches."""
    way = _way(out, settings, door, use)
    inputs, _ = given_files(paths)
    again = settings._replace(again=True)
    todo = [one for one in tasks(inputs, out, again, way) if isinstance(one, Task)]
    jobs = [job for one in _prepared(todo, settings, way) for job in _tables(one, use)]
    store = learn(jobs, door, way.store)
    for one in _prepared(todo, settings, way):
        model_readings(one, door, use, store)


def write_disagreements(out: Path, settings: RunSettings, todo: Sequence[Task], way: Way) -> None:
    """disagreements.csv: where the model's facts and the deterministic reader's differ, and which
    of the two more identities support."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    read_ids = set(run_documents(out))
    for one in _prepared(todo, settings, way):
        if one.document.id in read_ids:
            model = read_extraction(out, one.document.id)
            own = conclude(one.document, one.chunks, one.readings)
            writer.writerows(_differences(model, own))
    write_atomically(out / "disagreements.csv", BOM + buffer.getvalue())


def _differences(model: Extraction, own: Extraction) -> list[tuple[str, ...]]:
    ours = {(fact.line, fact.start): fact for fact in own.facts}
    theirs = {(fact.line, fact.start): fact for fact in model.facts}
    rows = []
    for place in sorted(ours.keys() | theirs.keys()):
        a, b = theirs.get(place), ours.get(place)
        if a is None or b is None or (a.key, a.value, a.unit) != (b.key, b.value, b.unit):
            rows.append(_difference(model.document.id, a, b))
    return rows


def _difference(document: str, a: Fact | None, b: Fact | None) -> tuple[str, ...]:
    one = a or b
    assert one is not None
    counts = [len(fact.checks) if fact else 0 for fact in (a, b)]
    better = "model" if counts[0] > counts[1] else "reader" if counts[1] > counts[0] else ""
    return (
        document,
        str(one.line),
        one.raw,
        _said(a),
        " ".join(a.checks) if a else "",
        _said(b),
        " ".join(b.checks) if b else "",
        better,
    )


def _said(fact: Fact | None) -> str:
    return "/".join((*fact.key, f"{fact.value}{fact.unit}")) if fact else ""
