"""Facts, findings and documents as CSV for people: UTF-8 with BOM, read back with or without it."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from schemas.facts import FACT_COLUMNS, Fact
from schemas.findings import FINDING_COLUMNS, Finding
from schemas.runs import DocumentRecord

BOM = "\ufeff"
DOCUMENT_COLUMNS = tuple(DocumentRecord.model_fields)


def facts_rows(facts: Iterable[Fact]) -> str:
    """CSV lines of facts, without the header."""
    return _rows(facts, FACT_COLUMNS)


def findings_rows(findings: Iterable[Finding]) -> str:
    """CSV lines of findings, without the header."""
    return _rows(findings, FINDING_COLUMNS)


def documents_rows(records: Iterable[DocumentRecord]) -> str:
    """CSV lines of document records, without the header."""
    return _rows(records, DOCUMENT_COLUMNS)


def header(columns: Sequence[str]) -> str:
    """BOM and header line."""
    return BOM + _line(columns)


def _rows(records: Iterable[Fact | Finding | DocumentRecord], columns: Sequence[str]) -> str:
    return "".join(_line([_text(getattr(record, c)) for c in columns]) for record in records)


def _line(texts: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(texts)
    return buffer.getvalue()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return " ".join(_text(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
