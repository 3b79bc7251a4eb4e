"""The closed vocabulary of the facts contract: statements, columns, kinds, units."""

from decimal import Decimal
from typing import Final, Literal, get_args

Statement = Literal[
    "income_expenditure_summary",
    "income",
    "expenditure",
    "appropriation_summary",
    "general_budget_expenditure",
    "basic_expenditure",
    "economic_summary",
    "three_public",
    "government_fund",
    "state_capital",
    "projects",
    "operating_expense",
    "claim",
    "evaluation",
]
STATEMENTS: Final[tuple[str, ...]] = get_args(Statement)
TABLE_STATEMENTS: Final[tuple[str, ...]] = STATEMENTS[:-2]

DocumentKind = Literal["final_accounts", "budget", "unknown"]
Reader = Literal["form", "grammar", "sequence", "model", "ocr", "human"]
PlacedBy = Literal["", "arithmetic", "assumed_empty"]
ClaimColumn = Literal[
    "amount", "share", "change", "change_rate", "budget", "completion_rate", "count"
]
CLAIM_COLUMNS: Final[tuple[str, ...]] = get_args(ClaimColumn)
EvaluationColumn = Literal[
    "initial_budget",
    "adjusted_budget",
    "executed",
    "execution_rate",
    "weight",
    "score",
    "target",
    "actual",
    "deviation",
]
EVALUATION_COLUMNS: Final[tuple[str, ...]] = get_args(EvaluationColumn)

_FUNDS = ("general_budget", "government_fund", "state_capital")
_SPENDING = ("total", "basic", "project", "to_superior", "operating", "to_affiliated")
_BUDGET_SPENDING = (
    "basic_wages",
    "basic_individuals",
    "basic_goods",
    "basic_capital",
    "project_operations",
    "project_targeted",
)
_FLOW_PARTS = tuple(
    f"{of}_{part}" for of in ("opening", "income", "closing") for part in ("basic", "project")
)
_FUND_FLOW = ("opening", "income", "total", "basic", "project", "closing", *_FLOW_PARTS)
TABLE_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "income_expenditure_summary": ("amount", "basic", "personnel", "public", "project"),
    "income": (
        "total",
        "fiscal_appropriation",
        "general_budget",
        "government_fund",
        "state_capital",
        "fiscal_account",
        "superior_subsidy",
        "undertaking",
        "operating",
        "affiliated",
        "other",
        "carried_over",
    ),
    "expenditure": _SPENDING + _BUDGET_SPENDING,
    "appropriation_summary": ("amount", "total", *_FUNDS, "general_budget_appropriation"),
    "general_budget_expenditure": (
        *_SPENDING,
        *_BUDGET_SPENDING,
        *("personnel", "public", "opening", "income", "closing"),
        *_FLOW_PARTS,
    ),
    "basic_expenditure": ("amount", "total", "personnel", "public"),
    "economic_summary": (
        "amount",
        "total",
        *_FUNDS,
        "general_budget_appropriation",
        "basic",
        "project",
        "fiscal_account",
        "unit_funds",
        "carried_over",
    ),
    "three_public": (
        "total",
        "overseas",
        "vehicles",
        "vehicle_purchase",
        "vehicle_operation",
        "reception",
        "meetings",
        "training",
        "operating_expense",
    ),
    "government_fund": _FUND_FLOW + _BUDGET_SPENDING,
    "state_capital": _FUND_FLOW + _BUDGET_SPENDING,
    "projects": (
        "total",
        *_FUNDS,
        "fiscal_account",
        "unit_funds",
        "carried_over",
        "carried_general_budget",
        "carried_government_fund",
        "carried_state_capital",
    ),
    "operating_expense": ("amount",),
}
"""The value columns of each statement: the contract's, and those of forms it answers with "…"."""

YUAN_PER_UNIT: Final[dict[str, Decimal]] = {
    "元": Decimal(1),
    "千元": Decimal(1000),
    "万元": Decimal(10000),
    "万": Decimal(10000),
    "百万元": Decimal(1000000),
    "亿元": Decimal(100000000),
    "亿": Decimal(100000000),
}
"""Money units and their value in 元. 万 and 亿 alone count as money only on money columns."""

MONEY_COLUMNS: Final[frozenset[str]] = frozenset(
    {"amount", "budget", "change", "initial_budget", "adjusted_budget", "executed"}
)
