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
from typing import Final, Literal, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from pipeline.errors import InputError
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
    """An annotated document. `facts` carry `id` as document; `lines[0]` is line 1."""

    id: str
    text_path: Path
    sha256: str
    lines: tuple[str, ...]
    facts: tuple[Fact, ...]
    source: SourceRecord
    defects: tuple[Defect, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


_DEFECTS: Final = TypeAdapter(tuple[Defect, ...])
_VERDICTS: Final = TypeAdapter(tuple[Verdict, ...])
T = TypeVar("T")


def find_golden(root: Path) -> tuple[GoldenDocument, ...]:
    """All golden documents under `root`, by id. A single golden folder is its own set."""
    if (root / "facts.csv").is_file():
        return (load_golden(root),)
    folders = sorted(path.parent for path in root.glob("*/facts.csv"))
    if not folders:
        raise InputError("no golden document here (<id>/facts.csv)", where=str(root))
    return tuple(load_golden(folder) for folder in folders)


def load_golden(folder: Path) -> GoldenDocument:
    """One golden folder. Raises InputError for anything missing or malformed."""
    text_path = folder / f"{folder.name}.txt"
    content = _bytes(text_path)
    return GoldenDocument(
        id=folder.name,
        text_path=text_path,
        sha256=hashlib.sha256(content).hexdigest(),
        lines=split_lines(content.decode("utf-8-sig")),
        facts=read_golden_facts(folder / "facts.csv"),
        source=_source(folder / "source.json"),
        defects=_listed(folder / "defects.json", _DEFECTS),
        verdicts=_listed(folder / "findings.json", _VERDICTS),
    )


def by_content(golden: Iterable[GoldenDocument]) -> dict[str, GoldenDocument]:
    """Golden documents by the sha256 of their text."""
    return {document.sha256: document for document in golden}


def read_golden_facts(path: Path) -> tuple[Fact, ...]:
    """Facts of a golden `facts.csv` (utf-8, with or without BOM). Raises InputError.

    Where the file has a column `confirmed` (a draft has), only rows that say `yes` are facts."""
    reader = csv.DictReader(io.StringIO(_bytes(path).decode("utf-8-sig"), newline=""))
    missing = set(GOLDEN_COLUMNS) - set(reader.fieldnames or ())
    if missing:
        raise InputError(f"columns missing: {', '.join(sorted(missing))}", where=str(path))
    return tuple(
        _fact(record, f"{path} row {number}")
        for number, record in enumerate(reader, start=2)
        if record.get("confirmed", "yes") == "yes"
    )


def _fact(record: Mapping[str, str], where: str) -> Fact:
    """A fact of the ten golden columns; whoever wrote the file, a person answers for it."""
    fields = {name: record[name] for name in GOLDEN_COLUMNS}
    try:
        return Fact.model_validate({**fields, "reader": "human"})
    except ValidationError as error:
        raise InputError(str(error), where=where) from error


def _source(path: Path) -> SourceRecord:
    try:
        return SourceRecord.model_validate_json(_bytes(path))
    except ValidationError as error:
        raise InputError(str(error), where=str(path)) from error


def _listed(path: Path, kind: TypeAdapter[tuple[T, ...]]) -> tuple[T, ...]:
    """A list that people made, or nothing where nobody made it."""
    if not path.is_file():
        return ()
    try:
        return kind.validate_json(_bytes(path))
    except ValidationError as error:
        raise InputError(str(error), where=str(path)) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error


def golden_hash(golden: Iterable[GoldenDocument]) -> str:
    """sha256 over texts and facts: two scores can be compared only where this is equal."""
    digest = hashlib.sha256()
    for document in sorted(golden, key=lambda one: one.id):
        record = [document.id, document.sha256, [_scored(fact) for fact in document.facts]]
        digest.update(json.dumps(record, ensure_ascii=False).encode())
    return digest.hexdigest()


def _scored(fact: Fact) -> list[str]:
    value: Decimal = fact.value
    return [*fact.key, str(value), fact.unit, fact.raw, str(fact.line)]
