"""The run folder: one file a document, written whole or not at all, and the tables over them.

    RUN/documents/<id>.json   what was read (deterministic)
    RUN/texts/<id>.txt        its numbered lines, for reports and for checking again
    RUN/state/<id>.json       the key it was read under: same key, nothing to do
    RUN/facts.csv findings.csv documents.csv manifest.json

The rule it protects: a run killed at any moment is finished by the same command with the same
bytes; a result is never kept under a key it was not made with.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from pipeline import csvs
from pipeline.errors import OutputError
from schemas.base import Frozen
from schemas.facts import FACT_COLUMNS
from schemas.findings import FINDING_COLUMNS
from schemas.runs import DocumentRecord, Extraction, RunManifest

_PACKAGES: Final = ("pydantic", "openai", "instructor", "tenacity", "pypdfium2", "lxml", "openpyxl")


class DocumentState(Frozen):
    """What a document was read under, and its row of `documents.csv`."""

    key: str
    record: DocumentRecord


def open_run(out: Path) -> None:
    """Make the run folder, and clear what a killed run left half written. Raises OutputError when it
    cannot be written."""
    try:
        for folder in (out, out / "documents", out / "texts", out / "state"):
            folder.mkdir(parents=True, exist_ok=True)
            for left in folder.glob(".*.part"):
                if not _is_alive(left.name.split(".")[-2]):
                    left.unlink(missing_ok=True)
        probe = out / ".writable"
        probe.write_text("", encoding="utf-8")
        probe.unlink()
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror}", where=str(out), hint="choose another --out"
        ) from error


def _is_alive(process: str) -> bool:
    """False where the process that was writing is gone for certain."""
    if not process.isdecimal() or not hasattr(os, "fork"):  # elsewhere signal 0 would end it
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def write_atomically(path: Path, text: str) -> None:
    """Write beside the target and put it in its place. Raises OutputError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", where=str(path)) from error


@cache
def code_hash() -> str:
    """sha256 over the installed code, forms and prompts: a change of reading is a change of key."""
    digest = hashlib.sha256()
    for package in ("pipeline", "prompts", "schemas"):
        for name, content in sorted(_sources(files(package), package)):
            digest.update(name.encode() + b"\0" + content + b"\0")
    return "sha256:" + digest.hexdigest()


def _sources(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        inside = f"{name}/{entry.name}"
        if entry.is_dir() and not entry.name.startswith("__"):
            yield from _sources(entry, inside)
        elif entry.name.endswith((".py", ".yaml", ".md")):
            yield inside, entry.read_bytes()


def input_key(sha256: str, way: str) -> str:
    """The key of one document read one way (model use, model, forms)."""
    text = json.dumps({"code": code_hash(), "content": sha256, "way": way}, sort_keys=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def is_done(out: Path, document: str, key: str) -> DocumentRecord | None:
    """The record of a document that was read under this very key and whose file is there."""
    state = read_state(out / "state" / f"{document}.json")
    there = (out / "documents" / f"{document}.json").exists()
    return state.record if state is not None and state.key == key and there else None


def read_state(path: Path) -> DocumentState | None:
    """A state file; None where there is none or it is damaged (the document is read again)."""
    try:
        return DocumentState.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def write_document(
    out: Path, extraction: Extraction, lines: Sequence[str], state: DocumentState
) -> None:
    """Write a document's lines and result, then the state that vouches for them."""
    name = extraction.document.id
    write_atomically(out / "texts" / f"{name}.txt", "\n".join(lines))
    write_atomically(out / "documents" / f"{name}.json", to_json(extraction))
    write_atomically(out / "state" / f"{name}.json", to_json(state))


def to_json(value: Frozen) -> str:
    """Canonical JSON: sorted keys, no ASCII escapes, one newline at the end."""
    plain = value.model_dump(mode="json")
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def read_extraction(out: Path, document: str) -> Extraction:
    """A document's result. Raises OutputError when it is missing or of another version."""
    path = out / "documents" / f"{document}.json"
    try:
        return Extraction.model_validate_json(path.read_bytes())
    except OSError as error:
        raise OutputError("not in this run", where=str(path)) from error
    except ValidationError as error:
        raise OutputError(
            "was written by another version", where=str(path), hint="run extract again"
        ) from error


def read_lines(out: Path, document: str) -> tuple[str, ...]:
    """The numbered lines of a document of a run. Raises OutputError."""
    path = out / "texts" / f"{document}.txt"
    try:
        return tuple(path.read_bytes().decode("utf-8").split("\n"))
    except OSError as error:
        raise OutputError("not in this run", where=str(path)) from error


def run_documents(out: Path) -> list[str]:
    """Ids of the documents of a run, sorted. Raises OutputError when the folder is no run."""
    if not (out / "manifest.json").exists():
        raise OutputError("is no run folder (no manifest.json)", where=str(out))
    return sorted(state.record.id for state in states(out))


def states(out: Path) -> Iterator[DocumentState]:
    """The states of all documents of a run, by id."""
    for path in sorted((out / "state").glob("*.json")):
        state = read_state(path)
        if state is not None:
            yield state


def drop_document(out: Path, document: str) -> None:
    """Forget a document whose file has changed since."""
    for name in (f"documents/{document}.json", f"texts/{document}.txt", f"state/{document}.json"):
        (out / name).unlink(missing_ok=True)


def write_tables(out: Path, records: Sequence[DocumentRecord]) -> Counter[str]:
    """facts.csv, findings.csv, documents.csv over all documents; the exclusions by reason."""
    read = [record.id for record in records if record.status == "done"]
    exclusions: Counter[str] = Counter()
    facts = [csvs.header(FACT_COLUMNS)]
    findings = [csvs.header(FINDING_COLUMNS)]
    _stream(out / "facts.csv", facts, (csvs.facts_rows(e.facts) for e in _each(out, read)))
    _stream(
        out / "findings.csv", findings, (csvs.findings_rows(e.findings) for e in _each(out, read))
    )
    for extraction in _each(out, read):
        exclusions.update(d.reason for d in extraction.dispositions if d.outcome == "excluded")
    write_atomically(
        out / "documents.csv", csvs.header(csvs.DOCUMENT_COLUMNS) + csvs.documents_rows(records)
    )
    return exclusions


def _each(out: Path, documents: Iterable[str]) -> Iterator[Extraction]:
    return (read_extraction(out, document) for document in documents)


def _stream(path: Path, head: Sequence[str], parts: Iterable[str]) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    with beside.open("w", encoding="utf-8", newline="") as file:
        file.writelines(head)
        file.writelines(parts)
    beside.replace(path)


def write_manifest(out: Path, manifest: RunManifest) -> None:
    """manifest.json, last of all: a folder with it is a finished run."""
    text = json.dumps(
        manifest.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, indent=1
    )
    write_atomically(out / "manifest.json", text + "\n")


def read_manifest(out: Path) -> RunManifest:
    """The manifest of a run. Raises OutputError."""
    path = out / "manifest.json"
    try:
        return RunManifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise OutputError("is no run folder (no manifest.json)", where=str(out)) from error
    except ValidationError as error:
        raise OutputError("was written by another version", where=str(path)) from error


def package_versions() -> dict[str, str]:
    """Versions of the packages that readings depend on."""
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def juesuan_version() -> str:
    """The installed version; `source` when run from a checkout that is not installed."""
    try:
        return version("juesuan")
    except PackageNotFoundError:
        return "source"


def record_of(extraction: Extraction, path: str) -> DocumentRecord:
    """The row of `documents.csv` of a document that was read."""
    outcomes = Counter(d.outcome for d in extraction.dispositions)
    about = extraction.document
    return DocumentRecord(
        id=about.id,
        name=about.name,
        path=path,
        sha256=about.sha256,
        status="done",
        reason="; ".join(about.notes),
        kind=about.kind,
        department=about.department,
        region=about.region,
        fiscal_year=about.fiscal_year,
        facts=len(extraction.facts),
        confirmed=sum(bool(fact.checks) for fact in extraction.facts),
        findings=len(extraction.findings),
        numerals=len(extraction.dispositions),
        excluded=outcomes["excluded"],
        unplaced=outcomes["unplaced"],
        unexplained=outcomes["unexplained"],
    )
