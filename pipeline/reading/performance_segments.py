"""A performance form cut into its parts: names, money, indicators, text.

In: rows of pieces. Out: segments, each with the header in force. The rule it protects: a part ends
where the form prints the next header, name or total; nothing is dropped between.
"""

import re
from typing import Literal, NamedTuple

from pipeline.reading.performance_cells import Piece, Row
from pipeline.reading.performance_header import (
    Column,
    Header,
    is_fund,
    read_header,
    role_of,
    with_funds,
)
from pipeline.text import fold

SegmentKind = Literal["head", "name", "money", "indicators", "items", "summary", "text", "open"]

_STRONG = re.compile(r"(?:一级|二级|子)?项目(?:支出)?名称[:：]?|专项(?:资金)?名称[:：]?")
_PLAIN = re.compile(
    r"(?:预算)?(?:部门|单位)(?:[（(](?:单位|部门|盖章|公章)[)）])*名称(?:[（(](?:盖章|公章|部门|单位)[)）])?[:：]?|部门单位名称[:：]?"
)
_WEAK = re.compile(r"(?:填报|申报|预算|编制)?(?:部门|单位)(?:[（(](?:单位|盖章|公章)[)）])*[:：]")
_ABOVE = frozenset({"project", "code", "money", "initial_budget", "fund"})
_CONTENT = re.compile(r"(?:指标)?(?:内容|数值|值)")
_OVER = frozenset({"nature", "target", "unit", "actual", "weight", "score", "deviation", "note"})
_NOT_A_NAME = re.compile(r"(?:万元|元|千元|亿元)")


class Segment(NamedTuple):
    """Rows of one part of the form under one header (none for names and text).

    `open`: rows whose cells cannot be told apart; they are left unexplained."""

    kind: SegmentKind
    header: Header | None
    rows: tuple[Row, ...]


class FormName(NamedTuple):
    """The name that a row gives the form, how strongly, and the pieces that print it."""

    text: str
    rank: int
    pieces: Row


def is_name_label(text: str) -> bool:
    """True for 项目名称, 部门（单位）名称 … standing alone."""
    return bool(_STRONG.fullmatch(text) or _PLAIN.fullmatch(text))


def form_name(row: Row) -> FormName | None:
    """The name in a row `项目名称 X`, `单位名称 A 项目名称 B` or `部门：X`; 项目名称 is strongest."""
    found = [name for i in range(len(row)) if (name := _name_at(row, i)) is not None]
    return max(found, key=lambda name: name.rank, default=None)


def _name_at(row: Row, i: int) -> FormName | None:
    for rank, pattern in ((3, _STRONG), (2, _PLAIN), (1, _WEAK)):
        match = pattern.match(row[i].text)
        if not match:
            continue
        rest = row[i].text[match.end() :]
        if rest and (rank == 1 or row[i].text[match.end() - 1] in ":："):
            return None if _NOT_A_NAME.fullmatch(rest) else FormName(rest, rank, (row[i],))
        if rest:
            continue
        pieces = _value(row, i)
        if pieces and (rank > 1 or len(row) <= 4):
            return FormName("".join(p.text for p in pieces), rank, pieces)
    return None


def _value(row: Row, i: int) -> Row:
    """The pieces right of a label: the next cell; in loose text the rest of the line."""
    rest = row[i + 1 :]
    if not rest:
        return ()
    if not rest[0].block:
        return () if role_of(rest[0].text) else rest[:1]
    taken: list[Piece] = []
    for piece in rest:
        if is_name_label(piece.text) or re.fullmatch(
            r"(?:(?:业务|项目)?主管(?:部门|单位)|(?:项目)?实施单位|项目(?:编码|代码|类型|类别|属性|负责人)|负责人|联系人|联系电话).*",
            piece.text,
        ):
            break
        taken.append(piece)
    return tuple(taken)


def grid_segments(rows: tuple[Row, ...]) -> tuple[Segment, ...]:
    """The segments of a form that still has its cells."""
    segments: list[Segment] = []
    header: Header | None = None
    for i, row in enumerate(rows):
        fresh = read_header(row)
        if fresh is not None:
            header = _with_rows_above(fresh, rows[max(0, i - 2) : i])
            segments += [Segment("head", None, (row,)), Segment(header.kind, header, ())]
        elif header is not None and not segments[-1].rows and (finer := _finer(header, row)):
            header = finer
            segments[-1:] = [Segment("head", None, (row,)), Segment(header.kind, header, ())]
        elif header is not None and (funds := _under(header, segments, row)) is not None:
            header = funds
            segments[-1:] = [Segment("head", None, (row,)), Segment(header.kind, header, ())]
        elif form_name(row) is not None and (header is None or header.kind != "summary"):
            header = None
            segments.append(Segment("name", None, (row,)))
        elif is_text_header(row):
            header = None
            segments.append(Segment("text", None, (row,)))
        else:
            _add(segments, row, header)
    return tuple(segments)


def _finer(header: Header, row: Row) -> Header | None:
    """The header with its 年度指标值 parted into 运算符号 | 内容 | 度量单位 by the row beneath. Where a
    merged cell stands once, the columns behind it move by what it was parted into."""
    roles = [
        role_of(piece.text) or ("target" if _CONTENT.fullmatch(piece.text) else None)
        for piece in row
    ]
    targets = header.of("target")
    if header.kind != "indicators" or len(targets) != 1 or not set(roles) & {"nature", "unit"}:
        return None
    if not all(role in ("nature", "unit", "target") for role in roles):
        return None
    parts = [Column(p.column, r, p.text) for p, r in zip(row, roles, strict=True) if r]
    inside = {part.at for part in parts}
    rest = [column for column in header.columns if column != targets[0]]
    moved = len(parts) - 1 if any(c.at in inside for c in rest if c.at > targets[0].at) else 0
    rest = [c._replace(at=c.at + moved) if c.at > targets[0].at else c for c in rest]
    return header._replace(columns=tuple(sorted([*rest, *parts], key=lambda c: c.at)))


def _under(header: Header, segments: list[Segment], row: Row) -> Header | None:
    if header.kind != "money" or segments[-1].rows:
        return None
    return with_funds(header, row)


def _add(segments: list[Segment], row: Row, header: Header | None) -> None:
    kind: SegmentKind = header.kind if header else "text"
    if segments and segments[-1].kind == kind and segments[-1].header == header:
        segments[-1] = segments[-1]._replace(rows=(*segments[-1].rows, row))
    else:
        segments.append(Segment(kind, header, (row,)))


def _with_rows_above(header: Header, above: tuple[Row, ...]) -> Header:
    """The columns that a header of several rows names further up (项目金额 over 资金总额, 实际完成值
    beside 年度指标值 over 指标值)."""
    if header.kind not in ("summary", "indicators"):
        return header
    taken = {c.at for c in header.columns}
    more: list[Column] = []
    for row in reversed(above):
        if any(piece.numerals for piece in row) or form_name(row) is not None:
            break
        wanted = _ABOVE | (_OVER if _heads_indicators(row) else frozenset())
        for piece in row:
            role = role_of(piece.text) or ("fund" if is_fund(piece.text) else None)
            if role in wanted and piece.column not in taken:
                more.append(Column(piece.column, role, piece.text))
                taken.add(piece.column)
    return header._replace(columns=tuple(sorted([*header.columns, *more], key=lambda c: c.at)))


def _heads_indicators(row: Row) -> bool:
    """绩效指标 | 年度指标值 | 实际完成值 | 分值: the upper row of an indicator header."""
    roles = [role_of(piece.text) for piece in row]
    return sum(role in _OVER for role in roles) >= (1 if "side" in roles else 2)


def is_text_header(row: Row) -> bool:
    """A row that heads text cells: 预期目标 | 实际完成情况; 任务名称 | 主要内容."""
    roles = [role_of(piece.text) for piece in row]
    heads = sum(1 for role in roles if role in ("text", "task", "actual"))
    if not heads or any(piece.numerals for piece in row):
        return False
    loose = [p for p, role in zip(row, roles, strict=True) if role is None]
    return ("text" in roles or "task" in roles) and all(_is_side(p) for p in loose)


def _is_side(piece: Piece) -> bool:
    """Side titles: 年度履职目标, 项目基本情况, 年度主要任务."""
    return len(fold(piece.text)) <= 14
