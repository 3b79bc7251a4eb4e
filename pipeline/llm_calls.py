"""What goes through the model door: settings, requests, completions, call records.

A request is a value; its key is the hash of everything that decides the answer. The key names the
cache entry and the call, so that provenance is the same in every run over the same answers.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError

from schemas.base import Frozen

ResponseMode = Literal["json_schema", "tools", "json_object"]
RESPONSE_MODES: Final[tuple[ResponseMode, ...]] = ("json_schema", "tools", "json_object")
KEY_VERSION = 1
DEFAULT_ENDPOINT = "https://api.openai.com/v1"
TIMEOUT_SECONDS: Final = 180.0
_SHOWN_PROBLEMS = 3
_MAX_ANSWER_CHARACTERS = 1_000_000

T = TypeVar("T", bound=BaseModel)


class Settings(Frozen):
    """How the door calls the model. `max_tokens` and `max_cost` bound the whole run; a limit of 0
    requests or tokens a minute means none. `response_mode` is tried first. `endpoint` names the
    server in keys and records where its address is no name (a local server's port changes)."""

    model: str
    base_url: str = DEFAULT_ENDPOINT
    endpoint: str = ""
    api_key: SecretStr = SecretStr("")
    timeout_seconds: float = TIMEOUT_SECONDS
    connect_seconds: float = 10.0
    max_concurrency: int = 8
    requests_per_minute: int = 0
    tokens_per_minute: int = 0
    max_tokens: int | None = None
    max_cost: Decimal | None = None
    response_mode: ResponseMode = "json_schema"
    temperature: float = 0.0
    attempts: int = 5
    wait_ceiling_seconds: float = 60.0
    redact: bool = False
    replay: bool = False


class Message(Frozen):
    """One message of the conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class Request(Frozen):
    """One question: which prompt about which chunk, and at most how many tokens of answer."""

    task: str
    prompt: str
    prompt_sha256: str
    document: str
    chunk: str
    messages: tuple[Message, ...]
    answer_tokens: int
    repeat: int = 0


class Usage(Frozen):
    """Tokens of one attempt as the server counted them. `cached` is part of `prompt`."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0


class Completion(Frozen):
    """What the server answered, before anything was parsed."""

    text: str
    finish_reason: str = "stop"
    refusal: str = ""
    model: str = ""
    usage: Usage = Usage()


class CallRecord(Frozen):
    """A line of `calls.jsonl`: one attempt, failed ones too."""

    call: str
    attempt: int
    task: str
    prompt: str
    document: str
    chunk: str
    model: str
    endpoint: str
    mode: str
    outcome: str
    status: int | None = None
    finish_reason: str = ""
    usage: Usage = Usage()
    cost: Decimal | None = None
    seconds: float = 0.0
    cached: bool = False


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces: the same value gives the same characters."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """Hex digest of the text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@lru_cache(maxsize=512)
def answer_schema(model: type[BaseModel]) -> str:
    """The response schema of an answer model as JSON. The order of its properties is kept: it is
    the order in which a server lets the model write them (statement first)."""
    return json.dumps(model.model_json_schema(), ensure_ascii=False, separators=(",", ":"))


def request_key(settings: Settings, request: Request, answer: type[BaseModel]) -> str:
    """Hash of all that decides the answer.

    The response mode is not part of it: it is how the schema travels, not what is asked.
    """
    asked = {
        "version": KEY_VERSION,
        "model": settings.model,
        "endpoint": settings.endpoint or settings.base_url,
        "temperature": settings.temperature,
        "answer_tokens": request.answer_tokens,
        "prompt": request.prompt_sha256,
        "schema": sha256(answer_schema(answer)),
        "messages": [message.model_dump() for message in request.messages],
        "repeat": request.repeat,
    }
    return sha256(canonical(asked))


def call_id(key: str) -> str:
    """The name of a call in provenance and log: the first 16 characters of its key."""
    return key[:16]


def key_from(environment: Mapping[str, str]) -> SecretStr:
    """The key for the endpoint: JUESUAN_API_KEY, else OPENAI_API_KEY, else empty."""
    found = environment.get("JUESUAN_API_KEY") or environment.get("OPENAI_API_KEY") or ""
    return SecretStr(found)


def json_part(text: str) -> str:
    """The last JSON object of an answer that may reason or fence before it.

    The last one is the answer: an earlier one may be quoted from the document.

    >>> json_part('<think>maybe {"a":1}</think> Sure: {"a":2}')
    '{"a":2}'
    """
    decoder = json.JSONDecoder()
    found, position = text, 0
    starts = (match.start() for match in re.finditer(r"\{", text[:_MAX_ANSWER_CHARACTERS]))
    failures = 0
    for start in starts:
        if start < position or failures > 200:
            continue
        try:
            _, position = decoder.raw_decode(text, start)
        except (json.JSONDecodeError, RecursionError):
            failures += 1
            continue
        found = text[start:position]
    return found


def parse_answer(text: str, answer: type[T]) -> tuple[T | None, str]:
    """The answer, or None and the reason in one line of at most three problems."""
    try:
        return answer.model_validate_json(json_part(text)), ""
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, problem['loc'])) or 'answer'}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)[:_SHOWN_PROBLEMS]
        ]
        return None, "; ".join(problems).replace("\n", " ")[:400]


def repeats_itself(text: str) -> bool:
    """True when the end of the text is one short piece over and over (a model caught in a loop).

    >>> repeats_itself('{"a": "' + "0" * 500), repeats_itself('{"a": [1, 2, 3]}')
    (True, False)
    """
    return re.search(r"(.{1,120}?)\1{11,}.{0,120}$", text[-4000:], re.DOTALL) is not None
