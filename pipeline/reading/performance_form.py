"""From the segments of a chunk to entries with the form's name.

In: segments in document order. Out: named entries, and the numerals that the structure of the form
explains (names, codes, headers). The rule it protects: points wait until the form's total is read.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from pipeline.reading.performance_cells import Piece, Row, joined
from pipeline.reading.performance_header import Header, role_of
from pipeline.reading.performance_indicators import (
    Indicator,
    group_weight,
    is_total,
    read_indicator,
    self_score,
    total_row,
)
from pipeline.reading.performance_money import (
    Block,
    is_head,
    is_money_label,
    money_pairs,
    money_row,
    stated_unit,
    weights_stated,
    years_opened,
)
from pipeline.reading.performance_scores import Scored, settle
from pipeline.reading.performance_segments import Segment, form_name
from pipeline.reading.performance_summary import read_summary
from pipeline.reading.performance_values import Entry
from pipeline.text import parse_number, squeeze
from schemas.facts import ExclusionReason, Numeral
from schemas.vocabulary import EvaluationColumn

_CLOSING = re.compile(
    r"(?:评价|自评)?结论|存在(?:的)?问题|改进(?:措施|建议|方向)|备注|说明|注|(?:项目|财务)?负责人|填表|联系|其他需要说明"
)


class Named(NamedTuple):
    """An entry under the name of its form or project."""

    name: str
    entry: Entry


class FormRead(NamedTuple):
    """Entries, and numerals set aside by structure with the piece that shows why."""

    entries: tuple[Named, ...] = ()
    aside: tuple[tuple[Numeral, Piece, ExclusionReason], ...] = ()


class State(NamedTuple):
    """What the form has said so far."""

    name: str = ""
    rank: int = 0
    unit: str = ""
    execution: Decimal = Decimal(0)
    scored: tuple[Scored, ...] = ()
    head: Piece | None = None
    body: str = ""
    years: tuple[EvaluationColumn, ...] = ()
    read: FormRead = FormRead()

    def with_entries(self, *entries: Entry) -> "State":
        named = tuple(Named(self.name, entry) for entry in entries)
        return self._replace(read=self.read._replace(entries=(*self.read.entries, *named)))

    def with_aside(self, piece: Piece, reason: ExclusionReason) -> "State":
        aside = tuple((n, piece, reason) for n in piece.numerals)
        return self._replace(read=self.read._replace(aside=(*self.read.aside, *aside)))


def read_form(segments: tuple[Segment, ...], name: str, unit: str) -> FormRead:
    """All entries of a chunk. `name` is used until the form prints one; `unit` is the chunk's."""
    state = State(name=name, unit=unit, body=name)
    for segment in segments:
        state = _segment(state, segment)
    return _flush(state, None).read


def _segment(state: State, segment: Segment) -> State:
    if segment.header is not None and segment.kind == "summary":
        found = read_summary(segment.rows, segment.header, state.unit)
        for name, entry in found.entries:
            state = state._replace(name=name).with_entries(entry)
        aside = tuple((n, p, _name_reason(p)) for n, p in found.names)
        return state._replace(read=state.read._replace(aside=(*state.read.aside, *aside)))
    for row in _whole(segment):
        state = _row(_groups(state, row), row, segment)
    return state


def _name_reason(piece: Piece) -> ExclusionReason:
    return "code" if piece.kind in ("number", "value") else "name"


def _groups(state: State, row: Row) -> State:
    """Weights in group heads, the self-score, and units stated anywhere in the row."""
    for piece in row:
        if entry := group_weight(piece) or self_score(piece):
            state = state.with_entries(entry)
    stated = stated_unit(*(p.text for p in row if not p.numerals and len(p.text) <= 20))
    return state._replace(unit=stated) if stated and not _indicator_unit(row) else state


def _indicator_unit(row: Row) -> bool:
    """`补助经费（万元）` as an indicator's name states nothing for the money block."""
    return any(p.kind in ("value", "sign") for p in row)


def _row(state: State, row: Row, segment: Segment) -> State:
    if segment.kind == "name":
        return _named(state, row)
    if segment.header is None:
        return _loose_money(state, row) if segment.kind == "text" else state
    if segment.kind == "money":
        return _money(state, row, segment.header)
    if is_total(row):
        return _flush(state, total_row(row, segment.header))
    if _closes(row):
        return state
    return _indicator(state, row, segment)


def _closes(row: Row) -> bool:
    """评价结论, 备注 …: no indicator, unless OCR slid the words beside one (≥ 2 bare numbers)."""
    numbers = sum(1 for p in row if p.kind == "number" or re.fullmatch(r"\d+ \d+", p.passage.text))
    return (
        bool(_CLOSING.match(row[0].text)) and numbers < 2 and not any(p.kind == "sign" for p in row)
    )


def _named(state: State, row: Row) -> State:
    found = form_name(row)
    if found is None:
        return state
    fresh = bool(state.scored) or any(n.name == state.name for n in state.read.entries)
    if found.rank < state.rank and not fresh:
        return state
    if found.rank == 1 and state.rank > 1:
        return state
    state = _flush(state, None)
    state = state._replace(
        name=squeeze(found.text), rank=found.rank, execution=Decimal(0), years=()
    )
    if found.rank < 3:
        state = state._replace(body=state.name)
    for piece in found.pieces:
        state = state.with_aside(piece, "name")
    return state


def _money(state: State, row: Row, header: Header) -> State:
    if header.has("project"):
        return _project_money(state, row, header)
    entries = money_row(row, Block(header, state.unit))
    weight = sum(
        (
            parse_number(e.numeral.text)
            for e in entries
            if e.column == "weight" and e.row == "资金:总额"
        ),
        Decimal(0),
    )
    if not entries:
        return _loose_money(state, row)
    return state.with_entries(*entries)._replace(execution=state.execution + weight)


def _project_money(state: State, row: Row, header: Header) -> State:
    """A table with a project a row: each is a name of its own."""
    index = header.of("project")[0].at
    name = next((p for p in row if p.column == index and p.kind in ("text", "value")), None)
    ordinals = [p for p in row if p.column < index and p.kind == "number"]
    for piece in ordinals:
        state = state.with_aside(piece, "row_ordinal")
    if name is None:
        return _all_projects(state, row, header)
    total = name._replace(text="资金总额", column=index)
    values = tuple(p for p in row if p.column > index and p.kind in ("number", "value", "dash"))
    entries = money_row((total, *values), Block(header, state.unit))
    state = state.with_aside(name, "name")._replace(name=name.text, rank=3)
    return state.with_entries(*(_whole_score(e, header, name.text) for e in entries))


def _whole_score(entry: Entry, header: Header, label: str) -> Entry:
    """A score beside no weight is the project's own, not that of its execution."""
    alone = entry.column == "score" and not header.has("weight")
    return entry._replace(
        label="自评得分" if alone else label, row="自评得分" if alone else entry.row
    )


def _all_projects(state: State, row: Row, header: Header) -> State:
    """The 合计 of a table of projects belongs to the body."""
    entries = money_row(row, Block(header, state.unit))
    return state._replace(name=state.body).with_entries(*entries)


def _loose_money(state: State, row: Row) -> State:
    """Label and amount; the number of 资金来源： alone is kept for the first line beneath."""
    head = next((p for p in row if is_head(p.text)), None)
    row = tuple(p for p in row if p is not head)
    if head is not None and not any(p.kind == "text" and is_money_label(p.text) for p in row):
        number = next((p for p in row if p.kind == "number"), None)
        return state._replace(head=joined((head, number)) if number else state.head)
    state = state._replace(years=years_opened(row) or state.years)
    state = state.with_entries(*weights_stated(row), *money_pairs(row, state.unit, state.years))
    label = next((p for p in row if p.kind == "text" and is_money_label(p.text)), None)
    if state.head is None or label is None:
        return state
    number = state.head._replace(text=state.head.numerals[-1].text)
    moved = money_pairs((label, number._replace(numerals=state.head.numerals[-1:])), state.unit)
    words = state.head.text[: -len(number.text)]
    shown = [e._replace(label=words + e.label) for e in moved]
    return state.with_entries(*shown)._replace(head=None)


def _indicator(state: State, row: Row, segment: Segment) -> State:
    header = segment.header
    if header is None:
        return state
    state = _task_column(_project_column(state, row, header), row, header)
    found = read_indicator(_without_groups(row), header)
    if found is None:
        return state
    state = state.with_entries(*found.entries)
    if not state.read.entries or found.name.numerals:
        state = _aside_name(state, found)
    if found.scored.points:
        state = state._replace(scored=(*state.scored, found.scored))
    return state


def _without_groups(row: Row) -> Row:
    """Group heads as plain words: their number belongs to no column."""
    return tuple(p._replace(numerals=()) if group_weight(p) else p for p in row)


def _aside_name(state: State, found: Indicator) -> State:
    return state.with_aside(found.name, "name") if found.name.numerals else state


def _project_column(state: State, row: Row, header: Header) -> State:
    """A wide table names the project in a column of its own, once for all its indicators."""
    if not header.has("project"):
        return state
    index = header.of("project")[0].at
    name = next((p for p in row if p.column == index and p.kind in ("text", "value")), None)
    if name is None or role_of(name.text) is not None:
        return state
    state = _flush(state, None)._replace(name=name.text, rank=3).with_aside(name, "name")
    money = header.of("money", "initial_budget")
    amounts = [p for p in row for c in money if p.column == c.at and p.kind == "number"]
    unit = stated_unit(*(c.words for c in money)) or state.unit
    return state.with_entries(
        *(Entry("资金:总额", name.text, "initial_budget", unit, p.numerals[0], p) for p in amounts)
    )


def _task_column(state: State, row: Row, header: Header) -> State:
    """A table of activities, each with its budget before its indicators (职责活动)."""
    tasks, money = header.of("task"), header.of("money", "initial_budget")
    if not tasks or not money:
        return state
    name = next((p.text for p in row if p.column == tasks[0].at and p.kind == "text"), "")
    amounts = [p for p in row if p.column == money[0].at and p.kind == "number"]
    unit = stated_unit(money[0].words) or state.unit
    entries = (
        Entry(f"{name}/资金:总额", name, "initial_budget", unit, p.numerals[0], p) for p in amounts
    )
    return state.with_entries(*entries) if name else state


def _flush(state: State, total: Scored | None) -> State:
    """Points settled with the total; the form starts a new count."""
    if not state.scored and total is None:
        return state
    entries = settle(state.scored, total, state.execution)
    return state.with_entries(*entries)._replace(scored=(), execution=Decimal(0))


def _whole(segment: Segment) -> tuple[Row, ...]:
    """Rows with names that run on in the next row made whole (技能培训 / 合格率)."""
    header = segment.header
    if header is None or segment.kind != "indicators" or not header.has("name"):
        return segment.rows
    rows: list[Row] = []
    index = header.of("name")[-1].at
    for row in segment.rows:
        if (
            rows
            and len(row) == 1
            and row[0].column == index
            and not row[0].numerals
            and _runs_on(rows[-1], index)
        ):
            rows[-1] = tuple(joined((p, row[0])) if p.column == index else p for p in rows[-1])
        else:
            rows.append(row)
    return tuple(rows)


def _runs_on(row: Row, index: int) -> bool:
    return any(p.column == index and p.kind == "text" for p in row) and any(p.numerals for p in row)
