"""What every check reads: the document, its facts, their precision, the forms they fill.

In: a document and its facts. Out: a `Book`, and amounts in the printed unit or in 元.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from pipeline.checks.forms import Form, forms, half_units
from pipeline.checks.verdicts import Amount
from schemas.documents import Document
from schemas.facts import Fact
from schemas.vocabulary import YUAN_PER_UNIT


class Book(NamedTuple):
    """A document ready to be checked; `halves[i]` belongs to `facts[i]`."""

    document: Document
    facts: Sequence[Fact]
    halves: Sequence[Decimal]
    forms: Mapping[str, tuple[Form, ...]]

    def amount(self, fact: int, sign: int = 1) -> Amount:
        """The fact as printed, in its own unit."""
        return Amount(fact, self.facts[fact].value, self.halves[fact], sign)

    def yuan(self, fact: int, sign: int = 1) -> Amount:
        """The fact in 元 (rule T9); a unit that is none of money counts as it is."""
        factor = YUAN_PER_UNIT.get(self.facts[fact].unit, Decimal(1))
        return Amount(fact, self.facts[fact].value * factor, self.halves[fact] * factor, sign)

    def alike(self, cells: Sequence[int]) -> list[Amount]:
        """Facts in their common unit, or in 元 where their units differ."""
        units = {self.facts[i].unit for i in cells}
        return [self.amount(i) if len(units) == 1 else self.yuan(i) for i in cells]

    def only(self, statement: str) -> Form | None:
        """The form, where the document prints it exactly once."""
        found = self.forms.get(statement, ())
        return found[0] if len(found) == 1 else None


def open_book(document: Document, facts: Sequence[Fact]) -> Book:
    """Index the facts for checking."""
    return Book(document, facts, half_units(facts), forms(facts))
