"""A flattened form -> the lines of its header and of its body.

In: a table chunk without a grid. Out: both as tokens, without the title and head lines, notes, page
marks, the numbers of columns and rows, and headers printed again. The rule it protects: what is
left out is said here, and every other line is read.
"""

import re
from collections.abc import Sequence
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from pipeline.contents import PAGE_NUMBER
from pipeline.reading.flat_compared import RATE
from pipeline.reading.library import Form, name_of
from pipeline.reading.stacked import is_stacked, unstacked
from pipeline.reading.stacked_header import header_rows
from pipeline.reading.tokens import Token, is_dash, joined_words, line_tokens
from pipeline.text import fold
from schemas.documents import Chunk, Document

_HEAD = re.compile(
    r"(?:单位|部门|机构)(?:名称)?[:：]|^公开\d|^YS\d+|^[-—–]+\d+[-—–]+$|^第\d+页"
    r"|^(?:部门|单位|预算|决算|批复)*(?:公开)?(?:附?表)[0-9一二三四五六七八九十]{1,3}(?:-\d+)?(?:表)?$"
)
_YEAR = re.compile(r"^[(（]?20\d\d年度?[)）]?$")
_OF_YEAR = re.compile(r"^(?:预算|决算|执行)(?:数|金额|额)$")
_NOTE = re.compile(r"^(?:注|说明|备注|附注)\d?[:.、]")
NAMED_ROW = re.compile(
    r"^(?:合计|总计|(?:人员|公用|日常公用)经费(?:支出)?(?:合计|小计)|本年(?:收入|支出)合计)$"
)
AMOUNT = re.compile(r"^-?\d[\d,]*\.\d+$|^-?\d{1,3}(?:,\d{3})+$")
_PAGE_NUMBER = re.compile(r"\d{1,3}")
# Four digits: 类 and 款 cells joined as printed (30|11, 301|2).
CODE = re.compile(r"^(?!20[12]\d$)(?:\d{3,5}|\d{7})$")
GLUED = re.compile(r"^[\[(]?(\d{3}(?:\d{2}){0,2})[\])]?[-_.、:]?(?=[\u4e00-\u9fff])(?!年)")
CODED = ("function_code", "economic_code")


class Part(NamedTuple):
    """The lines of a flattened form: tokens of the header and of the body."""

    heads: tuple[tuple[Token, ...], ...]
    body: tuple[tuple[Token, ...], ...]

    @property
    def header(self) -> tuple[tuple[str, ...], ...]:
        """The words of the header, folded, by line."""
        return tuple(tuple(fold(token.text) for token in line) for line in self.heads)


def part_of(document: Document, chunk: Chunk, form: Form) -> Part:
    lines = []
    for number in range(chunk.first_line, chunk.last_line + 1):
        text = fold(document.lines[number - 1])
        if _NOTE.match(text):
            break
        if _is_page_mark(text):
            continue
        if text and not _is_head(document.lines, number) and text != fold(chunk.title):
            lines.append(joined_words(line_tokens(document.lines[number - 1], number)))
    if is_stacked(lines):
        head, body = unstacked(lines, form.sides, partial(_names_column, form))
        return Part(_in_rows(form, head), tuple(body))
    split = _header_end(lines, form)
    header = tuple(
        line for line in lines[:split] if not is_ordinals(line) and fold(line[0].text) != "栏次"
    )
    words = {fold(token.text) for line in lines[:split] for token in line if not token.is_number}
    repeated = _repeated_header(lines[split:], words)
    body = [_without_rates(line) for n, line in enumerate(lines[split:]) if n not in repeated]
    numbered = any(fold(token.text) == "序号" for line in header for token in line)
    return Part(_once(header), tuple(_without_row_numbers(body, numbered)))


def _names_column(form: Form, word: str) -> bool:
    """True for a word that can only be a header's: no total, no item of a form without codes."""
    coded = form.key in CODED and NAMED_ROW.match(word) is None
    return coded and name_of(form, (word,)) is not None


def _in_rows(form: Form, head: Sequence[tuple[Token, ...]]) -> tuple[tuple[Token, ...], ...]:
    """The words of a header that stand one below the other, by the rows they were printed in."""
    words = [token for line in head for token in line if not token.is_number]
    sizes = () if form.sides else header_rows(form, [fold(token.text) for token in words])
    if not sizes:
        return tuple(head)
    ends = list(accumulate(sizes))
    return tuple(tuple(words[end - n : end]) for end, n in zip(ends, sizes, strict=True))


def _is_head(lines: Sequence[str], number: int) -> bool:
    """The form's number, body, unit or year; a year above 预算数 is a cell of the header."""
    text = fold(lines[number - 1])
    below = fold(lines[number]) if number < len(lines) else ""
    return bool(_HEAD.search(text) or (_YEAR.match(text) and not _OF_YEAR.match(below)))


def _once(header: tuple[tuple[Token, ...], ...]) -> tuple[tuple[Token, ...], ...]:
    """The header without its second printing directly below the first."""
    texts = [[fold(token.text) for token in line] for line in header]
    for size in range(len(texts) // 2, 1, -1):
        if texts[-size:] == texts[-2 * size : -size]:
            return header[:-size]
    return header


def _without_rates(line: Sequence[Token]) -> tuple[Token, ...]:
    """A line without 增减%: behind amounts a rate begins no label."""
    return tuple(t for t in line if not RATE.fullmatch(fold(t.text))) or tuple(line)


def is_ordinals(line: Sequence[Token]) -> bool:
    """A line that numbers the columns: 1 2 3 4."""
    texts = [fold(token.text) for token in line if fold(token.text) not in ("栏次", "行次")]
    numbers = [int(text) for text in texts if re.fullmatch(r"\d{1,2}", text)]
    return len(numbers) == len(texts) > 2 and numbers == [
        *range(numbers[0], numbers[0] + len(numbers))
    ]


def _without_row_numbers(
    body: list[tuple[Token, ...]], numbered_form: bool
) -> list[tuple[Token, ...]]:
    """Lines without the 序号 in front: 1, 2, 3 … over three lines, or where the header names it."""
    wanted, numbered = 1, []
    for n, line in enumerate(body):
        if len(line) > 1 and line[0].text == str(wanted) and not is_dash(line[1].text):
            numbered.append(n)
            wanted += 1
    if not numbered_form and (len(numbered) < 3 or len(numbered) * 2 < len(body)):
        return body
    return [line[1:] if n in numbered else line for n, line in enumerate(body)]


def _is_page_mark(text: str) -> bool:
    """A page's number with marks around it, or a converter's line between two pages."""
    return PAGE_NUMBER.match(text) is not None and not text.lstrip("-").isdigit()


def _repeated_header(lines: Sequence[Sequence[Token]], words: set[str]) -> set[int]:
    """Which lines print the header again, and the page number alone above it or at the end. One
    word of the header alone belongs to it only beside a line that does: 收入 may be the end of a
    label."""
    kinds = [_repeats_header(line, words) or is_ordinals(line) for line in lines]
    found = {n for n, kind in enumerate(kinds) if kind and len(lines[n]) > 1}
    for n in [*range(len(lines)), *reversed(range(len(lines)))]:
        if kinds[n] and found & {n - 1, n + 1}:
            found.add(n)
    last = len(lines) - 1
    numbers = [n for n, line in enumerate(lines) if len(line) == 1 and _is_page_number(line[0])]
    return found | {n for n in numbers if n + 1 in found or n == last}


def _is_page_number(token: Token) -> bool:
    return _PAGE_NUMBER.fullmatch(token.text) is not None


def _repeats_header(line: Sequence[Token], words: set[str]) -> bool:
    return all(not token.is_number and fold(token.text) in words for token in line) and not (
        len(line) == 1 and NAMED_ROW.match(fold(line[0].text))
    )


def _header_end(lines: Sequence[Sequence[Token]], form: Form) -> int:
    for i, line in enumerate(lines):
        if fold(line[0].text) == "栏次":
            return i + 1
    numbered = False
    for i, line in enumerate(lines):
        texts = [fold(token.text) for token in line]
        if numbered and texts[0] == "1" and len(texts) > 1:
            return i
        numbered = numbered or "序号" in texts
        if any(AMOUNT.match(text) for text in texts) or _begins_body(texts, form):
            return i
    return len(lines)


def _begins_body(texts: Sequence[str], form: Form) -> bool:
    if form.sides:
        return any(re.match(r"^(?:一、|\(一\)|1、)", text) for text in texts)
    if NAMED_ROW.match(texts[0]) and len(texts) > 1 and texts[1].replace(".", "").isdigit():
        return True
    if form.key in CODED:
        return bool(CODE.match(texts[0]) or GLUED.match(texts[0]))
    return len(texts) > 1 and all(re.fullmatch(r"-?\d[\d,.]*", text) for text in texts[1:])
