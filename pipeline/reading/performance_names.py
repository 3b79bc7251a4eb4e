"""Names of projects that are wrapped in loose text, put back behind their label.

In: the lines of a performance form outside of its tables, as rows of pieces. Out: the same with
项目名称 and the whole of its name in one row. The rule it protects: lines belong to the name only
between the form's title and the label of the next cell (主管部门), never further.
"""

import re
from collections.abc import Sequence

from pipeline.reading.performance_cells import Row, joined
from pipeline.reading.performance_money import is_money_label
from pipeline.reading.performance_segments import is_name_label

_LABEL = re.compile(
    r"(?:业务|项目)?主管(?:部门|单位)|实施单位|项目资金|项目(?:编码|类型|类别|属性|负责人)|年度"
)
_TITLE = re.compile(r"(?:表|评价|报告)(?:[(（].{2,12}[)）])?$|^[(（]?20\d\d年度?[)）]?$")
_MOST_LINES = 4


def with_names(rows: Sequence[Row]) -> list[Row]:
    """项目名称 alone on its line has its value on the next, 年度资金总额： its amount."""
    whole: list[Row] = []
    for row in _wrapped_below(_around_names(_around_labels(list(rows)))):
        before = whole[-1] if whole else ()
        alone = before[0].text if len(before) == 1 else ""
        amount = len(row) == 1 and row[0].kind == "number" and is_money_label(alone)
        if amount or (alone and is_name_label(alone) and not _LABEL.match(row[0].text)):
            whole[-1] = (*before, *row)
        else:
            whole.append(row)
    return whole


def _around_labels(rows: list[Row]) -> list[Row]:
    """项目名称 beside 主管部门, its long value centred around the line: above and below."""
    whole = list(rows)
    for i in range(1, len(rows) - 1):
        row, above, below = rows[i], rows[i - 1], rows[i + 1]
        bare = len(row) > 1 and is_name_label(row[0].text) and _LABEL.match(row[1].text)
        if bare and len(above) == len(below) == 1 and not above[0].numerals:
            whole[i - 1 : i + 2] = [(row[0], joined((*above, *below))), row[1:], ()]
    return [row for row in whole if row]


def _around_names(rows: list[Row]) -> list[Row]:
    """项目名称 with a part of its value, or alone, whose first lines are above and whose last are
    below: the label stands at half the height of its cell."""
    whole = list(rows)
    for i, row in enumerate(rows):
        above = _lines_behind_title(rows, i)
        value = row[1:] if len(row) == 2 else ()
        named = is_name_label(row[0].text) and len(row) < 3
        if not (named and above) or (value and _LABEL.match(value[0].text)):
            continue
        below = _lines_before_label(rows, i + 1, _MOST_LINES)
        if value or below:
            lines = [*(line[0] for line in above), *value, *(line[0] for line in below)]
            blank: list[Row] = [()] * (len(above) + len(below))
            first = i - len(above)
            whole[first : i + 1 + len(below)] = [(row[0], joined(tuple(lines))), *blank]
    return [row for row in whole if row]


def _lines_behind_title(rows: Sequence[Row], at: int) -> list[Row]:
    """The lines between the form's title (or the first line) and a label; none where there are more
    than a name has."""
    for first in range(at, max(-1, at - _MOST_LINES), -1):
        if first == 0 or _TITLE.search("".join(piece.text for piece in rows[first - 1])):
            return list(rows[first:at])
        if not _is_line(rows[first - 1]):
            return []
    return []


def _wrapped_below(rows: list[Row]) -> list[Row]:
    """项目名称 alone, its value on several lines below."""
    whole = list(rows)
    for i, row in enumerate(rows):
        if len(row) == 1 and is_name_label(row[0].text):
            lines = _lines_before_label(rows, i + 1, _MOST_LINES)
            if len(lines) > 1:
                value = joined(tuple(line[0] for line in lines))
                whole[i : i + 1 + len(lines)] = [(row[0], value)] + [()] * len(lines)
    return [row for row in whole if row]


def _lines_before_label(rows: Sequence[Row], at: int, most: int) -> list[Row]:
    """The lines up to the next cell's label; none where it is not among the next ones."""
    for end in range(at, min(len(rows), at + most + 1)):
        if _LABEL.match(rows[end][0].text):
            return list(rows[at:end])
        if not _is_line(rows[end]):
            return []
    return []


def _is_line(row: Row) -> bool:
    """Words alone on their line, that are no label and no title."""
    text = row[0].text if len(row) == 1 else ""
    return bool(text) and not (
        is_name_label(text) or _LABEL.match(text) or _TITLE.search(text) or text[-1] in ":："
    )
