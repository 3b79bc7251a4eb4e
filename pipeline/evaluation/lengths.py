"""Rows and blank cells of the gold's forms.

In: judged facts. Out: for forms of 1-10, 11-30, 31-100 and more rows, how many rows were read
without a mistake (long output is where reading breaks first), and how many blank cells as blank.
The rule it protects: length and blanks are the gold's, so that a form cut short stays long; and a
blank is no zero and earns nothing in the score of facts.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import product
from typing import Final

from pipeline.evaluation.matching import subject
from pipeline.evaluation.records import Judged, JudgedFact, LengthSlice, share
from pipeline.evaluation.scores import Ratio

_SLICES: Final = {10: "1-10", 30: "11-30", 100: "31-100"}
_LONGEST: Final = "101+"
_Block = tuple[str, str, str]


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


def blank_cells(judged: Iterable[Judged]) -> Ratio:
    """Cells without a number, in rows and columns of a form that have one, left without one."""
    filled: dict[_Block, set[tuple[str, str]]] = defaultdict(set)
    read: dict[_Block, set[tuple[str, str]]] = defaultdict(set)
    for one in judged:
        if one.group == "tables":
            for fact, cells in ((one.gold, filled), (one.predicted, read)):
                if fact:
                    cells[_block(one.document, fact)].add((subject(fact.row), fact.column))
    right = every = 0
    for form, printed in filled.items():
        grid = product({row for row, _ in printed}, {column for _, column in printed})
        blank = set(grid) - printed
        every += len(blank)
        right += len(blank - read[form])
    return Ratio(right, every)


def _block(document: str, fact: JudgedFact) -> _Block:
    """Income and expenditure stand side by side, each with columns of its own."""
    side, _, rest = fact.row.partition(":")
    return (document, fact.statement, side if rest else "")
