"""The words of the vocabulary in Chinese, for the prompt of task form_map.

In: a statement. Out: each of its value columns with what its heading says. Source: the statements
of the facts contract and the heads of the official forms.
"""

from collections.abc import Sequence
from typing import Final

from pipeline.reading.model_answers import PLAIN_ROLES, roles

_WORDS: Final[dict[str, str]] = {
    "total": "合计（或小计）",
    "amount": "唯一的金额列（金额、决算数、预算数）",
    "basic": "基本支出（或基本支出下的小计）",
    "project": "项目支出（或项目支出下的小计）",
    "to_superior": "上缴上级支出",
    "operating": "经营支出",
    "to_affiliated": "对附属单位补助支出",
    "fiscal_appropriation": "财政拨款收入",
    "superior_subsidy": "上级补助收入",
    "undertaking": "事业收入",
    "affiliated": "附属单位上缴收入",
    "other": "其他收入",
    "general_budget": "一般公共预算",
    "general_budget_appropriation": "其中：财政拨款",
    "government_fund": "政府性基金",
    "state_capital": "国有资本经营预算",
    "fiscal_account": "财政专户管理资金",
    "unit_funds": "单位资金",
    "carried_over": "上年结转",
    "carried_general_budget": "结转的一般公共预算",
    "carried_government_fund": "结转的政府性基金",
    "carried_state_capital": "结转的国有资本经营预算",
    "basic_wages": "工资福利支出",
    "basic_individuals": "对个人和家庭的补助",
    "basic_goods": "商品和服务支出",
    "basic_capital": "资本性支出",
    "project_operations": "其他运转类",
    "project_targeted": "特定目标类",
    "personnel": "人员经费",
    "public": "公用经费",
    "opening": "年初结转和结余",
    "income": "本年收入",
    "closing": "年末结转和结余",
    "opening_basic": "年初结转中的基本支出结转",
    "opening_project": "年初结转中的项目支出结转",
    "income_basic": "本年收入中的基本支出",
    "income_project": "本年收入中的项目支出",
    "closing_basic": "年末结转中的基本支出结转",
    "closing_project": "年末结转中的项目支出结转",
    "overseas": "因公出国（境）费",
    "vehicles": "公务用车购置及运行维护费小计",
    "vehicle_purchase": "公务用车购置费",
    "vehicle_operation": "公务用车运行维护费",
    "reception": "公务接待费",
    "meetings": "会议费",
    "training": "培训费",
    "operating_expense": "机关运行经费",
}
_OF_STATEMENT: Final[dict[tuple[str, str], str]] = {
    ("income", "total"): "本年收入合计",
    ("income", "operating"): "经营收入",
    ("expenditure", "total"): "本年支出合计",
    ("general_budget_expenditure", "total"): "本年支出合计",
    ("government_fund", "total"): "本年支出（小计）",
    ("state_capital", "total"): "本年支出（小计）",
}
_SIDES: Final = {
    "income": "收入侧",
    "expenditure": "支出侧",
    "budget": "预算数下",
    "actual": "决算数下",
}


def words_of(statements: Sequence[str]) -> str:
    """Each value role of the statements and its meaning, a line each, no line twice.

    >>> words_of(["operating_expense"])
    'amount 唯一的金额列（金额、决算数、预算数）'
    """
    lines = {
        f"{role} {_meaning(statement, role)}": None
        for statement in statements
        for role in roles(statement)[len(PLAIN_ROLES) :]
    }
    return "\n".join(lines)


def _meaning(statement: str, role: str) -> str:
    side, _, column = role.rpartition(":")
    meaning = _OF_STATEMENT.get((statement, column)) or _WORDS.get(column, column)
    return f"{_SIDES[side]}的{meaning}" if side else meaning
