"""Which piece of a body row stands under which column of the header, slid or not.

In: the pieces of a row and the header's columns. Out: a column for each piece, or none. The rule
it protects: order is kept and kinds fit; a row that slid as a whole pays once, a piece that fits
nowhere stays unplaced.
"""

from functools import cache
from typing import Final, NamedTuple

from pipeline.reading.performance_cells import Kind, Piece, Row
from pipeline.reading.performance_header import GROUP, Column, Role

# The cost in hundredths of reading a piece of a kind in a column of a role; what is not listed cannot stand.
_WORDS: Final[dict[Kind, int]] = {"text": 0, "unit": 90, "value": 250, "dash": 150, "date": 400}
_ANY: Final[dict[Kind, int]] = {
    "value": 0, "date": 0, "number": 10, "text": 30, "dash": 20, "unit": 120,
}  # fmt: skip
_OTHER: Final[dict[Kind, int]] = {
    "number": 0, "value": 0, "dash": 0, "text": 50, "unit": 100, "date": 50, "sign": 50,
}  # fmt: skip
_POINTS: Final[dict[Kind, int]] = {"number": 0, "dash": 10, "value": 200}
_MONEY: Final[dict[Kind, int]] = {"number": 0, "dash": 10, "value": 60}
_RATE: Final[dict[Kind, int]] = {"value": 0, "number": 30, "dash": 10}
_COSTS: Final[dict[Role, dict[Kind, int]]] = {
    "side": {"text": 10, "value": 250, "date": 300},
    "level": _WORDS,
    "name": _WORDS,
    "project": {"text": 0, "value": 150, "date": 150, "number": 300},
    "task": _WORDS,
    "text": {"text": 20, "value": 150, "date": 150, "unit": 100},
    "code": {"number": 0, "text": 100, "value": 50},
    "nature": {"sign": 0, "text": 300},
    "target": _ANY,
    "unit": {"unit": 0, "text": 160},
    "actual": _ANY,
    "weight": _POINTS,
    "score": _POINTS,
    "deviation": _RATE,
    "execution_rate": _RATE,
    "initial_budget": _MONEY,
    "adjusted_budget": _MONEY,
    "executed": _MONEY,
    "money": _MONEY,
    "note": {"text": 20, "value": 150, "date": 100, "dash": 40, "number": 400, "unit": 100},
    "fund": {"text": 50},
    "other": _OTHER,
}
_UNPLACED: Final[dict[Kind, int]] = {
    "text": 220, "unit": 220, "dash": 30, "sign": 200, "date": 400, "value": 600, "number": 700,
}  # fmt: skip
# No row of a form prints more pieces; text without a grid that looks like one is not placed.
_MOST_PIECES = 200
_NEVER = 10**6
_LEADING_TEXT = 70
_SLIDE = 60
# Where no column holds the unit, a bare number is rather a point than a target.
_BARE_TARGET = 50
# An empty target or actual is possible, a filled one likelier.
_EMPTY = 40
_MISPLACED = 25


class Placed(NamedTuple):
    """A column for each piece, and what the placing costs (0: every kind and position fits)."""

    columns: tuple[Column | None, ...]
    cost: int


def align(
    row: Row, columns: tuple[Column, ...], *, loose: bool = False
) -> tuple[Column | None, ...]:
    """The column of each piece of `row`. `loose`: positions mean nothing (flattened text)."""
    return weigh(row, columns, loose=loose).columns


def weigh(row: Row, columns: tuple[Column, ...], *, loose: bool = False) -> Placed:
    """The cheapest placing of the pieces in the columns."""
    count, width = len(row), len(columns)
    if count > _MOST_PIECES:
        return Placed((None,) * count, _NEVER)
    stands = _stands(row, columns, loose)
    skips = [(_skip(piece, 0), _skip(piece, 1)) for piece in row]
    blanks = _blanks(columns)

    @cache
    def best(i: int, after: int, shift: int) -> tuple[int, int]:
        """The least cost of the pieces from `i` on, and the column of piece `i` (-1: none)."""
        if i == count:
            return blanks[width] - blanks[after], -1
        least, chosen = best(i + 1, after, shift)[0] + skips[i][after > 0], -1
        for j, cost, moved in stands[i]:
            if j < after:
                continue
            cost += blanks[j] - blanks[after] + (0 if moved == shift else _SLIDE)
            if cost < least:
                cost += best(i + 1, j + 1, moved)[0]
                if cost < least:
                    least, chosen = cost, j
        return least, chosen

    found: list[Column | None] = []
    after = shift = 0
    for i in range(count):
        j = best(i, after, shift)[1]
        found.append(columns[j] if j >= 0 else None)
        if j >= 0:
            after, shift = j + 1, 0 if loose else row[i].column - columns[j].at
    return Placed(tuple(found), best(0, 0, 0)[0])


def _stands(row: Row, columns: tuple[Column, ...], loose: bool) -> list[list[tuple[int, int, int]]]:
    """Of each piece: the columns where it can stand, what it costs there and how far it slid."""
    bare = 0 if any(c.role == "unit" for c in columns) else _BARE_TARGET
    return [
        [
            (j, cost, 0 if loose else piece.column - column.at)
            for j, column in enumerate(columns)
            if (cost := _cost(piece, column.role, bare)) is not None
        ]
        for piece in row
    ]


def _cost(piece: Piece, role: Role, bare: int) -> int | None:
    cost = _COSTS[role].get(piece.kind)
    if cost is None:
        return None
    if piece.kind == "number" and role in ("target", "actual"):
        cost += bare
    return cost + _group_cost(piece, role)


def _blanks(columns: tuple[Column, ...]) -> list[int]:
    """What leaving the first n columns empty costs."""
    return [_empty(columns[:n]) for n in range(len(columns) + 1)]


def _skip(piece: Piece, after: int) -> int:
    if after == 0 and piece.kind in ("text", "value", "date"):
        return _LEADING_TEXT
    return _UNPLACED[piece.kind]


def _group_cost(piece: Piece, role: Role) -> int:
    """社会效益指标 is rather a level, 培训人次 rather a name."""
    if role not in ("level", "name") or piece.kind != "text":
        return 0
    group = GROUP.fullmatch(piece.text) is not None
    return 0 if group == (role == "level") else _MISPLACED


def _empty(columns: tuple[Column, ...]) -> int:
    return _EMPTY * sum(1 for c in columns if c.role in ("target", "actual"))
