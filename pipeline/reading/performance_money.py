"""The money block: budgets and execution by funding line.

In: the rows under a money header, or label-and-amount pairs where a form heads no columns. Out:
entries `资金:<line>`. The rule it protects: a value goes to a headed column, or where a column was
lost, to the only one that the printed execution rate allows; else nowhere.
"""

import re
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from pipeline.reading.performance_align import align
from pipeline.reading.performance_cells import Piece, Row, split_numbers
from pipeline.reading.performance_header import (
    MONEY_ROLES,
    Column,
    Header,
    evaluation_column,
    role_of,
)
from pipeline.reading.performance_values import Entry, unit_after
from pipeline.text import parse_number, row_label, squeeze
from schemas.vocabulary import EvaluationColumn

_UNIT = re.compile(r"[（(](?:单位[:：]?|金额单位[:：]?)?\s*(亿元|百万元|千元|万元|元)\s*[)）]")
_UNIT_LINE = re.compile(r"(?:金额)?单位[:：]\s*(亿元|百万元|千元|万元|元)")
_TOTAL = re.compile(
    r"(?:年度|本年度?|全年|当年|项目资金|项目|部门|单位|整体)*(?:总金额|预算)?(?:资金|支出|收入)?(?:总额|总计|金额合计|资金合计|合计|总预算|预算总额)"
    r"|(?:年度|本年度?)?部门(?:整体)?(?:支出)?预算(?:总额|总计|资金)?|(?:年度)?总金?额|(?:项目)?资金(?:数额|总量)|项目总资金"
)
_HEAD = re.compile(
    r"^(?:\d\s*[、.．]|[（(][一二三四\d][)）]|[一二三四]、)?\s*(?:按)?(?:资金|预算|支出|收入)?(?:来源|结构|构成|性质)(?:分)?\s*[:：]?"
)
_LINE = re.compile(
    r"资金|拨款|预算|支出|结转|结余|收入|经费|总额|金额|合计|投入|补助|债券|基金|自筹|专户|其他|执行数"
)
_YEAR_LABEL = re.compile(
    r"(?:(?:年初|全年|调整后?)?预算数|(?:全年|实际)?(?:执行|支出)数)(?:[（(][^（）()]*[)）])?[:：]?"
)
_RATE_LABEL = re.compile(r"(?:预算|资金)?执行率(?:[（(]%[)）])?[:：]?")
_WITH_AMOUNT = re.compile(
    r"(.*?[^\d.,\s:：])\s*[:：]?\s*(\d[\d,]*(?:\.\d+)?)\s*(万元|元|亿元)?[。；;]?"
)


_WEIGHT = re.compile(r"(?<=.{2})(?:权重|分值)$")


class Block(NamedTuple):
    """What a money row is read with: its header, and the unit that the form has stated so far."""

    header: Header | None
    unit: str


def stated_unit(*texts: str) -> str:
    """The money unit that a head states in brackets (`项目资金（万元）`)."""
    for text in texts:
        words = squeeze(text)
        if match := _UNIT.search(words) or _UNIT_LINE.fullmatch(words):
            return match.group(1)
    return ""


def funding_line(label: str) -> str:
    """The row of a funding line: `资金:总额`, `资金:财政拨款`.

    >>> funding_line("年度资金总额（万元）："), funding_line("资金来源：（1）政府预算资金")
    ('资金:总额', '资金:政府预算资金')
    """
    words = row_label(label)
    body = row_label(_HEAD.sub("", words, count=1)) or words
    body = row_label(_UNIT.sub("", body).rstrip(":：、，,；;").lstrip("-—－")) or body
    return f"资金:{'总额' if _TOTAL.fullmatch(body) else body}"


def is_money_label(text: str) -> bool:
    """True for the words of a funding line (其中：财政拨款, 部门预算总额（万元）)."""
    words = row_label(text)
    return bool(_LINE.search(words)) and "指标" not in words and len(words) <= 24


def is_head(text: str) -> bool:
    """True for 资金来源： and 资金结构： standing alone: their number belongs to the next line."""
    return bool(_HEAD.fullmatch(squeeze(text)))


def money_row(row: Row, block: Block) -> tuple[Entry, ...]:
    """The entries of a row under a money header."""
    if block.header is None:
        return ()
    row = tuple(part for piece in row for part in split_numbers(piece))
    first = next((i for i, p in enumerate(row) if p.kind in ("number", "dash", "value")), len(row))
    words, values = row[:first], row[first:]
    spread = any(c.fund for c in block.header.columns)
    if first == len(row) or not (words or spread):
        return ()
    columns = tuple(
        c
        for c in block.header.columns
        if c.role in MONEY_ROLES or c.role in ("weight", "score", "note", "other")
    )
    if spread or block.header.has("task"):
        return _task_row(_task_first(words, block.header), values, columns, block.unit)
    label = words[-1]
    if not is_money_label(label.text):
        return ()
    placed = _place(values, columns)
    unit = block.unit or stated_unit(label.text, *(c.words for c in columns))
    line = funding_line(label.text)
    return _entries([(line, squeeze(label.text))] * len(values), values, placed, unit)


def _task_first(words: Row, header: Header) -> Row:
    """The words of a row, those under 任务名称 before the title of the part at its side."""
    named = {column.at for column in header.of("task")}
    return tuple(sorted(words, key=lambda piece: piece.column not in named))


def _task_row(words: Row, values: Row, columns: tuple[Column, ...], unit: str) -> tuple[Entry, ...]:
    """A task's row of 总额 财政拨款 其他资金 under each year: `<task>/资金:<fund>`."""
    placed = _place(values, columns)
    task = words[0].text if words else ""
    front = "" if not task or _TOTAL.fullmatch(row_label(task)) else f"{row_label(task)}/"
    funds = [c.fund if c is not None and c.fund else "总额" for c in placed]
    lines = [(front + funding_line(fund), task or fund) for fund in funds]
    return _entries(lines, values, placed, unit or stated_unit(*(c.words for c in columns)))


def _entries(
    lines: list[tuple[str, str]], values: Row, placed: tuple[Column | None, ...], unit: str
) -> tuple[Entry, ...]:
    found = []
    for (line, label), piece, column in zip(lines, values, placed, strict=True):
        role = evaluation_column(column.role) if column else None
        if role and len(piece.numerals) == 1:
            found.append(
                Entry(line, label, role, _unit(role, piece, unit), piece.numerals[0], piece)
            )
    return tuple(found)


def _unit(column: EvaluationColumn, piece: Piece, unit: str) -> str:
    if column in ("weight", "score"):
        return "分"
    if column == "execution_rate":
        return "%"
    numeral = piece.numerals[0]
    rest = squeeze(piece.passage.text).partition(numeral.text)[2]
    return unit_after(rest) or unit


def _place(values: Row, columns: tuple[Column, ...]) -> tuple[Column | None, ...]:
    """Columns of the values. A row that stands beside its header is moved to where the printed
    rate is executed / budget; in loose text a blank cell leaves no trace and the rate decides."""
    if values and values[0].block:
        return _place_loose(values, columns)
    numeric = tuple(c for c in columns if c.role != "note")
    if len(values) == len(numeric) and _stand(values, numeric):
        return numeric
    for shift in (0, -1, 1, -2, 2):
        moved = tuple(v._replace(column=v.column + shift) for v in values)
        placed = align(moved, columns)
        known = [(v, c) for v, c in zip(values, placed, strict=True) if c is not None]
        if _fits(tuple(v for v, _ in known), tuple(c for _, c in known)):
            return placed
    return align(values, columns)


def _stand(values: Row, columns: tuple[Column, ...]) -> bool:
    """True where as many values as columns are printed, each of a kind that its column holds."""
    return all(
        v.kind in ("number", "dash")
        or (v.kind == "value" and (c.role == "execution_rate") == ("%" in v.text))
        for v, c in zip(values, columns, strict=True)
    )


def _place_loose(values: Row, columns: tuple[Column, ...]) -> tuple[Column | None, ...]:
    numeric = tuple(c for c in columns if c.role != "note")
    body = tuple(v for v in values if v.kind in ("number", "dash", "value"))
    if len(body) == len(numeric):
        chosen = dict(zip((v.passage.places[0] for v in body), numeric, strict=True))
        return tuple(chosen.get(v.passage.places[0]) for v in values)
    fits = [c for c in combinations(numeric, len(body)) if _fits(body, c)]
    if len(fits) != 1:
        return (None,) * len(values)
    chosen = dict(zip((v.passage.places[0] for v in body), fits[0], strict=True))
    return tuple(chosen.get(v.passage.places[0]) for v in values)


def _fits(values: Row, columns: tuple[Column, ...]) -> bool:
    """Kinds agree and the rate printed is executed / adjusted budget within its rounding."""
    if any(
        v.kind == "value" and c.role != "execution_rate"
        for v, c in zip(values, columns, strict=True)
    ):
        return False
    by_role = {
        c.role: parse_number(v.numerals[0].text)
        for v, c in zip(values, columns, strict=True)
        if v.numerals
    }
    if not {"execution_rate", "executed"} <= set(by_role):
        return False
    base = by_role.get("adjusted_budget")
    if base is None or base == 0:
        return False
    return abs(by_role["executed"] / base * 100 - by_role["execution_rate"]) <= Decimal("0.51")


class Pair(NamedTuple):
    """A printed label with the amount right of it (or in its own cell)."""

    label: Piece
    value: Piece
    unit: str


def label_pairs(row: Row) -> tuple[Pair, ...]:
    """Label-and-amount pairs of a row: `年度资金总额 | 100`, `财政拨款：100万元`."""
    found: list[Pair] = []
    label: Piece | None = None
    for piece in row:
        if piece.kind in ("number", "value") and label is not None and len(piece.numerals) == 1:
            rest = squeeze(piece.passage.text).partition(piece.numerals[0].text)[2]
            found.append(Pair(label, piece, unit_after(rest)))
            label = None
        elif piece.kind == "text" and is_money_label(piece.text):
            label = piece
            found.extend(_labelled(piece))
        elif piece.kind not in ("dash", "unit") and piece.text not in ("小计", "合计"):
            label = None
    return tuple(found)


def _labelled(piece: Piece) -> tuple[Pair, ...]:
    match = _WITH_AMOUNT.fullmatch(piece.text)
    if not match or len(piece.numerals) != 1 or not re.search(r"[:：]", piece.text):
        return ()
    return (Pair(piece._replace(text=match.group(1)), piece, match.group(3) or ""),)


def money_pairs(row: Row, unit: str, years: tuple[EvaluationColumn, ...] = ()) -> tuple[Entry, ...]:
    """Entries of a form without money columns. `years`: the columns that 预算数： and 执行数：
    opened side by side, in their order; otherwise it is the year's budget."""
    pairs = tuple(pair for pair in label_pairs(row) if not _WEIGHT.search(pair.label.text))
    columns: list[EvaluationColumn] = [
        "executed" if _spent(p.label.text) else "initial_budget" for p in pairs
    ]
    columns = list(years) if len(years) == len(pairs) else columns
    own = [_own_column(pair.label.text) for pair in pairs]
    columns = [mine or column for mine, column in zip(own, columns, strict=True)]
    return tuple(
        Entry(
            _pair_line(pair.label.text),
            pair.label.text,
            column,
            "%" if column == "execution_rate" else _money_unit(pair, unit),
            pair.value.numerals[0],
            pair.value,
        )
        for pair, column in zip(pairs, columns, strict=True)
    )


def weights_stated(row: Row) -> tuple[Entry, ...]:
    """`预算执行率权重 10`: the weight of an item that stands outside the indicators."""
    pairs = [pair for pair in label_pairs(row) if _WEIGHT.search(pair.label.text)]
    return tuple(
        Entry(
            _WEIGHT.sub("", row_label(p.label.text)),
            p.label.text,
            "weight",
            "分",
            p.value.numerals[0],
            p.value,
        )
        for p in pairs
    )


def _money_unit(pair: Pair, unit: str) -> str:
    return pair.unit or stated_unit(pair.label.text) or unit


def _pair_line(label: str) -> str:
    named = _YEAR_LABEL.fullmatch(label) or _RATE_LABEL.fullmatch(label)
    return "资金:总额" if named else funding_line(label)


def _own_column(label: str) -> EvaluationColumn | None:
    """The column that a label names by itself (全年执行数（元）：, 预算执行率（%）：); a bare 预算数
    names none."""
    named = _YEAR_LABEL.fullmatch(label) or _RATE_LABEL.fullmatch(label)
    role = role_of(label) if named else None
    return evaluation_column(role) if role else None


def years_opened(row: Row) -> tuple[EvaluationColumn, ...]:
    """The columns of a row `预算数： 68 执行数： 66.3`: the year's budget and what was spent."""
    labels = [pair.label.text for pair in label_pairs(row)]
    columns = [
        _own_column(label) or ("adjusted_budget" if _YEAR_LABEL.fullmatch(label) else None)
        for label in labels
    ]
    return tuple(column for column in columns if column) if len(labels) > 1 and all(columns) else ()


def _spent(label: str) -> bool:
    return bool(re.search(r"执行|决算|实际(?:支出|使用)|已支付", label))
