"""Scores -> a table for the terminal: plain text in columns.

The rule it protects: no ratio without its numerator and denominator.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from pipeline.evaluation.records import (
    DocumentScores,
    GroupTally,
    Interval,
    Scores,
    Share,
    Slice,
    Tally,
    Usage,
)
from pipeline.text import width_of

_HEAD = ("", "", "precision", "recall", "F1", "wrong", "missing", "spurious", "unit", "line")
_FEW: Final = 5
"""Below so many documents a slice shows counts: a percentage would say more than it knows."""


def render_scores(scores: Scores) -> str:
    """All documents, then the sums, then what else the headline holds."""
    rows: list[Sequence[str]] = [_HEAD]
    for document in scores.documents:
        rows += _document_rows(document)
    rows += [(), ("all documents",), *_group_rows(scores.groups)]
    rows.append(("", "headline", *_tally_cells(scores.headline)))
    return columns(rows) + "\n\n" + "\n".join(_headline_lines(scores)) + "\n"


def _document_rows(document: DocumentScores) -> list[Sequence[str]]:
    note = "" if document.run else "  (not read)"
    return [(), (document.document + note,), *_group_rows(document.groups)]


def _group_rows(groups: Iterable[GroupTally]) -> list[Sequence[str]]:
    """A row for each group and view of which there is anything."""
    return [
        (f"  {one.group}", one.view, *_tally_cells(one.tally))
        for one in groups
        if one.tally.f1.denominator
    ]


def _tally_cells(tally: Tally) -> tuple[str, ...]:
    f1 = "-" if tally.f1.value is None else f"{tally.f1.value:.4f}"
    counts = (str(tally.wrong), str(tally.missing), str(tally.spurious))
    return (
        shown(tally.precision),
        shown(tally.recall),
        f1,
        *counts,
        *map(bare, (tally.unit, tally.line)),
    )


def shown(share: Share) -> str:
    """`0.9876 (80/81)`; a dash for 0/0."""
    if share.value is None:
        return f"- ({share.numerator}/{share.denominator})"
    return f"{share.value:.4f} ({share.numerator}/{share.denominator})"


def bare(share: Share) -> str:
    """`80/81`."""
    return f"{share.numerator}/{share.denominator}"


def between(interval: Interval | None) -> str:
    """` [0.91, 0.97]`, or nothing where there are too few documents."""
    return f" [{interval.low:.4f}, {interval.high:.4f}]" if interval else ""


def _headline_lines(scores: Scores) -> list[str]:
    """The headline set; intervals are 95 %, drawn over documents."""
    macro = "-" if scores.document_f1 is None else f"{scores.document_f1:.4f}"
    lines = [
        f"fact F1            {shown(scores.headline.f1)}{between(scores.headline_interval)}",
        _held_out(scores),
        f"F1 by document     {macro} ({len(scores.documents)} documents)"
        + between(scores.document_f1_interval),
        f"totals and 三公    {shown(scores.load_bearing)}",
        f"without a mistake  {shown(scores.zero_error_documents)} documents",
        f"silently wrong     {shown(scores.silently_wrong)}{between(scores.silently_wrong_interval)}",
        f"mistakes           {_edits(scores)}",
        f"grounded           {_grounded(scores)}",
        "confirmed          "
        + ", ".join(f"{group} {shown(one)}" for group, one in scores.confirmed.items()),
        f"objections         {_objections(scores)}",
        f"printed zeros      {shown(scores.headline.zero)}",
        f"blank cells        {shown(scores.blank_cells)}",
        f"listed defects     {shown(scores.findings)} found",
        f"findings that hold {shown(scores.finding_precision)}",
    ]
    lines += [
        f"rows right, forms of {one.rows} rows: {shown(one.found)}" for one in scores.row_recall
    ]
    if scores.diagnoses:
        worst = sorted(scores.diagnoses.items(), key=lambda item: (-item[1], item[0]))
        lines.append("diagnoses          " + ", ".join(f"{name} {n}" for name, n in worst))
    if scores.unmatched:
        lines.append(f"not in the golden set, not scored: {', '.join(scores.unmatched)}")
    return [*lines, *_slice_lines(scores), *_usage_lines(scores)]


def _edits(scores: Scores) -> str:
    """What a person would have to mend."""
    edits = sum(one.mistakes for one in scores.documents)
    return f"{edits} in {len(scores.documents)} documents (values to change, add or delete)"


def _grounded(scores: Scores) -> str:
    """On the line, in the document, and what chance alone would put there."""
    one = scores.grounding
    return (
        f"{shown(one.on_line)} on their line; of 4 digits or more {bare(one.long_in_document)} in "
        f"the document, {bare(one.long_by_chance)} in another one by chance"
    )


def _objections(scores: Scores) -> str:
    one = scores.objections
    return (
        f"{bare(one.caught)} mistakes objected to, {bare(one.right)} objections touch a mistake, "
        f"{bare(one.covered)} numbers covered"
    )


def _slice_lines(scores: Scores) -> list[str]:
    """A line a tag that tells groups apart; one of a name a document says nothing new."""
    tags: dict[str, list[Slice]] = defaultdict(list)
    for one in scores.slices:
        tags[one.tag].append(one)
    return [
        f"by {tag:<16}" + "; ".join(map(_slice, some))
        for tag, some in tags.items()
        if 1 < len(some) < len(scores.documents)
    ]


def _slice(one: Slice) -> str:
    name = one.name.split(":")[0] or "not stated"
    if one.documents >= _FEW:
        return f"{name} F1 {shown(one.tally.f1)}"
    mistakes = one.tally.wrong + one.tally.missing + one.tally.spurious
    return f"{name} {one.tally.correct} right, {mistakes} mistakes"


def _held_out(scores: Scores) -> str:
    """The score that tells of documents not yet seen, or that there is none."""
    if not scores.held_out_documents:
        return "held out           no document: rules were written on these, expect less elsewhere"
    return (
        f"held out           {shown(scores.held_out.f1)} on {scores.held_out_documents} documents"
    )


def _usage_lines(scores: Scores) -> list[str]:
    usage = scores.usage
    kept = f", {usage.cached} kept answers of {usage.kept_tokens} tokens" if usage.cached else ""
    if not usage.calls:
        return [f"model              no calls{kept}"]
    cost = f", cost {usage.cost}, wasted {usage.wasted_cost}" if usage.cost else ", no price known"
    calls = f"{usage.calls} calls ({usage.failed_calls} failed){kept}"
    tokens = f"{usage.input_tokens} + {usage.output_tokens} tokens ({usage.wasted_tokens} wasted)"
    time = f", {usage.seconds:.1f} s" if usage.seconds is not None else ""
    return [f"model              {calls}, {tokens}{time}{cost}{_each(usage, scores.headline)}"]


def _each(usage: Usage, tally: Tally) -> str:
    """What a thousand right facts cost; nothing where a price or a right fact is missing."""
    if not usage.cost or not tally.correct:
        return ""
    return f" ({Decimal(usage.cost) * 1000 / tally.correct:.4f} for 1,000 right facts)"


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Text in columns two spaces apart; wide characters count two. A row of one cell is a
    heading and sets no width.

    >>> print(columns([("甲", "1"), ("abc", "10"), ("heading",)]))
    甲   1
    abc  10
    heading
    """
    rows = [tuple(row) for row in rows]
    full = [row for row in rows if len(row) > 1]
    count = max(map(len, full), default=0)
    widths = [max(width_of(row[i]) for row in full if i < len(row)) for i in range(count)]
    return "\n".join(_padded(row, widths if len(row) > 1 else (0,)) for row in rows)


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell + " " * (width - width_of(cell)) for cell, width in zip(row, widths, strict=False)
    )
    return "  ".join(cells).rstrip()
