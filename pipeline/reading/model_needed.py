"""`needed`: what the deterministic reader left open goes to the model, and nothing else.

In: the deterministic readings of a document's chunks, the numerals that nothing explains and the
cells in doubt. Out: the same readings with what the model adds: tables of unknown form whole,
elsewhere only the lines and paragraphs with open numerals, and of the answer only what stands at
an open place.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from pipeline.llm import ModelDoor
from pipeline.reading.learning import FormStore
from pipeline.reading.model import Job, in_order, learn, read
from pipeline.reading.model_again import again_jobs
from pipeline.reading.model_lines import LinesJob, merged, read_lines
from pipeline.reading.model_prose import Place, SheetJob, read_sheet
from pipeline.reading.model_sheets import packed, paragraphs_of
from schemas.documents import Chunk, Document
from schemas.facts import Numeral
from schemas.readings import Reading


class Needs(NamedTuple):
    """What a document needs a model for."""

    tables: tuple[Job, ...]
    sheets: tuple[SheetJob, ...]
    lines: tuple[LinesJob, ...]
    again: tuple[LinesJob, ...] = ()


def needs_of(
    document: Document,
    chunks: Sequence[Chunk],
    readings: Sequence[Reading],
    unexplained: Iterable[Numeral],
    doubted: Collection[Place] = (),
) -> Needs:
    """The unread tables, the paragraphs and lines that hold unexplained numerals, and the lines
    with cells in doubt."""
    unread = {reading.chunk for reading in readings if reading.status == "unread"}
    open_places = frozenset((numeral.line, numeral.start) for numeral in unexplained)
    rest = [chunk for chunk in chunks if chunk.id not in unread]
    paragraphs = [
        one
        for chunk in rest
        if chunk.kind in ("prose", "performance")
        for one in paragraphs_of(document, chunk)
        if open_places & frozenset(one.text.places)
    ]
    in_sentences = {place for one in paragraphs for place in one.text.places}
    only = open_places - in_sentences
    return Needs(
        tables=tuple(Job(document, chunk) for chunk in chunks if chunk.id in unread),
        sheets=tuple(SheetJob(document, sheet, open_places) for sheet in packed(paragraphs)),
        lines=tuple(job for chunk in rest for job in _open_lines(document, chunk, only)),
        again=again_jobs(document, chunks, readings, doubted),
    )


def _open_lines(document: Document, chunk: Chunk, only: frozenset[Place]) -> tuple[LinesJob, ...]:
    if chunk.kind not in ("table", "performance"):
        return ()
    inside = range(chunk.first_line, chunk.last_line + 1)
    numbers = tuple(sorted({line for line, _ in only if line in inside}))
    return (LinesJob(document, chunk, numbers, only),) if numbers else ()


def read_needed(
    readings: Sequence[Reading], needs: Needs, door: ModelDoor, store: FormStore
) -> tuple[Reading, ...]:
    """The readings with what the model adds, in their order. Nothing is asked without a need."""
    added: dict[str, list[Reading]] = {}
    store = learn(needs.tables, door, store)
    whole = read(needs.tables, door, store)
    sheets = in_order(door, lambda job: read_sheet(job, door), needs.sheets)
    lines = in_order(door, lambda job: read_lines(job, door), needs.lines)
    for reading in (*whole, *(one for sheet in sheets for one in sheet), *lines):
        added.setdefault(reading.chunk, []).append(reading)
    return tuple(_with(reading, added.get(reading.chunk, [])) for reading in readings)


def _with(reading: Reading, added: list[Reading]) -> Reading:
    """A deterministic reading and the model's additions; an unread one is replaced by them."""
    if not added:
        return reading
    base = reading.model_copy(update={"status": "done", "reason": ""})
    return merged(reading.chunk, [base, *added])
