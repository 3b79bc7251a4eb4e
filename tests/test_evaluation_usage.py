"""What the calls of a run used, and what of it was wasted."""

from decimal import Decimal
from pathlib import Path

import pytest
from scoring import SET, read

from pipeline.errors import InputError
from pipeline.evaluation.harness import evaluate
from pipeline.evaluation.table import render_scores
from pipeline.evaluation.usage import read_usage, usage_of
from pipeline.llm_calls import CallRecord, Usage


def call(name: str, attempt: int = 1, outcome: str = "answered", **change: object) -> CallRecord:
    record = CallRecord(
        call=name,
        attempt=attempt,
        task="claims",
        prompt="claims/v1",
        document="甲",
        chunk="1",
        model="m",
        endpoint="http://localhost",
        mode="tools",
        outcome=outcome,
        finish_reason="stop",
        usage=Usage(prompt=100, completion=10),
        cost=Decimal("0.02"),
        seconds=1.5,
    )
    return record.model_copy(update=change)


@pytest.mark.parametrize(
    ("records", "failed", "wasted", "wasted_cost"),
    [
        pytest.param([call("a")], 0, 0, "0", id="一次答成"),
        pytest.param([call("a", 1, "ModelUnavailable"), call("a", 2)], 1, 110, "0.02", id="重试"),
        pytest.param([call("a", 1), call("a", 2)], 0, 110, "0.02", id="重问"),
        pytest.param([call("a", finish_reason="length")], 1, 110, "0.02", id="截断"),
    ],
)
def test_what_is_wasted(
    records: list[CallRecord], failed: int, wasted: int, wasted_cost: str
) -> None:
    usage = usage_of(records)
    assert (usage.failed_calls, usage.wasted_tokens, usage.wasted_cost) == (
        failed,
        wasted,
        wasted_cost,
    )


def test_kept_answers_cost_nothing_and_are_counted() -> None:
    usage = usage_of([call("a"), call("b", 0, "cached", cached=True, cost=None)])
    assert (usage.calls, usage.cached, usage.cost, usage.input_tokens) == (1, 1, "0.02", 100)
    assert usage.kept_tokens == 110


def test_time_and_the_price_of_a_thousand_right_facts_are_shown(tmp_path: Path) -> None:
    usage = usage_of([call("a"), call("b", 0, "cached", cached=True, cost=None)])
    shown = render_scores(evaluate([read("甲")], SET[:1], tmp_path, usage))
    assert shown.endswith(
        "1 calls (0 failed), 1 kept answers of 110 tokens, 100 + 10 tokens (0 wasted), 1.5 s, "
        "cost 0.02, wasted 0 (0.2000 for 1,000 right facts)\n"
    )


def test_a_call_without_a_price_leaves_the_cost_open() -> None:
    assert usage_of([call("a"), call("b", cost=None)]).cost == ""


def test_a_run_without_a_log_made_no_calls(tmp_path: Path) -> None:
    assert read_usage(tmp_path).calls == 0


def test_a_damaged_log_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_text(call("a").model_dump_json() + "\n{", encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_usage(tmp_path)
    assert refusal.value.where.endswith("line 2")
