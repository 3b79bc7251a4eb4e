"""Errors made on purpose: are they called by their name, and would the identities notice?

In: golden documents. Out: for each class of error, how many the diagnosis names, how many some
identity objects to, and which. The rule it protects: "nothing objects" is worth only as much as the
objections are; where the reading makes no mistakes, this is what there is to measure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from pipeline.checks.run import run_checks
from pipeline.documents.text import document_from_text
from pipeline.evaluation.diagnoses import Diagnosis, diagnose
from pipeline.evaluation.golden import GoldenDocument
from pipeline.evaluation.intervals import SEED
from pipeline.evaluation.matching import GROUPS, HEADLINE, Group, group_of, pair_facts
from pipeline.evaluation.mutations import MUTATIONS, mutate
from pipeline.evaluation.records import Share, share
from pipeline.evaluation.scores import Ratio
from pipeline.evaluation.table import columns, shown
from schemas.base import Frozen
from schemas.documents import Document
from schemas.facts import Fact


class CatchRate(Frozen):
    """Errors of one class in one group: diagnosed as just that, and objected to by some identity;
    `by_check` counts them for each check that did."""

    error: Diagnosis
    group: Group
    named: Share
    caught: Share
    by_check: Mapping[str, int]


class _Trial(NamedTuple):
    """What one error came to."""

    named: bool
    checks: frozenset[str]


def catch_rates(golden: Iterable[GoldenDocument], draws: int = 5) -> tuple[CatchRate, ...]:
    """Every class in every group, `draws` errors in each document that offers a place for one."""
    found: dict[tuple[Diagnosis, Group], list[_Trial]] = {}
    for document in golden:
        source = document_from_text(document.text_path.name, document.text_path.read_bytes())
        usual = _objections(source, document.facts)
        draw = Random(SEED)
        for error, group in ((e, g) for e in MUTATIONS for g in GROUPS):
            for mutant in _mutants(document.facts, error, group, draw, draws):
                new = _objections(source, mutant) - usual
                trial = _Trial(
                    names_of_mistakes(document, mutant) == {error},
                    frozenset(check for check, _ in new),
                )
                found.setdefault((error, group), []).append(trial)
    return tuple(_rate(error, group, trials) for (error, group), trials in sorted(found.items()))


def names_of_mistakes(golden: GoldenDocument, read: Sequence[Fact]) -> frozenset[Diagnosis]:
    """The diagnoses of all mistakes in a reading of a golden document."""
    found: set[Diagnosis] = set()
    for group in GROUPS:
        gold = [fact for fact in golden.facts if group_of(fact.statement) == group]
        some = [fact for fact in read if group_of(fact.statement) == group]
        if gold != some:
            pairs = pair_facts(gold, some, HEADLINE[group])
            found |= {name for name in diagnose(pairs, golden.lines) if name}
    return frozenset(found)


def _mutants(
    facts: Sequence[Fact], error: Diagnosis, group: Group, draw: Random, draws: int
) -> Iterable[tuple[Fact, ...]]:
    """The document with one error within one group; nothing where there is no place for it."""
    chosen = [fact for fact in facts if group_of(fact.statement) == group]
    rest = [fact for fact in facts if group_of(fact.statement) != group]
    for _ in range(draws if chosen else 0):
        mutant = mutate(chosen, error, draw)
        if mutant is not None:
            yield (*rest, *mutant)


def _objections(source: Document, facts: Sequence[Fact]) -> set[tuple[str, tuple[str, ...]]]:
    """Failing identities with the keys of the facts they are about."""
    return {
        (outcome.check, tuple(" / ".join(facts[i].key) for i in outcome.facts))
        for outcome in run_checks(source, facts).outcomes
        if outcome.status == "fail"
    }


def _rate(error: Diagnosis, group: Group, trials: Sequence[_Trial]) -> CatchRate:
    checks = Counter(check for trial in trials for check in trial.checks)
    return CatchRate(
        error=error,
        group=group,
        named=share(Ratio(sum(trial.named for trial in trials), len(trials))),
        caught=share(Ratio(sum(bool(trial.checks) for trial in trials), len(trials))),
        by_check=dict(sorted(checks.items())),
    )


def render_catch_rates(rates: Iterable[CatchRate]) -> str:
    """Errors by class and group, and the checks that caught most of them."""
    rows: list[Sequence[str]] = [("error", "in", "named as itself", "objected to", "by")]
    for rate in rates:
        most = sorted(rate.by_check.items(), key=lambda item: (-item[1], item[0]))[:6]
        by = " ".join(f"{check}:{times}" for check, times in most)
        rows.append((rate.error, rate.group, shown(rate.named), shown(rate.caught), by))
    return columns(rows) + "\n"
