"""An extraction -> one self-contained HTML page.

In: an extraction and the lines of its document. Out: a page that shows every numeral with its
disposition, every fact with its place and the identities it stands in. The rule it protects: the
page says nothing that the extraction does not; the same extraction gives the same bytes.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.errors import OutputError
from pipeline.identities import identities
from pipeline.report.findings import findings_list, review_queue
from pipeline.report.links import Links, links
from pipeline.report.markup import Json, both, escaped, page
from pipeline.report.pages import NO_PAGES, Pages, pages_pane
from pipeline.report.source import legend, source_text
from pipeline.report.statements import statements
from pipeline.report.words import (
    COLUMNS,
    KINDS,
    PLACED,
    READERS,
    STATEMENTS,
    STATUSES,
    words,
)
from schemas.findings import Finding
from schemas.runs import DocumentHead, Extraction


def write_report(
    extraction: Extraction, lines: Sequence[str], out: Path, pages: Pages = NO_PAGES
) -> Path:
    """Write `<id>.html` into `out` and return its path. Raises OutputError."""
    path = out / f"{extraction.document.id}.html"
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_text(document_page(extraction, lines, pages), encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", where=str(path)) from error
    return path


def document_page(extraction: Extraction, lines: Sequence[str], pages: Pages = NO_PAGES) -> str:
    """The page of one document; with pictures where it has pages."""
    linked = links(extraction, lines)
    head = extraction.document
    open_numerals = [d for d in extraction.dispositions if d.outcome in ("unplaced", "unexplained")]
    unread = sum(chunk.status != "done" for chunk in extraction.chunks)
    tabs = [
        ("findings", "发现", "Findings", len(extraction.findings)),
        ("statements", "报表", "Statements", len(extraction.facts)),
        ("review", "待核", "Review", len(open_numerals) + unread),
        ("source", "原文", "Source", len(lines)),
    ]
    panes = {
        "findings": findings_list(extraction.findings),
        "statements": statements(extraction.facts, linked),
        "review": review_queue(extraction.dispositions, extraction.chunks, lines),
        "source": legend() + source_text(lines, linked, _severities(extraction.findings)),
    }
    if pages != NO_PAGES:
        tabs.insert(3, ("pages", "页面", "Pages", len(pages.pictures)))
        panes["pages"] = legend() + pages_pane(pages, linked)
    body = (
        f"{_header(head)}{_figures(extraction, linked, len(open_numerals))}"
        f"{_tabs(tabs)}<main>{_panes(tabs, panes)}{_detail()}</main>"
    )
    return page(head.department or head.name, body, _data(extraction, linked))


def _header(head: DocumentHead) -> str:
    kind = both(*words(KINDS, head.kind))
    year = f"{head.fiscal_year} " if head.fiscal_year else ""
    title = escaped(head.department or head.name)
    return (
        '<header><nav><a href="index.html">juesuan 决算</a></nav>'
        f'<div class="title"><h1>{title}</h1><p>{year}{kind} · {escaped(head.name)}</p></div>'
        f"{language_button()}</header>"
    )


def language_button() -> str:
    """Changes the language of the page; hidden where scripts do not run."""
    return '<button id="language" type="button" hidden lang="en">English</button>'


def figures_list(items: str) -> str:
    """The headline figures as a landmark of the page."""
    return f'<section aria-label="概况 summary"><ul class="figures">{items}</ul></section>'


def _figures(extraction: Extraction, linked: Links, open_numerals: int) -> str:
    """The headline: how much was read, how much of it arithmetic confirms, what is open."""
    dispositions = extraction.dispositions
    excluded = sum(one.outcome == "excluded" for one in dispositions)
    figures = (
        (len(extraction.facts), "事实", "facts", ""),
        (len(linked.confirmed), "有勾稽印证", "confirmed by arithmetic", ""),
        (len(linked.failing), "勾稽不符", "in a failing identity", "bad"),
        (excluded, "已排除的数字", "numerals excluded", ""),
        (open_numerals, "待核的数字", "numerals to review", "open"),
    )
    items = "".join(
        f'<li class="{kind if number else ""}"><b>{number:,}</b> {both(zh, en)}</li>'
        for number, zh, en, kind in figures
    )
    return figures_list(items)


def _tabs(tabs: Iterable[tuple[str, str, str, int]]) -> str:
    links_ = "".join(
        f'<a href="#{name}" data-tab="{name}">{both(zh, en)} <small>{number:,}</small></a>'
        for name, zh, en, number in tabs
    )
    return f'<nav class="tabs" aria-label="内容 contents">{links_}</nav>'


def _panes(tabs: Iterable[tuple[str, str, str, int]], panes: dict[str, str]) -> str:
    return "".join(
        f'<section class="pane" id="{name}" aria-labelledby="T-{name}">'
        f'<h2 id="T-{name}">{both(zh, en)}</h2>{panes[name]}</section>'
        for name, zh, en, _ in tabs
    )


def _detail() -> str:
    """Where the script tells of the chosen fact."""
    return '<aside id="detail" aria-live="polite" hidden></aside>'


def _severities(findings: Iterable[Finding]) -> dict[int, str]:
    """The gravest finding on each line."""
    rank = ("info", "warning", "error")
    found: dict[int, str] = {}
    for finding in findings:
        for line in {finding.line, *finding.lines} - {None}:
            if line is not None:
                found[line] = max(found.get(line, "info"), finding.severity, key=rank.index)
    return found


def _data(extraction: Extraction, linked: Links) -> Json:
    """What the script needs to tell of a fact."""
    checks = {outcome.check for outcome in extraction.outcomes}
    return {
        "facts": [
            [
                fact.statement,
                fact.row,
                fact.column,
                f"{fact.value:,f}",
                fact.unit,
                fact.raw,
                fact.line,
                fact.reader,
                fact.placed_by,
                fact.section,
                fact.page,
                linked.outcomes.get(index, ()),
            ]
            for index, fact in enumerate(extraction.facts)
        ],
        "outcomes": [[o.check, o.status, o.facts, o.detail] for o in extraction.outcomes],
        "checks": {one.id: [one.zh, one.en] for one in identities() if one.id in checks},
        "words": {
            "statements": STATEMENTS,
            "columns": COLUMNS,
            "statuses": STATUSES,
            "readers": READERS,
            "placed": PLACED,
        },
    }
