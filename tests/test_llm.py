"""The model door, proven with the real client against a loopback server that counts requests."""

import json
import threading
from collections.abc import Callable, Sequence

import pytest
from pydantic import BaseModel, ConfigDict

from pipeline.errors import (
    AnswerInvalid,
    AnswerTooLong,
    ModelRefused,
    ModelSetupError,
    ModelUnavailable,
)
from pipeline.llm import ModelDoor, Outlets
from pipeline.llm_calls import Message, Request, Settings, key_from, repeats_itself
from tests.loopback import Behaviour, Reply, Server, serve


class Colour(BaseModel):
    model_config = ConfigDict(extra="forbid")
    colour: str


RIGHT = Reply('{"colour":"红"}')
REQUEST = Request(
    task="test",
    prompt="test/v1",
    prompt_sha256="0",
    document="某局-12345678",
    chunk="c001",
    messages=(Message(role="system", content="答"), Message(role="user", content="问")),
    answer_tokens=100,
)


class Waits:
    """Stands for sleep: remembers what was waited and does not wait."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def in_turn(*replies: Reply) -> Behaviour:
    """One reply after the other, the last for ever."""
    left = list(replies)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]


def door_to(server: Server, outlets: Outlets | None = None, **options: object) -> ModelDoor:
    given = {"attempts": 3, "timeout_seconds": 5.0, "connect_seconds": 2.0} | options
    settings = Settings(model="某模型", base_url=server.url, **given)  # type: ignore[arg-type]
    return ModelDoor(settings, outlets or Outlets(sleep=Waits()))


def ask(door: ModelDoor, request: Request = REQUEST) -> str:
    return door.ask(request, Colour, lambda answer: "").values[-1].colour


def error(status: int, code: str = "", message: str = "no", **headers: str) -> Reply:
    body = {"message": message, "type": "error", "code": code or None}
    return Reply(status=status, error=body, headers=tuple(headers.items()))


FAILURES: Sequence[tuple[str, Reply, type[Exception], int]] = (
    ("401 密钥错", error(401), ModelSetupError, 1),
    ("403 无权限", error(403), ModelSetupError, 1),
    ("404 没有这个模型", error(404, "model_not_found"), ModelSetupError, 1),
    ("402 余额不足", error(402), ModelSetupError, 1),
    ("429 额度用尽", error(429, "insufficient_quota"), ModelSetupError, 1),
    ("429 无 Retry-After", error(429, "rate_limit_exceeded"), ModelUnavailable, 3),
    ("500", error(500), ModelUnavailable, 3),
    ("503", error(503), ModelUnavailable, 3),
    ("连接中断", Reply(drop=True), ModelUnavailable, 3),
    ("不是 JSON 的响应体", Reply(raw="<html>网关</html>"), ModelUnavailable, 3),
    ("内容审查 data_inspection_failed", error(400, "data_inspection_failed"), ModelRefused, 1),
    ("内容审查 content_filter", error(400, "content_filter"), ModelRefused, 1),
    ("内容审查作为结束原因", Reply("", finish_reason="content_filter"), ModelRefused, 1),
    ("拒绝回答", Reply(refusal="不能回答"), ModelRefused, 1),
    ("上下文超长 code", error(400, "context_length_exceeded"), AnswerTooLong, 1),
    (
        "上下文超长 文字",
        error(400, message="This model's maximum context length is 4096 tokens"),
        AnswerTooLong,
        1,
    ),
    ("答案截断", Reply('{"colour":"红', finish_reason="length"), AnswerTooLong, 1),
    ("无尽重复", Reply('{"colour":"' + "红绿" * 400, finish_reason="length"), AnswerInvalid, 1),
    ("不是 JSON 的答案", Reply("红色"), AnswerInvalid, 3),
    ("不合模式的答案", Reply('{"colour":"红","more":1}'), AnswerInvalid, 3),
)


@pytest.mark.parametrize(
    ("reply", "kind", "requests"), [row[1:] for row in FAILURES], ids=[row[0] for row in FAILURES]
)
def test_each_failure_costs_its_requests_and_has_its_error(
    reply: Reply, kind: type[Exception], requests: int
) -> None:
    with serve(lambda asked: reply) as server, pytest.raises(kind):
        ask(door_to(server))
    assert len(server.seen) == requests


def test_read_timeout_is_retried() -> None:
    with serve(in_turn(Reply(delay=1.0), RIGHT)) as server:
        assert ask(door_to(server, timeout_seconds=0.3)) == "红"
    assert len(server.seen) == 2


def test_nobody_listening_is_unavailable() -> None:
    with serve(lambda asked: RIGHT) as server:
        pass
    with pytest.raises(ModelUnavailable):
        ask(door_to(server))


def test_retry_after_is_waited_for() -> None:
    waits = Waits()
    limited = error(429, "rate_limit_exceeded", **{"Retry-After": "7"})
    with serve(in_turn(limited, RIGHT)) as server:
        assert ask(door_to(server, Outlets(sleep=waits))) == "红"
    assert waits.seconds == [7.0]


def test_a_wait_beyond_the_ceiling_is_not_begun() -> None:
    limited = error(429, "rate_limit_exceeded", **{"Retry-After": "3600"})
    with serve(lambda asked: limited) as server, pytest.raises(ModelUnavailable):
        ask(door_to(server, wait_ceiling_seconds=60.0))
    assert len(server.seen) == 1


def test_waits_double_and_stop_at_the_ceiling() -> None:
    waits = Waits()
    with serve(lambda asked: error(500)) as server, pytest.raises(ModelUnavailable):
        ask(door_to(server, Outlets(sleep=waits), attempts=5, wait_ceiling_seconds=5.0))
    assert waits.seconds == [1.0, 2.0, 4.0, 5.0]


def test_after_a_setup_error_nothing_more_is_sent() -> None:
    with serve(lambda asked: error(401)) as server:
        door = door_to(server)
        for _ in range(3):
            with pytest.raises(ModelSetupError):
                ask(door)
    assert len(server.seen) == 1


def test_a_dead_server_is_given_up_after_three_requests_failed() -> None:
    with serve(lambda asked: error(503)) as server:
        door = door_to(server, attempts=2)
        for number in range(6):
            with pytest.raises(ModelUnavailable):
                ask(door, REQUEST.model_copy(update={"repeat": number}))
    assert len(server.seen) == 6


def test_the_first_calls_go_singly_so_that_a_wrong_key_costs_one_request() -> None:
    with serve(lambda asked: error(401)._replace(delay=0.2)) as server:
        door = door_to(server)
        threads = [threading.Thread(target=_ignored, args=(door, n)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(server.seen) == 1


def _ignored(door: ModelDoor, number: int) -> None:
    with pytest.raises(ModelSetupError):
        ask(door, REQUEST.model_copy(update={"repeat": number}))


def test_no_model_no_door() -> None:
    with pytest.raises(ModelSetupError, match="no model was named"):
        ModelDoor(Settings(model=""))


def test_a_re_ask_says_the_reason_in_one_line_and_nothing_else() -> None:
    long = json.dumps({"colour": "红" * 5000}, ensure_ascii=False)
    with serve(lambda asked: Reply(long)) as server:
        door_to(server).ask(REQUEST, Colour, lambda answer: "太长")
    assert [asked.user for asked in server.seen] == [
        "问",
        "问\n\n你上一次的回答（第1次）有错：太长",
        "问\n\n你上一次的回答（第2次）有错：太长",
    ]
    assert {len(asked.messages) for asked in server.seen} == {2}


@pytest.mark.parametrize(
    "content",
    [
        '<think>也许 {"colour":"绿"}？</think>{"colour":"红"}',
        '好的：\n```json\n{"colour":"红"}\n```',
        '文件里写着 {"colour":"绿"}。\n{"colour":"红"}',
    ],
    ids=["思考在前", "代码围栏", "引文在前"],
)
@pytest.mark.parametrize("mode", ["json_schema", "json_object", "tools"])
def test_words_before_the_json_are_tolerated(mode: str, content: str) -> None:
    with serve(lambda asked: Reply(content)) as server:
        assert ask(door_to(server, response_mode=mode)) == "红"
    assert server.seen[0].mode == mode


def test_strict_schema_is_sent() -> None:
    with serve(lambda asked: RIGHT) as server:
        ask(door_to(server))
    sent = server.seen[0].body["response_format"]
    assert isinstance(sent, dict)
    assert sent["json_schema"]["strict"] is True
    assert sent["json_schema"]["schema"]["additionalProperties"] is False


def _refuses(*modes: str) -> Behaviour:
    unsupported = error(
        400, "invalid_request_error", "This response_format type is unavailable now"
    )
    return lambda asked: unsupported if asked.mode in modes else RIGHT


@pytest.mark.parametrize(
    ("refused", "sent"),
    [
        (("json_schema",), ["json_schema", "tools", "tools"]),
        (("json_schema", "tools"), ["json_schema", "tools", "json_object", "json_object"]),
    ],
    ids=["只拒绝 json_schema", "也拒绝 tools"],
)
def test_a_refused_response_format_is_left_once_and_for_all(
    refused: tuple[str, ...], sent: list[str]
) -> None:
    with serve(_refuses(*refused)) as server:
        door = door_to(server)
        assert ask(door) == "红"
        assert ask(door, REQUEST.model_copy(update={"repeat": 1})) == "红"
    assert [asked.mode for asked in server.seen] == sent


def test_no_response_format_at_all_is_a_setup_error() -> None:
    refuses_all = _refuses("json_schema", "tools", "json_object")
    with serve(refuses_all) as server, pytest.raises(ModelSetupError, match="response format"):
        ask(door_to(server))
    assert len(server.seen) == 3


def test_thirty_two_are_asked_at_once() -> None:
    width = 32
    gate = threading.Barrier(width, timeout=30)
    opened = threading.Event()

    def together(asked: object) -> Reply:
        if opened.is_set():
            gate.wait()  # breaks, and so answers nothing, unless all of them have come
        opened.set()
        return RIGHT

    with serve(together) as server:
        door = door_to(server, max_concurrency=width, timeout_seconds=60.0)
        ask(door)
        _in_parallel(
            width, width * 2, lambda n: ask(door, REQUEST.model_copy(update={"repeat": n + 1}))
        )
    assert len(server.seen) == 2 * width + 1


def _in_parallel(width: int, calls: int, work: Callable[[int], object]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(width) as pool:
        list(pool.map(work, range(calls)))


@pytest.mark.parametrize(
    ("environment", "key"),
    [
        ({"JUESUAN_API_KEY": "a", "OPENAI_API_KEY": "b"}, "a"),
        ({"OPENAI_API_KEY": "b"}, "b"),
        ({}, ""),
    ],
    ids=["自己的优先", "通用的", "没有"],
)
def test_where_the_key_comes_from(environment: dict[str, str], key: str) -> None:
    assert key_from(environment).get_secret_value() == key


def test_a_long_column_of_zeros_is_no_repetition_until_it_is_endless() -> None:
    assert not repeats_itself('{"values":["1.00","2.00","3.00","4.00"]}')
    assert repeats_itself('{"values":[' + '"0.00",' * 200)
