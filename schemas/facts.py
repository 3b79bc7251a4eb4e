"""The tidy facts of `facts-contract.md`, and the account of every numeral."""

from decimal import Decimal
from typing import Final, Literal

from schemas.base import Frozen
from schemas.vocabulary import PlacedBy, Reader, Statement

ExclusionReason = Literal[
    "ordinal",
    "row_ordinal",
    "column_ordinal",
    "page_number",
    "contents",
    "duties",
    "glossary",
    "year",
    "date",
    "deadline",
    "code",
    "form_number",
    "document_number",
    "telephone",
    "formula",
    "threshold",
    "name",
    "note",
    "repeated",
    "compared",
    "markup",
]


class Fact(Frozen):
    """One number that the document prints. `value` keeps the printed digits."""

    document: str
    statement: Statement
    section: str
    row: str
    column: str
    value: Decimal
    unit: str
    raw: str
    label: str
    line: int
    page: int | None = None
    bbox: tuple[float, float, float, float] | None = None
    amount_yuan: Decimal | None = None
    reader: Reader
    form: str = ""
    prompt: str = ""
    model: str = ""
    call: str = ""
    placed_by: PlacedBy = ""
    checks: tuple[str, ...] = ()
    start: int = 0
    confidence: float | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes a fact the same fact in two readings of one document."""
        return (self.statement, self.section, self.row, self.column)


FACT_COLUMNS: Final[tuple[str, ...]] = tuple(Fact.model_fields)
GOLDEN_COLUMNS: Final[tuple[str, ...]] = (
    "document",
    "statement",
    "section",
    "row",
    "column",
    "value",
    "unit",
    "raw",
    "label",
    "line",
)


class Numeral(Frozen):
    """A numeral token: `text` stands at offset `start` of line `line`."""

    line: int
    start: int
    text: str


class Disposition(Frozen):
    """What became of a numeral: a fact, excluded with reason and evidence, unplaced or open."""

    numeral: Numeral
    outcome: Literal["fact", "excluded", "unplaced", "unexplained"]
    reason: str = ""
    evidence: str = ""
    chunk: str = ""
