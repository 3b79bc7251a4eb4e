"""Paths given by the user -> the files to read, in a fixed order.

Folders are walked without following links; archives are opened; what no reader knows is passed
over and counted. Raises InputError for a path that is not there.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.documents.archive import Refusal, members
from pipeline.documents.limits import Limits
from pipeline.errors import InputError, UnreadableFile

SUFFIXES = frozenset(
    [
        ".pdf",
        ".docx",
        ".doc",
        ".xlsx",
        ".xls",
        ".html",
        ".htm",
        ".txt",
        ".md",
        ".csv",
        ".zip",
        ".text",
        ".xhtml",
        ".et",
        ".wps",
    ]
)


class Input(NamedTuple):
    """A file, or a member of an archive (`member` is its name there)."""

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """What the user calls it."""
        return f"{self.path}!{self.member}" if self.member else str(self.path)


def collect(paths: Sequence[Path]) -> tuple[list[Input], int]:
    """Files to read, sorted within each folder, and how many files were passed over."""
    found: list[Input] = []
    passed = 0
    for path in paths:
        if path.is_dir():
            for file in sorted(_walk(path)):
                if file.suffix.lower() in SUFFIXES:
                    found.append(Input(file))
                else:
                    passed += 1
        elif path.exists():
            found.append(Input(path))
        else:
            raise InputError("no such file or folder", where=str(path), hint="check the path")
    return found, passed


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith((".", "~$")):
                yield Path(root) / name


def contents(given: Input, limits: Limits) -> Iterator[tuple[Input, bytes | UnreadableFile]]:
    """The bytes of a file; of an archive, each member's, or why it was refused."""
    try:
        state = given.path.stat()
        if not stat.S_ISREG(state.st_mode):  # reading a pipe would wait for whoever writes
            raise UnreadableFile("it is no regular file", hint="name a file")
        size = state.st_size
        if size > limits.bytes:
            raise UnreadableFile(
                f"{size:,} bytes, more than --max-bytes {limits.bytes:,}",
                hint="raise --max-bytes if the file is to be trusted",
            )
        data = given.path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}") from error
    if given.path.suffix.lower() != ".zip":
        yield given, data
        return
    for member in members(given.path.name, data, limits):
        if isinstance(member, Refusal):
            refused = UnreadableFile(member.reason, hint="unpack the archive by hand")
            yield Input(given.path, member.name), refused
        else:
            yield Input(given.path, member.name), member.data
