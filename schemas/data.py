"""The YAML files that ship in this folder, read as plain data."""

from importlib.resources import files

import yaml

# The C parser, where PyYAML was built with it, reads the same language a tenth as slowly.
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def shipped(name: str) -> object:
    """What the file `name` says: names of plain YAML types only. Raises FileNotFoundError."""
    text = files("schemas").joinpath(name).read_text(encoding="utf-8")
    data: object = yaml.load(text, Loader=_Loader)
    return data


def shipped_names(folder: str) -> list[str]:
    """The YAML files of a folder, as names for `shipped`."""
    entries = files("schemas").joinpath(folder).iterdir()
    return sorted(f"{folder}/{entry.name}" for entry in entries if entry.name.endswith(".yaml"))
