"""Why a fact was missed: one name for each wrong, missing and spurious fact.

In: the pairs of one group of one document and the document's lines. Out: a diagnosis for each
pair that is a mistake. The rule it protects: a decision list, first hit wins, so that every
mistake has exactly one name; a diagnosis explains and never grants credit.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, Literal, get_args

from pipeline.evaluation.matching import Pair, subject
from pipeline.evaluation.residue import PHASES, Residue, block, residue
from schemas.facts import Fact

Diagnosis = Literal[
    "table_missing",
    "truncated",
    "unit_scale",
    "sign",
    "rounded",
    "stale_period",
    "column_swap",
    "row_shift",
    "label_error",
    "duplicate",
    "zero_for_blank",
    "blank_for_zero",
    "digit_error",
    "derived",
    "invented",
    "elsewhere",
    "not_a_fact",
    "unread",
    "other",
]
DIAGNOSES: Final[tuple[str, ...]] = get_args(Diagnosis)
_Both = Callable[[Fact, Fact, Residue], bool]
_One = Callable[[Fact, Residue], bool]


def diagnose(pairs: Sequence[Pair], lines: tuple[str, ...]) -> tuple[Diagnosis | None, ...]:
    """A diagnosis for each pair, None for what is correct or unjudged."""
    rest = residue(pairs, lines)
    return tuple(_diagnose(pair, rest) for pair in pairs)


def _diagnose(pair: Pair, rest: Residue) -> Diagnosis | None:
    gold, predicted = pair.gold, pair.predicted
    if pair.outcome == "wrong" and gold and predicted:
        return next((n for n, holds in _OF_WRONG if holds(gold, predicted, rest)), "other")
    if pair.outcome == "missing" and gold:
        return next((n for n, holds in _OF_MISSING if holds(gold, rest)), "unread")
    if pair.outcome == "spurious" and predicted:
        return next((n for n, holds in _OF_SPURIOUS if holds(predicted, rest)), "other")
    return None


# A pair: the key or the place is the same, something about the number is not.


def _unit_scale(gold: Fact, predicted: Fact, _: Residue) -> bool:
    return gold.value != predicted.value and is_power_of_ten(gold.value, predicted.value)


def is_power_of_ten(left: Decimal, right: Decimal) -> bool:
    """True when the numbers differ only in the place of the decimal point.

    >>> is_power_of_ten(Decimal("12.30"), Decimal("123000")), is_power_of_ten(Decimal(2), Decimal(3))
    (True, False)
    """
    if not left or not right:
        return False
    return left.normalize().as_tuple()[:2] == right.normalize().as_tuple()[:2]


def _sign(gold: Fact, predicted: Fact, _: Residue) -> bool:
    same_size = gold.value == -predicted.value and gold.value != 0
    return same_size and gold.column == predicted.column


def _rounded(gold: Fact, predicted: Fact, _: Residue) -> bool:
    coarser = max(_exponent(gold.value), _exponent(predicted.value))
    if gold.value == predicted.value or coarser == min(
        _exponent(gold.value), _exponent(predicted.value)
    ):
        return False
    step = Decimal(1).scaleb(coarser)
    return abs(gold.value - predicted.value) <= step / 2


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _stale_pair(gold: Fact, predicted: Fact, rest: Residue) -> bool:
    if gold.value == predicted.value:
        return {gold.column, predicted.column} <= PHASES and gold.column != predicted.column
    return predicted.value in rest.other_phases(gold)


def _swapped_pair(gold: Fact, predicted: Fact, rest: Residue) -> bool:
    if abs(gold.value) == abs(predicted.value):
        return gold.column != predicted.column
    return predicted.value in rest.other_columns(gold)


def _shifted_pair(gold: Fact, predicted: Fact, rest: Residue) -> bool:
    return gold.value != predicted.value and predicted.value in rest.neighbours(gold)


def _label_pair(gold: Fact, predicted: Fact, _: Residue) -> bool:
    same_number = gold.value == predicted.value and gold.column == predicted.column
    return same_number and subject(gold.row) != subject(predicted.row)


def _digit_pair(gold: Fact, predicted: Fact, _: Residue) -> bool:
    return one_edit(str(abs(gold.value)), str(abs(predicted.value)))


def one_edit(left: str, right: str) -> bool:
    """True when one digit was changed, added or lost, or two neighbours changed places.

    >>> one_edit("708.44", "708.94"), one_edit("708.44", "78.44"), one_edit("708.44", "780.44")
    (True, True, True)
    >>> one_edit("708.44", "708.44"), one_edit("708.44", "788.94")
    (False, False)
    """
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    first = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), None)
    at = min(len(left), len(right)) if first is None else first
    a, b = left[at:], right[at:]
    if len(left) == len(right):
        return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
    return a[1:] == b or a == b[1:]


def _derived_pair(_: Fact, predicted: Fact, rest: Residue) -> bool:
    return _derived(predicted, rest)


def _invented_pair(_: Fact, predicted: Fact, rest: Residue) -> bool:
    return _invented(predicted, rest)


def _elsewhere_pair(_: Fact, predicted: Fact, rest: Residue) -> bool:
    return rest.is_known(predicted.value)


def _zero_pair(gold: Fact, predicted: Fact, _: Residue) -> bool:
    return not predicted.value and bool(gold.value)


_OF_WRONG: Final[tuple[tuple[Diagnosis, _Both], ...]] = (
    ("stale_period", _stale_pair),
    ("column_swap", _swapped_pair),
    ("unit_scale", _unit_scale),
    ("sign", _sign),
    ("rounded", _rounded),
    ("label_error", _label_pair),
    ("row_shift", _shifted_pair),
    ("digit_error", _digit_pair),
    ("zero_for_blank", _zero_pair),
    ("derived", _derived_pair),
    ("invented", _invented_pair),
    ("elsewhere", _elsewhere_pair),
)


# A gold fact that nothing answers.


def _table_missing(gold: Fact, rest: Residue) -> bool:
    return block(gold) not in rest.blocks_read


def _truncated(gold: Fact, rest: Residue) -> bool:
    return gold.line >= rest.tails.get(block(gold), gold.line + 1)


def _moved_period(gold: Fact, rest: Residue) -> bool:
    return rest.has_stray(gold, gold.line) and any(
        stray.column != gold.column and {stray.column, gold.column} <= PHASES
        for stray in rest.strays_in_row(gold)
        if stray.value == gold.value
    )


def _moved_column(gold: Fact, rest: Residue) -> bool:
    return any(stray.value == gold.value for stray in rest.strays_in_row(gold))


def _moved_row(gold: Fact, rest: Residue) -> bool:
    return gold.value in rest.stray_neighbours(gold)


def _renamed(gold: Fact, rest: Residue) -> bool:
    return rest.has_stray(gold, gold.line)


def _blank_for_zero(gold: Fact, _: Residue) -> bool:
    return not gold.value


_OF_MISSING: Final[tuple[tuple[Diagnosis, _One], ...]] = (
    ("table_missing", _table_missing),
    ("truncated", _truncated),
    ("stale_period", _moved_period),
    ("column_swap", _moved_column),
    ("row_shift", _moved_row),
    ("label_error", _renamed),
    ("blank_for_zero", _blank_for_zero),
)


# A prediction that no gold fact asks for.


def _duplicate(predicted: Fact, rest: Residue) -> bool:
    return rest.is_repeated(predicted)


def _from_other_period(predicted: Fact, rest: Residue) -> bool:
    return predicted.column in PHASES and any(
        fact.value == predicted.value and fact.column in PHASES
        for fact in rest.lost_in_row(predicted)
    )


def _from_other_column(predicted: Fact, rest: Residue) -> bool:
    return any(fact.value == predicted.value for fact in rest.lost_in_row(predicted))


def _from_other_row(predicted: Fact, rest: Residue) -> bool:
    return predicted.value in rest.lost_neighbours(predicted)


def _misnamed(predicted: Fact, rest: Residue) -> bool:
    return rest.has_lost(predicted, predicted.line)


def _zero_for_blank(predicted: Fact, rest: Residue) -> bool:
    return not predicted.value and not rest.is_printed(predicted)


def _derived(predicted: Fact, rest: Residue) -> bool:
    return not rest.is_known(predicted.value) and rest.is_sum(predicted)


def _invented(predicted: Fact, rest: Residue) -> bool:
    return not rest.is_known(predicted.value)


def _not_a_fact(predicted: Fact, rest: Residue) -> bool:
    return rest.is_printed(predicted)


def _elsewhere(predicted: Fact, rest: Residue) -> bool:
    return rest.is_known(predicted.value)


_OF_SPURIOUS: Final[tuple[tuple[Diagnosis, _One], ...]] = (
    ("stale_period", _from_other_period),
    ("column_swap", _from_other_column),
    ("row_shift", _from_other_row),
    ("label_error", _misnamed),
    ("duplicate", _duplicate),
    ("zero_for_blank", _zero_for_blank),
    ("derived", _derived),
    ("invented", _invented),
    ("not_a_fact", _not_a_fact),
    ("elsewhere", _elsewhere),
)
