"""Two evaluations of one golden set -> what changed, and whether it may.

In: two folders with `scores.json` and `judged.jsonl`. Out: `Comparison`; `gate` gives the reasons
to stop. The rule it protects: runs are compared document by document, so that what both find hard
cancels out, and never across different golden sets.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean, mean
from typing import Final

from pydantic import BaseModel, ValidationError

from pipeline.errors import InputError, UsageError, fault
from pipeline.evaluation.intervals import bootstrap, sign_flip, smallest_visible
from pipeline.evaluation.matching import GROUPS, HEADLINE
from pipeline.evaluation.records import (
    SCORES_VERSION,
    DocumentScores,
    Interval,
    Judged,
    Scores,
    Tally,
    Usage,
)
from pipeline.evaluation.table import between, columns
from schemas.base import Frozen

_LISTED: Final = 40
_TELLING: Final = 6
"""Documents from which on a difference can show at one in twenty."""


class Difference(Frozen):
    """The second F1 minus the first, every document counting once. `probability` is of a
    difference this large if the runs were alike; `adjusted` is Holm's over the groups;
    `visible` the smallest difference that these documents could have shown."""

    name: str
    documents: int
    mean: float
    interval: Interval | None
    probability: float
    adjusted: float
    visible: float | None


class Change(Frozen):
    """A fact that is right in one run and a mistake in the other."""

    key: tuple[str, ...]
    before: Judged | None
    after: Judged | None


class Comparison(Frozen):
    """What changed from the first evaluation to the second."""

    facts_before: float | None
    facts_after: float | None
    overall: Difference
    groups: tuple[Difference, ...]
    fixed: tuple[Change, ...]
    broken: tuple[Change, ...]
    silently_wrong: tuple[int, int]
    unread: tuple[tuple[str, ...], tuple[str, ...]]
    diagnoses: Mapping[str, int]
    usage: tuple[Usage, Usage]


class Evaluation(Frozen):
    """An evaluation read back from its folder."""

    scores: Scores
    judged: tuple[Judged, ...]


def read_evaluation(folder: Path) -> Evaluation:
    """Read `scores.json` and `judged.jsonl`. Raises InputError, also for another scorer's."""
    try:
        content = (folder / "scores.json").read_bytes()
        lines = (folder / "judged.jsonl").read_bytes().split(b"\n")
        version = _Version.model_validate_json(content).format_version
        if version != SCORES_VERSION:
            what = f"scored by version {version} of the scorer, this is {SCORES_VERSION}"
            raise InputError(what, where=str(folder), hint="evaluate the run anew")
        scores = Scores.model_validate_json(content)
        judged = tuple(Judged.model_validate_json(line) for line in lines if line)
    except OSError as error:
        raise InputError(
            f"no evaluation to read ({error.strerror})",
            where=str(error.filename or folder),
            hint="`juesuan evaluate golden --out DIR` makes one",
        ) from error
    except ValidationError as error:
        raise InputError(
            f"damaged: {fault(error)}", where=str(folder), hint="evaluate the run anew"
        ) from error
    return Evaluation(scores=scores, judged=judged)


class _Version(BaseModel):
    format_version: int


def compare(first: Evaluation, second: Evaluation) -> Comparison:
    """Compare two evaluations. Raises UsageError where the golden sets differ."""
    if first.scores.golden_hash != second.scores.golden_hash:
        raise UsageError(
            "the two evaluations used different golden sets", hint="evaluate both runs anew"
        )
    before, after = _mistakes(first.judged), _mistakes(second.judged)
    slices = _adjusted([_difference(first, second, name) for name in GROUPS])
    old, new = first.scores.diagnoses, second.scores.diagnoses
    return Comparison(
        facts_before=first.scores.headline.f1.value,
        facts_after=second.scores.headline.f1.value,
        overall=_difference(first, second, "headline"),
        groups=slices,
        fixed=_changes(before, after, _rest(first.judged), _rest(second.judged)),
        broken=_changes(after, before, _rest(second.judged), _rest(first.judged), turned=True),
        silently_wrong=(
            first.scores.silently_wrong.numerator,
            second.scores.silently_wrong.numerator,
        ),
        unread=(_unread(first), _unread(second)),
        diagnoses={
            name: new.get(name, 0) - old.get(name, 0)
            for name in sorted({*old, *new})
            if new.get(name, 0) != old.get(name, 0)
        },
        usage=(first.scores.usage, second.scores.usage),
    )


def _unread(evaluation: Evaluation) -> tuple[str, ...]:
    return tuple(one.document for one in evaluation.scores.documents if not one.run)


def _mistakes(judged: Iterable[Judged]) -> Mapping[tuple[str, ...], Judged]:
    return {one.key: one for one in judged if one.is_mistake}


def _rest(judged: Iterable[Judged]) -> Mapping[tuple[str, ...], Judged]:
    return {one.key: one for one in judged if not one.is_mistake}


def _changes(
    mistakes: Mapping[tuple[str, ...], Judged],
    others: Mapping[tuple[str, ...], Judged],
    rest: Mapping[tuple[str, ...], Judged],
    other_rest: Mapping[tuple[str, ...], Judged],
    *,
    turned: bool = False,
) -> tuple[Change, ...]:
    """Mistakes of the one run that the other does not make."""
    keys = sorted(mistakes.keys() - others.keys())
    pairs = [(key, mistakes[key], other_rest.get(key)) for key in keys]
    return tuple(
        Change(key=key, before=other, after=mistake)
        if turned
        else Change(key=key, before=mistake, after=other)
        for key, mistake, other in pairs
    )


def _difference(first: Evaluation, second: Evaluation, name: str) -> Difference:
    """Over the documents that have anything of this kind in the gold or in a reading."""
    old, new = _f1s(first.scores.documents, name), _f1s(second.scores.documents, name)
    deltas = [new[document] - old[document] for document in sorted(old.keys() & new.keys())]
    probability = sign_flip(deltas)
    return Difference(
        name=name,
        documents=len(deltas),
        mean=round(mean(deltas), 6) if deltas else 0.0,
        interval=bootstrap(deltas, fmean),
        probability=probability,
        adjusted=probability,
        visible=smallest_visible(deltas),
    )


def _f1s(documents: Iterable[DocumentScores], name: str) -> Mapping[str, float]:
    tallies = {one.document: _tally(one, name) for one in documents}
    return {id_: t.f1.value for id_, t in tallies.items() if t.f1.value is not None}


def _tally(document: DocumentScores, name: str) -> Tally:
    if name == "headline":
        return document.headline
    return next(
        one.tally
        for one in document.groups
        if one.group == name and one.view == HEADLINE[one.group]
    )


def _adjusted(differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """Holm's step-down over several differences looked at together."""
    ranked = sorted(differences, key=lambda one: one.probability)
    level, adjusted = 0.0, {}
    for place, one in enumerate(ranked):
        level = max(level, min(1.0, one.probability * (len(ranked) - place)))
        adjusted[one.name] = round(level, 6)
    return tuple(one.model_copy(update={"adjusted": adjusted[one.name]}) for one in differences)


def gate(comparison: Comparison, margin: float = 0.0) -> tuple[str, ...]:
    """Reasons to refuse the second run; empty where it may pass.

    `margin` is the loss of mean F1 by document that is still accepted. Totals and 三公 figures
    may never break, and silently wrong numbers never rise."""
    reasons = []
    interval = comparison.overall.interval
    low = interval.low if interval else comparison.overall.mean
    if low < -margin:
        reasons.append(f"F1 by document may have fallen by {-low:.4f} (margin {margin:.4f})")
    lost = [change for change in comparison.broken if change.after and change.after.bears_load]
    if lost:
        names = "; ".join(" / ".join(filter(None, change.key)) for change in lost[:5])
        reasons.append(f"{len(lost)} totals or 三公 figures broke: {names}")
    old, new = comparison.silently_wrong
    if new > old:
        reasons.append(f"silently wrong rose from {old} to {new}")
    return tuple(reasons)


def render_comparison(comparison: Comparison) -> str:
    """The comparison as plain text: differences, then facts broken and fixed."""
    rows: list[Sequence[str]] = [("", "documents", "F1 difference", "p", "Holm", "visible from")]
    rows += [_row(one) for one in (comparison.overall, *comparison.groups)]
    lines = [columns(rows), "", *_before_and_after(comparison)]
    if comparison.diagnoses:
        moved = ", ".join(f"{name} {n:+d}" for name, n in comparison.diagnoses.items())
        lines.append(f"mistakes {moved}")
    lines += _listing("broken", comparison.broken, lambda change: change.after)
    lines += _listing("fixed", comparison.fixed, lambda change: change.before)
    return "\n".join(lines) + "\n"


def _before_and_after(comparison: Comparison) -> list[str]:
    old, new = comparison.silently_wrong
    f1s = ("-" if f1 is None else f"{f1:.4f}" for f1 in _facts(comparison))
    few = comparison.overall.documents
    lines = [f"fact F1 {' -> '.join(f1s)}", f"silently wrong {old} -> {new}"]
    if few < _TELLING:
        lines.append(f"p cannot fall below {2 / 2**few:.4f} with {few} documents")
    for name, unread in zip(("A", "B"), comparison.unread, strict=True):
        if unread:
            lines.append(f"not read in {name}: {', '.join(unread)}")
    if any(usage.calls or usage.cached for usage in comparison.usage):
        lines.append("model " + " -> ".join(map(_used, comparison.usage)))
    return lines


def _facts(comparison: Comparison) -> tuple[float | None, float | None]:
    return (comparison.facts_before, comparison.facts_after)


def _used(usage: Usage) -> str:
    time = f", {usage.seconds:.1f} s" if usage.seconds is not None else ""
    cost = f", cost {usage.cost}" if usage.cost else ""
    return f"{usage.calls} calls, {usage.input_tokens + usage.output_tokens} tokens{time}{cost}"


def _row(one: Difference) -> tuple[str, ...]:
    visible = "-" if one.visible is None else f"{one.visible:.4f}"
    difference = f"{one.mean:+.4f}{between(one.interval)}"
    p, holm = f"{one.probability:.3f}", f"{one.adjusted:.3f}"
    return (one.name, str(one.documents), difference, p, holm, visible)


def _listing(
    word: str, changes: Sequence[Change], side: Callable[[Change], Judged | None]
) -> list[str]:
    lines = ["", f"{word}: {len(changes)}"]
    for change in changes[:_LISTED]:
        mistake = side(change)
        lines.append(f"  {' / '.join(filter(None, change.key))}{_said(mistake)}")
    if len(changes) > _LISTED:
        lines.append(f"  and {len(changes) - _LISTED} more")
    return lines


def _said(mistake: Judged | None) -> str:
    if mistake is None:
        return ""
    gold = mistake.gold.value if mistake.gold else "-"
    read = mistake.predicted.value if mistake.predicted else "-"
    return f": gold {gold}, read {read} ({mistake.outcome}, {mistake.diagnosis})"
