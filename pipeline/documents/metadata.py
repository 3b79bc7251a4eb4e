"""Numbered lines -> what the document says it is: kind, department, region, fiscal year."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.text import fold, lone_text
from schemas.vocabulary import DocumentKind

_HEAD_LINES = 80
_YEAR = re.compile(r"(20\d\d)年")
_TITLE = re.compile(r"部门决算|部门预算|单位决算|单位预算|决算公开|预算公开|决算情况|预算情况")
_YEAR_OF_TITLE = re.compile(rf"(20\d\d)年\D{{0,30}}?(?:{_TITLE.pattern})")
_BODY = re.compile(
    r"(?:^|[元表])(?:编制部门|编制单位|部门名称|单位名称|预算部门|预算单位|部门\(单位\)名称"
    r"|填报单位|填报部门|公开部门|部门|单位)[:]([^:0-9,。;、]{2,30}?)(?:$|单位[:]|20\d\d|金额单位)"
)
_COVER = re.compile(
    r"^(?:20\d\d年度?)?(.{3,40}?)(?:20\d\d年度?)?(?:部门|单位)?(?:决算|预算)(?:公开)?(?:情况)?(?:说明|报告|情况|信息|表)?$"
)
_OVERVIEW = re.compile(r"^第[一二三]部分(.{4,30}?)(?:部门|单位)?概况")
_LISTED = re.compile(r"^(?:[一二三四五六七八九十]+、|\()")
_TITLE_ALONE = re.compile(r"^20\d\d年(?:度)?(?:部门|单位)?(?:预算|决算)")
_FORM_OF = re.compile(r"^(?:\d{1,2}[.、]|[一二三四五六七八九十]+、)?(\D{4,30}?)20\d\d年.{2,25}表")
_NOT_A_BODY = re.compile(
    r"^(?:20\d\d|关于|第.{1,2}部分|附件|目录|万元|元|亿元|本年|收入|支出|人民币|千元)|表$|预$|决算|预算"
)
# 市场监督管理局, 市政 and 城市管理局 name no city.
_REGION = re.compile(
    r"^((?:.{2,6}?(?:省|自治区))?"
    r"(?:(?!城市)[^县区旗]{1,8}?(?:市(?![场政容])|自治州|盟|地区))?"
    r"(?:(?!城市).{1,8}?(?:区|县|旗|市(?![场政容])))?)"
)


class Metadata(NamedTuple):
    """What the document says of itself; empty where it does not."""

    kind: DocumentKind
    department: str
    region: str
    fiscal_year: int | None


def metadata(lines: Sequence[str]) -> Metadata:
    """Read the head of the document, and the heads of its forms for the department."""
    folded = [fold(lone_text(line).strip("#*| \t")) for line in lines]
    department = _department(folded)
    return Metadata(
        kind=_kind(folded),
        department=department,
        region=_region(department),
        fiscal_year=_fiscal_year(folded),
    )


def _kind(folded: Sequence[str]) -> DocumentKind:
    titles = "".join(
        line for line in folded[:_HEAD_LINES] if len(line) <= 40 and _TITLE.search(line)
    )
    final, budget = titles.count("决算"), titles.count("预算")
    if final == budget:
        everything = "".join(folded)
        final, budget = everything.count("决算"), everything.count("年预算")
    if final == budget:
        return "unknown"
    return "final_accounts" if final > budget else "budget"


def _fiscal_year(folded: Sequence[str]) -> int | None:
    """The year of the titles (某局2025年部门预算), else the one named most often."""
    head = [line for line in folded[:_HEAD_LINES] if len(line) <= 40]
    for pattern, wanted in ((_YEAR_OF_TITLE, head), (_YEAR, head), (_YEAR, folded)):
        years = Counter(int(year) for line in wanted for year in pattern.findall(line))
        if years:
            return max(years, key=lambda year: (years[year], -year))
    return None


def _department(folded: Sequence[str]) -> str:
    """The body named most often in the heads of forms, else on the cover."""
    named = Counter(
        name
        for line in folded
        for name in _BODY.findall(line[:120])
        if not _NOT_A_BODY.search(name)
    )
    if named:
        return str(max(named, key=lambda name: (named[name], -len(name))))
    for pattern in (_OVERVIEW, _COVER):
        for line in folded[:_HEAD_LINES]:
            match = pattern.match(line)
            if match and not _LISTED.match(line) and not _NOT_A_BODY.search(match.group(1)):
                return str(match.group(1))
    return _on_cover(folded) or _in_titles(folded)


def _on_cover(folded: Sequence[str]) -> str:
    """A name on a line of its own above 2025年部门预算."""
    head = [line for line in folded[:_HEAD_LINES] if line][:6]
    for name, title in zip(head, head[1:], strict=False):
        if _TITLE_ALONE.match(title) and 3 < len(name) <= 30 and not _NOT_A_BODY.search(name):
            return name
    return ""


def _in_titles(folded: Sequence[str]) -> str:
    """The name in front of the titles of several forms (某某学院2025年部门收支总表)."""
    named = Counter(m.group(1) for line in folded if (m := _FORM_OF.match(line)))
    name, count = max(named.items(), key=lambda item: item[1], default=("", 0))
    return name if count > 2 and not _NOT_A_BODY.search(name) else ""


def _region(department: str) -> str:
    match = _REGION.match(department.removeprefix("中共"))
    return str(match.group(1)) if match else ""
