"""Tables by model: what it says of a header becomes a form map; code copies the cells.

In: the answer of task form_map. Out: a FormMap that does not contradict what the header and the
cells show, or the contradiction in one line. No digit comes from the model.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from pipeline.reading.model_answers import FormPart
from pipeline.reading.model_headings import (
    AMOUNT,
    header,
    heads_codes,
    heads_names,
    is_head,
    listed_column,
    side_over,
    titled_statement,
)
from pipeline.reading.model_vocabulary import (
    NO_STATEMENT,
    PLAIN_ROLES,
    SIDES,
    roles,
    statement_word,
    word_of,
)
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

_CODE_DIGITS: Final = 7


def map_problem(part: FormPart, chunk: Chunk, grid: Grid) -> str:
    """What contradicts the header, the cells or the vocabulary; '' when nothing does."""
    paths = header(grid).paths
    width = len(paths)
    if part.statement == NO_STATEMENT:
        return ""
    if part.statement not in TABLE_COLUMNS:
        return f"statement “{part.statement}”不在列表中"
    titled = titled_statement(chunk)
    if titled and part.statement != titled:
        return f"这是{statement_word(titled)}，不是{statement_word(part.statement)}"
    if sorted(part.columns) != sorted(str(index) for index in range(width)):
        return f"列号只有 0 到 {width - 1}，每列一项"
    wrong = [role for role in part.roles if role not in roles(part.statement)]
    if wrong:
        words = "、".join(word_of(part.statement, role) for role in roles(part.statement))
        return f"{statement_word(part.statement)}没有“{wrong[0]}”，只可用：{words}"
    if not 0 <= part.body_first <= min(part.body_last, len(grid.rows) - 1):
        return f"first、last 应在 0 到 {len(grid.rows) - 1} 之间，先后有序"
    return (
        _heading_problems(part, grid, paths)
        or _column_problem(part)
        or _key_problem(part, paths)
        or _code_problem(part, grid)
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
            twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
            return f"同一侧里用了两次：{'、'.join(word_of(part.statement, n) for n in twice)}"
        if (
            part.statement != "three_public"
            and block.label_column is None
            and not block.key_columns
        ):
            return "每一侧都要有编码列或名称列"
    return ""


def _key_problem(part: FormPart, paths: Sequence[Sequence[str]]) -> str:
    """What a heading calls a name names the rows, and a code that is divided is taken whole."""
    kind = KEY_KINDS.get(part.statement, "function_code")
    before = 0
    for block in () if kind == "fixed" else _blocks(part):
        heads = range(before, block.columns[0].index)
        names = [i for i in heads if heads_names(paths[i])]
        codes = [i for i in heads if kind.endswith("_code") and heads_codes(paths[i])]
        divided = [i for i in codes if len(paths[i][-1]) == 1] or codes[: not block.key_columns]
        left = [i for i in divided if i not in block.key_columns]
        if left:
            return f"列{left[0]} 的表头是“{'/'.join(paths[left[0]])}”，应是“编码”"
        if names and block.label_column not in names:
            return f"列{names[0]} 的表头是“{'/'.join(paths[names[0]])}”，应是“名称”，其他文字写“略”"
        before = block.columns[-1].index + 1
    return ""


def _code_problem(part: FormPart, grid: Grid) -> str:
    """Columns of one code join to a code; of two classifications beside each other they do not."""
    for block in _blocks(part):
        if len(block.key_columns) < 2:
            continue
        for row in grid.rows[part.body_first : part.body_last + 1]:
            joined = "".join(_text(row, index) for index in block.key_columns)
            if joined.isdigit() and len(joined) > _CODE_DIGITS:
                columns = "、".join(map(str, block.key_columns))
                return f"列{columns} 连起来不是一个科目编码：并列的第二套科目写“略”"
    return ""


def _heading_problems(part: FormPart, grid: Grid, paths: Sequence[Sequence[str]]) -> str:
    """Every column whose listed heading says something else: all at once, since there are two
    re-asks only."""
    problems = (_heading_problem(part, grid, index, path) for index, path in enumerate(paths))
    return "；".join(problem for problem in problems if problem)


def _heading_problem(part: FormPart, grid: Grid, index: int, path: Sequence[str]) -> str:
    side, _, role = part.roles[index].rpartition(":")
    over = side_over(part.statement, path)
    listed = listed_column(part.statement, path, _income_side(part.statement, path, side))
    if role in PLAIN_ROLES:
        right = f"{over}:{listed}" if over else listed
        named = role in ("skip", "ordinal") and right not in part.roles
        wrong = bool(listed) and (named or (role == "skip" and _holds_amounts(grid, index)))
    else:
        right = ":".join(word for word in (over or side, listed or role) if word)
        strange = bool(listed) and not _same_column(part.statement, role, listed)
        wrong = strange or bool(over and side != over)
    if not wrong:
        return ""
    said, word = (word_of(part.statement, role, over) for role in (part.roles[index], right))
    return f"列{index} 的表头是“{'/'.join(path)}”，应是“{word}”，不是“{said}”"


def _income_side(statement: str, path: Sequence[str], side: str) -> str:
    """The side as the forms know it: of an income and expenditure summary, where none is said, by
    its topmost heading."""
    if side or "income" not in SIDES.get(statement, ()):
        return side
    return "expenditure" if path and "支出" in path[0] else "income"


def _same_column(statement: str, role: str, listed: str) -> bool:
    """The one value column of a basic expenditure form is its amount, whatever it is called."""
    alike = {"amount", "total"} if statement == "basic_expenditure" else set()
    return role == listed or {role, listed} <= alike


def _body_problem(part: FormPart, grid: Grid) -> str:
    if is_head(grid, part.body_first):
        return f"第[{part.body_first}]行是表头，不是正文"
    values = [index for index, role in enumerate(part.roles) if role not in PLAIN_ROLES]
    outside = [i for i in range(len(grid.rows)) if not part.body_first <= i <= part.body_last]
    for index in [*outside, *part.skip_rows]:
        row = grid.rows[index] if 0 <= index < len(grid.rows) else ()
        if any(AMOUNT.fullmatch(_text(row, column)) for column in values):
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
            return f"列{index} 里是数字，不是名称"
    return ""


def _unit_problem(part: FormPart, chunk: Chunk) -> str:
    if part.unit and chunk.unit and part.unit != chunk.unit:
        return f"表头写的单位是“{chunk.unit}”，不是“{part.unit}”"
    return ""


def _holds_amounts(grid: Grid, index: int) -> bool:
    return any(AMOUNT.fullmatch(_text(row, index)) for row in grid.rows)


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
    """Sides of the form: a new one begins with a key or label after values, or another side. Codes
    behind code and name are a second classification of the same row: the first one keys it."""
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
        if role == "key" and sides[-1].keys and sides[-1].labels:
            continue
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
