"""From causes to findings: place, origin, severity, cluster and stable ids.

In: a book and its causes. Out: `Finding`s in document order. The rule it protects: the document is
accused only of what stands verbatim in it.
"""

import hashlib
from collections.abc import Sequence
from decimal import Decimal

from pipeline.checks.blame import Cause, gravity
from pipeline.checks.book import Book
from pipeline.checks.messages import Language, message, plain
from pipeline.checks.unread import unread_amounts
from pipeline.checks.verdicts import Verdict
from pipeline.identities import identity
from schemas.facts import Fact
from schemas.findings import Finding, FindingOrigin, Operand, Severity
from schemas.vocabulary import DocumentKind

_SURE = 0.9
_MOST_LINES = 6
_MOST_LINES_OF_SUM = 20
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


def findings(book: Book, causes: Sequence[Cause], lang: Language) -> tuple[Finding, ...]:
    """One finding a cause, in document order, with the cluster that it shares with others."""
    clusters = _clusters(book, causes)
    made = [_finding(book, cause, clusters[n], lang) for n, cause in enumerate(causes)]
    made.sort(key=lambda finding: (finding.line or 0, finding.check, finding.message))
    return tuple(_unique(made))


def _finding(book: Book, cause: Cause, cluster: str, lang: Language) -> Finding:
    first = cause.failures[0]
    fact = book.facts[cause.suspect] if cause.suspect is not None else None
    line = first.lines[0] if first.lines else (fact.line if fact else None)
    lines = _lines(book, cause, line)
    origin = _origin(book, cause)
    printed = first.printed or (fact.raw if fact else "")
    return Finding(
        document=book.document.id,
        finding=_id(book, first.check, fact, line, printed),
        cluster=cluster,
        check=first.check,
        severity=_severity(first, origin, book.document.kind),
        origin=origin,
        line=line,
        page=fact.page if fact and fact.page else _page(book, line),
        lines=lines,
        pages=tuple(sorted({p for n in lines if (p := _page(book, n)) is not None})),
        statement=fact.statement if fact else "",
        row=fact.row if fact else "",
        column=fact.column if fact else "",
        printed=printed,
        expected=_expected(book, cause),
        message=message(book, cause, lang),
        operands=tuple(_operand(book.facts[i]) for i in first.facts),
        difference=first.difference,
        allowed=first.allowed,
    )


def _expected(book: Book, cause: Cause) -> str:
    """What the suspect should be: stated by the check, or the unique repair, or the sum."""
    first = cause.failures[0]
    if first.expected or cause.suspect is None or first.difference is None:
        return first.expected
    value = book.facts[cause.suspect].value
    if identity(first.check).rule == "T0" and len(first.facts) == 2:
        return _other_print(book, first, cause.suspect)
    if cause.repair is not None:
        return plain(value + cause.repair)
    if first.facts[0] == cause.suspect and identity(first.check).rule == "T1" and first.signs:
        return plain(value + first.difference)
    return ""


def _other_print(book: Book, found: Verdict, suspect: int) -> str:
    """The other of two prints of one fact, with its unit where that is another."""
    one = book.facts[suspect]
    other = book.facts[found.facts[0] if found.facts[1] == suspect else found.facts[1]]
    return other.raw if other.unit == one.unit else other.raw + other.unit


def _severity(first: Verdict, origin: FindingOrigin, kind: DocumentKind) -> Severity:
    """A reading in doubt, or a row that may be lost, is no provable error of the document."""
    level = gravity(first)
    # Budgets repeat one another in ways that regions define; final accounts are one template.
    local = kind != "final_accounts" and first.check[0] in "DK"
    return _SEVERITIES[max(level, 1)] if origin != "document" or local else _SEVERITIES[level]


def _origin(book: Book, cause: Cause) -> FindingOrigin:
    first = cause.failures[0]
    if first.detail == "unread":
        return "reading"
    if cause.suspect is not None and _doubtful(book, book.facts[cause.suspect]):
        return "reading"
    if any(_doubtful(book, book.facts[i]) for found in cause.failures for i in found.facts):
        return "undecided"
    kind = identity(first.check).kind
    if first.detail in ("row", "absent"):
        return "undecided"
    if kind in ("row_sum", "children", "cells") and unread_amounts(book, first):
        return "undecided"
    return "document"


def _doubtful(book: Book, fact: Fact) -> bool:
    """Uncertain, or not on its line."""
    if is_uncertain(fact):
        return True
    lines = book.document.lines
    if not lines or not 1 <= fact.line <= len(lines):
        return False
    # A number may be broken over two lines; it belongs to the first.
    near = "".join(line.strip() for line in lines[fact.line - 1 : fact.line + 1])
    return fact.raw not in near and fact.raw not in lines[fact.line - 1]


def is_uncertain(fact: Fact) -> bool:
    """Placed by arithmetic, recognised in a picture, or read with low confidence."""
    unsure = fact.confidence is not None and fact.confidence < _SURE
    return bool(fact.placed_by) or fact.reader == "ocr" or unsure


def _lines(book: Book, cause: Cause, line: int | None) -> tuple[int, ...]:
    """The suspected line and those of the operands, ascending, 6 at most, 20 for a sum."""
    first = cause.failures[0]
    most = _MOST_LINES_OF_SUM if identity(first.check).rule == "T1" else _MOST_LINES
    ordered = [line] if line is not None else []
    for found in cause.failures:
        ordered += [book.facts[i].line for i in found.facts] + list(found.lines)
    return tuple(sorted(list(dict.fromkeys(ordered))[:most]))


def _page(book: Book, line: int | None) -> int | None:
    pages = book.document.pages
    return pages[line - 1] if line and line <= len(pages) else None


def _operand(fact: Fact) -> Operand:
    return Operand(
        label=fact.label,
        printed=fact.raw,
        unit=fact.unit,
        line=fact.line,
        statement=fact.statement,
        section=fact.section,
        row=fact.row,
        column=fact.column,
    )


def _id(book: Book, check: str, fact: Fact | None, line: int | None, printed: str) -> str:
    """Stable over runs: the check and the place, hashed."""
    key = fact.key if fact else ("", "", "", "")
    text = "\0".join((book.document.id, check, *key, str(line), printed))
    return "f-" + hashlib.sha256(text.encode()).hexdigest()[:10]


def _unique(made: Sequence[Finding]) -> list[Finding]:
    """The same finding made twice is one."""
    return list({finding.finding: finding for finding in made}.values())


def _clusters(book: Book, causes: Sequence[Cause]) -> list[str]:
    """Causes whose suspects print the same number in the same role, or stand in one another's
    sums, share a cluster, named after its first member."""
    leader = list(range(len(causes)))
    seen: dict[tuple[str, ...], int] = {}
    for n, cause in enumerate(causes):
        for key in _roots(book, cause):
            if key in seen:
                leader[_find(leader, n)] = _find(leader, seen[key])
            seen.setdefault(key, n)
    return [f"c{_find(leader, n) + 1}" for n in range(len(causes))]


def _find(leader: list[int], n: int) -> int:
    while leader[n] != n:
        n = leader[n]
    return n


def _roots(book: Book, cause: Cause) -> list[tuple[str, ...]]:
    """What marks a root cause: the suspect, and its printed number where it says something."""
    if cause.suspect is None:
        first = cause.failures[0]
        return [("words", first.check, first.printed)] if first.printed else []
    fact = book.facts[cause.suspect]
    marks: list[tuple[str, ...]] = [("fact", str(cause.suspect))]
    if abs(fact.value) > Decimal(1) and "." in fact.raw:
        marks.append(("number", fact.raw, fact.unit))
    if cause.failures[0].check == "F10":
        marks.append(("line", str(fact.line)))
    return marks
