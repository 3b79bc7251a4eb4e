"""Weights of performance forms that print no total (I1).

In: performance forms. Out: verdicts. The rule it protects: where a form prints no total, its
weights are those of 100 points, or of 100 less what the execution of the budget counts.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.checks.book import Book
from pipeline.checks.forms import base_key
from pipeline.checks.performance import MONEY, Sheet
from pipeline.checks.verdicts import Verdict

_EXECUTION = re.compile(r"^预算执行(?:情况|率)?$")
_GROUP = re.compile(r"^(?:产出|效益|满意度|成本|绩效|投入|过程|决策|履职|项目)\w{0,4}指标$")
_TOTAL = ("总分", "自评得分")
_HUNDRED = Decimal(100)
_USUAL_EXECUTION = Decimal(10)
_ENOUGH = 5
_WITNESSES = 2


def weight_verdicts(book: Book, found: Sequence[Sheet]) -> Iterator[Verdict]:
    """The sums of the weights of all forms without a total."""
    weighed = [(weights, _excess(book, weights, sheet)) for sheet, weights in _weighted(found)]
    wrong = [weights for weights, excess in weighed if excess]
    held = len(weighed) - len(wrong)
    for weights, excess in weighed:
        # Too little may be a row that was not read: other forms must show that this one would be.
        # Several odd sums are another scale, or a reading that went wrong.
        sure = len(wrong) == 1 and (excess > 0 or held >= _WITNESSES)
        yield _verdict(book, weights, excess, sure)


def _weighted(found: Sequence[Sheet]) -> Iterator[tuple[Sheet, list[int]]]:
    """Forms without a total whose indicators all have a weight, once each."""
    for sheet in found:
        rows = {
            row: cells
            for row, cells in sheet.rows.items()
            if not row.startswith(MONEY) and not _EXECUTION.match(row)
        }
        single = {row: cells for row, cells in rows.items() if not _GROUP.match(row)}
        weights = [cells["weight"] for cells in single.values() if "weight" in cells]
        whole = len(weights) == len(single) >= _ENOUGH and len(single) == len(rows)
        once = all(row == base_key(row) for row in single)
        if whole and once and not any(row in _TOTAL for row in rows):
            yield sheet, weights


def _excess(book: Book, weights: Sequence[int], sheet: Sheet) -> Decimal:
    """How far the weights are above the nearest usual sum; 0 where they make it."""
    total = sum((book.facts[i].value for i in weights), Decimal(0))
    execution = [
        book.facts[cells["weight"]].value
        for row, cells in sheet.rows.items()
        if "weight" in cells and (_EXECUTION.match(row) or row.startswith(MONEY))
    ]
    usual = [_HUNDRED, _HUNDRED - _USUAL_EXECUTION, _HUNDRED - sum(execution, Decimal(0))]
    return min((total - one for one in usual), key=abs)


def _verdict(book: Book, weights: Sequence[int], excess: Decimal, sure: bool) -> Verdict:
    listed = "+".join(book.facts[i].raw for i in weights)
    total = sum((book.facts[i].value for i in weights), Decimal(0))
    if excess and not sure:
        return Verdict("I1", "insufficient_data", tuple(weights))
    return Verdict(
        "I1",
        "fail" if excess else "pass",
        tuple(weights),
        weights[-1],
        difference=excess,
        words=(
            f"指标分值{listed}＝{total}，不是100，也不是100减预算执行率的分值",
            f"the weights {listed} = {total}, neither 100 nor 100 less that of the execution",
        ),
        confirms=False,
    )
