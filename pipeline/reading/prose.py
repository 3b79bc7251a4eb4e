"""From the lines of a prose chunk to paragraphs, and from a paragraph to words and numbers.

In: a document and a prose chunk, or one passage. Out: passages (one paragraph each, joined
across visual lines), and the compact text of a passage with its number tokens. The rule it
protects: every character still knows its line and offset.
"""

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from pipeline.text import FILLER, Passage, numerals, passage, squeeze, width_of
from schemas.documents import Chunk, Document

_MARKUP = re.compile(r"[\s>|]*(?:#{1,6}\s*|[-*+]\s+(?=\S))?(?:\*\*|__)?\s*")
_ESCAPED = re.compile(r"\\([-.()#+*_\[\]|>~])")
_TAIL = re.compile(rf"\s*(?:\*\*|__)?(?:\s*\|\s*(?:{FILLER})?)*\s*$")
_SENTENCE_END = re.compile(r"[。！？；：:;!?](?:[”’」』）)\]*_\s])*$")
_CLAUSE_END = re.compile(r"[；：:;][*_\s]*$")
_ITEM = re.compile(
    r"^(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}\s*、|[（(]\s*[一二三四五六七八九十]{1,3}\s*[)）]"
    r"|\d{1,2}\s*[、．]|\d{1,2}\s?\.(?!\d)|[（(]\s*\d{1,2}\s*[)）]|[①-⑳]|[一二三四五六七八九十]是"
    r"|注\s*[:：]|说明\s*[:：]|附件|附\s*[:：]|图\s*\d|表\s*\d)"
)
_NUMBERED_ITEM = re.compile(r"^\d{1,2}\s*\.\s*(?=(?:19|20)\d\d\s*年)")
_TITLE = re.compile(
    r"^(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}\s*、|[（(]\s*[一二三四五六七八九十]{1,3}\s*[)）])"
    r"[^，。；：]{2,45}。?$"
)
# From so many lines on it shows how wide a full line is.
_LEAST_WRAPPED = 3
PAGE_FOOT = re.compile(
    r"^[-—–－~\s]*\d{1,4}[-—–－~\s]*$|^第\s*\d+\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?$"
)
_INDENT = re.compile(r"^(?:[\u3000]{1,}|[ \t]{2,})\S")
_NARROW = re.compile(r"(?<!\d)[,:]|[,:](?!\d)|[;!?]")
_WIDE = str.maketrans(",:;!?", "，：；！？")
# 预算安排规模：12.00万元 below 政策依据：… are entries of a list, a line each.
_ENTRY = re.compile(r"^\s*(?:\d{1,2}[.、．])?(?!其中)[^，。；：:\d（(]{2,12}[：:]\S")
# 预算安排规模：12.00万元 below 政策依据：… are entries of a list, a line each.
_ENTRY = re.compile(r"^\s*(?:\d{1,2}[.、．])?(?!其中)[^，。；：:\d（(]{2,12}[：:]\S")
# An amount printed to the cent goes on nowhere.
_WHOLE_DECIMALS = re.compile(r"\.\d\d$")
_LISTED = re.compile(r"^\d{1,3}[\s\u3000]+[^\d\s]")


class Word(NamedTuple):
    """Compact text: characters without whitespace, where each stands, and whether a gap precedes."""

    text: str
    places: tuple[tuple[int, int], ...]
    spaced: tuple[bool, ...]


class Token(NamedTuple):
    """A numeral in compact text: characters start..end-1; `printed` stands at (line, offset).

    `rest` are the places of numerals that are its continuation on the next line."""

    start: int
    end: int
    printed: str
    line: int
    offset: int
    rest: tuple[tuple[int, int, str], ...] = ()


def paragraphs(document: Document, chunk: Chunk) -> tuple[Passage, ...]:
    """The chunk's paragraphs; page feet and repeated page heads are passages of their own."""
    lines = document.lines
    width = _full_width(lines[chunk.first_line - 1 : chunk.last_line])
    furniture = _repeated(lines)
    groups: list[list[int]] = []
    aside: list[list[int]] = []
    for number in range(chunk.first_line, chunk.last_line + 1):
        text = lines[number - 1].strip()
        if not text:
            continue
        if PAGE_FOOT.match(text) or _shape(text) in furniture:
            aside.append([number])
        elif groups and not _starts_paragraph(lines, groups[-1][-1], number, width):
            groups[-1].append(number)
        else:
            groups.append([number])
    return tuple(_passage(lines, group) for group in sorted(groups + aside))


def _passage(lines: tuple[str, ...], group: list[int]) -> Passage:
    """The lines joined, markup dropped; inner ** is blanked, so that offsets stay."""
    pieces = []
    for number in group:
        line = _unescaped(lines[number - 1])
        begin = _begin(line)
        text = _TAIL.sub("", line[begin:])
        pieces.append((number, begin, text.replace("**", "  ")))
    return passage(pieces)


def _unescaped(line: str) -> str:
    """Markdown's escapes (1\\. and \\*\\*) without the backslash, every other character in its
    place."""
    if "\\" not in line:
        return line
    return _ESCAPED.sub(lambda mark: "  " if mark[1] == "*" else f"{mark[1]} ", line)


def _begin(line: str) -> int:
    """Where the text of a line begins, after indentation and the markup of headings and lists."""
    if PAGE_FOOT.match(line.strip()):
        return len(line) - len(line.lstrip())
    markup = _MARKUP.match(line)
    return markup.end() if markup else 0


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", squeeze(text))


@lru_cache(maxsize=4)
def _repeated(lines: tuple[str, ...]) -> frozenset[str]:
    """Short lines that a page layout repeats: they interrupt no sentence."""
    counts = Counter(_shape(line) for line in lines if line.strip())
    return frozenset(
        shape
        for shape, count in counts.items()
        if count >= 5 and 5 <= len(shape) <= 40 and not re.search(r"[，。；：:%％]|万元|#$", shape)
    )


def _full_width(lines: tuple[str, ...]) -> int:
    """Width (half-width columns) of a full visual line of the chunk."""
    widths = sorted(width_of(line.strip()) for line in lines if line.strip())
    return widths[int(len(widths) * 0.9)] if widths else 0


def _bare(line: str) -> str:
    line = _unescaped(line)
    return wide(_TAIL.sub("", line[_begin(line) :]))


def wide(text: str) -> str:
    """Half-width , ; : ! ? as full-width ones (not inside numbers), each in its place: a page that
    prints ASCII punctuation ends its clauses there too."""
    return _NARROW.sub(lambda mark: mark.group(0).translate(_WIDE), text)


def _starts_paragraph(lines: tuple[str, ...], last: int, number: int, width: int) -> bool:
    before, line = _bare(lines[last - 1]), lines[number - 1]
    text = _bare(line)
    broken = (
        len(lines) >= _LEAST_WRAPPED and 0.9 * width <= width_of(before.strip()) and width <= 100
    )
    if (_TITLE.match(before) and not broken) or _TITLE.match(text):
        return True
    if _ITEM.match(text) or _NUMBERED_ITEM.match(text) or re.match(r"^\s*(?:#|[-*+]\s)", line):
        return True
    if re.search(r"[（(]\s*\d*\s*[类款项]\s*[）)]\s*$", before):
        return False
    if _ENTRY.match(text) and _ENTRY.match(before):
        return True
    if _ENTRY.match(text) and _ENTRY.match(before):
        return True
    if not _SENTENCE_END.search(before) and width_of(before.strip()) < 0.7 * width <= 100:
        return not re.search(r"[，。；：、,;:]", before)
    if not _SENTENCE_END.search(before):
        return bool(_LISTED.match(text) and _LISTED.match(before))
    if _CLAUSE_END.search(before):
        return bool(_INDENT.match(line))
    return bool(_INDENT.match(line)) or width_of(before.strip()) < 0.88 * width or width > 140


def compact(text: Passage) -> Word:
    """The passage without whitespace; radicals as characters."""
    characters, places, spaced = [], [], []
    gap = True
    for character, place in zip(text.text, text.places, strict=True):
        plain = squeeze(character)
        if not plain:
            gap = True
            continue
        for one in plain:
            characters.append(one)
            places.append(place)
            spaced.append(gap)
            gap = False
    return Word(wide("".join(characters)), tuple(places), tuple(spaced))


def tokens(text: Passage, word: Word) -> tuple[Token, ...]:
    """The numerals of the passage, a number broken over two lines as one token."""
    index = {place: i for i, place in enumerate(word.places)}
    broken = _broken_numbers(word)
    found: list[Token] = []
    for line, offset, piece in _pieces(text):
        for numeral in numerals(piece, line):
            start = index[(line, offset + numeral.start)]
            token = Token(
                start, start + len(numeral.text), numeral.text, line, offset + numeral.start
            )
            whole = next((span for span in broken if span[0] <= start < span[1]), None)
            if whole is None:
                found.append(token)
            elif start == whole[0]:
                found.append(token._replace(end=whole[1], printed=word.text[whole[0] : whole[1]]))
            else:
                rest = (*found[-1].rest, (line, token.offset, token.printed))
                found[-1] = found[-1]._replace(rest=rest)
    return tuple(found)


def _broken_numbers(word: Word) -> tuple[tuple[int, int], ...]:
    """Spans of numbers that a line end breaks: `3,10` and `5.78` are 3,105.78."""
    spans = []
    for numeral in numerals(word.text):
        first, last = numeral.start, numeral.start + len(numeral.text)
        breaks = [i for i in range(first + 1, last) if word.places[i][0] != word.places[i - 1][0]]
        inside = any(word.spaced[i] for i in range(first + 1, last) if i not in breaks)
        ended = bool(breaks) and _WHOLE_DECIMALS.search(word.text[first : breaks[0]])
        if len(breaks) == 1 and not inside and not ended and _one_number(word, first, last):
            spans.append((first, last))
    return tuple(spans)


def _one_number(word: Word, first: int, last: int) -> bool:
    """False for figures that stand one below the other, and for what makes no year or month."""
    text, follows = word.text[first:last], word.text[last : last + 1]
    begins_line = first == 0 or word.places[first - 1][0] != word.places[first][0]
    ends_line = last == len(word.text) or word.places[last][0] != word.places[last - 1][0]
    if begins_line or ends_line or follows in "、)）":
        return False
    if follows == "年":
        return re.fullmatch(r"(?:19|20)\d\d|\d\d", text) is not None
    return follows not in "月日" or len(text) == 2


def _pieces(text: Passage) -> list[tuple[int, int, str]]:
    """The passage as (line, offset, text) runs of contiguous characters."""
    places = text.places
    starts = [
        i
        for i, (line, offset) in enumerate(places)
        if i == 0 or places[i - 1] != (line, offset - 1)
    ]
    return [
        (*places[start], text.text[start:end]) for start, end in pairwise((*starts, len(places)))
    ]
