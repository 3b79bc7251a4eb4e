"""Rules on the text alone: contents against body, placeholders, years, what is announced (family J).

In: a book and its running text. Out: verdicts on lines. The rule it protects: without lines nothing
is said; with them only what stands there.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.checks.book import Book
from pipeline.checks.prose import Prose
from pipeline.checks.verdicts import Verdict
from pipeline.text import fold, strip_ordinal

_PLACEHOLDERS = (
    re.compile(
        r"[（(]综述内容[）)]|[（(]此处[^）)]{2,20}[）)]|[（(]请?(?:填写|说明|列示)[^）)]{2,20}[）)]"
    ),
    re.compile(
        r"增减少|减增加|增加[（(]减少[）)]|减少[（(]增加[）)]|增加[/／]减少|增长[/／]下降|上升[/／]下降"
    ),
    re.compile(
        r"(?<![A-Za-z0-9.:/＊*])(?:[XxＸ]{2,}|×{2,}|[＊*]{3,}|○{2,})(?=\s*(?:万?元|年|月|个|项|部门|单位|%|局|县|市|省|区))"
    ),
    re.compile(r"得分为?0分，(?:评价)?等级为?0|等级为0(?!\d)"),
)
_CHAPTER = re.compile(r"^第[一二三四五六七八九]部分|附件|部门(?:决算|预算)(?:报|公开)?表$")
_CONTENTS = re.compile(r"^目\s*录$")
_ENTRY = re.compile(
    r"^(?:[^\w“\"]|表\d+|附件\d*|公开\d+表?|20\d\d年?度?|\d{1,2}\W)*(.{4,40}?表)(?:[\s.…·。\d（(否是）)]*)$"
)
_TITLE_NOISE = re.compile(
    r"20\d\d年?度?|明细|汇总|总体|情况|部门|单位|本级|财政拨款|[“”\"'《》()（）\[\]、,，.。:：]|收支|收入支出|20\d\d"
)
_AFTER = re.compile(
    r"(?:后附|详见附件|附)[“\"《]([^”\"》]{4,40})[”\"》](?:[、和及][“\"《]([^”\"》]{4,40})[”\"》])?"
)
_ANNEX = re.compile(r"^第[一二三四五六七八九]部分\s*附\s*件")
_OWN_YEAR = re.compile(
    r"(20\d\d)\s*年度?(?:我|本)(?:单位|部门|局|院|校|中心)[^，。；、]{0,6}(?:绩效(?:自评|评价)?结果|决算(?!公开|编制|批复|工作|布置)|自评结果)"
)
_HEAD_YEAR = re.compile(
    r"^(20\d\d)年度?$|^(20\d\d)年度?[^，。；]{0,20}(?:决算|预算)(?:公开)?(?:报表|表|报告|情况说明)$"
)
_MANDATORY = {
    "“三公”经费": re.compile("三公"),
    "政府性基金": re.compile("政府性基金"),
    "国有资本经营预算": re.compile("国有资本"),
    "机关运行经费": re.compile("运行经费"),
    "政府采购": re.compile("政府采购"),
    "国有资产占用": re.compile("国有资产"),
    "绩效": re.compile("绩效"),
}


_LONGEST_HEADING = 80
_YEAR_OF = re.compile(r"20\d\d年?度?")
_SENTENCE = re.compile(r"[。；]|未选取|未开展|没有|^无")


class Span(NamedTuple):
    """Lines of the table of contents: first, last (1-based, both included)."""

    first: int
    last: int


def word_verdicts(book: Book, prose: Prose) -> Iterator[Verdict]:
    """Family J over the lines of the document; none without lines."""
    if not book.document.lines:
        return
    yield from _placeholders(book, prose)
    short = tuple(
        fold(line) if len(line) <= _LONGEST_HEADING else "" for line in book.document.lines
    )
    yield from _contents(prose, short)
    yield from _announced(prose, short)
    yield from _years(book, prose, short)
    yield from _sections(book, prose)


def _line_verdict(check: str, line: int, printed: str, words: tuple[str, str]) -> Verdict:
    return Verdict(check, "fail", lines=(line,), printed=printed, words=words, confirms=False)


def _passed(check: str) -> Verdict:
    return Verdict(check, "pass", confirms=False)


def _placeholders(book: Book, prose: Prose) -> Iterator[Verdict]:
    """J9: words of the template that should have been replaced or struck out."""
    found = 0
    for pattern in _PLACEHOLDERS:
        for match in pattern.finditer(prose.text):
            found += 1
            text = prose.text[max(0, match.start() - 8) : match.end() + 8]
            yield _line_verdict(
                "J9",
                prose.line(match.start()),
                match.group(0),
                (f"模板文字未删改：“{text}”", f"words of the template remain: “{text}”"),
            )
    if not found:
        yield _passed("J9")


def _contents_span(lines: Sequence[str]) -> Span | None:
    """From 目录 to the line that repeats its first entry, else at most 80 lines."""
    start = next((n for n, line in enumerate(lines[:400], 1) if _CONTENTS.search(line)), None)
    if start is None:
        return None
    entries = [(n, _bare(line)) for n, line in enumerate(lines[start:], start + 1) if line]
    first = next((text for _, text in entries if len(text) > 3), None)
    again = [n for n, text in entries[1:] if text == first]
    return Span(start + 1, (again[0] if again else min(start + 60, len(lines))) - 1)


def _bare(line: str) -> str:
    return re.sub(r"[\s.…·\d]+$", "", strip_ordinal(line))


def _contents(prose: Prose, lines: Sequence[str]) -> Iterator[Verdict]:
    """J2: every form named in the contents has its title in the body."""
    span = _contents_span(lines)
    if span is None or span.last >= len(prose.starts):
        yield Verdict("J2", "insufficient_data")
        return
    body = _core(fold(prose.text[prose.starts[span.last] :]))
    missing: list[tuple[int, str]] = []
    seen = 0
    for number in range(span.first, span.last + 1):
        entry = _ENTRY.match(strip_ordinal(lines[number - 1]))
        core = _core(entry.group(1)) if entry else ""
        if entry and len(core) > 3 and not _CHAPTER.search(entry.group(1)):
            seen += 1
            if core not in body:
                missing.append((number, entry.group(1)))
    # Where most titles are not found the body prints them otherwise, or not as text.
    if not seen or len(missing) * 2 > seen:
        yield Verdict("J2", "insufficient_data")
        return
    for number, title in missing:
        words = (
            f"目录有“{title}”，正文无此表",
            f"the contents name “{title}”, the body has no such form",
        )
        yield _line_verdict("J2", number, title, words)._replace(detail="absent")
    if not missing:
        yield _passed("J2")


def _core(text: str) -> str:
    """A title without year, body and the words that forms add or drop."""
    return _TITLE_NOISE.sub("", text.replace("決", "决").replace("預", "预"))


def _announced(prose: Prose, lines: Sequence[str]) -> Iterator[Verdict]:
    """J3: what is announced as attached stands in the annex, where the document prints one."""
    found = [n for n, line in enumerate(lines, 1) if _ANNEX.search(line)]
    annex = found[-1] if found else None
    headings = [line for line in lines[annex or 0 :] if 3 < len(line) < 40]
    headings = [heading for heading in headings if not _SENTENCE.search(heading)]
    if annex is None or not headings:
        yield Verdict("J3", "insufficient_data")
        return
    for match in _AFTER.finditer(prose.text, 0, prose.starts[annex - 1]):
        for name in match.groups():
            if name and not _stands_in(fold(name), headings):
                words = (
                    f"称后附“{name}”，附件中没有",
                    f"“{name}” is announced, the annex has none",
                )
                line = prose.line(match.start())
                yield _line_verdict("J3", line, name, words)._replace(detail="absent")


def _stands_in(name: str, headings: Sequence[str]) -> bool:
    """At least half of the name's pairs of characters stand in one heading."""
    name = _YEAR_OF.sub("", name)
    pairs = {name[i : i + 2] for i in range(len(name) - 1)}
    return any(2 * sum(pair in heading for pair in pairs) >= len(pairs) for heading in headings)


def _years(book: Book, prose: Prose, lines: Sequence[str]) -> Iterator[Verdict]:
    """J6: the body's own results and the heads of forms are of the document's year."""
    year = book.document.fiscal_year
    if year is None or book.document.kind != "final_accounts":
        yield Verdict("J6", "insufficient_data" if year is None else "not_applicable")
        return
    heads = [_HEAD_YEAR.match(line) for line in lines if line.startswith("20")]
    years = [head.group(1) or head.group(2) for head in heads if head]
    if years and years.count(str(year)) * 2 < len(years):
        yield Verdict("J6", "insufficient_data", detail="year")
        return
    found = 0
    for match in _OWN_YEAR.finditer(prose.text):
        if match.group(1) == str(year + 1):
            found += 1
            yield _wrong_year(prose.line(match.start()), match.group(0), year)
    for number, line in enumerate(lines, 1):
        head = _HEAD_YEAR.match(line) if line.startswith("20") else None
        if head and (head.group(1) or head.group(2)) not in (str(year), str(year - 1)):
            found += 1
            yield _wrong_year(number, line, year)
    if not found:
        yield _passed("J6")


def _wrong_year(line: int, printed: str, year: int) -> Verdict:
    words = (
        f"本文件为{year}年度，此处印为“{printed}”",
        f"the document is of {year}, here stands “{printed}”",
    )
    return _line_verdict("J6", line, printed, words)._replace(expected=str(year))


def _sections(book: Book, prose: Prose) -> Iterator[Verdict]:
    """J4: what final accounts must explain is at least named (财政部, 部门决算公开)."""
    if book.document.kind != "final_accounts" or len(book.document.lines) < 200:
        yield Verdict("J4", "not_applicable")
        return
    # A page that is only the forms explains nothing and is not asked to.
    if not any(fact.statement == "claim" for fact in book.facts):
        yield Verdict("J4", "insufficient_data")
        return
    for name, words in _MANDATORY.items():
        if words.search(prose.text):
            yield _passed("J4")
        else:
            text = (f"全文没有提到{name}", f"the document nowhere mentions {name}")
            yield Verdict("J4", "fail", printed=name, words=text, confirms=False)
