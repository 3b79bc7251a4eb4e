"""Every check over one document.

In: a document and its facts. Out: outcomes of every evaluation, findings, and for each fact the
identities that confirm it. The rule it protects: what could not be checked is said, not passed.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.checks.basic import basic_verdicts
from pipeline.checks.blame import causes, settle
from pipeline.checks.book import Book, open_book
from pipeline.checks.cross import cross_verdicts
from pipeline.checks.feasible import joint_verdict
from pipeline.checks.indicators import indicator_verdicts
from pipeline.checks.labels import label_verdicts
from pipeline.checks.messages import Language
from pipeline.checks.names import name_verdicts
from pipeline.checks.narrative import narrative_verdicts
from pipeline.checks.percents import percent_verdicts
from pipeline.checks.performance import performance_verdicts, sheets
from pipeline.checks.prose import records, running_text
from pipeline.checks.rates import rate_verdicts
from pipeline.checks.reporting import findings
from pipeline.checks.rows import code_verdicts, row_verdicts, tree_verdicts
from pipeline.checks.scope import scope_verdicts
from pipeline.checks.scores import score_verdicts
from pipeline.checks.special import special_verdicts
from pipeline.checks.summaries import summary_verdicts
from pipeline.checks.swaps import swap_verdicts
from pipeline.checks.units import unit_verdicts
from pipeline.checks.verdicts import Verdict
from pipeline.checks.weights import weight_verdicts
from pipeline.checks.words import word_verdicts
from pipeline.identities import Identity, fits, identities, identity
from schemas.documents import Document
from schemas.facts import Fact
from schemas.findings import Finding, Outcome

_HOLDS = ("pass", "rounding_hint")


class CheckReport(NamedTuple):
    """`fact_checks[i]`: ids of the identities that confirm `facts[i]`, sorted."""

    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...]
    fact_checks: tuple[tuple[str, ...], ...]


def run_checks(document: Document, facts: Sequence[Fact], lang: Language = "zh") -> CheckReport:
    """Evaluate the whole catalogue. Pure: same document and facts, same report."""
    book = open_book(document, facts)
    verdicts = settle(book, list(_evaluate(book)))
    verdicts.append(joint_verdict(book, verdicts))
    return CheckReport(
        outcomes=tuple(_outcomes(book, verdicts)),
        findings=findings(book, causes(verdicts), lang),
        fact_checks=_confirmed(len(facts), verdicts),
    )


def _evaluate(book: Book) -> Iterable[Verdict]:
    yield from row_verdicts(book)
    yield from code_verdicts(book)
    yield from tree_verdicts(book)
    yield from summary_verdicts(book)
    yield from cross_verdicts(book)
    yield from basic_verdicts(book)
    yield from label_verdicts(book)
    prose, said = running_text(book), records(book)
    yield from rate_verdicts(book, prose, said)
    yield from narrative_verdicts(book, prose, said)
    yield from percent_verdicts(book, prose, said)
    found = sheets(book)
    yield from performance_verdicts(book, found)
    yield from weight_verdicts(book, found)
    yield from score_verdicts(book, prose, said, found)
    yield from indicator_verdicts(book, prose, said, found)
    yield from scope_verdicts(book, prose, said, found)
    yield from special_verdicts(book, prose, said)
    yield from swap_verdicts(book, said)
    yield from unit_verdicts(book, prose)
    yield from name_verdicts(book, prose, said)
    yield from word_verdicts(book, prose)


def _outcomes(book: Book, verdicts: Sequence[Verdict]) -> Iterable[Outcome]:
    """Every evaluation, and for each identity never evaluated why."""
    for found in verdicts:
        yield Outcome(
            check=found.check, status=found.status, facts=found.facts, detail=found.detail
        )
    seen = {found.check for found in verdicts}
    for entry in identities():
        if entry.id not in seen:
            yield _not_run(book, entry)


def _not_run(book: Book, entry: Identity) -> Outcome:
    """Not applicable where the document has none of its forms, or not with its columns; else data
    are missing."""
    printed = {fact.statement for fact in book.facts}
    missing = [name for name in entry.statements if name not in printed]
    # A sum within a row holds for any of its forms; all others compare their forms.
    if missing and (entry.kind != "row_sum" or len(missing) == len(entry.statements)):
        return Outcome(check=entry.id, status="not_applicable", detail=" ".join(missing))
    if entry.kind == "row_sum" and not any(
        fits(entry, form.columns) for name in entry.statements for form in book.forms.get(name, ())
    ):
        return Outcome(check=entry.id, status="not_applicable", detail="columns")
    return Outcome(check=entry.id, status="insufficient_data", detail="operands")


def _confirmed(count: int, verdicts: Sequence[Verdict]) -> tuple[tuple[str, ...], ...]:
    """Inequalities and words constrain no value; what they say confirms none."""
    checks: list[set[str]] = [set() for _ in range(count)]
    for found in verdicts:
        if found.status in _HOLDS and found.confirms and identity(found.check).rule != "T7":
            for i in found.facts:
                checks[i].add(found.check)
    return tuple(tuple(sorted(ids)) for ids in checks)
