"""Flattened table text -> rows whose empty cells have vanished.

In: a table chunk without a grid. Out: row readings with key, label and values in printed order;
a value has its column only where as many values stand as the form has columns. The rule it
protects: order is evidence, position is not; placement decides the rest by arithmetic.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.contents import PAGE_NUMBER
from pipeline.reading.flat_columns import agrees, columns_for, side_columns
from pipeline.reading.flat_compared import RATE
from pipeline.reading.flat_header import header_paths
from pipeline.reading.flat_phases import phase_rows
from pipeline.reading.flat_places import Header, by_place
from pipeline.reading.flat_sides import two_sides
from pipeline.reading.flat_wraps import bare_code, is_bare_economic, joined_codes, unwrapped
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
from pipeline.reading.stacked import is_stacked, unstacked
from pipeline.reading.tokens import Token, is_dash, joined_words, line_tokens
from pipeline.text import fold
from schemas.documents import Chunk, Document
from schemas.readings import Provenance, RowReading, ValueReading

_HEAD = re.compile(
    r"(?:单位|部门|机构)(?:名称)?[:：]|^公开\d|^[(（]?20\d\d年度?[)）]?$|^YS\d+|^[-—–]+\d+[-—–]+$|^第\d+页"
    r"|^(?:部门|单位|预算|决算|批复)*(?:公开)?(?:附?表)[0-9一二三四五六七八九十]{1,3}(?:-\d+)?(?:表)?$"
)
_NOTE = re.compile(r"^(?:注|说明|备注|附注)\d?[:.、]")
# Four digits: 类 and 款 cells joined as printed (30|11, 301|2).
_CODE = re.compile(r"^(?!20[12]\d$)(?:\d{3,5}|\d{7})$")
_GLUED = re.compile(r"^[\[(]?(\d{3}(?:\d{2}){0,2})[\])]?[-_.、:]?(?=[\u4e00-\u9fff])(?!年)")
_CODED = ("function_code", "economic_code")
_UNIT = re.compile(r"^\d{6}(?:\d{3})?$")
_NAMED_ROW = re.compile(
    r"^(?:合计|总计|(?:人员|公用|日常公用)经费(?:支出)?(?:合计|小计)|本年(?:收入|支出)合计)$"
)
_PAGE_NUMBER = re.compile(r"\d{1,3}")
_AMOUNT = re.compile(r"^-?\d[\d,]*\.\d+$|^-?\d{1,3}(?:,\d{3})+$")


FlatRow = tuple[str, str, tuple[Token | None, ...], tuple[str, ...]]


class _Part(NamedTuple):
    """The lines of a flattened form: tokens of the header and of the body."""

    heads: tuple[tuple[Token, ...], ...]
    body: tuple[tuple[Token, ...], ...]

    @property
    def header(self) -> tuple[tuple[str, ...], ...]:
        """The words of the header, folded, by line."""
        return tuple(tuple(fold(token.text) for token in line) for line in self.heads)


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
    part = _part(document, chunk, form)
    about = (chunk.title, About(document.kind, document.fiscal_year))
    if form.sides:
        found = _sided(form, part, about)
    elif form.key == "fixed":
        found = list(phase_rows(form, part.header, part.body, about))
    else:
        found = _keyed(form, part, about, document.lines)
    readings = (_reading(chunk, form, row) for row in found)
    return tuple(reading for reading in readings if reading is not None)


def _form(document: Document, chunk: Chunk) -> Form | None:
    """The form that the title names, or that of economic accounts where their codes key the rows."""
    form = form_by_title(chunk.title)
    words = (line.split() for line in document.lines[chunk.first_line - 1 : chunk.last_line])
    codes = [next((w for w in line if _CODE.match(w)), "") for line in words]
    if form and by_economic_codes(form.key, [code for code in codes if code]):
        return form_of("economic_summary")
    return form


def _sided(form: Form, part: _Part, about: tuple[str, About]) -> list[FlatRow]:
    """Rows of both sides under the way of reading the header in which they add up, and of several
    the first in which most of them fill all columns."""
    ways = [list(two_sides(part.body, way)) for way in side_columns(form, part.header, about)]
    fitting = [rows for rows in ways if _adds_up(form, rows)]
    return max(fitting, key=_full_rows) if fitting else ways[0]


def _full_rows(rows: Sequence[FlatRow]) -> int:
    return sum(len(values) == len(columns) for _, _, values, columns in rows)


def _adds_up(form: Form, rows: Sequence[FlatRow]) -> bool:
    printed = [([fold(t.text) if t else "" for t in row[2]], row[3]) for row in rows]
    return all(
        agrees(form, columns, [values for values, mine in printed if mine == columns])
        for columns in {columns for _, columns in printed}
    )


def _keyed(
    form: Form, part: _Part, about: tuple[str, About], lines: Sequence[str]
) -> list[FlatRow]:
    """Rows with codes or names; where the numbers stand under one another, by their place."""
    body = part.body
    if form.key == "economic_code":
        body = tuple(map(joined_codes, body))
    if form.key in _CODED:
        body = tuple(unwrapped(body))
    rows = [row for row in _rows(body, form) if row.values]
    printed = [[token.text if token else "" for token in row.values] for row in rows]
    columns = columns_for(form, part.header, printed, about)
    if not columns:
        return []
    tokens = [[token for token in row.values if token is not None] for row in rows]
    dashed = any(len(mine) < len(row.values) for mine, row in zip(tokens, rows, strict=True))
    placed = [] if dashed else by_place(form, columns, tokens, Header(part.heads, about), lines)
    words = label_places(header_paths(form, part.header)) if form.key == "project" else (0, 0)
    return [
        (_key(form, row, words), _label(row, words), values, columns)
        for row, values in zip(rows, placed or [row.values for row in rows], strict=True)
    ]


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
    return row_key(form.key, row.code, _label(row, words))


def _part(document: Document, chunk: Chunk, form: Form) -> _Part:
    lines = []
    for number in range(chunk.first_line, chunk.last_line + 1):
        text = fold(document.lines[number - 1])
        if _NOTE.match(text):
            break
        if _is_page_mark(text):
            continue
        if text and not _HEAD.search(text) and text != fold(chunk.title):
            lines.append(joined_words(line_tokens(document.lines[number - 1], number)))
    if is_stacked(lines):
        head, body = unstacked(lines, form.sides)
        return _Part(tuple(head), tuple(body))
    split = _header_end(lines, form)
    header = tuple(
        line for line in lines[:split] if not is_ordinals(line) and fold(line[0].text) != "栏次"
    )
    words = {fold(token.text) for line in lines[:split] for token in line if not token.is_number}
    repeated = _repeated_header(lines[split:], words)
    body = [_without_rates(line) for n, line in enumerate(lines[split:]) if n not in repeated]
    numbered = any(fold(token.text) == "序号" for line in header for token in line)
    return _Part(_once(header), tuple(_without_row_numbers(body, numbered)))


def _once(header: tuple[tuple[Token, ...], ...]) -> tuple[tuple[Token, ...], ...]:
    """The header without its second printing directly below the first."""
    texts = [[fold(token.text) for token in line] for line in header]
    for size in range(len(texts) // 2, 1, -1):
        if texts[-size:] == texts[-2 * size : -size]:
            return header[:-size]
    return header


def _without_rates(line: Sequence[Token]) -> tuple[Token, ...]:
    """A line without 增减%: behind amounts a rate begins no label."""
    return tuple(t for t in line if not RATE.fullmatch(fold(t.text))) or tuple(line)


def is_ordinals(line: Sequence[Token]) -> bool:
    """A line that numbers the columns: 1 2 3 4."""
    texts = [fold(token.text) for token in line if fold(token.text) not in ("栏次", "行次")]
    numbers = [int(text) for text in texts if re.fullmatch(r"\d{1,2}", text)]
    return len(numbers) == len(texts) > 2 and numbers == [
        *range(numbers[0], numbers[0] + len(numbers))
    ]


def _without_row_numbers(
    body: list[tuple[Token, ...]], numbered_form: bool
) -> list[tuple[Token, ...]]:
    """Lines without the 序号 in front: 1, 2, 3 … over three lines, or where the header names it."""
    wanted, numbered = 1, []
    for n, line in enumerate(body):
        if len(line) > 1 and line[0].text == str(wanted) and not is_dash(line[1].text):
            numbered.append(n)
            wanted += 1
    if not numbered_form and (len(numbered) < 3 or len(numbered) * 2 < len(body)):
        return body
    return [line[1:] if n in numbered else line for n, line in enumerate(body)]


def _is_page_mark(text: str) -> bool:
    """A page's number with marks around it, or a converter's line between two pages."""
    return PAGE_NUMBER.match(text) is not None and not text.lstrip("-").isdigit()


def _repeated_header(lines: Sequence[Sequence[Token]], words: set[str]) -> set[int]:
    """Which lines print the header again, and the page number alone above it or at the end. One
    word of the header alone belongs to it only beside a line that does: 收入 may be the end of a
    label."""
    kinds = [_repeats_header(line, words) or is_ordinals(line) for line in lines]
    found = {n for n, kind in enumerate(kinds) if kind and len(lines[n]) > 1}
    for n in [*range(len(lines)), *reversed(range(len(lines)))]:
        if kinds[n] and found & {n - 1, n + 1}:
            found.add(n)
    last = len(lines) - 1
    numbers = [n for n, line in enumerate(lines) if len(line) == 1 and _is_page_number(line[0])]
    return found | {n for n in numbers if n + 1 in found or n == last}


def _is_page_number(token: Token) -> bool:
    return _PAGE_NUMBER.fullmatch(token.text) is not None


def _repeats_header(line: Sequence[Token], words: set[str]) -> bool:
    return all(not token.is_number and fold(token.text) in words for token in line) and not (
        len(line) == 1 and _NAMED_ROW.match(fold(line[0].text))
    )


def _header_end(lines: Sequence[Sequence[Token]], form: Form) -> int:
    for i, line in enumerate(lines):
        if fold(line[0].text) == "栏次":
            return i + 1
    numbered = False
    for i, line in enumerate(lines):
        texts = [fold(token.text) for token in line]
        if numbered and texts[0] == "1" and len(texts) > 1:
            return i
        numbered = numbered or "序号" in texts
        if any(_AMOUNT.match(text) for text in texts) or _begins_body(texts, form):
            return i
    return len(lines)


def _begins_body(texts: Sequence[str], form: Form) -> bool:
    if form.sides:
        return any(re.match(r"^(?:一、|\(一\)|1、)", text) for text in texts)
    if _NAMED_ROW.match(texts[0]) and len(texts) > 1 and texts[1].replace(".", "").isdigit():
        return True
    if form.key in _CODED:
        return bool(_CODE.match(texts[0]) or _GLUED.match(texts[0]))
    return len(texts) > 1 and all(re.fullmatch(r"-?\d[\d,.]*", text) for text in texts[1:])


def _rows(body: Sequence[Sequence[Token]], form: Form) -> Iterator[_Open]:
    row: _Open | None = None
    for line in body:
        i = 0
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


def _names_row(line: Sequence[Token], i: int, row: _Open | None) -> bool:
    """合计, or (the name of a unit) words that open a line with amounts behind a full row."""
    text = fold(line[i].text)
    if _NAMED_ROW.match(text):
        return True
    amounts = sum(bool(_AMOUNT.match(fold(token.text))) for token in line[i + 1 :])
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
    if form.key not in _CODED:
        return "", 0
    text = fold(line[i].text)
    glued = _GLUED.match(text)
    if glued and not line[i].is_number:
        return glued.group(1), 0
    if i == 0 and _UNIT.match(text) and len(line) > 1 and not line[1].is_number:
        return text, 1
    if form.key == "economic_code" and is_bare_economic(line, i):
        return text, 1
    bare = bare_code(line) if i == 0 else 0
    if bare:
        return "".join(fold(token.text) for token in line[:bare]), bare
    return _account_at(line, i) if _CODE.match(text) else ("", 0)


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
    while i + len(parts) < len(line) and re.fullmatch(r"\d\d", fold(line[i + len(parts)].text)):
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
    if not key or not printed or not columns:
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
