"""Files -> run folder: the per-document loop.

One document after the other in order, in several processes; a document's failure is its own. The
only broad except of the project stands here.
"""

import hashlib
import json
import os
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.corrections import Correction, read_corrections
from pipeline.documents.ceilings import within_seconds
from pipeline.documents.content import read_content
from pipeline.documents.limits import Limits
from pipeline.documents.sniff import sniff
from pipeline.documents.text import document_id
from pipeline.documents.worker import read_isolated
from pipeline.errors import InputError, JuesuanError
from pipeline.extraction import extract
from pipeline.inputs import Input, collect, contents
from pipeline.reading.learning import FormStore, load
from pipeline.reading.library import forms_hash
from pipeline.runs import (
    DocumentState,
    code_hash,
    drop_document,
    input_key,
    is_done,
    juesuan_version,
    open_run,
    package_versions,
    record_of,
    states,
    write_document,
    write_manifest,
    write_tables,
)
from prompts import hashes
from schemas.documents import Document
from schemas.runs import DocumentRecord, Extraction, ModelUse, RunManifest

Say = Callable[[str], None]


class RunSettings(NamedTuple):
    """How a run is made: limits a document, processes, the user's folder of accepted forms."""

    limits: Limits = Limits()
    processes: int = 0
    again: bool = False
    forms: Path | None = None


class RunResult(NamedTuple):
    """What a run came to: a record a file given, in order; how many were read now."""

    records: tuple[DocumentRecord, ...]
    read_now: int
    passed_over: int


class Way(NamedTuple):
    """What a document's result depends on beside its content: accepted forms, corrections, and
    with a model which one, where and how it is used. `key` is all of it as one text."""

    store: FormStore
    corrections: tuple[Correction, ...]
    model_use: ModelUse = "never"
    model: str = ""
    endpoint: str = ""

    @property
    def key(self) -> str:
        return json.dumps(
            [
                self.model_use,
                self.model,
                self.endpoint,
                self.store.digest(),
                [one.model_dump(mode="json") for one in self.corrections],
            ],
            ensure_ascii=False,
        )


class Task(NamedTuple):
    """A file with its bytes, to be read."""

    given: str
    name: str
    data: bytes


class Answer(NamedTuple):
    """What a file came to: its record, and where it was read now its result and lines."""

    record: DocumentRecord
    extraction: Extraction | None
    lines: tuple[str, ...]


def way_of(out: Path, settings: RunSettings) -> Way:
    """The way of a run without a model. Raises InputError for unreadable forms or corrections."""
    corrections = out / "corrections.csv"
    store = load(settings.forms) if settings.forms else FormStore()
    return Way(
        store=store,
        corrections=read_corrections(corrections) if corrections.exists() else (),
    )


def run(paths: Sequence[Path], out: Path, settings: RunSettings, say: Say) -> RunResult:
    """Read all files into the run folder `out`. Raises InputError, OutputError."""
    started = now()
    inputs, passed = given_files(paths)
    open_run(out)
    way = way_of(out, settings)
    records: list[DocumentRecord] = []
    read_now = 0
    for n, answer in enumerate(_answers(inputs, out, settings, way), start=1):
        records.append(answer.record)
        read_now += keep(out, answer, way)
        say(f"[{n}/{max(n, len(inputs))}] {told(answer)}")
    finish(out, records, way, started)
    return RunResult(tuple(records), read_now, passed)


def given_files(paths: Sequence[Path]) -> tuple[list[Input], int]:
    """The files to read and how many were passed over. Raises InputError when there is none."""
    inputs, passed = collect(paths)
    if not inputs:
        raise InputError("no file to read", where=", ".join(map(str, paths)), hint="see --help")
    return inputs, passed


def keep(out: Path, answer: Answer, way: Way) -> bool:
    """Write a result; True where there was one to write."""
    if answer.extraction is None:
        return False
    key = input_key(answer.record.sha256, way.key)
    if way.model and _owed_by_model(answer.extraction):
        key = f"incomplete {key}"  # the same command asks again for what is missing
    state = DocumentState(key=key, record=answer.record)
    write_document(out, answer.extraction, answer.lines, state)
    return True


def _owed_by_model(extraction: Extraction) -> bool:
    return any(chunk.status in ("failed", "partial") for chunk in extraction.chunks)


def finish(out: Path, records: Sequence[DocumentRecord], way: Way, started: str) -> None:
    """Tables and manifest over this run's files and those read into the folder before."""
    given = {record.path: record.id for record in records}
    known = [state.record for state in states(out)]
    kept = {r.id: r for r in known if given.get(r.path, r.id) == r.id}
    for record in known:
        if record.id not in kept:
            drop_document(out, record.id)
    listed = (*(kept[name] for name in sorted(kept)), *(r for r in records if r.status != "done"))
    exclusions = write_tables(out, listed)
    manifest = RunManifest(
        juesuan_version=juesuan_version(),
        input_hash=code_hash(),
        model_use=way.model_use,
        model=way.model,
        endpoint=way.endpoint,
        forms_hash=f"{forms_hash()} {way.store.digest()}",
        prompts=hashes() if way.model else {},
        packages=package_versions(),
        documents=listed,
        exclusions=dict(sorted(exclusions.items())),
        started=started,
        finished=now(),
    )
    write_manifest(out, manifest)


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def told(answer: Answer) -> str:
    """A line of progress."""
    record = answer.record
    if record.status != "done":
        reason = record.reason.splitlines()[0]
        return f"{record.name}: {'not read: ' if record.status == 'failed' else ''}{reason}"
    what = f"{record.facts} facts, {record.findings} findings, {record.unexplained} unexplained"
    if answer.extraction is None:
        return f"{record.name}: {what} (unchanged, not read again)"
    return f"{record.name}: {what}{_left_open(answer.extraction)}"


def _left_open(extraction: Extraction) -> str:
    """Chunks that were not read whole, with the first reason."""
    chunks = [chunk for chunk in extraction.chunks if chunk.status != "done"]
    if not chunks:
        return ""
    first = chunks[0]
    where = f"{first.chunk}, line {first.first_line}"
    return f"; {len(chunks)} chunks not read whole ({where}: {first.reason or first.status})"


def _answers(
    inputs: Sequence[Input], out: Path, settings: RunSettings, way: Way
) -> Iterator[Answer]:
    """Answers in the order of the inputs; at most two documents a process wait in memory."""
    cores = settings.processes or os.cpu_count() or 1
    archive = any(given.path.suffix.lower() == ".zip" for given in inputs)
    processes = cores if archive else min(cores, len(inputs))
    limits = settings.limits._replace(page_processes=cores // processes)
    waiting: deque[Answer | Future[Answer]] = deque()
    with ProcessPoolExecutor(max_workers=processes) as pool:
        for one in tasks(inputs, out, settings, way):
            waiting.append(one if isinstance(one, Answer) else pool.submit(_work, one, limits, way))
            while len(waiting) > 2 * processes:
                yield _arrived(waiting.popleft())
        while waiting:
            yield _arrived(waiting.popleft())


def _arrived(answer: "Answer | Future[Answer]") -> Answer:
    return answer if isinstance(answer, Answer) else answer.result()


def tasks(
    inputs: Sequence[Input], out: Path, settings: RunSettings, way: Way
) -> Iterator[Task | Answer]:
    """Files to read; an answer at once for what is refused, given twice or was read before."""
    seen: dict[str, str] = {}
    for given in inputs:
        try:
            for member, data in contents(given, settings.limits):
                name = Path(member.member or member.path).name
                if isinstance(data, JuesuanError):
                    yield failed(Task(member.name, name, b""), str(data))
                else:
                    task = Task(member.name, name, data)
                    yield _known(task, seen, out, settings, way) or task
        except JuesuanError as error:
            yield failed(Task(given.name, given.path.name, b""), str(error))


def _known(
    task: Task, seen: dict[str, str], out: Path, settings: RunSettings, way: Way
) -> Answer | None:
    sha256 = hashlib.sha256(task.data).hexdigest()
    if sha256 in seen:
        twin = failed(task, f"the same content as {seen[sha256]}")
        return twin._replace(record=twin.record.model_copy(update={"status": "duplicate"}))
    seen[sha256] = task.given
    if settings.again:
        return None
    record = is_done(out, document_id(task.name, task.data), input_key(sha256, way.key))
    return Answer(record.model_copy(update={"path": task.given}), None, ()) if record else None


def failed(task: Task, reason: str) -> Answer:
    """The answer for a file that was not read."""
    record = DocumentRecord(
        id=document_id(task.name, task.data),
        name=task.name,
        path=task.given,
        sha256=hashlib.sha256(task.data).hexdigest(),
        status="failed",
        reason=reason.removeprefix(f"{task.name}: "),
    )
    return Answer(record, None, ())


def _work(task: Task, limits: Limits, way: Way) -> Answer:
    """Read one document in a process of the pool."""
    return attempt(task, lambda: _read_now(task, limits, way))


def _read_now(task: Task, limits: Limits, way: Way) -> Answer:
    """Reading has its own limits in a process of its own; what follows gets as long again."""
    is_text = sniff(task.name, task.data) == "text"
    document = None if is_text else read_isolated(task.name, task.data, limits)
    with within_seconds(limits.seconds, task.name):
        return answer_of(task, document or read_content(task.name, task.data, limits), way)


def attempt(task: Task, work: Callable[[], Answer]) -> Answer:
    """The answer of the work; a failure of the document is an answer too."""
    try:
        return work()
    except JuesuanError as error:
        if error.exit_code != InputError.exit_code:
            raise
        return failed(task, str(error))
    except Exception as error:  # noqa: BLE001 - one document's failure stops nothing; told whole
        return failed(task, f"{type(error).__name__}: {error}\n{traceback.format_exc()}")


def answer_of(task: Task, document: Document, way: Way) -> Answer:
    """Read a document without a model. Raises InputError when it is no disclosure."""
    return concluded(task, document, extract(document, way.store, way.corrections))


def concluded(task: Task, document: Document, extraction: Extraction) -> Answer:
    """The answer for a document that was read."""
    if not extraction.facts:
        raise InputError("no disclosure found in it: no form and no number of a budget")
    return Answer(record_of(extraction, task.given), extraction, document.lines)


def read_document(name: str, data: bytes, limits: Limits) -> Document:
    """Text here; every other format in a process of its own, under its limits."""
    if sniff(name, data) == "text":
        return read_content(name, data, limits)
    return read_isolated(name, data, limits)
