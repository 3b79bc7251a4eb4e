"""Outcomes of checks and the findings people read."""

from decimal import Decimal
from typing import Final, Literal

from schemas.base import Frozen

Status = Literal[
    "pass", "rounding_hint", "fail", "not_applicable", "insufficient_data", "parse_error"
]
Severity = Literal["error", "warning", "info"]
FindingOrigin = Literal["document", "reading", "undecided"]


class Operand(Frozen):
    """A number as it entered an identity: words, printed text, unit and place."""

    label: str
    printed: str
    unit: str
    line: int
    statement: str = ""
    section: str = ""
    row: str = ""
    column: str = ""


class Outcome(Frozen):
    """One evaluation of one identity. `facts` are indexes into the list of facts it was run on."""

    check: str
    status: Status
    facts: tuple[int, ...] = ()
    detail: str = ""


class Finding(Frozen):
    """Something a person should look at; columns as in the contract's findings table."""

    document: str
    finding: str
    cluster: str
    check: str
    severity: Severity
    origin: FindingOrigin
    line: int | None
    page: int | None = None
    lines: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()
    statement: str = ""
    row: str = ""
    column: str = ""
    printed: str = ""
    expected: str = ""
    message: str
    operands: tuple[Operand, ...] = ()
    difference: Decimal | None = None
    allowed: Decimal | None = None


FINDING_COLUMNS: Final[tuple[str, ...]] = (
    "document",
    "finding",
    "cluster",
    "check",
    "severity",
    "origin",
    "line",
    "page",
    "lines",
    "pages",
    "statement",
    "row",
    "column",
    "printed",
    "expected",
    "message",
)
