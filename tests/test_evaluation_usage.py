"""What the calls of a run used, and what of it was wasted."""

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.errors import InputError
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


def test_a_call_without_a_price_leaves_the_cost_open() -> None:
    assert usage_of([call("a"), call("b", cost=None)]).cost == ""


def test_a_run_without_a_log_made_no_calls(tmp_path: Path) -> None:
    assert read_usage(tmp_path).calls == 0


def test_a_damaged_log_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_text(call("a").model_dump_json() + "\n{", encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_usage(tmp_path)
    assert refusal.value.where.endswith("line 2")
