"""Prose by model: which occurrence, and of what; the words around it say the rest.

In: the answer of task claims. Out: claim readings whose numeral stands where the model says and
whose column, unit and sign the printed words confirm; everything else as a problem, a line each.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from pipeline.reading.model_answers import ClaimItem, ClaimsAnswer
from pipeline.reading.model_found import UNSTAMPED, Found
from pipeline.reading.model_grounding import Ground, Occurrence, words_stand
from pipeline.reading.model_words import Words, words_around
from pipeline.text import Passage, join_lines, row_label
from schemas.documents import Chunk
from schemas.readings import ClaimReading

_PARAGRAPH_LINES: Final = 12
_AFTER: Final = 16

Classifier = Callable[[Occurrence], Words | None]
"""What the grammar's words say of an occurrence; None where the grammar has no reading."""


class Context(NamedTuple):
    """Where claims are read: chunk, its numerals, the grammar's opinion, who reads."""

    chunk: Chunk
    ground: Ground
    section: str
    classify: Classifier


def read_claims(answer: ClaimsAnswer, context: Context) -> Found:
    """The claims of an answer that stand and agree with the words around them."""
    claims: list[ClaimReading] = []
    problems: list[str] = []
    for item in answer.claims:
        found = context.ground.take(item.line, item.text, item.nth)
        if found is None and context.ground.given_away(item.line, [item.text]):
            continue
        if found is None:
            problems.append(f"第{item.line}行没有（或没有第{item.nth}个）“{item.text}”")
            continue
        problem, words = _against_words(item, found, context)
        if problem:
            context.ground.give_back(found)
            problems.append(problem)
            continue
        claims.append(_claim(item, found, words, context))
    return Found(claims=tuple(claims), problems=tuple(problems))


def _against_words(item: ClaimItem, found: Occurrence, context: Context) -> tuple[str, Words]:
    """What the words say against the model's item, and what they say."""
    before, after = surroundings(found, context.chunk, context.ground.lines)
    printed = words_around(before, after)
    words = context.classify(found) or printed
    said = Words(item.column, item.unit.replace("％", "%"), item.minus)
    where = f"第{item.line}行“{item.text}”"
    units = {words.unit, printed.unit} | ({""} if words.column == "count" else set())
    if said.unit not in units:
        return f"{where}后面印的单位是“{words.unit}”，不是“{said.unit}”", words
    words = words._replace(unit=said.unit)
    if said.column != words.column:
        return f"{where}前后的字表明是 {words.column}，不是 {said.column}", words
    if said.negative != words.negative and words.column in ("change", "change_rate"):
        return f"{where}前面的字表明 minus 是 {str(words.negative).lower()}", words
    near = before[-400:] + after + context.section + context.chunk.title
    if item.subject and not words_stand(item.subject, near):
        return f"{where}前后没有“{item.subject}”这几个字", words
    return ("", words) if item.subject.strip() else (f"{where}缺 subject", words)


def _claim(item: ClaimItem, found: Occurrence, words: Words, context: Context) -> ClaimReading:
    return ClaimReading(
        section=context.section,
        row=row_label(item.subject),
        label=row_label(item.subject),
        column=words.column,
        unit=words.unit,
        printed=found.text,
        line=found.line,
        start=found.start,
        negative=words.negative,
        chunk=context.chunk.id,
        source=UNSTAMPED,
    )


def surroundings(found: Occurrence, chunk: Chunk, lines: Sequence[str]) -> tuple[str, str]:
    """The text before an occurrence, back over the paragraph's lines, and right after it."""
    first = max(chunk.first_line, found.line - _PARAGRAPH_LINES)
    joined: Passage = join_lines(lines, first, min(len(lines), found.line + 3))
    at = joined.places.index((found.line, found.start))
    end = at + len(found.text)
    return joined.text[:at], joined.text[end : end + _AFTER]
