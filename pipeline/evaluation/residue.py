"""What the pairs of a group leave over, indexed for the diagnoses.

In: pairs and lines of one document. Out: `Residue`, which answers questions such as "does the
neighbouring row hold this value?". "Lost" is a gold fact that was not read right, "stray" a
prediction that is not right. The rule it protects: only what is itself mistaken can explain a
mistake, so no correct fact is called moved.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from pipeline.evaluation.matching import Pair, order, subject
from pipeline.text import numerals, parse_number
from schemas.facts import Fact

PHASES: Final[frozenset[str]] = frozenset(
    {"initial_budget", "adjusted_budget", "executed", "budget", "opening", "closing"}
)
"""Columns that hold the same thing at another time or stage."""
_PHASE_ROWS: Final[Mapping[str, str]] = {"budget": "actual", "actual": "budget"}

_Row = tuple[str, str, str]
_Place = tuple[int, Decimal]


class Residue(NamedTuple):
    """Indexes over one group of one document."""

    rows: Mapping[_Row, Sequence[Fact]]
    lost_rows: Mapping[_Row, Sequence[Fact]]
    stray_rows: Mapping[_Row, Sequence[Fact]]
    next_rows: Mapping[_Row, Sequence[_Row]]
    lost_places: frozenset[_Place]
    stray_places: frozenset[_Place]
    predictions: Mapping[_Place, int]
    demands: Mapping[_Place, int]
    keys: Mapping[tuple[str, ...], int]
    blocks_read: frozenset[str]
    tails: Mapping[str, int]
    printed: frozenset[_Place]
    numbers: frozenset[Decimal]
    sums: frozenset[tuple[str, str, Decimal]]

    def other_columns(self, fact: Fact) -> set[Decimal]:
        """Gold values in the fact's row, its own column excepted."""
        return {one.value for one in self.rows[_row(fact)] if one.column != fact.column}

    def other_phases(self, fact: Fact) -> set[Decimal]:
        """Gold values of the same thing at another time or stage."""
        found = {
            one.value
            for one in self.rows[_row(fact)]
            if one.column != fact.column and {one.column, fact.column} <= PHASES
        }
        twin = _PHASE_ROWS.get(fact.row) if fact.statement == "three_public" else None
        if twin:
            row = self.rows.get((fact.statement, fact.section, twin), ())
            found |= {one.value for one in row if one.column == fact.column}
        return found

    def neighbours(self, fact: Fact) -> set[Decimal]:
        """Gold values in the fact's column of the rows before and after."""
        return _column_of(self.rows, self.next_rows[_row(fact)], fact.column)

    def stray_neighbours(self, fact: Fact) -> set[Decimal]:
        """Mistaken predictions in the fact's column of the rows before and after."""
        return _column_of(self.stray_rows, self.next_rows[_row(fact)], fact.column)

    def lost_neighbours(self, fact: Fact) -> set[Decimal]:
        """Lost gold values in the fact's column of the rows before and after."""
        return _column_of(self.lost_rows, self.next_rows.get(_row(fact), ()), fact.column)

    def strays_in_row(self, fact: Fact) -> Sequence[Fact]:
        """Mistaken predictions under the fact's row, in other columns."""
        strays = self.stray_rows.get(_row(fact), ())
        return [one for one in strays if one.column != fact.column]

    def lost_in_row(self, fact: Fact) -> Sequence[Fact]:
        """Lost gold facts of the fact's row, in other columns."""
        lost = self.lost_rows.get(_row(fact), ())
        return [one for one in lost if one.column != fact.column]

    def has_stray(self, fact: Fact, line: int) -> bool:
        """True when a mistaken prediction holds this number of this line."""
        return (line, abs(fact.value)) in self.stray_places

    def has_lost(self, fact: Fact, line: int) -> bool:
        """True when a lost gold fact holds this number of this line."""
        return (line, abs(fact.value)) in self.lost_places

    def is_repeated(self, fact: Fact) -> bool:
        """True when a key, or a number of a line, was predicted more often than the gold has it
        and the gold does have it."""
        place = _place(fact)
        again = self.predictions[place] > self.demands.get(place, 0) > 0
        return again or self.keys.get(fact.key, 0) > 1

    def is_printed(self, fact: Fact) -> bool:
        """True when the number stands on the line named."""
        return _place(fact) in self.printed

    def is_known(self, value: Decimal) -> bool:
        """True when the number stands anywhere in the document."""
        return abs(value) in self.numbers

    def is_sum(self, fact: Fact) -> bool:
        """True when adjoining printed rows of the column add up to the number."""
        return (fact.statement, fact.column, fact.value) in self.sums


def residue(pairs: Sequence[Pair], lines: tuple[str, ...]) -> Residue:
    """Index the pairs of one group."""
    gold = sorted((pair.gold for pair in pairs if pair.gold), key=order)
    read = [pair.predicted for pair in pairs if pair.predicted]
    lost = [pair.gold for pair in pairs if pair.gold and pair.outcome != "correct"]
    stray = [pair.predicted for pair in pairs if pair.predicted and pair.outcome != "correct"]
    rows = _by_row(gold)
    return Residue(
        rows=rows,
        lost_rows=_by_row(lost),
        stray_rows=_by_row(stray),
        next_rows=_next_rows(rows),
        lost_places=frozenset(map(_place, lost)),
        stray_places=frozenset(map(_place, stray)),
        predictions=Counter(map(_place, read)),
        demands=Counter(map(_place, gold)),
        keys=Counter(fact.key for fact in read),
        blocks_read=frozenset(map(block, read)),
        tails=_tails(pairs),
        printed=printed(lines),
        numbers=frozenset(value for _, value in printed(lines)),
        sums=_sums(gold),
    )


def block(fact: Fact) -> str:
    """What is read in one piece: a form, all claims, one performance form."""
    return (
        f"evaluation:{fact.row.split('/')[0]}" if fact.statement == "evaluation" else fact.statement
    )


def _row(fact: Fact) -> _Row:
    return (fact.statement, fact.section, subject(fact.row))


def _place(fact: Fact) -> _Place:
    return (fact.line, abs(fact.value))


def _by_row(facts: Iterable[Fact]) -> Mapping[_Row, Sequence[Fact]]:
    rows: dict[_Row, list[Fact]] = defaultdict(list)
    for fact in facts:
        rows[_row(fact)].append(fact)
    return dict(rows)


def _next_rows(rows: Mapping[_Row, Sequence[Fact]]) -> Mapping[_Row, Sequence[_Row]]:
    """The rows directly before and after each row of its block."""
    found: dict[_Row, list[_Row]] = {row: [] for row in rows}
    blocks: dict[str, list[_Row]] = defaultdict(list)
    for row, facts in rows.items():
        blocks[block(facts[0])].append(row)
    for members in blocks.values():
        for before, after in pairwise(members):
            found[before].append(after)
            found[after].append(before)
    return found


def _column_of(
    rows: Mapping[_Row, Sequence[Fact]], chosen: Iterable[_Row], column: str
) -> set[Decimal]:
    return {fact.value for row in chosen for fact in rows.get(row, ()) if fact.column == column}


def _tails(pairs: Iterable[Pair]) -> Mapping[str, int]:
    """For each block the line from which nothing was read, where two lines or more are lost."""
    read: dict[str, int] = defaultdict(int)
    missing: dict[str, set[int]] = defaultdict(set)
    for pair in pairs:
        if pair.gold and pair.outcome == "missing":
            missing[block(pair.gold)].add(pair.gold.line)
        elif pair.gold:
            read[block(pair.gold)] = max(read[block(pair.gold)], pair.gold.line)
    tails = {name: {n for n in lines if n > read[name]} for name, lines in missing.items()}
    return {name: min(lines) for name, lines in tails.items() if len(lines) > 1}


@lru_cache(maxsize=8)
def printed(lines: tuple[str, ...]) -> frozenset[_Place]:
    """Every numeral of a document with its line; kept, as each group asks again."""
    return frozenset(
        (number, abs(parse_number(token.text)))
        for number, line in enumerate(lines, start=1)
        for token in numerals(line, number)
    )


def _sums(gold: Sequence[Fact]) -> frozenset[tuple[str, str, Decimal]]:
    """Sums of two to twelve adjoining values of a column of a form."""
    columns: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for fact in gold:
        if fact.statement != "claim":
            columns[fact.statement, fact.column].append(fact.value)
    return frozenset(
        (statement, column, partial)
        for (statement, column), values in columns.items()
        for first in range(len(values))
        for partial in list(accumulate(values[first : first + 12]))[1:]
    )
