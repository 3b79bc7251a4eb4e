"""Numerals of a table that are no values: codes, line and column ordinals, years, names, notes.

Each with the words that show it. A number in a column that no header names is none of these: it
stays unexplained, so that a person or a model looks.
"""

import re
from collections.abc import Iterator, Sequence

from pipeline.reading.binding import TERMS
from pipeline.reading.flat_sides import ordinal_places
from pipeline.reading.flat_wraps import bare_code, joined_codes, leading_code
from pipeline.reading.header_columns import compared_columns
from pipeline.reading.headers import Header, header_of
from pipeline.reading.periods import About
from pipeline.reading.tokens import Token, line_tokens
from pipeline.text import fold, numerals
from schemas.documents import Cell, Chunk, Document
from schemas.facts import Numeral
from schemas.readings import Exclusion, FormMap, RowReading

_NOTE = re.compile(r"^(?:注|说明|备注|附注)\d?[:.、]")
_HEAD = re.compile(
    r"单位[:]|部门[:]|^公开|^[(]?20\d\d年|^YS\d+|^(?:附|部门|单位)?(?:预算|决算)?(?:公开)?表\d+|编制|日期|^(?:公开)?(?:附)?表?\d+表?$"
)
# A cell without words, (12.50) or 5.08%, is an amount that no column holds: it stays open.
_HAN = re.compile(r"[\u4e00-\u9fffA-Za-z]")
# A lone 205 in a table is taken for a class of accounts (类, 201 and up), not for a page.
_PAGE = re.compile(r"-\d{1,3}-?|\d{1,3}-|1?\d{1,2}")
_AMOUNTS = re.compile(r"数|额|预算|决算|计$|收入|支出$|经费|\d{4}年")
_SELECTS = re.compile(r"\s*[万亿]?元(?:[（(][^）)]{1,4}[）)])?(?:以上|以下|以内)")
_CODE = re.compile(r"\d{3}(?:\d{2}){0,2}")


def words_around(text: str, start: int, printed: str) -> str:
    """The reason for which a numeral inside words is no value; empty where there is none."""
    behind = text[start + len(printed) :]
    before = text[:start]
    if re.match(r"\s*年", behind) and re.fullmatch(r"(?:19|20)?\d\d", printed):
        return "year"
    if re.match(r"\s*[月日]", behind):
        return "date"
    if re.match(r"^\s*[(（]?\s*$", before) and re.match(r"\s*[、.．)）]", behind):
        return "ordinal"
    if re.search(r"[〔\[（(]\s*$", before) and re.match(r"\s*[〕\]）)]", behind):
        return "document_number" if len(printed) == 4 else "ordinal"
    return ""


def _exclusion(numeral: Numeral, reason: str, evidence: str) -> Exclusion:
    return Exclusion(
        line=numeral.line,
        start=numeral.start,
        printed=numeral.text,
        reason=reason,
        evidence=evidence[:80],
    )


def _outside_grid(document: Document, chunk: Chunk, inside: set[int]) -> Iterator[Exclusion]:
    """Title, head lines and notes around the cells."""
    noted = False
    for number in range(chunk.first_line, chunk.last_line + 1):
        line = document.lines[number - 1]
        text = fold(line)
        noted = (noted and number not in inside) or bool(_NOTE.match(text))
        if number in inside and not noted:
            continue
        for numeral in numerals(line, number):
            reason = "note" if noted else _head_reason(text, line, numeral)
            if reason:
                yield _exclusion(numeral, reason, text)


def _head_reason(text: str, line: str, numeral: Numeral) -> str:
    near = words_around(line, numeral.start, numeral.text)
    if near:
        return near
    if re.match(r"[栏行]次", text) and re.fullmatch(r"\d{1,3}", numeral.text):
        return "column_ordinal"
    if _HEAD.search(text) or text.endswith("表"):
        return "form_number"
    return ""


def grid_exclusions(
    document: Document, chunk: Chunk, form: FormMap | None
) -> tuple[Exclusion, ...]:
    """Numerals of a grid's chunk that are no values, whether its form is known or not."""
    if chunk.grid is None:
        return ()
    header = header_of(chunk.grid, TERMS)
    compared = _compared(document, chunk, header, form)
    cells = {cell.line for row in chunk.grid.rows for cell in row}
    spread = {n for row in chunk.grid.rows for c in row for n in range(c.line, c.last_line + 1)}
    found = list(_outside_grid(document, chunk, cells | spread))
    for i, row in enumerate(chunk.grid.rows):
        found.extend(_row_exclusions(i, row, header, form))
        if i >= header.body_first and i not in header.ordinal_rows:
            found.extend(_compared_cells(row, compared))
    return tuple(found)


def _compared(
    document: Document, chunk: Chunk, header: Header, form: FormMap | None
) -> dict[int, str]:
    """The columns of another year, phase or a comparison, with what their headers say."""
    if form is None:
        return {}
    about = About(document.kind, document.fiscal_year)
    columns = compared_columns(header.paths, chunk.title, about, form.key_kind == "fixed")
    bound = _value_columns(form)
    return {at: said for at, said in columns.items() if at not in bound}


def _compared_cells(row: Sequence[Cell], compared: dict[int, str]) -> Iterator[Exclusion]:
    for column, said in compared.items():
        if column < len(row) and not _HAN.search(row[column].text):
            cell = row[column]
            for numeral in numerals(cell.text, cell.line):
                placed = numeral.model_copy(update={"start": numeral.start + cell.start})
                yield _exclusion(placed, "compared", said)


def _row_exclusions(
    i: int, row: Sequence[Cell], header: Header, form: FormMap | None
) -> Iterator[Exclusion]:
    first = next((fold(cell.text) for cell in row if cell.text), "")
    repeated = first in ("栏次", "行次") or i in header.ordinal_rows
    body = i >= header.body_first and not repeated
    for column, cell in enumerate(row):
        for numeral in numerals(cell.text, cell.line):
            placed = numeral.model_copy(update={"start": numeral.start + cell.start})
            reason = _cell_reason(cell, numeral, _role(column, header, form), (body, repeated))
            if _NOTE.match(first):
                reason = "note"
            if reason:
                yield _exclusion(placed, reason, cell.text)


def _role(column: int, header: Header, form: FormMap | None) -> str:
    path = header.paths[column] if column < len(header.paths) else ()
    leaf = path[-1] if path else ""
    if re.match(r"^(?:行次|序号|栏次)$", leaf):
        return "ordinal"
    if form is not None and any(column in block.key_columns for block in form.blocks):
        return "key"
    if re.search(r"(?:编码|代码)$|^[类款项]$", leaf) or re.search(r"编码|代码", "/".join(path)):
        return "key"
    # 政府预算支出经济分类 50|01 stands before its words, often under no header of its own.
    # A column that names amounts (上年执行数) is never taken for codes, mapped or not.
    before_values = form is not None and column < min(_value_columns(form), default=0)
    if before_values and not _AMOUNTS.search("/".join(path)):
        return "left"
    return ""


def _value_columns(form: FormMap) -> tuple[int, ...]:
    return tuple(c.index for block in form.blocks for c in block.columns)


def _cell_reason(cell: Cell, numeral: Numeral, role: str, where: tuple[bool, bool]) -> str:
    body, ordinals = where
    if ordinals:
        return "column_ordinal"
    if not body:
        near = words_around(cell.text, numeral.start, numeral.text)
        return near or ("form_number" if _HEAD.search(fold(cell.text)) else "name")
    if role == "ordinal" and cell.state == "number":
        return "row_ordinal"
    if role == "key" or (role == "left" and re.fullmatch(r"\d{2,3}", fold(cell.text))):
        return "code"
    if cell.state == "text":
        if re.match(r"^\d{3}(?:\d\d){0,2}\D", fold(cell.text)) and numeral.start <= 1:
            return "code"
        near = _words_of_row(cell.text, numeral)
        return near or ("name" if _HAN.search(cell.text) else "")
    return ""


def flat_exclusions(
    document: Document, chunk: Chunk, rows: Sequence[RowReading]
) -> tuple[Exclusion, ...]:
    """Numerals of a flattened table that are no values."""
    values = {(value.line, value.start) for row in rows for value in row.values}
    lines = range(chunk.first_line, chunk.last_line + 1)
    body = [line_tokens(document.lines[n - 1], n) for n in lines if document.lines[n - 1].strip()]
    ordinals = ordinal_places(body)
    found: list[Exclusion] = []
    noted = False
    for tokens in body:
        text = fold(document.lines[tokens[0].line - 1])
        noted = noted or bool(_NOTE.match(text))
        codes = _codes(tokens)
        for i, token in enumerate(tokens):
            for numeral in numerals(token.text, token.line):
                placed = numeral.model_copy(update={"start": numeral.start + token.start})
                if (placed.line, placed.start) in values:
                    continue
                follows = i + 1 < len(tokens) and not tokens[i + 1].is_number
                named = follows or len(tokens) == 1
                in_run = (token.line, token.start) in ordinals
                shape = (named, in_run, token.is_number)
                reason = "code" if i in codes else _token_reason(token.text, numeral, text, shape)
                if noted or reason:
                    found.append(_exclusion(placed, "note" if noted else reason, token.text))
    return tuple(found)


def _codes(tokens: Sequence[Token]) -> set[int]:
    """Which tokens are an account's code: in front, with words or nothing but amounts behind it, and
    class and item of an economic code anywhere."""
    count = leading_code(tokens)
    named = count < len(tokens) and not tokens[count].is_number
    front = set(range(count)) if named or bare_code(tokens) else set()
    whole = {(token.start, token.text) for token in joined_codes(tuple(tokens))}
    return front | {i for i, t in enumerate(tokens) if (t.start, t.text) not in whole}


def _token_reason(token: str, numeral: Numeral, line: str, shape: tuple[bool, bool, bool]) -> str:
    named, in_run, is_number = shape
    if line.startswith("栏次"):
        return "column_ordinal"
    if _PAGE.fullmatch(line):
        return "page_number"
    if is_number and in_run:
        return "row_ordinal"
    if is_number and named and _CODE.fullmatch(token):
        return "code"
    if is_number:
        return ""
    if re.match(r"^\d{3}(?:\d\d){0,2}\D", token) and numeral.start == 0:
        return "code"
    near = _words_of_row(token, numeral)
    return near or ("form_number" if _HEAD.search(line) else "name")


def _words_of_row(text: str, numeral: Numeral) -> str:
    """As `words_around`; an amount in a row's name selects (单价100万元（含）以上设备)."""
    selects = _SELECTS.match(text[numeral.start + len(numeral.text) :])
    return "threshold" if selects else words_around(text, numeral.start, numeral.text)
