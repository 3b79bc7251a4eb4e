"""The prompts: one folder a task, one immutable file a version.

A file has two parts, divided by a line `=== document ===`: the instructions (system message, the
same for every chunk, so that providers can cache them) and the template of the user message with
`$name` placeholders. A released version is never edited; a better one gets a new number.
"""

import hashlib
from functools import lru_cache
from importlib.resources import files
from string import Template
from typing import Final, Literal, NamedTuple, get_args

Task = Literal["form_map", "rows", "claims", "performance"]
TASKS: Final[tuple[Task, ...]] = get_args(Task)
CURRENT: Final[dict[Task, str]] = {
    "form_map": "v2",
    "rows": "v1",
    "claims": "v1",
    "performance": "v1",
}
_DIVIDER = "\n=== document ===\n"


class Prompt(NamedTuple):
    """A prompt: name (`claims/v1`), hash of the file, instructions, template of the document."""

    name: str
    sha256: str
    system: str
    template: Template

    def user(self, **values: str) -> str:
        """The user message. Raises ValueError for an unknown, KeyError for a missing value."""
        unknown = set(values) - set(self.template.get_identifiers())
        if unknown:
            raise ValueError(f"prompt {self.name} has no placeholder {sorted(unknown)}")
        return self.template.substitute(values)


@lru_cache
def load(task: Task, version: str = "") -> Prompt:
    """A prompt by task and version (empty: the current one)."""
    name = f"{task}/{version or CURRENT[task]}"
    text = (files(__name__) / f"{name}.md").read_text(encoding="utf-8").replace("\r\n", "\n")
    system, divider, template = text.partition(_DIVIDER)
    if not divider:
        raise ValueError(f"prompt {name} has no line '=== document ==='")
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return Prompt(name, digest, system.strip(), Template(template.strip()))


def hashes() -> dict[str, str]:
    """Hash of every current prompt, for the run's manifest."""
    return {prompt.name: prompt.sha256 for prompt in map(load, TASKS)}
