"""Extractions and the golden set -> `scores.json`, `judged.jsonl` and a table for people.

In: what was read (or a function that reads) and golden documents. Out: the two files and `Scores`.
The rule it protects: the same bytes in give the same bytes out; no clock, no network, no model.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from pathlib import Path
from statistics import fmean, mean
from typing import NamedTuple

from pipeline.errors import OutputError
from pipeline.evaluation.diagnoses import Diagnosis, diagnose
from pipeline.evaluation.findings import score_findings
from pipeline.evaluation.golden import GoldenDocument, find_golden, golden_hash
from pipeline.evaluation.grounding import grounding
from pipeline.evaluation.intervals import DRAWS, SEED, bootstrap
from pipeline.evaluation.lengths import blank_cells, row_recall
from pipeline.evaluation.matching import GROUPS, HEADLINE, Group, Pair, group_of
from pipeline.evaluation.objections import objections
from pipeline.evaluation.records import (
    NO_CALLS,
    DocumentScores,
    GroupTally,
    Judged,
    Scores,
    Share,
    Tally,
    Usage,
    judged_fact,
    share,
    tally,
)
from pipeline.evaluation.scores import (
    DocumentScore,
    Ratio,
    count,
    micro,
    score_document,
    total,
)
from pipeline.evaluation.slices import slices
from pipeline.evaluation.usage import read_usage
from pipeline.runs import read_extraction, run_documents
from schemas.base import Frozen
from schemas.facts import Fact
from schemas.runs import Extraction

Extract = Callable[[bytes, str], Extraction]


class Evaluated(NamedTuple):
    """One golden document with what was read from it and how that was judged."""

    golden: GoldenDocument
    extraction: Extraction | None
    score: DocumentScore
    judged: tuple[Judged, ...]


def evaluate_golden(root: Path, out: Path, extract: Extract) -> Scores:
    """Read every golden document under `root` with `extract(content, file name)` and score it."""
    golden = find_golden(root)
    read = [extract(one.text_path.read_bytes(), one.text_path.name) for one in golden]
    return evaluate(read, golden, out)


def evaluate_run(run: Path, root: Path, out: Path) -> Scores:
    """Score the documents of a run folder against the golden set under `root`."""
    read = [read_extraction(run, document) for document in run_documents(run)]
    return evaluate(read, find_golden(root), out, read_usage(run))


def evaluate(
    extractions: Iterable[Extraction],
    golden: Sequence[GoldenDocument],
    out: Path,
    usage: Usage = NO_CALLS,
) -> Scores:
    """Score extractions against the golden documents of the same content and write the files.

    A golden document that was not read has all its facts missing; an extraction that answers no
    golden document is listed as unmatched."""
    read = {extraction.document.sha256: extraction for extraction in extractions}
    evaluated = [judge(one, read.get(one.sha256)) for one in golden]
    known = {one.sha256 for one in golden}
    unmatched = sorted(e.document.id for sha, e in read.items() if sha not in known)
    scores = summarise(evaluated, usage, tuple(unmatched))
    write_scores(scores, [judged for one in evaluated for judged in one.judged], out)
    return scores


def judge(golden: GoldenDocument, extraction: Extraction | None) -> Evaluated:
    """Judge every fact of one document."""
    facts = extraction.facts if extraction else ()
    score = score_document(golden, facts)
    broken = _broken(extraction) if extraction else {}
    loose = frozenset(map(id, score.ungrounded))
    judged: list[Judged] = []
    for group in score.groups:
        if HEADLINE[group.group] == group.view:
            names = diagnose(group.pairs, golden.lines)
            judged += map(_judger(golden.id, broken, loose), group.pairs, names)
    return Evaluated(golden, extraction, score, tuple(sorted(judged, key=_order)))


def _broken(extraction: Extraction) -> Mapping[int, tuple[str, ...]]:
    """Failing identities by the `id()` of each fact they are about."""
    checks: dict[int, set[str]] = defaultdict(set)
    for outcome in extraction.outcomes:
        if outcome.status == "fail":
            for index in outcome.facts:
                checks[id(extraction.facts[index])].add(outcome.check)
    return {fact: tuple(sorted(names)) for fact, names in checks.items()}


def _judger(
    document: str, broken: Mapping[int, tuple[str, ...]], loose: Set[int]
) -> Callable[[Pair, Diagnosis | None], Judged]:
    def judged(pair: Pair, name: Diagnosis | None) -> Judged:
        gold, read = pair.gold, pair.predicted
        fact = gold or read
        assert fact is not None
        return Judged(
            document=document,
            group=group_of(fact.statement),
            outcome=pair.outcome,
            gold=judged_fact(gold),
            predicted=judged_fact(read),
            diagnosis=name,
            identities=read.checks if read else (),
            broken=broken.get(id(read), ()) if read else (),
            reader=read.reader if read else "",
            grounded=id(read) not in loose,
        )

    return judged


def _order(judged: Judged) -> tuple[int, tuple[str, ...], str]:
    """Document order, then the key."""
    fact = judged.gold or judged.predicted
    return (fact.line if fact else 0, judged.key, judged.outcome)


def summarise(
    evaluated: Sequence[Evaluated], usage: Usage = NO_CALLS, unmatched: tuple[str, ...] = ()
) -> Scores:
    """All figures over all documents. Micro sums facts, `document_f1` counts every document
    once; documents without any fact to judge are left out of the latter."""
    documents = tuple(_document_scores(one) for one in evaluated)
    judged = [row for one in evaluated for row in one.judged]
    silent = [_silent(one.judged) for one in evaluated]
    counts = [one.score.headline for one in evaluated]
    f1s = [value for one in counts if (value := one.f1.value) is not None]
    findings = [one.findings for one in documents if one.findings]
    groups = micro(one.score for one in evaluated)
    read = [(one, one.extraction) for one in evaluated if one.extraction]
    unseen = [one for one in evaluated if one.golden.source.split == "held_out"]
    return Scores(
        golden_hash=golden_hash(one.golden for one in evaluated),
        seed=SEED,
        draws=DRAWS,
        documents=documents,
        headline=tally(total(counts)),
        headline_interval=bootstrap(counts, lambda drawn: total(drawn).f1.value),
        held_out=tally(total(one.score.headline for one in unseen)),
        held_out_documents=len(unseen),
        load_bearing=share(_right(one for one in judged if one.bears_load)),
        groups=tuple(
            GroupTally(group=group, view=view, tally=tally(counts))
            for (group, view), counts in groups.items()
        ),
        statements=_by_statement(one.score for one in evaluated),
        document_f1=round(mean(f1s), 6) if f1s else None,
        document_f1_interval=bootstrap(f1s, fmean),
        zero_error_documents=share(
            Ratio(sum(not one.mistakes for one in documents), len(documents))
        ),
        silently_wrong=share(_sum_of(silent)),
        silently_wrong_interval=bootstrap(silent, lambda drawn: _sum_of(drawn).value),
        ungrounded=sum(one.ungrounded for one in documents),
        grounding=grounding(
            [(found.facts, one.golden.lines) for one, found in read],
            [one.golden.lines for one in evaluated],
            judged,
        ),
        confirmed={group: share(_confirmed(judged, group)) for group in GROUPS},
        objections=objections([(found, one.score.headline_pairs) for one, found in read], judged),
        row_recall=row_recall(judged),
        blank_cells=share(blank_cells(judged)),
        slices=slices((one.golden, one.score) for one in evaluated),
        diagnoses=dict(sorted(Counter(j.diagnosis for j in judged if j.diagnosis).items())),
        findings=share(_sum_of(one.of_listed for one in findings)),
        finding_precision=share(_sum_of(one.of_reported for one in findings)),
        usage=usage,
        unmatched=unmatched,
    )


def _document_scores(one: Evaluated) -> DocumentScores:
    score, extraction = one.score, one.extraction
    return DocumentScores(
        document=one.golden.id,
        run=extraction.document.id if extraction else "",
        headline=tally(score.headline),
        groups=tuple(
            GroupTally(group=g.group, view=g.view, tally=tally(g.counts)) for g in score.groups
        ),
        statements=_by_statement([score]),
        mistakes=score.headline.mistakes,
        silently_wrong=share(_silent(one.judged)),
        ungrounded=len(score.ungrounded),
        findings=score_findings(one.golden, extraction.findings if extraction else ()),
    )


def _by_statement(scores: Iterable[DocumentScore]) -> Mapping[str, Tally]:
    """Headline counts by statement."""
    pairs: dict[str, list[Pair]] = defaultdict(list)
    for score in scores:
        for pair in score.headline_pairs:
            fact: Fact | None = pair.gold or pair.predicted
            pairs[fact.statement if fact else ""].append(pair)
    return {statement: tally(count(pairs[statement])) for statement in sorted(pairs)}


def _right(judged: Iterable[Judged]) -> Ratio:
    outcomes = [one.outcome == "correct" for one in judged]
    return Ratio(sum(outcomes), len(outcomes))


def _silent(judged: Iterable[Judged]) -> Ratio:
    """Judged numbers of the output that are not right and that no identity objects to."""
    output = [one for one in judged if one.outcome in ("correct", "wrong", "spurious")]
    return Ratio(sum(one.is_silent for one in output), len(output))


def _confirmed(judged: Iterable[Judged], group: Group) -> Ratio:
    output = [one for one in judged if one.group == group and one.predicted]
    return Ratio(sum(bool(one.identities) for one in output), len(output))


def _sum_of(shares: Iterable[Share | Ratio]) -> Ratio:
    shares = tuple(shares)
    return Ratio(sum(one.numerator for one in shares), sum(one.denominator for one in shares))


def write_scores(scores: Scores, judged: Iterable[Judged], out: Path) -> None:
    """Write `scores.json` and `judged.jsonl`, keys sorted. Raises OutputError."""
    lines = (canonical(one, indent=None) for one in judged)
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write(out / "scores.json", canonical(scores, indent=1) + "\n")
        _write(out / "judged.jsonl", "".join(f"{line}\n" for line in lines))
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", where=str(out)) from error


def canonical(record: Frozen, indent: int | None) -> str:
    """A record as JSON with sorted keys."""
    return json.dumps(
        record.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, indent=indent
    )


def _write(path: Path, text: str) -> None:
    """Write beside the file and rename, so that a half-written file is never read."""
    beside = path.with_name(path.name + ".tmp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
