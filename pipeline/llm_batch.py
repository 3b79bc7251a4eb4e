"""The Batch format: open requests as a file, answers as a file, and the API that takes files.

In: what the door would have asked. Out: one JSON line a request (`custom_id` is the request's
key), and from the lines that come back the completions for the cache. Only `submit` and `fetch`
need a key.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from openai.types.chat import ChatCompletion
from pydantic import BaseModel, ValidationError

from pipeline.errors import InputError, ModelUnavailable
from pipeline.llm import ModelDoor, Outlets, client_of, completion_of, strict_format
from pipeline.llm_cache import AnswerCache, entry_of
from pipeline.llm_calls import Request, Settings, canonical

_URL: Final = "/v1/chat/completions"
_MAX_LINE_CHARACTERS = 4_000_000


class Open(NamedTuple):
    """A request that no recorded answer serves yet."""

    key: str
    request: Request
    answer: type[BaseModel]


class Taken(NamedTuple):
    """What a file of answers brought: taken into the cache, failed at the provider, not of an
    open request."""

    taken: int
    failed: int
    unknown: int


def open_requests(
    settings: Settings, cache: AnswerCache, work: Callable[[ModelDoor], object]
) -> tuple[Open, ...]:
    """What `work` asks and the cache does not answer, in the order of the keys. Nothing is sent."""
    found: dict[str, Open] = {}

    def note(key: str, request: Request, answer: type[BaseModel]) -> None:
        found[key] = Open(key, request, answer)

    work(ModelDoor(settings, Outlets(cache=cache, pending=note)))
    return tuple(found[key] for key in sorted(found, key=lambda k: _order(found[k])))


def _order(one: Open) -> tuple[str, bool, str, str]:
    """Documents together, maps first, then by chunk."""
    request = one.request
    return (request.document, request.task != "form_map", request.chunk, one.key)


def request_lines(settings: Settings, requests: Sequence[Open]) -> str:
    """The requests in the Batch format, a line each."""
    return "".join(canonical(_line(settings, one)) + "\n" for one in requests)


def _line(settings: Settings, one: Open) -> dict[str, object]:
    body = {
        "model": settings.model,
        "messages": [message.model_dump() for message in one.request.messages],
        "temperature": settings.temperature,
        "max_tokens": one.request.answer_tokens,
        **strict_format(one.answer),
    }
    return {"custom_id": one.key, "method": "POST", "url": _URL, "body": body}


def take_in(text: str, requests: Sequence[Open], cache: AnswerCache) -> Taken:
    """Put the answers of a responses file into the cache. Raises InputError for a line that is no
    JSON object; an answer to nothing that is open is counted and left."""
    wanted = {one.key: one for one in requests}
    taken = failed = unknown = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        reply = _object(line, number)
        one = wanted.get(str(reply.get("custom_id")))
        answered = _chat_completion(reply.get("response"))
        completion = completion_of(answered) if answered else None
        if one is None:
            unknown += 1
        elif completion is None:
            failed += 1
        else:
            cache.put(entry_of(one.key, one.request, completion))
            taken += 1
    return Taken(taken, failed, unknown)


def _object(line: str, number: int) -> Mapping[str, object]:
    try:
        value = json.loads(line) if len(line) <= _MAX_LINE_CHARACTERS else None
    except (json.JSONDecodeError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise InputError(f"line {number} of the responses is no JSON object")
    return value


def _chat_completion(response: object) -> ChatCompletion | None:
    """The chat completion of a line's `response`; None where the provider reports a failure."""
    if not isinstance(response, dict) or response.get("status_code", 200) != 200:
        return None
    body = response.get("body", response)
    whole = {"id": "", "created": 0, "model": "", "object": "chat.completion"} | body
    try:
        return ChatCompletion.model_validate(whole)
    except ValidationError:
        return None


def submit(settings: Settings, path: Path) -> str:
    """Upload a requests file and start its batch. Returns the batch's id."""
    client = client_of(settings)
    with path.open("rb") as file:
        uploaded = client.files.create(file=file, purpose="batch")
    batch = client.batches.create(input_file_id=uploaded.id, endpoint=_URL, completion_window="24h")
    return batch.id


def fetch(settings: Settings, batch_id: str) -> str:
    """The responses of a finished batch. Raises ModelUnavailable while it is not finished."""
    client = client_of(settings)
    batch = client.batches.retrieve(batch_id)
    if batch.status != "completed" or batch.output_file_id is None:
        raise ModelUnavailable(f"batch {batch_id} is {batch.status}", hint="collect it later")
    return client.files.content(batch.output_file_id).text
