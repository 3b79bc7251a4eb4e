"""The account of every numeral: fact, excluded with a reason, unplaced, or unexplained.

In: a document, its chunks, its facts, what readers excluded. Out: one disposition a numeral. The
rule it protects: nothing is lost silently; a numeral with a money unit or % behind it is excluded
only as threshold, formula, in glossary, duties, contents and notes, or in a column that compares.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.reading.table_numerals import words_around
from pipeline.text import MONEY_UNIT, numerals
from schemas.documents import Chunk, Document
from schemas.facts import Disposition, Fact, Numeral
from schemas.readings import Exclusion, RowReading

_WHOLE_CHUNK: Final = {"glossary": "glossary", "contents": "contents", "duties": "duties"}
_MEASURED = frozenset(
    {"threshold", "formula", "glossary", "contents", "duties", "note", "repeated", "compared"}
)
_TAG_BEGUN = re.compile(r"<[a-zA-Z][^<>]{0,200}$")
_TAG_ENDED = re.compile(r"[^<>]{0,200}>")
_PERCENT = re.compile(r"\s*[%％‰]")


def account(
    document: Document,
    chunks: Sequence[Chunk],
    facts: Sequence[Fact],
    rows: Sequence[RowReading],
    exclusions: Sequence[Exclusion],
) -> tuple[Disposition, ...]:
    """One disposition for each numeral of the document, in order."""
    chunk_of = {n: c for c in chunks for n in range(c.first_line, c.last_line + 1)}
    fact_places = {(fact.line, fact.start) for fact in facts}
    unplaced = {(v.line, v.start) for row in rows for v in row.values if not v.column}
    excluded = {(e.line, e.start): e for e in exclusions}
    return tuple(
        _dispose(numeral, line, chunk_of.get(numeral.line), (fact_places, unplaced, excluded))
        for number, line in enumerate(document.lines, start=1)
        for numeral in numerals(line, number)
    )


def _dispose(
    numeral: Numeral,
    line: str,
    chunk: Chunk | None,
    known: tuple[set[tuple[int, int]], set[tuple[int, int]], Mapping[tuple[int, int], Exclusion]],
) -> Disposition:
    fact_places, unplaced, excluded = known
    place = (numeral.line, numeral.start)
    name = chunk.id if chunk else ""
    if place in fact_places:
        return Disposition(numeral=numeral, outcome="fact", chunk=name)
    reason, evidence = _reason(numeral, line, chunk, excluded.get(place))
    if reason and not (is_measured(line, numeral) and reason not in _MEASURED):
        return Disposition(
            numeral=numeral, outcome="excluded", reason=reason, evidence=evidence, chunk=name
        )
    if place in unplaced:
        return Disposition(numeral=numeral, outcome="unplaced", reason="column", chunk=name)
    return Disposition(numeral=numeral, outcome="unexplained", chunk=name)


def _in_tag(line: str, numeral: Numeral) -> bool:
    """True inside a tag of HTML (colspan="3")."""
    before, behind = line[: numeral.start], line[numeral.start + len(numeral.text) :]
    return bool(_TAG_BEGUN.search(before) and _TAG_ENDED.match(behind))


def is_measured(line: str, numeral: Numeral) -> bool:
    """True when a money unit or a per cent sign stands behind the numeral."""
    behind = line[numeral.start + len(numeral.text) :]
    return bool(MONEY_UNIT.match(behind) or _PERCENT.match(behind))


def _reason(
    numeral: Numeral, line: str, chunk: Chunk | None, exclusion: Exclusion | None
) -> tuple[str, str]:
    if exclusion is not None:
        return exclusion.reason, exclusion.evidence
    if _in_tag(line, numeral):
        return "markup", line.strip()[:80]
    if chunk is None:
        return "page_number", line.strip()[:80]
    if chunk.kind in _WHOLE_CHUNK:
        return _WHOLE_CHUNK[chunk.kind], chunk.section or chunk.kind
    return words_around(line, numeral.start, numeral.text), line.strip()[:80]
