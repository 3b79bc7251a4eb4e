"""Flattened headers that compare two years: 2024年执行数 | 2025年预算数 (小计 基本支出 项目支出) | 增减额 增减%.

In: the lines of a header. Out: orders of the columns that its lowest line names, the year before and
what compares as `~n`. The rule it protects: a number of another year never becomes the amount; which
of the orders holds, the sums within the rows say.
"""

import re
from collections.abc import Sequence

from pipeline.reading.library import Form, name_of
from pipeline.reading.periods import COMPARED, is_comparison

_KEYISH = re.compile(r"编码|代码|名称|^(?:项目|科目|类|款|项)$")
# Rates stand with their sign (-6.30%): they are no amounts and take no column.
RATE = re.compile(r"-?\d[\d.,]*[%％]")


def compared_orders(form: Form, header: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The lowest line's columns; the same behind a lone column of the year before."""
    words = [word for word in (header[-1] if header else ()) if not _KEYISH.search(word)]
    words = [word for word in words if "%" not in word]
    named = [None if is_comparison((word,)) else name_of(form, (word,)) for word in words]
    found = [match.column if match else f"{COMPARED}{n}" for n, match in enumerate(named)]
    if not any(named) or any(
        m is None and not is_comparison((w,)) for m, w in zip(named, words, strict=True)
    ):
        return []
    own = [
        f"{COMPARED}{n}" if column in found[n + 1 :] else column for n, column in enumerate(found)
    ]
    return [tuple(own), (COMPARED, *own)]
