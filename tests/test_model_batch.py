"""Batches: files out, files in, round by round, without a key and without a server."""

import json
from pathlib import Path

import pytest

from pipeline.batch import Work, collect, last_round, prepare
from pipeline.errors import InputError, UsageError
from pipeline.llm import ModelDoor
from pipeline.llm_calls import Settings
from pipeline.reading.learning import FormStore
from pipeline.reading.model import read_with_model
from schemas.readings import Reading
from tests.loopback import Asked, Behaviour, Reply
from tests.loopback_ideal import ideal_model
from tests.test_model import f1, facts_of, golden

SETTINGS = Settings(model="某模型", base_url="http://127.0.0.1:9/v1")
ONE = golden("yancheng-2024-budget")


def work_into(kept: list[tuple[Reading, ...]]) -> Work:
    def work(door: ModelDoor) -> None:
        kept.append(read_with_model(ONE.document, ONE.chunks, door, FormStore()))

    return work


def answered(requests: Path, behaviour: Behaviour, path: Path) -> Path:
    """What a provider gives back for a requests file."""
    lines = []
    for line in requests.read_text("utf-8").splitlines():
        request = json.loads(line)
        reply = behaviour(Asked(request["body"], ""))
        message = {"role": "assistant", "content": reply.content}
        choice = {"index": 0, "finish_reason": reply.finish_reason, "message": message}
        body = {"choices": [choice], "model": "某大模型", "usage": None}
        response = {"status_code": reply.status, "body": body}
        lines.append(json.dumps({"custom_id": request["custom_id"], "response": response}))
    path.write_text("\n".join(reversed(lines)), encoding="utf-8")
    return path


def test_one_round_of_right_answers_reads_the_document(tmp_path: Path) -> None:
    kept: list[tuple[Reading, ...]] = []
    first = prepare(tmp_path, SETTINGS, work_into(kept))
    assert first.path == tmp_path / "batch" / "requests-1.jsonl"
    responses = answered(first.path, ideal_model([ONE]), tmp_path / "answers-1.jsonl")
    got = collect(tmp_path, SETTINGS, work_into(kept), responses)
    assert got.taken == (len(first.requests), 0, 0)
    assert got.next_round == (None, ())
    facts = facts_of(ONE, kept[-1])
    assert [f1(ONE, facts, family) for family in ("table", "claim")] == [1.0, 1.0]


def test_the_format_is_the_batch_format_with_a_strict_schema(tmp_path: Path) -> None:
    first = prepare(tmp_path, SETTINGS, work_into([]))
    assert first.path
    lines = [json.loads(line) for line in first.path.read_text("utf-8").splitlines()]
    assert {tuple(sorted(line)) for line in lines} == {("body", "custom_id", "method", "url")}
    assert {(line["method"], line["url"]) for line in lines} == {("POST", "/v1/chat/completions")}
    formats = [line["body"]["response_format"]["json_schema"] for line in lines]
    assert all(one["strict"] and one["schema"]["additionalProperties"] is False for one in formats)
    tasks = [one.request.task for one in first.requests]
    assert tasks == sorted(tasks, key=lambda task: task != "form_map")


def test_a_wrong_answer_is_asked_about_again_in_the_next_round(tmp_path: Path) -> None:
    ideal = ideal_model([ONE])

    def no_claims(asked: Asked) -> Reply:
        return Reply('{"claims":[]}') if asked.task == "claims" else ideal(asked)

    first = prepare(tmp_path, SETTINGS, work_into([]))
    assert first.path
    responses = answered(first.path, no_claims, tmp_path / "answers-1.jsonl")
    second = collect(tmp_path, SETTINGS, work_into([]), responses).next_round
    assert second.path == tmp_path / "batch" / "requests-2.jsonl" == last_round(tmp_path)
    assert {one.request.task for one in second.requests} == {"claims"}
    assert all("不应为空" in one.request.messages[-1].content for one in second.requests)


def test_failed_and_foreign_answers_are_counted_and_stay_open(tmp_path: Path) -> None:
    first = prepare(tmp_path, SETTINGS, work_into([]))
    assert first.path
    responses = tmp_path / "answers.jsonl"
    answered(first.path, lambda asked: Reply(status=500), responses)
    with responses.open("a", encoding="utf-8") as file:
        file.write('\n{"custom_id": "other", "response": {}}\n')
    got = collect(tmp_path, SETTINGS, work_into([]), responses)
    assert got.taken == (0, len(first.requests), 1)
    assert got.next_round.requests == first.requests


@pytest.mark.parametrize("text", ["[]", "{", "[" * 200_000], ids=["列表", "截断", "深嵌套"])
def test_a_file_that_is_no_responses_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        collect(tmp_path, SETTINGS, work_into([]), path)


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        collect(tmp_path, SETTINGS, work_into([]), tmp_path / "none.jsonl")
