"""Numbered lines -> what each line is in the document's own structure.

Headings (第N部分, 一、, （一）), contents pages, form titles with a table under them, form heads,
notes, page furniture. The rule it protects: a line is what the document makes it, never what a
number on it looks like.
"""

import re
import sys
from collections.abc import Sequence
from typing import Literal, NamedTuple

from pipeline.contents import CHINESE_DIGITS, LEADER, MARKDOWN, PAGE_NUMBER, PART, contents_lines
from pipeline.text import fold, lone_text, squeeze, strip_ordinal, width_of
from schemas.documents import Document

MarkKind = Literal[
    "blank",
    "furniture",
    "contents",
    "part",
    "heading",
    "run_in",
    "title",
    "head",
    "note",
    "grid",
    "text",
]


class Mark(NamedTuple):
    """What a line is. `level` of a heading: 1 第N部分, 2 unnumbered, 3 一、, 4 （一）."""

    kind: MarkKind
    text: str = ""
    level: int = 0


_HEADING = re.compile(
    rf"^(?:[{CHINESE_DIGITS}]+(?:、|[.](?!\d))|(\([{CHINESE_DIGITS}]+\))[、.]?)(.*)$"
)
_FORM_NUMBER = re.compile(
    r"^(?:公开|附|预算|决算|部门|批复|财决|预公开|决公开)*表?[0-9一二三四五六七八九十]{1,3}(?:-\d+)?表?[:]?$"
    r"|^YS\d+$|^[(]?(?:公开|预算公开|决算公开)\D{0,4}\d+表?[)]?$"
)
_FORM_HEAD = re.compile(
    r"^[(]?20\d\d年度?[)]?$|^(?:金额)?单位[:]|^(?:编制|填报|公开|预算|制表)?(?:部门|单位)(?:名称)?(?:\(公章\)|\(盖章\))?[:]"
    r"|单位[:](?:人民币)?(?:万元|元|千元|亿元)|编制日期|^填报日期"
)
_NOTE = re.compile(r"^(?:注|备注|说明|附注)(?:\d)?[:.、]|^\*注")
_TITLE = re.compile(r"表(?:[(][^()]{0,20}[)])*(?:续表?|[(]续[)])?$")
# A title with its unit on one line: 部门收支总表 单位：万元.
_WITH_UNIT = re.compile(r"(?<=表)[(]?(?:金额)?单位:(?:人民币)?(?:万元|千元|元)[)]?$")
_NO_TITLE = re.compile(
    r"[。;!?,]|^(?:注|说明|详见|后附|附表[:]|见|如|其中)|(?:包括|见附|填报).*表$|:.+"
)
_TITLE_PREFIX = re.compile(
    rf"^(?:附(?:件|表)?\d*[:、.-]?|表[0-9{CHINESE_DIGITS}]+(?:-\d+)?[:、.]?)"
)
# A flattened row: words and amounts.
_ROW = re.compile(r"^(?:[\[(]?\d{3,7}[\])]?)?[^\d,.]{2,40}(?:-?\d[\d,]*\.\d\d)+$")
_LEAST_ROWS = 3
_HEADER_WORD = re.compile(
    r"科目编码|科目代码|科目名称|栏次|行次|决算数|预算数|金额|合计|小计|基本支出|项目支出|一级指标|项目名称"
    r"|任务名称|指标值|分值|项目资金|主管部门|经济分类|功能分类|年初结转|财政拨款|项目$|公务接待费|指标内容|绩效目标"
)
_SECTION_END = re.compile(
    r"(?:情况|说明|概况|结果|解释|事项|报告|附件|附表|构成|职责|设置|情况表|分析|建议|安排|职能)[。.]?$"
)
_LEAST_WRAPPED = 8
_LONGEST_REST = 12
_LONGEST_STOPPED = 4
_BROKEN = re.compile(r"^.{16,}[^。;:]$")
_UNNUMBERED = re.compile(
    r"(?:报告|情况说明|公开说明|编制说明|概况|名词解释|主要职能|主要职责|机构设置|机构情况|基本情况)$"
)
_FULL_STOP_TITLE = re.compile(r"(?:情况|说明|概况|结果|分析|建议|报告|职能)。$")


def clean(line: str) -> str:
    """A line folded for matching, markdown marks gone, and the bars of a row with one cell."""
    return fold(MARKDOWN.sub("", lone_text(line)))


def structure(document: Document) -> tuple[Mark, ...]:
    """One mark a line."""
    in_grid = _grid_lines(document)
    folded = [clean(line) for line in document.lines]
    contents = contents_lines(document.lines, folded, document.pages)
    marks = [
        _mark(folded, i, number in in_grid, number in contents)
        for i, number in enumerate(range(1, len(folded) + 1))
    ]
    _settle_titles(marks, folded)
    _settle_headings(marks, document)
    return tuple(marks)


def _grid_lines(document: Document) -> frozenset[int]:
    return frozenset(
        number for grid in document.grids for number in range(grid.first_line, grid.last_line + 1)
    )


def _mark(folded: Sequence[str], i: int, in_grid: bool, in_contents: bool) -> Mark:
    text = folded[i]
    if not text:
        return Mark("grid" if in_grid else "blank")
    if in_contents:
        return Mark("contents", text)
    if _title_like(_WITH_UNIT.sub("", text)) and not PART.match(text):
        return Mark("title", text)
    if in_grid:
        return Mark("grid", text)
    if PAGE_NUMBER.match(text):
        return Mark("furniture", text)
    if _FORM_NUMBER.match(text) or (len(text) <= 80 and _FORM_HEAD.search(text)):
        return Mark("head", text)
    if _NOTE.match(text):
        return Mark("note", text)
    return Mark("text", text)


def _title_like(text: str) -> bool:
    bare = _TITLE_PREFIX.sub("", strip_ordinal(text)).rstrip(";。")
    return (
        3 <= len(bare) <= 48
        and _TITLE.search(bare) is not None
        and _NO_TITLE.search(bare) is None
        and _FORM_NUMBER.match(text) is None
    )


def _settle_titles(marks: list[Mark], folded: Sequence[str]) -> None:
    """A title has a table under it; a list of titles is contents; else the line is text."""
    titles = [i for i, mark in enumerate(marks) if mark.kind == "title"]
    for i in titles:
        following = _next_lines(marks, i)
        if following and marks[following[0]].kind in ("title", "contents"):
            marks[i] = Mark("contents", marks[i].text)
        elif not _has_table(marks, folded, following):
            before = _previous(marks, i)
            listed = before is not None and marks[before].kind == "contents"
            marks[i] = Mark("contents" if listed else "text", marks[i].text)


def _next_lines(marks: Sequence[Mark], i: int, wanted: int = 12) -> list[int]:
    """The next lines that print something, form heads and furniture passed over."""
    found: list[int] = []
    for j in range(i + 1, min(len(marks), i + 60)):
        if marks[j].kind in ("text", "title", "contents", "grid", "note") and marks[j].text:
            found.append(j)
        if len(found) == wanted:
            break
    return found


def _previous(marks: Sequence[Mark], i: int) -> int | None:
    for j in range(i - 1, max(-1, i - 10), -1):
        if marks[j].kind not in ("blank", "furniture"):
            return j
    return None


def _has_table(marks: Sequence[Mark], folded: Sequence[str], following: Sequence[int]) -> bool:
    if following and any(marks[j].kind == "grid" for j in following[:3]):
        return True
    words = rows = 0
    for j in following:
        if "。" in folded[j] or marks[j].kind in ("title", "contents"):
            break
        words += len(_HEADER_WORD.findall(folded[j]))
        rows += _ROW.search(folded[j]) is not None
    return words >= 2 or rows >= _LEAST_ROWS


def _settle_headings(marks: list[Mark], document: Document) -> None:
    lines = document.lines
    listed = frozenset(
        fold(LEADER.sub("", strip_ordinal(mark.text))) for mark in marks if mark.kind == "contents"
    )
    full = _full_width(marks)
    for i, mark in enumerate(marks):
        if mark.kind not in ("text", "contents"):
            continue
        part = PART.match(mark.text)
        if mark.kind == "text" and part and len(mark.text) <= 45 and "。" not in mark.text[:-1]:
            title = _part_title(marks, lines, i, part.group(1))
            marks[i] = Mark("part", title + _wrapped_rest(marks, lines, i, title), 1)
        elif mark.kind == "text" and (match := _HEADING.match(mark.text)):
            level = 4 if match.group(1) else 3
            goes_on = width_of(mark.text) >= full and _goes_on(marks, i)
            run_in = Mark("run_in", mark.text, level)
            marks[i] = run_in if goes_on else _heading(mark, lines, marks, i)
        elif mark.kind == "text" and _is_title(mark, marks, i, document, listed):
            marks[i] = Mark("heading", _printed_title(lines[i]), 2)


def _full_width(marks: Sequence[Mark]) -> int:
    """Width from which on a line is broken at the right margin, as most lines are that end no
    sentence with text directly below (a sign may hang over, or a word not be parted)."""
    above = zip(marks, marks[1:], strict=False)
    broken = [a.text for a, b in above if a.kind == b.kind == "text" and _BROKEN.search(a.text)]
    widths = sorted(map(width_of, broken))
    return widths[len(widths) // 2] - 4 if len(widths) >= _LEAST_WRAPPED else sys.maxsize


def _goes_on(marks: Sequence[Mark], i: int) -> bool:
    """Text without an ordinal follows directly, and the line is no usual section's name."""
    below = marks[i + 1] if i + 1 < len(marks) else Mark("blank")
    return (
        below.kind == "text"
        and not _HEADING.match(below.text)
        and not _SECTION_END.search(marks[i].text)
        and not _ends_heading(marks[i].text, below.text)
    )


def _ends_heading(text: str, below: str) -> bool:
    """True where the line below is the end of a section's name: 总体说 | 明, 预算 | 情况说明."""
    rest = below.removesuffix("。") if len(below) <= _LONGEST_STOPPED else below
    short = len(rest) <= _LONGEST_REST and not re.search(r"[。，,;；：:、]", rest)
    return short and _SECTION_END.search(text + below) is not None


def _part_title(marks: list[Mark], lines: Sequence[str], i: int, rest: str) -> str:
    if rest:
        return _printed_title(lines[i], drop=PART)
    for j in range(i + 1, min(len(marks), i + 6)):
        if marks[j].kind in ("text", "contents") and len(marks[j].text) <= 30:
            title = squeeze(MARKDOWN.sub("", lone_text(lines[j])))
            marks[j] = Mark("blank")
            return title
        if marks[j].kind != "blank":
            break
    return ""


def _printed_title(line: str, drop: re.Pattern[str] | None = None) -> str:
    """A heading as the contract prints it: no ordinal, no final 。, no whitespace."""
    text = squeeze(MARKDOWN.sub("", lone_text(line)))
    if drop is not None:
        text = re.sub(rf"^第[{CHINESE_DIGITS}0-9]+(?:部分|章|篇)[:：、.]?", "", text)
    return re.sub(r"[。：:]+$", "", strip_ordinal(text))


def _heading(mark: Mark, lines: Sequence[str], marks: list[Mark], i: int) -> Mark:
    match = _HEADING.match(mark.text)
    assert match is not None
    level = 4 if match.group(1) else 3
    rest = match.group(2)
    if _own_line(rest):
        title = _printed_title(lines[i]) + _wrapped_rest(marks, lines, i, rest)
        return Mark("heading", title, level)
    return Mark("run_in", mark.text, level)


def _own_line(rest: str) -> bool:
    """A heading stands alone: no sentence goes on behind it."""
    body = rest.rstrip("。.:")
    if rest.endswith("。") and not _FULL_STOP_TITLE.search(rest):
        return False
    return 1 < len(body) <= 48 and not re.search(r"[。;!?,]|\d[\d,.]*(?:万元|元|%)", body)


def _wrapped_rest(marks: list[Mark], lines: Sequence[str], i: int, rest: str) -> str:
    """The last word of a heading that wrapped to the next line (情况说明)."""
    if _SECTION_END.search(rest) or len(rest) < 14:
        return ""
    for j in range(i + 1, min(len(marks), i + 3)):
        text = marks[j].text
        if marks[j].kind == "text" and (
            _ends_heading(rest, text) or (len(text) <= _LONGEST_REST and _SECTION_END.search(text))
        ):
            marks[j] = Mark("blank")
            return squeeze(lines[j]).rstrip("。")
        if marks[j].kind != "blank":
            break
    return ""


def _is_title(
    mark: Mark, marks: Sequence[Mark], i: int, document: Document, listed: frozenset[str]
) -> bool:
    """An unnumbered title on a line of its own: marked as one, listed in the contents, or a usual
    section's name where a paragraph has ended."""
    text = mark.text
    if (
        len(text) > 45
        or re.search(r"[。;!?,:、]|\d{2,}[.,]\d", text)
        or re.match(r"^\(?\d{1,2}\D", text)
    ):
        return False
    if document.lines[i].lstrip().startswith("#"):
        return len(text) <= 30
    stands = _blank_around(marks, i) or _after_paragraph(marks, i) or _opens_page(document, i)
    if not stands:
        return False
    bare = re.sub(r"^20\d\d年度?", "", text)
    return _UNNUMBERED.search(text) is not None or (len(bare) > 3 and bare in listed)


def _after_paragraph(marks: Sequence[Mark], i: int) -> bool:
    before = _previous(marks, i)
    return (
        before is None or marks[before].kind != "text" or marks[before].text.endswith(("。", ";"))
    )


def _opens_page(document: Document, i: int) -> bool:
    pages = document.pages
    return 0 < i < len(pages) and pages[i] != pages[i - 1]


def _blank_around(marks: Sequence[Mark], i: int) -> bool:
    before = i == 0 or marks[i - 1].kind in ("blank", "furniture")
    after = i + 1 >= len(marks) or marks[i + 1].kind in ("blank", "furniture", "text")
    return before and after
