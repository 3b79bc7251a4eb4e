"""Amounts of the prose whose digits were exchanged in copying (F4).

In: records. Out: verdicts. The rule it protects: a part of an account may have any amount, but not
by chance that of the account with two neighbouring digits exchanged.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from pipeline.checks.book import Book
from pipeline.checks.prose import Record
from pipeline.checks.subjects import bare_name
from pipeline.checks.verdicts import Amount, Verdict, grade_same
from pipeline.identities import is_function_code

_FORMS = ("general_budget_expenditure", "expenditure")
# Shorter numbers are one another with two digits exchanged by chance.
_ENOUGH = 4


def swap_verdicts(book: Book, records: Sequence[Record]) -> Iterator[Verdict]:
    """Every amount whose subject is named like an account of the forms."""
    accounts = _accounts(book)
    for record in records:
        fact, cells = record.cells.get("amount"), accounts.get(bare_name(record.row), [])
        if fact is None or any(_same(book.yuan(fact), book.yuan(i)) for i in cells):
            continue
        swapped = [i for i in cells if _swapped(book, fact, i)]
        if swapped:
            yield _verdict(book, fact, swapped[0])


def _accounts(book: Book) -> dict[str, list[int]]:
    """The cells of every item of the expenditure forms, by its name."""
    found: dict[str, list[int]] = {}
    for name in _FORMS:
        for form in book.forms.get(name, ()):
            for row in form.rows:
                if len(row.key) == 7 and is_function_code(row.key) and row.label:
                    found.setdefault(bare_name(row.label), []).extend(row.cells.values())
    return found


def _swapped(book: Book, one: int, other: int) -> bool:
    """Two neighbouring digits exchanged make the amount that of the cell, to the cell's precision."""
    cell, claim = book.yuan(other), book.yuan(one)
    fact = book.facts[one]
    few = len(book.facts[other].value.normalize().as_tuple().digits) < _ENOUGH
    if few or not fact.value or _same(claim, cell):
        return False
    factor = claim.value / fact.value
    return any(
        _same(claim._replace(value=value * factor), cell) for value in _exchanges(fact.value)
    )


def _same(one: Amount, other: Amount) -> bool:
    return grade_same(one, other).status == "pass"


def _exchanges(value: Decimal) -> Iterator[Decimal]:
    """The number with each pair of neighbouring, different digits exchanged."""
    sign, digits, exponent = value.as_tuple()
    for i, (one, two) in enumerate(pairwise(digits)):
        if one != two:
            yield Decimal((sign, (*digits[:i], two, one, *digits[i + 2 :]), int(exponent)))


def _verdict(book: Book, fact: int, other: int) -> Verdict:
    one, two = book.facts[fact], book.facts[other]
    return Verdict(
        "F4",
        "fail",
        (fact, other),
        fact,
        expected=two.raw,
        words=(
            f"{one.label}印为{one.raw}，表中为{two.raw}（第{two.line}行）：两位数字颠倒",
            f"{one.label} is printed {one.raw}, in the form {two.raw} (line {two.line}): two digits "
            "are exchanged",
        ),
        confirms=False,
    )
