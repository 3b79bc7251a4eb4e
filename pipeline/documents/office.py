"""The zip package of an office file, opened within limits.

In: bytes. Out: parts as bytes or parsed XML. The rule it protects: nothing is unpacked before its
size is known, no entity is expanded, nothing is fetched.
"""

import io
import posixpath
import zipfile
import zlib

from lxml import etree

from pipeline.documents.limits import Limits, within
from pipeline.documents.ooxml import children, value
from pipeline.errors import UnreadableFile

_OLE = b"\xd0\xcf\x11\xe0"


class OfficePackage:
    """An open package. `xml` and `part` raise UnreadableFile for a part that is damaged."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def names(self) -> tuple[str, ...]:
        """The names of all parts, in the package's order."""
        return tuple(self._archive.namelist())

    def part(self, name: str) -> bytes | None:
        """The bytes of a part, None where the package has none of that name."""
        if name not in self._archive.NameToInfo:
            return None
        try:
            return self._archive.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:
            raise UnreadableFile(f"part {name} is damaged ({error})") from error

    def xml(self, name: str) -> etree._Element:
        """A part as XML. Raises UnreadableFile where it is missing or not well-formed."""
        content = self.part(name)
        if content is None:
            raise UnreadableFile(f"part {name} is missing")
        return parse_xml(content, name)

    def main_part(self) -> str:
        """The part that the package names as its document."""
        for relation in children(self.xml("_rels/.rels")):
            if (value(relation, "Type") or "").endswith("/officeDocument"):
                return (value(relation, "Target") or "").lstrip("/")
        raise UnreadableFile("the package names no document")

    def beside(self, name: str) -> str:
        """A part in the main part's folder: `numbering.xml` as `word/numbering.xml`."""
        return posixpath.join(posixpath.dirname(self.main_part()), name)


def open_package(name: str, data: bytes, limits: Limits) -> OfficePackage:
    """Open an office file. Raises UnreadableFile (damaged, encrypted) and LimitExceeded."""
    within(len(data), limits.bytes, f"bytes of {name}")
    if data[:4] == _OLE:
        raise UnreadableFile("the office file is encrypted, or of the old binary kind")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise UnreadableFile(f"the office file is damaged ({error})") from error
    members = archive.infolist()
    within(len(members), limits.members, "parts of the office file")
    within(sum(info.file_size for info in members), limits.unpacked_bytes, "unpacked bytes")
    if len(archive.NameToInfo) != len(members):
        raise UnreadableFile("the office file names a part twice")
    return OfficePackage(archive)


def parse_xml(content: bytes, name: str) -> etree._Element:
    """XML without entities, network or unlimited depth. Raises UnreadableFile."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"part {name} is not well-formed ({error})") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableFile(f"part {name} declares a document type: refused")
    return root
