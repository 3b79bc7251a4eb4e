"""The grammar of the prose: claims and excluded numerals of a paragraph.

In: a passage (one paragraph, or a text cell of a form) and what is known of its place. Out: one
reading per printed number, and one exclusion per numeral that is positively no fact; a numeral in
neither list stays unexplained. The rule it protects: number, unit, sign and column come from the
words around the very occurrence. Source: facts-contract.md, Claims.
"""

import re
from typing import Final, Literal, NamedTuple

from pipeline.reading.columns import SCORE_END, Finding, find
from pipeline.reading.exclusions import exclude
from pipeline.reading.measures import Number, UnitKind, has_unit, measure, noun_after
from pipeline.reading.prose import Token, Word, compact, paragraphs, tokens
from pipeline.reading.subjects import (
    COMPARED,
    PERIOD,
    measure_only,
    name_of_clause,
    path_name,
    trim_end,
    trim_front,
)
from pipeline.text import Passage, parse_number, strip_ordinal
from schemas.readings import ClaimReading, Exclusion, Provenance

__all__ = ["ProseContext", "ProseReading", "paragraphs", "read_prose"]

_SOURCE: Final = Provenance(reader="grammar")
_LISTED = re.compile(r"(?:^|[。；：;:，,])[一二三四五六七八九十]是")
_PATH_HEAD = re.compile(
    r"(?:^|[。；;，：])(?:\d{1,2}[、.．])?([^，。；：]*[（(]\d*[项款][）)])[”\"]?(?=[。：:，]|$|[^（(。；]*$)"
)
_ITEM_HEAD = re.compile(r"[。；;]\d{1,2}[、.．]([^，。；：\d]{2,40})[。：:]")
# What is compared with (比上年支出433万元减少2万元) is no subject of what follows.
_BASE = re.compile(r"^(?:比|较|与|同|和|相比|相较|对比)(?:于)?(?=上|去|前年|\d|年初|预算|全年)")
# （一）收入预算：, 2.支出情况。: the side that an item of two sides is about.
_SIDE = re.compile(
    r"(?P<side>(?:总)?(?:收入|支出))(?:预算|决算)?(?:总体)?(?:情况|数|总额)?(?:说明)?"
)
# A title of a contents page that nothing marks as one, its page behind it: 二、机构设置 3.
_HEADING = re.compile(
    r"(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）])[^，。；：\d]*(?:20\d\d年?度?[^，。；：\d]*)?\d+$"
)
_BOUNDARY = "，。；：！？,;:!?"
_OPEN, _CLOSE = "（(", "）)"
_SERIES = re.compile(r"[、，,和及与](?P<minus>[-－−])?")
# A number of times, rounds or batches has what was done in front of it, never behind.
_NO_OBJECT = frozenset({"次", "批次", "期", "场", "轮", "遍"})


class ProseContext(NamedTuple):
    """What is known of a passage from outside: the subject of a text cell (name of its row), the
    body's own name (both may be empty) and the fiscal year."""

    subject: str = ""
    department: str = ""
    fiscal_year: int | None = None


class ProseReading(NamedTuple):
    """Claims without the ` #2` of repeated keys, and the numerals that are positively no fact."""

    claims: tuple[ClaimReading, ...]
    exclusions: tuple[Exclusion, ...]


class _Memory(NamedTuple):
    """Subjects given so far: in the paragraph or item, in the running sentence, in the head of the
    item while it has no number yet; `printed` are the last words taken for want of a subject."""

    paragraph: str = ""
    sentence: str = ""
    head: str = ""
    printed: str = ""
    before: Finding | None = None
    kind: UnitKind = "count"
    brackets: int = 0
    outer: tuple[str, str] | None = None


def read_prose(text: Passage, section: str, context: ProseContext, chunk: str = "") -> ProseReading:
    """All claims and exclusions of one paragraph or text cell."""
    word = compact(text)
    numbers, exclusions = _sort_out(word, tokens(text, word))
    claims: list[ClaimReading] = []
    labels: dict[str, str] = {}
    head = _item_head(word.text, context)
    memory = _Memory(paragraph=head, head=head)
    last = 0
    for number in numbers:
        memory = _pass_over(word.text, last, number.token.start, memory, context)
        found = _read_number(word.text, last, number, memory, context)
        last = number.end
        if found is None:
            continue
        label = _label(found, labels)
        claims.append(_claim(word.text, number, found, (section, label, chunk)))
        memory = _remember(memory._replace(before=found.finding, kind=number.kind), found)
        last = max(last, found.end)
    return ProseReading(tuple(claims), exclusions)


def _sort_out(
    word: Word, found: tuple[Token, ...]
) -> tuple[tuple[Number, ...], tuple[Exclusion, ...]]:
    """Numerals that may be facts, with their units, and those that are not."""
    numbers, exclusions = [], []
    for token in found:
        before, after = word.text[: token.start], word.text[token.end :]
        excluded = _listed(word, token) or exclude(before, token.printed, after)
        if excluded is None:
            numbers.append(measure(word.text, token))
        else:
            reason, evidence = excluded
            exclusions.append(
                Exclusion(
                    line=token.line,
                    start=token.offset,
                    printed=token.printed,
                    reason=reason,
                    evidence=evidence,
                )
            )
        exclusions.extend(
            Exclusion(
                line=line, start=offset, printed=part, reason="repeated", evidence=token.printed
            )
            for line, offset, part in token.rest
        )
    return tuple(numbers), tuple(exclusions)


def _listed(word: Word, token: Token) -> tuple[str, str] | None:
    """The running number of a list line: `1 某某中心`, a gap after the number and no measure."""
    after = word.text[token.end : token.end + 12]
    gap = token.end < len(word.spaced) and word.spaced[token.end]
    starts = token.start == 0 or word.places[token.start - 1][0] != token.line
    short = re.fullmatch(r"\d{1,3}", token.printed) is not None
    if starts and gap and short and not has_unit(after):
        return "row_ordinal", token.printed + after
    if short and not after and word.spaced[token.start] and _HEADING.match(word.text):
        return "page_number", word.text[-12:]
    return None


def _item_head(text: str, context: ProseContext) -> str:
    """The subject that the head of an item gives: its account path or short title."""
    body = strip_ordinal(text)
    numbered = body != text or bool(re.match(r"^\d{1,2}\.", text))
    clause = re.split(r"[。：:]", body, maxsplit=1)[0]
    path = path_name(clause)
    if path and re.search(r"[（(]\d*[类款项][)）]$", clause):
        return path.name
    if not numbered or re.search(r"[\d，,；]", clause) or len(body) == len(clause):
        return ""
    side = _SIDE.fullmatch(clause)
    return side["side"] if side else name_of_clause(clause, context.department)


def _pass_over(text: str, last: int, start: int, memory: _Memory, context: ProseContext) -> _Memory:
    """What the text between two numbers does to the subjects that are remembered."""
    gap = text[last:start]
    memory = _brackets(gap, memory)
    name = _head_between(gap, context)
    if name:
        return memory._replace(paragraph=name, sentence=name)
    if _LISTED.search(gap):
        return memory._replace(paragraph="", sentence="")
    if re.search(r"[。！？!?]", gap):
        return memory._replace(sentence="")
    return memory


def _head_between(gap: str, context: ProseContext) -> str:
    """The subject of an item whose head stands in the gap, '' where none does."""
    heads = _PATH_HEAD.findall(gap)
    if heads:
        path = path_name(heads[-1])
        return path.name if path else ""
    items = _ITEM_HEAD.findall(gap)
    return name_of_clause(items[-1], context.department) if items else ""


def _brackets(gap: str, memory: _Memory) -> _Memory:
    """Details in brackets leave the subject outside unchanged."""
    for character in gap:
        if character in _OPEN:
            outer = memory.outer or (memory.paragraph, memory.sentence)
            memory = memory._replace(brackets=memory.brackets + 1, outer=outer)
        elif character in _CLOSE and memory.brackets:
            memory = memory._replace(brackets=memory.brackets - 1)
            if not memory.brackets and memory.outer:
                memory = memory._replace(
                    paragraph=memory.outer[0], sentence=memory.outer[1], outer=None
                )
    return memory


def _left_words(text: str, last: int, start: int) -> tuple[str, int]:
    """The printed words directly before position `start`, and where they begin.

    Back to ，。；：, an open bracket or the number before; what stands in closed brackets or
    quotation marks is stepped over."""
    depth, quoted, i = 0, 0, start
    if start > last and text[start - 1] in "：:":
        i -= 1
    while i > last:
        character = text[i - 1]
        if character in _CLOSE:
            depth += 1
        elif character in _OPEN:
            if not depth:
                break
            depth -= 1
        elif character in "”》":
            quoted += 1
        elif character in "“《":
            quoted = max(0, quoted - 1)
        elif character in _BOUNDARY and not depth and not quoted:
            break
        i -= 1
    return text[i:start], i


class _Found(NamedTuple):
    """Row and finding of a number; `own`: the words or the noun beside it name the row."""

    row: str
    finding: Finding
    source: Literal["words", "noun", "given", "printed"] = "words"
    end: int = 0


def _read_number(
    text: str, last: int, number: Number, memory: _Memory, context: ProseContext
) -> _Found | None:
    """Row and finding of a number; None where nothing shows what it is."""
    words, begin = _left_words(text, last, number.token.start)
    finding = find(words, number.kind, context.department)
    series = _SERIES.fullmatch(text[last : number.token.start])
    if memory.before and number.kind == memory.kind and series:
        column, negative = memory.before.column, memory.before.negative or bool(series["minus"])
        finding = finding._replace(column=column, negative=negative)
    elif memory.before and number.kind == "percent" and finding.words == "的":
        done = re.search(r"完成[^占]*$", memory.before.words)
        finding = finding._replace(subject="", column="completion_rate" if done else "share")
    if number.unit and number.kind == "count":
        finding = finding._replace(column="count")
    noun = noun_after(text, number) if finding.column == "count" else ""
    if noun and _counted_before(finding, number):
        return _Found(noun, finding, "noun", number.end + len(noun))
    if finding.subject and not finding.dependent:
        return _Found(finding.subject, finding)
    if not number.unit and not finding.words and not noun:
        return None
    return _given_row(text, last, begin, finding, (memory, context))


def _given_row(
    text: str, last: int, begin: int, finding: Finding, known: tuple[_Memory, ProseContext]
) -> _Found | None:
    """The row of a number whose own words name no subject."""
    memory, context = known
    clause = ""
    if finding.column not in ("change", "change_rate") or COMPARED.search(text[last:begin]):
        clause = _clause_name(text, last, begin, context)
    given = clause or memory.sentence
    if finding.dependent:
        subject = re.sub(r"得$", "得分", finding.subject)
        return _Found(_joined(given or memory.head or context.subject, subject), finding)
    given = given or memory.paragraph or context.subject
    if finding.words.endswith((":", "：")) and not measure_only(finding.words):
        given = trim_end(finding.words)
    if given:
        return _Found(given, finding, "given")
    row = trim_end(trim_front(finding.words, context.department))
    if finding.column in ("change", "change_rate"):
        row = memory.printed or row
    row = row or memory.printed or trim_end(finding.words)
    return _Found(row, finding, "printed") if row else None


def _counted_before(finding: Finding, number: Number) -> bool:
    """True where the noun after the count, not the words before it, says what is counted."""
    return not finding.subject or number.unit not in _NO_OBJECT


def _joined(given: str, subject: str) -> str:
    if not given:
        return subject
    return given if given.endswith(subject) else given + subject


def _clause_name(text: str, last: int, begin: int, context: ProseContext) -> str:
    """The name that a clause without a number gives just before, within the sentence."""
    start = max(last, *(text.rfind(mark, 0, begin) + 1 for mark in "。；！？!?;"))
    region = text[start:begin]
    if start == last > 0:
        region = re.sub(r"^[^，,：:]*", "", region)
    for part in re.split(r"[：:]", region)[::-1]:
        clause = re.split(r"[，,]", part.lstrip("，,、；。"))[0]
        if clause and not re.search(r"\d[\d.,]*(?:万元|元|%|个|人)", clause):
            return name_of_clause(strip_ordinal(clause), context.department)
    return ""


def _label(found: _Found, labels: dict[str, str]) -> str:
    """The printed words that the row comes from: its own, or those that gave its subject."""
    finding = found.finding
    if finding.dependent:
        return trim_end(finding.words)
    if found.source == "words":
        labels[found.row] = finding.label or found.row
    return labels.get(found.row, found.row)


def _claim(text: str, number: Number, found: _Found, place: tuple[str, str, str]) -> ClaimReading:
    section, label, chunk = place
    token, row, finding = number.token, found.row, found.finding
    minus = re.search(r"[\u4e00-\u9fff）)][-－−]$", text[: token.start])
    negative = (finding.negative or bool(minus)) and parse_number(token.printed) > 0
    return ClaimReading(
        section=section,
        row=row,
        label=label,
        column=finding.column,
        unit=number.unit,
        printed=token.printed,
        line=token.line,
        start=token.offset,
        negative=negative,
        chunk=chunk,
        source=_SOURCE,
    )


def _remember(memory: _Memory, found: _Found) -> _Memory:
    """A number's subject is that of what follows, unless it is a part, a total or a denominator."""
    row, finding = found.row, found.finding
    memory = memory._replace(head="")
    if _BASE.match(finding.words) and finding.column in ("amount", "budget", "count"):
        return memory
    if found.source == "printed":
        return memory._replace(printed=row)
    if finding.alone or finding.dependent:
        return memory
    if re.search(r"占(?![用有地领])[^，。；]*$", finding.words) and finding.column != "share":
        return memory
    if PERIOD.match(row):
        return memory._replace(paragraph="", sentence="")
    subject = SCORE_END.sub("", row) or row
    if found.source == "noun":
        return memory._replace(sentence=subject)
    return memory._replace(paragraph=subject, sentence=subject)
