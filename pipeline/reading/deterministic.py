"""Chunk -> reading, without a model: shipped forms, flattened forms, sequences, grammar."""

import re
from collections.abc import Sequence

from pipeline.identities import row_sums
from pipeline.reading.binding import bind
from pipeline.reading.flat import read_flat
from pipeline.reading.flat_columns import adds_up, can_add_up
from pipeline.reading.flat_parts import CODED
from pipeline.reading.grammar import ProseContext, paragraphs, read_prose
from pipeline.reading.item_heads import with_subjects
from pipeline.reading.learning import FormStore
from pipeline.reading.library import form_of
from pipeline.reading.model_headings import mark_of
from pipeline.reading.periods import About
from pipeline.reading.rows import read_grid
from pipeline.reading.sequence import read_performance
from pipeline.reading.sides import side_of
from pipeline.reading.table_numerals import flat_exclusions, grid_exclusions
from schemas.documents import Chunk, Document
from schemas.readings import FormMap, Reading, RowReading

_ACCOUNT = re.compile(r"[2-5]\d\d(?:\d\d){1,2}")
_CODE_PART = re.compile(r"0\d")
_CHANCE = 2
_SHIFTED = "the header does not stand over the columns of the grid"
_UNKNOWN = "no shipped form has this title and these columns"


def read_chunk(document: Document, chunk: Chunk, store: FormStore | None = None) -> Reading:
    """What the deterministic reader makes of one chunk; a form of the store serves where none is
    shipped."""
    if chunk.kind == "table":
        return _read_table(document, chunk, _kept(chunk, store) if store else None)
    if chunk.kind == "performance":
        return read_performance(document, chunk)
    if chunk.kind == "prose":
        return read_prose_chunk(document, chunk)
    return Reading(chunk=chunk.id)


def read_prose_chunk(document: Document, chunk: Chunk) -> Reading:
    """Claims and exclusions of a chunk of prose, paragraph by paragraph."""
    about = ProseContext(department=document.department, fiscal_year=document.fiscal_year)
    found = [
        read_prose(text, chunk.section, about._replace(subject=subject), chunk.id)
        for text, subject in with_subjects(paragraphs(document, chunk))
    ]
    return Reading(
        chunk=chunk.id,
        claims=tuple(claim for one in found for claim in one.claims),
        exclusions=tuple(exclusion for one in found for exclusion in one.exclusions),
    )


def _kept(chunk: Chunk, store: FormStore) -> FormMap | None:
    if chunk.grid is None or not chunk.grid.rows:
        return None
    learned = store.forms.get(mark_of(chunk, chunk.grid))
    return learned.form if learned else None


def _read_table(document: Document, chunk: Chunk, learned: FormMap | None) -> Reading:
    if chunk.grid is None:
        return _read_lines(document, chunk)
    form = bind(chunk, About(document.kind, document.fiscal_year)) or learned
    rows = read_grid(chunk, form) if form else ()
    if chunk.grid.layout in ("aligned", "cell_per_line"):
        lines = _read_lines(document, chunk.model_copy(update={"grid": None}))
        if _is_feigned(rows, lines):
            return lines
        rows = tuple(_doubted(row) for row in rows if not _is_of_other_side(row))
    if _takes_codes(rows) or _sides_contradict(rows):
        exclusions = grid_exclusions(document, chunk, None)
        return Reading(chunk=chunk.id, exclusions=exclusions, status="unread", reason=_SHIFTED)
    rows = _without_codes(rows)
    exclusions = grid_exclusions(document, chunk, form)
    if form is None and _prints_amounts(document, chunk):
        return Reading(chunk=chunk.id, exclusions=exclusions, status="unread", reason=_UNKNOWN)
    return Reading(chunk=chunk.id, rows=rows, exclusions=exclusions)


def _read_lines(document: Document, chunk: Chunk) -> Reading:
    """A table as flattened text; so too where its alignment was mistaken for columns, which shows in
    the numbers that the columns lose."""
    rows = read_flat(document, chunk)
    exclusions = flat_exclusions(document, chunk, rows)
    if not rows and _prints_amounts(document, chunk):
        return Reading(chunk=chunk.id, exclusions=exclusions, status="unread", reason=_UNKNOWN)
    return Reading(chunk=chunk.id, rows=rows, exclusions=exclusions)


def _without_codes(rows: Sequence[RowReading]) -> tuple[RowReading, ...]:
    """Without the lines on which a code of another account stands where amounts with a point do:
    there the columns have moved."""
    printed = [value.printed for row in rows for value in row.values]
    if sum("." in text for text in printed) * 2 < len(printed):
        return tuple(rows)
    moved = {
        row.line
        for row in rows
        if row.row.isdigit() and any(_ACCOUNT.fullmatch(value.printed) for value in row.values)
    }
    return tuple(row for row in rows if row.line not in moved)


def _is_of_other_side(row: RowReading) -> bool:
    """支出 among the income, or 收入 among the expenditure."""
    side, _, name = row.row.partition(":")
    return (side, name[-2:]) in (("income", "支出"), ("expenditure", "收入"))


def _doubted(row: RowReading) -> RowReading:
    """The row without its columns where its numbers break the form's sums under them and keep them
    under others in the same order: a line that was lost has moved them."""
    printed = [value.printed for value in row.values]
    columns = [value.column for value in row.values]
    if any(not column or column.startswith("~") for column in columns):
        return row
    sums = row_sums(row.statement, frozenset(row.columns))
    if adds_up(sums, columns, printed) or not can_add_up(sums, row.columns, printed):
        return row
    values = tuple(value.model_copy(update={"column": ""}) for value in row.values)
    return row.model_copy(update={"values": values})


def _takes_codes(rows: Sequence[RowReading]) -> bool:
    """True where account codes or their parts (01) are taken for values: the header does not stand
    over its columns."""
    found = sum(any(_is_code(value.printed, row.row) for value in row.values) for row in rows)
    return found > 1 and found * 5 > len(rows)


def _is_code(printed: str, row: str) -> bool:
    return (row.isdigit() and printed == row) or _CODE_PART.fullmatch(printed) is not None


def _sides_contradict(rows: Sequence[RowReading]) -> bool:
    """True where most labels of a side name the other: its columns are not where they are read."""
    for prefix in ("income:", "expenditure:"):
        labels = [row.row.removeprefix(prefix) for row in rows if row.row.startswith(prefix)]
        other = [label for label in labels if side_of(label) not in ("", prefix)]
        if len(other) > _CHANCE and len(other) * 2 > len(labels):
            return True
    return False


def _takes_ordinals(rows: Sequence[RowReading], lines: Reading) -> bool:
    """True where a number that runs down the lines (行次) is taken for a value."""
    ordinals = {(e.line, e.start) for e in lines.exclusions if e.reason == "row_ordinal"}
    return any((value.line, value.start) in ordinals for row in rows for value in row.values)


def _is_feigned(rows: Sequence[RowReading], lines: Reading) -> bool:
    """True where columns lose most numbers, the names of the rows, take those of the lines for
    values, or break sums that the same numbers keep without them."""
    whole = _values(rows) <= _values(lines.rows) and _breaks(rows) > _breaks(lines.rows)
    nameless = sum(row.row == "total" for row in rows) > _CHANCE
    most = _breaks(rows) > _CHANCE and _breaks(rows) * 3 > len(rows)
    named = most or all(value.column for row in lines.rows for value in row.values)
    few = _values(rows) * 2 < _values(lines.rows)
    return few or nameless or _takes_ordinals(rows, lines) or (whole and named)


def _breaks(rows: Sequence[RowReading]) -> int:
    """How many rows do not add up."""
    return sum(
        not adds_up(
            row_sums(row.statement, frozenset(row.columns)),
            [value.column for value in row.values],
            [value.printed for value in row.values],
        )
        for row in rows
    )


def _values(rows: Sequence[RowReading]) -> int:
    """How many numbers the rows have under the keys of their form: codes, where it has codes."""
    return sum(
        len(row.values)
        for row in rows
        if form_of(row.statement).key not in CODED or row.row[:1].isdigit() or "total" in row.row
    )


def _prints_amounts(document: Document, chunk: Chunk) -> bool:
    if chunk.grid is not None:
        return any(
            "." in cell.text for row in chunk.grid.rows for cell in row if cell.state == "number"
        )
    lines = document.lines[chunk.first_line - 1 : chunk.last_line]
    return any("." in line and any(c.isdigit() for c in line) for line in lines)
