"""A run's extraction -> a draft of a golden document: `juesuan golden new FILE`.

In: the document's text, its extraction. Out: a folder with `<id>.txt`, `facts.csv` and
`source.json`. The rule it protects: what a program read is no truth; each row of the draft has an
empty `confirmed`, only rows that a person marks `yes` score, and until `source.json` says
`confirmed` nothing that was read beyond them counts as spurious.
"""

import csv
import hashlib
import io
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import InputError, OutputError
from pipeline.evaluation.golden import SourceRecord
from pipeline.evaluation.harness import canonical
from pipeline.evaluation.matching import order
from pipeline.runs import read_extraction, run_documents
from schemas.facts import GOLDEN_COLUMNS, Fact
from schemas.runs import DocumentHead, Extraction


def read_in_run(run: Path, name: str, content: bytes) -> Extraction:
    """What a run read in this very content, or in the document whose `RUN/texts/` file this is;
    corrections are laid over it. Raises InputError."""
    sha256 = hashlib.sha256(content).hexdigest()
    for document in run_documents(run):
        extraction = read_extraction(run, document)
        if document == name or extraction.document.sha256 == sha256:
            return extraction
    raise InputError("this text is not in the run", where=str(run), hint="extract it first")


def write_draft(content: bytes, extraction: Extraction, root: Path, name: str) -> Path:
    """Write `root/name/`. Raises InputError where `content` is no UTF-8 text, OutputError also
    where the folder exists: golden files change by hand."""
    folder = root / name
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "draft from RUN/texts/<id>.txt with --run RUN"
        raise InputError("a golden text is UTF-8", hint=hint) from error
    try:
        folder.mkdir(parents=True)
        (folder / f"{name}.txt").write_bytes(content)
        (folder / "facts.csv").write_bytes(draft_facts(extraction.facts, name))
        source = canonical(draft_source(extraction.document, content), indent=1)
        (folder / "source.json").write_text(source + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", where=str(folder)) from error
    return folder


def draft_facts(facts: Iterable[Fact], name: str) -> bytes:
    """The rows of a draft, UTF-8 with BOM. What a person corrected is confirmed already."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*GOLDEN_COLUMNS, "confirmed"))
    for fact in sorted(facts, key=order):
        cells = fact.model_copy(update={"document": name}).model_dump(include={*GOLDEN_COLUMNS})
        confirmed = "yes" if fact.reader == "human" else ""
        writer.writerow((*(cells[column] for column in GOLDEN_COLUMNS), confirmed))
    return out.getvalue().encode("utf-8-sig")


def draft_source(document: DocumentHead, content: bytes) -> SourceRecord:
    """What is known about the source; the rest is for the annotator."""
    return SourceRecord(
        title=document.name,
        department=document.department,
        year=document.fiscal_year or 0,
        kind=document.kind,
        province=document.region,
        layout="",
        sha256=hashlib.sha256(content).hexdigest(),
        annotation="draft",
    )
