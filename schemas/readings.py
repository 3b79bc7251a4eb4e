"""Readings: what a chunk says, whoever reads it (form library, grammar, sequence or model).

A reading names places and printed strings. It carries no number: `facts` makes numbers out of
the characters that stand at the place named."""

from typing import Literal

from schemas.base import Frozen
from schemas.vocabulary import ClaimColumn, EvaluationColumn, PlacedBy, Reader

KeyKind = Literal["function_code", "economic_code", "label", "project", "fixed"]
Origin = Literal["shipped", "accepted", "learned", "model"]
Trust = Literal["proven", "consistent"]


class Provenance(Frozen):
    """Who read it: reader, and for a form or model its name, version and call."""

    reader: Reader
    form: str = ""
    prompt: str = ""
    model: str = ""
    call: str = ""


class ColumnMap(Frozen):
    """Grid column `index` (0-based) holds the contract's column `column`."""

    index: int
    column: str


class Block(Frozen):
    """A side of a form that stands beside others (收入 | 支出; three economic columns).

    `prefix` is put before the row key (`income:`); `row` is the key of every row of a block whose
    rows carry none (预算数 / 决算数 side by side)."""

    prefix: Literal["", "income:", "expenditure:"] = ""
    row: str = ""
    key_columns: tuple[int, ...] = ()
    label_column: int | None = None
    columns: tuple[ColumnMap, ...]


class FormMap(Frozen):
    """Which form a table is, which of its columns is which, where its body begins and ends.

    Rows are counted in the grid from 0; `body_last` None means to the end; `exceptions` are body
    rows that are none (a repeated header, a note). This is what the model answers and what the
    store keeps, keyed by `fingerprint` of the header."""

    name: str
    statement: str
    fingerprint: str
    unit: str = ""
    key_kind: KeyKind
    body_first: int
    body_last: int | None = None
    exceptions: tuple[int, ...] = ()
    blocks: tuple[Block, ...]
    origin: Origin = "shipped"
    trust: Trust = "proven"
    seen_in: tuple[str, ...] = ()


class ValueReading(Frozen):
    """One printed numeral of a row: `printed` stands at offset `start` of `line`.

    `column` is empty while the source does not say which column it is."""

    printed: str
    line: int
    start: int
    column: str = ""
    unit: str = ""
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    placed_by: PlacedBy = ""
    confidence: float | None = None


class RowReading(Frozen):
    """A row of a form: key (`2080505`, `total`, `income:事业收入`), label as printed, values in
    printed order. `columns` lists the columns the form has, in its order, for placement."""

    statement: str
    row: str
    label: str
    line: int
    values: tuple[ValueReading, ...]
    columns: tuple[str, ...] = ()
    chunk: str = ""
    source: Provenance


class ClaimReading(Frozen):
    """A number of the prose: the occurrence, its subject (`row`), its column and unit.

    `negative` says that the words (减少, 下降) give the number a minus that is not printed."""

    section: str
    row: str
    label: str
    column: ClaimColumn
    unit: str
    printed: str
    line: int
    start: int
    negative: bool = False
    chunk: str = ""
    source: Provenance


class EvaluationReading(Frozen):
    """One number of a performance form: `<name>/<row>` and its column."""

    row: str
    label: str
    column: EvaluationColumn
    unit: str
    printed: str
    line: int
    start: int
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    placed_by: PlacedBy = ""
    chunk: str = ""
    source: Provenance


class Exclusion(Frozen):
    """A numeral that is no fact, with its reason and the words that show it."""

    line: int
    start: int
    printed: str
    reason: str
    evidence: str


class Reading(Frozen):
    """All that was read from one chunk by one reader."""

    chunk: str
    rows: tuple[RowReading, ...] = ()
    claims: tuple[ClaimReading, ...] = ()
    evaluations: tuple[EvaluationReading, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    status: Literal["done", "partial", "failed", "unread"] = "done"
    reason: str = ""
