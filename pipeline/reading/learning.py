"""Forms learned in a run: kept by the fingerprint of their header, frozen before anything is read.

A file a form, small enough to read and to diff; JSON, validated, never executed. A learned map
never overrides a shipped one. *Proven* maps and *consistent* ones serve the run that learned them;
only what a person accepts goes to the user's store and serves later runs.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from pipeline.errors import InputError, UsageError
from pipeline.llm_cache import write_atomically
from pipeline.llm_calls import canonical, sha256
from schemas.base import Frozen
from schemas.readings import FormMap

FORMAT_VERSION = 1
_MAX_FILE_BYTES = 200_000


class LearnedForm(Frozen):
    """A form map with where it came from. `heads` is the header text, column by column."""

    format_version: int = FORMAT_VERSION
    form: FormMap
    heads: tuple[str, ...] = ()
    document: str = ""
    chunk: str = ""
    model: str = ""
    prompt: str = ""
    call: str = ""


class FormStore(NamedTuple):
    """Learned forms by fingerprint; the fingerprints whose map was refused, with the reason (empty:
    a table of no statement of the contract); those whose question had no answer, to be asked again.
    """

    forms: Mapping[str, LearnedForm] = {}
    refused: Mapping[str, str] = {}
    unanswered: Mapping[str, str] = {}

    def knows(self, mark: str) -> bool:
        """True when nothing has to be asked about a header any more."""
        return mark in self.forms or mark in self.refused

    def with_form(self, learned: LearnedForm) -> "FormStore":
        """A store that also has this form."""
        return self._replace(forms={**self.forms, learned.form.fingerprint: learned})

    def with_refusal(self, mark: str, reason: str) -> "FormStore":
        """A store that also knows that this header has no usable map."""
        return self._replace(refused={**self.refused, mark: reason})

    def without_answer(self, mark: str, reason: str) -> "FormStore":
        """A store that also knows that the question about this header failed."""
        return self._replace(unanswered={**self.unanswered, mark: reason})

    def digest(self) -> str:
        """Hash of all maps, for the manifest."""
        return sha256(
            canonical([self.forms[m].model_dump(mode="json") for m in sorted(self.forms)])
        )


def file_name(learned: LearnedForm) -> str:
    """`<statement>-<12 hex of the fingerprint's hash>.json`."""
    return f"{learned.form.statement}-{sha256(learned.form.fingerprint)[:12]}.json"


def save(folder: Path, learned: LearnedForm) -> Path:
    """Write a form into a store folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(learned)
    content = learned.model_dump(mode="json")
    write_atomically(path, json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    return path


def load(folder: Path) -> FormStore:
    """The store of a folder; an absent folder is an empty one. Raises InputError."""
    store = FormStore()
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        store = store.with_form(_read(path))
    return store


def accept(run_folder: Path, user_folder: Path, name: str) -> Path:
    """Move a learned form into the user's store as accepted. `name` begins its file's name."""
    path = _one(run_folder, name)
    learned = _read(path)
    form = learned.form.model_copy(update={"origin": "accepted"})
    return save(user_folder, learned.model_copy(update={"form": form}))


def forget(folder: Path, name: str) -> Path:
    """Delete a form from a store folder."""
    path = _one(folder, name)
    path.unlink()
    return path


def show(folder: Path, name: str) -> LearnedForm:
    """A form by the beginning of its file's name."""
    return _read(_one(folder, name))


def _one(folder: Path, name: str) -> Path:
    found = [path for path in sorted(folder.glob("*.json")) if path.name.startswith(name)]
    if len(found) != 1:
        names = ", ".join(path.stem for path in found) or "none"
        raise UsageError(f"{name!r} names {len(found)} forms ({names})", where=str(folder))
    return found[0]


def _read(path: Path) -> LearnedForm:
    if path.is_symlink() or path.stat().st_size > _MAX_FILE_BYTES:
        raise InputError("not a form file", where=str(path))
    try:
        learned = LearnedForm.model_validate_json(path.read_bytes())
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise InputError(f"not a form file: {reason}", where=str(path)) from error
    if learned.format_version != FORMAT_VERSION:
        raise InputError(f"form format {learned.format_version} is unknown", where=str(path))
    return learned
