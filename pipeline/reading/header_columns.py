"""Header paths of a form -> what each column is: key, label, ordinal, value of which name.

In: the paths over the columns, the form, its title, what the document is. Out: columns with roles,
and the contract's names of value columns. The rule it protects: a column of another year or phase,
a comparison, or one that nothing names keeps no name.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.reading.library import BY_LABEL, Form, name_of
from pipeline.reading.periods import (
    COMPARED,
    About,
    of_own_phase,
    of_own_year,
    one_budget,
    own_kind,
    phase_of,
)

_CODE = re.compile(r"(?:编码|代码)$|^[类款项]{1,3}$|^科目$")
_UNIT_CODE = re.compile(r"(?:单位|部门|项目).{0,2}(?:编码|代码)")
UNIT_NAME = re.compile(r"^(?:预算)?(?:单位|部门)(?:\(单位\))?(?:名称)?$")
_OTHER_CODE = re.compile(r"政府预算|政府支出")
_LABEL = re.compile(
    r"名称\)?$|^项目$|^项目\(|^项目名称|^功能分类$|^经济分类$|^支出项目$|^收入项目$|^科目$|^支出功能分类科目$|^按(?:支出)?(?:功能|经济)分类(?:科目)?$|项目名称|^单位$|名称\(科目\)$|(?:经济|功能)(?:分类)?科目$"
)
# Words about a project or a row that are neither its name nor an amount.
_TOTAL = re.compile(r"^(?:合计|总计)$")
_TEXT = re.compile(
    r"^类[型别]$|^项目(?:承担|实施)?(?:单位|类[型别]|性质)$|^主管部门$|^备注$|^说明$|^是否|^支出方向$|^资金性质$"
)
_ORDINAL = re.compile(r"^(?:行次|序号|栏次)$")
_GENERIC = re.compile(
    r"^(?:(?:20\d\d年度?)?(?:本年|当年)?(?:全年|年初)?(?:预算|决算|执行)数?|金额|数额)(?:\(万元\)|\(元\))?$"
)
PHASE_OF_KIND = {"budget": "budget", "final_accounts": "actual"}
AMOUNT = re.compile(r"^(?:合计|小计|总计|金额)$|(?:预算|决算|执行)(?:统计)?数$")
_SUBTOTAL = re.compile(r"^(?:小计|合计)$")
PHASE_ROWS = {"预算": "budget", "决算": "actual"}


class HeaderColumn(NamedTuple):
    """Column of a grid: its header path, its role, and the phase (预算, 决算) it states."""

    at: int
    path: tuple[str, ...]
    role: str
    phase: str = ""


def header_column(index: int, path: tuple[str, ...]) -> HeaderColumn:
    leaf = path[-1] if path else ""
    whole = "/".join(path)
    if len(path) > 1 and _TOTAL.match(leaf):
        # 合计, the first row's label, printed under 科目编码 before the header has ended
        path = path[:-1] if re.search(r"编码|代码|名称", path[-2]) else path
        leaf = path[-1]
    if _ORDINAL.match(leaf):
        return HeaderColumn(index, path, "ordinal")
    if _OTHER_CODE.search(whole):
        return HeaderColumn(index, path, "other")
    if _UNIT_CODE.search(leaf):
        return HeaderColumn(index, path, "unit_code")
    if _CODE.search(leaf) and not leaf.endswith("名称"):
        return HeaderColumn(index, path, "key")
    if _TEXT.search(leaf):
        return HeaderColumn(index, path, "text")
    if _LABEL.search(leaf):
        return HeaderColumn(index, path, "label")
    return HeaderColumn(index, path, "value", phase_of(path))


def with_own_year(columns: Sequence[HeaderColumn], title: str, about: About) -> list[HeaderColumn]:
    """Columns; values of other years and comparisons are `compared`."""
    values = [column for column in columns if column.role == "value"]
    own = of_own_year([column.path for column in values], title, about)
    return _others(columns, {c.at for c, mine in zip(values, own, strict=True) if not mine})


def with_own_phase(columns: Sequence[HeaderColumn], title: str, about: About) -> list[HeaderColumn]:
    values = [column for column in columns if column.role == "value"]
    own = of_own_phase([column.path for column in values], title, about)
    return _others(columns, {c.at for c, mine in zip(values, own, strict=True) if not mine})


def _others(columns: Sequence[HeaderColumn], others: set[int]) -> list[HeaderColumn]:
    return [c._replace(role="compared") if c.at in others else c for c in columns]


def named_column(form: Form, column: HeaderColumn, side: str = "") -> tuple[str, int] | None:
    """The contract's column, and how exactly it is named; a phase (预算数) is looked through."""
    path, through = column.path, False
    while path:
        match = name_of(form, path, side)
        if match is not None:
            return match.column, 0 if through else match.exactness
        through = through or _SUBTOTAL.match(path[-1]) is not None
        if not (_GENERIC.match(path[-1]) or _SUBTOTAL.match(path[-1])):
            return None
        path = path[:-1]
    return None


def _names(form: Form, columns: Sequence[HeaderColumn], side: str = "") -> tuple[str, ...]:
    named = [named_column(form, c, side) if c.role == "value" else None for c in columns]
    best: dict[str, int] = {}
    for found in named:
        if found is not None:
            best[found[0]] = max(best.get(found[0], 0), found[1])
    names: list[str] = []
    for n, (column, found) in enumerate(zip(columns, named, strict=True)):
        if column.role not in ("value", "compared") or _OTHER_CODE.search("/".join(column.path)):
            names.append("")
            continue
        own = found is not None and found[1] == best[found[0]] and found[0] not in names
        names.append(found[0] if found is not None and own else _foreign(column, n))
    return tuple(names)


def _foreign(column: HeaderColumn, n: int) -> str:
    """The n-th column by a name that the contract does not have."""
    return f"{COMPARED}{n}" if column.role == "compared" else f"~{n}"


def compared_columns(
    paths: Sequence[tuple[str, ...]], title: str, about: About, fixed: bool
) -> dict[int, str]:
    """The columns of another year or a comparison, of another phase too unless the form prints its
    phases (`fixed`), each with what its headers say."""
    columns = with_own_year([header_column(i, path) for i, path in enumerate(paths)], title, about)
    columns = columns if fixed else with_own_phase(columns, title, about)
    return {c.at: "/".join(c.path) for c in columns if c.role == "compared"}


def repeated_blocks(columns: Sequence[HeaderColumn]) -> list[list[HeaderColumn]]:
    """Side-by-side blocks: a new one begins where a key column follows a value column."""
    groups: list[list[HeaderColumn]] = [[]]
    for column in columns:
        has_value = any(c.role == "value" for c in groups[-1])
        begins = column.role == "key" or (column.role == "label" and not groups[-1])
        if begins and has_value:
            groups.append([])
        groups[-1].append(column)
    return groups


def side_of_path(path: Sequence[str], position: int) -> str:
    top = path[0] if path else ""
    if "支出" in top and "收入" not in top:
        return "expenditure:"
    if "收入" in top and "支出" not in top:
        return "income:"
    return "income:" if position == 0 else "expenditure:"


def names_of_paths(
    form: Form, paths: Sequence[tuple[str, ...]], title: str, about: About
) -> tuple[str, ...]:
    """The value columns that paths of headers name, left to right; `~n` for one of another year,
    a comparison, or one that nothing names."""
    return tuple(name for name in names_over(form, paths, title, about) if name)


def names_over(
    form: Form, paths: Sequence[tuple[str, ...]], title: str, about: About
) -> tuple[str, ...]:
    """As `names_of_paths`, one name a path; empty for keys, labels and ordinals."""
    columns = with_own_year([header_column(i, path) for i, path in enumerate(paths)], title, about)
    columns = with_own_phase(columns, title, about)
    groups = repeated_blocks(columns) if form.key == "economic_code" else [columns]
    names = [name for group in groups for name in _names(form, group)]
    return tuple(name if name not in names[:n] else "" for n, name in enumerate(names))


def label_places(paths: Sequence[tuple[str, ...]]) -> tuple[int, int]:
    """How many columns of words a project form has, and which of them holds the name; -1: none."""
    columns = [header_column(i, path) for i, path in enumerate(paths)]
    words = [c for c in columns if c.role in ("label", "text")]
    named = [n for n, c in enumerate(words) if "项目名称" in c.path[-1]]
    named = named or [n for n, c in enumerate(words) if c.role == "label"]
    return len(words), named[0] if named else -1


def sides_of_paths(
    form: Form, paths: Sequence[tuple[str, ...]], title: str, about: About
) -> dict[str, tuple[str, ...]]:
    """The value columns of each side of a two-sided form, by its prefix."""
    columns = with_own_year([header_column(i, path) for i, path in enumerate(paths)], title, about)
    columns = with_own_phase(columns, title, about)
    starts = [column.at for column in columns if column.role == "label"]
    found: dict[str, tuple[str, ...]] = {}
    for n, start in enumerate(starts):
        end = starts[n + 1] if n + 1 < len(starts) else len(columns)
        side = side_of_path(columns[start].path, n)
        names = _names(form, columns[start + 1 : end], side)
        found.setdefault(side, tuple(name for name in names if name))
    return found


def phases_of_paths(
    form: Form, paths: Sequence[tuple[str, ...]], title: str, about: About
) -> tuple[tuple[str, str], ...]:
    """(budget or actual, column) of each value column of a form without keys; ("", "~n") for one
    that is none; (budget or actual, "*") where the rows name the columns."""
    columns = with_own_year([header_column(i, path) for i, path in enumerate(paths)], title, about)
    values = [column for column in columns if column.role in ("value", "compared", "other")]
    alone = PHASE_OF_KIND.get(own_kind(title, about), "")
    found: list[tuple[str, str]] = []
    adjusted = [not initial for initial in one_budget([column.path for column in values])]
    for n, column in enumerate(values):
        named = named_column(form, column) if column.role == "value" else None
        row = PHASE_ROWS.get(column.phase, alone)
        name = named[0] if named else BY_LABEL if AMOUNT.search(column.path[-1]) else ""
        again = (row, name) in found and not (name == BY_LABEL and adjusted[n])
        taken = column.role != "value" or not name or again
        found.append(("", _foreign(column, n)) if taken else (row, name))
    return tuple(found)
