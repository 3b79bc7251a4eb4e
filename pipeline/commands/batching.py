"""batch: what a run would ask a model, as files in the OpenAI Batch format, and answers taken in."""

import argparse
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from pipeline.commands.arguments import (
    Commands,
    add,
    add_limits,
    add_model,
    limits,
    settings_of,
    talk,
    user_forms,
)
from pipeline.errors import UsageError
from pipeline.llm_calls import Settings
from pipeline.running import RunSettings
from pipeline.runs import run_documents, states, write_atomically
from schemas.base import Frozen
from schemas.runs import ModelUse

if TYPE_CHECKING:
    from pipeline.batch import Round
    from pipeline.llm import ModelDoor


class BatchSettings(Frozen):
    """How a batch was prepared: `collect` and `submit` go on in the same way. No key is kept."""

    model: str
    model_use: ModelUse
    base_url: str
    redact: bool


def add_batching(commands: Commands) -> None:
    """Define batch prepare, collect, submit, fetch."""
    command = add(commands, "batch", "ask a model by files: prepare, collect, submit, fetch")
    kinds = command.add_subparsers(
        dest="kind", required=True, metavar="prepare|collect|submit|fetch"
    )
    one = add(kinds, "prepare", "write RUN/batch/requests-N.jsonl; needs no key, sends nothing")
    one.add_argument("run_folder", type=Path, metavar="RUN")
    add_limits(one)
    add_model(one)
    one.set_defaults(run=_prepare)
    one = add(kinds, "collect", "take a responses file in and write what is open next")
    one.add_argument("run_folder", type=Path, metavar="RUN")
    one.add_argument("responses", type=Path, metavar="RESPONSES.jsonl")
    add_limits(one)
    one.set_defaults(run=_collect)
    one = add(kinds, "submit", "send the newest requests file through the API; prints the batch id")
    one.add_argument("run_folder", type=Path, metavar="RUN")
    add_model(one)
    one.set_defaults(run=_submit)
    one = add(kinds, "fetch", "print the responses of a finished batch")
    one.add_argument("run_folder", type=Path, metavar="RUN")
    one.add_argument("batch_id", metavar="ID")
    add_model(one)
    one.set_defaults(run=_fetch)


def _prepare(given: argparse.Namespace) -> int:
    from pipeline.batch import prepare

    run_documents(given.run_folder)
    use: ModelUse = given.model_use or "needed"
    if use == "never":
        raise UsageError("--model-use never asks nothing", hint="needed or always")
    kept = BatchSettings(
        model=given.model or "any", model_use=use, base_url=given.base_url, redact=given.redact
    )
    (given.run_folder / "batch").mkdir(exist_ok=True)
    write_atomically(given.run_folder / "batch" / "settings.json", kept.model_dump_json(indent=1))
    _said(prepare(given.run_folder, _settings(kept), _work(given, kept)))
    return 0


def _collect(given: argparse.Namespace) -> int:
    from pipeline.batch import collect

    kept = _kept(given.run_folder)
    came = collect(given.run_folder, _settings(kept), _work(given, kept), given.responses)
    talk(str(came.taken))
    _said(came.next_round)
    if came.next_round.path is None:
        files = " ".join(shlex.quote(state.record.path) for state in states(given.run_folder))
        talk(
            f"run: juesuan extract {files} --out {given.run_folder} --model {kept.model}"
            f" --model-use {kept.model_use} --base-url {kept.base_url} --replay"
        )
    return 0


def _said(next_round: "Round") -> None:
    if next_round.path is None:
        print("nothing is open")
        return
    print(next_round.path)
    talk(f"{len(next_round.requests)} requests")


def _submit(given: argparse.Namespace) -> int:
    from pipeline.batch import last_round
    from pipeline.llm_batch import submit

    print(submit(_with_key(given), last_round(given.run_folder)))
    return 0


def _fetch(given: argparse.Namespace) -> int:
    from pipeline.llm_batch import fetch

    print(fetch(_with_key(given), given.batch_id))
    return 0


def _with_key(given: argparse.Namespace) -> Settings:
    kept = _kept(given.run_folder)
    return settings_of(given).model_copy(update={"model": kept.model, "base_url": kept.base_url})


def _settings(kept: BatchSettings) -> Settings:
    return Settings(model=kept.model, base_url=kept.base_url, redact=kept.redact)


def _kept(run: Path) -> BatchSettings:
    try:
        return BatchSettings.model_validate_json((run / "batch" / "settings.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise UsageError("no batch was prepared", where=str(run), hint="batch prepare") from error


def _work(given: argparse.Namespace, kept: BatchSettings) -> "Callable[[ModelDoor], object]":
    """All that a live run over the run's files would ask."""
    from pipeline.model_run import ask_everything

    files = [Path(state.record.path) for state in states(given.run_folder)]
    settings = RunSettings(limits(given), forms=user_forms())
    return lambda door: ask_everything(files, given.run_folder, settings, door, kept.model_use)
