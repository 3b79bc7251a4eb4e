"""Scores -> a table for the terminal: plain text in columns.

The rule it protects: no ratio without its numerator and denominator.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from pipeline.evaluation.records import (
    DocumentScores,
    GroupTally,
    Interval,
    Scores,
    Share,
    Tally,
)

_HEAD = ("", "", "precision", "recall", "F1", "wrong", "missing", "spurious", "unit", "line")


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
        f"F1 by document     {macro}{between(scores.document_f1_interval)}",
        f"totals and 三公    {shown(scores.load_bearing)}",
        f"without a mistake  {shown(scores.zero_error_documents)} documents",
        f"silently wrong     {shown(scores.silently_wrong)}{between(scores.silently_wrong_interval)}",
        f"not grounded       {scores.ungrounded} facts",
        "confirmed          "
        + ", ".join(f"{group} {shown(one)}" for group, one in scores.confirmed.items()),
        f"printed zeros      {shown(scores.headline.zero)}",
        f"listed defects     {shown(scores.findings)} found",
        f"findings that hold {shown(scores.finding_precision)}",
    ]
    lines += [
        f"rows right, forms of {one.rows} rows: {shown(one.found)}" for one in scores.row_recall
    ]
    if scores.diagnoses:
        worst = sorted(scores.diagnoses.items(), key=lambda item: (-item[1], item[0]))
        lines.append("mistakes           " + ", ".join(f"{name} {n}" for name, n in worst))
    return lines + _usage_lines(scores)


def _held_out(scores: Scores) -> str:
    """The score that tells of documents not yet seen, or that there is none."""
    if not scores.held_out_documents:
        return "held out           no document: rules were written on these, expect less elsewhere"
    return (
        f"held out           {shown(scores.held_out.f1)} on {scores.held_out_documents} documents"
    )


def _usage_lines(scores: Scores) -> list[str]:
    usage = scores.usage
    if not usage.calls:
        return [
            "model              no calls"
            + (f", {usage.cached} kept answers" if usage.cached else "")
        ]
    cost = f", cost {usage.cost}, wasted {usage.wasted_cost}" if usage.cost else ", no price known"
    calls = f"{usage.calls} calls ({usage.failed_calls} failed)"
    tokens = f"{usage.input_tokens} + {usage.output_tokens} tokens ({usage.wasted_tokens} wasted)"
    return [f"model              {calls}, {tokens}{cost}"]


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
    widths = [max(_width(row[i]) for row in full if i < len(row)) for i in range(count)]
    return "\n".join(_padded(row, widths if len(row) > 1 else (0,)) for row in rows)


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False))
    return "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
