"""One row of one statement, for the terminal: `juesuan show DOC STATEMENT ROW`.

In: an extraction and the lines of its document. Out: plain text: each number of the row with its
place, the source line, and the identities it stands in with their operands.
"""

from collections.abc import Sequence

from pipeline.errors import UsageError
from pipeline.identities import identities
from pipeline.report.words import COLUMNS, READERS, STATEMENTS, STATUSES, words
from pipeline.text import row_label, squeeze
from schemas.facts import Fact
from schemas.findings import Finding, Outcome
from schemas.runs import Extraction
from schemas.vocabulary import STATEMENTS as NAMES

_AROUND = 34


def show_row(extraction: Extraction, lines: Sequence[str], statement: str, row: str) -> str:
    """Everything about a row. Raises UsageError with what there is, where there is no such row."""
    chosen = [
        (index, fact)
        for index, fact in enumerate(extraction.facts)
        if fact.statement == statement and _is_row(fact, row)
    ]
    if not chosen:
        raise UsageError(_no_row(extraction, statement, row), where=extraction.document.id)
    blocks = [_fact(extraction, lines, index, fact) for index, fact in chosen]
    return "\n\n".join(blocks) + "\n"


def _is_row(fact: Fact, row: str) -> bool:
    """True for the key, the key without its side, or the printed label."""
    wanted = squeeze(row)
    return wanted in (fact.row, fact.row.partition(":")[2], fact.label, row_label(fact.label))


def _no_row(extraction: Extraction, statement: str, row: str) -> str:
    if statement not in NAMES:
        return f"no statement {statement!r}; there are: {', '.join(NAMES)}"
    rows = dict.fromkeys(f.row for f in extraction.facts if f.statement == statement)
    if not rows:
        return f"nothing was read for {statement}"
    return f"no row {row!r} in {statement}; there are: {', '.join(rows)}"


def _fact(extraction: Extraction, lines: Sequence[str], index: int, fact: Fact) -> str:
    path = [words(STATEMENTS, fact.statement)[0], fact.section, fact.row]
    page = f", page {fact.page}" if fact.page else ""
    head = " › ".join(filter(None, [*path, words(COLUMNS, fact.column)[0]]))
    parts = [
        f"{head} ({fact.column})",
        f"  {fact.value:,f} {fact.unit}".rstrip(),
        f"  line {fact.line}{page}, read by {words(READERS, fact.reader)[1]}"
        + (f", column placed by {fact.placed_by}" if fact.placed_by else ""),
        f"  | {_context(fact, lines)}",
    ]
    about = [outcome for outcome in extraction.outcomes if index in outcome.facts]
    parts += [_identity(extraction, outcome, index) for outcome in about]
    parts += [_finding(one) for one in extraction.findings if _concerns(one, fact)]
    if not about:
        parts.append("  no identity concerns this number")
    return "\n".join(parts)


def _context(fact: Fact, lines: Sequence[str]) -> str:
    """The printed number in brackets amid its line; tabs and controls as blanks."""
    line = lines[fact.line - 1] if 1 <= fact.line <= len(lines) else ""
    start = fact.start if line.startswith(fact.raw, fact.start) else max(0, line.find(fact.raw))
    end = start + len(fact.raw)
    first, last = max(0, start - _AROUND), end + _AROUND
    text = f"{line[first:start]}[{line[start:end]}]{line[end:last]}"
    printable = "".join(c if c.isprintable() else " " for c in text)
    return ("…" if first else "") + printable + ("…" if last < len(line) else "")


def _identity(extraction: Extraction, outcome: Outcome, index: int) -> str:
    meaning = {one.id: one.zh for one in identities()}.get(outcome.check, "")
    others = [extraction.facts[i] for i in outcome.facts if i != index]
    operands = "; ".join(f"{f.row} {f.column} {f.value:,f} (line {f.line})" for f in others[:12])
    more = f"; and {len(others) - 12} more" if len(others) > 12 else ""
    status = words(STATUSES, outcome.status)[1]
    parts = filter(None, [f"{outcome.check} {status}", meaning, outcome.detail, operands + more])
    return "  " + " - ".join(parts)


def _concerns(finding: Finding, fact: Fact) -> bool:
    named = (finding.statement, finding.row, finding.column)
    return named == (fact.statement, fact.row, fact.column)


def _finding(finding: Finding) -> str:
    return f"  {finding.severity} {finding.check}: {finding.message}"
