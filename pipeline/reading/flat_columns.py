"""Header text of a flattened form -> its value columns in order, agreed with arithmetic.

In: header lines, and how many numbers each row prints. Out: column ids left to right; `~n` stands
for a column that is none of the contract's (the year before, 增减%). The rule it protects: the
columns taken are those under which no row has too many numbers and the full rows add up.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations
from math import comb

from pipeline.identities import RowSum, half_unit, row_sums
from pipeline.reading.flat_compared import compared_orders
from pipeline.reading.flat_header import header_paths, is_clean
from pipeline.reading.flat_income import grouped_income
from pipeline.reading.flat_stacked import column_orders
from pipeline.reading.header_columns import names_of_paths, sides_of_paths
from pipeline.reading.library import Form, name_of
from pipeline.reading.periods import About
from pipeline.text import parse_number

_CHOICES = 3000
_TAIL, _TOO_MANY = 3, 2
_HEADINGS = frozenset({"personnel", "public"})
_UNDER_HEADINGS = frozenset({"basic_wages", "basic_individuals", "basic_goods", "basic_capital"})
_PARTS = frozenset({"basic", "personnel", "public"})
# The 小计 before it is that of 事业收入, wherever on the line the two stand.
_TUITION = re.compile(r"小计其中:教育收费")
_FOREIGN = re.compile(r"增减|增长|上年(?!.{0,6}(?:结转|结余))|同比|占.{0,6}比|%|其中:教育")


def columns_for(
    form: Form,
    header: Sequence[Sequence[str]],
    rows: Sequence[Sequence[str]],
    about: tuple[str, About],
) -> tuple[str, ...]:
    """The columns of a keyed form; `rows` hold the printed numbers of each row ("" for a dash). Of
    the readings of the header that agree with the rows the first, in the order of its columns that
    fewest of them contradict, the official one before others; empty where none agrees."""
    text = tuple("".join(line) for line in header)
    plain = columns_in(form, text)
    named = names_of_paths(form, header_paths(form, header), *about)
    sure = is_foreign("".join(text)) or is_clean(form, header) or _repeats("".join(text))
    ways = [named, plain] if sure else [plain, named]
    compares = is_foreign(_TUITION.sub("", "".join(text)))
    orders = compared_orders(form, header) if compares else column_orders(form, header)
    orders = grouped_income(form, header) or orders
    fuller = [order for order in orders if _named(order) > max(map(_named, ways))]
    ways = [*_side_by_side(form, "".join(text)), *fuller, *ways, *orders]
    ways = [way for columns in ways for way in _headings_first(columns)]
    fitting = [columns for columns in dict.fromkeys(ways) if _named(columns)]
    fitting = [columns for columns in fitting if agrees(form, columns, rows)]
    if not any(parse_number(printed) for row in rows for printed in row if printed):
        # Zeros tell no order from another: the one that splits no balance by kind of spending.
        fitting.sort(key=lambda columns: sum("_" in column for column in columns))
    same = [columns for columns in fitting if set(columns) == set(fitting[0])]
    return min(same, key=lambda c: (_broken(form, c, rows), _turned(form, c)), default=())


def _headings_first(columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The columns without 人员经费 and 公用经费 where they stand over parts of their own
    (工资福利支出, 商品和服务支出), most often without a column; then with them."""
    if not (set(columns) >= _HEADINGS and _UNDER_HEADINGS & set(columns)):
        return [columns]
    return [tuple(column for column in columns if column not in _HEADINGS), columns]


def _turned(form: Form, columns: Sequence[str]) -> bool:
    """True where columns stand the other way round than in the official order: of two orders that
    are not official, neither is nearer the truth."""
    order = form.column_order()
    ranks = [order.index(column) for column in columns if column in order]
    return ranks != sorted(ranks)


def _side_by_side(form: Form, text: str) -> list[tuple[str, ...]]:
    """科目名称 | 决算数 two and three times beside one another: one number a row."""
    names = text.count("科目名称")
    amounts = len(re.findall(r"决算数|预算数|金额", text))
    return [("amount",)] if form.statement == "basic_expenditure" and 1 < names == amounts else []


def _named(columns: Sequence[str]) -> int:
    return sum(not column.startswith("~") for column in columns)


def _repeats(text: str) -> bool:
    """Blocks of one kind side by side: 科目名称 | 决算数 | 科目名称 | 决算数."""
    return text.count("科目名称") > 1 and "政府预算" not in text


def side_columns(
    form: Form, header: Sequence[Sequence[str]], about: tuple[str, About]
) -> list[dict[str, tuple[str, ...]]]:
    """The columns of either side of a two-sided form, in the ways that the header can be read."""
    text = tuple("".join(line) for line in header)
    sides = ("income:", "expenditure:")
    if is_foreign("".join(text)):
        found = sides_of_paths(form, header_paths(form, header), *about)
        return [{side: found.get(side, ()) for side in sides}]
    lone = {"income:": "amount", "expenditure:": _lone_column(form)}
    plain = {side: columns_in(form, text, side) or (lone[side],) for side in sides}
    own = plain["expenditure:"]
    orders = column_orders(form, header, "expenditure:")
    fuller = [order for order in orders if len(order) > len(own)]
    every = list(dict.fromkeys([*fuller, own, *orders]))
    parted = [_without_group(order) for order in every if set(order) >= _PARTS]
    every += sorted(parted, key=lambda order: _turned(form, order))
    return [{**plain, "expenditure:": order} for order in dict.fromkeys(every)]


def _without_group(columns: Sequence[str]) -> tuple[str, ...]:
    """基本支出 as a mere heading over 人员经费 and 公用经费, without a column of its own."""
    return tuple(column for column in columns if column != "basic")


def _lone_column(form: Form) -> str:
    return "total" if any(column.id == "total" for column in form.columns) else "amount"


def is_foreign(text: str) -> bool:
    """True for a header that names other years or comparisons beside the form's own columns."""
    return bool(_FOREIGN.search(text)) or len(set(re.findall(r"20[12]\d(?=年)", text))) > 1


def agrees(form: Form, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """No row has more numbers than columns, and four rows in five can add up."""
    rows = rows[: ends_at(columns, rows)]
    if any(len(row) > len(columns) for row in rows):
        return False
    return _broken(form, columns, rows) * 5 <= len(rows)


def ends_at(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Where, among the last rows, one prints far too many numbers: there another form goes on whose
    title and head were lost."""
    tail = range(max(1, len(rows) - _TAIL), len(rows))
    return next((n for n in tail if len(rows[n]) > len(columns) + _TOO_MANY), len(rows))


def _broken(form: Form, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """How many rows cannot add up under the columns."""
    sums = row_sums(form.statement, frozenset(columns))
    return sum(len(row) > len(columns) or not can_add_up(sums, columns, row) for row in rows)


def can_add_up(sums: Sequence[RowSum], columns: Sequence[str], printed: Sequence[str]) -> bool:
    """True where the numbers of a row, in their order, fit some of the columns."""
    if comb(len(columns), len(printed)) > _CHOICES:
        return True
    return any(adds_up(sums, some, printed) for some in combinations(columns, len(printed)))


def adds_up(sums: Iterable[RowSum], columns: Sequence[str], printed: Sequence[str]) -> bool:
    """The sums within one row; a blank is an exact 0."""
    named = {c: parse_number(p) for c, p in zip(columns, printed, strict=True) if p}
    for rule in sums:
        parts = [(named[p.lstrip("-")], p) for p in rule.parts if p.lstrip("-") in named]
        operands = [value for value, _ in parts]
        operands += [named[rule.total]] if rule.total in named else []
        allowed = sum((half_unit(value) for value in operands if value), Decimal(0))
        total = sum((-v if p.startswith("-") else v for v, p in parts), Decimal(0))
        if operands and abs(total - named.get(rule.total, Decimal(0))) > allowed:
            return False
    return True


def columns_in(form: Form, header: Sequence[str], side: str = "") -> tuple[str, ...]:
    """The value columns that the header names, in its order.

    A group's members printed on the next line stand where the group's name stands.
    """
    text = _TUITION.sub("", "".join(header))
    found = _named_spans(form, text, side)
    groups = [m for group in form.groups for m in re.finditer(group, text)]
    placed: list[tuple[int, int, str]] = []
    for start, end, column, under in found:
        heads = [
            m.start() for m in groups if under and re.search(under, m.group()) and m.end() <= start
        ]
        placed.append((heads[-1] if heads else start, start, column))
        del end
    return tuple(dict.fromkeys(column for _, _, column in sorted(placed)))


def _named_spans(form: Form, text: str, side: str) -> list[tuple[int, int, str, str]]:
    """Non-overlapping header terms, the longest first."""
    candidates = []
    for column in form.columns:
        if column.side and column.side != side:
            continue
        for term in column.terms:
            for match in re.finditer(term, text):
                under = column.under or column.group
                if column.under and not _is_member(form, text, match, column.under):
                    continue
                candidates.append((match.start(), match.end(), column.id, under))
    candidates = [one for one in candidates if not _heads_others(text, one, candidates)]
    candidates = _subtotals_in_order(text, candidates)
    candidates.sort(key=lambda c: (c[0] - c[1], c[0]))
    taken: list[tuple[int, int, str, str]] = []
    for candidate in candidates:
        if all(candidate[1] <= t[0] or candidate[0] >= t[1] for t in taken) and all(
            candidate[2] != t[2] for t in taken
        ):
            taken.append(candidate)
    return taken


def _is_member(form: Form, text: str, match: re.Match[str], under: str) -> bool:
    """小计 behind its group's name; a lone 合计 is the form's total, not a group's, and a lone
    基本支出 that of 本年支出, not of what was carried over."""
    word = match.group()
    if text.count(word) < 2 and word != "小计" and name_of(form, (word,)):
        return False
    return re.search(under, text[: match.start()]) is not None


def _subtotals_in_order(
    text: str, candidates: list[tuple[int, int, str, str]]
) -> list[tuple[int, int, str, str]]:
    """The first 小计 belongs to the first group that has one, the second to the second."""
    shared = sorted({c[:2] for c in candidates if c[3] and text[c[0] : c[1]] in ("小计", "合计")})
    names = {c[2]: c[3] for c in candidates if c[3] and c[:2] in shared}
    heads = [(m.start(), name) for name, under in names.items() if (m := re.search(under, text))]
    if len(shared) != len(heads) or len(shared) < 2:
        return candidates
    owner = dict(zip(shared, (name for _, name in sorted(heads)), strict=True))
    return [c for c in candidates if c[:2] not in owner or owner[c[:2]] == c[2]]


def _heads_others(
    text: str, one: tuple[int, int, str, str], taken: Sequence[tuple[int, int, str, str]]
) -> bool:
    """True for a group's name (本年支出) whose members, its own total among them, follow it."""
    members = [
        other
        for other in taken
        if other[3] and other[0] >= one[1] and re.search(other[3], text[one[0] : one[1]])
    ]
    return bool(members) and (one[2] == "total" or any(other[2] == one[2] for other in members))
