"""The shipped forms, as data: which statement a title names, which column a header term names.

In: `schemas/forms/*.yaml`. Out: `Form` values. A form is recognised by its title and by the set
of its value-column terms, never by its number or by the wording of its key columns.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

from pipeline.text import fold, row_label
from schemas.base import Frozen
from schemas.data import shipped, shipped_names
from schemas.readings import KeyKind

BY_LABEL = "*"
"""In a form map: the column is named by each row's label."""

# 某某局2025年项目支出表: the body and the year in front of a form's own name.
_BODY_IN_FRONT = re.compile(r"^.{2,40}(?<=[^\d])20\d\d年(?:度)?(?=.*表)")
_CARRIED = re.compile(r"(?:结转|结余)")
_INCOME = re.compile(r"本年收入")
_FUND = re.compile(r"一般公共预算|政府性基金|国有资本|财政专户|单位资金|非税")
_YEAR_OR_UNIT = re.compile(r"^其中:|^20\d\d年(?:度)?(?=\D{3})|\((?:万元|元|单位:\S+)\)$")
_NUMBERED = re.compile(r"^[(]?[一二三四五六七八九十\d]{1,2}[、.)](?=\D)")
_SUFFIX = re.compile(r"(?<=.{3})(?:预算|决算|执行)?(?:数|额)?$")


class ColumnTerms(Frozen):
    """Header terms (regular expressions on folded text) that name the column `id`, where `under`
    is found in a header above, on the side `side` of a two-sided form. Where a header is flattened,
    the column stands where its `group` stands."""

    id: str
    terms: tuple[str, ...]
    under: str = ""
    side: str = ""
    group: str = ""

    @cached_property
    def term(self) -> re.Pattern[str]:
        """All terms as one pattern."""
        return _any_of(self.terms)


class Form(Frozen):
    """A statement's form: title, key and column terms in the official order of the columns."""

    statement: str
    order: int
    title: str
    not_title: str = ""
    key: KeyKind
    sides: bool = False
    columns: tuple[ColumnTerms, ...]
    groups: tuple[str, ...] = ()
    seen_in: tuple[str, ...] = ()

    @cached_property
    def term(self) -> re.Pattern[str]:
        """The terms of all columns as one pattern."""
        return _any_of([term for column in self.columns for term in column.terms])

    def column_order(self) -> tuple[str, ...]:
        """Column ids in the official order, each once."""
        return tuple(dict.fromkeys(column.id for column in self.columns))


class Match(NamedTuple):
    """Column `column` named by a header, and how exactly: 2 with its group, 1 by its own name."""

    column: str
    exactness: int


@cache
def shipped_forms() -> tuple[Form, ...]:
    """All shipped forms in the order in which titles are tried."""
    forms = [Form.model_validate(shipped(name)) for name in shipped_names("forms")]
    return tuple(sorted(forms, key=lambda form: form.order))


@cache
def forms_hash() -> str:
    """sha256 over the shipped forms, for the run manifest."""
    text = "\n".join(form.model_dump_json() for form in shipped_forms())
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def form_of(statement: str) -> Form:
    """The shipped form of a statement. Raises KeyError."""
    return {form.statement: form for form in shipped_forms()}[statement]


@cache
def form_by_title(title: str) -> Form | None:
    """The form a title names; None where it names none for certain.

    >>> form_by_title("一般公共预算财政拨款基本支出决算明细表").statement
    'basic_expenditure'
    >>> form_by_title("财政拨款收入支出决算总表").statement
    'appropriation_summary'
    """
    folded = _BODY_IN_FRONT.sub("", fold(title)) or fold(title)
    for form in shipped_forms():
        if re.search(form.title, folded) and not (
            form.not_title and re.search(form.not_title, folded)
        ):
            return form
    return None


def name_of(form: Form, path: Sequence[str], side: str = "") -> Match | None:
    """The column that a header path (top to bottom, folded) names on a side of the form."""
    leaves = _leaves(path[-1] if path else "")
    if not any(form.term.fullmatch(leaf) for leaf in leaves):
        return None
    above = [_bare(text) for text in path[:-1]]
    best: Match | None = None
    for column in form.columns:
        if column.side and side and column.side != side:
            continue
        if not any(column.term.fullmatch(leaf) for leaf in leaves):
            continue
        if not _stands_under(form, column, above):
            continue
        match = Match(column.id, 2 if column.under else 1)
        if best is None or match.exactness > best.exactness:
            best = match
    return best


def item_of(form: Form, label: str) -> Match | None:
    """The column that a row's label names, in a form whose rows are its columns (三公, by rows)."""
    return name_of(form, (fold(row_label(label)).rstrip(":"),))


def _any_of(terms: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{term})" for term in terms))


@lru_cache(maxsize=1 << 14)
def _leaves(text: str) -> tuple[str, ...]:
    """A term as it is, bare, and without what budgets put behind it (事业收入预算, 公用经费决算数)."""
    ways = (_bare(text), text)
    return tuple(dict.fromkeys(way for one in ways for way in (one, _SUFFIX.sub("", one))))


def _stands_under(form: Form, column: ColumnTerms, above: Sequence[str]) -> bool:
    """False for a part of another column: 一般公共预算 under 上年结转, 基本支出 under 本年收入,
    办公费 under 项目支出, 合计 under one fund in a form of all funds."""
    if column.under:
        return any(re.search(column.under, text) for text in above)
    income = form.statement != "income" and any(_INCOME.fullmatch(text) for text in above)
    if income or any(_CARRIED.search(text) for text in above):
        return False
    if column.group and any(_is_other_group(form, column.group, text) for text in above):
        return False
    all_funds = form.statement in ("income", "expenditure") and column.id in ("total", "basic")
    return not (all_funds and any(_FUND.search(text) for text in above))


def _is_other_group(form: Form, group: str, text: str) -> bool:
    if re.search(group, text):
        return False
    if any(re.search(other, text) and re.search(group, other) for other in form.groups):
        return False
    groups = {column.group for column in form.columns if column.group}
    return any(re.search(other, text) for other in groups)


def _bare(text: str) -> str:
    """A header term without 其中:, a year in front and a unit in brackets."""
    return _NUMBERED.sub("", _YEAR_OR_UNIT.sub("", text))
