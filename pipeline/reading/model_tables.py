"""Tables by model: what it says of a header becomes a form map; code copies the cells.

In: the answer of task form_map. Out: a FormMap that does not contradict what the header and the
cells show, or the contradiction in one line. No digit comes from the model.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from pipeline.reading.model_answers import NO_STATEMENT, PLAIN_ROLES, SIDES, FormPart, roles
from pipeline.reading.model_headings import header, listed_column, titled_statement
from pipeline.text import row_label
from schemas.documents import Cell, Chunk, Grid
from schemas.readings import (
    Block,
    ColumnMap,
    FormMap,
    KeyKind,
    Trust,
)
from schemas.vocabulary import TABLE_COLUMNS

KEY_KINDS: Final[dict[str, KeyKind]] = {
    "income_expenditure_summary": "label",
    "appropriation_summary": "label",
    "basic_expenditure": "economic_code",
    "economic_summary": "economic_code",
    "three_public": "fixed",
    "projects": "project",
}
"""How the rows of a statement are keyed; every other one by function code."""

_PREFIXES: Final[dict[str, Literal["income:", "expenditure:"]]] = {
    "income": "income:",
    "expenditure": "expenditure:",
}
_AMOUNT = re.compile(r"-?[\d,]*\d\.\d+|-?\d{1,3}(,\d{3})+")


def map_problem(part: FormPart, chunk: Chunk, grid: Grid) -> str:
    """What contradicts the header, the cells or the vocabulary; '' when nothing does."""
    paths = header(grid).paths
    width = len(paths)
    if part.statement == NO_STATEMENT:
        return ""
    if part.statement not in TABLE_COLUMNS:
        return f"statement {part.statement!r} 不在列表中"
    titled = titled_statement(chunk)
    if titled and part.statement != titled:
        return f"表题“{chunk.title}”是 {titled}，不是 {part.statement}"
    if sorted(part.columns) != sorted(str(index) for index in range(width)):
        return f"columns 应有 0 到 {width - 1} 共 {width} 项，给了 {len(part.columns)} 项"
    wrong = [role for role in part.roles if role not in roles(part.statement)]
    if wrong:
        return f"{part.statement} 没有列 {wrong[0]!r}，只可用 {'、'.join(roles(part.statement))}"
    if not 0 <= part.body_first <= min(part.body_last, len(grid.rows) - 1):
        return f"body_first、body_last 应在 0 到 {len(grid.rows) - 1} 之间，先后有序"
    return (
        _heading_problems(part, grid, paths)
        or _column_problem(part)
        or _body_problem(part, grid)
        or _cell_problem(part, grid)
        or _unit_problem(part, chunk)
    )


def _column_problem(part: FormPart) -> str:
    values = [role for role in part.roles if role not in PLAIN_ROLES]
    if not values:
        return "没有一列是数值列"
    for block in _blocks(part):
        names = [column.column for column in block.columns]
        if len(set(names)) != len(names):
            return f"同一侧里列名重复：{'、'.join(names)}"
        if (
            part.statement != "three_public"
            and block.label_column is None
            and not block.key_columns
        ):
            return "每一侧都要有 key 或 label 列"
    return ""


def _heading_problems(part: FormPart, grid: Grid, paths: Sequence[Sequence[str]]) -> str:
    """Every column whose listed heading says something else: all at once, since there are two
    re-asks only."""
    problems = (_heading_problem(part, grid, index, path) for index, path in enumerate(paths))
    return "；".join(problem for problem in problems if problem)


def _heading_problem(part: FormPart, grid: Grid, index: int, path: Sequence[str]) -> str:
    side, _, role = part.roles[index].rpartition(":")
    if not side and "income" in SIDES.get(part.statement, ()):
        side = "expenditure" if path and "支出" in path[0] else "income"
    listed = listed_column(part.statement, path, side)
    if not listed:
        return ""
    if role in PLAIN_ROLES:
        wrong = role in ("skip", "ordinal") and _holds_amounts(grid, index)
    else:
        wrong = not _same_column(part.statement, role, listed)
    right = f"{side}:{listed}" if side else listed
    said = part.roles[index]
    return f"列{index} 的表头是“{'/'.join(path)}”，应是 {right}，不是 {said}" if wrong else ""


def _same_column(statement: str, role: str, listed: str) -> bool:
    """The one value column of a basic expenditure form is its amount, whatever it is called."""
    alike = {"amount", "total"} if statement == "basic_expenditure" else set()
    return role == listed or {role, listed} <= alike


def _body_problem(part: FormPart, grid: Grid) -> str:
    values = [index for index, role in enumerate(part.roles) if role not in PLAIN_ROLES]
    outside = [i for i in range(len(grid.rows)) if not part.body_first <= i <= part.body_last]
    for index in [*outside, *part.skip_rows]:
        row = grid.rows[index] if 0 <= index < len(grid.rows) else ()
        if any(_AMOUNT.fullmatch(_text(row, column)) for column in values):
            return f"第[{index}]行有金额，应在正文之内"
    return ""


def _cell_problem(part: FormPart, grid: Grid) -> str:
    """A column that no listed heading vouches for has to hold what its role says."""
    width = len(part.roles)
    body = [row for row in grid.rows[part.body_first : part.body_last + 1] if len(row) >= width]
    for index, (role, path) in enumerate(zip(part.roles, header(grid).paths, strict=True)):
        side, _, column = role.rpartition(":")
        if role not in PLAIN_ROLES and listed_column(part.statement, path, side) == column:
            continue
        cells = [row[index] for row in body]
        words = sum(1 for cell in cells if cell.state == "text" and cell.text not in ("-", "—"))
        numbers = sum(1 for cell in cells if cell.state == "number")
        if role not in PLAIN_ROLES and words > numbers:
            return f"列{index} 里是文字，不是数值列"
        if role == "label" and numbers > words:
            return f"列{index} 里是数字，不是 label"
    return ""


def _unit_problem(part: FormPart, chunk: Chunk) -> str:
    if part.unit and chunk.unit and part.unit != chunk.unit:
        return f"表头写的单位是“{chunk.unit}”，不是“{part.unit}”"
    return ""


def _holds_amounts(grid: Grid, index: int) -> bool:
    return any(_AMOUNT.fullmatch(_text(row, index)) for row in grid.rows)


def _text(row: Sequence[Cell], index: int) -> str:
    return row[index].text.strip() if index < len(row) else ""


def form_map(part: FormPart, chunk: Chunk, grid: Grid, mark: str) -> FormMap:
    """The form map of an answer that has no problem. `mark` is the header's fingerprint.

    Where this table ends (a last row beyond the grid is its end) and which rows it skips is checked
    but not kept: the map serves every table with this header, and those rows hold no amounts.
    """
    return FormMap(
        name=f"{row_label(chunk.title) or part.statement}",
        statement=part.statement,
        fingerprint=mark,
        unit=part.unit or chunk.unit,
        key_kind=KEY_KINDS.get(part.statement, "function_code"),
        body_first=part.body_first,
        blocks=_blocks(part),
        origin="learned",
        trust=trust(part, chunk, grid),
    )


def trust(part: FormPart, chunk: Chunk, grid: Grid) -> Trust:
    """Proven when the title is listed and every value column stands under a listed synonym."""
    if titled_statement(chunk) != part.statement:
        return "consistent"
    for index, path in enumerate(header(grid).paths):
        side, _, role = part.roles[index].rpartition(":")
        if role not in PLAIN_ROLES:
            listed = listed_column(part.statement, path, side)
            if not listed or not _same_column(part.statement, role, listed):
                return "consistent"
    return "proven"


class _Side(NamedTuple):
    name: str
    keys: list[int]
    labels: list[int]
    columns: list[ColumnMap]


def _blocks(part: FormPart) -> tuple[Block, ...]:
    """Sides of the form: a new one begins with a key or label after values, or another side."""
    sides = [_Side("", [], [], [])]
    for index, role in enumerate(part.roles):
        if role in ("ordinal", "skip"):
            continue
        side, _, column = role.rpartition(":")
        heads = role in ("key", "label")
        if sides[-1].columns and (heads or side != sides[-1].name):
            sides.append(_Side(side, [], [], []))
        elif not heads and not sides[-1].columns:
            sides[-1] = sides[-1]._replace(name=side)
        if heads:
            (sides[-1].keys if role == "key" else sides[-1].labels).append(index)
        else:
            sides[-1].columns.append(ColumnMap(index=index, column=column))
    return tuple(_block(side, part.statement) for side in sides if side.columns)


def _block(side: _Side, statement: str) -> Block:
    return Block(
        prefix=_PREFIXES.get(side.name, ""),
        row=side.name if side.name in ("budget", "actual") else "",
        key_columns=() if statement == "projects" else tuple(side.keys),
        label_column=side.labels[0] if side.labels else None,
        columns=tuple(side.columns),
    )
