"""Two text cells side by side whose lines a text layer ran together -> each cell's text.

In: the pieces of a flattened form outside its headed parts. Out: runs of pieces, one a cell. The
rule it protects: a number belongs to the words of its own cell; where a line does not fall into two
halves as its neighbours do, nothing is taken apart.
"""

import re

from pipeline.reading.performance_cells import Piece, Row, by_line
from pipeline.reading.performance_header import role_of

# The cell at the left edge, a syllable or two a line: 年度 | 总体 | 目标, 绩效 | 目标.
_EDGE = re.compile(
    r"(?:年度|年初|全年|总体|整体|绩效|预期|项目|目标|完成|实现|情况|设定|[及与]|概述)+"
)
_LONGEST_EDGE = 6
_LEAST_LINES = 2


def cells_beside(pieces: Row) -> list[Row] | None:
    """The runs before the two cells, their heads, and the two cells; None where there are none."""
    rows = by_line(pieces)
    at = next((i for i, row in enumerate(rows) if _heads(row)), None)
    if at is None:
        return None
    parts = [_without_edge(row) for row in rows[at + 1 :]]
    pairs = sum(len(part) == 2 for part in parts)
    if pairs < _LEAST_LINES or 2 * pairs < len(parts) or max(map(len, parts)) > 2:
        return None
    left: list[Piece] = []
    right: list[Piece] = []
    for part in parts:
        if len(part) == 2:
            left.append(part[0])
            right.append(part[1])
        elif part:
            (right if _ended(left) and not _ended(right) else left).append(part[0])
    return [*rows[:at], *((piece,) for piece in rows[at]), tuple(left), tuple(right)]


def _heads(row: Row) -> bool:
    """预期目标 | 实际完成情况, 项目总目标 | 年度总目标."""
    heads = _without_edge(row) if len(row) > 2 else row
    return len(heads) == 2 and all(
        role_of(piece.text) in ("text", "actual") and not piece.numerals for piece in heads
    )


def _without_edge(row: Row) -> Row:
    edge = len(row[0].text) <= _LONGEST_EDGE and _EDGE.fullmatch(row[0].text) is not None
    return row[1:] if edge else row


def _ended(cell: list[Piece]) -> bool:
    return bool(cell) and cell[-1].text.endswith(("。", "；", ";"))
