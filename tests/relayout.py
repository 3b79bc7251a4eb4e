"""Golden facts written out again in other layouts (seeded), to see what of them is read back.

A form is rendered as tab-separated, one cell a line, piped or flattened text, with permuted
columns, other header wording and wrapping, other ordinals, dropped empty columns and page breaks.
"""

import random
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from drawing import aligned_row, width

from schemas.facts import Fact
from schemas.vocabulary import TABLE_STATEMENTS

LAYOUTS = ("tabs", "cells", "pipes", "flat", "aligned")
_FOOT = re.compile(r"合计$|总计$|结转|结余|本年收入$|本年支出$")
_CN = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"]


class Leaf(NamedTuple):
    """A value column: the contract's id and the words of its header, one of which is taken."""

    column: str
    words: tuple[str, ...]
    group: tuple[str, ...] = ()


class Rendered(NamedTuple):
    """The text, and the facts (statement, row, column, printed) that stand in it."""

    text: str
    layout: str
    facts: frozenset[tuple[str, str, str, str]]


_SPENDING = (
    Leaf("total", ("本年支出合计", "支出合计", "合计")),
    Leaf("basic", ("基本支出",)),
    Leaf("project", ("项目支出",)),
    Leaf("to_superior", ("上缴上级支出",)),
    Leaf("operating", ("经营支出",)),
    Leaf("to_affiliated", ("对附属单位补助支出",)),
)
_NESTED = (
    Leaf("total", ("合计", "总计")),
    Leaf("basic", ("小计",), ("基本支出",)),
    Leaf("basic_wages", ("工资福利支出",), ("基本支出",)),
    Leaf("basic_individuals", ("对个人和家庭的补助",), ("基本支出",)),
    Leaf("basic_goods", ("商品和服务支出",), ("基本支出",)),
    Leaf("project", ("小计",), ("项目支出",)),
    Leaf("project_operations", ("其他运转类",), ("项目支出",)),
    Leaf("project_targeted", ("特定目标类",), ("项目支出",)),
)
_FLOW = (
    Leaf("opening", ("年初结转和结余",)),
    Leaf("income", ("本年收入",)),
    Leaf("total", ("小计",), ("本年支出",)),
    Leaf("basic", ("基本支出",), ("本年支出",)),
    Leaf("project", ("项目支出",), ("本年支出",)),
    Leaf("closing", ("年末结转和结余",)),
)
_TITLES = {
    "income_expenditure_summary": ("收入支出决算总表", "部门收支总体情况表", "部门收支预算总表"),
    "income": ("收入决算表", "部门收入总体情况表", "部门收入预算总表"),
    "expenditure": ("支出决算表", "部门支出总体情况表", "部门支出预算总表"),
    "appropriation_summary": ("财政拨款收入支出决算总表", "财政拨款收支总体情况表"),
    "general_budget_expenditure": ("一般公共预算财政拨款支出决算表", "一般公共预算支出情况表"),
    "basic_expenditure": ("一般公共预算财政拨款基本支出决算明细表", "一般公共预算基本支出表"),
    "three_public": ("财政拨款“三公”经费支出决算表", "一般公共预算“三公”经费支出表"),
    "government_fund": ("政府性基金预算财政拨款收入支出决算表",),
    "state_capital": ("国有资本经营预算财政拨款支出决算表",),
    "projects": ("项目支出表",),
    "operating_expense": ("机关运行经费表",),
    "economic_summary": ("支出经济分类汇总表",),
}
_LEAVES = {
    "income": (
        Leaf("total", ("本年收入合计", "合计")),
        Leaf("fiscal_appropriation", ("财政拨款收入",)),
        Leaf("superior_subsidy", ("上级补助收入",)),
        Leaf("undertaking", ("事业收入",)),
        Leaf("operating", ("经营收入",)),
        Leaf("affiliated", ("附属单位上缴收入",)),
        Leaf("other", ("其他收入",)),
    ),
    "basic_expenditure": (
        Leaf("amount", ("决算数", "金额", "预算数")),
        Leaf("total", ("合计",)),
        Leaf("personnel", ("人员经费",)),
        Leaf("public", ("公用经费",)),
    ),
    "economic_summary": (
        Leaf("total", ("总计", "合计")),
        Leaf("general_budget", ("小计",), ("一般公共预算",)),
        Leaf("general_budget_appropriation", ("财政拨款",), ("一般公共预算",)),
    ),
    "three_public": (
        Leaf("total", ("合计",)),
        Leaf("overseas", ("因公出国（境）费",)),
        Leaf("vehicles", ("小计",), ("公务用车购置及运行维护费",)),
        Leaf("vehicle_purchase", ("公务用车购置费",), ("公务用车购置及运行维护费",)),
        Leaf("vehicle_operation", ("公务用车运行维护费",), ("公务用车购置及运行维护费",)),
        Leaf("reception", ("公务接待费",)),
    ),
    "government_fund": _FLOW,
    "state_capital": _FLOW,
    "projects": (
        Leaf("total", ("合计",)),
        Leaf("general_budget", ("一般公共预算",), ("本年拨款",)),
        Leaf("government_fund", ("政府性基金预算",), ("本年拨款",)),
    ),
    "operating_expense": (Leaf("amount", ("金额", "合计")),),
}
_SIDE_LEAVES = (
    Leaf("total", ("合计",)),
    Leaf("general_budget", ("一般公共预算财政拨款", "一般公共预算")),
    Leaf("general_budget_appropriation", ("其中：财政拨款",)),
    Leaf("government_fund", ("政府性基金预算财政拨款", "政府性基金预算")),
    Leaf("state_capital", ("国有资本经营预算财政拨款", "国有资本经营预算")),
)
_KEYS = {
    "function": (("功能分类科目编码", "科目编码", "科目代码"), ("科目名称", "功能分类科目名称")),
    "economic": (("经济分类科目编码", "科目编码", "科目代码"), ("科目名称",)),
}


def render(facts: Sequence[Fact], seed: int) -> Rendered:
    """All table facts of a golden document as one text in one layout."""
    dice = random.Random(seed)
    layout = LAYOUTS[seed % len(LAYOUTS)]
    pages, kept = [], []
    for statement in TABLE_STATEMENTS:
        mine = [fact for fact in facts if fact.statement == statement]
        if mine:
            lines, told = _form(statement, mine, layout, dice)
            pages.append(lines)
            kept += told
    text = "\n\n".join("\n".join(lines) for lines in pages)
    return Rendered(text + "\n", layout, frozenset(kept))


def _form(
    statement: str, facts: Sequence[Fact], layout: str, dice: random.Random
) -> tuple[list[str], list[tuple[str, str, str, str]]]:
    title = dice.choice(_TITLES[statement])
    unit = f"单位：{facts[0].unit}"
    body = "部门：某某市某某局"
    head = dice.choice(
        [[title, "", body, "", unit], [f"{unit}", title], [title, f"{body}    {unit}"]]
    )
    if statement in ("income_expenditure_summary", "appropriation_summary"):
        header, rows = _sides(statement, facts, dice)
    else:
        header, rows = _keyed(statement, facts, dice, layout)
    told = [(f.statement, f.row, f.column, f.raw) for f in facts]
    if layout in ("tabs", "pipes") and dice.random() < 0.3:
        blank = [""] * (len(header[0]) - 2)
        header = [["某某市某某局", *blank, unit], *header]
        head = [title, ""]
    lines = _draw(header, rows, layout, dice)
    note = ["", "注：本表反映部门本年度收支情况。"] if dice.random() < 0.5 else []
    return [*head, "", *lines, *note], told


Row = list[str]


def _columns(statement: str, facts: Sequence[Fact], dice: random.Random) -> list[Leaf]:
    """Leaves in a new order; groups stay together; columns without a number other than 0 and
    without any number may be missing (never a column that prints one)."""
    used = {fact.column for fact in facts}
    leaves = _LEAVES.get(statement, ())
    if statement in ("expenditure", "general_budget_expenditure"):
        leaves = _NESTED if "basic_wages" in used else _SPENDING
        if statement == "general_budget_expenditure" and "basic_wages" not in used:
            leaves = leaves[:3]
    chosen = [
        leaf for leaf in leaves if leaf.column in used or _may_be_empty(leaf, statement, dice)
    ]
    units: list[list[Leaf]] = []
    for leaf in chosen:
        if units and leaf.group and units[-1][-1].group == leaf.group:
            units[-1].append(leaf)
        else:
            units.append([leaf])
    if dice.random() < 0.5:
        dice.shuffle(units)
    return [leaf for unit in units for leaf in unit]


def _may_be_empty(leaf: Leaf, statement: str, dice: random.Random) -> bool:
    return statement in ("income", "expenditure") and dice.random() < 0.5


def _keyed(
    statement: str, facts: Sequence[Fact], dice: random.Random, layout: str
) -> tuple[list[Row], list[Row]]:
    leaves = _columns(statement, facts, dice)
    words = [dice.choice(leaf.words) for leaf in leaves]
    groups = [leaf.group[0] if leaf.group else "" for leaf in leaves]
    by_row: dict[str, dict[str, Fact]] = {}
    for fact in facts:
        by_row.setdefault(fact.row, {})[fact.column] = fact
    if statement == "three_public":
        return _header(["项目"], groups, words), [
            [{"budget": "预算数", "actual": "决算数"}[key], *_cells(cells, leaves)]
            for key, cells in by_row.items()
        ]
    kind = (
        "economic"
        if statement in ("basic_expenditure", "economic_summary", "operating_expense")
        else "function"
    )
    names = [dice.choice(_KEYS[kind][0]), dice.choice(_KEYS[kind][1])]
    if statement == "projects":
        names = ["项目名称"]
    rows = []
    for key, cells in by_row.items():
        label = next(iter(cells.values())).label
        rows.append([*_key_cells(statement, key, label), *_cells(cells, leaves)])
    if kind == "function" and statement != "projects" and dice.random() < 0.3:
        rows.insert(0, ["", "某某市某某局", *[""] * len(leaves)])
    if layout != "cells" and dice.random() < 0.3:
        names = ["序号", *names]
        rows = [[str(n), *row] for n, row in enumerate(rows, start=1)]
    return _header(names, groups, words), rows


def _key_cells(statement: str, key: str, label: str) -> list[str]:
    if statement == "projects":
        return ["合计" if key == "total" else key]
    if key == "total":
        return ["", label or "合计"]
    if key in ("personnel_total", "public_total"):
        return ["", label]
    return [key, label]


def _cells(cells: dict[str, Fact], leaves: Sequence[Leaf]) -> list[str]:
    return [cells[leaf.column].raw if leaf.column in cells else "" for leaf in leaves]


def _header(names: Sequence[str], groups: Sequence[str], words: Sequence[str]) -> list[Row]:
    if not any(groups):
        return [[*names, *words]]
    upper = [*names]
    lower = ["" for _ in names]
    for n, (group, word) in enumerate(zip(groups, words, strict=True)):
        upper.append((group if not n or groups[n - 1] != group else "") if group else word)
        lower.append(word if group else "")
    return [upper, lower]


def _sides(
    statement: str, facts: Sequence[Fact], dice: random.Random
) -> tuple[list[Row], list[Row]]:
    left, right = _level(_side(facts, "income:"), _side(facts, "expenditure:"))
    used = {fact.column for fact in facts if fact.row.startswith("expenditure:")}
    leaves = [leaf for leaf in _SIDE_LEAVES if leaf.column in used]
    words = [dice.choice(leaf.words) for leaf in leaves]
    amount = dice.choice(["金额", "决算数", "预算数"])
    if statement == "income_expenditure_summary":
        leaves, words = [Leaf("amount", ())], [amount]
    ordinal = dice.choice(["cn", "bracket", "none"])
    numbered = dice.random() < 0.4
    rows = []
    for n in range(max(len(left), len(right))):
        a = left[n] if n < len(left) else ("", {})
        b = right[n] if n < len(right) else ("", {})
        income = a[1]["amount"].raw if "amount" in a[1] else ""
        lines = ([str(n + 1)], [str(n + 1 + max(len(left), len(right)))]) if numbered else ([], [])
        one = [_ordinal(a[0], n, ordinal), *lines[0], income]
        rows.append([*one, _ordinal(b[0], n, ordinal), *lines[1], *_cells(b[1], leaves)])
    extra = ["行次"] if numbered else []
    upper = ["收入", *[""] * len(extra), "", "支出", *[""] * (len(leaves) + len(extra))]
    lower = ["项目", *extra, amount, "项目", *extra, *words]
    return [upper, lower], rows


Labelled = tuple[str, dict[str, Fact]]


def _level(left: list[Labelled], right: list[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """Totals and balances of both sides stand on the same lines at the foot."""
    heads, tails = [], []
    for side in (left, right):
        cut = next((n for n, (label, _) in enumerate(side) if _FOOT.search(label)), len(side))
        heads.append(side[:cut])
        tails.append(side[cut:])
    empty: Labelled = ("", {})
    height = max(map(len, heads))
    foot = max(map(len, tails))
    level = [
        [*head, *[empty] * (height - len(head)), *[empty] * (foot - len(tail)), *tail]
        for head, tail in zip(heads, tails, strict=True)
    ]
    return level[0], level[1]


def _side(facts: Sequence[Fact], prefix: str) -> list[tuple[str, dict[str, Fact]]]:
    rows: dict[str, dict[str, Fact]] = {}
    for fact in facts:
        if fact.row.startswith(prefix):
            name = re.sub(r" #\d+$", "", fact.row.removeprefix(prefix))
            rows.setdefault(fact.row, {})[fact.column] = fact
            rows[fact.row]["name"] = fact.model_copy(update={"label": name})
    return [(cells.pop("name").label, cells) for cells in rows.values()]


def _ordinal(label: str, n: int, way: str) -> str:
    if not label or way == "none" or re.search(r"合计$|总计$|结转|结余", label):
        return label
    tens, ones = divmod(n + 1, 10)
    number = (("" if tens == 1 else _CN[tens - 1]) + "十" if tens else "") + (
        _CN[ones - 1] if ones else ""
    )
    return f"{number}、{label}" if way == "cn" else f"（{number}）{label}"


def _draw(header: list[Row], rows: list[Row], layout: str, dice: random.Random) -> list[str]:
    broken = dice.random() < 0.4 and len(rows) > 8
    if layout == "flat":
        return _flat(header, rows, broken, dice)
    if layout == "aligned":
        return _aligned(header, rows, broken)
    if layout == "cells":
        return _cell_lines(header, rows, dice)
    line = "\t".join if layout == "tabs" else (lambda cells: "| " + " | ".join(cells) + " |")
    lines = [line(row) for row in header]
    if layout == "pipes":
        lines.insert(1, "|" + " --- |" * len(header[0]))
    for n, row in enumerate(rows):
        if broken and n == len(rows) // 2:
            lines += ["", f"- {n} -", ""]
            if dice.random() < 0.7:
                lines += [line(row) for row in header]
        lines.append(line(row))
    return lines


def _cell_lines(header: list[Row], rows: list[Row], dice: random.Random) -> list[str]:
    """One cell a line; a merged header cell is one cell, whatever it spans."""
    lines: list[str] = []
    for row in [*_without_spans(header), *rows]:
        lines += [f"\t{cell}" for cell in row]
        lines.append("")
    del dice
    return lines


def _without_spans(header: list[Row]) -> list[Row]:
    if len(header) == 1:
        return header
    upper, lower = header
    kept = [cell for cell, below in zip(upper, lower, strict=True) if cell or not below]
    return [kept, lower]


def _flat(header: list[Row], rows: list[Row], broken: bool, dice: random.Random) -> list[str]:
    lines = []
    for row in header:
        words = [cell for cell in row if cell]
        if dice.random() < 0.5 and len(words) > 4:
            cut = dice.randrange(2, len(words) - 1)
            lines += [" ".join(words[:cut]), " ".join(words[cut:])]
        else:
            lines.append(" ".join(words))
    for n, row in enumerate(rows):
        if broken and n == len(rows) // 2:
            lines += ["", f"- {n} -", ""]
        lines.append(" ".join(cell for cell in row if cell))
    return lines


def _aligned(header: list[Row], rows: list[Row], broken: bool) -> list[str]:
    """As `pdftotext -layout` prints it: numbers end under one another, words begin there."""
    every = [*header, *rows]
    widths = [2 + max(width(row[c]) for row in every) for c in range(len(every[0]))]
    lines = [aligned_row(row, widths) for row in every]
    if broken:
        cut = len(header) + len(rows) // 2
        lines[cut:cut] = ["", "                    - 3 -", "\f"]
    return lines


def share(part: int, whole: int) -> str:
    """`part/whole` and the per cent."""
    return f"{part}/{whole} = {100 * part / whole:.2f} %" if whole else "0/0"


def readable(keys: Iterable[tuple[str, str, str, str]]) -> list[str]:
    """Keys as lines, sorted."""
    return sorted(" ".join(key) for key in keys)
