"""Laws of the scorer: they hold for whatever facts are thrown at it."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.golden import GoldenDocument, Scope, SourceRecord
from pipeline.evaluation.matching import GROUPS, VIEWS, View, pair_facts
from pipeline.evaluation.scores import score_document
from schemas.facts import Fact

ROWS = ["2010101", "2010102", "total", "办公费", "办公费 #2", "甲项目/资金:总额"]
COLUMNS = {"claim": "amount share count", "evaluation": "weight score", "income": "total other"}
FLAT_VIEWS = [(group, view) for group in GROUPS for view in VIEWS[group]]


@st.composite
def fact(draw: st.DrawFn) -> Fact:
    statement = draw(st.sampled_from(sorted(COLUMNS)))
    value = draw(st.sampled_from(["0", "0.00", "1", "12.50", "-3", "120"]))
    return Fact(
        document="d",
        statement=statement,  # type: ignore[arg-type]  # drawn from the vocabulary
        section=draw(st.sampled_from(["", "收入"])) if statement == "claim" else "",
        row=draw(st.sampled_from(ROWS)),
        column=draw(st.sampled_from(COLUMNS[statement].split())),
        value=Decimal(value),
        unit=draw(st.sampled_from(["万元", "%", ""])),
        raw=value.lstrip("-"),
        label="",
        line=draw(st.integers(1, 4)),
        reader="form",
    )


facts = st.lists(fact(), max_size=12)


def golden(annotated: list[Fact], scope: Scope | None = None) -> GoldenDocument:
    return GoldenDocument(
        id="d",
        text_path=Path("d.txt"),
        sha256="0",
        lines=("0", "1", "2", "3"),
        facts=tuple(annotated),
        source=SourceRecord(
            title="",
            department="",
            year=2024,
            kind="unknown",
            province="",
            layout="",
            sha256="0",
            scope=scope or Scope(),
        ),
    )


@given(facts)
def test_gold_against_itself_is_perfect(annotated: list[Fact]) -> None:
    score = score_document(golden(annotated), annotated)
    assert [g.counts.mistakes for g in score.groups] == [0] * len(FLAT_VIEWS)
    assert score.headline.correct == len(annotated)


@given(facts, facts, st.randoms(use_true_random=False))
def test_order_of_facts_does_not_matter(gold: list[Fact], read: list[Fact], draw: Random) -> None:
    shuffled_gold, shuffled_read = draw.sample(gold, len(gold)), draw.sample(read, len(read))
    one, other = (
        score_document(golden(gold), read),
        score_document(golden(shuffled_gold), shuffled_read),
    )
    assert [g.counts for g in one.groups] == [g.counts for g in other.groups]


@given(facts, facts)
def test_every_fact_has_exactly_one_outcome(gold: list[Fact], read: list[Fact]) -> None:
    for group in score_document(golden(gold), read).groups:
        c = group.counts
        of_gold = sum(pair.gold is not None for pair in group.pairs)
        of_read = sum(pair.predicted is not None for pair in group.pairs)
        assert c.correct + c.wrong + c.missing == of_gold
        assert c.correct + c.wrong + c.spurious + c.unjudged == of_read
    headline = score_document(golden(gold), read).headline_pairs
    assert Counter(id(p.gold) for p in headline if p.gold) == Counter(map(id, gold))
    assert Counter(id(p.predicted) for p in headline if p.predicted) == Counter(map(id, read))


@given(st.lists(fact(), min_size=1, max_size=12), st.data())
def test_one_spoiled_value_costs_exactly_one(gold: list[Fact], data: st.DataObject) -> None:
    spoiled = data.draw(st.integers(0, len(gold) - 1))
    read = [
        f.model_copy(update={"value": Decimal("7777.7")}) if i == spoiled else f
        for i, f in enumerate(gold)
    ]
    score = score_document(golden(gold), read).headline
    assert score.correct == len(gold) - 1
    assert score.precision.denominator == score.recall.denominator == len(gold)


@given(facts, facts, fact())
def test_one_more_prediction_never_costs_a_correct_one(
    gold: list[Fact], read: list[Fact], more: Fact
) -> None:
    before, after = score_document(golden(gold), read), score_document(golden(gold), [*read, more])
    for one, other in zip(before.groups, after.groups, strict=True):
        assert one.counts.correct <= other.counts.correct <= one.counts.correct + 1


@given(facts, facts)
def test_a_stricter_view_never_finds_more(gold: list[Fact], read: list[Fact]) -> None:
    score = score_document(golden(gold), read)
    for group in ("claims", "evaluation"):
        assert score.counts(group, "subject").correct <= score.counts(group, "place").correct


@given(facts, facts)
@settings(max_examples=50)
def test_outside_the_annotated_scope_nothing_is_spurious(
    gold: list[Fact], read: list[Fact]
) -> None:
    scope = Scope(unjudged_lines=((1, 4),))
    score = score_document(golden(gold, scope), read).headline
    assert score.spurious == 0


@pytest.mark.parametrize(
    ("view", "change", "outcome"),
    [
        pytest.param("place", {"row": "收入"}, "correct", id="处所不问科目"),
        pytest.param("subject", {"row": "收入"}, "wrong", id="科目写错"),
        pytest.param("subject", {"row": "办 公费 #3"}, "correct", id="空格与序号不计"),
        pytest.param("key", {"row": "办公费 #3"}, "missing spurious", id="全键计序号"),
        pytest.param("key", {"section": "支出"}, "missing spurious", id="全键计标题"),
        pytest.param("subject", {"section": "支出"}, "correct", id="科目不问标题"),
        pytest.param("place", {"column": "budget"}, "wrong", id="栏目写错"),
        pytest.param("place", {"value": Decimal("-12.50")}, "wrong", id="正负号写错"),
        pytest.param("subject", {"value": Decimal("12.51")}, "wrong", id="差一分也是错"),
        pytest.param("subject", {"value": Decimal("12.5")}, "correct", id="同一个数"),
        pytest.param("place", {"line": 3, "row": "别的"}, "missing spurious", id="行号不同"),
        pytest.param("subject", {"unit": "元"}, "correct", id="单位另计"),
    ],
)
def test_what_each_view_asks_for(view: View, change: dict[str, object], outcome: str) -> None:
    gold = Fact(
        document="d",
        statement="claim",
        section="收入",
        row="办公费",
        column="amount",
        value=Decimal("12.50"),
        unit="万元",
        raw="12.50",
        label="",
        line=2,
        reader="human",
    )
    pairs = pair_facts([gold], [gold.model_copy(update=change)], view)
    assert " ".join(pair.outcome for pair in pairs) == outcome
