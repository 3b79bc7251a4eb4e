"""The one door to a language model: any OpenAI-compatible endpoint, nothing without a model name.

In: a request, a response model, a judge. Out: answers that passed schema and judge, or one typed
error. It protects three rules: one owner of retries, every attempt is metered before and after,
and what was once answered is never asked again.
"""

import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Generic, NamedTuple

import instructor
import openai
from instructor.core.exceptions import InstructorError
from instructor.core.hooks import Hooks
from openai.types.chat import ChatCompletion
from pydantic import BaseModel
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_base

from pipeline.errors import (
    AnswerInvalid,
    AnswerTooLong,
    BudgetSpent,
    JuesuanError,
    ModelError,
    ModelRefused,
    ModelSetupError,
    ModelUnavailable,
)
from pipeline.llm_budget import Budget, Pace, Price, request_tokens
from pipeline.llm_cache import AnswerCache, entry_of
from pipeline.llm_calls import (
    RESPONSE_MODES,
    CallRecord,
    Completion,
    Request,
    ResponseMode,
    Settings,
    T,
    Usage,
    answer_schema,
    call_id,
    parse_answer,
    repeats_itself,
    request_key,
)
from pipeline.llm_errors import FormatError, translate

REASKS: Final = 2
"""How often an answer that fails schema or judge goes back with the reason."""

REASK_MARK: Final = "你上一次的回答"
"""How the line begins that says what was wrong with the last answer."""

_GIVE_UP_AFTER = 3
_MODES: Final[dict[ResponseMode, instructor.Mode]] = {
    "json_schema": instructor.Mode.JSON_SCHEMA,
    "tools": instructor.Mode.TOOLS,
    "json_object": instructor.Mode.JSON,
}


class Answer(NamedTuple, Generic[T]):
    """What came of a request: the parsed answers of the first question and its re-asks in order,
    the call of each, and the reason why the last one was not accepted whole (empty: it was)."""

    values: tuple[T, ...]
    calls: tuple[str, ...]
    reason: str


class Outlets(NamedTuple):
    """Where the door reads and leaves things: cache, call log, prices, clock and sleep.

    With `pending` nothing is sent: what the cache does not answer is noted there, for a batch."""

    cache: AnswerCache | None = None
    record: Callable[[CallRecord], None] = lambda record: None
    prices: Mapping[str, Price] = {}
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    pending: Callable[[str, Request, type[BaseModel]], None] | None = None


class ModelDoor:
    """Calls one model at one endpoint. Thread-safe; one per run."""

    def __init__(self, settings: Settings, outlets: Outlets | None = None) -> None:
        if not settings.model:
            raise ModelSetupError("no model was named", hint="give --model or JUESUAN_MODEL")
        logging.getLogger("instructor").setLevel(logging.CRITICAL)  # it logs document text
        self.settings = settings
        self._outlets = outlets or Outlets()
        self.budget = Budget(settings, self._outlets.prices)
        self._pace = Pace(settings, self._outlets.clock, self._outlets.sleep)
        self._slots = threading.BoundedSemaphore(settings.max_concurrency)
        self._modes = list(RESPONSE_MODES[RESPONSE_MODES.index(settings.response_mode) :])
        self._first = threading.Lock()
        self._opened = False
        self._closed_by: JuesuanError | None = None
        self._failures = 0
        self._client = client_of(settings)

    def ask(self, request: Request, answer: type[T], judge: Callable[[T], str]) -> Answer[T]:
        """The answers to a request. `judge` gives one line of what is wrong, or nothing.

        Raises AnswerInvalid when no answer had the schema, and what `complete` raises.
        """
        values: list[T] = []
        calls: list[str] = []
        reason = ""
        asked = request
        for turn in range(1, REASKS + 2):
            key, completion = self.complete(asked, answer)
            value, reason = parse_answer(completion.text, answer)
            if value is not None:
                values.append(value)
                calls.append(call_id(key))
                reason = judge(value)
            if not reason:
                break
            asked = _again(request, turn, reason)
        if not values:
            raise AnswerInvalid(f"no answer of the schema after {REASKS + 1} calls: {reason}")
        return Answer(tuple(values), tuple(calls), reason)

    def complete(self, request: Request, answer: type[T]) -> tuple[str, Completion]:
        """Key and completion of a request, from the cache or from the endpoint.

        Raises ModelSetupError, ModelUnavailable, ModelRefused, AnswerTooLong, AnswerInvalid
        (endless repetition) or BudgetSpent.
        """
        key = request_key(self.settings, request, answer)
        cache = self._outlets.cache
        stored = cache.get(key) if cache else None
        if stored is not None:
            self._record(key, 0, request, _Outcome("cached", stored, None, 0.0, ""))
            return key, _usable(stored)
        if self.settings.replay:
            raise ModelSetupError(
                f"no recorded answer for {request.task} of chunk {request.chunk}",
                where=request.document,
                hint="the recording is stale or incomplete: record it again, or leave --replay out",
            )
        if self._outlets.pending is not None:
            self._outlets.pending(key, request, answer)
            raise ModelUnavailable("the batch has not answered yet")
        with self._slots, self._turn():
            completion = self._patiently(key, request, answer)
        if cache:
            cache.put(entry_of(key, request, completion))
        return key, _usable(completion)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Until one call has succeeded calls go singly: a wrong key costs one request, not 32."""
        if self._opened:
            yield
            return
        with self._first:
            yield
            self._opened = True

    def _patiently(self, key: str, request: Request, answer: type[T]) -> Completion:
        retrying = Retrying(
            stop=stop_after_attempt(self.settings.attempts),
            wait=_Wait(self.settings.wait_ceiling_seconds),
            retry=retry_if_exception(self._worth_waiting),
            sleep=self._outlets.sleep,
            reraise=True,
        )
        try:
            for attempt in retrying:
                with attempt:
                    number = attempt.retry_state.attempt_number
                    completion = self._in_some_mode(key, number, request, answer)
        except (ModelSetupError, BudgetSpent) as error:
            self._closed_by = self._closed_by or error
            raise
        except ModelUnavailable as error:
            self._failures += 1
            if self._failures >= _GIVE_UP_AFTER and self._closed_by is None:
                self._closed_by = error
            raise
        self._failures = 0
        return completion

    def _worth_waiting(self, error: BaseException) -> bool:
        if not isinstance(error, ModelUnavailable) or self._closed_by is not None:
            return False
        asked = error.retry_after_seconds
        return asked is None or asked <= self.settings.wait_ceiling_seconds

    def _in_some_mode(
        self, key: str, attempt: int, request: Request, answer: type[T]
    ) -> Completion:
        """One attempt; a response format the endpoint refuses is left for good for the next."""
        while True:
            mode = self._modes[0]
            try:
                return self._once(mode, (key, attempt), request, answer)
            except FormatError as error:
                if self._modes == [mode]:
                    raise ModelSetupError(f"no response format is accepted: {error}") from error
                if self._modes[0] == mode:
                    self._modes.pop(0)

    def _once(
        self, mode: ResponseMode, call: tuple[str, int], request: Request, answer: type[T]
    ) -> Completion:
        """One HTTP request, reserved before and metered after, whatever comes of it."""
        if self._closed_by is not None:
            raise self._closed_by
        worst = Usage(prompt=request_tokens(request, answer), completion=request.answer_tokens)
        self.budget.reserve(worst)
        self._pace.wait(worst.prompt + worst.completion)
        seen: list[ChatCompletion] = []
        failure: ModelError | None = None
        started = self._outlets.clock()
        try:
            self._send(mode, request, answer, seen)
        except openai.OpenAIError as error:
            failure = translate(error)
            failure.__cause__ = error
        completion = completion_of(seen[0]) if seen and failure is None else None
        if completion is None and failure is None:
            failure = ModelUnavailable("the answer is no chat completion")
        self.budget.settle(worst, completion.usage if completion else Usage())
        seconds = self._outlets.clock() - started
        outcome = type(failure).__name__ if failure else "answered"
        self._record(*call, request, _Outcome(outcome, completion, failure, seconds, mode))
        if completion is None:
            raise failure or AssertionError("neither answer nor failure")
        return completion

    def _send(
        self, mode: ResponseMode, request: Request, answer: type[T], seen: list[ChatCompletion]
    ) -> None:
        """Let instructor make the request once; `seen` gets the raw completion from its hook.

        Its own verdict on schema, length or refusal is not used: the cached text has to pass the
        same reader, so there is one reader, `parse_answer`.
        """
        hooks = Hooks()
        hooks.on("completion:response", seen.append)
        client = instructor.from_openai(self._client, mode=_MODES[mode])
        try:
            client.create(
                messages=[{"role": m.role, "content": m.content} for m in request.messages],  # type: ignore[misc]  # a union of TypedDicts by role
                response_model=answer,
                max_retries=0,
                hooks=hooks,
                model=self.settings.model,
                temperature=self.settings.temperature,
                max_tokens=request.answer_tokens,
                extra_body=strict_format(answer) if mode == "json_schema" else None,
            )
        except InstructorError as error:
            if not seen:
                raise _provider_error(error) from error
        except AssertionError:  # how instructor reports a refusal in tools mode
            if not seen:
                raise

    def _record(self, key: str, attempt: int, request: Request, outcome: "_Outcome") -> None:
        completion, failure = outcome.completion, outcome.failure
        cause = failure.__cause__ if failure else None
        usage = completion.usage if completion else Usage()
        self._outlets.record(
            CallRecord(
                call=call_id(key),
                attempt=attempt,
                task=request.task,
                prompt=request.prompt,
                document=request.document,
                chunk=request.chunk,
                model=self.settings.model,
                endpoint=self.settings.endpoint or self.settings.base_url,
                mode=outcome.mode,
                outcome=outcome.name,
                status=cause.status_code if isinstance(cause, openai.APIStatusError) else None,
                finish_reason=completion.finish_reason if completion else "",
                usage=usage,
                cost=self.budget.price(usage) if attempt else None,
                seconds=round(outcome.seconds, 3),
                cached=attempt == 0,
            )
        )


class _Outcome(NamedTuple):
    name: str
    completion: Completion | None
    failure: ModelError | None
    seconds: float
    mode: str


class _Wait(wait_base):
    """1, 2, 4 … seconds or what the server asks, never more than the ceiling."""

    def __init__(self, ceiling_seconds: float) -> None:
        self._ceiling = ceiling_seconds

    def __call__(self, retry_state: RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asked = error.retry_after_seconds if isinstance(error, ModelUnavailable) else None
        own = 2.0 ** (retry_state.attempt_number - 1)
        return min(self._ceiling, own if asked is None else asked)


def client_of(settings: Settings) -> openai.OpenAI:
    """The provider's client without retries of its own: tenacity is the only owner."""
    return openai.OpenAI(
        api_key=settings.api_key.get_secret_value() or "none",
        base_url=settings.base_url,
        max_retries=0,
        timeout=openai.Timeout(settings.timeout_seconds, connect=settings.connect_seconds),
    )


def strict_format(answer: type[BaseModel]) -> dict[str, object]:
    """The response format with `strict`, which instructor's JSON-schema mode does not set."""
    name = re.sub(r"[^A-Za-z0-9_-]", "", answer.__name__)
    schema = {"name": name, "strict": True, "schema": json.loads(answer_schema(answer))}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def _provider_error(error: InstructorError) -> openai.OpenAIError:
    """The provider's error that instructor wrapped; anything else is a fault of ours."""
    cause = error.__cause__
    if isinstance(cause, openai.OpenAIError):
        return cause
    if isinstance(cause, ValueError):  # a body that is no JSON at all
        return openai.OpenAIError(f"unreadable body: {type(cause).__name__}")
    raise error


def completion_of(answered: ChatCompletion) -> Completion | None:
    """What we keep of a chat completion; None where a server sent something else with 200."""
    if not answered.choices or answered.choices[0].message is None:
        return None
    choice = answered.choices[0]
    calls = [call for call in choice.message.tool_calls or [] if call.type == "function"]
    text = calls[0].function.arguments if calls else choice.message.content or ""
    usage = answered.usage
    details = usage.prompt_tokens_details if usage else None
    return Completion(
        text=text,
        finish_reason=choice.finish_reason or "stop",
        refusal=choice.message.refusal or "",
        model=answered.model or "",
        usage=Usage(
            prompt=usage.prompt_tokens or 0,
            completion=usage.completion_tokens or 0,
            cached=(details.cached_tokens or 0) if details else 0,
        )
        if usage
        else Usage(),
    )


def _usable(completion: Completion) -> Completion:
    """The completion, or the error that its end means."""
    if completion.refusal:
        raise ModelRefused("the model refused to answer")
    if completion.finish_reason == "content_filter":
        raise ModelRefused("the provider's content filter stopped the answer")
    if completion.finish_reason == "length":
        if repeats_itself(completion.text):
            raise AnswerInvalid("the answer repeats one piece endlessly")
        raise AnswerTooLong("the answer reached its length limit")
    return completion


def _again(request: Request, turn: int, reason: str) -> Request:
    """The request with what was wrong with the last answer, in one line behind the document.

    The wrong answer itself is not sent back: small models repeat what they see, and 200 bad items
    must not make the prompt grow by 200 items."""
    last = request.messages[-1]
    text = f"{last.content}\n\n{REASK_MARK}（第{turn}次）有错：{reason}"
    messages = (*request.messages[:-1], last.model_copy(update={"content": text}))
    return request.model_copy(update={"messages": messages})
