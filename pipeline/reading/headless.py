"""A table without a header whose form is known -> a form map in the official order of columns.

Only where the sums within every row hold under that order; else the table stays unread.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from pipeline.identities import half_unit, row_sums
from pipeline.reading.library import Form
from pipeline.text import fold, parse_number
from schemas.documents import Cell, Chunk
from schemas.readings import Block, ColumnMap, FormMap


def headless(chunk: Chunk, form: Form) -> FormMap | None:
    """Codes, then a name, then values in the official order; None where the sums deny it."""
    rows = chunk.grid.rows if chunk.grid else ()
    if form.key not in ("function_code", "economic_code") or not rows:
        return None
    label = next((i for i, cell in enumerate(rows[0]) if cell.state == "text"), None)
    first_value = 1 + max((i for i, cell in enumerate(rows[0]) if cell.state == "text"), default=0)
    if label is None or not all(re.fullmatch(r"\d{2,7}", fold(c.text)) for c in rows[0][:label]):
        return None
    width = max(map(len, rows)) - first_value
    columns = form.column_order()[:width]
    if not _sums_hold(form, columns, [row[first_value:] for row in rows]):
        return None
    values = tuple(ColumnMap(index=first_value + i, column=name) for i, name in enumerate(columns))
    block = Block(key_columns=tuple(range(label)), label_column=label, columns=values)
    return FormMap(
        name=form.statement,
        statement=form.statement,
        fingerprint="sha256:headless",
        unit=chunk.unit,
        key_kind=form.key,
        body_first=0,
        blocks=(block,),
        trust="consistent",
        seen_in=form.seen_in,
    )


def _sums_hold(form: Form, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bool:
    filled = {name for row in rows for name, cell in zip(columns, row, strict=False) if cell.text}
    sums = row_sums(form.statement, frozenset(filled))
    for row in rows:
        named = {
            name: parse_number(cell.text)
            for name, cell in zip(columns, row, strict=False)
            if cell.state == "number"
        }
        for rule in sums:
            parts = [named[p] for p in rule.parts if p in named]
            allowed = sum((half_unit(value) for value in parts), Decimal(0)) + Decimal("0.005")
            if abs(sum(parts, Decimal(0)) - named.get(rule.total, Decimal(0))) > allowed:
                return False
    return bool(sums)
