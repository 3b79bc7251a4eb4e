"""What the evaluation of the prose covers: its money against the forms (H7, I10, I17, K14).

In: records, running text, performance forms. Out: verdicts. The rule it protects: scopes differ
between regions, so only an amount that is just that of another scope is doubted.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.checks.book import Book
from pipeline.checks.cross import soft
from pipeline.checks.performance import WHOLE, Sheet
from pipeline.checks.prose import Prose, Record
from pipeline.checks.rates import rated
from pipeline.checks.rows import verdict
from pipeline.checks.verdicts import Verdict, grade_same, grade_sum

_CONCERNED = re.compile(r"涉及(?:财政|预算|项目)*(?:资金|金额)[^，。；]{0,6}$")
_OVERALL = re.compile(r"整体(?:支出)?")
_PROJECTS = re.compile(r"项目")
_ANOTHER = re.compile(r"基金|专项债|转移支付|政府采购|重点|抽取|抽查|部分")
_PROCUREMENT = re.compile(r"^政府采购(?:支出)?(?:总额|金额)?$")
_COLUMNS = ("executed", "adjusted_budget", "initial_budget")


def scope_verdicts(
    book: Book, prose: Prose, records: Sequence[Record], found: Sequence[Sheet]
) -> Iterator[Verdict]:
    """Every amount that an evaluation is said to concern; the procurement rate of the forms."""
    for record in records:
        cell = record.cells.get("amount", record.cells.get("budget"))
        before = prose.before(cell, 60).rpartition("。")[2] if cell is not None else ""
        if cell is None or not _CONCERNED.search(before) or _ANOTHER.search(before):
            continue
        yield from _scope(book, cell, before)
        if not _OVERALL.search(before):
            yield from _form_money(book, cell, found)
            yield from _projects_form(book, cell)
    yield from _procurement_rate(book, records, found)


def _scope(book: Book, cell: int, before: str) -> Iterator[Verdict]:
    """I10: the whole is not just the projects, the projects are not just the whole."""
    form = book.only("expenditure")
    whole = form.cell("total", "total") if form else None
    projects = form.cell("total", "project") if form else None
    if whole is None or projects is None:
        return
    overall = bool(_OVERALL.search(before))
    if not overall and not _PROJECTS.search(before):
        return
    meant, other = (whole, projects) if overall else (projects, whole)
    values = {i: book.yuan(i).value for i in (cell, whole, projects)}
    wrong = values[cell] == values[other] != values[meant] and values[meant] != 0
    if not wrong and values[cell] != values[meant]:
        yield Verdict("I10", "insufficient_data", (cell,))
        return
    names = ("整体支出", "项目支出合计") if overall else ("项目支出", "全部支出合计")
    said, printed = book.facts[cell], book.facts[meant]
    yield Verdict(
        "I10",
        "fail" if wrong else "pass",
        (cell, other, meant),
        cell,
        expected=printed.raw if said.unit == printed.unit else printed.raw + printed.unit,
        words=(
            f"{names[0]}自评涉及的{said.raw}{said.unit}恰为{names[1]}，{names[0]}为{printed.raw}{printed.unit}",
            f"{said.raw} is the total of the other scope; this scope has {printed.raw}{printed.unit}",
        ),
        confirms=False,
    )


def _form_money(book: Book, cell: int, found: Sequence[Sheet]) -> Iterator[Verdict]:
    """I17: the forms' totals add up to the amount, in one of the money columns."""
    for column in _COLUMNS:
        parts = [s.rows[WHOLE][column] for s in found if column in s.rows.get(WHOLE, {})]
        if len(parts) < 2:
            continue
        for chosen in (parts, _without_largest(book, parts)):
            amounts = book.alike([cell, *chosen])
            grade = grade_sum(amounts[0], amounts[1:])
            if len(chosen) > 1 and grade.status != "fail":
                yield verdict("I17", grade, amounts[0], amounts[1:])
                return


def _without_largest(book: Book, parts: Sequence[int]) -> list[int]:
    """The form of the whole department stands beside those of its projects."""
    largest = max(parts, key=lambda i: book.yuan(i).value)
    return [i for i in parts if i != largest]


def _projects_form(book: Book, cell: int) -> Iterator[Verdict]:
    """K14: the amount is the total of the projects form."""
    form = book.only("projects")
    total = form.cell("total", "total") if form else None
    if total is not None:
        one, other = book.alike((cell, total))
        yield soft(verdict("K14", grade_same(one, other), one, [other]))


def _procurement_rate(
    book: Book, records: Sequence[Record], found: Sequence[Sheet]
) -> Iterator[Verdict]:
    """H7: the rate of a form = procurement / its budget, where the prose gives both once."""
    said = [r for r in records if _PROCUREMENT.search(r.row) and "amount" in r.cells]
    planned = [r.cells["budget"] for r in records if "政府采购" in r.row and "budget" in r.cells]
    for sheet in found:
        rate = sheet.rows.get("政府采购执行率", {}).get("actual")
        if rate is None:
            continue
        if len(said) != 1 or len(planned) != 1 or book.facts[rate].unit != "%":
            yield Verdict("H7", "insufficient_data", (rate,))
            continue
        for found_rate in rated(book, "H7", rate, [(said[0].cells["amount"], planned[0])]):
            capped = book.facts[rate].value == Decimal(100) and found_rate.status == "fail"
            yield found_rate._replace(status="insufficient_data") if capped else found_rate
