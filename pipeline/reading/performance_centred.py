"""Headers of flattened forms whose tall cells stand above and below the low ones.

In: lines of header words (年度指标 实际完成 | 一级指标 二级指标 分值 得分 | 值 值). Out: the columns in their
usual order. The rule it protects: halves are joined only where the line above and the line below
have the same number of them and each whole word is one of a header's.
"""

from typing import Final, Literal

from pipeline.reading.performance_cells import Row
from pipeline.reading.performance_header import Column, Header, Role, role_of
from pipeline.text import fold

_ORDER: Final[tuple[Role, ...]] = (
    "money", "level", "name", "nature", "target", "unit", "actual", "initial_budget",
    "adjusted_budget", "executed", "weight", "execution_rate", "score", "deviation", "note",
)  # fmt: skip
_LINES: Final = 3
_MOST_TOKENS: Final = 24
_BUDGETS: Final = ("initial_budget", "adjusted_budget", "executed")


def centred_header(tokens: Row) -> tuple[Header, int] | None:
    """The header that the first three lines of the tokens print, and how many tokens it takes; a
    unit alone on the line below belongs to it. None where they print none."""
    lines = _lines(tokens[:_MOST_TOKENS])
    if len(lines) <= _LINES or any(p.kind != "text" for line in lines[:_LINES] for p in line):
        return None
    above, middle, below = lines[:_LINES]
    if len(above) != len(below) or len(above) < 2:
        return None
    words = [one.text + two.text for one, two in zip(above, below, strict=True)]
    words += [piece.text for piece in middle]
    roles = {word: role for word in words if (role := role_of(word)) in _ORDER}
    if len(roles) < len(words):
        return None
    kind = _kind(set(roles.values()))
    if kind is None:
        return None
    ordered = sorted(words, key=lambda word: _ORDER.index(roles[word]))
    columns = tuple(Column(k, roles[word], word) for k, word in enumerate(ordered))
    unit = len(lines[_LINES]) == 1 and fold(lines[_LINES][0].text) in ("(万元)", "(元)")
    return Header(kind, columns), sum(map(len, lines[:_LINES])) + unit


def _kind(roles: set[Role]) -> Literal["indicators", "money"] | None:
    if roles & {"name", "level"} and roles & {"target", "actual"}:
        return "indicators"
    return "money" if len(roles & set(_BUDGETS)) > 1 else None


def _lines(tokens: Row) -> list[Row]:
    lines: dict[int, Row] = {}
    for token in tokens:
        lines[token.line] = (*lines.get(token.line, ()), token)
    return list(lines.values())
