"""Completions kept as files, named by what was asked: cache, replay, call log.

One JSON file a completion, `<2 hex>/<key>.json`. Nothing of it is ever executed, and what it says
passes the same parser, schema and grounding as a live answer, so a folder from anyone is safe to
read. In replay a missing entry is an error: no live call is made.
"""

import json
import os
import re
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import OutputError
from pipeline.llm_calls import CallRecord, Completion, Request, canonical
from schemas.base import Frozen

FORMAT_VERSION = 1
_MAX_ENTRY_BYTES = 8_000_000
_KEY = re.compile(r"[0-9a-f]{64}")


class Entry(Frozen):
    """A file of the cache. `made_by` is the model that in truth gave the answer."""

    format_version: int = FORMAT_VERSION
    key: str
    task: str
    prompt: str
    document: str
    chunk: str
    made_by: str
    completion: Completion


def entry_of(key: str, request: Request, completion: Completion) -> Entry:
    """The cache entry of an answered request."""
    return Entry(
        key=key,
        task=request.task,
        prompt=request.prompt,
        document=request.document,
        chunk=request.chunk,
        made_by=completion.model,
        completion=completion,
    )


class AnswerCache:
    """Completions by request key in a folder. Writes are atomic; reads check what they read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> Completion | None:
        """The completion stored under a key, or None. Raises OutputError for a damaged entry."""
        path = self._path(key)
        if not path.is_file() or path.is_symlink():
            return None
        if path.stat().st_size > _MAX_ENTRY_BYTES:
            raise OutputError(f"recorded answer {path.name} is too large", where=str(path))
        try:
            entry = Entry.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise OutputError(
                f"recorded answer {path.name} cannot be read",
                where=str(path),
                hint="delete the file; the question is asked again",
            ) from error
        if entry.key != key or entry.format_version != FORMAT_VERSION:
            raise OutputError(f"recorded answer {path.name} is not of this key", where=str(path))
        return entry.completion

    def put(self, entry: Entry) -> None:
        """Store an entry, whole or not at all."""
        path = self._path(entry.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(
            entry.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True
        )
        write_atomically(path, text + "\n")

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a request key: {key!r}")
        return self.folder / key[:2] / f"{key}.json"


def write_atomically(path: Path, text: str) -> None:
    """Write beside the file, then replace it: a kill leaves the old one or the new one."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def call_log(path: Path) -> Callable[[CallRecord], None]:
    """A writer that appends records to `calls.jsonl`, a line each."""
    lock = threading.Lock()

    def append(record: CallRecord) -> None:
        line = canonical(record.model_dump(mode="json")) + "\n"
        with lock, path.open("a", encoding="utf-8", newline="") as file:
            file.write(line)

    return append


class Recording(Frozen):
    """`replay.json` of a folder of recorded answers: what to ask for to get them back, and the
    model that in truth gave them."""

    format_version: int = FORMAT_VERSION
    model: str
    endpoint: str
    made_by: str


def write_recording(folder: Path, recording: Recording) -> None:
    """Mark a folder of answers as a recording that can be replayed without a key."""
    content = json.dumps(recording.model_dump(), ensure_ascii=False, indent=1, sort_keys=True)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / "replay.json", content + "\n")


def read_recording(folder: Path) -> Recording:
    """The mark of a recording. Raises OutputError where there is none or it is damaged."""
    path = folder / "replay.json"
    try:
        return Recording.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise OutputError("this folder is no recording", where=str(path)) from error
