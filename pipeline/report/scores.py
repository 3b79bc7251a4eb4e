"""An evaluation -> `report.html`: figures first, then every mistake with its place.

In: scores and judged facts. Out: one self-contained page. The rule it protects: mistakes are
listed, correct facts only counted; no ratio stands without its numerator and denominator.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from pipeline.errors import OutputError
from pipeline.evaluation.grid import Grid, GridRow
from pipeline.evaluation.records import Interval, Judged, JudgedFact, Scores, Share, Tally
from pipeline.report.charts import Point, bars, scatter
from pipeline.report.document import figures_list, language_button
from pipeline.report.markup import both, escaped, grouped, page

_LISTED: Final = 400
"""Mistakes listed of one kind; beyond that the count says it."""


def write_scores_page(
    scores: Scores, judged: Iterable[Judged], out: Path, grid: Grid | None = None
) -> Path:
    """Write `report.html` into `out` and return its path. Raises OutputError."""
    path = out / "report.html"
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_text(scores_page(scores, judged, grid), encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", where=str(path)) from error
    return path


def scores_page(scores: Scores, judged: Iterable[Judged], grid: Grid | None = None) -> str:
    """The page of an evaluation."""
    body = (
        '<header><nav><a href="#top">juesuan 决算</a></nav>'
        f'<div class="title" id="top"><h1>{both("评测结果", "Evaluation")}</h1>'
        f"<p>{len(scores.documents)} {both('份标注文件', 'golden documents')}</p></div>"
        f"{language_button()}</header>{_figures(scores)}<main>{_held_out(scores)}"
        f"{_by_group(scores)}{_by_document(scores)}{_lengths(scores)}{_mistakes(judged)}"
        f"{_findings(scores)}{_usage(scores)}{_grid(grid)}</main>"
    )
    return page("juesuan 评测", body)


def _said(share: Share) -> str:
    value = "-" if share.value is None else f"{share.value:.4f}"
    return f"{value} <small>({share.numerator:,}/{share.denominator:,})</small>"


def _range(interval: Interval | None) -> str:
    return f" <small>[{interval.low:.4f}, {interval.high:.4f}]</small>" if interval else ""


def _figures(scores: Scores) -> str:
    figures = (
        (_said(scores.headline.f1) + _range(scores.headline_interval), "事实 F1", "fact F1"),
        (_said(scores.silently_wrong), "静默错误", "silently wrong"),
        (_said(scores.load_bearing), "合计与“三公”", "totals and 三公"),
        (_said(scores.zero_error_documents), "零错误文件", "documents without a mistake"),
        (f"{scores.ungrounded:,}", "无出处的事实", "facts not grounded"),
    )
    items = "".join(f"<li><b>{value}</b> {both(zh, en)}</li>" for value, zh, en in figures)
    return figures_list(items)


def _held_out(scores: Scores) -> str:
    """Whether any of this tells of documents not yet seen."""
    if scores.held_out_documents:
        text = both("未参与开发的文件：", "held-out documents: ")
        return f"<p>{text}{_said(scores.held_out.f1)}</p>"
    return (
        '<p class="finding warning">'
        + both(
            "全部文件都曾用于编写规则，此分数不能说明未见过的文件。",
            "Rules were written on all of these documents; the scores say little about others.",
        )
        + "</p>"
    )


def _table(heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]], name: str) -> str:
    head = "".join(f'<th scope="col">{both(zh, en)}</th>' for zh, en in heads)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f"<td>{cell}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table><thead><tr>{head}'
        f"</tr></thead><tbody>{body}</tbody></table></div>"
    )


_TALLY_HEADS: Final = (
    ("范围", "scope"),
    ("精确率", "precision"),
    ("召回率", "recall"),
    ("F1", "F1"),
    ("错", "wrong"),
    ("漏", "missing"),
    ("多", "spurious"),
    ("单位", "unit"),
    ("行", "line"),
)


def _tally(name: str, tally: Tally) -> tuple[str, ...]:
    counts = (f"{n:,}" for n in (tally.wrong, tally.missing, tally.spurious))
    ratios = (_said(tally.precision), _said(tally.recall), _said(tally.f1))
    return (name, *ratios, *counts, _said(tally.unit), _said(tally.line))


def _by_group(scores: Scores) -> str:
    names = {
        "tables": ("报表", "tables"),
        "claims": ("文字", "claims"),
        "evaluation": ("绩效", "performance"),
    }
    views = {
        "key": ("按键", "by key"),
        "place": ("按处所", "by place"),
        "subject": ("按科目", "by subject"),
    }
    rows = [
        _tally(f"{both(*names[one.group])} · {both(*views[one.view])}", one.tally)
        for one in scores.groups
        if one.tally.f1.denominator
    ]
    rows.append(_tally(both("合计", "headline"), scores.headline))
    return f"<h2>{both('分组', 'By group')}</h2>{_table(_TALLY_HEADS, rows, '分组 groups')}"


def _by_document(scores: Scores) -> str:
    rows = []
    for one in scores.documents:
        note = "" if one.run else f' <span class="badge">{both("未读", "not read")}</span>'
        rows.append(_tally(escaped(one.document) + note, one.headline))
    return (
        f"<h2>{both('分文件', 'By document')}</h2>{_table(_TALLY_HEADS, rows, '分文件 documents')}"
    )


def _lengths(scores: Scores) -> str:
    values = [
        (one.rows, one.found.value or 0.0, f"{one.found.numerator:,}/{one.found.denominator:,}")
        for one in scores.row_recall
    ]
    if not values:
        return ""
    title = both("按表长：全对的行", "Rows fully right, by length of the form")
    return f"<h2>{title}</h2>{bars(values, '按表长 by length')}"


def _mistakes(judged: Iterable[Judged]) -> str:
    """All mistakes by diagnosis, the most frequent first, silent ones marked."""
    kinds: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        if one.is_mistake:
            kinds[one.diagnosis or "other"].append(one)
    if not kinds:
        return (
            f'<h2>{both("错误", "Mistakes")}</h2><p class="none">{both("没有错误。", "None.")}</p>'
        )
    ordered = sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0]))
    blocks = "".join(_kind(name, found) for name, found in ordered)
    return f"<h2>{both('错误', 'Mistakes')}</h2>{blocks}"


def _kind(name: str, found: Sequence[Judged]) -> str:
    silent = sum(one.is_silent for one in found)
    heads = (
        ("文件", "document"),
        ("行", "line"),
        ("键", "key"),
        ("标注", "gold"),
        ("读为", "read"),
        ("勾稽", "identities"),
    )
    rows = [_mistake(one) for one in found[:_LISTED]]
    more = f"<p>+{len(found) - _LISTED:,}</p>" if len(found) > _LISTED else ""
    note = f"{len(found):,} · {both('静默', 'silent')} {silent:,}"
    return (
        f'<details class="statement"><summary><h3><code>{escaped(name)}</code></h3> <small>{note}</small>'
        f"</summary>{_table(heads, rows, escaped(name))}{more}</details>"
    )


def _mistake(one: Judged) -> tuple[str, ...]:
    fact = one.gold or one.predicted
    key = " / ".join(filter(None, fact.key)) if fact else ""
    objection = escaped(" ".join(one.broken)) or both("无异议", "silent") if one.predicted else ""
    line = str(fact.line) if fact else ""
    return (
        escaped(one.document),
        line,
        _words(escaped(key)),
        _number(one.gold),
        _number(one.predicted),
        objection,
    )


def _words(text: str) -> str:
    """Text that may wrap in its cell."""
    return f'<span class="words">{text}</span>'


def _number(fact: JudgedFact | None) -> str:
    return "-" if fact is None else f"{grouped(fact.value)} {escaped(fact.unit)}"


def _findings(scores: Scores) -> str:
    rows = [
        (
            escaped(one.document),
            _said(one.findings.of_listed),
            _said(one.findings.of_reported),
            _words(escaped(" ".join(one.findings.missed))),
        )
        for one in scores.documents
        if one.findings
    ]
    if not rows:
        return ""
    heads = (
        ("文件", "document"),
        ("已知问题中发现", "of listed defects"),
        ("发现中成立", "of findings"),
        ("未发现", "missed"),
    )
    return f"<h2>{both('发现', 'Findings')}</h2>{_table(heads, rows, '发现 findings')}"


def _usage(scores: Scores) -> str:
    usage = scores.usage
    if not usage.calls:
        return f"<p>{both('没有调用模型。', 'No model was called.')}</p>"
    cost = escaped(usage.cost) or "-"
    words = (
        both("次调用", "calls"),
        both("词元", "tokens"),
        both("费用", "cost"),
        both("白费", "wasted"),
    )
    return (
        f"<p>{usage.calls:,} {words[0]} · {usage.input_tokens + usage.output_tokens:,} {words[1]} · "
        f"{words[2]} {cost} · {words[3]} {escaped(usage.wasted_cost) or '-'}</p>"
    )


def _grid(grid: Grid | None) -> str:
    """Accuracy against cost and against length, and what could not be read."""
    if grid is None:
        return ""
    heads = (
        ("模型", "model"),
        ("次", "repeats"),
        ("F1", "F1"),
        ("静默错误", "silently wrong"),
        ("不稳定", "flips"),
        ("费用", "cost"),
    )
    named = [row for row in grid.rows if row.repeats]
    table = _table(
        heads, [_grid_row(n, row) for n, row in enumerate(named, start=1)], "模型 models"
    )
    points = [_grid_point(n, row) for n, row in enumerate(named, start=1) if _has_cost(row)]
    chart = scatter(points, "费用 cost", "F1")
    absent = "".join(
        f"<li>{escaped(row.model)} {row.model_use}: {escaped(why)}</li>"
        for row in grid.rows
        for why in row.missing
    )
    lost = f"<h3>{both('缺少', 'Missing')}</h3><ul>{absent}</ul>" if absent else ""
    lengths = "".join(map(_grid_lengths, enumerate(named, start=1)))
    return f"<h2>{both('模型', 'Models')}</h2>{table}{chart}{lengths}{lost}"


def _grid_name(row: GridRow) -> str:
    return f"{row.model or '-'} {row.model_use}"


def _grid_row(number: int, row: GridRow) -> tuple[str, ...]:
    f1 = "-" if row.f1 is None else f"{row.f1:.4f}"
    spread = (
        f" <small>[{row.f1_lowest:.4f}, {row.f1_highest:.4f}]</small>"
        if row.f1_lowest is not None and row.f1_highest is not None and row.repeats > 1
        else ""
    )
    name = f"{number}. {escaped(_grid_name(row))}"
    cost = escaped(row.usage.cost) or ("0" if not row.usage.calls else both("无价", "no price"))
    shares = (_said(row.silently_wrong), _said(row.flips))
    return (name, str(row.repeats), f1 + spread, *shares, cost)


def _has_cost(row: GridRow) -> bool:
    """True where the cost is known: priced calls, or none at all."""
    return bool(row.usage.cost) or not row.usage.calls


def _grid_point(number: int, row: GridRow) -> Point:
    cost = float(Decimal(row.usage.cost or "0"))
    return Point(str(number), cost, row.f1 or 0.0, row.f1_lowest, row.f1_highest)


def _grid_lengths(numbered: tuple[int, GridRow]) -> str:
    number, row = numbered
    values = [
        (one.rows, one.found.value or 0.0, f"{one.found.numerator:,}/{one.found.denominator:,}")
        for one in row.row_recall
    ]
    name = _grid_name(row)
    return f"<h3>{number}. {escaped(name)}</h3>{bars(values, name)}"
