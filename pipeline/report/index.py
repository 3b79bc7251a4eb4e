"""All documents of a run -> `index.html`: where to look first."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.errors import OutputError
from pipeline.report.document import figures_list, language_button
from pipeline.report.markup import both, escaped, page, plain
from pipeline.report.words import KINDS, words
from schemas.runs import DocumentRecord


def write_index(documents: Sequence[DocumentRecord], out: Path) -> Path:
    """Write `index.html` into `out` and return its path. Raises OutputError."""
    path = out / "index.html"
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_text(index_page(documents), encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", where=str(path)) from error
    return path


def index_page(documents: Sequence[DocumentRecord]) -> str:
    """The page of a run: failures first, then by findings and open numerals."""
    ordered = sorted(
        documents, key=lambda d: (d.status != "failed", -d.findings, -_open(d), d.name, d.id)
    )
    heads = (
        ("文件", "document"),
        ("年度", "year"),
        ("事实", "facts"),
        ("有勾稽印证", "confirmed"),
        ("发现", "findings"),
        ("待核", "to review"),
    )
    head = "".join(f'<th scope="col">{both(zh, en)}</th>' for zh, en in heads)
    rows = "".join(map(_row, ordered))
    figures = _figures(documents)
    body = (
        '<header><nav><a href="index.html">juesuan 决算</a></nav>'
        f'<div class="title"><h1>{both("读取结果", "What was read")}</h1></div>'
        f"{language_button()}</header>{figures}<main>"
        '<div class="scroll" tabindex="0" role="region" aria-label="文件 documents">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></main>"
    )
    return page("juesuan 决算", body)


def _open(document: DocumentRecord) -> int:
    return document.unplaced + document.unexplained


def _figures(documents: Iterable[DocumentRecord]) -> str:
    documents = tuple(documents)
    figures = (
        (len(documents), "份文件", "documents", ""),
        (sum(d.status == "failed" for d in documents), "份失败", "failed", "bad"),
        (sum(d.facts for d in documents), "事实", "facts", ""),
        (sum(d.findings for d in documents), "发现", "findings", ""),
        (sum(map(_open, documents)), "待核的数字", "numerals to review", "open"),
    )
    items = "".join(
        f'<li class="{kind if number else ""}"><b>{number:,}</b> {both(zh, en)}</li>'
        for number, zh, en, kind in figures
    )
    return figures_list(items)


def _row(document: DocumentRecord) -> str:
    name = escaped(document.department or document.name)
    detail = f"<small>{both(*words(KINDS, document.kind or 'unknown'))} · {escaped(document.name)}</small>"
    if document.status != "done":
        state = both(
            *{"failed": ("失败", "failed"), "duplicate": ("重复", "duplicate")}[document.status]
        )
        note = f'<span class="badge">{state}</span> {escaped(document.reason)}'
        return f'<tr><th scope="row">{name}<br>{detail}</th><td colspan="5">{note}</td></tr>'
    numbers = (document.facts, document.confirmed, document.findings, _open(document))
    cells = "".join(f"<td>{number:,}</td>" for number in numbers)
    return (
        f'<tr><th scope="row"><a href="{plain(document.id)}.html">{name}</a><br>{detail}</th>'
        f"<td>{document.fiscal_year or ''}</td>{cells}</tr>"
    )
