"""Row labels of the summary forms against the template (J11).

In: a book and `schemas/labels.yaml`. Out: verdicts. The rule it protects: only a label that is one character away from a line
of the template, and is no line itself, is taken for a slip.
"""

from collections.abc import Iterator
from functools import cache

from pydantic import TypeAdapter

from pipeline.checks.book import Book
from pipeline.checks.verdicts import Verdict
from schemas.data import shipped

_SHORTEST = 5


@cache
def template_labels() -> frozenset[str]:
    """The row labels of the template."""
    return TypeAdapter(frozenset[str]).validate_python(shipped("labels.yaml"))


def label_verdicts(book: Book) -> Iterator[Verdict]:
    """Every label of the summary forms of final accounts."""
    if book.document.kind != "final_accounts":
        return
    for statement in ("income_expenditure_summary", "appropriation_summary"):
        for form in book.forms.get(statement, ()):
            for row in form.rows:
                label = row.key.partition(":")[2]
                meant = [line for line in template_labels() if _one_off(label, line)]
                if label in template_labels() or (len(label) >= _SHORTEST and len(meant) == 1):
                    yield _label(label, meant, next(iter(row.cells.values())))


def _one_off(label: str, line: str) -> bool:
    """Same length, one character another."""
    return len(label) == len(line) and sum(a != b for a, b in zip(label, line, strict=True)) == 1


def _label(label: str, meant: list[str], fact: int) -> Verdict:
    wrong = label not in template_labels()
    line = meant[0] if wrong else label
    return Verdict(
        "J11",
        "fail" if wrong else "pass",
        (fact,),
        fact,
        printed=label,
        expected=line if wrong else "",
        words=(
            f"行名印为“{label}”，样表为“{line}”",
            f"the row is labelled “{label}”, in the template “{line}”",
        ),
        confirms=False,
    )
