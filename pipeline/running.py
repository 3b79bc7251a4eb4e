"""Files -> run folder: the per-document loop.

One document after the other in order, in several processes; a document's failure is its own. The
only broad except of the project stands here.
"""

import hashlib
import os
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.documents.content import read_content
from pipeline.documents.limits import Limits
from pipeline.documents.sniff import sniff
from pipeline.documents.text import document_id
from pipeline.documents.worker import Worker
from pipeline.errors import InputError, JuesuanError
from pipeline.extraction import extract
from pipeline.inputs import Input, collect, contents
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
from schemas.documents import Document
from schemas.runs import DocumentRecord, Extraction, RunManifest

Say = Callable[[str], None]


class RunSettings(NamedTuple):
    """How a run is made: limits a document, processes, which way to read."""

    limits: Limits = Limits()
    processes: int = 0
    again: bool = False


class RunResult(NamedTuple):
    """What a run came to: a record a file given, in order; how many were read now."""

    records: tuple[DocumentRecord, ...]
    read_now: int
    passed_over: int


class _Task(NamedTuple):
    given: str
    name: str
    data: bytes
    limits: Limits


def run(paths: Sequence[Path], out: Path, settings: RunSettings, say: Say) -> RunResult:
    """Read all files into the run folder `out`. Raises InputError, OutputError."""
    started = _now()
    inputs, passed = collect(paths)
    if not inputs:
        raise InputError("no file to read", where=", ".join(map(str, paths)), hint="see --help")
    open_run(out)
    records: list[DocumentRecord] = []
    read_now = 0
    for n, (record, extraction) in enumerate(_results(inputs, out, settings), start=1):
        records.append(record)
        if extraction is not None:
            read_now += 1
            key = input_key(record.sha256, "never")
            write_document(out, extraction, DocumentState(key=key, record=record))
        say(f"[{n}/{max(n, len(inputs))}] {_line(record, extraction is not None)}")
    finish(out, records, started)
    return RunResult(tuple(records), read_now, passed)


def finish(out: Path, records: Sequence[DocumentRecord], started: str) -> None:
    """Tables and manifest over this run's files and those read into the folder before."""
    given = {record.path: record.id for record in records}
    known = [state.record for state in states(out)]
    for record in known:
        if given.get(record.path, record.id) != record.id:
            drop_document(out, record.id)
    read = {record.id: record for record in known if given.get(record.path, record.id) == record.id}
    others = [record for record in records if record.status != "done"]
    listed = (*(read[name] for name in sorted(read)), *others)
    exclusions = write_tables(out, listed)
    write_manifest(
        out,
        RunManifest(
            juesuan_version=juesuan_version(),
            input_hash=code_hash(),
            model_use="never",
            forms_hash=forms_hash(),
            prompts={},
            packages=package_versions(),
            documents=listed,
            exclusions=dict(sorted(exclusions.items())),
            started=started,
            finished=_now(),
        ),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _line(record: DocumentRecord, now: bool) -> str:
    if record.status == "failed":
        return f"{record.name}: not read: {record.reason}"
    if record.status == "duplicate":
        return f"{record.name}: {record.reason}"
    what = f"{record.facts} facts, {record.findings} findings, {record.unexplained} unexplained"
    return f"{record.name}: {what}" + ("" if now else " (unchanged, not read again)")


def _results(
    inputs: Sequence[Input], out: Path, settings: RunSettings
) -> Iterator[tuple[DocumentRecord, Extraction | None]]:
    """Records in the order of the inputs; an extraction where the document was read now."""
    processes = settings.processes or min(len(inputs), os.cpu_count() or 1)
    seen: dict[str, str] = {}
    waiting: deque[tuple[DocumentRecord | None, Future[_Answer] | None]] = deque()
    with ProcessPoolExecutor(max_workers=max(1, processes)) as pool:
        for given in inputs:
            for task in _tasks(given, settings.limits):
                known = task if isinstance(task, DocumentRecord) else _known(task, out, seen, settings)
                future = None if known is not None or isinstance(task, DocumentRecord) else pool.submit(_work, task)
                waiting.append((known, future))
                while len(waiting) > 2 * processes:
                    yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())


class _Answer(NamedTuple):
    record: DocumentRecord
    extraction: Extraction | None


def _result(
    known: DocumentRecord | None, future: "Future[_Answer] | None"
) -> tuple[DocumentRecord, Extraction | None]:
    if known is not None:
        return known, None
    assert future is not None
    answer = future.result()
    return answer.record, answer.extraction


def _tasks(given: Input, limits: Limits) -> Iterator[_Task | DocumentRecord]:
    try:
        for member, data in contents(given, limits):
            if isinstance(data, JuesuanError):
                yield _failed(member.name, member.name, b"", str(data))
            else:
                yield _Task(member.name, Path(member.member or member.path).name, data, limits)
    except JuesuanError as error:
        yield _failed(given.name, given.path.name, b"", str(error))


def _known(
    task: _Task, out: Path, seen: dict[str, str], settings: RunSettings
) -> DocumentRecord | None:
    """The record of a file that needs no reading: given twice, or read before under this key."""
    sha256 = hashlib.sha256(task.data).hexdigest()
    if sha256 in seen:
        twin = _failed(task.given, task.name, task.data, f"the same content as {seen[sha256]}")
        return twin.model_copy(update={"status": "duplicate"})
    seen[sha256] = task.given
    if settings.again:
        return None
    record = is_done(out, document_id(task.name, task.data), input_key(sha256, "never"))
    return record.model_copy(update={"path": task.given}) if record else None


def _failed(path: str, name: str, data: bytes, reason: str) -> DocumentRecord:
    return DocumentRecord(
        id=document_id(name, data),
        name=name,
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        status="failed",
        reason=reason.removeprefix(f"{name}: "),
    )


def _work(task: _Task) -> _Answer:
    """Read one document in a process of the pool."""
    try:
        document = read_document(task.name, task.data, task.limits)
        extraction = extract(document)
        if not extraction.facts:
            raise InputError("no disclosure found in it: no form and no number of a budget")
        return _Answer(record_of(extraction, task.given), extraction)
    except JuesuanError as error:
        return _Answer(_failed(task.given, task.name, task.data, str(error)), None)
    except Exception as error:  # noqa: BLE001 - one document's failure stops nothing; reported whole
        told = f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
        return _Answer(_failed(task.given, task.name, task.data, told), None)


def read_document(name: str, data: bytes, limits: Limits) -> Document:
    """Text here; every other format in a process of its own, under its limits."""
    if sniff(name, data) == "text":
        return read_content(name, data, limits)
    with Worker() as worker:
        return worker.read(name, data, limits)
