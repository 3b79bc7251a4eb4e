"""What the door keeps and counts: cache, replay, call log, tokens, money, pace."""

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.errors import AnswerTooLong, BudgetSpent, ModelSetupError, OutputError, UsageError
from pipeline.llm import ModelDoor, Outlets
from pipeline.llm_budget import read_prices
from pipeline.llm_cache import (
    AnswerCache,
    Recording,
    call_log,
    read_recording,
    write_recording,
)
from pipeline.llm_calls import CallRecord, Settings
from tests.loopback import Reply, serve
from tests.test_llm import REQUEST, RIGHT, Waits, ask, door_to, error, in_turn


def test_what_was_answered_is_not_asked_again(tmp_path: Path) -> None:
    with serve(lambda asked: RIGHT) as server:
        for _ in range(2):
            door = door_to(server, Outlets(cache=AnswerCache(tmp_path), sleep=Waits()))
            assert ask(door) == "红"
    assert len(server.seen) == 1


def test_a_truncated_answer_is_paid_once(tmp_path: Path) -> None:
    with serve(lambda asked: Reply("{", finish_reason="length")) as server:
        for _ in range(2):
            with pytest.raises(AnswerTooLong):
                ask(door_to(server, Outlets(cache=AnswerCache(tmp_path), sleep=Waits())))
    assert len(server.seen) == 1


def test_replay_answers_without_a_server(tmp_path: Path) -> None:
    with serve(lambda asked: RIGHT) as server:
        ask(door_to(server, Outlets(cache=AnswerCache(tmp_path))))
    door = door_to(server, Outlets(cache=AnswerCache(tmp_path)), replay=True)
    assert ask(door) == "红"


@pytest.mark.parametrize(
    "change",
    [
        {"prompt_sha256": "1"},
        {"messages": REQUEST.messages[:1]},
        {"answer_tokens": 101},
        {"repeat": 1},
    ],
    ids=["提示词变了", "文件变了", "参数变了", "重复次数"],
)
def test_a_stale_recording_is_an_error_and_never_a_call(
    tmp_path: Path, change: dict[str, object]
) -> None:
    with serve(lambda asked: RIGHT) as server:
        ask(door_to(server, Outlets(cache=AnswerCache(tmp_path))))
        door = door_to(server, Outlets(cache=AnswerCache(tmp_path)), replay=True)
        with pytest.raises(ModelSetupError, match="no recorded answer"):
            ask(door, REQUEST.model_copy(update=change))
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "content",
    ["{", '{"key": 1}', "[" * 100_000, "null", '{"__reduce__": "os.system"}'],
    ids=["截断", "缺字段", "深嵌套", "空", "不认识的字段"],
)
def test_a_damaged_recording_is_named_and_not_used(tmp_path: Path, content: str) -> None:
    with serve(lambda asked: RIGHT) as server:
        door = door_to(server, Outlets(cache=AnswerCache(tmp_path)))
        ask(door)
        next(tmp_path.rglob("*.json")).write_text(content, encoding="utf-8")
        with pytest.raises(OutputError, match="recorded answer"):
            ask(door)
    assert len(server.seen) == 1


def test_a_recording_under_another_name_is_refused(tmp_path: Path) -> None:
    with serve(lambda asked: RIGHT) as server:
        door = door_to(server, Outlets(cache=AnswerCache(tmp_path)))
        ask(door)
        other = REQUEST.model_copy(update={"repeat": 1})
        ask(door, other)
        first, second = sorted(tmp_path.rglob("*.json"))
        second.write_bytes(first.read_bytes())
        with pytest.raises(OutputError, match="not of this key"):
            ask(door)
            ask(door, other)


# -- money, tokens, pace ---------------------------------------------------------------------------


def test_every_attempt_is_recorded_the_failed_ones_too(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    with serve(in_turn(error(500), Reply("红"), RIGHT)) as server:
        door = door_to(server, Outlets(record=call_log(path), sleep=Waits()))
        assert ask(door) == "红"
    lines = [CallRecord.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]
    assert [(one.attempt, one.outcome, one.status) for one in lines] == [
        (1, "ModelUnavailable", 500),
        (2, "answered", None),
        (1, "answered", None),
    ]
    assert [one.usage.completion for one in lines] == [0, 1, len('{"colour":"红"}')]


def test_the_key_is_in_no_record_and_no_cache_entry(tmp_path: Path) -> None:
    with serve(lambda asked: RIGHT) as server:
        outlets = Outlets(cache=AnswerCache(tmp_path), record=call_log(tmp_path / "calls.jsonl"))
        ask(door_to(server, outlets, api_key=SecretStr("sk-geheim")))
    assert server.seen[0].authorization == "Bearer sk-geheim"
    assert "geheim" not in "".join(p.read_text("utf-8") for p in tmp_path.rglob("*.json*"))


@pytest.mark.parametrize(
    "limit", [{"max_tokens": 110}, {"max_cost": Decimal("0.00001")}], ids=["token 上限", "费用上限"]
)
def test_the_worst_case_is_reserved_before_the_call(limit: dict[str, object]) -> None:
    prices = read_prices('["某模型"]\ninput = 1.0\noutput = 2.0\n')
    with serve(lambda asked: RIGHT) as server, pytest.raises(BudgetSpent):
        ask(door_to(server, Outlets(prices=prices), **limit))
    assert server.seen == []


def test_the_reservation_is_settled_by_what_was_used() -> None:
    prices = read_prices('["某模型"]\ninput = 1.0\noutput = 2.0\n')
    with serve(lambda asked: RIGHT) as server:
        door = door_to(server, Outlets(prices=prices), max_tokens=10_000)
        ask(door)
    used = sum(len(m["content"]) for m in server.seen[0].messages)
    answered = len(RIGHT.content)
    assert door.budget.spent == (used + answered, Decimal(used + 2 * answered) / 1_000_000)


def test_a_cost_ceiling_needs_a_price() -> None:
    with pytest.raises(UsageError, match="no price"):
        ModelDoor(Settings(model="某模型", max_cost=Decimal(1)))


def test_a_price_file_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="price file"):
        read_prices("[x]\ninput = 'much'\n")


def test_requests_a_minute_are_spaced() -> None:
    waits = Waits()
    with serve(lambda asked: RIGHT) as server:
        door = door_to(server, Outlets(sleep=waits, clock=lambda: 0.0), requests_per_minute=60)
        for number in range(3):
            ask(door, REQUEST.model_copy(update={"repeat": number}))
    assert waits.seconds == [1.0, 2.0]


def test_a_recording_says_who_gave_the_answers(tmp_path: Path) -> None:
    recording = Recording(model="某模型", endpoint="", made_by="某大模型")
    write_recording(tmp_path, recording)
    assert read_recording(tmp_path) == recording
    (tmp_path / "replay.json").write_text("{}", encoding="utf-8")
    with pytest.raises(OutputError, match="no recording"):
        read_recording(tmp_path)
