"""The grammar of the prose: claims and excluded numerals of a paragraph.

In: a passage (one paragraph, or a text cell of a form) and what is known of its place. Out: one
reading per printed number, and one exclusion per numeral that is positively no fact; a numeral in
neither list stays unexplained. The rule it protects: number, unit, sign and column come from the
words around the very occurrence. Source: facts-contract.md, Claims.
"""

import re
from typing import Final, Literal, NamedTuple

from pipeline.reading.exclusions import exclude
from pipeline.reading.prose import Token, Word, compact, paragraphs, tokens
from pipeline.reading.subjects import (
    COMPARED,
    SCORE_END,
    Finding,
    UnitKind,
    find,
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
_APPROXIMATE = r"(?:余|多|来|几)?"
_MEASURES = (
    "台（套）|台\\(套\\)|台套|套（台）|台（件）|件（套）|辆（台）|个百分点|百分点|平方米|平方公里|立方米|公里|千米|公顷|亩次|亩|吨|人次|批次|场次|人天|人日|车次|户次|件次|班次|架次"
    "|人(?!员|均|民|大|才|工|社|口)|名(?!单|称)|个(?!体)|家(?!庭)|项(?!目)|件|起|辆|台|套|次(?!均)|批|户(?!籍)|所|座|条(?!例|件)|处(?!理|置)|间|份(?!额)|本|册|张|幅|期|场(?!所|馆|地)|轮|篇|部(?!门|分|队|委)|支(?!部|队|出)|只|头|株|棵|例|宗|笔|款|类|种(?!植)|门(?!诊|店)|堂|节(?!能|约)|位(?!于)|对(?!口|全|所|各)|团(?!队|组)|组(?!织)|栋|幢|层(?!级)|眼|口(?!岸)|盏|根|块|片|届|岁|周岁"
    "|㎡|m²|m2|m3|m³|km|kg|℃|°C|GB|TB|MB|MW|kW|KW|m|M|G|毫米|厘米|分米|平米|立方|兆瓦|兆|马力|尾|羽|丛|版|集|首|令|担|捆|单|通|页|格|路|孔|排"
    r"|天|小时|分钟|个月|年(?!度|级)|度(?!假)|米|千瓦时|千瓦|升|公斤|千克|克|斤|箱|袋|瓶|桶|包|盒|枚|顶|把|床|卷|艘|架|列|趟|遍|字|万字|分(?!之|别|管|局|类|项)"
)
_UNIT = re.compile(
    rf"{_APPROXIMATE}(?P<unit>亿元|百万元|千元|万元|元|万美元|亿美元|美元|%|％|‰"
    rf"|[万亿](?:{_MEASURES})|{_MEASURES}|亿|万)"
)
_MONEY_UNITS = frozenset("亿元 百万元 千元 万元 元 亿 万 美元 万美元 亿美元".split())
_SENTENCE = re.compile(r"[。！？!?](?![”’」])|(?:^|[。；：;:])(?=[一二三四五六七八九十]是)")
_LISTED = re.compile(r"(?:^|[。；：;:，,])[一二三四五六七八九十]是")
_BOUNDARY = "，。；：！？,;:!?"
_OPEN, _CLOSE = "（(", "）)"
_NOUN_START = re.compile(
    r"^(?!包括|均|已|的|为|是|全部|全年|共|主要|以上|以下|左右|和|及|与|以及|用于|需|实现|完成|开展|被|占|较|比|同比|增|减|下降|提高|其中|按|由|在|至|分别|不|无|都|仅|经|通过|合计|累计|即|等|获|到|得|参与|进行|（|\()"
    r"[\u4e00-\u9fffA-Za-z“]"
)
_NOUN = re.compile(
    r"^(?P<noun>[^，。；：、！？,;:（()）0-9《]{1,30}?)(?=开展|进行|编制了|印发|对|的|均|已|全部|实施|参加|财政拨款|按|被|纳入|完成(?!$)|达到|(?:以及|和|及|与)\d|[，。；：、！？,;:（()）0-9《]|$)"
)
_CLASS_NOUN = re.compile(
    r"^(?:项目|部门|单位|[\u4e00-\u9fff]{0,8}?(?:药店|医院|学校|企业|公司|机构|单位|社区|街道|乡镇|村|中心))"
)
_PEOPLE_NOUN = re.compile(
    r"^[\u4e00-\u9fff]{0,10}?(?:人员|职工|教师|学生|干部|党员|群众|老人|儿童|队员|民警|代表|委员|专家|医生|护士|工人|村民|居民|负责人|员工)(?!代表|委员)"
)
_SERIES = frozenset("、 ， , 和 及 与".split())
_PEOPLE = frozenset(
    {
        "人",
        "万人",
        "人次",
        "万人次",
        "年",
        "天",
        "小时",
        "分",
        "分钟",
        "度",
        "岁",
        "周岁",
        "层",
        "个月",
        "百分点",
        "个百分点",
        "批次",
        "场次",
        "户次",
    }
)
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


class _Number(NamedTuple):
    """A token with its measure: `unit` as printed, text position after it."""

    token: Token
    unit: str
    kind: UnitKind
    end: int


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
    head = _item_head(word.text, context)
    memory = _Memory(paragraph=head, head=head)
    last = 0
    for number in numbers:
        memory = _pass_over(word.text, last, number.token.start, memory, context)
        found = _read_number(word.text, last, number, memory, context)
        last = number.end
        if found is None:
            continue
        claims.append(_claim(word.text, number, found, section, chunk))
        memory = _remember(memory._replace(before=found.finding, kind=number.kind), found)
        last = max(last, found.end)
    return ProseReading(tuple(claims), exclusions)


def _sort_out(
    word: Word, found: tuple[Token, ...]
) -> tuple[tuple[_Number, ...], tuple[Exclusion, ...]]:
    """Numerals that may be facts, with their units, and those that are not."""
    numbers, exclusions = [], []
    for token in found:
        before, after = word.text[: token.start], word.text[token.end :]
        excluded = _listed(word, token) or exclude(before, token.printed, after)
        if excluded is None:
            numbers.append(_measure(word.text, token))
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
    if starts and gap and re.fullmatch(r"\d{1,3}", token.printed) and not _UNIT.match(after):
        return "row_ordinal", token.printed + after
    return None


def _measure(text: str, token: Token) -> _Number:
    """The unit printed after the number; in `298+156元`, `3-5次` that of the second number."""
    rest = text[token.end :]
    match = _UNIT.match(rest)
    if match is None:
        paired = re.match(r"(?:[+＋~～—–\-－至]|[、,，和](?=\d+\.\d))\d[\d.,]*(?=(.*))", rest)
        match_paired = _UNIT.match(paired.group(1)) if paired else None
        unit = match_paired.group("unit") if match_paired else ""
        return _Number(token, unit, _kind(unit), token.end)
    unit = match.group("unit")
    if unit == "年" and re.match(r"年度?[\u4e00-\u9fff]{4}", rest) and len(token.printed) > 2:
        unit = ""
    end = token.end + match.end()
    noted = re.match(
        r"[（(][含不][^）)]{0,8}[)）]|(?:以上|以下|左右)(?=[，。；、！？)）]|$)", text[end:]
    )
    return _Number(
        token, "%" if unit == "％" else unit, _kind(unit), end + (noted.end() if noted else 0)
    )


def _kind(unit: str) -> UnitKind:
    if unit in _MONEY_UNITS:
        return "money"
    if unit in ("%", "％", "‰"):
        return "percent"
    return "points" if unit.endswith("百分点") else "count"


def _item_head(text: str, context: ProseContext) -> str:
    """The subject that the head of an item gives: its account path or short title."""
    body = strip_ordinal(text)
    numbered = body != text or bool(re.match(r"^\d{1,2}\.", text))
    clause = re.split(r"[。：:]", body, maxsplit=1)[0]
    if path_name(clause) and re.search(r"[（(][类款项][)）]$", clause):
        name = path_name(clause)
        return name[0] if name else ""
    if not numbered or re.search(r"[\d，,；]", clause) or len(body) == len(clause):
        return ""
    return name_of_clause(clause, context.department)


def _pass_over(text: str, last: int, start: int, memory: _Memory, context: ProseContext) -> _Memory:
    """What the text between two numbers does to the subjects that are remembered."""
    gap = text[last:start]
    memory = _brackets(gap, memory)
    heads = re.findall(
        r"(?:^|[。；;，：])\s*(?:\d{1,2}[、.．])?([^，。；：]*[（(][项款][)）])[”\"]?(?=[。：:，]|$|[^（(。；]*$)",
        gap,
    )
    if heads:
        path = path_name(heads[-1])
        return memory._replace(paragraph=path[0] if path else "", sentence=path[0] if path else "")
    items = re.findall(r"[。；;]\d{1,2}[、.．]([^，。；：\d]{2,40})[。：:]", gap)
    if items:
        name = name_of_clause(items[-1], context.department)
        return memory._replace(paragraph=name, sentence=name) if name else memory
    if _LISTED.search(gap):
        return memory._replace(paragraph="", sentence="")
    if re.search(r"[。！？!?]", gap):
        return memory._replace(sentence="")
    return memory


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
    text: str, last: int, number: _Number, memory: _Memory, context: ProseContext
) -> _Found | None:
    """Row and finding of a number; None where nothing shows what it is."""
    words, begin = _left_words(text, last, number.token.start)
    finding = find(words, number.kind, context.department)
    if memory.before and number.kind == memory.kind and text[last : number.token.start] in _SERIES:
        column, negative = memory.before.column, memory.before.negative
        finding = finding._replace(column=column, negative=negative)
    noun = _noun_after(text, number) if finding.column == "count" else ""
    if noun and _counted_before(finding, number):
        end = number.end + len(noun)
        return _Found(noun, finding, "noun", end if re.match(r"\d", text[end:]) else 0)
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


def _counted_before(finding: Finding, number: _Number) -> bool:
    """True where the noun after the count, not the words before it, says what is counted."""
    return not finding.subject or number.unit not in _NO_OBJECT


def _joined(given: str, subject: str) -> str:
    if not given:
        return subject
    return given if given.endswith(subject) else given + subject


def _noun_after(text: str, number: _Number) -> str:
    """The noun that a count stands before: 4个项目开展了 → 项目."""
    if number.unit in _PEOPLE:
        return ""
    rest = text[number.end :]
    if not _NOUN_START.match(rest):
        return ""
    match = _NOUN.match(rest)
    noun = match.group("noun").strip("“”") if match else ""
    people = _PEOPLE_NOUN.match(noun) if number.unit in ("名", "位") else None
    if people:
        return people.group(0)
    if not number.unit or re.match(r"\d", rest[len(noun) :]):
        kind = _CLASS_NOUN.match(noun)
        return kind.group(0) if kind and len(noun) > len(kind.group(0)) + 1 else noun
    return noun


def _clause_name(text: str, last: int, begin: int, context: ProseContext) -> str:
    """The name that a clause without a number gives just before, within the sentence."""
    start = max(last, *(text.rfind(mark, 0, begin) + 1 for mark in "。；！？!?;"))
    region = text[start:begin]
    if start == last > 0:
        region = region[re.search(r"[，,：:]|$", region).start() :]  # type: ignore[union-attr]
    for part in re.split(r"[：:]", region)[::-1]:
        clause = re.split(r"[，,]", part.lstrip("，,、；。"))[0]
        if clause and not re.search(r"\d[\d.,]*(?:万元|元|%|个|人)", clause):
            return name_of_clause(strip_ordinal(clause), context.department)
    return ""


def _claim(text: str, number: _Number, found: _Found, section: str, chunk: str) -> ClaimReading:
    token, row, finding = number.token, found.row, found.finding
    minus = re.search(r"[\u4e00-\u9fff]为?[-－−]$", text[: token.start])
    negative = (finding.negative or bool(minus)) and parse_number(token.printed) > 0
    return ClaimReading(
        section=section,
        row=row,
        label=trim_end(finding.words) or row,
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
    if found.source == "printed":
        return memory._replace(printed=row)
    if finding.alone or finding.dependent:
        return memory
    if re.search(r"占(?![用有地领])[^，。；]*$", finding.words) and finding.column != "share":
        return memory
    if re.match(r"\d{1,2}[-—–至]\d{1,2}月", row):
        return memory._replace(paragraph="", sentence="")
    subject = SCORE_END.sub("", row) or row
    if found.source == "noun":
        return memory._replace(sentence=subject)
    return memory._replace(paragraph=subject, sentence=subject)
