"""Summary forms (项目绩效目标汇总表): a project a row, pairs of indicator and target side by side.

In: the rows under a header that repeats 三级指标 and 指标值. Out: entries with the project's name.
The rule it protects: a name that the page broke is whole again, and a target belongs to the
indicator printed left of it.
"""

import re
from typing import NamedTuple

from pipeline.reading.performance_cells import Piece, Row, joined
from pipeline.reading.performance_header import Header
from pipeline.reading.performance_money import funding_line, stated_unit
from pipeline.reading.performance_values import Entry, amounts
from pipeline.text import row_label, squeeze
from schemas.facts import Numeral


class Line(NamedTuple):
    """A row taken apart: code, project name, money, and (name, target) pairs."""

    code: Piece | None
    name: Piece | None
    money: tuple[tuple[str, Piece], ...]
    pairs: tuple[tuple[Piece, Piece | None], ...]


class SummaryRead(NamedTuple):
    """Entries with the name they stand under, and numerals of codes and names."""

    entries: tuple[tuple[str, Entry], ...]
    names: tuple[tuple[Numeral, Piece], ...]


def read_summary(rows: tuple[Row, ...], header: Header, unit: str) -> SummaryRead:
    """All projects of a summary form."""
    lines = _rejoin([_take_apart(row, header) for row in rows if not _is_heading(row)])
    entries: list[tuple[str, Entry]] = []
    names: list[tuple[Numeral, Piece]] = []
    name, label = "", ""
    unit = unit or stated_unit(*(c.words for c in header.columns))
    for line in lines:
        if line.code is not None or line.name is not None:
            shown = line.name or line.code
            name = label = squeeze(shown.text) if shown else name
            names += [(n, p) for p in (line.code, line.name) if p for n in p.numerals]
        if name:
            entries += [(name, entry) for entry in _entries(line, label, unit)]
    return SummaryRead(tuple(entries), tuple(names))


def _is_heading(row: Row) -> bool:
    return not any(piece.numerals for piece in row) and all(len(p.text) <= 1 for p in row)


def _entries(line: Line, label: str, unit: str) -> list[Entry]:
    found = [
        Entry(funding_line(words), label, "initial_budget", unit, piece.numerals[0], piece)
        for words, piece in line.money
        if len(piece.numerals) == 1
    ]
    for name, target in line.pairs:
        row = row_label(name.text)
        found += [
            Entry(row, row, "target", amount.unit, amount.numeral, target)
            for amount in (amounts(target) if target else ())
            if target is not None
        ]
    return found


def _take_apart(row: Row, header: Header) -> Line:
    """Code and name at the left, money under its columns, then text-and-target pairs."""
    edge = min((c.at for c in header.of("name", "level")), default=0)
    code = name = None
    money, rest = [], []
    heads = {c.at: c.words for c in header.of("money", "fund", "initial_budget", "adjusted_budget")}
    front = min([*heads, edge])
    for piece in row:
        if piece.column < front and _is_code(piece) and code is None and name is None:
            code = piece
        elif piece.column < front:
            name = joined((name, piece)) if name else piece
        elif piece.column < edge and piece.kind == "number" and piece.column in heads:
            money.append((heads[piece.column], piece))
        else:
            rest.append(piece)
    return Line(code, name, tuple(money), _pairs(tuple(rest)))


def _is_code(piece: Piece) -> bool:
    return bool(re.fullmatch(r"[A-Za-z]?\d{3,}[A-Za-z\d]*", piece.text)) and piece.kind in (
        "number",
        "text",
        "value",
    )


def _pairs(pieces: Row) -> tuple[tuple[Piece, Piece | None], ...]:
    """Names with the target printed right of each (none where a row only continues a name)."""
    found: list[tuple[Piece, Piece | None]] = []
    for i, piece in enumerate(pieces):
        if i and found and found[-1][1] is None and piece.column == found[-1][0].column + 1:
            found[-1] = (found[-1][0], piece)
        else:
            found.append((piece, None))
    return tuple(found)


def _rejoin(lines: list[Line]) -> list[Line]:
    """Names broken over rows joined: a row without code that goes on with a project's name, a
    name without target under one that has it."""
    whole: list[Line] = []
    owner = -1
    for line in lines:
        if line.code is None and line.name is not None and owner >= 0 and not line.money:
            before = whole[owner].name
            whole[owner] = whole[owner]._replace(
                name=joined((before, line.name)) if before else line.name
            )
            line = line._replace(name=None)
        if line.code is not None or line.name is not None:
            owner = len(whole)
        bare = line.code is None and line.name is None and not line.money
        if whole and bare and line.pairs and all(t is None for _, t in line.pairs):
            whole[-1] = _continue(whole[-1], line)
            continue
        whole.append(line)
    return whole


def _continue(line: Line, more: Line) -> Line:
    """The pairs of a row with the rest of their names from the row beneath."""
    tails = {name.column: name for name, _ in more.pairs}
    pairs = tuple(
        (joined((name, tails[name.column])) if name.column in tails else name, target)
        for name, target in line.pairs
    )
    return line._replace(pairs=pairs)
