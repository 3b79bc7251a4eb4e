"""What a column of a grid may be, and the Chinese words in which a model says so.

In: a statement. Out: the roles that its columns may have, and for each role the word that stands
in prompt, schema and answer. A word is what official headings print: shorter than the contract's
id, and a small model finds it by reading. Within a statement no word names two roles.
"""

from functools import lru_cache
from typing import Final

from schemas.vocabulary import TABLE_COLUMNS, TABLE_STATEMENTS

NO_STATEMENT: Final = "none"
PLAIN_ROLES: Final = ("key", "label", "ordinal", "skip")
SIDES: Final[dict[str, tuple[str, ...]]] = {
    "income_expenditure_summary": ("income", "expenditure"),
    "appropriation_summary": ("income", "expenditure"),
    "three_public": ("budget", "actual"),
}
"""Statements whose two sides may stand beside each other, and what their sides are called."""

_STATEMENT_WORDS: Final[dict[str, str]] = {
    "income_expenditure_summary": "收入支出总表",
    "income": "收入表",
    "expenditure": "支出表",
    "appropriation_summary": "财政拨款收支总表",
    "general_budget_expenditure": "一般公共预算支出表",
    "basic_expenditure": "基本支出表",
    "economic_summary": "支出经济分类表",
    "three_public": "三公经费表",
    "government_fund": "政府性基金表",
    "state_capital": "国有资本经营表",
    "projects": "项目支出表",
    "operating_expense": "运行经费表",
    NO_STATEMENT: "都不是",
}
_WORDS: Final[dict[str, str]] = {
    "key": "编码",
    "label": "名称",
    "ordinal": "行次",
    "skip": "略",
    "total": "合计",
    "amount": "金额",
    "basic": "基本支出",
    "project": "项目支出",
    "to_superior": "上缴上级",
    "operating": "经营支出",
    "to_affiliated": "补助附属单位",
    "fiscal_appropriation": "财政拨款",
    "superior_subsidy": "上级补助",
    "undertaking": "事业收入",
    "affiliated": "附属单位上缴",
    "other": "其他收入",
    "general_budget": "一般公共预算",
    "general_budget_appropriation": "其中财政拨款",
    "government_fund": "政府性基金",
    "state_capital": "国有资本",
    "fiscal_account": "财政专户",
    "unit_funds": "单位资金",
    "carried_over": "上年结转",
    "carried_general_budget": "结转一般公共预算",
    "carried_government_fund": "结转政府性基金",
    "carried_state_capital": "结转国有资本",
    "basic_wages": "工资福利",
    "basic_individuals": "个人家庭补助",
    "basic_goods": "商品服务",
    "basic_capital": "资本性支出",
    "project_operations": "其他运转类",
    "project_targeted": "特定目标类",
    "personnel": "人员经费",
    "public": "公用经费",
    "opening": "年初结转",
    "income": "本年收入",
    "closing": "年末结转",
    "opening_basic": "年初基本支出结转",
    "opening_project": "年初项目支出结转",
    "income_basic": "本年收入基本支出",
    "income_project": "本年收入项目支出",
    "closing_basic": "年末基本支出结转",
    "closing_project": "年末项目支出结转",
    "overseas": "因公出国费",
    "vehicles": "公务用车购置及运行维护费",
    "vehicle_purchase": "公务用车购置费",
    "vehicle_operation": "公务用车运行维护费",
    "reception": "公务接待费",
    "meetings": "会议费",
    "training": "培训费",
    "operating_expense": "机关运行经费",
}
_OF_STATEMENT: Final[dict[tuple[str, str], str]] = {
    ("income", "operating"): "经营收入",
    ("government_fund", "total"): "本年支出",
    ("state_capital", "total"): "本年支出",
}
_ALSO: Final[dict[str, str]] = {
    "amount": "决算数、预算数",
    "fiscal_appropriation": "财政拨款收入",
    "general_budget_appropriation": "一般公共预算下的其中：财政拨款",
}
"""What headings print for a word that is much shorter or another."""
_SIDE_WORDS: Final = {"income": "收入", "expenditure": "支出", "budget": "预算", "actual": "决算"}


@lru_cache
def roles(statement: str) -> tuple[str, ...]:
    """What a grid column of a statement may be.

    >>> roles("operating_expense")
    ('key', 'label', 'ordinal', 'skip', 'amount')
    """
    if statement == NO_STATEMENT:
        return PLAIN_ROLES
    columns = TABLE_COLUMNS[statement]
    sides = SIDES.get(statement, ())
    if statement == "appropriation_summary":
        return (*PLAIN_ROLES, "income:amount", *(f"expenditure:{column}" for column in columns))
    sided = tuple(f"{side}:{column}" for side in sides for column in columns)
    plain = () if statement == "income_expenditure_summary" else columns
    return PLAIN_ROLES + sided + plain


def statement_word(statement: str) -> str:
    """The word of a statement; unknown ones as they are."""
    return _STATEMENT_WORDS.get(statement, statement)


def statement_of(word: str) -> str:
    """The statement that a word names; a word that names none as it is."""
    return next((s for s in (*TABLE_STATEMENTS, NO_STATEMENT) if _STATEMENT_WORDS[s] == word), word)


def word_of(statement: str, role: str, side: str = "") -> str:
    """The word of a role in a statement, without its side where that is `side` (known); what is no
    role as it is.

    >>> word_of("three_public", "budget:total"), word_of("three_public", "budget:total", "budget")
    ('预算:合计', '合计')
    """
    own, _, column = role.rpartition(":")
    word = _OF_STATEMENT.get((statement, column)) or _WORDS.get(column, column)
    return f"{_SIDE_WORDS.get(own, own)}:{word}" if own != side and own else word


def explained(statement: str, role: str, side: str = "") -> str:
    """The word of a role, for a prompt: with what headings print for it.

    >>> explained("operating_expense", "amount")
    '金额（决算数、预算数）'
    """
    also = _ALSO.get(role.rpartition(":")[2])
    return word_of(statement, role, side) + (f"（{also}）" if also else "")


def role_of(statement: str, word: str, side: str = "") -> str:
    """The role that a word names in a statement, on a side where one is known; a word that names
    none as it is.

    >>> role_of("three_public", "合计", "actual"), role_of("expenditure", "别的")
    ('actual:total', '别的')
    """
    known = roles(statement) if statement in (*TABLE_COLUMNS, NO_STATEMENT) else ()
    first = sorted(known, key=lambda role: bool(side) and not role.startswith(f"{side}:"))
    return next((role for role in first if word_of(statement, role, side) == word), word)
