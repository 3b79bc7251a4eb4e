"""Identities as data, and the arithmetic of rounded numbers.

In: `schemas/identities.yaml` and printed decimals. Out: the catalogue (`identities`), the sums
within a row (`row_sums`) and exact intervals. The rule it protects: a printed number stands for
every number that rounds to it, and for no other; there is no epsilon.
"""

from collections.abc import Collection, Iterable
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

from pydantic import Field, TypeAdapter

from schemas.base import Frozen
from schemas.data import shipped
from schemas.findings import Severity

Kind = Literal["row_sum", "children", "cells", "same", "at_most", "rule", "open"]
Rule = Literal["T0", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9"]
ZERO = Decimal(0)


class Identity(Frozen):
    """An entry of the catalogue; which of the later fields it has depends on `kind`."""

    id: str
    kind: Kind
    zh: str
    en: str
    rule: Rule
    severity: Severity
    source: str
    statements: tuple[str, ...] = ()
    total: str = ""
    parts: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    inside: dict[str, str] = Field(default_factory=dict)
    may_be_inside: dict[str, str] = Field(default_factory=dict)
    confirms_only: bool = False
    why_zh: str = ""
    why_en: str = ""


class RowSum(NamedTuple):
    """In each row of a form: column `total` = sum of `parts`; a part `-x` is subtracted.

    A part that the form does not have counts as an exact 0."""

    id: str
    total: str
    parts: tuple[str, ...]


class Interval(NamedTuple):
    """All numbers from `low` to `high`, both included."""

    low: Decimal
    high: Decimal


@cache
def _catalogue() -> tuple[Identity, ...]:
    """Every entry, in the order of the file."""
    entries = TypeAdapter(tuple[Identity, ...]).validate_python(shipped("identities.yaml"))
    if len({entry.id for entry in entries}) != len(entries):
        raise ValueError("schemas/identities.yaml: an id stands twice")
    return entries


@cache
def identities() -> tuple[Identity, ...]:
    """The checks that are evaluated."""
    return tuple(entry for entry in _catalogue() if entry.kind != "open")


@cache
def open_checks() -> tuple[Identity, ...]:
    """The checks of the catalogue that are not evaluated, each with the reason."""
    return tuple(entry for entry in _catalogue() if entry.kind == "open")


@cache
def _by_id() -> dict[str, Identity]:
    return {entry.id: entry for entry in _catalogue()}


def identity(check: str) -> Identity:
    """The entry with this id. Raises KeyError."""
    return _by_id()[check]


@cache
def row_sums(statement: str, columns: frozenset[str] | None = None) -> tuple[RowSum, ...]:
    """The sums that hold within each row of a form; with `columns`, those that a form with these
    columns can have, without parts that another of its columns contains.

    >>> [s.id for s in row_sums("three_public", frozenset({"total", "vehicles", "reception"}))]
    ['A7']
    """
    entries = [e for e in identities() if e.kind == "row_sum" and statement in e.statements]
    if columns is None:
        return tuple(RowSum(e.id, e.total, e.parts) for e in entries if not e.without)
    return tuple(
        RowSum(e.id, e.total, counted_parts(e, columns)) for e in entries if fits(e, columns)
    )


def counted_parts(entry: Identity, columns: Collection[str]) -> tuple[str, ...]:
    """The parts without those that another of the form's columns contains."""
    return tuple(part for part in entry.parts if entry.inside.get(part) not in columns)


def fits(entry: Identity, columns: Collection[str]) -> bool:
    """True when a form with these columns can have this sum: its total, what it needs, a part."""
    return (
        entry.total in columns
        and all(column in columns for column in entry.needs)
        and not any(column in columns for column in entry.without)
        and any(part.lstrip("-") in columns for part in entry.parts)
    )


def half_unit(value: Decimal) -> Decimal:
    """Half a unit of the last printed digit.

    >>> half_unit(Decimal("12.30")), half_unit(Decimal("7"))
    (Decimal('0.005'), Decimal('0.5'))
    """
    return Decimal(5).scaleb(-decimals(value) - 1)


def decimals(value: Decimal) -> int:
    """How many digits are printed after the point."""
    return max(0, -int(value.as_tuple().exponent))


def printed_interval(value: Decimal, half: Decimal | None = None) -> Interval:
    """The numbers that print as `value`, its last digit worth twice `half`."""
    width = half_unit(value) if half is None else half
    return Interval(value - width, value + width)


def add(intervals: Iterable[Interval]) -> Interval:
    """The sums of one number of each interval; of none, exactly 0."""
    low = high = ZERO
    for interval in intervals:
        low += interval.low
        high += interval.high
    return Interval(low, high)


def scale(interval: Interval, factor: Decimal) -> Interval:
    """Every number times `factor`; a negative factor turns the ends."""
    ends = (interval.low * factor, interval.high * factor)
    return Interval(min(ends), max(ends))


def meets(one: Interval, other: Interval) -> bool:
    """True when a number lies in both."""
    return one.low <= other.high and other.low <= one.high


def ratio(part: Interval, whole: Interval) -> Interval | None:
    """The quotients part / whole; None when the whole may be 0.

    >>> ratio(Interval(Decimal(1), Decimal(2)), Interval(Decimal(4), Decimal(5)))
    Interval(low=Decimal('0.2'), high=Decimal('0.5'))
    """
    if whole.low <= 0 <= whole.high:
        return None
    corners = [p / w for p in part for w in whole]
    return Interval(min(corners), max(corners))


def is_function_code(code: str) -> bool:
    """True for 类, 款, 项 codes (3, 5, 7 digits, 201.. to 239..), not for codes of units.

    Source: 政府收支分类科目, 支出功能分类 begins at 201."""
    return code.isdigit() and len(code) in (3, 5, 7) and "201" <= code[:3] <= "239"


def is_economic_code(code: str) -> bool:
    """True for economic codes: 3xx (department) and 5xx (government), 3 or 5 digits."""
    return (
        code.isdigit() and len(code) in (3, 5) and code[:2] in ("30", "31", "39", "50", "51", "59")
    )


def parent_code(code: str, codes: Collection[str]) -> str | None:
    """The nearest ancestor that is in `codes`; `total` stands above every class.

    None for a code of no classification (a unit's code), and when no ancestor is there.

    >>> parent_code("2080505", {"208", "20805", "total"}), parent_code("2080505", {"208"})
    ('20805', '208')
    >>> parent_code("208", {"total"}), parent_code("685", {"total"})
    ('total', None)
    """
    if not (is_function_code(code) or is_economic_code(code)):
        return None
    for length in (5, 3):
        if length < len(code) and code[:length] in codes:
            return code[:length]
    return "total" if "total" in codes else None
