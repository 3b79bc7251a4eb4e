"""Gold facts and predicted facts -> pairs with one outcome each.

In: two lists of facts of one document. Out: `Pair`s that together hold every gold fact and every
prediction exactly once. The rule it protects: facts are aligned by key and compared exactly, so
that no similarity of values or names ever earns credit.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Final, Literal, NamedTuple

from pipeline.text import squeeze
from schemas.facts import Fact
from schemas.vocabulary import TABLE_STATEMENTS

Group = Literal["tables", "claims", "evaluation"]
View = Literal["key", "place", "subject"]
Outcome = Literal["correct", "wrong", "missing", "spurious", "unjudged"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("correct", "wrong", "missing", "spurious", "unjudged")
GROUPS: Final[tuple[Group, ...]] = ("tables", "claims", "evaluation")
VIEWS: Final[dict[Group, tuple[View, ...]]] = {
    "tables": ("key",),
    "claims": ("place", "subject", "key"),
    "evaluation": ("place", "subject", "key"),
}
HEADLINE: Final[dict[Group, View]] = {"tables": "key", "claims": "subject", "evaluation": "subject"}
"""The view by which each group enters the headline."""

_REPEAT = re.compile(r"#\d+$")
_Key = Callable[[Fact], Hashable]


class Pair(NamedTuple):
    """A gold fact, a prediction, or both, and what that means."""

    gold: Fact | None
    predicted: Fact | None
    outcome: Outcome


def group_of(statement: str) -> Group:
    """The group a statement is scored in."""
    if statement in TABLE_STATEMENTS:
        return "tables"
    return "claims" if statement == "claim" else "evaluation"


def subject(row: str) -> str:
    """A row without whitespace and without the number of its repetition.

    >>> subject("医疗保障 经办事务 #2"), subject("项目A/资金:总额#3")
    ('医疗保障经办事务', '项目A/资金:总额')
    """
    return _REPEAT.sub("", squeeze(row))


def pair_facts(gold: Iterable[Fact], predicted: Iterable[Fact], view: View) -> tuple[Pair, ...]:
    """Pair the facts of one group, the order of neither list mattering.

    First whoever is right in everything the view asks for, then what is recognisably the same
    number with something wrong, and the rest is missing or spurious. A wrong pair counts once
    against precision and once against recall, as a missing and a spurious fact together do: what
    is paired as wrong decides the name of a mistake, never the score."""
    left, right = sorted(gold, key=order), sorted(predicted, key=order)
    pairs: list[Pair] = []
    for key in _RIGHT[view]:
        pairs += _take(left, right, key, "correct")
    for key in _WRONG[view]:
        pairs += _take(left, right, key, "wrong")
    pairs += [Pair(fact, None, "missing") for fact in left]
    pairs += [Pair(None, fact, "spurious") for fact in right]
    return tuple(pairs)


def order(fact: Fact) -> tuple[int, int, tuple[str, ...], str, str, str]:
    """A total order of what is scored: two facts that tie are alike in all of it."""
    return (fact.line, fact.start, fact.key, str(fact.value), fact.unit, fact.raw)


def _take(left: list[Fact], right: list[Fact], key: _Key, outcome: Outcome) -> list[Pair]:
    """Move all facts that share a key from both lists into pairs, in order."""
    waiting: dict[Hashable, list[Fact]] = defaultdict(list)
    for fact in reversed(right):
        waiting[key(fact)].append(fact)
    pairs, unpaired, taken = [], [], set()
    for fact in left:
        candidates = waiting.get(key(fact))
        if candidates:
            partner = candidates.pop()
            taken.add(id(partner))
            pairs.append(Pair(fact, partner, outcome))
        else:
            unpaired.append(fact)
    left[:] = unpaired
    right[:] = [fact for fact in right if id(fact) not in taken]
    return pairs


def _table_key(fact: Fact) -> Hashable:
    return (fact.statement, squeeze(fact.row), fact.column)


def _full_key(fact: Fact) -> Hashable:
    return (squeeze(fact.section), *_as_keys(fact))


def _as_keys(fact: Fact) -> tuple[str, str, str]:
    return (fact.statement, squeeze(fact.row), fact.column)


def _named(fact: Fact) -> Hashable:
    """The key by which the contract calls it: tables have no section."""
    return _table_key(fact) if fact.statement in TABLE_STATEMENTS else _full_key(fact)


_RIGHT: Final[dict[View, Sequence[_Key]]] = {
    "key": (lambda f: (_named(f), f.value),),
    "place": (
        lambda f: (f.line, f.column, f.value, f.row),
        lambda f: (f.line, f.column, f.value, subject(f.row)),
        lambda f: (f.line, f.column, f.value),
    ),
    "subject": (
        lambda f: (f.line, f.column, f.value, f.row),
        lambda f: (f.line, f.column, f.value, subject(f.row)),
    ),
}
_WRONG: Final[dict[View, Sequence[_Key]]] = {
    "key": (_named,),
    "place": (
        lambda f: (f.line, abs(f.value), subject(f.row)),
        lambda f: (f.line, abs(f.value)),
        _named,
    ),
    "subject": (
        lambda f: (f.line, abs(f.value), subject(f.row)),
        lambda f: (f.line, f.column, f.value),
        lambda f: (f.line, abs(f.value)),
        _named,
    ),
}
"""How a number with something wrong is recognised, the closest resemblance first."""
