"""Mutation power: which faults put into golden tables the checks see, by family and kind of fault.

    python benchmarks/mutation_power.py [FAULTS_PER_KIND_AND_DOCUMENT]

caught: a new finding. no rule could see: every identity with the cell still holds within what
rounding allows, or none reaches the cell. The rest is missed: an identity failed, no finding came.
A family's share counts the faults of which an identity of that family failed.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from pipeline.checks import CheckReport, run_checks  # noqa: E402
from pipeline.evaluation.golden import load_golden  # noqa: E402
from schemas.documents import Document  # noqa: E402
from schemas.facts import Fact  # noqa: E402
from schemas.vocabulary import DocumentKind  # noqa: E402

Facts = tuple[Fact, ...]
Fault = Callable[[Facts, Random], Facts | None]
PROSE = ("claim", "evaluation")


class Seen(NamedTuple):
    """How a fault ended, and the families whose identities failed."""

    outcome: str
    families: frozenset[str]


def changed(fact: Fact, value: Decimal) -> Fact:
    return fact.model_copy(update={"value": value, "raw": f"{value:f}"})


def replaced(facts: Facts, old: Fact, new: Fact) -> Facts:
    return tuple(new if fact is old else fact for fact in facts)


def tables(facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.statement not in PROSE]


def digit(facts: Facts, draw: Random) -> Facts | None:
    """One digit of a table cell is another."""
    fact = draw.choice(tables(facts))
    text = f"{fact.value:f}"
    at = draw.choice([i for i, c in enumerate(text) if c.isdigit()])
    other = draw.choice([d for d in "0123456789" if d != text[at]])
    return replaced(facts, fact, changed(fact, Decimal(text[:at] + other + text[at + 1 :])))


def cent(facts: Facts, draw: Random) -> Facts | None:
    """The last digit of a total one more or less."""
    fact = draw.choice([f for f in tables(facts) if "total" in (f.row, f.column) and f.value])
    step = Decimal(draw.choice((-1, 1))).scaleb(int(fact.value.as_tuple().exponent))
    return replaced(facts, fact, changed(fact, fact.value + step))


def unit(facts: Facts, draw: Random) -> Facts | None:
    """元 for 万元 in one cell."""
    fact = draw.choice([f for f in tables(facts) if f.value])
    return replaced(facts, fact, changed(fact, fact.value * 10000))


def sign(facts: Facts, draw: Random) -> Facts | None:
    """A minus too much."""
    fact = draw.choice([f for f in tables(facts) if f.value])
    return replaced(facts, fact, changed(fact, -fact.value))


def rows_of(facts: Facts) -> dict[tuple[str, str], list[Fact]]:
    rows: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in tables(facts):
        rows[fact.statement, fact.row].append(fact)
    return rows


def row_shift(facts: Facts, draw: Random) -> Facts | None:
    """The numbers of two neighbouring rows change places."""
    rows = rows_of(facts)
    keys = list(rows)
    pairs = [(a, b) for a, b in zip(keys, keys[1:], strict=False) if a[0] == b[0]]
    pairs = [(a, b) for a, b in pairs if values(rows[a]) != values(rows[b])]
    one, other = draw.choice(pairs)
    moved = {
        id(f): f.model_copy(update={"row": other[1], "line": rows[other][0].line})
        for f in rows[one]
    }
    moved |= {
        id(f): f.model_copy(update={"row": one[1], "line": rows[one][0].line}) for f in rows[other]
    }
    return ordered(moved.get(id(fact), fact) for fact in facts)


def values(row: Sequence[Fact]) -> dict[str, Decimal]:
    return {fact.column: fact.value for fact in row}


def ordered(facts: object) -> Facts:
    assert hasattr(facts, "__iter__")
    return tuple(sorted(facts, key=lambda fact: fact.line))


def cell_swap(facts: Facts, draw: Random) -> Facts | None:
    """Two different numbers of one row change places."""
    rows = [row for row in rows_of(facts).values() if len(set(values(row).values())) > 1]
    row = draw.choice(rows)
    one = draw.choice(row)
    other = draw.choice([fact for fact in row if fact.value != one.value])
    swapped = replaced(facts, one, changed(one, other.value))
    return replaced(swapped, other, changed(other, one.value))


def column_swap(facts: Facts, draw: Random) -> Facts | None:
    """Two columns of a form change their names."""
    printed: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for fact in tables(facts):
        if not fact.row.startswith("income:"):
            printed[fact.statement, fact.column][fact.row] = fact.value
    pairs = [
        (a, b)
        for a in printed
        for b in printed
        if a[0] == b[0] and a < b and printed[a] != printed[b]
    ]
    (statement, one), (_, other) = draw.choice(pairs)
    swap = {one: other, other: one}
    return tuple(
        f.model_copy(update={"column": swap[f.column]})
        if f.statement == statement and f.column in swap
        else f
        for f in facts
    )


def dropped_row(facts: Facts, draw: Random) -> Facts | None:
    """A row with an amount is lost."""
    rows = [key for key, row in rows_of(facts).items() if any(f.value for f in row)]
    statement, row = draw.choice(rows)
    return tuple(f for f in facts if (f.statement, f.row) != (statement, row))


def doubled_row(facts: Facts, draw: Random) -> Facts | None:
    """A row with an amount stands twice."""
    rows = [key for key, row in rows_of(facts).items() if any(f.value for f in row)]
    statement, row = draw.choice(rows)
    again = [f for f in facts if (f.statement, f.row) == (statement, row)]
    first, last = again[0].line, again[-1].line
    after = last - first + 1
    copies = tuple(
        f.model_copy(update={"row": f"{f.row} #2", "line": f.line + after}) for f in again
    )
    moved = tuple(
        f.model_copy(update={"line": f.line + after}) if f.line > last else f for f in facts
    )
    return ordered(moved + copies)


FAULTS: dict[str, Fault] = {
    "digit": digit,
    "total ±last digit": cent,
    "unit ×10⁴": unit,
    "sign": sign,
    "row shift": row_shift,
    "cell swap": cell_swap,
    "column swap": column_swap,
    "dropped row": dropped_row,
    "doubled row": doubled_row,
}


def judge(document: Document, sound: CheckReport, facts: Facts) -> Seen:
    """Compare the report on the faulty facts with that on the sound ones."""
    report = run_checks(document, facts)
    known = {(f.check, f.printed, f.message) for f in sound.findings}
    new = [f for f in report.findings if (f.check, f.printed, f.message) not in known]
    failing = Counter(o.check for o in report.outcomes if o.status == "fail")
    failing.subtract(o.check for o in sound.outcomes if o.status == "fail")
    families = frozenset(check[0] for check, count in failing.items() if count > 0)
    if new:
        return Seen("caught", families)
    return Seen("missed" if families else "no rule could see", families)


def main(count: int) -> None:
    outcomes: dict[str, Counter[str]] = {kind: Counter() for kind in FAULTS}
    families: dict[str, Counter[str]] = {kind: Counter() for kind in FAULTS}
    for folder in sorted(path for path in (ROOT / "golden").iterdir() if path.is_dir()):
        golden = load_golden(folder)
        facts = tuple(sorted(golden.facts, key=lambda fact: fact.line))
        if not tables(facts):
            continue
        kind_of: DocumentKind = "budget" if "budget" in golden.id else "final_accounts"
        document = Document(
            id=golden.id, name=golden.id, sha256="", media="text", lines=(), kind=kind_of
        )
        sound = run_checks(document, facts)
        for kind, fault in FAULTS.items():
            draw = Random(f"{golden.id} {kind}")
            for _ in range(count):
                faulty = fault(facts, draw)
                if faulty is not None:
                    seen = judge(document, sound, faulty)
                    outcomes[kind][seen.outcome] += 1
                    families[kind].update(seen.families)
    show(outcomes, families)


def show(outcomes: dict[str, Counter[str]], families: dict[str, Counter[str]]) -> None:
    names = sorted({name for counts in families.values() for name in counts})
    print(
        f"{'fault':20}{'n':>6}{'caught':>9}{'unseen':>9}{'missed':>9}  "
        + "".join(f"{n:>7}" for n in names)
    )
    for kind, counts in outcomes.items():
        total = sum(counts.values())
        shares = [counts[o] / total for o in ("caught", "no rule could see", "missed")]
        row = "".join(f"{share:9.1%}" for share in shares)
        print(
            f"{kind:20}{total:6}{row}  "
            + "".join(f"{families[kind][n] / total:7.0%}" for n in names)
        )
    print(
        "unseen: no rule could see; letters: share of faults that an identity of the family failed on"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
