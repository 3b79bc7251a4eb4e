"""The provider's errors in our words: what came back decides whether to wait, stop or split.

Codes come first. Words are looked at only where compatible servers give no code (vLLM, llama.cpp
and DeepSeek say "maximum context length" in a plain 400).
"""

import email.utils
import re
import time

import openai

from pipeline.errors import (
    AnswerTooLong,
    ModelError,
    ModelRefused,
    ModelSetupError,
    ModelUnavailable,
)

_REFUSED = {"content_filter", "data_inspection_failed", "datainspectionfailed", "sensitive_content"}
_TOO_LONG = re.compile(
    r"context[_ ](?:length|size|window)|maximum context|too many tokens|exceed_context_size"
    r"|input length|prompt is too long|max_model_len",
    re.IGNORECASE,
)
_FORMAT = re.compile(
    r"response_format|json_schema|tool_choice|tools? (?:is|are) not|guided|structured output",
    re.IGNORECASE,
)
_NO_QUOTA = {"insufficient_quota", "insufficient_balance", "arrearage", "billing_not_active"}


class FormatError(ModelError):
    """The endpoint does not know the response format: the next one is tried."""


def translate(error: openai.OpenAIError, clock: float | None = None) -> ModelError:
    """The ModelError that says what to do about a provider's error."""
    if isinstance(error, openai.APITimeoutError):
        return ModelUnavailable("the server did not answer in time")
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, time.time() if clock is None else clock)
    if isinstance(error, openai.APIConnectionError):
        return ModelUnavailable("the server cannot be reached or dropped the connection")
    if isinstance(error, openai.LengthFinishReasonError):
        return AnswerTooLong("the answer reached its length limit")
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return ModelRefused("the provider's content filter stopped the answer")
    return ModelUnavailable(f"the answer is no chat completion ({type(error).__name__})")


def _of_status(error: openai.APIStatusError, clock: float) -> ModelError:
    status, codes = error.status_code, _codes(error)
    words = error.message[:300]
    if codes & _REFUSED:
        return ModelRefused(f"content filter of the provider (HTTP {status})")
    if codes & _NO_QUOTA or status == 402:
        return ModelSetupError(
            f"the account has no quota left (HTTP {status})", hint="top up the account"
        )
    if status in (401, 403, 404, 405):
        return ModelSetupError(f"HTTP {status} from the endpoint: {words}")
    if status in (408, 409, 425, 429) or status >= 500:
        return ModelUnavailable(f"HTTP {status}", retry_after_seconds=_retry_after(error, clock))
    if codes & {"context_length_exceeded"} or status == 413 or _TOO_LONG.search(words):
        return AnswerTooLong(f"the request is longer than the model's context (HTTP {status})")
    if _FORMAT.search(words):
        return FormatError(words)
    return ModelSetupError(f"HTTP {status} from the endpoint: {words}")


def _codes(error: openai.APIStatusError) -> set[str]:
    body = error.body if isinstance(error.body, dict) else {}
    inner = body.get("error")
    found = [error.code, error.type, body.get("code"), body.get("type")]
    if isinstance(inner, dict):
        found += [inner.get("code"), inner.get("type")]
    return {value.lower() for value in found if isinstance(value, str)}


def _retry_after(error: openai.APIStatusError, clock: float) -> float | None:
    """Seconds the server asks to wait: a number or an HTTP date."""
    text = error.response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    parsed = email.utils.parsedate_tz(text) if text else None
    return None if parsed is None else max(0.0, email.utils.mktime_tz(parsed) - clock)
