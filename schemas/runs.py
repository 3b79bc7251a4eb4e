"""What a run leaves behind: the extraction of each document and the manifest of the run."""

from typing import Literal

from schemas.base import Frozen
from schemas.facts import Disposition, Fact
from schemas.findings import Finding, Outcome
from schemas.vocabulary import DocumentKind

FORMAT_VERSION = 1
ModelUse = Literal["never", "needed", "always"]


class ChunkStatus(Frozen):
    """How the reading of a chunk ended."""

    chunk: str
    kind: str
    title: str
    first_line: int
    last_line: int
    status: Literal["done", "partial", "failed", "unread"]
    reason: str = ""


class DocumentHead(Frozen):
    """What a document is: identity and metadata without its lines; `page_starts` are the
    lines on which another page begins, with its number (empty when the source has no pages)."""

    id: str
    name: str
    sha256: str
    media: str
    kind: DocumentKind
    department: str
    region: str
    fiscal_year: int | None
    line_count: int
    page_count: int
    page_starts: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def pages(self) -> tuple[int, ...]:
        """The page of every line, as in `Document`."""
        ends = [line - 1 for line, _ in self.page_starts[1:]] + [self.line_count]
        starts = zip(self.page_starts, ends, strict=bool(self.page_starts))
        return tuple(page for (first, page), last in starts for _ in range(first, last + 1))


class Extraction(Frozen):
    """All that was read from one document, as written to `documents/<id>.json`."""

    format_version: int = FORMAT_VERSION
    document: DocumentHead
    chunks: tuple[ChunkStatus, ...]
    facts: tuple[Fact, ...]
    dispositions: tuple[Disposition, ...]
    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...]


class DocumentRecord(Frozen):
    """A row of `documents.csv` and of the manifest."""

    id: str
    name: str
    path: str
    sha256: str
    status: Literal["done", "failed", "duplicate"]
    reason: str = ""
    kind: str = ""
    department: str = ""
    region: str = ""
    fiscal_year: int | None = None
    facts: int = 0
    confirmed: int = 0
    findings: int = 0
    numerals: int = 0
    excluded: int = 0
    unplaced: int = 0
    unexplained: int = 0


class RunManifest(Frozen):
    """How a run was made. `input_hash` decides whether a document has to be read again."""

    format_version: int = FORMAT_VERSION
    juesuan_version: str
    input_hash: str
    model_use: ModelUse
    model: str = ""
    endpoint: str = ""
    forms_hash: str
    prompts: dict[str, str]
    packages: dict[str, str]
    documents: tuple[DocumentRecord, ...]
    exclusions: dict[str, int]
    started: str
    finished: str
