"""Flattened income forms that part 本年收入 and 上年结转 each into its sources.

In: the lines of a header. Out: the one order of the columns, total first: 合计 | 小计, sources | 小计,
sources. The subtotal of the year and what was carried over by source are none of the contract's
columns (`~current`, `~carried_…`) but take part in the sums that place the others. The rule it
protects: each word is a part of exactly one source's name, else there is no order.
"""

from collections.abc import Sequence
from typing import Final

from pipeline.reading.library import Form

# Of a name wrapped over lines only a part stands on the line of the others (国有资 | 本经营 | 预算).
_SOURCES: Final = {
    "general_budget": "一般公共预算财政拨款收入",
    "government_fund": "政府性基金预算财政拨款收入",
    "state_capital": "国有资本经营预算财政拨款收入",
    "fiscal_account": "财政专户管理资金收入",
    "undertaking": "事业收入",
    "operating": "事业单位经营收入",
    "superior_subsidy": "上级补助收入",
    "affiliated": "附属单位上缴收入",
    "unit_funds": "单位资金",
    "other": "其他收入",
}
_SUBTOTALS: Final = ("小计", "合计")


def grouped_income(form: Form, header: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The order of the columns; none where no line prints two subtotals behind the total."""
    found = [parts for line in header if (parts := _parts(line))]
    if form.statement != "income" or len(found) != 1:
        return []
    year, carried = found[0]
    sources, before = [_source(word) for word in year], [_source(word) for word in carried]
    if "" in sources or "" in before or len(set(sources)) < len(sources):
        return []
    return [("total", "~current", *sources, "carried_over", *(f"~carried_{c}" for c in before))]


def _parts(line: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """The sources behind the first subtotal and behind the second; None for another line."""
    at = [n for n, word in enumerate(line) if word in (*_SUBTOTALS, "总计")]
    if len(at) == 3 and at[1] == at[0] + 1:
        at = at[1:]
    if len(at) != 2 or line[at[0]] != line[at[1]]:
        return None
    return list(line[at[0] + 1 : at[1]]), list(line[at[1] + 1 :])


def _source(word: str) -> str:
    """The source whose name the word is a part of, best its beginning; empty where none is."""
    whole = [c for c, name in _SOURCES.items() if name == word]
    begins = [c for c, name in _SOURCES.items() if name.startswith(word)]
    inside = [c for c, name in _SOURCES.items() if word in name]
    found = next((some for some in (whole, begins, inside) if some), [])
    return found[0] if len(found) == 1 and len(word) > 1 else ""
