"""The form of basic expenditure against itself and other forms (D6, D10, D11, E5-E7).

In: a book. Out: verdicts. The rule it protects: an economic item and the function code of its name
need not be the same money; where they are, the one confirms the other.
"""

from collections.abc import Iterator, Sequence

from pipeline.checks.book import Book
from pipeline.checks.cross import add_up, at_most, pairs, same, soft
from pipeline.checks.forms import Form
from pipeline.checks.rows import verdict
from pipeline.checks.verdicts import Verdict, grade_sum
from pipeline.identities import is_economic_code

_THREE_PUBLIC_CODES = {
    "30212": "overseas",
    "31013": "vehicle_purchase",
    "30231": "vehicle_operation",
    "30217": "reception",
}
_CONFERENCE_CODES = {"30215": "meetings", "30216": "training"}
_PERSONNEL = ("301", "303")
_PUBLIC = ("302", "307", "309", "310", "311", "312", "313", "399")
_NAMESAKES = {
    "30108": ("2080505",),
    "30109": ("2080506",),
    "30110": ("2101101", "2101102"),
    "30113": ("2210201",),
}


def basic_verdicts(book: Book) -> Iterator[Verdict]:
    """The form's own totals, then the other forms that print its amounts."""
    for form in book.forms.get("basic_expenditure", ()):
        yield from _basic_totals(book, form)
    yield from _basic_and_others(book)
    yield from _namesakes(book)


def _basic_totals(book: Book, form: Form) -> Iterator[Verdict]:
    for check, key, classes in (
        ("E5", "personnel_total", _PERSONNEL),
        ("E6", "public_total", _PUBLIC),
    ):
        total = form.cell(key, "amount")
        if total is not None:
            yield from add_up(book, check, total, _class_cells(form, classes))
    parts = [form.cell("personnel_total", "amount"), form.cell("public_total", "amount")]
    if None not in parts and form.cell("total", "amount") is not None:
        yield from add_up(book, "E6b", form.cell("total", "amount"), parts)


def _class_cells(form: Form, classes: Sequence[str]) -> list[int | None]:
    """The cells of these classes; where a class has no row, those of its items."""
    printed = {row.key for row in form.rows}
    return [
        row.cells["amount"]
        for row in form.rows
        if is_economic_code(row.key)
        and row.key[:3] in classes
        and "amount" in row.cells
        and (len(row.key) == 3 or row.key[:3] not in printed)
    ]


def _basic_and_others(book: Book) -> Iterator[Verdict]:
    for general, basic in pairs(book, "general_budget_expenditure", "basic_expenditure"):
        yield from _basic_total(book, general.cell("total", "basic"), basic)
    if not book.forms.get("general_budget_expenditure"):
        for form, basic in pairs(book, "expenditure", "basic_expenditure"):
            yield from map(_only_confirms, _basic_total(book, form.cell("total", "basic"), basic))
    for basic, public in pairs(book, "basic_expenditure", "three_public"):
        row = public.row("actual") or public.row("budget")
        codes = _THREE_PUBLIC_CODES | _CONFERENCE_CODES
        for code, column in codes.items():
            check = "D11" if code in _CONFERENCE_CODES else "D10"
            cell = basic.cell(code, "amount")
            if cell is None:
                cell = basic.cell(code, "total")
            if cell is not None and row and column in row.cells:
                yield from at_most(book, check, [cell], row.cells[column])


def _only_confirms(found: Verdict) -> Verdict:
    """Without the general budget form, basic expenditure of other funds may be the difference."""
    return found._replace(status="insufficient_data") if found.status == "fail" else found


def _basic_total(book: Book, whole: int | None, basic: Form) -> Iterator[Verdict]:
    parts = [basic.cell("personnel_total", "amount"), basic.cell("public_total", "amount")]
    if None not in parts:
        yield from add_up(book, "D6", whole, parts)
    for column in ("amount", "total"):
        if basic.cell("total", column) is not None:
            yield from same(book, "D6", whole, basic.cell("total", column))


def _namesakes(book: Book) -> Iterator[Verdict]:
    """E7: pension, annuity, medical insurance, housing fund by economic item and by function."""
    for basic, general in pairs(book, "basic_expenditure", "general_budget_expenditure"):
        for item, codes in _NAMESAKES.items():
            cell = basic.cell(item, "amount")
            if cell is None:
                cell = basic.cell(item, "total")
            column = "basic" if "basic" in general.columns else "total"
            parts = [i for code in codes if (i := general.cell(code, column)) is not None]
            if cell is not None and parts and book.facts[cell].value:
                amounts = book.alike([cell, *parts])
                yield soft(
                    verdict("E7", grade_sum(amounts[0], amounts[1:]), amounts[0], amounts[1:])
                )
