"""Chunks read line by line by a model: prose, performance forms, tables whose grid is lost.

In: a chunk. Out: its reading. An answer that does not fit the model's length limit is never asked
for again: the chunk is split between two lines and each half is asked for itself.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeVar

from pydantic import BaseModel

from pipeline.errors import (
    AnswerInvalid,
    AnswerTooLong,
    ModelError,
    ModelRefused,
    ModelUnavailable,
)
from pipeline.llm import ModelDoor
from pipeline.llm_calls import Request
from pipeline.reading.grammar import ProseContext, paragraphs, read_prose
from pipeline.reading.model_answers import ClaimsAnswer, PerformanceAnswer, RowsAnswer
from pipeline.reading.model_claims import Context, read_claims
from pipeline.reading.model_found import Found, len_found, shown, stamp
from pipeline.reading.model_grounding import (
    Ground,
    Occurrence,
    cell_passage,
    decimal_numerals,
    line_occurrences,
    measured_numerals,
    number_cells,
    prose_occurrences,
    sentence_cells,
)
from pipeline.reading.model_messages import cells_request, lines_request
from pipeline.reading.model_performance import read_performance
from pipeline.reading.model_rows import read_rows
from pipeline.reading.model_words import Words, words_of
from pipeline.text import Passage
from schemas.documents import Chunk, Document
from schemas.readings import Provenance, Reading

_CHUNK_ERRORS = (AnswerInvalid, ModelRefused, ModelUnavailable)
_MAX_SPLITS: Final = 5
_AGAIN: Final = "以下各条不能接受，只重答这些："
A = TypeVar("A", bound=BaseModel)


class Question(NamedTuple):
    """A request and how many numerals stand there: with some, an empty answer is no answer."""

    request: Request
    expected: int


class Part(NamedTuple):
    """A stretch of a chunk that one request is about, and how often it was split already."""

    document: Document
    chunk: Chunk
    door: ModelDoor
    splits: int = 0


def read_lines(document: Document, chunk: Chunk, door: ModelDoor) -> Reading:
    """The reading of a chunk by its kind: claims, rows or performance."""
    part = Part(document, chunk, door)
    if chunk.kind == "prose":
        return _read(part, _claims)
    if chunk.kind == "table":
        return _read(part, _rows)
    return _numbers_first(merged(chunk, [_read(part, _performance), _read(part, _cell_claims)]))


def _numbers_first(reading: Reading) -> Reading:
    """A numeral that is a cell's number is no claim as well."""
    taken = {(item.line, item.start) for item in reading.evaluations}
    claims = tuple(c for c in reading.claims if (c.line, c.start) not in taken)
    return reading.model_copy(update={"claims": claims})


def merged(chunk: Chunk, readings: list[Reading]) -> Reading:
    """Readings of parts as the reading of their chunk: the worst status, all reasons."""
    bad = [reading for reading in readings if reading.status != "done"]
    failed = len(bad) == len(readings) and all(reading.status == "failed" for reading in bad)
    return Reading(
        chunk=chunk.id,
        rows=tuple(row for reading in readings for row in reading.rows),
        claims=tuple(claim for reading in readings for claim in reading.claims),
        evaluations=tuple(item for reading in readings for item in reading.evaluations),
        status="done" if not bad else "failed" if failed else "partial",
        reason="; ".join(dict.fromkeys(reading.reason for reading in bad)),
    )


def _read(part: Part, task: Callable[[Part], Reading]) -> Reading:
    """Do a task on a part; split it where the answer or the request is too long."""
    chunk = part.chunk
    try:
        return task(part)
    except AnswerTooLong as error:
        halves = _halves(part)
        if not halves:
            return _failed(chunk, error)
        return merged(chunk, [_read(half, task) for half in halves])
    except _CHUNK_ERRORS as error:
        return _failed(chunk, error)


def _failed(chunk: Chunk, error: ModelError) -> Reading:
    return Reading(chunk=chunk.id, status="failed", reason=error.message)


def _halves(part: Part) -> tuple[Part, ...]:
    """Two parts of nearly equal length, divided between lines; none when there is too little."""
    chunk = part.chunk
    lengths = [len(part.document.lines[n - 1].strip()) for n in _line_numbers(chunk)]
    printed = sum(1 for length in lengths if length)
    if printed < 2 or part.splits >= _MAX_SPLITS:
        return ()
    half, total = sum(lengths) / 2, 0.0
    for last, length in zip(_line_numbers(chunk), lengths, strict=True):
        total += length
        if total >= half or last == chunk.last_line - 1:
            break
    last = min(last, chunk.last_line - 1)
    first_half = chunk.model_copy(update={"last_line": last})
    second_half = chunk.model_copy(update={"first_line": last + 1})
    return tuple(
        part._replace(chunk=piece, splits=part.splits + 1) for piece in (first_half, second_half)
    )


def _line_numbers(chunk: Chunk) -> range:
    return range(chunk.first_line, chunk.last_line + 1)


def _claims(part: Part) -> Reading:
    document, chunk, door, _ = part
    texts = paragraphs(document, chunk)
    ground = Ground(document.lines, prose_occurrences(texts))
    words = grammar_words(document, chunk, texts)
    context = Context(chunk, ground, chunk.section, words)
    request = lines_request("claims", document, chunk, door.settings.redact)
    question = Question(request, measured_numerals(document.lines, ground))
    return _asked(part, question, ClaimsAnswer, lambda answer: read_claims(answer, context))


def _rows(part: Part) -> Reading:
    document, chunk, door, _ = part
    ground = _line_ground(document, chunk)
    request = lines_request("rows", document, chunk, door.settings.redact)
    question = Question(request, decimal_numerals(ground))
    return _asked(part, question, RowsAnswer, lambda answer: read_rows(answer, chunk, ground))


def _performance(part: Part) -> Reading:
    document, chunk, door, _ = part
    ground = _line_ground(document, chunk)
    request = lines_request("performance", document, chunk, door.settings.redact)
    question = Question(request, number_cells(document.lines, chunk))
    return _asked(
        part, question, PerformanceAnswer, lambda answer: read_performance(answer, chunk, ground)
    )


def _cell_claims(part: Part) -> Reading:
    """Claims in the sentences of a performance form's text cells; their section is its title."""
    document, chunk, door, _ = part
    cells = sentence_cells(document.lines, chunk)
    texts = [cell_passage(document.lines, cell) for cell in cells]
    ground = Ground(document.lines, prose_occurrences(texts))
    if not ground.all:
        return Reading(chunk=chunk.id)
    words = grammar_words(document, chunk, texts)
    context = Context(chunk, ground, chunk.title or chunk.section, words)
    request = cells_request(document, chunk, cells, door.settings.redact)
    question = Question(request, 0)
    return _asked(part, question, ClaimsAnswer, lambda answer: read_claims(answer, context))


def _line_ground(document: Document, chunk: Chunk) -> Ground:
    lines = document.lines
    return Ground(lines, line_occurrences(lines, chunk.first_line, chunk.last_line))


def grammar_words(
    document: Document, chunk: Chunk, passages: Sequence[Passage]
) -> Callable[[Occurrence], Words | None]:
    """What the grammar reads at each place of the passages: the words' own opinion."""
    context = ProseContext(department=document.department, fiscal_year=document.fiscal_year)
    words = {
        (claim.line, claim.start): words_of(claim)
        for text in passages
        for claim in read_prose(text, chunk.section, context).claims
    }
    return lambda occurrence: words.get((occurrence.line, occurrence.start))


def _asked(
    part: Part, question: Question, answer_model: type[A], read: Callable[[A], Found]
) -> Reading:
    """Ask, read each answer, send back what was not accepted, and put together what was."""
    accepted: list[Found] = []

    def judge(answer: A) -> str:
        found = read(answer)
        if question.expected and not found.problems and not any(map(len_found, [*accepted, found])):
            found = found._replace(
                problems=(f"这一段印有 {question.expected} 个数字，答案不应为空",)
            )
        accepted.append(found)
        return f"{_AGAIN}{shown(found.problems)}" if found.problems else ""

    door = part.door
    answer = door.ask(question.request, answer_model, judge)
    stamped = [
        stamp(found, _source(question.request, door, call))
        for found, call in zip(accepted, answer.calls, strict=True)
    ]
    dropped = answer.reason.removeprefix(_AGAIN)
    return Reading(
        chunk=part.chunk.id,
        rows=tuple(row for found in stamped for row in found.rows),
        claims=tuple(claim for found in stamped for claim in found.claims),
        evaluations=tuple(item for found in stamped for item in found.evaluations),
        status="partial" if dropped else "done",
        reason=f"not accepted: {dropped}" if dropped else "",
    )


def _source(request: Request, door: ModelDoor, call: str) -> Provenance:
    return Provenance(reader="model", prompt=request.prompt, model=door.settings.model, call=call)
