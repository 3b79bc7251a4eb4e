"""juesuan (决算): checked, sourced numbers out of 部门预算 and 部门决算 disclosures.

    import juesuan
    document = juesuan.read("决算.pdf")
    extraction = juesuan.extract(document)
    for fact in extraction.facts: print(fact.statement, fact.row, fact.column, fact.value)

A small door to the pipeline for notebooks; the command `juesuan` does the same for folders.
"""

from pathlib import Path

import prompts
import schemas
from pipeline.chunks import chunk_document as chunks
from pipeline.documents.limits import Limits
from pipeline.errors import JuesuanError
from pipeline.extraction import extract
from pipeline.running import read_document
from pipeline.runs import juesuan_version
from pipeline.runs import read_extraction as read_result
from schemas.documents import Chunk, Document
from schemas.facts import Fact
from schemas.findings import Finding
from schemas.runs import Extraction

__all__ = [
    "Chunk",
    "Document",
    "Extraction",
    "Fact",
    "Finding",
    "JuesuanError",
    "Limits",
    "chunks",
    "extract",
    "read",
    "read_result",
    "version",
]

if not hasattr(schemas, "__file__") or not hasattr(prompts, "load"):
    raise ImportError(
        "another package named `schemas` or `prompts` stands before juesuan's own: install juesuan"
        " in an environment of its own (pipx, uv tool, venv)"
    )


def read(path: str | Path, limits: Limits | None = None) -> Document:
    """Read a file of any format. Raises JuesuanError."""
    place = Path(path)
    return read_document(place.name, place.read_bytes(), limits or Limits())


def version() -> str:
    """The installed version."""
    return juesuan_version()
