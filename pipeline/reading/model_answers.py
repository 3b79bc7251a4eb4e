"""The response models: what a model may answer, bounded, without a single computed number.

Printed numerals are strings. Lists have an end, so that a model caught in a loop is stopped by the
schema where the server enforces it. Every field is required, as strict schemas want it.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from schemas.vocabulary import TABLE_COLUMNS, TABLE_STATEMENTS, ClaimColumn, EvaluationColumn

MoneyUnit = Literal["", "元", "千元", "万元", "百万元", "亿元"]
Side = Literal["", "income", "expenditure", "budget", "actual"]
ColumnKind = Literal["row_numbers", "words", "amounts", "named_amounts", "any"]
"""What the cells of a grid column show: numbers of rows, words only, amounts (under a listed
heading: named), or neither."""
NO_STATEMENT: Final = "none"
PLAIN_ROLES: Final = ("key", "label", "ordinal", "skip")
SIDES: Final[dict[str, tuple[str, ...]]] = {
    "income_expenditure_summary": ("income", "expenditure"),
    "appropriation_summary": ("income", "expenditure"),
    "three_public": ("budget", "actual"),
}
"""Statements whose two sides may stand beside each other, and what their sides are called."""


class AnswerModel(BaseModel):
    """Base of all answers: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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


class FormPart(AnswerModel):
    """A form map as the model gives it. `columns["i"]` is the role of grid column i."""

    statement: str
    unit: MoneyUnit
    body_first: int
    body_last: int
    skip_rows: list[int] = Field(max_length=40)
    columns: dict[str, str]

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles in the order of the grid's columns."""
        return tuple(self.columns[str(index)] for index in range(len(self.columns)))


class FormAnswer(AnswerModel):
    """The answer of task form_map. Its schema lets a statement have its own columns only."""

    kinds: ClassVar[tuple[ColumnKind, ...]] = ()
    statements: ClassVar[tuple[str, ...]] = (*TABLE_STATEMENTS, NO_STATEMENT)
    form: FormPart

    @classmethod
    def model_json_schema(cls, *arguments: object, **options: object) -> dict[str, object]:
        """One alternative a statement: statement first, then roles of that statement alone."""
        parts = [_form_schema(name, cls.kinds) for name in cls.statements]
        form = parts[0] if len(parts) == 1 else {"anyOf": parts}
        return _closed({"form": form}) | {"title": cls.__name__}


@lru_cache
def form_answer(kinds: tuple[ColumnKind, ...], statement: str = "") -> type[FormAnswer]:
    """The answer model of a grid with such columns, of one statement where the title says it."""
    model = create_model(f"FormMap{len(kinds)}{statement}", __base__=FormAnswer)
    model.kinds = kinds
    if statement:
        model.statements = (statement,)
    return model


def roles_of_kind(statement: str, kind: ColumnKind) -> tuple[str, ...]:
    """The roles that a column may have by what its cells hold.

    >>> roles_of_kind("operating_expense", "amounts")
    ('skip', 'amount')
    """
    if kind == "row_numbers":
        return ("ordinal",)
    if kind == "words":
        return ("label", "skip")
    values = roles(statement)[len(PLAIN_ROLES) :]
    if kind in ("amounts", "named_amounts") and values:
        return values if kind == "named_amounts" else ("skip", *values)
    return roles(statement)


def _form_schema(statement: str, kinds: tuple[ColumnKind, ...]) -> dict[str, object]:
    units = {"type": "string", "enum": ["", "元", "千元", "万元", "百万元", "亿元"]}
    integer = {"type": "integer"}
    columns = {
        str(index): {"type": "string", "enum": list(roles_of_kind(statement, kind))}
        for index, kind in enumerate(kinds)
    }
    return _closed(
        {
            "statement": {"type": "string", "enum": [statement]},
            "unit": units,
            "body_first": integer,
            "body_last": integer,
            "skip_rows": {"type": "array", "items": integer, "maxItems": 40},
            "columns": _closed(columns),
        }
    )


def _closed(properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


class ClaimItem(AnswerModel):
    """A number of the prose: the occurrence, its subject, and what the model thinks it is."""

    line: int
    text: str
    nth: int
    subject: str
    column: ClaimColumn
    unit: str
    minus: bool


class ClaimsAnswer(AnswerModel):
    """The answer of task claims."""

    claims: list[ClaimItem] = Field(max_length=200)


class RowItem(AnswerModel):
    """A row of a table without a grid: its key and label, its numerals in printed order."""

    line: int
    side: Side
    key: str
    label: str
    values: list[str] = Field(max_length=20)


TableStatement = Literal[
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
    "none",
]


class RowsAnswer(AnswerModel):
    """The answer of task rows."""

    statement: TableStatement
    unit: MoneyUnit
    columns: list[str] = Field(max_length=20)
    rows: list[RowItem] = Field(max_length=120)


class PerformanceItem(AnswerModel):
    """A row of a performance form: three lists of one length."""

    line: int
    row: str
    texts: list[str] = Field(max_length=12)
    columns: list[EvaluationColumn] = Field(max_length=12)
    units: list[str] = Field(max_length=12)


class PerformanceForm(AnswerModel):
    """A form, or the rows of a summary form that are one project's."""

    name: str
    items: list[PerformanceItem] = Field(max_length=120)


class PerformanceAnswer(AnswerModel):
    """The answer of task performance."""

    forms: list[PerformanceForm] = Field(max_length=60)
