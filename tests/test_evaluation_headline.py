"""Headline figures beside F1: grounding against chance, objections, slices, blanks."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from scoring import FACTS, SET, fact, golden, read, spoiled

from pipeline.evaluation.golden import Defect
from pipeline.evaluation.harness import evaluate
from pipeline.evaluation.intervals import DRAWS, SEED
from pipeline.evaluation.records import Share
from pipeline.evaluation.table import bare, render_scores
from schemas.facts import Fact
from schemas.findings import Outcome


def test_what_made_the_intervals_is_written_down(tmp_path: Path) -> None:
    scores = evaluate([read("甲")], SET, tmp_path)
    assert (scores.seed, scores.draws) == (SEED, DRAWS)


def printed(*texts: str) -> tuple[Fact, ...]:
    return tuple(fact(row, text) for row, text in enumerate(texts))


OWN = printed("7", "12.34", "56.78", "1200.00")


@pytest.mark.parametrize(
    ("other", "chance"),
    [
        pytest.param(("7", "12.34", "99.99"), "1/2", id="别的文件也印有一个长数"),
        pytest.param(("7", "1200.00"), "0/2", id="短数与整数不算"),
    ],
)
def test_grounding_is_set_against_chance(tmp_path: Path, other: Sequence[str], chance: str) -> None:
    documents = (
        golden("甲", OWN, lines=tuple(f.raw for f in OWN)),
        golden("乙", (), lines=tuple(other)),
    )
    one = evaluate([read("甲", OWN)], documents, tmp_path).grounding
    assert [bare(s) for s in (one.on_line, one.in_document, one.long_in_document)] == [
        "4/4",
        "4/4",
        "2/2",
    ]
    assert bare(one.long_by_chance) == chance


def test_a_number_that_stands_nowhere_is_not_in_the_document(tmp_path: Path) -> None:
    document = golden("甲", OWN, lines=tuple(f.raw for f in OWN))
    strayed = OWN[1].model_copy(update={"line": 1})
    invented = fact(9, "31.41")
    one = evaluate([read("甲", (strayed, invented))], [document], tmp_path).grounding
    assert [bare(s) for s in (one.on_line, one.in_document)] == ["0/2", "1/2"]


def test_objections_are_set_against_mistakes(tmp_path: Path) -> None:
    outcomes = (
        Outcome(check="A1", status="fail", facts=(2, 3)),
        Outcome(check="A1", status="fail", facts=(8,)),
        Outcome(check="B1", status="pass", facts=(4, 5)),
        Outcome(check="B1", status="rounding_hint", facts=(9,)),
        Outcome(check="C1", status="not_applicable", facts=(3,)),
    )
    facts = tuple(
        f.model_copy(update={"checks": ("B1",)}) if i in (4, 5, 9) else f
        for i, f in enumerate(spoiled(3, 4))
    )
    one = evaluate([read("甲", facts, outcomes=outcomes)], SET[:1], tmp_path).objections
    assert [bare(s) for s in (one.covered, one.caught, one.right)] == ["6/100", "1/2", "1/2"]
    assert {name: (bare(c.objected), bare(c.held)) for name, c in one.by_check.items()} == {
        "A1": ("1/2", "0/0"),
        "B1": ("0/0", "1/2"),
    }


def test_slices_follow_the_tags_of_the_gold(tmp_path: Path) -> None:
    source = SET[1].source.model_copy(update={"kind": "final_accounts"})
    documents = (SET[0], SET[1].model_copy(update={"source": source}), golden("丙"))
    runs = [read("甲", spoiled(3)), read("乙", FACTS[:90]), read("丙")]
    scores = evaluate(runs, documents, tmp_path)
    kinds = {s.name: (s.documents, s.tally.correct) for s in scores.slices if s.tag == "kind"}
    assert kinds == {"budget": (2, 199), "final_accounts": (1, 90)}
    assert "budget 199 right, 1 mistakes; final_accounts 90 right, 10 mistakes" in render_scores(
        scores
    )


def test_a_slice_of_five_documents_has_a_ratio(tmp_path: Path) -> None:
    few = golden("己", [f.model_copy(update={"unit": "元"}) for f in FACTS[:9]])
    documents = (*map(golden, "甲乙丙丁戊"), few)
    shown = render_scores(evaluate(map(read, "甲乙丙丁戊"), documents, tmp_path))
    assert "万元 F1 1.0000 (1000/1000); 元 0 right, 9 mistakes" in shown


FORM = (
    fact(0, "3.00", column="total"),
    fact(0, "1.00", column="basic"),
    fact(1, "2.00", column="total"),
    fact(2, "4.00", column="total"),
)


@pytest.mark.parametrize(
    ("more", "blank"),
    [
        pytest.param((), "2/2", id="空白读作空白"),
        pytest.param((fact(1, "0.00", column="basic"),), "1/2", id="空白读作零"),
        pytest.param((fact(1, "0.00", column="project"),), "2/2", id="表中没有的栏"),
    ],
)
def test_blank_cells_are_counted_apart(tmp_path: Path, more: tuple[Fact, ...], blank: str) -> None:
    scores = evaluate([read("甲", (*FORM, *more))], [golden("甲", FORM)], tmp_path)
    assert bare(scores.blank_cells) == blank
    assert scores.headline.correct == len(FORM)


def test_defects_of_a_document_that_was_not_read_are_not_found(tmp_path: Path) -> None:
    defect = Defect(
        id="D1",
        quote="科目",
        kind="sum_mismatch",
        check="A2",
        expected="",
        printed="",
        confidence=1,
        severity="error",
        origin="document",
        line=5,
    )
    scores = evaluate([], [golden("甲", defects=(defect,))], tmp_path)
    assert scores.findings == Share(numerator=0, denominator=1, value=0.0)


def test_a_document_of_no_golden_set_is_named(tmp_path: Path) -> None:
    shown = render_scores(evaluate([read("甲"), read("丙")], SET[:1], tmp_path))
    assert "not in the golden set, not scored: 丙-00000000" in shown
