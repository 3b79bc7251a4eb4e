"""The numbers of one indicator cell (target, actual): value, unit, or a date that is none.

In: a piece. Out: its amounts with units, and the numerals that are dates, ordinals or constants.
The rule it protects: the unit is printed right after the number, or nowhere in the cell.
"""

import re
from typing import NamedTuple

from pipeline.reading.performance_cells import DATE, MEASURE, Piece, plain
from pipeline.text import Passage, squeeze
from schemas.facts import ExclusionReason, Numeral
from schemas.readings import Exclusion
from schemas.vocabulary import EvaluationColumn


class Entry(NamedTuple):
    """A number of the form: row below the form's name (`资金:总额`, `培训次数`), column, unit."""

    row: str
    label: str
    column: EvaluationColumn
    unit: str
    numeral: Numeral
    piece: Piece


class Amount(NamedTuple):
    """A number of a cell: its numeral, printed unit, and the words before it in the cell."""

    numeral: Numeral
    unit: str
    words: str


# =100.00(%), 985（米）
_ENCLOSED = re.compile(r"^[（(]([^（()）]{1,4})[)）]")
_SUFFIX = re.compile(
    r"(?:[（(]?含[）)]?|及?以[上下内]|之[内间]|内|左右|一次|每次|前|完成|不等|[。；;，,、）)$”]|\s)+$"
)
_COMPARATOR = re.compile(
    r"(?:[≥≤＞＜><=≧≦≠＝约±:：，,、;；。\s$]|不[少低高多超]于?过?|大于|小于|等于|达到?|超过|控制在|\\[a-z]+)+$"
)
_CODE = re.compile(
    r"[A-Za-z]*\d{8,}[A-Za-z\d]*|\d{6,}[A-Za-z][A-Za-z\d]*|[〔\[【（(]\d{4}[〕\]】）)]\s*\d*\s*号?"
)
_ORDINAL = re.compile(
    r"(?:^|[\s。；;：:，,、！!？?）)（(])(?:目标|任务|指标)?\s*(\d{1,2})\s*(?:[、．)）]|[.](?!\d)|(?<=\d)(?=[:：]))"
    r"|(?:目标|任务|指标|附件|附表|表|第)\s*(\d{1,3})(?!\s*[%％万亿元人次个户家])|^[（(]\s*(\d{1,2})\s*[)）]"
)
_FORMULA = re.compile(
    r"[×*xX]\s*(?:\$?\\times\s*)?(\d+(?:\.\d+)?)\s*\\?[%％]?|\\times\s*(\d+)|(\d+)\s*分?\s*[×*]\s*"
)
_THRESHOLD = re.compile(
    r"(?:未达到?|低于|高于|超过|大于|小于|不足)\s*(\d+(?:\.\d+)?)\s*[%％](?=\s*的?\s*(?:需|应|须|原因|说明))"
)


def amounts(piece: Piece) -> tuple[Amount, ...]:
    """The amounts of a cell in printed order; dates and ordinals are left out.

    `≥850人` → 850 人; `15 天之内` → 15 天; `每2月一次` → 2 月; `2024年12月底前` → none.
    """
    taken = excluded(piece)
    found: list[Amount] = []
    before = 0
    text = piece.passage.text
    for numeral, first in _located(piece):
        last = first + len(numeral.text)
        if numeral not in taken:
            if (
                found
                and not found[-1].unit
                and re.fullmatch(r"\s*[-–—~～至]\s*", text[before:first])
            ):
                found[-1] = found[-1]._replace(unit=unit_after(text[last:]))
            words = _COMPARATOR.sub("", squeeze(text[before:first])).lstrip("%％、，,；;。")
            found.append(Amount(numeral, unit_after(text[last:]), words))
            before = last
    return tuple(found)


def _located(piece: Piece) -> list[tuple[Numeral, int]]:
    offsets = {place: i for i, place in reversed(list(enumerate(piece.passage.places)))}
    return [(n, offsets[(n.line, n.start)]) for n in piece.numerals]


def unit_after(rest: str) -> str:
    """The measure printed right after a number: `%`, `人/年`, `天`; empty when none is.

    >>> [unit_after(t) for t in ("人/年", " 天之内", "\\\\%$", "个村的道路", "", "（含）人以上", "(%)")]
    ['人/年', '天', '%', '个', '', '人', '%']
    """
    bare = plain(re.sub(r"^\s*[（(]?含[）)]?", "", rest)).replace("％", "%")
    enclosed = _ENCLOSED.match(bare)
    if enclosed and (enclosed[1] == "%" or MEASURE.fullmatch(enclosed[1])):
        return enclosed[1]
    if bare.startswith("个百分点"):
        return "个百分点"
    match = MEASURE.match(bare)
    if match and not (match.group() in ("年", "月", "日") and re.match(r".\d", bare)):
        return match.group()
    bare = _SUFFIX.sub("", re.split(r"[\d，,；;。、≥≤]", bare)[0])
    return bare if 0 < len(bare) <= 3 and re.fullmatch(r"[\u4e00-\u9fff]+", bare) else ""


def excluded(piece: Piece) -> dict[Numeral, ExclusionReason]:
    """Numerals of a piece that are no amount, by the words around them."""
    text = piece.passage.text
    found: dict[Numeral, ExclusionReason] = {}
    for pattern, reason in _REASONS:
        for match in pattern.finditer(text):
            for numeral, first in _located(piece):
                if _covers(match, first) and numeral not in found:
                    found[numeral] = reason
    return found


def _covers(match: re.Match[str], offset: int) -> bool:
    groups = [i for i in range(1, (match.re.groups or 0) + 1) if match.group(i) is not None]
    return any(match.start(g) <= offset < match.end(g) for g in (groups or [0]))


_REASONS: tuple[tuple[re.Pattern[str], ExclusionReason], ...] = (
    (_CODE, "code"),
    (DATE, "date"),
    (_FORMULA, "formula"),
    (_ORDINAL, "ordinal"),
    (_THRESHOLD, "threshold"),
)


def exclusion(numeral: Numeral, reason: ExclusionReason, evidence: str) -> Exclusion:
    """A numeral set aside, with the words that show why (at most 40 characters)."""
    return Exclusion(
        line=numeral.line,
        start=numeral.start,
        printed=numeral.text,
        reason=reason,
        evidence=evidence[:40],
    )


def around(passage: Passage, numeral: Numeral, width: int = 12) -> str:
    """The printed words around a numeral of a passage."""
    where = (numeral.line, numeral.start)
    if where not in passage.places:
        return numeral.text
    i = passage.places.index(where)
    return squeeze(passage.text[max(0, i - width) : i + len(numeral.text) + width])
