"""The golden set: annotated documents on disk -> `GoldenDocument`s.

In: folders `<id>/` with `<id>.txt`, `facts.csv`, `source.json` and, where a person listed the
document's own mistakes, `defects.json` and `findings.json`. Out: frozen records, facts carrying
the bare folder id. The rule it protects: a golden document is found by the sha256 of its content,
never by its name, since runs call documents by stem and hash.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from pipeline.errors import InputError, fault
from pipeline.text import split_lines
from schemas.base import Frozen
from schemas.facts import GOLDEN_COLUMNS, Fact
from schemas.findings import Finding
from schemas.vocabulary import DocumentKind


class Ambiguity(Frozen):
    """A place that two careful annotators may read differently, and how it was settled."""

    lines: tuple[int, ...]
    question: str
    settled: str


class Scope(Frozen):
    """What was annotated. A prediction outside it is unjudged, neither right nor wrong.

    `statements` empty means all; `unjudged_lines` are (first, last) ranges, both included."""

    statements: tuple[str, ...] = ()
    unjudged_lines: tuple[tuple[int, int], ...] = ()

    def covers(self, statement: str, line: int) -> bool:
        """True when a fact of `statement` on `line` was annotated and can be judged."""
        if self.statements and statement not in self.statements:
            return False
        return not any(first <= line <= last for first, last in self.unjudged_lines)


class SourceRecord(Frozen):
    """Where a golden document comes from and what about it was annotated (`source.json`).

    `split` is `held_out` only for a document that nobody looked at while writing rules or
    prompts; scores on `development` documents say nothing about documents not yet seen."""

    title: str
    department: str
    year: int
    kind: DocumentKind
    province: str
    layout: str
    sha256: str
    scope: Scope = Scope()
    ambiguities: tuple[Ambiguity, ...] = ()
    annotation: Literal["confirmed", "draft"] = "confirmed"
    split: Literal["development", "held_out"] = "development"
    licence: str = ""


class Place(Frozen):
    """A printed passage: the line and some of its characters."""

    line: int
    quote: str


class Defect(Frozen):
    """A mistake of the document itself that a person found and described."""

    id: str
    quote: str
    kind: str
    check: str
    expected: str
    printed: str
    confidence: float
    severity: str
    origin: str
    line: int
    also: tuple[Place, ...] = ()
    needs_llm: bool = False
    note: str = ""


class Verdict(Frozen):
    """What a person said of a finding after looking at the source (`findings.json`)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    check: str
    line: int | None
    label: Literal["defect", "rounding_hint", "acceptable"]
    finding: str = ""

    def is_about(self, finding: Finding) -> bool:
        """True for the same check at the same place."""
        return (finding.check, finding.line) == (self.check, self.line)


class GoldenDocument(Frozen):
    """An annotated document. `facts` carry `id` as document; `lines[0]` is line 1; `unconfirmed`
    rows of its `facts.csv` are no facts yet."""

    id: str
    text_path: Path
    sha256: str
    lines: tuple[str, ...]
    facts: tuple[Fact, ...]
    source: SourceRecord
    defects: tuple[Defect, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    unconfirmed: int = 0


class GoldenRows(NamedTuple):
    """What a `facts.csv` holds: confirmed facts, and how many rows nobody confirmed."""

    facts: tuple[Fact, ...]
    unconfirmed: int


_CONTRACT: Final = "docs/facts.md lists statements and columns"
_NEXT: Final = "golden/README.md says what belongs there"
_DEFECTS: Final = TypeAdapter(tuple[Defect, ...])
_VERDICTS: Final = TypeAdapter(tuple[Verdict, ...])
T = TypeVar("T")


def find_golden(root: Path) -> tuple[GoldenDocument, ...]:
    """All golden documents under `root`, by id. A single golden folder is its own set; a folder
    that holds a part of a golden document is refused, not passed over."""
    if not root.is_dir():
        raise InputError(
            "no such folder",
            where=str(root),
            hint="name the folder of the golden set, or run where ./golden is",
        )
    if _is_golden(root):
        return (load_golden(root),)
    folders = sorted(path for path in root.iterdir() if _is_golden(path))
    if not folders:
        raise InputError(
            "no golden document here",
            where=str(root),
            hint="a golden set holds <id>/facts.csv; `juesuan golden new FILE` drafts one",
        )
    return tuple(load_golden(folder) for folder in folders)


def _is_golden(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("facts.csv", "source.json"))


def load_golden(folder: Path) -> GoldenDocument:
    """One golden folder. Raises InputError for anything missing or malformed."""
    folder = folder.resolve()
    text_path = folder / f"{folder.name}.txt"
    rows = read_golden_rows(folder / "facts.csv")
    return GoldenDocument(
        id=folder.name,
        text_path=text_path,
        sha256=hashlib.sha256(_bytes(text_path)).hexdigest(),
        lines=split_lines(_text(text_path)),
        facts=rows.facts,
        unconfirmed=rows.unconfirmed,
        source=_source(folder / "source.json"),
        defects=_listed(folder / "defects.json", _DEFECTS),
        verdicts=_listed(folder / "findings.json", _VERDICTS),
    )


def read_golden_rows(path: Path) -> GoldenRows:
    """Facts of a golden `facts.csv` (utf-8, with or without BOM). Raises InputError.

    Where the file has a column `confirmed` (a draft has), only rows that say `yes` are facts."""
    reader = csv.DictReader(io.StringIO(_text(path), newline=""))
    missing = [name for name in GOLDEN_COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(
            f"columns missing: {', '.join(missing)}", where=f"{path} row 1", hint=_NEXT
        )
    facts, unconfirmed = [], 0
    for number, record in enumerate(reader, start=2):
        if _is_confirmed(record, f"{path} row {number}"):
            facts.append(_fact(record, f"{path} row {number}"))
        else:
            unconfirmed += 1
    return GoldenRows(tuple(facts), unconfirmed)


def _is_confirmed(record: Mapping[str, str], where: str) -> bool:
    """Any word but `yes` would be lost in silence."""
    said = record.get("confirmed", "yes")
    if said not in ("", "yes"):
        raise InputError(f"confirmed {said!r}", where=where, hint="write yes, or leave it empty")
    return said == "yes"


def _fact(record: Mapping[str | None, str], where: str) -> Fact:
    """A fact of the ten golden columns; whoever wrote the file, a person answers for it."""
    if None in record or None in record.values():
        raise InputError(
            "not as many cells as the header", where=where, hint="quote a cell that holds a comma"
        )
    fields = {name: record[name] for name in GOLDEN_COLUMNS}
    try:
        return Fact.model_validate({**fields, "reader": "human"})
    except ValidationError as error:
        raise InputError(fault(error), where=where, hint=_CONTRACT) from error


def _source(path: Path) -> SourceRecord:
    try:
        return SourceRecord.model_validate_json(_bytes(path))
    except ValidationError as error:
        raise InputError(fault(error), where=str(path), hint=_NEXT) from error


def _listed(path: Path, kind: TypeAdapter[tuple[T, ...]]) -> tuple[T, ...]:
    """A list that people made, or nothing where nobody made it."""
    if not path.is_file():
        return ()
    try:
        return kind.validate_json(_bytes(path))
    except ValidationError as error:
        raise InputError(fault(error), where=str(path), hint=_NEXT) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        hint = _NEXT if isinstance(error, FileNotFoundError) else ""
        raise InputError(f"cannot be read: {error.strerror}", where=str(path), hint=hint) from error


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", where=str(path), hint="save it as UTF-8") from error


def golden_hash(golden: Iterable[GoldenDocument]) -> str:
    """sha256 over all that decides a score (texts, facts, scope, defects and verdicts): two scores
    can be compared only where this is equal."""
    digest = hashlib.sha256()
    for document in sorted(golden, key=lambda one: one.id):
        source = document.source.model_dump(mode="json", include={"scope", "annotation", "split"})
        people = document.model_dump(mode="json", include={"defects", "verdicts"})
        facts = [_scored(fact) for fact in document.facts]
        record = [document.id, document.sha256, facts, source, people]
        digest.update(json.dumps(record, ensure_ascii=False).encode())
    return digest.hexdigest()


def _scored(fact: Fact) -> list[str]:
    value: Decimal = fact.value
    return [*fact.key, str(value), fact.unit, fact.raw, str(fact.line)]
