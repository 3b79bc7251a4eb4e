"""Claims by model: one sheet of paragraphs asked about, its claims given back to their chunks.

In: a sheet. Out: for each of its chunks a reading with the claims that stand and agree with the
words around them. `only` limits what is accepted to numerals that nothing else has explained.
"""

from collections.abc import Callable, Set
from typing import Final, NamedTuple

from pipeline.errors import (
    AnswerInvalid,
    AnswerTooLong,
    ModelError,
    ModelRefused,
    ModelUnavailable,
)
from pipeline.llm import ModelDoor
from pipeline.reading.grammar import ProseContext, read_prose
from pipeline.reading.model_answers import ClaimsAnswer
from pipeline.reading.model_asking import Question, ask_lines
from pipeline.reading.model_claims import Context, read_claims
from pipeline.reading.model_found import Found, open_only, reading_of
from pipeline.reading.model_grounding import (
    Ground,
    Occurrence,
    measured_numerals,
    prose_occurrences,
)
from pipeline.reading.model_messages import claims_request
from pipeline.reading.model_sheets import Paragraph, Sheet, halves
from pipeline.reading.model_words import Words, words_of
from schemas.documents import Chunk, Document
from schemas.readings import Reading

_MAX_SPLITS: Final = 7
Place = tuple[int, int]


class SheetJob(NamedTuple):
    """A sheet of a document, and the places whose numerals are open (None: all)."""

    document: Document
    sheet: Sheet
    only: frozenset[Place] | None = None


def read_sheet(job: SheetJob, door: ModelDoor) -> tuple[Reading, ...]:
    """A reading for every chunk of the sheet. A sheet that is too long is divided; one that the
    provider refuses is divided between its chunks, so that one passage costs only itself."""
    try:
        return _asked(job, door)
    except AnswerTooLong as error:
        return _divided(job, door, error)
    except ModelRefused as error:
        if len(job.sheet.paragraphs) > 1:
            return _divided(job, door, error)
        return _failed(job, error)
    except (AnswerInvalid, ModelUnavailable) as error:
        return _failed(job, error)


def _divided(job: SheetJob, door: ModelDoor, error: ModelError) -> tuple[Reading, ...]:
    parts = halves(job.sheet, job.document.lines) if job.sheet.splits < _MAX_SPLITS else ()
    if not parts:
        return _failed(job, error)
    return tuple(
        reading for part in parts for reading in read_sheet(job._replace(sheet=part), door)
    )


def _failed(job: SheetJob, error: ModelError) -> tuple[Reading, ...]:
    return tuple(
        Reading(chunk=chunk.id, status="failed", reason=f"claims: {error.message}")
        for chunk in _chunks(job.sheet)
    )


def _chunks(sheet: Sheet) -> tuple[Chunk, ...]:
    return tuple({one.chunk.id: one.chunk for one in sheet.paragraphs}.values())


def _asked(job: SheetJob, door: ModelDoor) -> tuple[Reading, ...]:
    document, sheet, only = job
    found = prose_occurrences([one.text for one in sheet.paragraphs])
    ground = Ground(document.lines, found)
    shown = {stretch.line for one in sheet.paragraphs for stretch in one.stretches}
    context = Context(ground, _where(sheet), _grammar_words(document, sheet), set())
    request = claims_request(document, sheet, door.settings.redact)
    prose = [one.text for one in sheet.paragraphs if one.chunk.kind == "prose"]
    expected = measured_numerals(prose) if only is None else 0

    def read(answer: ClaimsAnswer) -> Found:
        return open_only(read_claims(answer.claims, context), only)

    whole = ask_lines(door, Question(request, expected), ClaimsAnswer, read)
    return tuple(_of_chunk(whole, chunk, shown) for chunk in _chunks(sheet))


def _of_chunk(whole: Found, chunk: Chunk, shown: Set[int]) -> Reading:
    """What of a sheet's result belongs to a chunk; a problem that is about none of the lines shown
    is everyone's."""
    inside = range(chunk.first_line, chunk.last_line + 1)
    found = Found(
        claims=tuple(claim for claim in whole.claims if claim.chunk == chunk.id),
        problems=tuple(p for p in whole.problems if p.line in inside or p.line not in shown),
    )
    return reading_of(chunk.id, found)


def _where(sheet: Sheet) -> Callable[[Occurrence], Paragraph]:
    """The paragraph that an occurrence stands in."""
    by_place = {place: one for one in sheet.paragraphs for place in one.text.places}
    return lambda occurrence: by_place[occurrence.line, occurrence.start]


def _grammar_words(document: Document, sheet: Sheet) -> Callable[[Occurrence], Words | None]:
    """What the grammar reads at each place: the words' own opinion."""
    context = ProseContext(department=document.department, fiscal_year=document.fiscal_year)
    words = {
        (claim.line, claim.start): words_of(claim)
        for one in sheet.paragraphs
        for claim in read_prose(one.text, one.section, context).claims
    }
    return lambda occurrence: words.get((occurrence.line, occurrence.start))
