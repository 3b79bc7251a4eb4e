"""Invented documents for the tests of the checks: rows of numbers -> facts and a document."""

from pipeline.checks import CheckReport, run_checks
from pipeline.text import parse_number
from schemas.documents import Document
from schemas.facts import Fact
from schemas.vocabulary import DocumentKind


def fact(statement: str, row: str, column: str, printed: str, line: int, **more: object) -> Fact:
    """A fact of 万元 read from a form; `more` overrides any field."""
    fields: dict[str, object] = {
        "document": "某单位",
        "statement": statement,
        "section": "",
        "row": row,
        "column": column,
        "value": parse_number(printed),
        "unit": "万元",
        "raw": printed,
        "label": row.rpartition(":")[2],
        "line": line,
        "reader": "form",
    }
    return Fact.model_validate(fields | more)


def form(statement: str, columns: str, rows: str, first_line: int = 1) -> list[Fact]:
    """Facts of a form: `columns` names separated by blanks, each line of `rows` a key and its
    cells, `-` for a blank cell."""
    names = columns.split()
    facts = []
    for line, row in enumerate(rows.strip().splitlines(), first_line):
        key, *cells = row.split()
        for name, printed in zip(names, cells, strict=True):
            if printed != "-":
                facts.append(fact(statement, key, name, printed, line))
    return facts


def document(*lines: str, kind: DocumentKind = "final_accounts", year: int = 2023) -> Document:
    """A document with these lines, or with none."""
    return Document(
        id="某单位",
        name="某单位",
        sha256="",
        media="text",
        lines=lines,
        kind=kind,
        fiscal_year=year,
    )


def said(text: str, section: str, numbers: list[tuple[str, str, str, str]]) -> list[Fact]:
    """Claims of a sentence on line 1: (row, column, printed, unit); places are looked up."""
    facts = []
    reached = 0
    for row, column, printed, unit in numbers:
        reached = text.index(printed.lstrip("-"), reached)
        facts.append(
            fact(
                "claim",
                row,
                column,
                printed,
                1,
                unit=unit,
                section=section,
                raw=printed.lstrip("-"),
                start=reached,
                reader="grammar",
            )
        )
        reached += 1
    return facts


def check(facts: list[Fact], *lines: str, kind: DocumentKind = "final_accounts") -> CheckReport:
    return run_checks(document(*lines, kind=kind), facts)


def statuses(report: CheckReport, check_id: str) -> list[str]:
    """The status of every evaluation of one identity."""
    return [outcome.status for outcome in report.outcomes if outcome.check == check_id]


def found(report: CheckReport) -> list[tuple[str, str, str]]:
    """(check, severity, printed) of every finding."""
    return [(f.check, f.severity, f.printed) for f in report.findings]
