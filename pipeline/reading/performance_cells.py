"""A performance form as rows of pieces, whatever the source shows: cells or loose tokens.

In: a Document and a Chunk. Out: rows of `Piece`, each a printed cell (or token) that knows the
numerals of the source standing in it. The rule it protects: a numeral is the one the published
tokeniser found on its source line, never a re-reading of a joined cell.
"""

import re
from bisect import bisect_right
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.text import Passage, fold, numerals, squeeze
from schemas.documents import Box, Cell, Chunk, Document
from schemas.facts import Numeral

Kind = Literal["number", "value", "date", "dash", "sign", "unit", "text"]

_DASH = re.compile(r"[-—–－−/／\\×*·.…、]+")
_SIGN = re.compile(
    r"[=≡≥≤＞＜><≧≦≠＝]+|定性|定量|正向|反向|正指标|反指标|大于等于|小于等于|大于|小于|等于"
)
_NUMBER = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_MEASURE = (
    "万元|亿元|千元|百万元|元|万|亿|%|‰|人次|万人次|户次|件次|车次|辆次|人天|万人|人|名|户|家|个|项|次|批次|批|件|起|宗|例|台|套|辆|部|架|艘"
    "|份|万份|本|册|期|篇|条|张|幅|块|间|处|座|栋|所|村|镇|场|场次|课时|学时|学期|班|米|公里|千米|平方米|平方公里|㎡"
    "|m2|亩|公顷|吨|公斤|千克|立方米|升|千瓦时|度|天|日|工作日|个工作日|周|月|个月|季度|季|年|年度|小时|分钟|秒|分|级"
    "|类|种|组|支|只|头|株|棵|倍|成|位|车次|车|床|张床|点|页|字|轮|趟|站|片|人月|人年|人天|标段|合同|余|多"
)
_UNIT = re.compile(
    rf"(?:{_MEASURE})(?:[/／·・](?:{_MEASURE}|每?[\u4e00-\u9fff]{{1,2}}))*(?:[（(][\u4e00-\u9fff]{{1,3}}[)）])?"
)
_LONGEST = "|".join(sorted(_MEASURE.split("|"), key=len, reverse=True))
MEASURE = re.compile(
    rf"(?:个百分点|百分点|万元|亿元|[万亿](?!元)(?:{_LONGEST})|{_LONGEST})"
    rf"(?:[/／·・](?:{_LONGEST})+|[（(][套个台件次年月人][)）])*"
)
# 2024.12 is a date only with a third part or 前, 底: 1985.06万元 is an amount.
_DAY = (
    r"(?:(?:19|20)\d\d\s*年\s*\d{1,2}(?:\s*月\s*\d{1,2})?\s*[日号月]?"
    r"|(?<![\d.])(?:19|20)\d\d(?:\.\d{1,2}\.|/\d{1,2}/|-\d{1,2}-)\d{1,2}(?![\d.])[日号]?"
    r"|(?<![\d.])(?:19|20)\d\d[./-]\d{1,2}(?=月|底|前|末|之前|\s*[—~～至])"
    r"|(?<!\d)\d{1,2}/\d{1,2}/(?:19|20)\d\d)"
)
DATE = re.compile(
    rf"{_DAY}"
    r"|(?:19|20)\d\d\s*年(?:度|[初末底内前中]|上半年|下半年|第?[一二三四1-4]季度|\s*\d{1,2}\s*月)*(?:底前|底|末|前|之前|以前)?"
    r"|(?<![\d每])\d{1,2}\s*(?:月份|月)\s*(?:\d{1,2}\s*[日号]|底|末|初|中旬|上旬|下旬|前|之前|以前)"
    r"|(?<!\d)\d{1,2}\s*月?\s*[-—–~～至]\s*\d{1,2}\s*月(?:份|底)?"
)
_VALUE = re.compile(
    r"(?:[≥≤＞＜><=≧≦±约达到不少于多低高超过小大等每控制在以内]|下降|上升|提[高升]|增[长加]|减少|降低|新增|完成|全年|年均|累计)*"
    rf"[-−]?\d[\d,.]*(?:{MEASURE.pattern})?(?:[-~～—至][-−]?\d[\d,.]*(?:{MEASURE.pattern})?)?"
    r"(?:[/／每][\u4e00-\u9fff]{1,3}|[（(]?含[）)]?|及?以[上下内]|之[内间]|内|左右|一次|完成|;|；|。)*"
)
_LATEX = re.compile(r"\\(?:leqslant|leq|le|geqslant|geq|ge|times|approx|sim|%)|[$]")


class Piece(NamedTuple):
    """A printed cell or token. `text` is squeezed; `column` its index in the row (0-based);
    `numerals` those of the source in it; `block` counts runs of non-blank lines (loose text)."""

    text: str
    passage: Passage
    column: int
    line: int
    numerals: tuple[Numeral, ...] = ()
    page: int | None = None
    box: Box | None = None
    block: int = 0

    @property
    def kind(self) -> Kind:
        """What the piece looks like on its own."""
        return kind_of(self.text)


Row = tuple[Piece, ...]


@lru_cache(maxsize=1 << 14)
def plain(text: str) -> str:
    """Folded text without LaTeX marks: `$\\leq 10\\%$` → `≤10%`."""
    text = text.replace("\\leq", "≤").replace("\\geq", "≥").replace("\\%", "%")
    return fold(_LATEX.sub("", text))


@lru_cache(maxsize=1 << 14)
def kind_of(text: str) -> Kind:
    """The kind of a cell by its print.

    >>> [kind_of(t) for t in ("≥95%", "10", "—", "2024年12月底前", "定性", "万元", "社会效益")]
    ['value', 'number', 'dash', 'date', 'sign', 'unit', 'text']
    """
    bare = plain(text)
    if _NUMBER.fullmatch(bare):
        return "number"
    if _SIGN.fullmatch(bare):
        return "sign"
    if _DASH.fullmatch(bare):
        return "dash"
    if _UNIT.fullmatch(bare):
        return "unit"
    if not re.search(r"\d", bare):
        return "text"
    if not re.search(r"\d", DATE.sub("", bare)) and len(DATE.sub("", bare)) < 8:
        return "date"
    return "value" if _VALUE.fullmatch(bare) else "text"


class Source(NamedTuple):
    """The lines of a chunk with their numerals: `found[(line, start)]`."""

    document: Document
    chunk: Chunk
    found: dict[tuple[int, int], Numeral]

    def inside(self, passage: Passage) -> tuple[Numeral, ...]:
        """Numerals of the source that begin in the passage."""
        if passage.text.isalpha():
            return ()
        found = self.found
        return tuple([found[p] for p in passage.places if p in found])


def open_source(document: Document, chunk: Chunk) -> Source:
    """All numerals of the chunk's lines, in order."""
    found = {
        (n.line, n.start): n
        for number in range(chunk.first_line, chunk.last_line + 1)
        for n in numerals(document.lines[number - 1], number)
    }
    return Source(document, chunk, found)


def grid_rows(source: Source) -> tuple[Row, ...]:
    """The rows of the chunk's grid: non-blank cells with their column."""
    grid = source.chunk.grid
    if grid is None:
        return ()
    rows = []
    for cells in grid.rows:
        row = tuple(
            cell_piece(source, cell, column)
            for column, cell in enumerate(cells)
            if cell.text.strip() and not cell.merged
        )
        if row:
            rows.append(row)
    return tuple(rows)


def cell_piece(source: Source, cell: Cell, column: int) -> Piece:
    """A grid cell as a piece."""
    where = _places(source.document.lines, cell)
    passage = Passage(cell.text, where)
    return Piece(
        text=squeeze(cell.text),
        passage=passage,
        column=column,
        line=cell.line,
        numerals=source.inside(passage),
        page=cell.page,
        box=cell.box,
    )


def _places(lines: tuple[str, ...], cell: Cell) -> tuple[tuple[int, int], ...]:
    """Where each character of the cell stands in the source lines (a cell may run over several)."""
    if lines[cell.line - 1].startswith(cell.text, cell.start):
        return tuple((cell.line, cell.start + i) for i in range(len(cell.text)))
    line, offset, where = cell.line, cell.start, []
    last = max(cell.last_line, cell.line)
    for character in cell.text:
        place = None if character.isspace() else _next(lines, (line, offset), last, character)
        if place is not None:
            line, offset = place[0], place[1] + 1
        where.append(place or (line, max(offset - 1, 0)))
    return tuple(where)


def _next(
    lines: tuple[str, ...], after: tuple[int, int], last: int, character: str
) -> tuple[int, int] | None:
    line, offset = after
    while line <= min(last, len(lines)):
        found = lines[line - 1].find(character, offset)
        if found >= 0:
            return (line, found)
        line, offset = line + 1, 0
    return None


# A word printed wide (合 计, 总 分) is one token.
_TOKEN = re.compile(r"[合总小]\s+[计分](?!\S)|\S+")


def tokens(source: Source) -> tuple[Piece, ...]:
    """Whitespace-separated tokens of loose text, each with its line and its run of lines."""
    found, block, blank = [], 0, True
    for number in range(source.chunk.first_line, source.chunk.last_line + 1):
        text = source.document.lines[number - 1]
        if not text.strip():
            blank = True
            continue
        block, blank = block + blank, False
        page = _page(source.document, number)
        for i, match in enumerate(_TOKEN.finditer(text)):
            where = tuple((number, match.start() + k) for k in range(len(match.group())))
            passage = Passage(match.group(), where)
            found.append(
                Piece(
                    text=squeeze(match.group()),
                    passage=passage,
                    column=i,
                    line=number,
                    numerals=source.inside(passage),
                    page=page,
                    block=block,
                )
            )
    return tuple(found)


def _page(document: Document, line: int) -> int | None:
    return document.pages[line - 1] if line <= len(document.pages) else None


def by_line(pieces: Row) -> list[Row]:
    """The pieces of each line of loose text, in order."""
    rows: list[Row] = []
    for piece in pieces:
        if rows and rows[-1][0].line == piece.line:
            rows[-1] = (*rows[-1], piece)
        else:
            rows.append((piece,))
    return rows


def joined(pieces: Row, separator: str = "") -> Piece:
    """Several pieces as one, in their order, at the column of the first."""
    if len(pieces) == 1:
        return pieces[0]
    text = ""
    places: list[tuple[int, int]] = []
    for piece in pieces:
        if text and separator:
            text, places = text + separator, [*places, places[-1]]
        text, places = text + piece.passage.text, [*places, *piece.passage.places]
    return pieces[0]._replace(
        text=squeeze(text),
        passage=Passage(text, tuple(places)),
        numerals=tuple(n for piece in pieces for n in piece.numerals),
    )


def split_numbers(piece: Piece) -> Row:
    """`10 10` or `80 76.5 75.2` in one cell as pieces side by side; other pieces as they are."""
    parts = list(re.finditer(r"\S+", piece.passage.text))
    if len(parts) < 2 or not all(kind_of(part.group()) in ("number", "dash") for part in parts):
        return (piece,)
    return tuple(
        part_of(piece, part.start(), part.end())._replace(column=piece.column + i)
        for i, part in enumerate(parts)
    )


def part_of(piece: Piece, first: int, last: int) -> Piece:
    """The characters first..last-1 of a piece's passage as a piece of their own."""
    passage = piece.passage.cut(first, last)
    return piece._replace(
        text=squeeze(passage.text),
        passage=passage,
        numerals=tuple(n for n in piece.numerals if (n.line, n.start) in passage.places),
    )


def token_at(starts: list[int], offset: int) -> int:
    """The index of the token that covers `offset` of the tokens' joined text."""
    return bisect_right(starts, offset) - 1
