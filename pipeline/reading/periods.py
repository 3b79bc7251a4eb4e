"""Which columns of a form are those of its own year and phase.

In: the header paths of value columns, the form's title, what the document is. Out: for each path
whether its numbers are the form's own. Budgets print the year before beside the year (2023年执行数 |
2024年预算数 | 增减%), final accounts the budget beside the outcome. The rule it protects: a number of
another year or phase never becomes the amount.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from schemas.vocabulary import DocumentKind

Path = tuple[str, ...]
# Before the name of a column that is another year's, another phase's or a comparison with it: none
# of the contract's, so that its numbers are no facts, and never the form's own.
COMPARED = "~year"
_YEAR = re.compile(r"(20[12]\d)年?(?=\D|$)")
_COMPARED = re.compile(
    r"增减|增长|增幅|变动|同比|差额|差异|占.{0,8}(?:比|%)|%\)?$|比率|比例|完成(?:率|预算)|执行率|[较比](?:上年|20\d\d)"
)
_BEFORE = re.compile(r"(?:上年|上年度|上一年度?|去年|前年)(?!.{0,16}(?:结转|结余))")
_PHASE = re.compile(r"(预算|决算|执行)(?:数|金额|额|情况)?(?:\(.*\))?$")
_OWN_BUDGET = re.compile(r"一般公共预算$|政府性基金预算$|国有资本经营预算$|(?:收入|支出)预算$")
_INITIAL = re.compile(r"年初|初始")
_ADJUSTED = re.compile(r"调整|全年|变更")


class About(NamedTuple):
    """What the document is, as far as it says."""

    kind: DocumentKind = "unknown"
    fiscal_year: int | None = None


def phase_of(path: Path) -> str:
    """预算 or 决算, as the lowest header that states one says; empty where none does.

    >>> phase_of(("2023年决算数", "合计")), phase_of(("政府性基金预算", "小计"))
    ('决算', '')
    """
    for text in reversed(path):
        match = _PHASE.search(text)
        if match and not _OWN_BUDGET.search(text):
            return "预算" if match.group(1) == "预算" else "决算"
    return ""


def own_kind(title: str, about: About) -> DocumentKind:
    """Budget or final accounts: what the form's title says, else the document."""
    final, budget = (
        "决算" in title,
        "预算" in re.sub(r"一般公共预算|政府性基金预算|国有资本经营预算", "", title),
    )
    if final != budget:
        return "final_accounts" if final else "budget"
    return about.kind


def is_comparison(path: Path) -> bool:
    """True for a column that compares (增减%, 占比, 完成率) or is the year before by its words.

    >>> is_comparison(("上年执行数",)), is_comparison(("上年一般公共预算财政拨款结转",))
    (True, False)
    """
    return any(_COMPARED.search(text) or _BEFORE.search(text) for text in path)


def of_own_year(paths: Sequence[Path], title: str, about: About) -> list[bool]:
    """For each path whether it is neither a comparison nor of another year than the form's."""
    plain = [not is_comparison(path) for path in paths]
    years = [_year(path) for path in paths]
    known = {year for year, fits in zip(years, plain, strict=True) if fits and year}
    if len(known) < 2:
        return plain
    titled = [int(year) for year in _YEAR.findall(title)]
    own = next((year for year in [*titled, about.fiscal_year] if year in known), max(known))
    return [fits and year in (None, own) for fits, year in zip(plain, years, strict=True)]


def _year(path: Path) -> int | None:
    found = [int(match.group(1)) for text in path if (match := _YEAR.search(text))]
    return found[-1] if found else None


def of_own_phase(paths: Sequence[Path], title: str, about: About) -> list[bool]:
    """For each path whether its phase is the form's, where budget and outcome stand side by side."""
    phases = [phase_of(path) for path in paths]
    if {"预算", "决算"} <= set(phases):
        wanted = {"final_accounts": "决算", "budget": "预算"}.get(own_kind(title, about))
        return [phase in ("", wanted) for phase in phases]
    return one_budget(paths)


def one_budget(paths: Sequence[Path]) -> list[bool]:
    """Of 年初预算数 and 调整预算数 the first; all where only one of them stands."""
    initial = [any(_INITIAL.search(t) and "预算" in t for t in path) for path in paths]
    adjusted = [any(_ADJUSTED.search(t) and "预算" in t for t in path) for path in paths]
    if any(initial) and any(adjusted):
        return [not late for late in adjusted]
    return [True] * len(paths)


def own_labels(labels: Sequence[str], title: str) -> frozenset[str]:
    """Of row labels that name years or phases (2023年预算数, 2024年预算数, 增减) those of the form's
    own year, no comparison among them.

    >>> sorted(own_labels(("2023年预算数", "2024年预算数", "增减额"), "“三公”经费支出表"))
    ['2024年预算数']
    """
    paths = [(label,) for label in labels]
    own = of_own_year(paths, title, About())
    return frozenset(label for label, mine in zip(labels, own, strict=True) if mine)
