"""Weights and scores, settled by the totals that the form prints.

In: the points of each indicator row as aligned, the total row, the execution rate's weight. Out:
which numeral is weight, which is score. The rule it protects (facts contract): two numbers are
weight and score, one is the weight, and what the printed total forbids as weight is the score.
"""

from decimal import Decimal
from typing import NamedTuple

from pipeline.reading.performance_cells import Piece
from pipeline.reading.performance_values import Entry, unit_after
from pipeline.text import parse_number, squeeze
from schemas.facts import Numeral
from schemas.vocabulary import EvaluationColumn


class Point(NamedTuple):
    """A numeral under 权重 or 得分, with the column that its position suggests."""

    numeral: Numeral
    piece: Piece
    column: EvaluationColumn


class Scored(NamedTuple):
    """The points of one row of the form."""

    row: str
    label: str
    points: tuple[Point, ...]


def settle(rows: tuple[Scored, ...], total: Scored | None, execution: Decimal) -> tuple[Entry, ...]:
    """Weight and score entries of all rows and of the total.

    `execution` is the weight of the money block, which the total includes."""
    certain = [_in_order(row) if len(row.points) > 1 else row for row in rows]
    weight, _ = _total(total)
    single = [row for row in certain if len(row.points) == 1]
    aligned = sum((_value(p) for r in certain for p in r.points if p.column == "weight"), execution)
    everyone = aligned + sum(
        (_value(r.points[0]) for r in single if r.points[0].column == "score"), Decimal(0)
    )
    if weight is not None and everyone == weight:
        certain = [_as(row, "weight") if len(row.points) == 1 else row for row in certain]
    elif weight is not None and aligned != weight:
        certain = [_as(row, "score") if _worthless(row) else row for row in certain]
    if total is not None:
        certain.append(_settled_total(total, certain, execution))
    return tuple(_entry(row, point) for row in certain for point in row.points)


def _value(point: Point) -> Decimal:
    return parse_number(point.numeral.text)


def _total(total: Scored | None) -> tuple[Decimal | None, Decimal | None]:
    if total is None or not total.points:
        return Decimal(100), None
    values = [_value(point) for point in total.points]
    if len(values) > 1:
        return values[0], values[1]
    return (values[0], None) if total.points[0].column == "weight" else (Decimal(100), values[0])


def _in_order(row: Scored) -> Scored:
    """Two numbers are weight and score unless the header names them the other way round."""
    if {p.column for p in row.points} == {"weight", "score"}:
        return row
    first, second = (p._replace(column=c) for p, c in zip(row.points, _BOTH, strict=False))
    return row._replace(points=(first, second))


_BOTH: tuple[EvaluationColumn, EvaluationColumn] = ("weight", "score")


def _as(row: Scored, column: EvaluationColumn) -> Scored:
    return row._replace(points=tuple(p._replace(column=column) for p in row.points))


def _worthless(row: Scored) -> bool:
    """A single 0 where the weights do not reach the total: no weight is 0, so it is the score."""
    return len(row.points) == 1 and _value(row.points[0]) == 0


def _settled_total(total: Scored, rows: list[Scored], execution: Decimal) -> Scored:
    if len(total.points) > 1:
        return _in_order(total)
    if not total.points:
        return total
    value = _value(total.points[0])
    weights = sum((_value(p) for r in rows for p in r.points if p.column == "weight"), Decimal(0))
    scores = sum((_value(p) for r in rows for p in r.points if p.column == "score"), Decimal(0))
    if value in (weights, weights + execution) and value != scores:
        return _as(total, "weight")
    if weights + execution == Decimal(100) and value < Decimal(100):
        return _as(total, "score")
    return total


def _entry(row: Scored, point: Point) -> Entry:
    rest = squeeze(point.piece.passage.text).partition(point.numeral.text)[2]
    unit = "%" if unit_after(rest) == "%" else "分"
    return Entry(row.row, row.label, point.column, unit, point.numeral, point.piece)
