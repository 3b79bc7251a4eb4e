"""Headers and names of flattened forms whose tall cells stand above and below the low ones.

In: lines of header words (年度指标 实际完成 | 一级指标 二级指标 分值 得分 | 值 值). Out: the columns in their
usual order. The rule it protects: halves are joined only where the line above and the line below
have the same number of them and each whole word is one of a header's.
"""

from collections.abc import Sequence
from typing import Final, Literal

from pipeline.reading.performance_cells import Piece, Row, by_line, joined
from pipeline.reading.performance_groups import GROUPS, LEVEL, POINTS
from pipeline.reading.performance_header import Column, Header, Role, role_of
from pipeline.reading.performance_money import is_money_label
from pipeline.text import fold, width_of

_ORDER: Final[tuple[Role, ...]] = (
    "money", "level", "name", "nature", "target", "unit", "actual", "initial_budget",
    "adjusted_budget", "executed", "weight", "execution_rate", "score", "deviation", "note",
)  # fmt: skip
_LINES: Final = 3
_LONGEST_TAIL: Final = 8
_LONGEST_END: Final = 12
_GAP: Final = "  "
_MOST_TOKENS: Final = 24
_BUDGETS: Final = ("initial_budget", "adjusted_budget", "executed")


def centred_header(tokens: Row) -> tuple[Header, int] | None:
    """The header that the first three lines of the tokens print, and how many tokens it takes; a
    unit alone on the line below belongs to it. None where they print none."""
    lines = by_line(tokens[:_MOST_TOKENS])
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


def recentred(tokens: Row, header: Header) -> Row:
    """Names that stand half above and half below their row, on it only the level (学生营养 | 社会效益
    ≥90% 93% 15 15 | 知晓率): the halves in front of the values, the level left out."""
    if not header.has("level") or not header.has("name"):
        return tokens
    lines = by_line(tokens)
    levels = _leading(lines)
    found: list[Row] = []
    above: list[int] = []
    taken = 0
    for i, line in enumerate(lines):
        if taken:
            taken -= 1
            continue
        below = lines[i + 1 : i + 1 + len(above)]
        whole = above and len(below) == len(above) and all(map(_is_half, below))
        if whole and (count := _level_words(line, levels)):
            half = [piece for row in below for piece in row]
            found.append((*half, *line[count:]))
            taken = len(above)
        else:
            found.append(line)
        above = [*above, i] if _is_half(line) else []
    return tuple(piece for line in found for piece in line)


def with_tails(tokens: Row, header: Header) -> Row:
    """Names whose end wrapped below their row (资助对象认定准确 =100% | 率): put behind the name, where
    the rows above and below have a word for each column of words and so need no more."""
    words = len(header.of("level", "name"))
    lines = by_line(tokens)
    found: list[Row] = []
    for i, line in enumerate(lines):
        below = lines[i + 1] if i + 1 < len(lines) else ()
        full = bool(found) and _words(found[-1]) == words > 1
        if (
            full
            and _is_half(line)
            and len(line[0].text) <= _LONGEST_TAIL
            and (not below or _words(below) == words)
        ):
            row = found[-1]
            found[-1] = (*row[: words - 1], joined((row[words - 1], *line)), *row[words:])
        else:
            found.append(line)
    return tuple(piece for line in found for piece in line)


def tails_below(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows of aligned columns, with words below a row of values put behind the cell above them
    (培训 ≥260人次 | 数量指标 人次): a cell's end stands in its column, on a line without values."""
    found: list[Row] = []
    for row in rows:
        above = found[-1] if found else ()
        cells = {piece.column: n for n, piece in enumerate(above) if piece.kind == "text"}
        ends = [p for p in row if p.column in cells and _is_end(p, above[cells[p.column]])]
        if not _words(above) or any(piece.kind not in ("text", "unit") for piece in row):
            ends = []
        for piece in ends:
            n = cells[piece.column]
            found[-1] = (*found[-1][:n], joined((found[-1][n], piece)), *found[-1][n + 1 :])
        rest = tuple(piece for piece in row if piece not in ends)
        if rest:
            found.append(rest)
    return tuple(found)


def ends_under(tokens: Row, lines: Sequence[str]) -> Row:
    """Tokens of loose text, a cell's end put behind it where it stands right under it (培训 ≥260人次 |
    人次): in the same place, not at the edge, on a line without values, below one with values."""
    found: list[Row] = []
    for line in by_line(tokens):
        above = found[-1] if found else ()
        places = {_place(piece, lines): n for n, piece in enumerate(above) if piece.kind == "text"}
        whole = not _words(above) or any(piece.kind not in ("text", "unit") for piece in line)
        rest: list[Piece] = []
        for piece in line:
            place = _place(piece, lines)
            n = -1 if whole or not place else places.get(place, -1)
            if n >= 0 and _is_end(piece, above[n]):
                found[-1] = (*found[-1][:n], joined((found[-1][n], piece)), *found[-1][n + 1 :])
            else:
                rest.append(piece)
        found += [tuple(rest)] if rest else []
    return tuple(piece for line in found for piece in line)


def _place(piece: Piece, lines: Sequence[str]) -> int:
    """Where the piece begins on its line, in half widths; 0 unless a run of blanks stands before it:
    single blanks put nothing in its place."""
    before = lines[piece.line - 1][: piece.passage.places[0][1]]
    return width_of(before) if before.endswith(_GAP) else 0


def _is_end(piece: Piece, above: Piece) -> bool:
    """True for a few words below words, neither of them a group's name, points, or a fund's."""
    whole = any(GROUPS.fullmatch(one.text) or is_money_label(one.text) for one in (piece, above))
    return not whole and len(piece.text) <= _LONGEST_END and not POINTS.fullmatch(piece.text)


def _words(line: Row) -> int:
    """How many words stand before the values; 0 for a line without values."""
    return next((n for n, piece in enumerate(line) if piece.kind != "text"), 0)


def _is_half(line: Row) -> bool:
    words = line[0].text if len(line) == 1 and line[0].kind == "text" else ""
    return bool(words) and not GROUPS.match(words) and not POINTS.fullmatch(words)


def _level_words(line: Row, levels: frozenset[str]) -> int:
    """How many words stand before the values, where all are levels: their names say so, or, of one
    alone, other rows print it in front of their names; 0 where one is not."""
    count = next((n for n, piece in enumerate(line) if piece.kind != "text"), 0)
    words = [piece.text for piece in line[:count]]
    known = levels if count == 1 else frozenset()
    named = (w in known or bool(GROUPS.fullmatch(w) or LEVEL.fullmatch(w)) for w in words)
    return count if len(line) > count + 1 and all(named) else 0


def _leading(lines: Sequence[Row]) -> frozenset[str]:
    return frozenset(
        line[0].text for line in lines if len(line) > 2 and line[0].kind == line[1].kind == "text"
    )


def _kind(roles: set[Role]) -> Literal["indicators", "money"] | None:
    if roles & {"name", "level"} and roles & {"target", "actual"}:
        return "indicators"
    return "money" if len(roles & set(_BUDGETS)) > 1 else None
