"""Indicator rows: name, comparator, target, unit, actual, weight, score, deviation.

In: a body row and the header in force. Out: the indicator's name, its entries and its points
(weights and scores, settled later by the totals). The rule it protects: a cell is read by its
kind and its order under the header, so a row that slid keeps its meaning.
"""

import re
from typing import NamedTuple

from pipeline.reading.performance_align import align
from pipeline.reading.performance_cells import Piece, Row, kind_of, split_numbers
from pipeline.reading.performance_header import Column, Header, Role, role_of
from pipeline.reading.performance_scores import Point, Scored
from pipeline.reading.performance_values import Amount, Entry, amounts
from pipeline.text import fold, row_label, squeeze
from schemas.vocabulary import EvaluationColumn

_TOTAL = re.compile(
    r"(?:绩效|自评|指标|评价|综合)?(?:总分|合计|总计|得分合计|总得分|合计得分|分值合计|自评总分)(?:\([^()]*\))?:?"
)
_GROUP = re.compile(r"(.+?)[（(]\s*(\d+(?:\.\d+)?)\s*(分|%|％)?\s*[)）][:：]?")
_SELF_SCORE = re.compile(
    r"(?:自评|自我评价|评价|综合)(?:总|综合)?(?:得分|分值?)[为是:：]*\s*(\d+(?:\.\d+)?)\s*分?"
)
_ENUMERATED = re.compile(r"[一二三四五六七八九十]、[一二三四五六七八九十]")
_NUMBERED = re.compile(r"^(?:三级)?指标\s*\d{1,2}\s*[:：、.．]\s*")
_NAMED_UNIT = re.compile(r"[（(](?:单位[:：]?)?([^（）()]{1,5})[)）]$")
_NAMES: tuple[Role, ...] = ("name", "level", "side", "text")


class Indicator(NamedTuple):
    """What a row says: entries of targets and actuals, and its points."""

    name: Piece
    entries: tuple[Entry, ...]
    scored: Scored


def is_total(row: Row) -> bool:
    """True for the 总分 or 合计 row of the indicators."""
    words = [piece for piece in row if piece.kind not in ("number", "dash", "value")]
    return bool(words) and any(_TOTAL.fullmatch(fold(p.text)) for p in words[:2])


def total_row(row: Row, header: Header) -> Scored:
    """The points of the total row, label as printed."""
    label = next(p.text for p in row if _TOTAL.fullmatch(fold(p.text)))
    values = tuple(p for piece in row for p in split_numbers(piece) if p.kind == "number")
    columns = with_score(header).of("weight", "score")
    placed = align(values, columns)
    return Scored("总分", label, _points(values, placed))


def group_weight(piece: Piece) -> Entry | None:
    """`产出指标（50分）`, `预算执行情况（10分）`: the weight of a group."""
    match = _GROUP.fullmatch(piece.text)
    if not match or not piece.numerals or role_of(match.group(1)) in ("weight", "score"):
        return None
    if not match.group(3) and not re.search(
        r"指标|情况|执行率?$|过程|产出|效[益果]|决策|投入|管理$", match.group(1)
    ):
        return None
    numeral = piece.numerals[-1]
    if squeeze(numeral.text) != match.group(2):
        return None
    return Entry(row_label(match.group(1)), piece.text, "weight", "分", numeral, piece)


def self_score(piece: Piece) -> Entry | None:
    """`自评得分98分` of the conclusion."""
    match = _SELF_SCORE.search(piece.text)
    if not match:
        return None
    numeral = next((n for n in piece.numerals if n.text == match.group(1)), None)
    return Entry("自评得分", "自评得分", "score", "分", numeral, piece) if numeral else None


def with_score(header: Header) -> Header:
    """The header with the 得分 column that the text lost: a form that prints what was achieved
    beside weights has scores."""
    if header.has("score") or not header.has("weight") or not header.has("actual"):
        return header
    weight = header.of("weight")[-1]
    lost = Column(weight.at + 1, "score", "")
    columns = sorted([*header.columns, lost], key=lambda c: (c.at, c.role == "note"))
    return header._replace(columns=tuple(columns))


def read_indicator(row: Row, header: Header, *, loose: bool = False) -> Indicator | None:
    """An indicator row, None when it names none or prints no value."""
    header = with_score(header)
    pieces = tuple(p for piece in row for p in split_numbers(piece))
    placed = align(pieces, header.columns, loose=loose)
    name = first_words(row) if header.kind == "items" else _name(pieces, placed)
    if name is None or not any(p.numerals for p in pieces if p is not name):
        return None
    row_name = indicator_label(name.text)
    by_role = [(c.role, p) for p, c in zip(pieces, placed, strict=True) if c]
    last = header.of("weight")[-1:]
    groups = _level_weights(pieces, placed, last)
    points = _points(
        pieces, tuple(c if c is None or c.role != "weight" or c in last else None for c in placed)
    )
    entries = (*_values(row_name, by_role, _unit_in_name(name)), *groups)
    return Indicator(name, entries, Scored(row_name, name.text, points))


def _level_weights(
    pieces: Row, placed: tuple[Column | None, ...], last: tuple[Column, ...]
) -> tuple[Entry, ...]:
    """Weights of the levels where each level has a column 分值 of its own (投入 15 目标设定 8)."""
    found: list[Entry] = []
    group: Piece | None = None
    for piece, column in zip(pieces, placed, strict=True):
        if column is not None and column.role in ("level", "name"):
            group = piece
            continue
        upper = column is not None and column.role == "weight" and column not in last
        if upper and group is not None and len(piece.numerals) == 1:
            words = indicator_label(group.text)
            found.append(Entry(words, group.text, "weight", "分", piece.numerals[0], piece))
    return tuple(found)


def _unit_in_name(name: Piece) -> str:
    """The unit that an indicator's name states in brackets: 满意率（%）."""
    match = _NAMED_UNIT.search(name.text)
    return match.group(1) if match and kind_of(match.group(1)) == "unit" else ""


def first_words(row: Row) -> Piece | None:
    """The first words of a row: the name of an item scored outside the indicators."""
    return next((p for p in row if p.kind == "text" and not p.numerals), None)


def indicator_label(text: str) -> str:
    """The row of an indicator: no ordinal, but 二、三级医院 keeps its 二; no （20分）.

    >>> indicator_label("1.培训人次（20分）"), indicator_label("二、三级医院数")
    ('培训人次', '二、三级医院数')
    """
    words = squeeze(text)
    match = _GROUP.fullmatch(words)
    words = match.group(1) if match and match.group(3) == "分" else words
    words = _NUMBERED.sub("", words) or words
    return words if _ENUMERATED.match(words) else row_label(words)


def _name(pieces: Row, placed: tuple[Column | None, ...]) -> Piece | None:
    """The last name printed before the values: 三级指标, else the level above."""
    names = [p for p, c in zip(pieces, placed, strict=True) if c and c.role in _NAMES]
    named = [p for p, c in zip(pieces, placed, strict=True) if c and c.role in ("name", "level")]
    if named:
        return named[-1]
    return names[0] if names else next((p for p in pieces if p.kind == "text"), None)


def _values(row: str, by_role: list[tuple[Role, Piece]], named: str) -> tuple[Entry, ...]:
    """Entries of targets (some forms have one for the half-year too), actual and deviation."""
    unit = next(
        (re.sub(r"^[（(](.*)[）)]$", r"\1", p.text) for r, p in by_role if r == "unit"), named
    )
    found: list[Entry] = []
    units: list[str] = []
    for role, piece in by_role:
        if role == "target":
            printed = amounts(piece)
            units = [a.unit or unit for a in printed] or units
            found += _cell(row, "target", (piece, printed), [unit])
        elif role == "actual":
            found += _cell(row, "actual", (piece, amounts(piece)), units or [unit])
        elif role == "deviation":
            found += _deviation(row, piece)
    return tuple(found)


def _deviation(row: str, piece: Piece) -> list[Entry]:
    return [Entry(row, row, "deviation", "%", n, piece) for n in piece.numerals[:1]]


def _cell(
    row: str, column: EvaluationColumn, cell: tuple[Piece, tuple[Amount, ...]], units: list[str]
) -> list[Entry]:
    """The amounts of a cell; without a printed unit the unit column's, or the target's."""
    piece, found = cell
    several = len(found) > 1
    return [
        Entry(
            row,
            amount.words if several and amount.words else row,
            column,
            amount.unit or units[min(i, len(units) - 1)],
            amount.numeral,
            piece,
        )
        for i, amount in enumerate(found)
    ]


def _points(pieces: Row, placed: tuple[Column | None, ...]) -> tuple[Point, ...]:
    found = []
    for piece, column in zip(pieces, placed, strict=True):
        if column is None or len(piece.numerals) != 1:
            continue
        if column.role == "weight":
            found.append(Point(piece.numerals[0], piece, "weight"))
        elif column.role == "score":
            found.append(Point(piece.numerals[0], piece, "score"))
    return tuple(found)
