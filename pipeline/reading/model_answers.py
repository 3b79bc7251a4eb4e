"""The response models: what a model may answer, bounded, without a single computed number.

Printed numerals are strings. Lists have an end, so that a model caught in a loop is stopped by the
schema where the server enforces it. Every field is required, as strict schemas want it; what the
title, the head or the cells decide alone is not asked at all.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, ClassVar, Final, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from pipeline.reading.model_vocabulary import (
    NO_STATEMENT,
    PLAIN_ROLES,
    role_of,
    roles,
    statement_of,
    statement_word,
    word_of,
)
from schemas.vocabulary import TABLE_STATEMENTS, ClaimColumn, EvaluationColumn

MoneyUnit = Literal["", "元", "千元", "万元", "百万元", "亿元"]
Side = Literal["", "income", "expenditure", "budget", "actual"]
ColumnKind = Literal[
    "row_numbers", "aside", "codes", "names", "keys", "words", "amounts", "named", "any"
]
"""What a grid column shows: numbers of rows; nothing of the form, as a column without anything
under its left neighbour's heading or words beside a column of names (aside); a heading of codes, of names, of both (keys); words only; amounts; nothing but under a
heading that the statement lists (named); or none of these."""
MAX_SKIPPED: Final = 40
"""Rows inside a body that are none of it: repeated headers of a long table."""
_PLAIN_KINDS: Final[dict[ColumnKind, tuple[str, ...]]] = {
    "row_numbers": ("ordinal",),
    "aside": ("skip",),
    "codes": ("key", "skip"),
    "names": ("label", "skip"),
    "keys": PLAIN_ROLES,
    "words": ("label", "skip"),
}


class Shape(NamedTuple):
    """What is known of a grid column before a model is asked: its kind, and the side over it."""

    kind: ColumnKind
    side: str = ""


class Asked(NamedTuple):
    """What is known of a grid before a model is asked: its columns, the statement of its title
    (empty: to be told), the unit of its head (empty: to be told), the numbers of the rows where the
    body may begin, where it may end, and of those inside that may be left out."""

    columns: tuple[Shape, ...] = ()
    statement: str = ""
    unit: str = ""
    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()
    skippable: tuple[int, ...] = ()


class AnswerModel(BaseModel):
    """Base of all answers: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FormPart(AnswerModel):
    """A form map in the contract's words. `columns["i"]` is the role of grid column i."""

    statement: str
    unit: MoneyUnit
    body_first: int
    body_last: int
    skip_rows: list[int]
    columns: dict[str, str]

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles in the order of the grid's columns."""
        return tuple(self.columns[str(index)] for index in range(len(self.columns)))


class FormAnswer(AnswerModel):
    """The answer of task form_map, in the words of the vocabulary: first and last row of the body,
    rows between them that are none, and the columns. Its schema lets a statement have its own
    columns only, and leaves out what is known."""

    asked: ClassVar[Asked] = Asked()
    statement: str = ""
    unit: MoneyUnit = ""
    first: int | None = None
    last: int | None = None
    skip: list[int] = Field(default=[], max_length=MAX_SKIPPED)
    columns: dict[str, str]

    @model_validator(mode="before")
    @classmethod
    def _unwrapped(cls, value: object) -> object:
        """Where the statement is asked the alternatives stand in a field: roots may have none."""
        return value["form"] if isinstance(value, dict) and set(value) == {"form"} else value

    @model_validator(mode="after")
    def _whole(self) -> "FormAnswer":
        for name, given, options in (
            ("first", self.first, self.asked.first),
            ("last", self.last, self.asked.last),
        ):
            if given is None and len(options) > 1:
                raise ValueError(f"{name} is missing")
        return self

    @property
    def form(self) -> FormPart:
        """The answer with what was known, in the contract's words."""
        statement = statement_of(self.statement) if self.statement else self.asked.statement
        known = _known_roles(self.asked, statement)
        sides = {str(index): shape.side for index, shape in enumerate(self.asked.columns)}
        said = {i: role_of(statement, word, sides.get(i, "")) for i, word in self.columns.items()}
        return FormPart(
            statement=statement,
            unit=self.unit,
            body_first=_row(self.first, self.asked.first),
            body_last=_row(self.last, self.asked.last),
            skip_rows=self.skip,
            columns=known | said,
        )

    @classmethod
    def model_json_schema(cls, *arguments: object, **options: object) -> dict[str, object]:
        """One alternative a statement: statement first, then roles of that statement alone."""
        named: dict[tuple[str, ...], str] = {}
        if cls.asked.statement:
            schema = _form_schema(cls.asked, cls.asked.statement, named)
        else:
            every = (*TABLE_STATEMENTS, NO_STATEMENT)
            parts = [_form_schema(cls.asked, statement, named) for statement in every]
            schema = _closed({"form": {"anyOf": parts}})
        defined = {name: _words(words) for words, name in named.items()}
        return schema | {"title": cls.__name__, "$defs": defined}


@lru_cache
def form_answer(asked: Asked) -> type[FormAnswer]:
    """The answer model of a grid of which so much is known."""
    model = create_model(f"FormMap{len(asked.columns)}{asked.statement}", __base__=FormAnswer)
    model.asked = asked
    return model


def roles_of_shape(statement: str, shape: Shape) -> tuple[str, ...]:
    """The roles that a column may have by what its cells hold and the side over it.

    >>> roles_of_shape("operating_expense", Shape("amounts"))
    ('skip', 'amount')
    >>> roles_of_shape("three_public", Shape("named", "actual"))[:2]
    ('actual:total', 'actual:overseas')
    """
    if shape.kind in _PLAIN_KINDS:
        return _PLAIN_KINDS[shape.kind]
    every = roles(statement)[len(PLAIN_ROLES) :]
    values = tuple(role for role in every if role.startswith(f"{shape.side}:")) or every
    if shape.kind == "named" and values:
        return values
    return (("skip",) if shape.kind == "amounts" and values else PLAIN_ROLES) + values


def _row(said: int | None, options: tuple[int, ...]) -> int:
    return said if said is not None else next(iter(options), 0)


def _known_roles(asked: Asked, statement: str) -> dict[str, str]:
    """The roles of the columns that can be one thing only."""
    if statement not in (*TABLE_STATEMENTS, NO_STATEMENT):
        return {}
    options = enumerate(roles_of_shape(statement, shape) for shape in asked.columns)
    return {str(index): found[0] for index, found in options if len(found) == 1}


def _form_schema(
    asked: Asked, statement: str, named: dict[tuple[str, ...], str]
) -> dict[str, object]:
    """The schema of a map of one statement; the lists of words that it uses go into `named`."""
    columns: dict[str, object] = {}
    for index, shape in enumerate(asked.columns):
        options = roles_of_shape(statement, shape)
        if len(options) > 1:
            words = tuple(word_of(statement, role, shape.side) for role in options)
            name = named.setdefault(words, f"w{len(named)}")
            columns[str(index)] = {"$ref": f"#/$defs/{name}"}
    told = {} if asked.statement else {"statement": _words((statement_word(statement),))}
    unit = {} if asked.unit else {"unit": _words(get_args(MoneyUnit))}
    rows = {
        name: _numbers(options)
        for name, options in (("first", asked.first), ("last", asked.last))
        if len(options) > 1
    }
    skip = {"type": "array", "items": _numbers(asked.skippable), "maxItems": MAX_SKIPPED}
    skipped = {"skip": skip} if asked.skippable else {}
    return _closed({**told, **unit, **rows, **skipped, "columns": _closed(columns)})


def _numbers(options: tuple[int, ...]) -> dict[str, object]:
    return {"type": "integer", "enum": list(options)}


def _words(words: tuple[str, ...]) -> dict[str, object]:
    return {"type": "string", "enum": list(words)}


def _closed(properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


Numeral = Annotated[str, Field(json_schema_extra={"pattern": "^-?[0-9][0-9,.]*$"})]
"""A printed numeral. A server that enforces the schema lets nothing else be written (a small model
would copy the sentence); of one that does not a unit behind the digits is still understood."""


class ClaimItem(AnswerModel):
    """A number of the prose: the occurrence, its subject, and what the model thinks it is."""

    line: int
    text: Numeral
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
    values: list[Numeral] = Field(max_length=20)


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
    texts: list[Numeral] = Field(max_length=12)
    columns: list[EvaluationColumn] = Field(max_length=12)
    units: list[str] = Field(max_length=12)


class PerformanceForm(AnswerModel):
    """A form, or the rows of a summary form that are one project's."""

    name: str
    items: list[PerformanceItem] = Field(max_length=120)


class PerformanceAnswer(AnswerModel):
    """The answer of task performance."""

    forms: list[PerformanceForm] = Field(max_length=60)
