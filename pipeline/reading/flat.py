"""Flattened table text -> rows whose empty cells have vanished.

In: a table chunk without a grid. Out: row readings with key, label and values in printed order;
a value has its column only where as many values stand as the form has columns. The rule it
protects: order is evidence, position is not; placement decides the rest by arithmetic.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.reading.flat_sides import two_sides
from pipeline.reading.keys import label_without_code, row_key
from pipeline.reading.library import Form, form_by_title
from pipeline.reading.tokens import Token, is_dash, line_tokens
from pipeline.text import fold
from schemas.documents import Chunk, Document
from schemas.readings import Provenance, RowReading, ValueReading

_HEAD = re.compile(r"单位[:：]|部门[:：]|^公开\d|^[(（]?20\d\d年度?[)）]?$|^YS\d+|^-\d+-$|^第\d+页")
_NOTE = re.compile(r"^(?:注|说明|备注|附注)\d?[:.、]")
# Four digits: 类 and 款 cells joined as printed (30|11, 301|2).
_CODE = re.compile(r"^(?!20[12]\d$)(?:\d{3,5}|\d{7})$")
_GLUED = re.compile(r"^(\d{3}(?:\d{2}){0,2})(?=[\u4e00-\u9fff])")
_NAMED_ROW = re.compile(
    r"^(?:合计|总计|(?:人员|公用|日常公用)经费(?:支出)?(?:合计|小计)|本年(?:收入|支出)合计)$"
)
_AMOUNT = re.compile(r"^-?\d[\d,]*\.\d+$|^-?\d{1,3}(?:,\d{3})+$")


class _Part(NamedTuple):
    """The lines of a flattened form: header text and body tokens by line."""

    header: tuple[str, ...]
    body: tuple[tuple[Token, ...], ...]


class _Open(NamedTuple):
    """A row being read: its code, its label's pieces, its values (None: a printed dash)."""

    code: str
    label: tuple[str, ...]
    values: tuple[Token | None, ...]


def read_flat(document: Document, chunk: Chunk) -> tuple[RowReading, ...]:
    """All rows of a flattened form that print a value, in order; none where its title is unknown."""
    form = form_by_title(chunk.title)
    if form is None:
        return ()
    part = _part(document, chunk, form)
    if form.sides:
        sides = {side: columns_in(form, part.header, side) for side in ("income:", "expenditure:")}
        found = list(two_sides(part.body, sides))
    elif form.key == "fixed":
        found = list(_phases(part, columns_in(form, part.header), document.kind))
    else:
        columns = columns_in(form, part.header)
        found = [
            (_key(form, row), "".join(row.label), row.values, columns)
            for row in _rows(part.body, form)
        ]
    readings = (_reading(chunk, form, row) for row in found)
    return tuple(reading for reading in readings if reading is not None)


def _part(document: Document, chunk: Chunk, form: Form) -> _Part:
    lines = []
    for number in range(chunk.first_line, chunk.last_line + 1):
        text = fold(document.lines[number - 1])
        if _NOTE.match(text):
            break
        if text and not _HEAD.search(text) and text != fold(chunk.title):
            lines.append(line_tokens(document.lines[number - 1], number))
    split = _header_end(lines, form)
    header = tuple("".join(fold(token.text) for token in line) for line in lines[:split])
    words = {fold(token.text) for line in lines[:split] for token in line if not token.is_number}
    body = [line for line in lines[split:] if not _repeats_header(line, words)]
    return _Part(header, tuple(body))


def _repeats_header(line: Sequence[Token], words: set[str]) -> bool:
    return all(not token.is_number and fold(token.text) in words for token in line) and not (
        len(line) == 1 and _NAMED_ROW.match(fold(line[0].text))
    )


def _header_end(lines: Sequence[Sequence[Token]], form: Form) -> int:
    for i, line in enumerate(lines):
        if fold(line[0].text) == "栏次":
            return i + 1
    for i, line in enumerate(lines):
        texts = [fold(token.text) for token in line]
        if any(_AMOUNT.match(text) for text in texts) or _begins_body(texts, form):
            return i
    return len(lines)


def _begins_body(texts: Sequence[str], form: Form) -> bool:
    if form.sides:
        return any(re.match(r"^(?:一、|\(一\)|1、)", text) for text in texts)
    if _NAMED_ROW.match(texts[0]) and len(texts) > 1 and texts[1].replace(".", "").isdigit():
        return True
    if form.key in ("function_code", "economic_code"):
        return bool(_CODE.match(texts[0]) or _GLUED.match(texts[0]))
    return len(texts) > 1 and all(re.fullmatch(r"-?\d[\d,.]*", text) for text in texts[1:])


def _rows(body: Sequence[Sequence[Token]], form: Form) -> Iterator[_Open]:
    row: _Open | None = None
    for line in body:
        i = 0
        while i < len(line):
            code, used = _code_at(line, i, form)
            named = not line[i].is_number and _NAMED_ROW.match(fold(line[i].text))
            if used or named or (form.key == "project" and i == 0 and not line[i].is_number):
                if row is not None:
                    yield row
                row = _Open(code, () if used else (line[i].text,), ())
                i += used or 1
                continue
            row = _extended(row, line[i])
            i += 1
    if row is not None:
        yield row


def _extended(row: _Open | None, token: Token) -> _Open | None:
    if row is None:
        return None
    if is_dash(token.text):
        return row._replace(values=(*row.values, None))
    if token.is_number:
        return row._replace(values=(*row.values, token))
    return row._replace(label=(*row.label, token.text))


def _code_at(line: Sequence[Token], i: int, form: Form) -> tuple[str, int]:
    """An account code that begins a row at token i, and how many tokens it takes."""
    text = fold(line[i].text)
    if form.key == "project" and i == 0 and re.fullmatch(r"\d{3,}", text) and len(line) > 1:
        return text, 1
    if form.key not in ("function_code", "economic_code"):
        return "", 0
    glued = _GLUED.match(text)
    if glued and not line[i].is_number:
        return glued.group(1), 0
    if not _CODE.match(text):
        return "", 0
    parts = [text]
    while i + len(parts) < len(line) and re.fullmatch(r"\d\d", fold(line[i + len(parts)].text)):
        parts.append(fold(line[i + len(parts)].text))
    behind = line[i + len(parts)] if i + len(parts) < len(line) else None
    begins = behind is None and i == 0 if len(text) < 7 else behind is None or not behind.is_number
    if (behind is not None and not behind.is_number and not is_dash(behind.text)) or begins:
        return "".join(parts), len(parts)
    return "", 0


def _key(form: Form, row: _Open) -> str:
    return row_key(form.key, row.code, "".join(row.label))


def _phases(
    part: _Part, columns: tuple[str, ...], kind: str
) -> Iterator[tuple[str, str, tuple[Token | None, ...], tuple[str, ...]]]:
    """Rows 预算数 and 决算数; a lone row of numbers holds one of them or both, one behind the other."""
    for line in part.body:
        label = fold(line[0].text) if not line[0].is_number else ""
        values = tuple(token for token in line if token.is_number)
        if "预算" in label or "决算" in label:
            yield ("actual" if "决算" in label else "budget"), line[0].text, values, columns
        elif len(values) == 2 * len(columns):
            yield "budget", "预算数", values[: len(columns)], columns
            yield "actual", "决算数", values[len(columns) :], columns
        elif len(values) == len(columns):
            yield ("budget" if kind == "budget" else "actual"), "", values, columns


def _reading(
    chunk: Chunk, form: Form, row: tuple[str, str, tuple[Token | None, ...], tuple[str, ...]]
) -> RowReading | None:
    key, label, tokens, columns = row
    printed = [token for token in tokens if token is not None]
    if not key or not printed or not columns:
        return None
    complete = len(tokens) == len(columns)
    values = tuple(
        _value(token, columns[i] if complete else "", chunk.unit)
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
