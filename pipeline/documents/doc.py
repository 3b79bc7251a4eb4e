"""Old Word files (DOC, WPS) through LibreOffice, where it is installed.

In: the bytes of a DOC. Out: the `Source` of the DOCX that LibreOffice makes of it. The rule it
protects: no macro runs, no network, no trace is left, and a machine without LibreOffice says so.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

from pipeline.documents.docx import read_docx
from pipeline.documents.limits import Limits, within
from pipeline.documents.source import Source
from pipeline.errors import LimitExceeded, UnreadableFile

_PROGRAMS = ("soffice", "libreoffice")


def read_doc(name: str, data: bytes, limits: Limits) -> Source:
    """Read a DOC. Raises UnreadableFile where LibreOffice is missing or cannot convert it."""
    within(len(data), limits.bytes, f"bytes of {name}")
    program = next((found for found in map(shutil.which, _PROGRAMS) if found), None)
    if program is None:
        raise UnreadableFile(
            "the old Word format (DOC) needs LibreOffice, which is not installed",
            hint="install LibreOffice, or save the file as DOCX",
        )
    return read_docx(name, _converted(program, data, limits), limits)


def _converted(program: str, data: bytes, limits: Limits) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.doc"
        source.write_bytes(data)
        command = [
            program,
            f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            "docx:Office Open XML Text",
            "--outdir",
            folder,
            str(source),
        ]
        try:
            subprocess.run(command, capture_output=True, timeout=limits.seconds, check=False)
        except subprocess.TimeoutExpired as error:
            raise LimitExceeded(
                f"LibreOffice needed more than {limits.seconds:g} seconds"
            ) from error
        target = source.with_suffix(".docx")
        if not target.exists():
            raise UnreadableFile("LibreOffice could not convert the file")
        return target.read_bytes()
