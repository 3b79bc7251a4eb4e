"""What is wrong with a golden document: `juesuan golden check`.

In: a golden document. Out: problems, each with its place and what to do. The rule it protects:
defects of the gold move scores as much as readers do, so the gold is checked as strictly as what
it judges.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.checks.run import run_checks
from pipeline.documents.text import document_from_text
from pipeline.evaluation.findings import explains
from pipeline.evaluation.golden import GoldenDocument
from pipeline.evaluation.matching import order
from pipeline.evaluation.scores import is_grounded
from pipeline.text import numerals, parse_number
from schemas.facts import Fact
from schemas.vocabulary import CLAIM_COLUMNS, EVALUATION_COLUMNS, TABLE_COLUMNS

_PRIVATE: Final = re.compile(
    r"(?<![\d.])(?:1[3-9]\d{9}|0\d{2,3}[-－—]\d{7,8}|\d{17}[\dXx])(?![\d.])"
)
"""Mobile and land-line numbers, identity-card numbers (GB 11643)."""
_TABLE_FAMILIES: Final = "ABCDE"
_SIGNED_BY_WORDS: Final = frozenset({"change", "change_rate"})


class Problem(NamedTuple):
    """Something to mend, and where."""

    document: str
    line: int | None
    message: str

    def __str__(self) -> str:
        place = f"{self.document} line {self.line}" if self.line else self.document
        return f"{place}: {self.message}"


def check_golden(golden: GoldenDocument) -> tuple[Problem, ...]:
    """Every problem of one golden document, in the order of its lines."""
    checks = (_source, _keys, _facts, _occurrences, _privacy, _defects, _identities)
    found = [problem for check in checks for problem in check(golden)]
    return tuple(sorted(found, key=lambda problem: (problem.line or 0, problem.message)))


def _source(golden: GoldenDocument) -> Iterator[Problem]:
    """The hash is pinned, and a draft says so."""
    if golden.sha256 != golden.source.sha256:
        yield Problem(golden.id, None, f"the text is not the one annotated ({golden.sha256})")
    if golden.source.annotation != "confirmed":
        yield Problem(golden.id, None, "a draft: confirm each fact, then say so in source.json")
    elif golden.unconfirmed:
        message = f"{golden.unconfirmed} rows are not confirmed, yet source.json says all are"
        yield Problem(golden.id, None, message)


def _keys(golden: GoldenDocument) -> Iterator[Problem]:
    """A key names one fact; a second mention is numbered (` #2`)."""
    for key, times in Counter(fact.key for fact in golden.facts).items():
        if times > 1:
            yield Problem(
                golden.id, None, f"key {' / '.join(filter(None, key))} used {times} times"
            )


def _facts(golden: GoldenDocument) -> Iterator[Problem]:
    for fact in sorted(golden.facts, key=order):
        for message in _fact(fact, golden):
            yield Problem(golden.id, fact.line, f"{fact.row} / {fact.column}: {message}")


def _fact(fact: Fact, golden: GoldenDocument) -> Iterator[str]:
    """Vocabulary, grounding, sign."""
    if fact.document != golden.id:
        yield f"belongs to document {fact.document!r}"
    if fact.column not in _columns(fact.statement):
        yield f"{fact.column!r} is no column of {fact.statement}"
    if fact.section and fact.statement != "claim":
        yield "only claims have a section"
    if not fact.row.strip() or fact.row != fact.row.strip():
        yield "the row is empty or has outer whitespace"
    if not is_grounded(fact, golden.lines):
        yield f"{fact.raw!r} with value {fact.value} does not stand on this line"
    elif fact.value != parse_number(fact.raw) and fact.column not in _SIGNED_BY_WORDS:
        yield f"value {fact.value} is not what is printed ({fact.raw!r})"


def _columns(statement: str) -> Sequence[str]:
    if statement == "claim":
        return CLAIM_COLUMNS
    return EVALUATION_COLUMNS if statement == "evaluation" else TABLE_COLUMNS[statement]


def _occurrences(golden: GoldenDocument) -> Iterator[Problem]:
    """A numeral is annotated once."""
    for (line, raw), times in Counter((fact.line, fact.raw) for fact in golden.facts).items():
        if not 1 <= line <= len(golden.lines):
            continue
        printed = sum(token.text == raw for token in numerals(golden.lines[line - 1]))
        if printed and times > printed:
            yield Problem(golden.id, line, f"{raw!r} is printed {printed} times, annotated {times}")


def _privacy(golden: GoldenDocument) -> Iterator[Problem]:
    for number, line in enumerate(golden.lines, start=1):
        for _ in _PRIVATE.finditer(line):
            yield Problem(golden.id, number, "holds a telephone or identity number: redact it")


def _defects(golden: GoldenDocument) -> Iterator[Problem]:
    """The quote of a listed defect stands where it says."""
    for defect in golden.defects:
        for line, quote in ((defect.line, defect.quote), *((p.line, p.quote) for p in defect.also)):
            if not 1 <= line <= len(golden.lines) or quote not in golden.lines[line - 1]:
                yield Problem(golden.id, line, f"defect {defect.id}: the quote is not on this line")


def _identities(golden: GoldenDocument) -> Iterator[Problem]:
    """The identities of the tables hold on the gold, or a person has listed why they do not."""
    document = document_from_text(golden.text_path.name, golden.text_path.read_bytes())
    for finding in run_checks(document, golden.facts, "en").findings:
        if finding.check[0] not in _TABLE_FAMILIES or finding.severity == "info":
            continue
        listed = any(explains(defect, finding) for defect in golden.defects)
        if not listed and not any(verdict.is_about(finding) for verdict in golden.verdicts):
            message = f"{finding.check} fails and no listed defect explains it: {finding.message}"
            yield Problem(golden.id, finding.line, message)
