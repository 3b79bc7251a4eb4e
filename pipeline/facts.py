"""Readings -> grounded facts.

In: what the readers say stands where. Out: facts, in document order. The rule it protects: a fact
exists only if its characters stand on its line; the number is made of those characters here and
nowhere else.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from pipeline.contents import PAGE_NUMBER
from pipeline.text import fold, parse_number, squeeze
from schemas.documents import Box, Document
from schemas.facts import Fact
from schemas.readings import ClaimReading, EvaluationReading, RowReading, ValueReading
from schemas.vocabulary import MONEY_COLUMNS, YUAN_PER_UNIT

_TABLE_MONEY = frozenset({"元", "千元", "万元", "百万元", "亿元"})


class Grounded(NamedTuple):
    """Facts, and what a reader named that does not stand there."""

    facts: tuple[Fact, ...]
    ungrounded: tuple[str, ...]


def ground(
    document: Document,
    rows: Sequence[RowReading],
    claims: Sequence[ClaimReading],
    evaluations: Sequence[EvaluationReading],
) -> Grounded:
    """All facts of a document: one a place, repeated keys numbered in document order."""
    found = [
        *(_row_fact(document, row, value) for row in rows for value in row.values if value.column),
        *(_claim_fact(document, claim) for claim in claims),
        *(_evaluation_fact(document, evaluation) for evaluation in evaluations),
    ]
    standing = [fact for fact in found if stands(document, fact.line, fact.start, fact.raw)]
    lost = (
        [f"line {f.line}: {f.raw!r}" for f in found if f not in standing]
        if len(standing) < len(found)
        else []
    )
    return Grounded(tuple(numbered(_one_a_place(standing))), tuple(lost))


def stands(document: Document, line: int, start: int, printed: str) -> bool:
    """True when the characters stand at that offset of that line, or begin there and go on where
    the next line begins: a number that the line end breaks."""
    if not 1 <= line <= len(document.lines):
        return False
    text = document.lines[line - 1]
    if text[start : start + len(printed)] == printed:
        return True
    first = text[start:].rstrip()
    if not first or not printed.startswith(first):
        return False
    return _next_line(document, line).startswith(printed[len(first) :])


def _next_line(document: Document, line: int) -> str:
    """The next printed line without its indentation, page numbers passed over; '' at the end."""
    following = (text.strip() for text in document.lines[line:])
    return next((text for text in following if text and not PAGE_NUMBER.match(fold(text))), "")


def _one_a_place(facts: Iterable[Fact]) -> list[Fact]:
    by_place: dict[tuple[int, int], Fact] = {}
    for fact in facts:
        by_place.setdefault((fact.line, fact.start), fact)
    return [by_place[place] for place in sorted(by_place)]


def numbered(facts: Iterable[Fact]) -> list[Fact]:
    """Facts with ` #2`, ` #3` on rows whose key came before."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    result = []
    for fact in facts:
        seen[fact.key] += 1
        n = seen[fact.key]
        result.append(fact if n == 1 else fact.model_copy(update={"row": f"{fact.row} #{n}"}))
    return result


def _page(document: Document, line: int) -> int | None:
    return document.pages[line - 1] if 0 < line <= len(document.pages) else None


def _box(document: Document, line: int, start: int) -> Box | None:
    """The box of a number outside of cells; of its whole line where that is all that is known."""
    if 0 < line <= len(document.numeral_boxes):
        for at, box in document.numeral_boxes[line - 1]:
            if at == start:
                return box
    return document.boxes[line - 1] if 0 < line <= len(document.boxes) else None


def _amount(value: Decimal, unit: str, column: str, is_table: bool) -> Decimal | None:
    if unit in _TABLE_MONEY and (is_table or column != "count"):
        return value * YUAN_PER_UNIT[unit]
    if unit in YUAN_PER_UNIT and column in MONEY_COLUMNS:
        return value * YUAN_PER_UNIT[unit]
    return None


def _row_fact(document: Document, row: RowReading, value: ValueReading) -> Fact:
    number = parse_number(value.printed)
    return Fact.model_validate(
        {
            "document": document.id,
            "statement": row.statement,
            "section": "",
            "row": row.row,
            "column": value.column,
            "value": number,
            "unit": value.unit,
            "raw": value.printed,
            "label": row.label,
            "line": value.line,
            "page": value.page or _page(document, value.line),
            "bbox": value.box or _box(document, value.line, value.start),
            "amount_yuan": _amount(number, value.unit, value.column, True),
            "reader": row.source.reader,
            "form": row.source.form,
            "prompt": row.source.prompt,
            "model": row.source.model,
            "call": row.source.call,
            "placed_by": value.placed_by,
            "start": value.start,
            "confidence": value.confidence,
        }
    )


def _claim_fact(document: Document, claim: ClaimReading) -> Fact:
    number = parse_number(claim.printed)
    if claim.negative:
        number = -number
    return Fact(
        document=document.id,
        statement="claim",
        section=claim.section,
        row=squeeze(claim.row),
        column=claim.column,
        value=number,
        unit=claim.unit,
        raw=claim.printed,
        label=squeeze(claim.label),
        line=claim.line,
        page=_page(document, claim.line),
        bbox=_box(document, claim.line, claim.start),
        amount_yuan=_amount(number, claim.unit, claim.column, False),
        reader=claim.source.reader,
        prompt=claim.source.prompt,
        model=claim.source.model,
        call=claim.source.call,
        start=claim.start,
    )


def _evaluation_fact(document: Document, reading: EvaluationReading) -> Fact:
    number = parse_number(reading.printed)
    return Fact(
        document=document.id,
        statement="evaluation",
        section="",
        row=squeeze(reading.row),
        column=reading.column,
        value=number,
        unit=reading.unit,
        raw=reading.printed,
        label=squeeze(reading.label),
        line=reading.line,
        page=reading.page or _page(document, reading.line),
        bbox=reading.box or _box(document, reading.line, reading.start),
        amount_yuan=_amount(number, reading.unit, reading.column, True),
        reader=reading.source.reader,
        form=reading.source.form,
        prompt=reading.source.prompt,
        model=reading.source.model,
        call=reading.source.call,
        placed_by=reading.placed_by,
        start=reading.start,
    )
