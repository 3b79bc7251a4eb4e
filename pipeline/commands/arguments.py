"""Arguments that several commands share, and what they come to."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pipeline.documents.limits import Limits
from pipeline.errors import InputError, UsageError
from pipeline.llm_budget import read_prices
from pipeline.llm_cache import AnswerCache, call_log
from pipeline.llm_calls import (
    DEFAULT_ENDPOINT,
    RESPONSE_MODES,
    TIMEOUT_SECONDS,
    CallRecord,
    Settings,
    key_from,
)
from pipeline.running import read_document
from schemas.documents import Document
from schemas.runs import ModelUse

if TYPE_CHECKING:
    from pipeline.llm import ModelDoor

_LOCAL_TIMEOUT_SECONDS = 3600.0
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add(commands: Commands, name: str, about: str) -> argparse.ArgumentParser:
    """A command whose help is one sentence."""
    return commands.add_parser(name, help=about, description=about)


def talk(text: str) -> None:
    """Say something to the person, not to the pipe."""
    print(text, file=sys.stderr, flush=True)


def add_limits(command: argparse.ArgumentParser) -> None:
    """--max-bytes, --max-pages, --max-seconds."""
    usual = Limits()
    ceilings = command.add_argument_group("limits for one file")
    ceilings.add_argument(
        "--max-bytes",
        type=int,
        default=usual.bytes,
        metavar="N",
        help="largest file read (default %(default)s)",
    )
    ceilings.add_argument(
        "--max-pages",
        type=int,
        default=usual.pages,
        metavar="N",
        help="most pages read (default %(default)s)",
    )
    ceilings.add_argument(
        "--max-seconds",
        type=float,
        default=usual.seconds,
        metavar="S",
        help="longest time (default %(default)s)",
    )


def limits(given: argparse.Namespace) -> Limits:
    """The limits that were given."""
    return Limits(bytes=given.max_bytes, pages=given.max_pages, seconds=given.max_seconds)


def add_model(command: argparse.ArgumentParser) -> None:
    """Everything about the language model. Nothing is sent without --model or JUESUAN_MODEL."""
    model = command.add_argument_group(
        "language model",
        "nothing is sent anywhere without --model or JUESUAN_MODEL; the key is read from JUESUAN_API_KEY or OPENAI_API_KEY",
    )
    model.add_argument(
        "--model",
        default=os.environ.get("JUESUAN_MODEL", ""),
        metavar="NAME",
        help="model to ask; local: the file of --model-path, served on this machine",
    )
    model.add_argument(
        "--model-path",
        type=Path,
        metavar="FILE.gguf",
        help="model file for --model local (needs the extra juesuan[local])",
    )
    model.add_argument(
        "--model-use",
        choices=("never", "needed", "always"),
        help="default: needed where a model is named, else never",
    )
    model.add_argument(
        "--base-url",
        default=os.environ.get("JUESUAN_BASE_URL", DEFAULT_ENDPOINT),
        metavar="URL",
        help="OpenAI-compatible endpoint (default %(default)s)",
    )
    model.add_argument(
        "--response-mode",
        choices=RESPONSE_MODES,
        default=RESPONSE_MODES[0],
        help="how answers are constrained; one that an endpoint refuses is left for the next",
    )
    model.add_argument(
        "--redact", action="store_true", help="mask telephone and identity numbers in what is sent"
    )
    _add_spending(model)


def _add_spending(model: argparse._ArgumentGroup) -> None:
    """How fast a model is asked, how much may be spent, and where its answers are kept."""
    model.add_argument(
        "--concurrency", type=int, default=8, metavar="N", help="requests at a time (default 8)"
    )
    model.add_argument(
        "--requests-per-minute", type=int, default=0, metavar="N", help="0: no limit"
    )
    model.add_argument("--tokens-per-minute", type=int, default=0, metavar="N", help="0: no limit")
    model.add_argument(
        "--max-tokens", type=int, metavar="N", help="stop before more tokens than this are spent"
    )
    model.add_argument(
        "--max-cost",
        type=_money,
        metavar="AMOUNT",
        help="stop before more than this is spent (needs --prices)",
    )
    model.add_argument(
        "--prices", type=Path, metavar="FILE", help="TOML: prices a million tokens by model"
    )
    model.add_argument(
        "--cache", type=Path, metavar="DIR", help="answers are kept here (default RUN/cache)"
    )
    model.add_argument(
        "--replay",
        action="store_true",
        help="answers come from --cache only; a missing one is an error, never a call",
    )
    model.add_argument(
        "--timeout",
        type=float,
        metavar="S",
        help=f"seconds to wait for an answer (default {TIMEOUT_SECONDS:.0f}; of a local model "
        f"{_LOCAL_TIMEOUT_SECONDS:.0f})",
    )


def _money(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount") from error


def at_least_one(text: str) -> int:
    """A count that may not be zero."""
    if text.isdecimal() and int(text):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not 1 or more")


def model_use(given: argparse.Namespace) -> ModelUse:
    """How the model is used. Raises UsageError where it is wanted and none is named."""
    use: ModelUse = given.model_use or ("needed" if given.model else "never")
    if use != "never" and not given.model:
        raise UsageError(f"--model-use {use} needs a model", hint="give --model or JUESUAN_MODEL")
    return use


@contextmanager
def open_door(given: argparse.Namespace, out: Path) -> "Iterator[ModelDoor]":
    """The door to the model of a run; a local model is served while it is open.

    Raises UsageError, ModelSetupError."""
    # openai and instructor take seconds to import: a run without a model does not wait for them.
    from pipeline.llm import ModelDoor, Outlets
    from pipeline.local_model import serve_local

    if given.max_cost is not None and given.prices is None:
        raise UsageError("--max-cost needs --prices", hint="name a price file")
    prices = read_prices(_text(given.prices)) if given.prices else {}
    out.mkdir(parents=True, exist_ok=True)
    cache = AnswerCache(given.cache or out / "cache")
    outlets = Outlets(cache=cache, record=call_log(out / "calls.jsonl"), prices=prices)
    settings = settings_of(given)
    if given.model != "local":
        yield ModelDoor(settings, outlets)
        return
    if given.model_path is None:
        raise UsageError("--model local needs --model-path FILE.gguf")
    talk(f"loading {given.model_path.name}; it runs on this machine, nothing leaves it")
    with serve_local(given.model_path) as url:
        here = {
            "model": given.model_path.stem,
            "base_url": url,
            "endpoint": "local",
            "max_concurrency": 1,
            "timeout_seconds": given.timeout or _LOCAL_TIMEOUT_SECONDS,
            "attempts": 2,
        }
        told = outlets._replace(record=_telling(outlets.record))
        yield ModelDoor(settings.model_copy(update=here), told)


def _telling(record: Callable[[CallRecord], None]) -> Callable[[CallRecord], None]:
    """Also say what became of each request: a local model takes minutes for some."""

    def tell(call: CallRecord) -> None:
        record(call)
        took = f"{call.usage.completion} tokens in {call.seconds:.0f} s"
        talk(f"  {call.task} {call.document} {call.chunk}: {call.outcome}, {took}")

    return tell


def settings_of(given: argparse.Namespace) -> Settings:
    """How the model is called."""
    return Settings(
        model=given.model,
        base_url=given.base_url,
        api_key=key_from(os.environ),
        timeout_seconds=given.timeout or TIMEOUT_SECONDS,
        max_concurrency=given.concurrency,
        requests_per_minute=given.requests_per_minute,
        tokens_per_minute=given.tokens_per_minute,
        max_tokens=given.max_tokens,
        max_cost=given.max_cost,
        response_mode=given.response_mode,
        redact=given.redact,
        replay=given.replay,
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error


def user_forms() -> Path:
    """The user's folder of accepted forms: never the folder of the documents."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "juesuan" / "forms"


def open_document(path: Path, ceilings: Limits) -> Document:
    """Read one file. Raises InputError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    return read_document(path.name, data, ceilings)
