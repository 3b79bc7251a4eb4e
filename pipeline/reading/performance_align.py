"""Which piece of a body row stands under which column of the header, slid or not.

In: the pieces of a row and the header's columns. Out: a column for each piece, or none. The rule
it protects: order is kept and kinds fit; a row that slid as a whole pays once, a piece that fits
nowhere stays unplaced.
"""

from functools import cache
from typing import Final, NamedTuple

from pipeline.reading.performance_cells import Kind, Piece, Row
from pipeline.reading.performance_header import GROUP, Column, Role

# The cost of reading a piece of a kind in a column of a role; what is not listed cannot stand.
_WORDS: Final[dict[Kind, float]] = {"text": 0, "unit": 0.9, "value": 2.5, "dash": 1.5, "date": 4}
_ANY: Final[dict[Kind, float]] = {
    "value": 0, "date": 0, "number": 0.1, "text": 0.3, "dash": 0.2, "unit": 1.2,
}  # fmt: skip
_OTHER: Final[dict[Kind, float]] = {
    "number": 0, "value": 0, "dash": 0, "text": 0.5, "unit": 1, "date": 0.5, "sign": 0.5,
}  # fmt: skip
_POINTS: Final[dict[Kind, float]] = {"number": 0, "dash": 0.1, "value": 2}
_MONEY: Final[dict[Kind, float]] = {"number": 0, "dash": 0.1, "value": 0.6}
_RATE: Final[dict[Kind, float]] = {"value": 0, "number": 0.3, "dash": 0.1}
_COSTS: Final[dict[Role, dict[Kind, float]]] = {
    "side": {"text": 0.1, "value": 2.5, "date": 3},
    "level": _WORDS,
    "name": _WORDS,
    "project": {"text": 0, "value": 1.5, "date": 1.5, "number": 3},
    "task": _WORDS,
    "text": {"text": 0.2, "value": 1.5, "date": 1.5, "unit": 1},
    "code": {"number": 0, "text": 1, "value": 0.5},
    "nature": {"sign": 0, "text": 3},
    "target": _ANY,
    "unit": {"unit": 0, "text": 1.6},
    "actual": _ANY,
    "weight": _POINTS,
    "score": _POINTS,
    "deviation": _RATE,
    "execution_rate": _RATE,
    "initial_budget": _MONEY,
    "adjusted_budget": _MONEY,
    "executed": _MONEY,
    "money": _MONEY,
    "note": {"text": 0.2, "value": 1.5, "date": 1, "dash": 0.4, "number": 4, "unit": 1},
    "fund": {"text": 0.5},
    "other": _OTHER,
}
_UNPLACED: Final[dict[Kind, float]] = {
    "text": 2.2, "unit": 2.2, "dash": 0.3, "sign": 2, "date": 4, "value": 6, "number": 7,
}  # fmt: skip
_LEADING_TEXT = 0.7
_SLIDE = 0.6
# Where no column holds the unit, a bare number is rather a point than a target.
_BARE_TARGET = 0.5
# An empty target or actual is possible, a filled one likelier.
_EMPTY = 0.4
_MISPLACED = 0.25


class Placed(NamedTuple):
    """A column for each piece, and what the placing costs (0: every kind and position fits)."""

    columns: tuple[Column | None, ...]
    cost: float


def align(
    row: Row, columns: tuple[Column, ...], *, loose: bool = False
) -> tuple[Column | None, ...]:
    """The column of each piece of `row`. `loose`: positions mean nothing (flattened text)."""
    return weigh(row, columns, loose=loose).columns


def weigh(row: Row, columns: tuple[Column, ...], *, loose: bool = False) -> Placed:
    """The cheapest placing of the pieces in the columns."""
    count, width = len(row), len(columns)
    bare = 0.0 if any(c.role == "unit" for c in columns) else _BARE_TARGET

    @cache
    def best(i: int, after: int, shift: int) -> tuple[float, tuple[int, ...]]:
        if i == count:
            return (_empty(columns[after:]), ())
        rest = best(i + 1, after, shift)
        options = [(rest[0] + _skip(row[i], after), (-1, *rest[1]))]
        for j in range(after, width):
            cost = _COSTS[columns[j].role].get(row[i].kind)
            if cost is None:
                continue
            if row[i].kind == "number" and columns[j].role in ("target", "actual"):
                cost += bare
            cost += _group_cost(row[i], columns[j].role)
            moved = 0 if loose else row[i].column - columns[j].at
            tail = best(i + 1, j + 1, moved)
            slide = 0.0 if moved == shift else _SLIDE
            cost += slide + _empty(columns[after:j])
            options.append((cost + tail[0], (j, *tail[1])))
        return min(options, key=lambda option: option[0])

    cost, chosen = best(0, 0, 0)
    return Placed(tuple(columns[j] if j >= 0 else None for j in chosen), cost)


def _skip(piece: Piece, after: int) -> float:
    if after == 0 and piece.kind in ("text", "value", "date"):
        return _LEADING_TEXT
    return _UNPLACED[piece.kind]


def _group_cost(piece: Piece, role: Role) -> float:
    """社会效益指标 is rather a level, 培训人次 rather a name."""
    if role not in ("level", "name") or piece.kind != "text":
        return 0.0
    group = GROUP.fullmatch(piece.text) is not None
    return 0.0 if group == (role == "level") else _MISPLACED


def _empty(columns: tuple[Column, ...]) -> float:
    return _EMPTY * sum(1 for c in columns if c.role in ("target", "actual"))
