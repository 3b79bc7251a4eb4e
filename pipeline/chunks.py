"""Document -> typed chunks along the document's own structure.

In: a Document. Out: chunks that cover every printed line once, in order: tables and performance
forms under their titles, prose under its headings, contents, duties, glossary. The rule it
protects: title, unit and header travel with the table they belong to.
"""

import re
from collections.abc import Iterator, Sequence

from pipeline.joining import joined_grid
from pipeline.orphans import Span, with_orphans
from pipeline.structure import Mark, structure
from pipeline.text import fold, lone_text, squeeze
from schemas.documents import Chunk, ChunkKind, Document

_PERFORMANCE_TITLE = re.compile(r"绩效|自评|评价表|目标表|评分表")
_PERFORMANCE_BODY = re.compile(r"三级指标|绩效指标|年度指标值|指标值|绩效目标")
_GLOSSARY = re.compile(r"名词|名称解释|术语|用语(?:解释|说明)")
# 部门职责 alone; a heading that announces the offices or posts as well holds claims.
_DUTIES = re.compile(r"^(?!.*(?:机构|编制|人员)).*(?:职责|职能|主要任务$)")
_NO_DUTIES = re.compile(r"机构|编制|人员|工作|构成|单位|概况|完成")
_UNIT = re.compile(r"单位[:：]\s*(?:人民币)?\s*(万元|元|千元|亿元|百万元)")
_UNIT_IN_BRACKETS = re.compile(r"[(（]\s*(?:单位[:：])?\s*(万元|千元|亿元|元)\s*[)）]")
_INDICATOR_HEAD = re.compile(r"[一二三]级指标|指标值|分值")
_HEAD_LINES = 14
_HEAD_LINES = 6
_CELL_LINES = 16


def chunk_document(document: Document) -> tuple[Chunk, ...]:
    """All chunks of a document. Lines that print nothing belong to no chunk."""
    marks = structure(document)
    spans = _merged([*_spans(document, marks)])
    spans = with_orphans(document, spans, _listed_titles(marks))
    usual = _usual_unit(document, spans)
    return tuple(
        _chunk(document, span, f"c{n:03d}", usual) for n, span in enumerate(spans, start=1)
    )


def _listed_titles(marks: Sequence[Mark]) -> tuple[str, ...]:
    """Titles of forms as the contents pages list them."""
    return tuple(mark.text for mark in marks if mark.kind == "contents")


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Neighbours that are no source of facts (duties, glossary, contents) as one."""
    merged: list[Span] = []
    for span in spans:
        before = merged[-1] if merged else None
        if before and before.kind == span.kind and span.kind in ("duties", "glossary", "contents"):
            merged[-1] = before._replace(last=span.last)
        else:
            merged.append(span)
    return merged


def _chunk(document: Document, span: Span, name: str, usual: str) -> Chunk:
    unit, unit_line = "", None
    grid = None
    if span.kind in ("table", "performance"):
        unit, unit_line = _unit_of(document, span)
        unit = unit or usual
        grid = joined_grid(document.grids, span.first, span.last)
    return Chunk(
        id=name,
        kind=span.kind,
        first_line=span.first,
        last_line=span.last,
        title=span.title,
        section=span.section,
        unit=unit,
        unit_line=unit_line,
        grid=grid,
    )


def _unit_of(document: Document, span: Span) -> tuple[str, int | None]:
    """The unit that the form's head states, and where."""
    printed = 0
    for number in range(span.first, span.last + 1):
        line = document.lines[number - 1]
        printed += bool(line.strip())
        match = _UNIT.search(line) or _UNIT_IN_BRACKETS.search(line)
        if match:
            return match.group(1), number
        if printed > _HEAD_LINES:
            break
    return "", None


def _usual_unit(document: Document, spans: Sequence[Span]) -> str:
    """The unit most heads of the document's tables state; 万元 where none does."""
    units = [_unit_of(document, span)[0] for span in spans if span.kind == "table"]
    stated = [unit for unit in units if unit]
    return max(stated, key=stated.count) if stated else "万元"


def _spans(document: Document, marks: Sequence[Mark]) -> Iterator[Span]:
    headings: dict[int, str] = {}
    at = 0
    while at < len(marks):
        mark = marks[at]
        if mark.kind in ("blank", "furniture"):
            at += 1
            continue
        if _table_begins(marks, at):
            span = _table_span(document, marks, at, headings)
            if span.title:
                _open(headings, 3, span.title)
        elif mark.kind == "contents":
            last = _run(marks, at, ("contents",))
            span = Span("contents", at + 1, last + 1)
        else:
            span = _prose_span(marks, at, headings)
        yield span
        at = span.last


def _table_begins(marks: Sequence[Mark], at: int) -> bool:
    """At a form title, at the head lines directly above one, or at a grid without a title."""
    for i in range(at, min(len(marks), at + 14)):
        if marks[i].kind in ("title", "grid"):
            return True
        if marks[i].kind not in ("head", "blank", "furniture"):
            return False
    return False


def _table_span(
    document: Document, marks: Sequence[Mark], at: int, headings: dict[int, str]
) -> Span:
    title_at = next(i for i in range(at, len(marks)) if marks[i].kind in ("title", "grid"))
    titled = marks[title_at].kind == "title"
    title = _title(document, title_at) if titled else ""
    text_cells = _PERFORMANCE_TITLE.search(title) is not None
    last = _table_end(marks, title_at + 1 if titled else title_at, text_cells)
    body = fold("".join(document.lines[at : last + 1]))
    performance = _PERFORMANCE_TITLE.search(title) or _PERFORMANCE_BODY.search(body)
    kind: ChunkKind = "performance" if performance else "table"
    return Span(kind, at + 1, last + 1, title, _section(headings))


def _title(document: Document, i: int) -> str:
    line = re.sub(r"\[bookmark:[^\]]*\]", "", document.lines[i])
    text = re.sub(r"^[#*\s\-]+|[*\s;；。]+$", "", squeeze(lone_text(line)))
    return re.sub(r"(?<=表)[(（]?(?:金额)?单位[:：].*$", "", text)


def _table_end(marks: Sequence[Mark], start: int, text_cells: bool = False) -> int:
    """Index of the last line of the table that begins before `start`. `text_cells`: sentences may
    stand between its rows."""
    last = start - 1
    seen_grid = seen_note = loose = False
    for i in range(start, len(marks)):
        kind = marks[i].kind
        if kind in ("part", "title", "contents") or (
            kind == "head" and _table_begins_with(marks, i)
        ):
            break
        if kind in ("heading", "run_in") and _section_follows(marks[i], seen_grid):
            break
        note = seen_note and _is_note(marks[last], marks[i])
        loose = loose or (text_cells and _indicators_follow(marks, i))
        goes_on = note or loose or (text_cells and _goes_on(marks, i)) or _repeats(marks, start, i)
        if kind == "text" and seen_grid and not goes_on:
            break
        seen_grid = seen_grid or kind == "grid"
        seen_note = seen_note or kind == "note"
        if kind not in ("blank", "furniture"):
            last = i
    return last


def _indicators_follow(marks: Sequence[Mark], i: int) -> bool:
    """True where a form of performance goes on without rules: the head of its indicators follows."""
    near = (mark for mark in marks[i : i + _CELL_LINES] if mark.kind == "text")
    return any(len(_INDICATOR_HEAD.findall(mark.text)) > 1 for mark in near)


def _repeats(marks: Sequence[Mark], start: int, i: int) -> bool:
    """True for a line of the table's head (收入 支出) printed again directly above more of its rows."""
    head = {mark.text for mark in marks[start : start + _HEAD_LINES] if mark.kind == "text"}
    below = next((m.kind for m in marks[i + 1 : i + 3] if m.kind not in ("blank", "furniture")), "")
    return marks[i].text in head and below == "grid"


def _goes_on(marks: Sequence[Mark], i: int) -> bool:
    """True where rows follow the sentences of a text cell (年度总体目标) before anything else does."""
    for mark in marks[i : i + _CELL_LINES]:
        if mark.kind not in ("text", "blank", "furniture"):
            return mark.kind == "grid"
    return False


def _is_note(before: Mark, mark: Mark) -> bool:
    """The rest of a wrapped note, or its next numbered item."""
    wrapped = not before.text.endswith(("。", ";", "!"))
    return wrapped or re.match(r"^\(?\d{1,2}[.、)](?!\d)", mark.text) is not None


def _table_begins_with(marks: Sequence[Mark], i: int) -> bool:
    """Head lines that stand above the next form's title belong to that form."""
    for j in range(i, min(len(marks), i + 8)):
        if marks[j].kind == "title":
            return True
        if marks[j].kind not in ("head", "blank", "furniture"):
            return False
    return False


def _section_follows(mark: Mark, seen_grid: bool) -> bool:
    """Row labels of flattened forms look like headings (五、教育支出); a section's name does not."""
    if seen_grid:
        return True
    return (
        re.search(r"(?:情况|说明|概况|结果|解释|事项|报告|分析|建议)[。.]?$", mark.text) is not None
    )


def _run(marks: Sequence[Mark], at: int, kinds: tuple[str, ...]) -> int:
    last = at
    for i in range(at, len(marks)):
        if marks[i].kind in kinds:
            last = i
        elif marks[i].kind not in ("blank", "furniture", "head"):
            break
    return last


def _open(headings: dict[int, str], level: int, text: str) -> None:
    _close(headings, level)
    if text:
        headings[level] = text


def _close(headings: dict[int, str], level: int) -> None:
    for deeper in [key for key in headings if key >= level]:
        del headings[deeper]


def _section(headings: dict[int, str]) -> str:
    return headings[max(headings)] if headings else ""


def _prose_span(marks: Sequence[Mark], at: int, headings: dict[int, str]) -> Span:
    mark = marks[at]
    if mark.kind in ("part", "heading"):
        _open(headings, mark.level, mark.text)
    elif mark.kind == "run_in":
        _close(headings, mark.level)
    last = at
    for i in range(at + 1, len(marks)):
        kind = marks[i].kind
        if kind in ("part", "heading", "run_in", "title", "contents", "grid"):
            break
        if kind == "head" and _table_begins(marks, i):
            break
        if kind not in ("blank", "furniture"):
            last = i
    return Span(_prose_kind(headings), at + 1, last + 1, "", _section(headings))


def _prose_kind(headings: dict[int, str]) -> ChunkKind:
    for level in sorted(headings, reverse=True):
        heading = headings[level]
        if _GLOSSARY.search(heading):
            return "glossary"
        if _DUTIES.search(heading) and not (
            level < max(headings) and _NO_DUTIES.search(_section(headings))
        ):
            return "duties"
    return "prose"
