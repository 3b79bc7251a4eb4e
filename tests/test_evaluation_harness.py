"""The harness: files, determinism, headline figures, comparison, gate, drafts."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from scoring import FACTS, SET, fact, golden, read, spoiled

from pipeline.errors import InputError, OutputError, UsageError
from pipeline.evaluation.compare import (
    Evaluation,
    compare,
    gate,
    read_evaluation,
    render_comparison,
)
from pipeline.evaluation.drafts import write_draft
from pipeline.evaluation.findings import score_findings
from pipeline.evaluation.golden import (
    Defect,
    Place,
    Verdict,
    load_golden,
)
from pipeline.evaluation.grid import GridCell, cells, run_grid
from pipeline.evaluation.harness import evaluate
from pipeline.evaluation.intervals import bootstrap, sign_flip
from pipeline.evaluation.scores import score_document
from pipeline.evaluation.table import render_scores
from schemas.facts import Fact
from schemas.findings import Finding, Outcome


def test_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    runs = [read("甲", spoiled(3)), read("乙")]
    evaluate(runs, SET, tmp_path / "1")
    evaluate(reversed(runs), SET, tmp_path / "2")
    for name in ("scores.json", "judged.jsonl"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_every_figure_counts_again_from_the_judged_facts(tmp_path: Path) -> None:
    scores = evaluate([read("甲", spoiled(3, 4)), read("乙", FACTS[:90])], SET, tmp_path)
    rows = [
        json.loads(line) for line in (tmp_path / "judged.jsonl").read_text("utf-8").splitlines()
    ]
    outcomes = [row["outcome"] for row in rows]
    headline = scores.headline
    assert outcomes.count("correct") == headline.correct == 188
    assert outcomes.count("wrong") == headline.wrong == 2
    assert outcomes.count("missing") == headline.missing == 10
    assert (headline.recall.numerator, headline.recall.denominator) == (188, 200)


def test_a_document_that_was_not_read_is_missing_altogether(tmp_path: Path) -> None:
    scores = evaluate([read("甲"), read("丙")], SET, tmp_path)
    assert [one.headline.missing for one in scores.documents] == [0, 100]
    assert scores.unmatched == ("丙-00000000",)
    assert "乙  (not read)" in render_scores(scores)


def test_silently_wrong_is_wrong_without_an_objection(tmp_path: Path) -> None:
    objection = Outcome(check="A1", status="fail", facts=(3,))
    run = read("甲", spoiled(3, 4), outcomes=(objection,))
    scores = evaluate([run], SET[:1], tmp_path)
    assert scores.headline.wrong == 2
    assert (scores.silently_wrong.numerator, scores.silently_wrong.denominator) == (1, 100)


def test_confirmed_counts_what_at_least_one_identity_holds_for(tmp_path: Path) -> None:
    facts = tuple(
        f.model_copy(update={"checks": ("A1",)}) if i < 40 else f for i, f in enumerate(FACTS)
    )
    scores = evaluate([read("甲", facts)], SET[:1], tmp_path)
    assert [scores.confirmed["tables"].numerator, scores.confirmed["tables"].denominator] == [
        40,
        100,
    ]
    assert "tables 0.4000 (40/100)" in render_scores(scores)


def test_a_number_that_is_not_on_its_line_is_not_grounded() -> None:
    loose = fact(1, "7.77")
    assert score_document(golden("甲"), [*FACTS, loose]).ungrounded == (loose,)


@pytest.mark.parametrize(
    ("lines", "raw", "grounded"),
    [
        pytest.param(("合计 485.", "52 元"), "485.52", True, id="折行的数属于起始行"),
        pytest.param(("合计 485.52",), "85.52", False, id="数字的一部分"),
        pytest.param(("合计", "485.52"), "485.52", False, id="整个在下一行"),
    ],
)
def test_where_a_number_is_grounded(lines: tuple[str, ...], raw: str, grounded: bool) -> None:
    document = golden("甲", lines=lines)
    found = fact(0, raw)
    assert (score_document(document, [found]).ungrounded == ()) is grounded


def test_held_out_documents_are_scored_apart(tmp_path: Path) -> None:
    source = SET[1].source.model_copy(update={"split": "held_out"})
    documents = (SET[0], SET[1].model_copy(update={"source": source}))
    scores = evaluate([read("甲"), read("乙", FACTS[:50])], documents, tmp_path)
    assert (scores.held_out.correct, scores.held_out.missing) == (50, 50)


def test_without_held_out_documents_the_table_says_so(tmp_path: Path) -> None:
    shown = render_scores(evaluate([read("甲"), read("乙")], SET, tmp_path))
    assert "held out           no document" in shown


def test_printed_zeros_are_counted_apart(tmp_path: Path) -> None:
    facts = (fact(0, "0.00"), fact(1, "0"), fact(2, "5"))
    scores = evaluate([read("甲", facts[1:])], [golden("甲", facts)], tmp_path)
    assert (scores.headline.zero.numerator, scores.headline.zero.denominator) == (1, 2)


def test_row_recall_follows_the_length_of_the_gold(tmp_path: Path) -> None:
    scores = evaluate([read("甲", FACTS[:40])], [golden("甲")], tmp_path)
    [slice_] = scores.row_recall
    assert (slice_.rows, slice_.found.numerator, slice_.found.denominator) == ("31-100", 40, 100)


def compared(tmp_path: Path, before: Sequence[Fact], after: Sequence[Fact]) -> tuple[Path, Path]:
    first, second = tmp_path / "before", tmp_path / "after"
    evaluate([read("甲", before), read("乙", before)], SET, first)
    evaluate([read("甲", after), read("乙", after)], SET, second)
    return first, second


def test_compare_finds_a_planted_regression_of_one_in_a_hundred(tmp_path: Path) -> None:
    first, second = map(read_evaluation, compared(tmp_path, FACTS, spoiled(42)))
    comparison = compare(first, second)
    assert [change.key for change in comparison.broken] == [
        ("乙", "income", "", "2010042", "total"),
        ("甲", "income", "", "2010042", "total"),
    ]
    assert comparison.fixed == ()
    assert comparison.overall.mean == pytest.approx(-0.01)
    assert comparison.overall.interval is not None
    assert comparison.overall.interval.high < 0
    assert gate(comparison) == (
        "F1 by document may have fallen by 0.0100 (margin 0.0000)",
        "silently wrong rose from 0 to 2",
    )
    assert "2010042 / total: gold 42.52, read 542.52" in render_comparison(comparison)


def test_compare_of_the_way_back_lists_the_same_facts_as_fixed(tmp_path: Path) -> None:
    first, second = map(read_evaluation, compared(tmp_path, spoiled(42), FACTS))
    comparison = compare(first, second)
    assert len(comparison.fixed) == 2
    assert gate(comparison) == ()


def test_identical_runs_differ_by_exactly_zero(tmp_path: Path) -> None:
    first, second = map(read_evaluation, compared(tmp_path, spoiled(1), spoiled(1)))
    comparison = compare(first, second)
    assert (comparison.overall.mean, comparison.overall.probability) == (0.0, 1.0)
    assert (comparison.fixed, comparison.broken, gate(comparison)) == ((), (), ())


def test_a_broken_total_stops_the_gate_within_any_margin(tmp_path: Path) -> None:
    totals = (FACTS[0].model_copy(update={"row": "total"}), *FACTS[1:])
    documents = (golden("甲", totals),)
    evaluate([read("甲", totals)], documents, tmp_path / "a")
    evaluate([read("甲", totals[1:])], documents, tmp_path / "b")
    reasons = gate(compare(read_evaluation(tmp_path / "a"), read_evaluation(tmp_path / "b")), 0.5)
    assert reasons == ("1 totals or 三公 figures broke: 甲 / income / total / total",)


def test_evaluations_of_different_golden_sets_are_not_compared(tmp_path: Path) -> None:
    evaluate([read("甲")], SET, tmp_path / "a")
    evaluate([read("甲")], SET[:1], tmp_path / "b")
    with pytest.raises(UsageError, match="different golden sets"):
        compare(read_evaluation(tmp_path / "a"), read_evaluation(tmp_path / "b"))


def test_a_folder_without_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no evaluation to read"):
        read_evaluation(tmp_path)


def test_interval_is_over_documents_and_repeatable() -> None:
    values = [0.5, 0.7, 0.9, 1.0]
    once = bootstrap(values, lambda drawn: sum(drawn) / len(drawn))
    assert once == bootstrap(values, lambda drawn: sum(drawn) / len(drawn))
    assert once is not None
    assert 0.5 <= once.low < 0.775 < once.high <= 1.0


def test_one_document_gives_no_interval() -> None:
    assert bootstrap([0.5], max) is None


@pytest.mark.parametrize(
    ("differences", "probability"),
    [
        pytest.param([0.0, 0.0, 0.0], 1.0, id="毫无差别"),
        pytest.param([0.1] * 5, 0.0625, id="五份全好：2/32"),
        pytest.param([0.1, -0.1], 1.0, id="一好一坏"),
    ],
)
def test_sign_flip_is_exact_for_few_documents(differences: list[float], probability: float) -> None:
    assert sign_flip(differences) == probability


def test_sign_flip_of_many_documents_is_repeatable() -> None:
    assert sign_flip([0.1] * 20) == sign_flip([0.1] * 20) < 0.01


DEFECT = Defect(
    id="D1",
    quote="科目",
    kind="ratio_mismatch",
    check="I4",
    expected="",
    printed="",
    confidence=0.9,
    severity="error",
    origin="document",
    line=5,
    also=(Place(line=9, quote="科目"),),
)


def finding(check: str, line: int) -> Finding:
    return Finding(
        document="甲",
        finding=f"{check}-{line}",
        cluster="c",
        check=check,
        severity="error",
        origin="document",
        line=line,
        lines=(line,),
        message="",
    )


@pytest.mark.parametrize(
    ("check", "line", "found", "right"),
    [
        pytest.param("I6", 5, 1, 1, id="同一行，同族"),
        pytest.param("A1", 5, 1, 0, id="同一行，异族：找到了那一行，说的未必是那件事"),
        pytest.param("I6", 9, 1, 1, id="别处，同族"),
        pytest.param("A1", 9, 0, 0, id="别处，异族"),
        pytest.param("I4", 6, 0, 0, id="邻行不算"),
    ],
)
def test_what_answers_a_listed_defect(check: str, line: int, found: int, right: int) -> None:
    score = score_findings(golden("甲", defects=(DEFECT,)), [finding(check, line)])
    assert score is not None
    assert (score.of_listed.numerator, score.of_listed.denominator) == (found, 1)
    assert (score.of_reported.numerator, score.of_reported.denominator) == (right, 1)


def test_verdicts_of_people_decide_precision() -> None:
    verdicts = (
        Verdict(check="A1", line=1, label="defect"),
        Verdict(check="A1", line=2, label="acceptable"),
    )
    reported = [finding("A1", 1), finding("A1", 2), finding("A1", 3)]
    score = score_findings(golden("甲", verdicts=verdicts), reported)
    assert score is not None
    assert (score.of_reported.numerator, score.of_reported.denominator) == (1, 2)


def test_uncertain_defects_are_not_asked_for() -> None:
    doubtful = DEFECT.model_copy(update={"confidence": 0.5})
    score = score_findings(golden("甲", defects=(doubtful,)), [])
    assert score is not None
    assert score.of_listed.denominator == 0


def drafted(tmp_path: Path) -> Path:
    human = fact(1, "1.11", reader="human")
    return write_draft("一\n二".encode(), read("甲", (FACTS[0], human)), tmp_path, "新")


def test_only_confirmed_rows_of_a_draft_are_facts(tmp_path: Path) -> None:
    folder = drafted(tmp_path)
    assert [f.row for f in load_golden(folder).facts] == ["2010001"]
    rows = list(csv.DictReader(io.StringIO((folder / "facts.csv").read_text("utf-8-sig"))))
    assert [row["confirmed"] for row in rows] == ["", "yes"]


def test_nothing_is_spurious_in_a_draft(tmp_path: Path) -> None:
    score = score_document(load_golden(drafted(tmp_path)), FACTS)
    assert (score.headline.spurious, score.headline.unjudged) == (0, 99)


def test_a_draft_never_overwrites_golden_files(tmp_path: Path) -> None:
    drafted(tmp_path)
    with pytest.raises(OutputError):
        drafted(tmp_path)


def test_facts_that_change_between_repeats_are_counted_as_unsteady(tmp_path: Path) -> None:
    def reading(cell: GridCell) -> Evaluation:
        out = tmp_path / str(cell.repeat)
        evaluate([read("甲", spoiled(cell.repeat))], SET[:1], out)
        return read_evaluation(out)

    [row] = run_grid(cells(["m"], ["always"], 3), reading).rows
    assert (row.flips.numerator, row.flips.denominator) == (3, 100)
    assert (row.repeats, row.f1, row.missing) == (3, 0.99, ())
