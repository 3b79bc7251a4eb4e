"""Heads of items that stand in a paragraph of their own -> the subject of what follows.

In: the paragraphs of a chunk. Out: each with the subject that a head above it gives. The rule it
protects: an account's path is the subject of the next paragraph only, a project's name that of the
entries (预算安排规模：…) under it.
"""

import re
from collections.abc import Iterator, Sequence

from pipeline.reading.subjects import path_name
from pipeline.text import Passage, squeeze, strip_ordinal

_PATH = re.compile(r"[^，。；：:]*[（(][^（()）]{0,2}[类款项][）)][。：:]?")
_NAMED = re.compile(r"(?:项目|资金|专项)名称[：:](.{2,60}?)[。；;]?")
_ENTRY = re.compile(r"[^，。；：:\d]{2,16}[：:]")


def with_subjects(paragraphs: Sequence[Passage]) -> Iterator[tuple[Passage, str]]:
    """Each paragraph and the subject that a head above it gives, '' where none does."""
    path = name = ""
    for paragraph in paragraphs:
        text = strip_ordinal(squeeze(paragraph.text))
        named = _NAMED.fullmatch(text)
        name = named[1] if named else name if _ENTRY.match(text) else ""
        yield paragraph, path or name
        whole = path_name(text.rstrip("。：:")) if _PATH.fullmatch(text) else None
        path = whole.name if whole else ""
