"""Rows whose label wrapped around their numbers -> rows in one line.

In: the body lines of a flattened form with codes. A label of two lines is centred on its row, so
that the code and the numbers stand between its halves. Out: lines that begin with code and label.
The rule it protects: a code is never taken for an amount of the row above it.
"""

import re
from collections.abc import Sequence

from pipeline.reading.tokens import Token, is_dash
from pipeline.text import fold

Line = tuple[Token, ...]
_ACCOUNT = re.compile(r"(?:2[0-3]\d|30\d|31[0-3]|399|50\d|51[0-4]|599)(?:\d\d){0,2}")
_PART = re.compile(r"\d\d")
_AMOUNT = re.compile(r"-?\d[\d,]*\.\d+|-?\d{1,3}(?:,\d{3})+|0")


def unwrapped(lines: Sequence[Line]) -> list[Line]:
    """The lines, each row that begins with its bare code with its words behind the code."""
    done: list[Line] = []
    words: list[Line] = []
    owed = 0
    for line in lines:
        if not any(token.is_number or is_dash(token.text) for token in line):
            words.append(line)
            continue
        count = bare_code(line)
        if not count or not words:
            done += [*words, line]
            words, owed = [], 0
            continue
        after = min(owed, len(words) - 1)
        done += words[:after]
        before = words[after:]
        done.append((*line[:count], *(token for one in before for token in one), *line[count:]))
        words, owed = [], len(before)
    return done + words


def bare_code(line: Sequence[Token]) -> int:
    """How many tokens the code takes in a line of a code and numbers alone; 0 for another line."""
    count = leading_code(line)
    behind = [fold(token.text) for token in line[count:]]
    amounts = [_AMOUNT.fullmatch(text) is not None or is_dash(text) for text in behind]
    return count if behind and all(amounts) else 0


def leading_code(line: Sequence[Token]) -> int:
    """How many tokens at the front are an account's code, in one piece or 类 款 项; 0 for none."""
    texts = [fold(token.text) for token in line]
    if not texts or not _ACCOUNT.fullmatch(texts[0]):
        return 0
    count = 1
    while count < min(len(texts), 3) and _PART.fullmatch(texts[count]) and len(texts[0]) == 3:
        count += 1
    return count
