"""Numbers printed among a sum's operands that no fact holds.

In: a book and a failed sum. Out: those numbers. The rule it protects: a sum is not broken by a
number that was not read.
"""

from decimal import Decimal

from pipeline.checks.book import Book
from pipeline.checks.verdicts import Verdict
from pipeline.identities import ZERO, identity
from pipeline.text import numerals, parse_number

_MOST_LINES = 400
_SUMS = frozenset({"row_sum", "children", "cells"})


def unread_amounts(book: Book, found: Verdict) -> tuple[Decimal, ...]:
    """Amounts with decimals on the lines from the first operand to the last, held by no fact."""
    operands = [book.facts[i] for i in found.facts]
    first, last = min(f.line for f in operands), max(f.line for f in operands)
    last = min(last, first + _MOST_LINES, len(book.document.lines))
    known = {(fact.line, fact.raw) for fact in book.facts if first <= fact.line <= last}
    return tuple(
        parse_number(numeral.text)
        for number in range(first, last + 1)
        for numeral in numerals(book.document.lines[number - 1], number)
        if ("." in numeral.text or "," in numeral.text) and (number, numeral.text) not in known
    )


def explained_by_unread(book: Book, found: Verdict) -> bool:
    """True when one unread amount is just what a failed sum lacks."""
    if found.status != "fail" or identity(found.check).kind not in _SUMS or not found.facts:
        return False
    lacking, allowed = abs(found.difference or ZERO), found.allowed or ZERO
    return any(abs(abs(amount) - lacking) <= allowed for amount in unread_amounts(book, found))
