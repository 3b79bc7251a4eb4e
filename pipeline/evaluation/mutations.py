"""Mistakes made on purpose: golden facts with one error of a known class.

In: golden facts and a seeded draw. Out: the facts with the error, or None where the document
offers no place for it. The rule it protects: an instrument is trusted only as far as it names
errors that are known to be there.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Final

from pipeline.evaluation.diagnoses import Diagnosis, is_power_of_ten, one_edit
from pipeline.evaluation.matching import order
from pipeline.evaluation.residue import PHASES, block
from schemas.facts import Fact

Mutant = tuple[Fact, ...] | None
_Mutate = Callable[[Sequence[Fact], Random], Mutant]


def mutate(facts: Sequence[Fact], error: Diagnosis, draw: Random) -> Mutant:
    """The facts with one error of a class, somewhere at random. Raises KeyError for a class that
    cannot be injected."""
    return MUTATIONS[error](facts, draw)


def _replaced(facts: Sequence[Fact], old: Fact, *new: Fact) -> tuple[Fact, ...]:
    return (*(fact for fact in facts if fact is not old), *new)


def _pick(facts: Sequence[Fact], draw: Random, fits: Callable[[Fact], bool]) -> Fact | None:
    """A random fact that fits."""
    candidates = [fact for fact in facts if fits(fact)]
    return draw.choice(candidates) if candidates else None


def _with_value(fact: Fact, value: Decimal) -> Fact:
    """The fact with another number printed in the gold's fashion."""
    return fact.model_copy(update={"value": value, "raw": f"{abs(value):f}"})


def _unit_scale(facts: Sequence[Fact], draw: Random) -> Mutant:
    """万元 read as 元, or 亿元 as 万元."""
    fact = _pick(facts, draw, lambda f: f.value != 0 and f.unit in ("元", "万元", "亿元"))
    if fact is None:
        return None
    return _replaced(facts, fact, _with_value(fact, fact.value * draw.choice((10000, 100000000))))


def _sign(facts: Sequence[Fact], draw: Random) -> Mutant:
    fact = _pick(facts, draw, lambda f: f.value != 0)
    return _replaced(facts, fact, _with_value(fact, -fact.value)) if fact else None


def _rounded(facts: Sequence[Fact], draw: Random) -> Mutant:
    """Decimals dropped that were printed."""
    fact = _pick(facts, draw, lambda f: f.value != f.value.to_integral_value() and abs(f.value) > 1)
    return (
        _replaced(facts, fact, _with_value(fact, fact.value.to_integral_value())) if fact else None
    )


def _stale_period(facts: Sequence[Fact], draw: Random) -> Mutant:
    """年初预算 read as 全年预算, 执行数 as 预算数."""
    return _swapped(facts, draw, lambda one, other: {one.column, other.column} <= PHASES)


def _column_swap(facts: Sequence[Fact], draw: Random) -> Mutant:
    """Two columns of a row exchanged."""
    return _swapped(facts, draw, lambda one, other: not {one.column, other.column} <= PHASES)


def _swapped(
    facts: Sequence[Fact], draw: Random, fits: Callable[[Fact, Fact], bool]
) -> tuple[Fact, ...] | None:
    rows = defaultdict(list)
    for fact in facts:
        rows[fact.statement, fact.section, fact.row, fact.line].append(fact)
    pairs = [
        (one, other)
        for row in rows.values()
        for one in row
        for other in row
        if one.column < other.column and one.value != other.value and fits(one, other)
    ]
    if not pairs:
        return None
    one, other = draw.choice(pairs)
    rest = _replaced(facts, one)
    return _replaced(rest, other, _exchange(one, other), _exchange(other, one))


def _exchange(fact: Fact, other: Fact) -> Fact:
    """The fact's key with the other's number."""
    return fact.model_copy(update={"value": other.value, "raw": other.raw, "line": other.line})


def _row_shift(facts: Sequence[Fact], draw: Random) -> Mutant:
    """A column of a form slipped by one row over three rows."""
    columns: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=order):
        if fact.statement not in ("claim", "evaluation", "three_public"):
            columns[fact.statement, fact.column].append(fact)
    runs = [
        column[i : i + 4]
        for column in columns.values()
        for i in range(len(column) - 3)
        if len({fact.value for fact in column[i : i + 4]}) == 4
        and _adjoin(facts, column[i : i + 4])
    ]
    if not runs:
        return None
    chosen = draw.choice(runs)
    mutant = tuple(facts)
    for fact, other in pairwise(chosen):
        mutant = _replaced(mutant, fact, _exchange(fact, other))
    return mutant


def _adjoin(facts: Sequence[Fact], run: Sequence[Fact]) -> bool:
    """True when no other row of the form stands between the rows of the run."""
    statement, first, last = run[0].statement, run[0].line, run[-1].line
    rows = {f.row for f in facts if f.statement == statement and first <= f.line <= last}
    return rows == {fact.row for fact in run}


def _label_error(facts: Sequence[Fact], draw: Random) -> Mutant:
    """A number right in place and column under a name that is not its own."""
    fact = _pick(facts, draw, lambda _: True)
    return (
        _replaced(facts, fact, fact.model_copy(update={"row": f"{fact.row}等其他"}))
        if fact
        else None
    )


def _duplicate(facts: Sequence[Fact], draw: Random) -> Mutant:
    fact = _pick(facts, draw, lambda _: True)
    return (*facts, fact.model_copy(update={"row": f"{fact.row} #9"})) if fact else None


def _zero_for_blank(facts: Sequence[Fact], draw: Random) -> Mutant:
    """A blank cell of a form read as zero."""
    forms = [fact for fact in facts if fact.statement not in ("claim", "evaluation")]
    lines_with_zero = {fact.line for fact in facts if not fact.value}
    filled = {fact.key for fact in forms}
    columns = {(fact.statement, fact.column) for fact in forms}
    blanks = [
        (fact, column)
        for fact in forms
        for statement, column in sorted(columns)
        if statement == fact.statement and (*fact.key[:3], column) not in filled
        if fact.line not in lines_with_zero
    ]
    if not blanks:
        return None
    fact, column = draw.choice(blanks)
    return (*facts, _with_value(fact, Decimal("0.00")).model_copy(update={"column": column}))


def _blank_for_zero(facts: Sequence[Fact], draw: Random) -> Mutant:
    """A printed zero read as blank."""
    fact = _pick(facts, draw, lambda f: not f.value)
    return _replaced(facts, fact) if fact else None


def _digit_error(facts: Sequence[Fact], draw: Random) -> Mutant:
    """One digit misread."""
    fact = _pick(facts, draw, lambda f: len(f.raw) > 3 and f.value != 0)
    if fact is None:
        return None
    text = f"{abs(fact.value):f}"
    place = draw.choice([i for i, c in enumerate(text) if c.isdigit()])
    digit = draw.choice([d for d in "123456789" if d != text[place]])
    value = Decimal(text[:place] + digit + text[place + 1 :])
    return _replaced(facts, fact, _with_value(fact, value.copy_sign(fact.value)))


def _derived(facts: Sequence[Fact], draw: Random) -> Mutant:
    """A sum that nobody printed, put where a number is printed."""
    columns: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    known = {abs(fact.value) for fact in facts}
    for fact in sorted(facts, key=order):
        if fact.statement != "claim":
            columns[fact.statement, fact.column].append(fact)
    sums = [
        (column[i], column[i].value + column[i + 1].value)
        for column in columns.values()
        for i in range(len(column) - 1)
        if column[i].value and column[i + 1].value
    ]
    fresh = [(f, v) for f, v in sums if v > 100 and v not in known and _unlike(f.value, v)]
    if not fresh:
        return None
    fact, value = draw.choice(fresh)
    return _replaced(facts, fact, _with_value(fact, value))


def _invented(facts: Sequence[Fact], draw: Random) -> Mutant:
    """A number that stands nowhere, put where a number is printed."""
    fact = _pick(facts, draw, lambda f: f.value != 0)
    if fact is None:
        return None
    value = Decimal(draw.randrange(10**6, 10**8)) / 1000
    return _replaced(facts, fact, _with_value(fact, value)) if _unlike(fact.value, value) else None


def _unlike(value: Decimal, other: Decimal) -> bool:
    """True when neither a slip of a digit nor a shifted point makes one of the other."""
    near = one_edit(str(abs(value)), str(abs(other))) or is_power_of_ten(value, other)
    return not near and abs(value - other) > 1


def _truncated(facts: Sequence[Fact], draw: Random) -> Mutant:
    """A form cut short."""
    blocks: dict[str, set[int]] = defaultdict(set)
    for fact in facts:
        blocks[block(fact)].add(fact.line)
    long = sorted(name for name, lines in blocks.items() if len(lines) > 3)
    if not long:
        return None
    name = draw.choice(long)
    lines = sorted(blocks[name])
    cut = lines[draw.randrange(1, len(lines) - 1)]
    return tuple(fact for fact in facts if block(fact) != name or fact.line < cut)


def _table_missing(facts: Sequence[Fact], draw: Random) -> Mutant:
    """A form that nobody read."""
    name = draw.choice(sorted({block(fact) for fact in facts}))
    return tuple(fact for fact in facts if block(fact) != name)


MUTATIONS: Final[dict[Diagnosis, _Mutate]] = {
    "unit_scale": _unit_scale,
    "sign": _sign,
    "rounded": _rounded,
    "stale_period": _stale_period,
    "column_swap": _column_swap,
    "row_shift": _row_shift,
    "label_error": _label_error,
    "duplicate": _duplicate,
    "zero_for_blank": _zero_for_blank,
    "blank_for_zero": _blank_for_zero,
    "digit_error": _digit_error,
    "derived": _derived,
    "invented": _invented,
    "truncated": _truncated,
    "table_missing": _table_missing,
}
"""The classes of error that can be made on purpose."""
