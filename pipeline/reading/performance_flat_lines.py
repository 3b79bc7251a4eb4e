"""Flattened indicators whose points stand before their target: a line a row.

In: the tokens under a header 三级指标 | 指标权重 | 计量单位 | 指标性质 | 指标值. Out: rows of pieces under
their columns. A name of two lines is centred on its values, so that half of it stands above and
half below. The rule it protects: no word of one name becomes part of the next.
"""

from pipeline.reading.performance_align import weigh
from pipeline.reading.performance_cells import Piece, Row, by_line, joined
from pipeline.reading.performance_groups import GROUPS, peel
from pipeline.reading.performance_header import Column, Header


def is_line_header(header: Header) -> bool:
    """True where a row ends with its target: the weight comes before it, no score behind it."""
    weights, targets = header.of("weight"), header.of("target")
    if header.kind != "indicators" or not weights or not targets or header.has("score"):
        return False
    return weights[0].at < targets[-1].at


def line_rows(tokens: Row, header: Header) -> tuple[Row, ...]:
    """Group heads as rows of their own, and each line with values as a row with its name."""
    rows: list[Row] = []
    above: list[Piece] = []
    owed = 0
    for line in by_line(tokens):
        name, values = _parted(line)
        if not values:
            if GROUPS.fullmatch("".join(piece.text for piece in line)):
                rows += [_ended(rows, above, header), (joined(line)._replace(column=-1),)]
                above, owed = [], 0
            elif owed:
                rows[-1], owed = _longer(rows[-1], line, header), owed - 1
            else:
                above += line
            continue
        heads, rest = peel(name)
        rows += [(head._replace(column=-1),) for head in heads]
        owed = 0 if rest else len({piece.line for piece in above})
        rows.append(_row((*above, *rest), values, header))
        above = []
    return tuple(row for row in (*rows, tuple(above)) if row)


def _ended(rows: list[Row], above: list[Piece], header: Header) -> Row:
    """Words that no values followed: the end of the name above them."""
    if above and rows and any(piece.column >= 0 for piece in rows[-1]):
        rows[-1] = _longer(rows[-1], tuple(above), header)
        return ()
    return tuple(above)


def _parted(line: Row) -> tuple[Row, Row]:
    """The words in front of a line's values, and the values from the weight on."""
    first = next((i for i, p in enumerate(line) if p.kind in ("number", "sign")), len(line))
    return line[:first], line[first:]


def _name_column(header: Header) -> int:
    return max((column.at for column in header.of("name", "level")), default=0)


def _row(name: Row, values: Row, header: Header) -> Row:
    columns: tuple[Column, ...] = header.of("weight", "unit", "nature", "target", "actual", "note")
    placed = weigh(values, columns, loose=True).columns
    under = tuple(v._replace(column=c.at) for v, c in zip(values, placed, strict=True) if c)
    named = (joined(name)._replace(column=_name_column(header)),) if name else ()
    return (*named, *under)


def _longer(row: Row, words: Row, header: Header) -> Row:
    at = _name_column(header)
    if not any(piece.column == at for piece in row):
        return (joined(words)._replace(column=at), *row)
    return tuple(joined((p, *words))._replace(column=at) if p.column == at else p for p in row)
