"""Batches of a run, round by round: `RUN/batch/requests-1.jsonl`, answers in, the next round out.

In: a run folder and the work that a live run would do. Out: a file of what is still open. The work
is the pipeline's own, done with a door that sends nothing, so a round asks exactly what a live run
would ask next: maps and lines first, then what depends on them, re-asks too.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import UsageError
from pipeline.llm import ModelDoor
from pipeline.llm_batch import Open, Taken, open_requests, request_lines, take_in
from pipeline.llm_cache import AnswerCache, write_atomically
from pipeline.llm_calls import Settings

Work = Callable[[ModelDoor], object]
"""Everything the run would ask, done through the door given to it."""


class Round(NamedTuple):
    """A round that was written: its file (None when nothing is open) and what it asks."""

    path: Path | None
    requests: tuple[Open, ...]


class Collected(NamedTuple):
    """What came in, and the next round."""

    taken: Taken
    next_round: Round


def answers_folder(run: Path) -> Path:
    """Where a run keeps the answers it was given; a live run of the folder finds them there."""
    return run / "cache"


def prepare(run: Path, settings: Settings, work: Work) -> Round:
    """Write the next requests file. Needs no key and sends nothing."""
    requests = open_requests(settings, AnswerCache(answers_folder(run)), work)
    if not requests:
        return Round(None, ())
    path = _next_path(run / "batch")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, request_lines(settings, requests))
    return Round(path, requests)


def collect(run: Path, settings: Settings, work: Work, responses: Path) -> Collected:
    """Take a responses file in and write what is open now. Needs no key and sends nothing."""
    if not responses.is_file():
        raise UsageError("there is no such file of responses", where=str(responses))
    cache = AnswerCache(answers_folder(run))
    requests = open_requests(settings, cache, work)
    taken = take_in(responses.read_text(encoding="utf-8-sig"), requests, cache)
    return Collected(taken, prepare(run, settings, work))


def last_round(run: Path) -> Path:
    """The requests file that is to be submitted: the newest one."""
    found = _rounds(run / "batch")
    if not found:
        raise UsageError("no requests were prepared", where=str(run), hint="batch prepare first")
    return found[max(found)]


def _rounds(folder: Path) -> dict[int, Path]:
    found = {}
    for path in folder.glob("requests-*.jsonl"):
        match = re.fullmatch(r"requests-(\d{1,6})\.jsonl", path.name)
        if match:
            found[int(match.group(1))] = path
    return found


def _next_path(folder: Path) -> Path:
    return folder / f"requests-{max(_rounds(folder), default=0) + 1}.jsonl"
