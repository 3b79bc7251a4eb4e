"""Records and findings -> tables for the terminal. Widths count CJK characters as two."""

from collections.abc import Sequence

from pipeline.text import width_of
from schemas.runs import DocumentRecord


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns aligned; numbers to the right."""
    every = [head, *rows]
    widths = [max(width_of(row[i]) for row in every) for i in range(len(head))]
    right = [all(_is_figure(row[i]) for row in rows) for i in range(len(head))]
    return "\n".join(_row(row, widths, right) for row in every)


def _is_figure(text: str) -> bool:
    return (
        bool(text)
        and text[0].isdigit()
        and text.rstrip("%").replace("/", "").replace(".", "").isdigit()
    )


def _row(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = []
    for text, width, to_right in zip(row, widths, right, strict=True):
        gap = " " * (width - width_of(text))
        cells.append(gap + text if to_right else text + gap)
    return "  ".join(cells).rstrip()


def documents_table(records: Sequence[DocumentRecord]) -> str:
    """One line a document: what it is, how much was read, what is open."""
    head = (
        "document",
        "department",
        "year",
        "kind",
        "facts",
        "confirmed",
        "findings",
        "unplaced",
        "unexplained",
    )
    rows = [
        (
            record.id,
            record.department or "-",
            str(record.fiscal_year or "-"),
            {"final_accounts": "决算", "budget": "预算"}.get(record.kind, "-"),
            str(record.facts),
            f"{100 * record.confirmed // record.facts}%" if record.facts else "-",
            str(record.findings),
            str(record.unplaced),
            str(record.unexplained),
        )
        for record in records
        if record.status == "done"
    ]
    failed = [
        f"not read: {r.name}: {r.reason.splitlines()[0]}" for r in records if r.status == "failed"
    ]
    twice = [f"given twice: {r.name}: {r.reason}" for r in records if r.status == "duplicate"]
    return "\n".join([*([table(head, rows)] if rows else []), *failed, *twice])
