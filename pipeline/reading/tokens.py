"""A flattened line -> its whitespace-separated tokens, each with its place."""

import re
from typing import NamedTuple

from pipeline.text import is_number

_TOKEN = re.compile(r"[^\s\u3000\t]+")
_DASH = re.compile(r"^[-—–－/]+$")


class Token(NamedTuple):
    """Characters between spaces; `is_number` when they are a printed number and nothing else."""

    text: str
    line: int
    start: int
    is_number: bool


def line_tokens(line: str, number: int) -> tuple[Token, ...]:
    """The tokens of one line."""
    return tuple(
        Token(match.group(), number, match.start(), is_number(match.group()))
        for match in _TOKEN.finditer(line)
    )


def is_dash(text: str) -> bool:
    """A dash printed in place of a number."""
    return _DASH.match(text) is not None
