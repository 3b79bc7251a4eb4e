"""The text cells of a performance form, and the account of the numerals left over.

In: segments and the numerals already explained. Out: claims by the grammar of the prose, and
exclusions. The rule it protects: a numeral is excluded only for words printed around it.
"""

import re
from typing import NamedTuple

from pipeline.reading.grammar import ProseContext, ProseReading, read_prose
from pipeline.reading.performance_beside import cells_beside
from pipeline.reading.performance_cells import Piece, Row, joined
from pipeline.reading.performance_header import SCORING, role_of
from pipeline.reading.performance_segments import Segment
from pipeline.reading.performance_values import around, excluded, exclusion
from pipeline.text import squeeze
from schemas.documents import Document
from schemas.facts import Numeral
from schemas.readings import ClaimReading, Exclusion

_FORM_NUMBER = re.compile(r"(?:公开|附件?)?表?[\d一二三四五六七八九十]{1,3}(?:-\d+)?表?")
_NAME_LENGTH = 45
_FOOT = re.compile(r"[-—–－~]+\d{1,4}[-—–－~]+|第\d+页(?:[,，/]?共\d+页)?")


class Place(NamedTuple):
    """Where a text stands: the chunk, its title (the claims' section), the body, the year."""

    chunk: str
    section: str
    document: Document
    known: frozenset[tuple[int, int]]


class Texts(NamedTuple):
    """Claims of text cells, and numerals set aside."""

    claims: tuple[ClaimReading, ...]
    exclusions: tuple[Exclusion, ...]


def read_texts(segments: tuple[Segment, ...], place: Place) -> Texts:
    """Every piece whose numerals are not yet explained, in document order."""
    claims: list[ClaimReading] = []
    exclusions: list[Exclusion] = []
    for segment in segments:
        if segment.kind == "open":
            continue
        rules = (
            {c.at for c in segment.header.columns if SCORING.search(c.words)}
            if segment.header
            else set()
        )
        for piece, subject in _texts(segment):
            if piece.column in rules and piece.kind == "text":
                exclusions += [
                    exclusion(n, "formula", piece.text)
                    for n in piece.numerals
                    if (n.line, n.start) not in place.known
                ]
                continue
            open_ones = [n for n in piece.numerals if (n.line, n.start) not in place.known]
            if open_ones:
                found = _read(piece, subject, place, segment.kind == "head")
                wanted = {(n.line, n.start) for n in open_ones}
                claims += [c for c in found.claims if (c.line, c.start) in wanted]
                exclusions += [e for e in found.exclusions if (e.line, e.start) in wanted]
    return Texts(tuple(claims), tuple(exclusions))


def _texts(segment: Segment) -> list[tuple[Piece, str]]:
    """Pieces with the subject of each; loose text is joined block by block."""
    if segment.kind == "text" and segment.rows and segment.rows[0][0].block:
        pieces = tuple(p for row in segment.rows for p in row)
        return [(joined(run), "") for run in cells_beside(pieces) or _runs(pieces)]
    return [(piece, _subject(row, piece)) for row in segment.rows for piece in row]


def _runs(pieces: Row) -> list[Row]:
    """Pieces of neighbouring lines of one block together."""
    runs: list[Row] = []
    for piece in pieces:
        last = runs[-1][-1] if runs else None
        follows = last is not None and last.block == piece.block and piece.line - last.line <= 1
        if follows and not _is_title(runs[-1]) and not _is_title((piece,)):
            runs[-1] = (*runs[-1], piece)
        else:
            runs.append((piece,))
    return runs


def _is_title(run: Row) -> bool:
    """The head of a text cell or of the form, alone on its line: 当年绩效目标, 表12."""
    text = run[0].text
    return len(run) == 1 and (
        role_of(text) in ("text", "actual") or bool(_FORM_NUMBER.fullmatch(text))
    )


def _subject(row: Row, piece: Piece) -> str:
    """The name of the row: its first short words without numerals, or those before the cell."""
    for other in row:
        if other is not piece and other.kind == "text" and not other.numerals:
            words = squeeze(other.text)
            if len(words) <= _NAME_LENGTH:
                return words
    return ""


def _read(piece: Piece, subject: str, place: Place, head: bool) -> ProseReading:
    aside = excluded(piece)
    if _FOOT.fullmatch(squeeze(place.document.lines[piece.line - 1])):
        return ProseReading(
            (), tuple(exclusion(n, "page_number", piece.text) for n in piece.numerals)
        )
    own = tuple(exclusion(n, reason, around(piece.passage, n)) for n, reason in aside.items())
    if head or piece.kind in ("date", "number", "value", "sign", "dash"):
        return ProseReading((), own)
    context = ProseContext(subject, place.document.department, place.document.fiscal_year)
    read = read_prose(piece.passage, place.section, context, place.chunk)
    sure = {(e.line, e.start) for e in own if e.reason in ("date", "code", "formula", "threshold")}
    claims = tuple(c for c in read.claims if (c.line, c.start) not in sure)
    told = {(c.line, c.start) for c in claims} | {(e.line, e.start) for e in read.exclusions}
    rest = tuple(e for e in own if (e.line, e.start) not in told)
    return ProseReading(claims, (*read.exclusions, *rest))


def title_exclusions(numerals: tuple[Numeral, ...], line: str) -> tuple[Exclusion, ...]:
    """The year of a title line (部门预算项目支出绩效自评表（2024年度）)."""
    return tuple(exclusion(n, "year", squeeze(line)) for n in numerals)
