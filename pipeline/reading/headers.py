"""Grid -> where its body begins and, for each column, the header texts above it.

Spans are taken from the source where it has them (PDF, Word, Excel, HTML, text whose columns stand
under one another). Other text has lost them:
there a blank cell goes on with the header at its left as long as both stand under one header, and
a short row is spread over the row below. The rule it protects: a column is named by the path of
headers over it, never by its position.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.text import fold
from schemas.documents import Cell, Grid

_WITH_BLANKS = ("pipes", "tabs")
_SPANNED = ("ruled", "sheet", "html", "aligned")
_HEAD_CELL = re.compile(
    r"(?:部门|单位)(?:名称)?:|单位:|^公开\d|^[(]?20\d\d年度?[)]?$|^YS\d+$|编制日期|^(?:附)?表\d+$|^公开表"
)
_STATED_UNIT = re.compile(r"^(?:金额)?单位:(?:人民币)?(?:亿|百万|万|千)?元$")
_LABEL_ROW = re.compile(
    r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|其中:)|^(?:合计|总计)$"
)
_KEYISH = re.compile(r"编码|代码|名称|^合计$|^总计$|^项目$|^科目$")
_NUMBER = re.compile(r"^-?[\d,]*\d(?:\.\d+)?$")
_YEAR = re.compile(r"^20[12]\d$")
_GLUED_CODE = re.compile(r"^\d{3}(?:\d\d){0,2}(?=[\u4e00-\u9fff])(?!\d+年)")
# A group of comparisons (比上年增减) stands over 增减额 and 增减%; a group begins with its 小计.
# No form has more columns; rows of loose text that look like one are not spread.
_WIDEST = 60
_COMPARES = re.compile(r"增减|增长|[比较](?:上年|20\d\d)")
_GOES_ON = "\0"
_HEADER_LIMIT = 14
_OTHER_FORM = 3


class Header(NamedTuple):
    """`body_first`: row at which the body begins. `paths[c]`: header texts over column c, top to
    bottom, folded. `ordinal_rows`: rows that only number the columns (栏次)."""

    body_first: int
    paths: tuple[tuple[str, ...], ...]
    ordinal_rows: tuple[int, ...]
    header_rows: tuple[int, ...]


class Terms(NamedTuple):
    """What the form library knows of header words: names of value columns, names of groups."""

    is_column: Callable[[str], bool]
    is_group: Callable[[str], bool]


class _Text(NamedTuple):
    text: str
    owner: int


_NONE = _Text("", -1)


def header_of(grid: Grid, terms: Terms) -> Header:
    """Find header and body of a grid. By the library's `terms` a header row is found that slid to
    the left when its leading blanks were lost."""
    header_rows: list[int] = []
    ordinal_rows: list[int] = []
    body_first = len(grid.rows)
    for i, row in enumerate(grid.rows[:_HEADER_LIMIT]):
        texts = [fold(cell.text) for cell in row]
        if _is_ordinal_row(texts):
            ordinal_rows.append(i)
        elif _is_head_row(texts):
            continue
        elif _is_body_row(texts):
            body_first = i
            break
        else:
            header_rows.append(i)
    width = _width(grid, body_first, (*header_rows, *ordinal_rows))
    matrix = _matrix(grid, header_rows, width, terms)
    if grid.layout not in _SPANNED:
        matrix = _unslid(matrix, terms, grid.layout in _WITH_BLANKS)
    paths = tuple(_whole(path, terms) for path in _paths(matrix, width))
    return Header(body_first, paths, tuple(ordinal_rows), tuple(header_rows))


def _is_head_row(texts: Sequence[str]) -> bool:
    printed = [text for text in texts if text]
    return (
        not printed
        or any(_STATED_UNIT.search(text) for text in printed)
        or (sum(bool(_HEAD_CELL.search(text)) for text in printed) * 2 >= len(printed))
        or (len(printed) == 1 and len(texts) > 2 and printed[0].endswith("表"))
    )


def _is_ordinal_row(texts: Sequence[str]) -> bool:
    printed = [text for text in texts if text]
    if any(text in ("栏次", "栏次:", "行次") for text in printed) and any(
        re.fullmatch(r"\d{1,2}", text) for text in printed
    ):
        return True
    numbers = [int(text) for text in printed if re.fullmatch(r"\d{1,2}", text)]
    return (
        len(numbers) >= 3
        and len(numbers) == len(printed)
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    )


def _is_body_row(texts: Sequence[str]) -> bool:
    printed = [text for text in texts if text]
    if any(_NUMBER.match(text) and not _YEAR.match(text) for text in printed):
        return True
    if _GLUED_CODE.match(printed[0]):
        return True
    if len(printed) == 1 or not any(texts[1:]):
        return bool(_LABEL_ROW.match(printed[0])) or printed[0] in ("预算数", "决算数")
    return bool(re.match(r"^(?:一、|\(一\)|1[.、])", printed[0])) and len(printed) <= 4


def _width(grid: Grid, body_first: int, above: Sequence[int]) -> int:
    """The commonest length of body rows; the longest row where the body is short or where merged
    cells are one cell (one cell a line)."""
    lengths = [len(row) for row in grid.rows[body_first:]]
    heads = [len(grid.rows[i]) for i in above]
    if grid.layout == "cell_per_line":
        return _usual(lengths, heads) or max(lengths[:60] + heads, default=0)
    if len(lengths) < 3:
        return max(heads + lengths, default=0)
    return max(lengths, key=lambda n: (lengths.count(n), n))


def _usual(lengths: Sequence[int], heads: Sequence[int]) -> int:
    """The length of nearly all body rows, where the others are those of another form (far longer)
    and not the ones that alone have kept their cells; else 0."""
    usual = max(lengths, key=lambda n: (lengths.count(n), n), default=0)
    alone = all(length <= usual or length > usual + _OTHER_FORM for length in lengths)
    heads_fit = usual >= max(heads, default=0) or len(heads) < 3
    return usual if alone and heads_fit and lengths.count(usual) * 3 > 2 * len(lengths) else 0


def _matrix(grid: Grid, header_rows: Sequence[int], width: int, terms: Terms) -> list[list[_Text]]:
    if grid.layout in _SPANNED:
        return _spanned(grid, header_rows, width, terms)
    rows: list[list[str]] = []
    below: list[str] | None = None
    for i in reversed(header_rows):
        texts = [fold(cell.text) for cell in grid.rows[i]]
        # A blank between words shows that blanks were kept: only those at the end are gone.
        lost = len(texts) < width and "" not in texts[: _last(texts)]
        spread = _spread(texts, below, width) if lost else [*texts, *[""] * width][:width]
        rows.insert(0, ["" if text == _GOES_ON else text for text in spread])
        below = _covered(spread)
    return _inherited(rows)


def _last(texts: Sequence[str]) -> int:
    return max((i for i, text in enumerate(texts) if text), default=0)


def _covered(spread: Sequence[str]) -> list[str]:
    """A row in which a cell that spans several columns stands in each of them."""
    covered: list[str] = []
    for text in spread:
        covered.append(covered[-1] if text == _GOES_ON and covered else text)
    return covered


def _spanned(grid: Grid, header_rows: Sequence[int], width: int, terms: Terms) -> list[list[_Text]]:
    matrix = [[_NONE] * width for _ in header_rows]
    at = {row: i for i, row in enumerate(header_rows)}
    owner = 0
    for i in header_rows:
        for column, cell in enumerate(grid.rows[i]):
            if cell.merged or not cell.text:
                continue
            owner += 1
            text = _whole_or_last(cell.text, terms) if grid.layout == "aligned" else fold(cell.text)
            _fill(matrix, at, (i, column), (cell, _Text(text, owner)))
    return matrix


def _whole_or_last(text: str, terms: Terms) -> str:
    """Words of several lines over one column are one wrapped name, or a group over a name: the
    library knows the names."""
    whole, last = fold(text), fold(text.split("\n")[-1])
    return last if terms.is_column(last) and not terms.is_column(whole) else whole


def _fill(
    matrix: list[list[_Text]],
    at: dict[int, int],
    place: tuple[int, int],
    found: tuple[Cell, _Text],
) -> None:
    (row, column), (cell, text) = place, found
    for r in range(row, row + cell.row_span):
        for c in range(column, column + cell.col_span):
            if r in at and c < len(matrix[at[r]]):
                matrix[at[r]][c] = text


def _inherited(rows: Sequence[Sequence[str]]) -> list[list[_Text]]:
    """Fill blanks to the right of a header as far as both stand under the same header."""
    matrix: list[list[_Text]] = []
    owner = 0
    for r, row in enumerate(rows):
        filled: list[_Text] = []
        for c, text in enumerate(row):
            owner += 1
            if text:
                filled.append(_Text(text, owner))
            elif c and filled[c - 1].text and _one_parent(matrix, r, c):
                filled.append(filled[c - 1])
            else:
                filled.append(_NONE)
        matrix.append(filled)
    return matrix


def _one_parent(matrix: Sequence[Sequence[_Text]], r: int, c: int) -> bool:
    if r == 0:
        return True
    above = matrix[r - 1]
    return c < len(above) and above[c].text != "" and above[c].owner == above[c - 1].owner


def _unslid(matrix: list[list[_Text]], terms: Terms, with_blanks: bool) -> list[list[_Text]]:
    """Put the terms of a slid header row over the columns that still lack a name, in order.

    A row has slid when a value column's name stands under a header of codes, names or totals. The
    columns that lack a name are those right of the keys under a blank or under a group's name.
    A converter that repeats a merged cell prints it again below: that is no slid name.
    """
    for r in range(1, len(matrix)):
        row = matrix[r]
        if with_blanks and len({text.owner for text in row if text.text}) == len(row):
            continue  # a name over every column has not slid
        owners = dict.fromkeys(
            text.owner
            for c, text in enumerate(row)
            if text.text and terms.is_column(text.text) and text.text != _over(matrix, r, c)
        )
        slid = any(
            text.owner in owners and _KEYISH.search(_over(matrix, r, c))
            for c, text in enumerate(row)
        )
        if not slid:
            continue
        named = {text.owner: text for text in row}
        kept = [_NONE if text.owner in owners else text for text in row]
        lacking = _lacking(matrix, r, terms)
        if len(lacking) == len(owners):
            for c, owner in zip(lacking, owners, strict=True):
                kept[c] = named[owner]
        matrix[r] = kept
    return matrix


def _lacking(matrix: Sequence[Sequence[_Text]], r: int, terms: Terms) -> list[int]:
    keys = [c for row in matrix[:r] for c, text in enumerate(row) if _KEYISH.search(text.text)]
    above = matrix[r - 1]
    return [
        c
        for c in range(max(keys, default=-1) + 1, len(above))
        if not above[c].text or terms.is_group(above[c].text) or not terms.is_column(above[c].text)
    ]


def _over(matrix: Sequence[Sequence[_Text]], r: int, c: int) -> str:
    for above in reversed(matrix[:r]):
        if c < len(above) and above[c].text:
            return above[c].text
    return ""


def _spread(texts: Sequence[str], below: Sequence[str] | None, width: int) -> list[str]:
    """Spread a row that lost its spans over `width` columns.

    A cell over one blank cell ends there (merged downwards); a cell over several printed cells is
    their group. Where the row below begins again with its first text, so does a group. Of the ways
    that fit equally, the most even is taken.
    """
    missing = width - len(texts)
    if below is None or missing <= 0 or width > _WIDEST:
        return [*texts, *[""] * max(0, missing)]
    again = _begins_again(below)
    best: dict[tuple[int, int], tuple[float, int]] = {(0, 0): (0, 0)}
    for i in range(len(texts)):
        for c in range(width):
            if (i, c) not in best:
                continue
            for span in range(1, missing + 2):
                if c + span > width:
                    break
                cost = best[i, c][0] + _span_cost(texts[i], below[c : c + span])
                if c and again and not _same_label(below[c], below[0]):
                    cost += 2
                if (i + 1, c + span) not in best or cost < best[i + 1, c + span][0]:
                    best[i + 1, c + span] = (cost, span)
    return _spread_out(texts, best, width)


def _begins_again(below: Sequence[str]) -> bool:
    return sum(_same_label(text, below[0]) for text in below) > 1


def _same_label(one: str, other: str) -> bool:
    """项目 and 项目（按功能分类）; 收入项目 and 支出项目."""
    short, long = sorted((one, other), key=len)
    return len(short) > 1 and (long.startswith(short) or (short[-2:] == "项目" == long[-2:]))


def _span_cost(group: str, below: Sequence[str]) -> float:
    blanks = sum(not text for text in below)
    if len(below) == 1:
        return 0 if blanks else 1
    inside = sum(text in ("小计", "合计") for text in below[1:])
    compared = _COMPARES.search(group) is not None
    strange = sum(bool(_COMPARES.search(text)) != compared for text in below if text)
    return 10 * blanks + inside + strange + 0.01 * len(below) ** 2


def _spread_out(
    texts: Sequence[str], best: dict[tuple[int, int], tuple[float, int]], width: int
) -> list[str]:
    spread: list[str] = []
    i, c = len(texts), width
    if (i, c) not in best:
        return [*texts, *[""] * (width - len(texts))]
    while i:
        span = best[i, c][1]
        spread[:0] = [texts[i - 1], *[_GOES_ON] * (span - 1)]
        i, c = i - 1, c - span
    return spread


def _whole(path: tuple[str, ...], terms: Terms) -> tuple[str, ...]:
    """A path whose last word is the end of the one above (年初结转和结 | 余) with both as one."""
    if len(path) < 2 or terms.is_column(path[-1]) or not terms.is_column(path[-2] + path[-1]):
        return path
    return (*path[:-2], path[-2] + path[-1])


def _paths(matrix: Sequence[Sequence[_Text]], width: int) -> tuple[tuple[str, ...], ...]:
    paths = []
    for c in range(width):
        path: list[str] = []
        for row in matrix:
            text = row[c].text if c < len(row) else ""
            if text and (not path or path[-1] != text):
                path.append(text)
        paths.append(tuple(path))
    return tuple(paths)
