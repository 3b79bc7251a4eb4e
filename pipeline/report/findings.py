"""Findings, and the queue of what a person has to look at."""

from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.report.markup import both, escaped, rounded
from pipeline.report.words import CHUNKS, ORIGINS, OUTCOMES, SEVERITIES, words
from schemas.facts import Disposition
from schemas.findings import Finding, Operand
from schemas.runs import ChunkStatus

_RANK: Final = {"error": 0, "warning": 1, "info": 2}
_AROUND: Final = 28
_TOGETHER: Final = 300
_LISTED: Final = 3000


def findings_list(findings: Sequence[Finding]) -> str:
    """Cards, the gravest first; findings of one root cause stand together."""
    if not findings:
        return f'<p class="none">{both("没有发现问题。", "Nothing found.")}</p>'
    first: dict[str, int] = {}
    for finding in findings:
        rank = _RANK[finding.severity]
        first[finding.cluster] = min(rank, first.get(finding.cluster, rank))
    ordered = sorted(
        findings,
        key=lambda f: (first[f.cluster], f.cluster, _RANK[f.severity], f.line or 0, f.finding),
    )
    return "".join(map(_card, ordered))


def _card(finding: Finding) -> str:
    severity, origin = words(SEVERITIES, finding.severity), words(ORIGINS, finding.origin)
    lines = [n for n in (finding.line, *finding.lines) if n is not None]
    places = " ".join(_place(n) for n in dict.fromkeys(lines))
    return (
        f'<article class="finding {finding.severity}" id="{_anchor(finding)}"><h3>'
        f'<span class="badge">{both(*severity)}</span> {escaped(finding.message)}</h3>'
        f'{_printed(finding)}{_operands(finding)}<p class="meta"><code>{escaped(finding.check)}</code> '
        f"{both(*origin)} · {both('行', 'lines')} {places}</p></article>"
    )


def _anchor(finding: Finding) -> str:
    """An id that is safe in an address."""
    return "D-" + "".join(c if c.isascii() and c.isalnum() else "-" for c in finding.finding)


def _place(line: int) -> str:
    return f'<a class="place" href="#L{line}">{line}</a>'


def _printed(finding: Finding) -> str:
    if not finding.printed and not finding.expected:
        return ""
    return (
        f"<dl><dt>{both('印为', 'printed')}</dt><dd>{escaped(finding.printed) or '-'}</dd>"
        f"<dt>{both('应为', 'expected')}</dt><dd>{escaped(finding.expected) or '-'}</dd></dl>"
    )


def _operands(finding: Finding) -> str:
    if not finding.operands:
        return ""
    rows = "".join(map(_operand, finding.operands))
    sums = ""
    if finding.difference is not None:
        allowed = "" if finding.allowed is None else rounded(finding.allowed)
        sums = (
            f"<p>{both('相差', 'difference')} <b>{rounded(finding.difference)}</b>"
            + (f"，{both('舍入可解释', 'rounding explains')} ±{allowed}" if allowed else "")
            + "</p>"
        )
    return f'<table class="operands"><tbody>{rows}</tbody></table>{sums}'


def _operand(operand: Operand) -> str:
    return (
        f'<tr><th scope="row">{escaped(operand.label)}</th>'
        f"<td>{escaped(operand.printed)} {escaped(operand.unit)}</td>"
        f"<td>{_place(operand.line)}</td></tr>"
    )


def review_queue(
    dispositions: Sequence[Disposition], chunks: Sequence[ChunkStatus], lines: Sequence[str]
) -> str:
    """Chunks that were not fully read, then numerals unplaced and unexplained, with their line."""
    unread = "".join(_chunk(chunk) for chunk in chunks if chunk.status != "done")
    titles = {chunk.chunk: chunk.title for chunk in chunks}
    open_numerals = [one for one in dispositions if one.outcome in ("unplaced", "unexplained")]
    queue = [_open(one, titles, lines) for one in open_numerals[:_LISTED]]
    if not unread and not queue:
        done = both("每个数字都有着落。", "Every numeral is accounted for.")
        return f'<p class="none">{done}</p>'
    head = (
        f"<h3>{both('未读全的部分', 'Parts not fully read')}</h3><ul>{unread}</ul>"
        if unread
        else ""
    )
    parts = (_part(n, queue[n : n + _TOGETHER]) for n in range(0, len(queue), _TOGETHER))
    return head + "".join(parts) + _beyond(len(open_numerals) - len(queue))


def _beyond(number: int) -> str:
    """How many more there are; the source text shows them all."""
    if not number:
        return ""
    more = both(f"另有 {number:,} 个，见原文。", f"{number:,} more, marked in the source.")
    return f'<p class="none">{more}</p>'


def _part(first: int, items: Sequence[str]) -> str:
    """Some hundreds of numerals; all but the first of them folded."""
    shown = f'<ul class="queue">{"".join(items)}</ul>'
    if not first:
        return shown
    last = first + len(items)
    return f"<details><summary>{first + 1:,}–{last:,}</summary>{shown}</details>"


def _chunk(chunk: ChunkStatus) -> str:
    return (
        f'<li class="chunk"><span class="badge">{both(*words(CHUNKS, chunk.status))}</span> '
        f"{escaped(chunk.title or chunk.kind)} {_place(chunk.first_line)}–{_place(chunk.last_line)}"
        f" {escaped(chunk.reason)}</li>"
    )


def _open(one: Disposition, titles: Mapping[str, str], lines: Sequence[str]) -> str:
    number, start, text = one.numeral.line, one.numeral.start, one.numeral.text
    line = lines[number - 1] if 1 <= number <= len(lines) else ""
    before = line[max(0, start - _AROUND) : start].lstrip()
    after = line[start + len(text) : start + len(text) + _AROUND].rstrip()
    kind = "p" if one.outcome == "unplaced" else "u"
    title = titles.get(one.chunk, "")
    return (
        f'<li><a class="place" href="#L{number}">{number}</a> <span class="context">{escaped(before)}'
        f'<mark class="{kind}">{escaped(text)}</mark>{escaped(after)}</span> '
        f"<small>{both(*words(OUTCOMES, one.outcome))} {escaped(title)} {escaped(one.reason)}</small></li>"
    )
