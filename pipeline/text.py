"""Characters, numerals, labels: the smallest things all readers share.

In: printed lines. Out: numeral tokens, folded text for matching, normalised labels, passages
whose characters remember where they stand. The rule it protects: printed text is never changed;
what is normalised is a copy, used to compare.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from schemas.facts import Numeral

# Radicals that PDF fonts put in place of characters and that NFKC leaves alone
# (Unicode CJK Radicals Supplement); Kangxi radicals (U+2F00..) are decomposed by NFKC.
_RADICALS = str.maketrans(
    "⺁⺄⺇⺋⺌⺍⺎⺏⺑⺒⺓⺕⺗⺙⺛⺝⺟⺠⺡⺢⺣⺤⺥⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻊⻋⻌⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "厂乙几卩小小尢尢川巳幺彐心攵旡月母民水水火爪爪牛犬王疋目示礻竹糸纟网网网网羊羊羊老聿聿月臼艹艹艹虎衤覀西见角讠贝足车辶钅長长长门阜阝雨青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
)
_RADICAL_OR_COMPATIBLE = re.compile(r"[\u2e80-\u2fdf\uf900-\ufaff]")
_SPACES = re.compile(r"[\s\u200b\u200c\u200d\ufeff\u00ad]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
# A numeral is a run of digits with thousands groups or a decimal part; full-width digits count.
_D = "0-9０-９"
NUMERAL = re.compile(
    rf"(?<![{_D}])(?<![{_D}][.．])[{_D}]{{1,3}}(?:[,，][{_D}]{{3}})+(?:[.．][{_D}]+)?(?![{_D}])(?![,，][{_D}]{{3}}(?![{_D}]))"
    rf"|[{_D}]+(?:[.．][{_D}]+)?"
)
_SIGNS = "-－−–"
_WHOLE_NUMBER = re.compile(
    rf"\s*[{_SIGNS}]?(?:[{_D}]{{1,3}}(?:[,，][{_D}]{{3}})+|[{_D}]+)(?:[.．][{_D}]+)?\s*"
)
_BEFORE_SIGN = re.compile(rf"[{_D}\w%％)）.,，、~～—]$")
MONEY_UNIT = re.compile(r"\s*(亿元|百万元|千元|万\s*元|元|亿|万)")
_ORDINAL = re.compile(
    r"^(?:[（(]\s*(?:[一二三四五六七八九十百]+|\d{1,2})\s*[)）]|[一二三四五六七八九十百]+\s*[、．]"
    r"|[一二三四五六七八九十]+\s*[.](?!\d)|\d{1,2}\s*[、．]|\d{1,2}\s*[.](?!\d)|[①-⑳]|\d{1,2}\s*[)）])\s*"
)
FILLER = r"NaN|nan|NaT|None|NULL|null|<NA>|Unnamed:\s?\d+(?:_level_\d+)?"
_FILLER = re.compile(FILLER)
_OF_WHICH = re.compile(r"^其\s*中\s*[:：]?\s*")


def split_lines(text: str) -> tuple[str, ...]:
    """Lines as the contract counts them: CRLF, CR and LF each end one line.

    >>> split_lines("a\\r\\nb\\rc\\x0bd\\n")
    ('a', 'b', 'c\\x0bd', '')
    """
    return tuple(_LINE_END.split(text))


@lru_cache(maxsize=1 << 15)
def fold(text: str) -> str:
    """Text for matching: NFKC, radicals as characters, no whitespace, ASCII brackets.

    >>> fold("（一） ⻔诊　收⼊")
    '(一)门诊收入'
    """
    return _SPACES.sub("", unicodedata.normalize("NFKC", text).translate(_RADICALS))


@lru_cache(maxsize=1 << 15)
def squeeze(text: str) -> str:
    """Printed text without whitespace; radicals and compatibility ideographs as characters.

    Punctuation stays as printed, since it is part of a row's name.
    """
    plain = _RADICAL_OR_COMPATIBLE.sub(lambda match: _plain(match.group()), text)
    return _SPACES.sub("", plain)


def _plain(character: str) -> str:
    return unicodedata.normalize("NFKC", character).translate(_RADICALS)


@lru_cache(maxsize=1 << 14)
def row_label(label: str) -> str:
    """The contract's row key of a label: no whitespace, no leading ordinal, no 其中：.

    >>> row_label("二、 外交支出"), row_label("其中：财政拨款"), row_label("（八）社会保障 和就业支出")
    ('外交支出', '财政拨款', '社会保障和就业支出')
    """
    text = squeeze(label)
    while True:
        shorter = _OF_WHICH.sub("", _ORDINAL.sub("", text, count=1), count=1)
        if shorter == text or not shorter:
            return text
        text = shorter


@lru_cache(maxsize=1 << 14)
def width_of(text: str) -> int:
    """Columns that a text takes where a character is as wide as two digits.

    >>> width_of("合计 12.00")
    10
    """
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def is_filler(cell: str) -> bool:
    """True for what programs print for an empty cell or column name of a sheet.

    >>> is_filler("NaN"), is_filler(" Unnamed: 3 "), is_filler("无")
    (True, True, False)
    """
    return _FILLER.fullmatch(cell.strip()) is not None


def lone_text(line: str) -> str:
    """The one cell that a row of a piped or tabbed table prints; else the line itself.

    >>> lone_text("| 收入决算表 | NaN | Unnamed: 2 |"), lone_text("合计 | 3"), lone_text("表\t\t")
    ('收入决算表', '合计 | 3', '表')
    """
    for separator in "|\t":
        if separator in line:
            cells = [c.strip() for c in line.split(separator) if c.strip() and not is_filler(c)]
            return cells[0] if len(cells) == 1 else line
    return line


def strip_ordinal(text: str) -> str:
    """Text without one leading list ordinal (一、 （一） 1. (1) ①)."""
    return _ORDINAL.sub("", text.strip(), count=1)


@lru_cache(maxsize=1 << 12)
def numerals(line: str, number: int = 1) -> tuple[Numeral, ...]:
    """The published tokeniser: every numeral of a line, a printed minus included.

    A minus belongs to the numeral when nothing that a range or a word could end on stands
    before it.

    >>> [n.text for n in numerals("1-6月 -100.00% 1,234.50万元 30|11")]
    ['1', '6', '-100.00', '1,234.50', '30', '11']
    """
    found = []
    for match in NUMERAL.finditer(line):
        start = match.start()
        if start and line[start - 1] in _SIGNS and not _BEFORE_SIGN.search(line[: start - 1]):
            start -= 1
        found.append(Numeral(line=number, start=start, text=line[start : match.end()]))
    return tuple(found)


def parse_number(printed: str) -> Decimal:
    """The number printed: digits kept, sign kept, separators dropped. Raises ValueError.

    >>> parse_number("1,234.560"), parse_number("－0.5")
    (Decimal('1234.560'), Decimal('-0.5'))
    """
    plain = unicodedata.normalize("NFKC", printed).replace(",", "").replace("−", "-")
    plain = plain.replace("–", "-").strip()
    if not re.fullmatch(r"-?\d+(\.\d+)?", plain):
        raise ValueError(f"not a printed number: {printed!r}")
    return Decimal(plain)


def is_number(text: str) -> bool:
    """True when the cell holds a number and nothing else."""
    return _WHOLE_NUMBER.fullmatch(text) is not None


class Passage(NamedTuple):
    """Joined text whose character i stands at `places[i]` = (line, offset)."""

    text: str
    places: tuple[tuple[int, int], ...]

    def cut(self, first: int, last: int) -> "Passage":
        """The passage's characters first..last-1."""
        return Passage(self.text[first:last], self.places[first:last])


def passage(pieces: Iterable[tuple[int, int, str]]) -> Passage:
    """Join (line, offset of the piece in its line, text) pieces; whitespace between CJK is dropped
    by the readers, not here. Pieces are joined without a separator."""
    characters: list[str] = []
    places: list[tuple[int, int]] = []
    for line, offset, text in pieces:
        characters.append(text)
        places.extend((line, offset + i) for i in range(len(text)))
    return Passage("".join(characters), tuple(places))


def join_lines(lines: Sequence[str], first: int, last: int) -> Passage:
    """Lines first..last (1-based, both included) as one passage, outer whitespace of each dropped."""
    pieces = []
    for number in range(first, last + 1):
        line = lines[number - 1]
        text = line.strip()
        if text:
            pieces.append((number, len(line) - len(line.lstrip()), text))
    return passage(pieces)
