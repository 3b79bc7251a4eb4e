"""The whole pipeline, on one screen: document -> chunks -> readings -> facts -> findings."""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.account import account
from pipeline.checks.run import run_checks
from pipeline.chunks import chunk_document
from pipeline.corrections import Correction, apply_corrections
from pipeline.facts import ground
from pipeline.placement import Placement, place
from pipeline.reading.deterministic import read_chunk
from pipeline.reading.learning import FormStore
from schemas.documents import Chunk, Document
from schemas.facts import Fact
from schemas.readings import Reading
from schemas.runs import ChunkStatus, DocumentHead, Extraction


def extract(
    document: Document, store: FormStore | None = None, corrections: Sequence[Correction] = ()
) -> Extraction:
    """Read a document with shipped and accepted forms, the sequences and the grammar."""
    chunks = chunk_document(document)
    readings = tuple(read_chunk(document, chunk, store) for chunk in chunks)
    return conclude(document, chunks, readings, corrections)


def read_tables(document: Document) -> tuple[Fact, ...]:
    """The facts of a document's tables alone, placed."""
    chunks = [chunk for chunk in chunk_document(document) if chunk.kind == "table"]
    rows = [row for chunk in chunks for row in read_chunk(document, chunk).rows]
    return ground(document, place(rows, ()).rows, (), ()).facts


def conclude(
    document: Document,
    chunks: Sequence[Chunk],
    readings: Sequence[Reading],
    corrections: Sequence[Correction] = (),
) -> Extraction:
    """What all readings of a document come to, whoever made them."""
    claims = tuple(claim for reading in readings for claim in reading.claims)
    evaluations = tuple(one for reading in readings for one in reading.evaluations)
    exclusions = tuple(one for reading in readings for one in reading.exclusions)
    placement = place(tuple(row for reading in readings for row in reading.rows), claims)
    facts = ground(document, placement.rows, claims, evaluations).facts
    facts = apply_corrections(facts, corrections, document.id, document.lines)
    report = run_checks(document, facts)
    return Extraction(
        document=head(document),
        chunks=tuple(_status(*pair, placement) for pair in zip(chunks, readings, strict=True)),
        facts=_confirmed(facts, report.fact_checks),
        dispositions=account(
            document, chunks, facts, placement.rows, (*exclusions, *placement.compared)
        ),
        outcomes=report.outcomes,
        findings=report.findings,
    )


def head(document: Document) -> DocumentHead:
    """Identity and metadata of a document."""
    return DocumentHead(
        id=document.id,
        name=document.name,
        sha256=document.sha256,
        media=document.media,
        kind=document.kind,
        department=document.department,
        region=document.region,
        fiscal_year=document.fiscal_year,
        line_count=len(document.lines),
        page_count=max(document.pages, default=0),
        page_starts=tuple(
            (line, page)
            for line, (before, page) in enumerate(pairwise((None, *document.pages)), 1)
            if page is not None and page != before
        ),
        notes=document.notes,
    )


def _status(chunk: Chunk, reading: Reading, placement: Placement) -> ChunkStatus:
    loose = sum(
        not value.column for row in placement.rows if row.chunk == chunk.id for value in row.values
    )
    status, reason = reading.status, reading.reason
    if loose and status == "done":
        given_up = ", the search was cut short" if chunk.id in placement.gave_up else ""
        status, reason = "partial", f"{loose} values without a column{given_up}"
    return ChunkStatus(
        chunk=chunk.id,
        kind=chunk.kind,
        title=chunk.title or chunk.section,
        first_line=chunk.first_line,
        last_line=chunk.last_line,
        status=status,
        reason=reason,
    )


def _confirmed(facts: Sequence[Fact], checks: Sequence[tuple[str, ...]]) -> tuple[Fact, ...]:
    return tuple(
        fact.model_copy(update={"checks": ids}) if ids else fact
        for fact, ids in zip(facts, checks, strict=True)
    )
