"""Every error a user can meet.

JuesuanError (1)
├── UsageError (2)            the command line or a configuration file asks for what cannot be
├── InputError (3)            a path, a file or its content cannot be read as a disclosure
│   ├── UnreadableFile            damaged, encrypted, of an unknown kind or encoding
│   └── LimitExceeded             a stated limit (bytes, pages, time, memory) was reached
├── OutputError (4)           the run folder cannot be written or does not fit this run
├── ModelError (5)            a call to the language model failed
│   ├── ModelSetupError           key, address or model name is wrong: no other call will succeed
│   ├── ModelUnavailable          retryable: rate limit, time-out, server error, dropped connection
│   ├── ModelRefused              refusal or content filter: the same request will be refused again
│   ├── AnswerTooLong             output or context limit: the chunk has to be split
│   └── AnswerInvalid             not JSON, not the schema, or not grounded in the document
└── BudgetSpent (6)           the cost or token ceiling was reached; what is done is kept

Exit codes that are no error class: 0 done, 7 finished but some documents failed, 8 findings at or
above --fail-on, 9 a gate found a regression, 130 interrupted.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import ClassVar

from pydantic import ValidationError

EXIT_DONE = 0
EXIT_DOCUMENTS_FAILED = 7
EXIT_FINDINGS = 8
EXIT_REGRESSION = 9
EXIT_INTERRUPTED = 130


class JuesuanError(Exception):
    """Base of all. `where` names document and place; `hint` says what to do next."""

    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False
    hint: ClassVar[str] = ""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.next_step = hint or self.hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        step = f" - {self.next_step}" if self.next_step else ""
        return f"{place}{self.message}{step}"


class UsageError(JuesuanError):
    """The command line or a configuration file asks for what cannot be."""

    exit_code = 2


class InputError(JuesuanError):
    """A path, a file or its content cannot be read as a disclosure."""

    exit_code = 3


class UnreadableFile(InputError):
    """The file is damaged, encrypted, or of an unknown kind or encoding."""

    hint = "open it once by hand; if it opens, save it anew as PDF, DOCX, XLSX or UTF-8 text"


class LimitExceeded(InputError):
    """A stated limit was reached while reading."""

    hint = "raise the limit named here if the file is to be trusted"


class OutputError(JuesuanError):
    """The run folder cannot be written, or holds another run."""

    exit_code = 4


class ModelError(JuesuanError):
    """A call to the language model failed."""

    exit_code = 5


class ModelSetupError(ModelError):
    """Key, address or model name is wrong: no other call will succeed either."""

    hint = "check --model, --base-url and the key (JUESUAN_API_KEY)"


class ModelUnavailable(ModelError):
    """Rate limit, time-out, server error or dropped connection."""

    retryable = True
    hint = "run the same command again: what is done is kept"

    def __init__(
        self,
        message: str,
        *,
        where: str = "",
        hint: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.retry_after_seconds = retry_after_seconds


class ModelRefused(ModelError):
    """A refusal or a content filter: the same request would be refused again."""

    hint = "read this chunk by hand or with another model"


class AnswerTooLong(ModelError):
    """The answer or the request passed the model's length limit."""

    hint = "the chunk is split; if this is the smallest piece, choose a model with a longer context"


class AnswerInvalid(ModelError):
    """The answer was not JSON, not of the schema, or not grounded after all re-asks."""


class BudgetSpent(JuesuanError):
    """The cost or token ceiling was reached. What is done is kept."""

    exit_code = 6
    hint = "raise --max-cost or --max-tokens and run the same command again"


@contextmanager
def located(where: str) -> Iterator[None]:
    """Put document and place into errors that pass through without one."""
    try:
        yield
    except JuesuanError as error:
        error.where = error.where or where
        raise


def fault(error: ValidationError) -> str:
    """The first thing wrong with a record, on one line: field, what it holds, what is expected."""
    first, *more = error.errors(include_url=False)
    field = ".".join(map(str, first["loc"]))
    held = f" {first['input']!r}" if isinstance(first["input"], str) and field else ""
    rest = f" (and {len(more)} more)" if more else ""
    return f"{field}{held}: {_expected(first['type'], first)}{rest}".removeprefix(": ")


def _expected(kind: str, first: Mapping[str, object]) -> str:
    """What stands in the place of pydantic's sentence: the nearest of many words, no jargon."""
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "is not known here"
    if kind != "literal_error":
        return str(first["msg"])
    words = re.findall(r"'([^']*)'", str(first["msg"]))
    near = get_close_matches(str(first["input"]), words, n=1)
    return f"no such word, did you mean {near[0]!r}?" if near else f"one of {', '.join(words)}"
