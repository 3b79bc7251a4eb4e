"""One evaluation of one identity: how far the printed numbers are apart, how far they may be.

In: printed numbers with their half units. Out: `Verdict`s. The rule it protects: a difference is
an error only when no true values behind the prints could satisfy the identity.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from pipeline.identities import Interval, meets, ratio
from schemas.findings import Severity, Status


class Amount(NamedTuple):
    """A printed number: index of its fact, value and half unit in the identity's unit, sign."""

    fact: int
    value: Decimal
    half: Decimal
    sign: int = 1

    @property
    def interval(self) -> Interval:
        return Interval(self.value - self.half, self.value + self.half)


class Grade(NamedTuple):
    """What came out: `difference` = computed - printed, `allowed` = what rounding can explain."""

    status: Status
    difference: Decimal
    allowed: Decimal


class Verdict(NamedTuple):
    """An identity evaluated on facts (or, for rules on words, on lines).

    `suspect` is the fact that a failure points to first; `facts` are all operands, its sum's total
    first, with `signs` where it is a sum. `words` is the message (zh, en) where it is no sum."""

    check: str
    status: Status
    facts: tuple[int, ...] = ()
    suspect: int | None = None
    signs: tuple[int, ...] = ()
    difference: Decimal | None = None
    allowed: Decimal | None = None
    expected: str = ""
    detail: str = ""
    lines: tuple[int, ...] = ()
    printed: str = ""
    words: tuple[str, str] = ("", "")
    severity: Severity | None = None
    confirms: bool = True


def grade_sum(total: Amount, parts: Sequence[Amount]) -> Grade:
    """Rule T1: closed intervals around every operand, the total too.

    A printed zero counts as an exact 0 until it alone would decide that the sum fails. A total
    with one part, all others blank, is one number printed twice: rule T0."""
    if len(parts) == 1:
        only = parts[0]
        return grade_same(Amount(only.fact, only.sign * only.value, only.half), total)
    difference = sum((part.sign * part.value for part in parts), Decimal(0)) - total.value
    allowed = total.half + sum((part.half for part in parts if part.value), Decimal(0))
    if difference == 0:
        return Grade("pass", difference, allowed)
    loose = allowed + sum((part.half for part in parts if not part.value), Decimal(0))
    return Grade("rounding_hint" if abs(difference) <= loose else "fail", difference, allowed)


def grade_same(one: Amount, other: Amount) -> Grade:
    """Rule T0: the finer print rounds to the coarser; at equal precision nothing is allowed.

    >>> grade_same(Amount(0, Decimal("1.25"), Decimal("0.005")), Amount(1, Decimal("1.3"), Decimal("0.05"))).status
    'pass'
    """
    fine, coarse = (one, other) if one.half <= other.half else (other, one)
    rounded = _round_to(fine.value, coarse.half)
    status: Status = "pass" if rounded == _round_to(coarse.value, coarse.half) else "fail"
    return Grade(status, one.value - other.value, Decimal(0))


def _round_to(value: Decimal, half: Decimal) -> Decimal:
    """Rounded to the unit whose half is given; works for 元 with a unit of 100 元 as well."""
    unit = half * 2
    if not unit:
        return value
    return (value / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


def grade_at_most(part: Amount, whole: Amount) -> Grade:
    """Rule T7: the least the part can be is no more than the most the whole can be."""
    excess = part.value - whole.value
    allowed = part.half + whole.half
    return Grade("pass" if excess <= allowed else "fail", excess, allowed)


def grade_ratio(part: Amount, whole: Amount, percent: Amount) -> Grade | None:
    """Rule T3: printed percent of part / whole; None when the whole may be 0."""
    quotient = ratio(part.interval, whole.interval)
    if quotient is None:
        return None
    exact = part.value / whole.value * 100
    if _round_to(exact, percent.half) == percent.value:
        return Grade("pass", exact - percent.value, percent.half)
    possible = Interval(quotient.low * 100, quotient.high * 100)
    status: Status = "rounding_hint" if meets(possible, percent.interval) else "fail"
    return Grade(status, exact - percent.value, percent.half + (possible.high - possible.low) / 2)


def best(grades: Sequence[Grade]) -> int:
    """Index of the best of several plausible evaluations: pass before hint before failure."""
    order = ("pass", "rounding_hint", "fail")
    return min(
        range(len(grades)), key=lambda i: (order.index(grades[i].status), abs(grades[i].difference))
    )
