"""What people corrected, laid over what was read: `corrections.csv`.

In: facts of a document and corrections. Out: facts, the corrected ones with reader `human`. The
rule it protects: a person's word stands over every re-run, and even a person's number has to
stand in the document.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Literal

from pydantic import ValidationError

from pipeline.errors import InputError, fault
from pipeline.text import numerals, parse_number
from schemas.base import Frozen
from schemas.facts import Fact
from schemas.vocabulary import MONEY_COLUMNS, TABLE_STATEMENTS, YUAN_PER_UNIT, Statement


class Correction(Frozen):
    """One row: the fact of this key is this (`set`), or is none (`remove`).

    `document` is the run's id, which holds the hash of the content: a correction never reaches
    another version of a document. For `remove`, `raw` and `line` name the reading meant."""

    document: str
    action: Literal["set", "remove"]
    statement: Statement
    section: str
    row: str
    column: str
    unit: str
    raw: str
    label: str
    line: int
    negative: Literal["", "yes"] = ""
    note: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The key of the fact meant."""
        return (self.statement, self.section, self.row, self.column)


CORRECTION_COLUMNS: Final[tuple[str, ...]] = tuple(Correction.model_fields)


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """Corrections of a file (UTF-8, with or without BOM). Raises InputError with the row."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"corrections cannot be read: {error}", where=str(path)) from error
    found = []
    for number, record in enumerate(csv.DictReader(io.StringIO(text, newline="")), start=2):
        try:
            found.append(Correction.model_validate(record))
        except ValidationError as error:
            raise InputError(
                fault(error), where=f"{path} row {number}", hint="docs/facts.md lists the words"
            ) from error
    return tuple(found)


def apply_corrections(
    facts: Sequence[Fact], corrections: Iterable[Correction], document: str, lines: Sequence[str]
) -> tuple[Fact, ...]:
    """The facts with the corrections of this document laid over them, later rows over earlier.

    A corrected fact keeps the place of the reading it replaces; a new one comes last. Raises
    InputError for a number that does not stand on its line."""
    corrected = list(facts)
    for correction in corrections:
        if correction.document == document:
            _apply(corrected, correction, lines)
    return tuple(corrected)


def _apply(facts: list[Fact], correction: Correction, lines: Sequence[str]) -> None:
    at = next((i for i, fact in enumerate(facts) if fact.key == correction.key), None)
    if correction.action == "remove":
        if at is not None:
            del facts[at]
        return
    fact = _corrected(correction, lines)
    if at is None:
        facts.append(fact)
    else:
        facts[at] = fact


def _corrected(correction: Correction, lines: Sequence[str]) -> Fact:
    """The fact that a person states, grounded like any other."""
    start = _start(correction, lines)
    value = parse_number(correction.raw)
    value = -abs(value) if correction.negative else value
    is_money = correction.statement in TABLE_STATEMENTS or correction.column in MONEY_COLUMNS
    factor = YUAN_PER_UNIT.get(correction.unit) if is_money else None
    return Fact(
        document=correction.document,
        statement=correction.statement,
        section=correction.section,
        row=correction.row,
        column=correction.column,
        value=value,
        unit=correction.unit,
        raw=correction.raw,
        label=correction.label,
        line=correction.line,
        start=start,
        amount_yuan=value * factor if factor else None,
        reader="human",
    )


def _start(correction: Correction, lines: Sequence[str]) -> int:
    """Where the number stands on its line."""
    line = lines[correction.line - 1] if 1 <= correction.line <= len(lines) else ""
    for token in numerals(line, correction.line):
        if token.text == correction.raw:
            return token.start
    raise InputError(
        f"correction of {' / '.join(filter(None, correction.key))}: {correction.raw!r} does not "
        f"stand on line {correction.line}",
        where=correction.document,
        hint="copy the number as printed and count lines from 1",
    )
