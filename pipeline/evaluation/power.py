"""How much of what goes wrong would the identities notice?

In: golden documents. Out: for each class of error, how many errors made on purpose some identity
objects to, and which. The rule it protects: "nothing objects" is worth only as much as the
objections are; where the reading makes no mistakes, this is what there is to measure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random

from pipeline.checks.run import run_checks
from pipeline.documents.text import document_from_text
from pipeline.evaluation.diagnoses import Diagnosis
from pipeline.evaluation.golden import GoldenDocument
from pipeline.evaluation.intervals import SEED
from pipeline.evaluation.matching import GROUPS, Group, group_of
from pipeline.evaluation.mutations import MUTATIONS, mutate
from pipeline.evaluation.records import Share, share
from pipeline.evaluation.scores import Ratio
from pipeline.evaluation.table import columns, shown
from schemas.base import Frozen
from schemas.documents import Document
from schemas.facts import Fact


class CatchRate(Frozen):
    """Errors of one class in one group that some identity objected to; `by_check` counts them for
    each check that did."""

    error: Diagnosis
    group: Group
    caught: Share
    by_check: Mapping[str, int]


def catch_rates(golden: Iterable[GoldenDocument], draws: int = 5) -> tuple[CatchRate, ...]:
    """Every class in every group, `draws` errors in each document that offers a place for one."""
    found: dict[tuple[Diagnosis, Group], list[frozenset[str]]] = {}
    for document in golden:
        source = document_from_text(document.text_path.name, document.text_path.read_bytes())
        usual = _objections(source, document.facts)
        draw = Random(SEED)
        for error, group in ((e, g) for e in MUTATIONS for g in GROUPS):
            for mutant in _mutants(document.facts, error, group, draw, draws):
                new = _objections(source, mutant) - usual
                found.setdefault((error, group), []).append(frozenset(check for check, _ in new))
    return tuple(_rate(error, group, caught) for (error, group), caught in sorted(found.items()))


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


def _rate(error: Diagnosis, group: Group, caught: Sequence[frozenset[str]]) -> CatchRate:
    return CatchRate(
        error=error,
        group=group,
        caught=share(Ratio(sum(map(bool, caught)), len(caught))),
        by_check=dict(sorted(Counter(check for some in caught for check in some).items())),
    )


def render_catch_rates(rates: Iterable[CatchRate]) -> str:
    """Errors by class and group, and the checks that caught most of them."""
    rows: list[Sequence[str]] = [("error", "in", "caught", "by")]
    for rate in rates:
        most = sorted(rate.by_check.items(), key=lambda item: (-item[1], item[0]))[:6]
        by = " ".join(f"{check}:{times}" for check, times in most)
        rows.append((rate.error, rate.group, shown(rate.caught), by))
    return columns(rows) + "\n"
