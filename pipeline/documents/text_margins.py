"""Page heads and feet in text that marks its pages: by form feeds (pdftotext), or by the pages'
numbers with marks around them (- 3 -).

In: the lines of a text. Out: which of them are furniture. The rule it protects: a line is left out
only where it repeats at the same end of many pages, and never the head of a form.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from pipeline.text import fold

_FEED = "\f"
_NUMBERED = re.compile(r"^(?:[-—–·]+(\d{1,3})[-—–·]+|第(\d{1,3})页(?:[,，/]?共\d+页)?)$")
_REPEATED_ON, _SHARE = 3, 0.4
_DIGITS = re.compile(r"\d+")
# A bare page number marks the end of a page for readers of tables.
_WORDS = re.compile(r"[\u4e00-\u9fffA-Za-z]{2}")
# A form's own head repeats from form to form and is not the page's.
_FORM_HEAD = re.compile(r"单位|表|金额")


def furniture_of_text(lines: Sequence[str]) -> frozenset[int]:
    """Indexes of the first and last lines of pages that repeat, whatever their numbers, on three
    pages or more and two in five.

    >>> page = ["\\f某局决算公开", "一、收入", "二、支出"]
    >>> sorted(furniture_of_text([*page, "\\f某局决算公开", "三、", "\\f某局决算公开", "四、"]))
    [0, 3, 5]
    """
    starts = [n for n, line in enumerate(lines) if n == 0 or line.startswith(_FEED)]
    starts = starts if len(starts) > 1 else _behind_numbers(lines)
    pages = [range(a, b) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    if len(pages) < _REPEATED_ON:
        return frozenset()
    ends = [(top, n) for page in pages for top, n in _ends(lines, page)]
    texts = {n: _DIGITS.sub("#", fold(lines[n])) for _, n in ends}
    counts = Counter((top, texts[n]) for top, n in ends)
    least = max(_REPEATED_ON, _SHARE * len(pages))
    return frozenset(
        n
        for top, n in ends
        if counts[top, texts[n]] >= least
        and _WORDS.search(texts[n])
        and not _FORM_HEAD.search(texts[n])
    )


def _behind_numbers(lines: Sequence[str]) -> list[int]:
    """Where pages begin: at the start and behind each page's number, those that count on by one."""
    marks = [(n, _NUMBERED.match(fold(line))) for n, line in enumerate(lines)]
    numbers = [(n, int(mark[1] or mark[2])) for n, mark in marks if mark]
    follows = [b[1] == a[1] + 1 for a, b in pairwise(numbers)]
    if sum(follows) * 2 <= len(numbers):
        return [0]
    return [0, *(n + 1 for n, _ in numbers if any(line.strip() for line in lines[n + 1 :]))]


def _ends(lines: Sequence[str], page: range) -> list[tuple[bool, int]]:
    """The first and the last printed line of a page but for its number; True for the first."""
    printed = [n for n in page if lines[n].strip() and not _NUMBERED.match(fold(lines[n]))]
    return [(True, printed[0]), (False, printed[-1])] if len(printed) > 1 else []
