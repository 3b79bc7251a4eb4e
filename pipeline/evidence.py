"""Which columns of a form the rest of the document fills.

In: rows of all forms, claims of the prose. Out: the columns of one form that another form or a
sentence gives an amount other than zero. A column that nothing fills may be taken as empty; that
is an assumption and marked as one.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from pipeline.identities import row_sums
from pipeline.reading.library import Form, form_of, name_of
from pipeline.text import fold, parse_number
from schemas.readings import ClaimReading, RowReading

_CARRIED = re.compile(r"^(?:上年|年初).*结转")
_LEFT = re.compile(r"^年末.*结转")
_PAID_BY = re.compile(r"^(?:一般公共预算)?财政拨款(?:安排的)?(?=.{4})")
# The columns of basic expenditure by the classes of the economic classification (政府收支分类科目).
_CLASSES = {
    "301": "basic_wages",
    "302": "basic_goods",
    "303": "basic_individuals",
    "309": "basic_capital",
    "310": "basic_capital",
}
_FUNDS = {
    "general_budget": re.compile(r"^一般公共预算"),
    "government_fund": re.compile(r"^政府性基金"),
    "state_capital": re.compile(r"^国有资本经营"),
}


class Evidence(NamedTuple):
    """Folded names with an amount other than zero: of the prose, of income lines, of totals;
    `flows` has, of each fund, which of opening, income and closing the summary of appropriations
    fills; `classes` the columns whose economic class the form of basic expenditure has."""

    claims: frozenset[str]
    income_lines: frozenset[str]
    filled: dict[str, frozenset[str]]
    flows: dict[str, frozenset[str]] = {}
    classes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, rows: Sequence[RowReading], claims: Sequence[ClaimReading]) -> "Evidence":
        """Collect the evidence of one document."""
        named = {
            _PAID_BY.sub("", fold(c.row))
            for c in claims
            if c.column in ("amount", "budget") and _filled(c.printed)
        }
        lines = {
            fold(row.row.removeprefix("income:"))
            for row in rows
            if row.row.startswith("income:") and any(_filled(v.printed) for v in row.values)
        }
        filled: dict[str, set[str]] = {}
        for row in rows:
            for value in row.values:
                if value.column and _filled(value.printed):
                    filled.setdefault(row.statement, set()).add(value.column)
        return cls(
            frozenset(named),
            frozenset(lines),
            {statement: frozenset(columns) for statement, columns in filled.items()},
            {fund: _flows(rows, fund) for fund in _FUNDS},
            _classes(rows),
        )


def _classes(rows: Sequence[RowReading]) -> frozenset[str]:
    return frozenset(
        _CLASSES[row.row[:3]]
        for row in rows
        if row.statement == "basic_expenditure"
        and row.row[:3] in _CLASSES
        and any(_filled(value.printed) for value in row.values)
    )


def _flows(rows: Sequence[RowReading], fund: str) -> frozenset[str]:
    """What the summary of appropriations says of a fund: lines of funds above what was carried over
    are the year's income, those below it the opening balance (the whole of which counts where no
    line parts it); 年末结转 is the closing balance where it is that fund's or nobody's."""
    found, below, parted, whole = set(), False, False, False
    for row in rows:
        if row.statement != "appropriation_summary":
            continue
        label = fold(row.row.partition(":")[2])
        filled = [value for value in row.values if _filled(value.printed)]
        if row.row.startswith("income:"):
            carried, mine = _CARRIED.search(label), _FUNDS[fund].search(label)
            below, whole = below or bool(carried), whole or bool(carried and filled)
            parted = parted or (below and any(p.search(label) for p in _FUNDS.values()))
            if mine and filled:
                found.add("opening" if below else "income")
        elif _LEFT.search(label) and any(v.column in ("", fund) for v in filled):
            found.add("closing")
    return frozenset(found | ({"opening"} if whole and not parted else set()))


def _filled(printed: str) -> bool:
    return parse_number(printed) != Decimal(0)


def supported_columns(
    statement: str, columns: Sequence[str], evidence: Evidence
) -> tuple[str, ...]:
    """`columns` without those that neither prose nor another form fills; the total stays, and so
    does the sum of columns of which one is filled."""
    form = form_of(statement)
    kept = {"total", "amount"} | _by_names(form, evidence) | _by_forms(statement, evidence)
    kept |= {one.total for one in row_sums(statement, frozenset(columns)) if kept & {*one.parts}}
    if "general_budget" in kept:
        kept.add("general_budget_appropriation")
    return tuple(column for column in columns if column in kept or column.startswith("~"))


def _by_names(form: Form, evidence: Evidence) -> set[str]:
    names = set(evidence.claims)
    if form.statement == "income":
        names |= evidence.income_lines
    found = {match.column for name in names if (match := name_of(form, (name,)))}
    if form.statement == "income" and any(_is_fund(line) for line in evidence.income_lines):
        found.add("fiscal_appropriation")
    return found


def _is_fund(line: str) -> bool:
    return any(pattern.search(line) for pattern in _FUNDS.values())


def _by_forms(statement: str, evidence: Evidence) -> set[str]:
    """Funds by the income lines; kinds of spending by the other spending form."""
    found = {
        fund
        for fund, pattern in _FUNDS.items()
        if any(pattern.search(line) for line in evidence.income_lines)
    }
    if any(_CARRIED.search(line) for line in evidence.income_lines):
        found |= {f"carried_{fund}" for fund in found}
    if statement in ("expenditure", "general_budget_expenditure"):
        found |= evidence.filled.get("expenditure", frozenset())
        found |= evidence.filled.get("general_budget_expenditure", frozenset())
        found |= evidence.classes
    if statement in _FUNDS:
        found |= evidence.flows.get(statement, frozenset())
        found |= evidence.filled.get("expenditure", frozenset())
    if "general_budget_expenditure" in evidence.filled:
        found.add("general_budget")
    return found
