"""ZIP archives of disclosures: the files inside, within limits, nothing written to disk.

In: the bytes of an archive. Out: its files with their names, those of archives inside it too, and
what was refused. The rule it protects: no name leaves the archive and no size is believed.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from pipeline.documents.limits import Limits, within
from pipeline.errors import UnreadableFile

_FOLDED_AWAY = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_CHUNK = 1 << 20


class Member(NamedTuple):
    """A file of an archive; `name` is its path inside, nested archives as folders."""

    name: str
    data: bytes


class Refusal(NamedTuple):
    """A member that is not given out, and why."""

    name: str
    reason: str


class _Budget:
    """Bytes and members that are left for the archive and all archives inside it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.taken = 0
        self.count = 0

    def take(self, amount: int) -> None:
        """Raise LimitExceeded where the unpacked size passes the limit."""
        self.taken += amount
        within(self.taken, self.limits.unpacked_bytes, "unpacked bytes of the archive")

    def member(self) -> None:
        """Raise LimitExceeded where there are too many members."""
        self.count += 1
        within(self.count, self.limits.members, "files in the archive")


def members(name: str, data: bytes, limits: Limits) -> Iterator[Member | Refusal]:
    """The files of a ZIP one by one. Raises UnreadableFile (damaged), LimitExceeded (bomb, depth)."""
    within(len(data), limits.bytes, f"bytes of {name}")
    yield from _walk(data, "", _Budget(limits), 0)


def _walk(data: bytes, folder: str, budget: _Budget, depth: int) -> Iterator[Member | Refusal]:
    within(depth, budget.limits.depth, "archives inside archives")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise UnreadableFile(f"the archive is damaged ({error})") from error
    for info in archive.infolist():
        path = folder + member_name(info)
        if info.is_dir() or any(mark in path for mark in _FOLDED_AWAY):
            continue
        budget.member()
        reason = _refusal(info, path)
        if reason:
            yield Refusal(path, reason)
            continue
        try:
            content = _content(archive, info, budget)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            yield Refusal(path, f"it is damaged ({error})")
            continue
        if _is_archive(path, content):
            yield from _walk(content, f"{path}/", budget, depth + 1)
        else:
            yield Member(path, content)


def member_name(info: zipfile.ZipInfo) -> str:
    """The member's name; archives made on Chinese Windows hold GBK without saying so."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _refusal(info: zipfile.ZipInfo, path: str) -> str:
    plain = PurePosixPath(path.replace("\\", "/"))
    if plain.is_absolute() or ".." in plain.parts or ":" in plain.parts[0] or "\0" in path:
        return "its path leads out of the archive"
    if (info.external_attr >> 16) & 0o170000 == 0o120000:
        return "it is a symbolic link"
    if info.flag_bits & _ENCRYPTED_FLAG:
        return "it is encrypted"
    return ""


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> bytes:
    """The member's bytes, counted as they come: the stated size may lie."""
    budget.take(0)
    within(budget.taken + info.file_size, budget.limits.unpacked_bytes, "unpacked bytes")
    pieces = []
    with archive.open(info) as stream:
        while piece := stream.read(_CHUNK):
            budget.take(len(piece))
            pieces.append(piece)
    return b"".join(pieces)


def _is_archive(path: str, content: bytes) -> bool:
    """A ZIP that is no office file: those are ZIPs too."""
    return path.lower().endswith(".zip") and content.startswith(b"PK")
