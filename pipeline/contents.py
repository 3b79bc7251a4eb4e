"""Contents pages: which lines list what the document holds, and where the document itself begins.

In: printed lines, folded lines, the page of each line. Out: line numbers. The rule it protects: a
title in a list of titles is no section, and the first line of the body is not in the list.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from pipeline.text import fold, strip_ordinal

CHINESE_DIGITS = "一二三四五六七八九十百"
MARKDOWN = re.compile(
    r"\[bookmark:[^\]]*\]|^(?:[\s>#*\-]|\\\*)+|\\?\*\\?\*|</?b>|\\(?=[-.()#+*_\[\]|>~])"
)
PAGE_NUMBER = re.compile(
    r"^(?:[-—–－]+\d{1,4}[-—–－]+|第\d+页(?:,?共\d+页)?|\d{1,4}/\d{1,4}|-?\d{1,3}-?"
    r"|(?:<!)?[-=\[(]{1,4}(?i:page)[-_:]?(?i:break|\d{1,4}(?:of\d{1,4})?)[-=\])]{1,4}>?)$"
)
PART = re.compile(rf"^第[{CHINESE_DIGITS}0-9]+(?:部分|章|篇)[:、.]?(.*)$")
# What leads from an entry to its page: dots, a gap, the field code that a word processor left.
LEADER = re.compile(
    r"\s*(?:PAGEREF\s*_Toc\d+(?:\s*\\?h)?\s*\d*|(?:[.．·…\s-]{2,}|\t)\s*(?:<b>)?\d*(?:</b>)?|(?<=\s)\d{1,3})\s*$"
)
# Longer runs say no more, and a pattern that looks for an end tries every place of a run.
_LONG_RUN = re.compile(r"([\s.．·…-])\1{5,}")
_LONGEST_ENTRY = 300
_HEADED = re.compile(
    r"^[(【\[]?(?:20\d\d年?度?)?(?:部门|单位|预算|决算|预决算|公开|文本|说明)*(?:目录|目次)[)】\]]?[:]?$"
)
_ORDINAL = re.compile(
    rf"^(?P<part>第[{CHINESE_DIGITS}0-9]+(?:部分|章|篇))|^(?P<top>[{CHINESE_DIGITS}]+)[、.]"
    rf"|^[(](?:[{CHINESE_DIGITS}]+|\d{{1,2}})[)]|^\d{{1,2}}[、.)]|^(?:附[表件]?|表)[{CHINESE_DIGITS}0-9]+"
)
_NO_ENTRY = re.compile(r"。|单位[:](?:人民币)?(?:万元|元|千元|亿元)|^[(]?20\d\d年度?[)]?$")
_DOTTED = re.compile(r"[.．·…]{5,}\s*\d+\s*$")
_UNHEADED = 6
_SECTION = re.compile(r"(?:概况|情况|说明|职责|职能|解释|设置)$")


def contents_lines(
    lines: Sequence[str], folded: Sequence[str], pages: Sequence[int]
) -> frozenset[int]:
    """Numbers of the lines of contents pages, headed 目录 or recognised by what they list."""
    found = {i + 1 for i, line in enumerate(lines) if _DOTTED.search(line)}
    for i, text in enumerate(folded):
        if _HEADED.match(text) and i + 1 not in found:
            found.update(range(i + 1, _end(lines, folded, pages, i + 1) + 1))
    if not found:
        found.update(_unheaded(lines, folded))
    return frozenset(found)


def _entry(line: str) -> str:
    return fold(LEADER.sub("", _short(line)))


def _short(line: str) -> str:
    """The line without its markup and with its longest runs of dots or blanks cut to six."""
    plain = _LONG_RUN.sub(lambda run: run.group(1) * 6, MARKDOWN.sub("", line))
    return plain if len(plain) <= _LONGEST_ENTRY else plain.replace(" ", "")


def _led(line: str) -> bool:
    """True where an entry is led to its page."""
    return LEADER.search(_short(line).rstrip()) is not None


def _printed(lines: Sequence[str], folded: Sequence[str], start: int) -> Iterator[tuple[int, str]]:
    """Index and text of the entries from `start`, page numbers and empty lines passed over."""
    for i in range(start, len(folded)):
        entry = _entry(lines[i])
        if entry and not PAGE_NUMBER.match(folded[i]):
            yield i, entry


def _end(lines: Sequence[str], folded: Sequence[str], pages: Sequence[int], start: int) -> int:
    """The last line of the contents whose heading stands on line `start`."""
    last, led, entries = start, 0, list[str]()
    for i, entry in _printed(lines, folded, start):
        if len(entry) > 60 or _NO_ENTRY.search(entry) or _restarts(entry, entries):
            break
        new_page = 0 < i < len(pages) and pages[i] != pages[last - 1] and bool(entries)
        if new_page and not _ORDINAL.match(entry):
            break
        if led > 2 and not _led(lines[i]) and not _led_soon(lines, folded, i):
            break
        led += _led(lines[i])
        entries.append(entry)
        last = i + 1
    return last


def _led_soon(lines: Sequence[str], folded: Sequence[str], i: int) -> bool:
    """True where the line is the first half of an entry that wraps."""
    following = islice(_printed(lines, folded, i + 1), 2)
    return any(_led(lines[j]) for j, _ in following)


def _restarts(entry: str, entries: Sequence[str]) -> bool:
    """True where the body begins: the first entry comes again, or a part that was listed, or, in a
    list without parts, its first number."""
    if entries and entry == entries[0]:
        return True
    mark = _ORDINAL.match(entry)
    if mark is None:
        return False
    if mark["part"]:
        return any(other.startswith(mark["part"]) for other in entries)
    without_parts = not any(PART.match(other) for other in entries)
    return bool(
        mark["top"] == "一" and without_parts and any(e.startswith("一、") for e in entries)
    )


def _unheaded(lines: Sequence[str], folded: Sequence[str]) -> Iterator[int]:
    """The lines of a list of titles without 目录 over it: numbered lines one below the other, most
    of which come again as lines of the body."""
    run: list[tuple[int, str]] = []
    for i, entry in _printed(lines, folded, 0):
        numbered = _ORDINAL.match(entry) and not _NO_ENTRY.search(entry) and len(entry) <= 60
        if numbered and not _restarts(entry, [text for _, text in run]):
            run.append((i, entry))
            continue
        if len(run) >= _UNHEADED and _listed_again(run, folded[i:]):
            yield from range(run[0][0] + 1, run[-1][0] + 2)
            return
        run = [(i, entry)] if numbered else []


def _listed_again(run: Sequence[tuple[int, str]], body: Sequence[str]) -> bool:
    """True where the run lists sections, not the accounts of a form, and the body has them."""
    if sum(_SECTION.search(entry) is not None for _, entry in run) < 2:
        return False
    titles = {strip_ordinal(text) for text in body if len(text) <= 60}
    again = sum(strip_ordinal(entry) in titles for _, entry in run)
    return again * 2 >= len(run)
