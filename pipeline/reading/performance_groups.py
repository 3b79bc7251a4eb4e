"""Names of groups in loose text: 产出指标（50分）, 数量指标, wrapped or not.

In: pieces of a row. Out: the group heads at its front, and the rest. The rule it protects: a
group's name is never part of an indicator's.
"""

import re
from typing import Final

from pipeline.reading.performance_cells import Piece, Row, joined, part_of
from pipeline.text import width_of

GROUPS: Final = re.compile(
    r"(?:(?:数量|质量|时效|成本|经济成本|社会成本|生态环境成本|生态成本|经济效益|社会效益|生态效益|环境效益|可持续影响|可持续发展|可持续|产出|效益|效果|投入管理|投入|过程|决策|管理|履职效能|履职效益|预算执行|运行成本|管理效率|社会效应|(?:(?:服务对象|社会公众|公众|群众|受益对象|受益群体|帮扶对象|服务受益者)?满意度?))指标"
    r"|(?:产出|效益|效果|满意度|过程|决策|成本|投入)(?=[（(]\d))(?:[（(]\d+(?:\.\d+)?分?[)）])?"
)
_STEM: Final = re.compile(
    r"(?:服务对象|社会公众|公众|受益对象|受益群体|帮扶对象)?满意度?|服务对象|产出|效益|数量|质量|时效|成本"
    r"|(?:经济|社会|生态|环境)(?:效益?|成本)?|可持续(?:影响|发展)?"
)
# A group's points on a line of their own, below its name.
POINTS: Final = re.compile(r"[（(]\d+(?:\.\d+)?分[)）]")
# 二级指标 that stand without 指标.
LEVEL: Final = re.compile(
    r"(?:服务对象|社会公众|受益对象)满意度?|(?:经济|社会|生态)效益|可持续影响"
)
# A sign that may not begin or end a line makes it shorter.
_UNEVEN: Final = 2
# What a wrapped 社会效益指标 leaves on the next line.
_REST: Final = re.compile(r"(?:[益度响本]|影响|成本|效益|满意度|意度)?指?标")


def peel(pieces: Row) -> tuple[list[Piece], Row]:
    """Names of groups (产出指标（50分）, 数量指标) off the front, wrapped or not."""
    heads: list[Piece] = []
    rest = pieces
    while rest:
        words = [p for p in rest if p.kind in ("text", "unit", "value")]
        text = "".join(p.text for p in rest[: len(words)])
        match = GROUPS.match(text)
        if match:
            head, rest = _cut(rest, match.end())
        elif len(rest) > 1 and POINTS.fullmatch(rest[1].text) and rest[0].line < rest[1].line:
            head, rest = joined(rest[:2]), rest[2:]
        elif len(words) > 1 and rest[1] is words[1] and _leads(rest):
            head, rest = rest[0], rest[1:]
        else:
            break
        heads.append(head)
    return heads, rest


def groups_first(pieces: Row) -> Row:
    """Names of groups on the line of the values, in front of the last words of an indicator whose
    first words are a line above: the group before the whole of the name."""
    line = next((p.line for p in pieces if p.kind not in ("text", "unit")), 0)
    inside = [
        i
        for i, p in enumerate(pieces[:-1])
        if p.line == line > pieces[0].line and GROUPS.fullmatch(p.text)
    ]
    inside = [i for i in inside if all(k in inside for k in range(inside[0], i))]
    rest = pieces[inside[-1] + 1] if inside else None
    if rest is None or rest.line != line or rest.kind != "text" or GROUPS.match(pieces[0].text):
        return pieces
    heads = tuple(pieces[i] for i in inside)
    return (*heads, *(p for i, p in enumerate(pieces) if i not in inside))


def off_the_note(pieces: Row) -> tuple[Row, Row]:
    """Words in front of a group's name that has a piece of its own: the note of the row before."""
    words = next((i for i, p in enumerate(pieces) if p.kind != "text"), len(pieces))
    groups = [i for i in range(words) if GROUPS.fullmatch(pieces[i].text)]
    return (pieces[: groups[0]], pieces[groups[0] :]) if groups else ((), pieces)


def one_a_line(pieces: Row) -> bool:
    """True where every piece stands on a line of its own, as cells do that were copied line by line."""
    return len({piece.line for piece in pieces}) == len(pieces)


def last_cell(name: Row) -> Row:
    """The lines of the last cell: within a cell that was wrapped no line is longer than the one
    above it, so that a longer line begins another cell."""
    first = 0
    for i in range(1, len(name)):
        above, own = width_of(name[i - 1].text), width_of(name[i].text)
        if own > above + _UNEVEN or (i == 1 and LEVEL.fullmatch(name[0].text)):
            first = i
    return name[first:]


def _leads(pieces: Row) -> bool:
    """A level's first word beside more words, or what is left of one that was wrapped."""
    if _REST.fullmatch(pieces[0].text):
        return True
    beside = pieces[0].line == pieces[1].line and pieces[1].kind == "text"
    return beside and _STEM.fullmatch(pieces[0].text) is not None


def _cut(pieces: Row, length: int) -> tuple[Piece, Row]:
    """The first `length` characters as one piece, and what follows."""
    taken: list[Piece] = []
    for i, piece in enumerate(pieces):
        if len(piece.text) > length:
            taken += [part_of(piece, 0, length)] if length else []
            rest = part_of(piece, length, len(piece.passage.text))
            return joined(tuple(taken)), (rest, *pieces[i + 1 :])
        taken.append(piece)
        length -= len(piece.text)
        if length == 0:
            return joined(tuple(taken)), pieces[i + 1 :]
    return joined(tuple(taken)), ()
