"""What an evaluation leaves behind: `scores.json` and the lines of `judged.jsonl`.

In and out: frozen, closed shapes with an integer format version. The rule they protect: every
figure of the scores can be counted again from the judged facts.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from pipeline.evaluation.diagnoses import Diagnosis
from pipeline.evaluation.matching import Group, Outcome, View
from pipeline.evaluation.scores import Counts, Ratio
from schemas.base import Frozen
from schemas.facts import Fact

SCORES_VERSION: Final = 3
"""Goes up with every change of the format and of the scorer: both make scores incomparable."""
TOTALS: Final = frozenset(
    {"total", "personnel_total", "public_total"}
    | {f"income:{name}" for name in ("收入总计", "本年收入合计", "总计")}
    | {f"expenditure:{name}" for name in ("支出总计", "本年支出合计", "总计")}
)
"""Rows that people quote first."""


class Share(Frozen):
    """A ratio as written: numerator, denominator, and the quotient (null for 0/0)."""

    numerator: int
    denominator: int
    value: float | None


def share(ratio: Ratio) -> Share:
    """A ratio ready to be written."""
    return Share(numerator=ratio.numerator, denominator=ratio.denominator, value=ratio.value)


class Interval(Frozen):
    """A 95 % interval over documents; None where one document says nothing about others."""

    low: float
    high: float


class Tally(Frozen):
    """Counts and the ratios made of them."""

    correct: int
    wrong: int
    missing: int
    spurious: int
    unjudged: int
    precision: Share
    recall: Share
    f1: Share
    unit: Share
    line: Share
    zero: Share


def tally(counts: Counts) -> Tally:
    """Counts with their ratios; units and lines are of the correct facts, zeros of the gold's."""
    return Tally(
        correct=counts.correct,
        wrong=counts.wrong,
        missing=counts.missing,
        spurious=counts.spurious,
        unjudged=counts.unjudged,
        precision=share(counts.precision),
        recall=share(counts.recall),
        f1=share(counts.f1),
        unit=share(Ratio(counts.units, counts.correct)),
        line=share(Ratio(counts.lines, counts.correct)),
        zero=share(Ratio(counts.zeros, counts.gold_zeros)),
    )


class GroupTally(Frozen):
    """A group in a view."""

    group: Group
    view: View
    tally: Tally


class LengthSlice(Frozen):
    """How many rows of the forms of one length were read without a mistake."""

    rows: str
    found: Share


class Slice(Frozen):
    """The facts of one tag, such as all documents of a province."""

    tag: str
    name: str
    documents: int
    tally: Tally


class Grounding(Frozen):
    """Of the numbers read, those that stand on the line named and anywhere in their document; of
    those of four significant digits or more, those in their document and, as the measure of
    chance, those in another one."""

    on_line: Share
    in_document: Share
    long_in_document: Share
    long_by_chance: Share


class CheckScore(Frozen):
    """Of the objections of one check, and of its identities that hold, those that touch a
    mistake."""

    objected: Share
    held: Share


class Objections(Frozen):
    """Judged numbers of the output that some identity is about, mistakes among them that some
    identity objects to, and objections that touch a mistake."""

    covered: Share
    caught: Share
    right: Share
    by_check: Mapping[str, CheckScore]


class FindingScore(Frozen):
    """Findings against those that people listed. `of_listed` is recall; `of_reported` counts
    reported findings that answer a listed one, a lower bound of precision where a list is open."""

    document: str
    closed: bool
    of_listed: Share
    of_reported: Share
    by_check: Mapping[str, Share]
    missed: tuple[str, ...]


class DocumentScores(Frozen):
    """The scores of one golden document. `run` is its id in the run, empty where it was not
    read: then every gold fact is missing."""

    document: str
    run: str
    headline: Tally
    groups: tuple[GroupTally, ...]
    statements: Mapping[str, Tally]
    mistakes: int
    silently_wrong: Share
    ungrounded: int
    findings: FindingScore | None = None


class Usage(Frozen):
    """What the calls of a run used; `cached` answers were not sent for, `kept_tokens` are what
    they once took. Costs in the currency of the price table, as text; empty where a call has no
    price."""

    calls: int = 0
    cached: int = 0
    failed_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    wasted_tokens: int = 0
    kept_tokens: int = 0
    cost: str = ""
    wasted_cost: str = ""
    seconds: float | None = None


NO_CALLS: Final = Usage()


class Scores(Frozen):
    """`scores.json`. `seed` and `draws` make the intervals; `confirmed`: judged facts of the output
    that at least one identity holds for, of all of them, by group; `blank_cells`: of the cells
    that the gold's forms leave blank, those that were read as blank."""

    format_version: int = SCORES_VERSION
    golden_hash: str
    seed: int
    draws: int
    documents: tuple[DocumentScores, ...]
    headline: Tally
    headline_interval: Interval | None
    held_out: Tally
    held_out_documents: int
    load_bearing: Share
    groups: tuple[GroupTally, ...]
    statements: Mapping[str, Tally]
    document_f1: float | None
    document_f1_interval: Interval | None
    zero_error_documents: Share
    silently_wrong: Share
    silently_wrong_interval: Interval | None
    ungrounded: int
    grounding: Grounding
    confirmed: Mapping[Group, Share]
    objections: Objections
    row_recall: tuple[LengthSlice, ...]
    blank_cells: Share
    slices: tuple[Slice, ...]
    diagnoses: Mapping[str, int]
    findings: Share
    finding_precision: Share
    usage: Usage = NO_CALLS
    unmatched: tuple[str, ...] = ()


class JudgedFact(Frozen):
    """One side of a judged pair: what the gold, or the reading, says."""

    statement: str
    section: str
    row: str
    column: str
    value: Decimal
    unit: str
    raw: str
    line: int

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The contract's key."""
        return (self.statement, self.section, self.row, self.column)


def judged_fact(fact: Fact | None) -> JudgedFact | None:
    """The scored part of a fact."""
    if fact is None:
        return None
    return JudgedFact(**{name: getattr(fact, name) for name in JudgedFact.model_fields})


class Judged(Frozen):
    """A line of `judged.jsonl`. `identities` hold for the prediction, `broken` object to it;
    `grounded` says that its printed string stands on its line."""

    document: str
    group: Group
    outcome: Outcome
    gold: JudgedFact | None
    predicted: JudgedFact | None
    diagnosis: Diagnosis | None
    identities: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    reader: str = ""
    grounded: bool = True

    @property
    def is_mistake(self) -> bool:
        """Wrong, missing or spurious."""
        return self.outcome in ("wrong", "missing", "spurious")

    @property
    def bears_load(self) -> bool:
        """Of the gold, what people quote first: totals of forms and the 三公 figures."""
        if not self.gold or self.group != "tables":
            return False
        return self.gold.statement == "three_public" or self.gold.row in TOTALS

    @property
    def is_silent(self) -> bool:
        """A number in the output that is not right, and no identity objects."""
        return self.outcome in ("wrong", "spurious") and not self.broken

    @property
    def key(self) -> tuple[str, ...]:
        """The same fact in two evaluations of one golden set: the gold's key, or for a
        prediction that no gold fact answers its own key, place and value."""
        if self.gold:
            return (self.document, *self.gold.key)
        read = self.predicted
        return (self.document, *read.key, str(read.line), str(read.value)) if read else ()
