"""Prose by model: which occurrence, and of what; the words around it say the rest.

In: the answer of task claims. Out: claim readings whose numeral stands where the model says and
whose column, unit and sign the printed words confirm; everything else as a problem, a line each.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from pipeline.reading.model_answers import ClaimItem
from pipeline.reading.model_found import UNSTAMPED, Found, Problem
from pipeline.reading.model_grounding import Ground, Occurrence, words_stand
from pipeline.reading.model_sheets import Paragraph
from pipeline.reading.model_words import Words, words_around
from pipeline.text import Passage, row_label, squeeze
from schemas.readings import ClaimReading

_AFTER: Final = 24

Classifier = Callable[[Occurrence], Words | None]
"""What the grammar's words say of an occurrence; None where the grammar has no reading."""


class Context(NamedTuple):
    """Where claims are read: the numerals, the paragraph each stands in, the grammar's opinion,
    and the items accepted so far."""

    ground: Ground
    paragraph: Callable[[Occurrence], Paragraph]
    classify: Classifier
    accepted: set[ClaimItem]


def read_claims(items: Sequence[ClaimItem], context: Context) -> Found:
    """The claims of an answer that stand and agree with the words around them."""
    claims: list[ClaimReading] = []
    problems: list[Problem] = []
    for item in items:
        claim, problem = _read_item(item, context)
        if claim is not None:
            claims.append(claim)
        elif problem:
            problems.append(Problem(item.line, problem))
    return Found(claims=tuple(claims), problems=tuple(problems))


def _read_item(item: ClaimItem, context: Context) -> tuple[ClaimReading | None, str]:
    """The claim of an item, or what is wrong with it (nothing for what was accepted before)."""
    if item in context.accepted:
        return None, ""  # a re-ask may repeat what was taken already
    first = ""
    for found in context.ground.candidates(item.line, item.text, item.nth):
        paragraph = context.paragraph(found)
        problem, words = _against_words(item, found, paragraph, context.classify)
        if not problem:
            context.ground.take(found)
            context.accepted.add(item)
            return _claim(item, found, words, paragraph), ""
        first = first or problem
    if first or context.ground.given_away(item.line, [item.text]):
        return None, first
    return None, f"第{item.line}行没有（或没有第{item.nth}个）“{item.text}”"


def _against_words(
    item: ClaimItem, found: Occurrence, paragraph: Paragraph, classify: Classifier
) -> tuple[str, Words]:
    """What the words say against the model's item, and what they say."""
    before, after = surroundings(found, paragraph.text)
    printed = words_around(before, after)
    words = classify(found) or printed
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
    subject = squeeze(item.subject)
    near = before + after + paragraph.section + paragraph.name
    if not words_stand(subject, near) and subject not in squeeze(paragraph.around):
        return f"{where}前后没有“{item.subject}”这几个字", words
    return ("", words) if subject else (f"{where}缺 subject", words)


def _claim(item: ClaimItem, found: Occurrence, words: Words, paragraph: Paragraph) -> ClaimReading:
    return ClaimReading(
        section=paragraph.section,
        row=row_label(item.subject),
        label=row_label(item.subject),
        column=words.column,
        unit=words.unit,
        printed=found.text,
        line=found.line,
        start=found.start,
        negative=words.negative,
        chunk=paragraph.chunk.id,
        source=UNSTAMPED,
    )


def surroundings(found: Occurrence, text: Passage) -> tuple[str, str]:
    """The paragraph before an occurrence, and the text after it."""
    at = text.places.index((found.line, found.start))
    end = at + len(found.text)
    return text.text[:at], text.text[end : end + _AFTER]
