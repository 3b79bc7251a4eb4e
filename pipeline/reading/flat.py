"""Flattened table text -> rows whose empty cells have vanished.

In: a table chunk without a grid. Out: row readings with key, label and values in printed order;
a value has its column only where as many values stand as the form has columns. The rule it
protects: order is evidence, position is not; placement decides the rest by arithmetic.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.reading.flat_columns import agrees, columns_for, ends_at, side_columns
from pipeline.reading.flat_header import header_paths
from pipeline.reading.flat_parts import AMOUNT, CODE, CODED, GLUED, NAMED_ROW, Part, part_of
from pipeline.reading.flat_phases import phase_rows
from pipeline.reading.flat_places import Header, by_place
from pipeline.reading.flat_sides import two_sides
from pipeline.reading.flat_wraps import (
    bare_code,
    is_bare_economic,
    is_part,
    joined_codes,
    unglued,
    unwrapped,
)
from pipeline.reading.flat_years import YearColumn, in_years, years_of
from pipeline.reading.header_columns import label_places
from pipeline.reading.keys import (
    by_economic_codes,
    is_total,
    item_and_unit,
    label_without_code,
    row_key,
)
from pipeline.reading.library import Form, form_by_title, form_of
from pipeline.reading.periods import About
from pipeline.reading.tokens import Token, is_dash
from pipeline.text import fold
from schemas.documents import Chunk, Document
from schemas.readings import Provenance, RowReading, ValueReading

_UNIT = re.compile(r"^\d{6}(?:\d{3})?$")
_OFFICE = re.compile(r"^\d{3}(?:\d{3}){0,2}$")


FlatRow = tuple[str, str, tuple[Token | None, ...], tuple[str, ...]]


# A row's label ends in no header's word: the text has its columns one behind the other.
_HEADER_END = re.compile(r"(?:决算|预算|执行)数$")


class _Open(NamedTuple):
    """A row being read: its code, its label's pieces, its values (None: a printed dash)."""

    code: str
    label: tuple[str, ...]
    values: tuple[Token | None, ...]


def read_flat(document: Document, chunk: Chunk) -> tuple[RowReading, ...]:
    """All rows of a flattened form that print a value, in order; none where its title is unknown."""
    form = _form(document, chunk)
    if form is None:
        return ()
    part = part_of(document, chunk, form)
    about = (chunk.title, About(document.kind, document.fiscal_year))
    years = years_of(form, part.header, about)
    if years and (rows := _of_years(chunk, form, part, years)):
        return rows
    if form.sides:
        found = _sided(form, part, about)
    elif form.key == "fixed":
        found = list(phase_rows(form, part.header, part.body, about))
    else:
        found = _keyed(form, part, about, document.lines)
    readings = (_reading(chunk, form, row) for row in found)
    return tuple(reading for reading in readings if reading is not None)


def _of_years(
    chunk: Chunk, form: Form, part: Part, years: Mapping[str, tuple[YearColumn, ...]]
) -> tuple[RowReading, ...]:
    """Rows of a form that repeats its columns for every year; none where no row fills them all."""
    columns = {side: tuple(column.id for column in mine) for side, mine in years.items()}
    if form.sides:
        rows = list(two_sides(part.body, columns))
    else:
        rows = [_of_row(form, row, columns[""]) for row in _coded_rows(form, part)]
    if not any(len(values) == len(wanted) for _, _, values, wanted in rows):
        return ()
    readings = (_reading(chunk, form, row) for row in rows)
    return tuple(
        in_years(form, years[r.row[: r.row.find(":") + 1]], r) for r in readings if r is not None
    )


def _of_row(form: Form, row: _Open, columns: tuple[str, ...]) -> FlatRow:
    label = "".join(row.label)
    return row_key(form.key, row.code, label), label, row.values, columns


def _form(document: Document, chunk: Chunk) -> Form | None:
    """The form that the title names, or that of economic accounts where their codes key the rows."""
    form = form_by_title(chunk.title)
    words = (line.split() for line in document.lines[chunk.first_line - 1 : chunk.last_line])
    codes = [next((w for w in line if CODE.match(w)), "") for line in words]
    if form and by_economic_codes(form.key, [code for code in codes if code]):
        return form_of("economic_summary")
    return form


def _sided(form: Form, part: Part, about: tuple[str, About]) -> list[FlatRow]:
    """Rows of both sides under the way of reading the header in which they add up, and of several
    that name as many columns the first in which most rows fill all."""
    ways = side_columns(form, part.header, about)
    numbered = any("行次" in line for line in part.header)
    read = [
        (list(two_sides(part.body, way, numbered)), sum(map(len, way.values()))) for way in ways
    ]
    fitting = [(rows, count) for rows, count in read if _adds_up(form, rows)]
    same = [rows for rows, count in fitting if count == fitting[0][1]]
    return max(same, key=_full_rows, default=read[0][0])


def _full_rows(rows: Sequence[FlatRow]) -> int:
    return sum(len(values) == len(columns) for _, _, values, columns in rows)


def _adds_up(form: Form, rows: Sequence[FlatRow]) -> bool:
    printed = [([fold(t.text) if t else "" for t in row[2]], row[3]) for row in rows]
    return all(
        agrees(form, columns, [values for values, mine in printed if mine == columns])
        for columns in {columns for _, columns in printed}
    )


def _keyed(form: Form, part: Part, about: tuple[str, About], lines: Sequence[str]) -> list[FlatRow]:
    """Rows with codes or names; where the numbers stand under one another, by their place."""
    rows = _coded_rows(form, part)
    printed = [[token.text if token else "" for token in row.values] for row in rows]
    columns = columns_for(form, part.header, printed, about)
    if not columns:
        return []
    rows = rows[: ends_at(columns, printed)]
    tokens = [[token for token in row.values if token is not None] for row in rows]
    dashed = any(len(mine) < len(row.values) for mine, row in zip(tokens, rows, strict=True))
    placed = [] if dashed else by_place(form, columns, tokens, Header(part.heads, about), lines)
    words = label_places(header_paths(form, part.header)) if form.key == "project" else (0, 0)
    return [
        (_key(form, row, words), _label(row, words), values, columns)
        for row, values in zip(rows, placed or [row.values for row in rows], strict=True)
    ]


def _coded_rows(form: Form, part: Part) -> list[_Open]:
    """The rows of the body that print a number."""
    body = tuple(map(unglued, part.body)) if form.key in CODED else part.body
    if form.key == "economic_code":
        body = tuple(map(joined_codes, body))
    if form.key in CODED:
        body = tuple(unwrapped(body))
    return [row for row in _rows(body, form) if row.values]


def _label(row: _Open, words: tuple[int, int]) -> str:
    """The printed label; of a project form with several columns of words the one with the name."""
    count, named = words
    if count > 1 and len(row.label) == count and named >= 0:
        return row.label[named]
    return "".join(row.label)


def _key(form: Form, row: _Open, words: tuple[int, int]) -> str:
    """The row key; empty where a project's name cannot be told from the words around it."""
    label = "".join(row.label)
    unclear = words[0] > 1 or (form.key == "project" and not words[0] and len(row.label) > 1)
    if unclear and len(row.label) != words[0] and not is_total(label):
        return ""
    if not row.code and not label and form.key in CODED:
        return "total"
    return row_key(form.key, row.code, _label(row, words))


def _rows(body: Sequence[Sequence[Token]], form: Form) -> Iterator[_Open]:
    row: _Open | None = None
    for line in body:
        i = 0
        if row is None and form.key in CODED and _is_nameless(line):
            row = _Open("", (), ())
        while i < len(line):
            code, used = _code_at(line, i, form)
            if not used and code and row is not None and _is_other_code(code, row):
                code = ""
            if used and row is not None and _is_other_code(code, row):
                i = _behind_other_code(line, i + used)
                continue
            named = not line[i].is_number and _names_row(line, i, row)
            named = named or (form.key == "project" and i == 0 and not line[i].is_number)
            if used or code or named:
                if row is not None:
                    yield row
                row = _Open(code, () if used else (line[i].text,), ())
                i += used or 1
                continue
            row = _extended(row, line[i])
            i += 1
    if row is not None:
        yield row


def _is_nameless(line: Sequence[Token]) -> bool:
    """Amounts and nothing else, before every named row: the total, whose name is not printed."""
    amounts = [bool(AMOUNT.match(fold(token.text))) for token in line]
    return any(amounts) and all(token.is_number for token in line)


def _names_row(line: Sequence[Token], i: int, row: _Open | None) -> bool:
    """合计, or (the name of a unit) words that open a line with amounts behind a full row."""
    text = fold(line[i].text)
    if NAMED_ROW.match(text):
        return True
    amounts = sum(bool(AMOUNT.match(fold(token.text))) for token in line[i + 1 :])
    return i == 0 and amounts > 0 and row is not None and bool(row.values)


def _is_other_code(code: str, row: _Open) -> bool:
    """A government account (50101) printed beside the department's (30101)."""
    return code[:1] == "5" and row.code[:1] == "3" and not row.values


def _behind_other_code(line: Sequence[Token], i: int) -> int:
    while i < len(line) and not line[i].is_number:
        i += 1
    return i


def _extended(row: _Open | None, token: Token) -> _Open | None:
    if row is None:
        return None
    if is_dash(token.text):
        return row._replace(values=(*row.values, None))
    if token.is_number:
        return row._replace(values=(*row.values, token))
    return row._replace(label=(*row.label, token.text))


def _code_at(line: Sequence[Token], i: int, form: Form) -> tuple[str, int]:
    """A code that begins a row at token i, and how many tokens it takes."""
    if form.key == "project":
        return _project_code(line) if i == 0 else ("", 0)
    if form.key not in CODED:
        return "", 0
    text = fold(line[i].text)
    glued = GLUED.match(text)
    if glued and not line[i].is_number:
        return glued.group(1), 0
    if i == 0 and _OFFICE.match(text) and len(line) > 1 and not line[1].is_number:
        return text, 1
    if form.key == "economic_code" and is_bare_economic(line, i):
        return text, 1
    bare = bare_code(line) if i == 0 else 0
    if bare:
        return "".join(fold(token.text) for token in line[:bare]), bare
    return _account_at(line, i) if CODE.match(text) else ("", 0)


def _project_code(line: Sequence[Token]) -> tuple[str, int]:
    """A project's code before its name; codes of accounts and units before it are passed over."""
    codes = next((n for n, token in enumerate(line) if not token.text.isdigit()), len(line))
    if not codes or len(line) == 1:
        return "", 0
    if codes > 1 and codes < len(line) and not line[codes].is_number:
        return "", codes
    return (line[0].text, 1) if len(line[0].text) > 2 else ("", 0)


def _account_at(line: Sequence[Token], i: int) -> tuple[str, int]:
    """208, 20805, 2080505, or 208 05 05; a unit's code may stand between it and its name."""
    parts = [fold(line[i].text)]
    while is_part(line, i + len(parts)):
        parts.append(fold(line[i + len(parts)].text))
    behind = line[i + len(parts)] if i + len(parts) < len(line) else None
    after = line[i + len(parts) + 1] if i + len(parts) + 1 < len(line) else None
    if behind is not None and after is not None and _UNIT.match(fold(behind.text)):
        return ("", 0) if after.is_number else ("".join(parts), len(parts) + 1)
    begins = (
        behind is None and i == 0 if len(parts[0]) < 7 else behind is None or not behind.is_number
    )
    if (behind is not None and not behind.is_number and not is_dash(behind.text)) or begins:
        return "".join(parts), len(parts)
    return "", 0


def _reading(chunk: Chunk, form: Form, row: FlatRow) -> RowReading | None:
    key, label, tokens, columns = row
    printed = [token for token in tokens if token is not None]
    if not key or not printed or not columns or (form.sides and _HEADER_END.search(fold(label))):
        return None
    complete = len(tokens) == len(columns)
    own_unit = item_and_unit(label)[1] if form.key == "fixed" else ""
    values = tuple(
        _value(token, columns[i] if complete else "", own_unit or chunk.unit)
        for i, token in enumerate(tokens)
        if token is not None
    )
    return RowReading(
        statement=form.statement,
        row=key,
        label=label_without_code(label),
        line=values[0].line,
        values=values,
        columns=columns,
        chunk=chunk.id,
        source=Provenance(reader="form", form=form.statement),
    )


def _value(token: Token, column: str, unit: str) -> ValueReading:
    return ValueReading(
        printed=token.text, line=token.line, start=token.start, column=column, unit=unit
    )
