"""Row recall by the length of the form: long output is where reading breaks first.

In: judged facts. Out: for forms of 1-10, 11-30, 31-100 and more rows, how many rows were read
without a mistake. The rule it protects: the length is the gold's, so that a form cut short stays
long.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from pipeline.evaluation.matching import subject
from pipeline.evaluation.records import Judged, LengthSlice, share
from pipeline.evaluation.scores import Ratio

_SLICES: Final = {10: "1-10", 30: "11-30", 100: "31-100"}
_LONGEST: Final = "101+"


def row_recall(judged: Iterable[Judged]) -> tuple[LengthSlice, ...]:
    """Rows of the gold's forms whose every fact is correct, of all rows, by length of the form."""
    forms: dict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    for one in judged:
        if one.gold and one.group == "tables":
            rows = forms[one.document, one.gold.statement]
            row = subject(one.gold.row)
            rows[row] = rows.get(row, True) and one.outcome == "correct"
    found: dict[str, list[bool]] = {name: [] for name in (*_SLICES.values(), _LONGEST)}
    for rows in forms.values():
        found[_slice(len(rows))] += rows.values()
    return tuple(
        LengthSlice(rows=name, found=share(Ratio(sum(rows), len(rows))))
        for name, rows in found.items()
        if rows
    )


def _slice(length: int) -> str:
    return next((name for limit, name in _SLICES.items() if length <= limit), _LONGEST)
