"""The same number in two forms (families D, K7-K12).

In: a book. Out: verdicts between forms. Forms are paired one to one, in printed order, only where
the document prints both equally often. The rule it protects: equal precision, equal number.
"""

from collections.abc import Iterator, Sequence

from pipeline.checks.book import Book
from pipeline.checks.forms import Form
from pipeline.checks.rows import verdict
from pipeline.checks.summaries import FUND_WORDS, FUNDS, Side, carries_over, is_of_which, side
from pipeline.checks.verdicts import Amount, Verdict, grade_at_most, grade_same, grade_sum
from pipeline.identities import identity, is_function_code

_SOURCES = {
    "superior_subsidy": "上级补助收入",
    "undertaking": "事业收入",
    "operating": "经营收入",
    "affiliated": "附属单位上缴收入",
    "other": "其他收入",
}


def pairs(book: Book, one: str, other: str) -> Iterator[tuple[Form, Form]]:
    """Forms of two statements, paired in printed order where both are printed equally often."""
    left, right = book.forms.get(one, ()), book.forms.get(other, ())
    if len(left) == len(right):
        yield from zip(left, right, strict=True)


def cross_verdicts(book: Book) -> Iterator[Verdict]:
    """Family D and the budget forms that repeat one another."""
    yield from _summary_and_income(book)
    yield from _summary_and_expenditure(book)
    yield from _summaries(book)
    yield from _appropriation_and_forms(book)
    yield from _expenditure_forms(book)
    yield from _budget_forms(book)


def same(book: Book, check: str, left: int | None, right: int | None) -> Iterator[Verdict]:
    """Rule T0 between two cells, in 元 where their units differ (T9)."""
    if left is None or right is None:
        if left is not None or right is not None:
            yield Verdict(check, "insufficient_data")
        return
    one, other = book.alike((left, right))
    yield soft(verdict(check, grade_same(one, other), one, [other]))


def soft(found: Verdict) -> Verdict:
    """A relation that some regions define otherwise confirms, and never accuses."""
    if found.status == "fail" and identity(found.check).confirms_only:
        return found._replace(status="insufficient_data", detail="scope")
    return found


def add_up(
    book: Book, check: str, total: int | None, parts: Sequence[int | None]
) -> Iterator[Verdict]:
    """Rule T1 over the parts that are printed."""
    printed = [part for part in parts if part is not None]
    if total is None or not printed:
        if total is not None or printed:
            yield Verdict(check, "insufficient_data")
        return
    amounts = book.alike([total, *printed])
    yield verdict(check, grade_sum(amounts[0], amounts[1:]), amounts[0], amounts[1:])


def at_most(book: Book, check: str, parts: Sequence[int], whole: int | None) -> Iterator[Verdict]:
    """Rule T7 for the sum of the parts."""
    if whole is None or not parts:
        return
    amounts = book.alike([whole, *parts])
    top, rest = amounts[0], amounts[1:]
    part = Amount(
        parts[0],
        sum((amount.value for amount in rest), top.value * 0),
        sum((amount.half for amount in rest), top.half * 0),
    )
    yield verdict(check, grade_at_most(part, top), part, [top, *rest[1:]])


def _same_total(
    book: Book, check: str, one: Side | None, column: str, right: int | None
) -> Iterator[Verdict]:
    """A side's total of the year against another form. Budgets may count what was carried over in
    the other form, so there the grand total is as good."""
    rows = [one.current, one.grand] if one else []
    lefts = [row.cells[column] for row in rows if row and column in row.cells]
    if one and one.current and book.document.kind == "final_accounts":
        lefts = lefts[:1]
    found = [verdict for left in lefts for verdict in same(book, check, left, right)]
    held = [verdict for verdict in found if verdict.status != "fail"]
    yield from (held or found)[:1]


def _current(one: Side | None) -> dict[str, int]:
    """The cells of the year's total; of the grand total where the side prints no other."""
    row = one and (one.current or one.grand)
    return dict(row.cells) if row else {}


def _line(one: Side | None, word: str) -> int | None:
    """The amount of the one row of a side whose label contains a word, 其中 rows left out."""
    found = [
        row.cells["amount"]
        for row in (one.rows if one else ())
        if word in row.key and "amount" in row.cells and not is_of_which(row.label)
    ]
    return found[0] if len(found) == 1 else None


def _source_line(one: Side | None, fund: str) -> int | None:
    """The income of the year from a fund: the first row that names it, not what was carried over."""
    for row in one.rows if one else ():
        if one and row in (one.current, one.grand):
            if one.rows.index(row):
                return None
            continue
        if "结转" in row.key or "结余" in row.key:
            return None
        if FUND_WORDS[fund] in row.key and not is_of_which(row.label):
            return row.cells.get("amount")
    return None


def _summary_and_income(book: Book) -> Iterator[Verdict]:
    for summary, income in pairs(book, "income_expenditure_summary", "income"):
        left, total = side(summary, "income:"), income.row("total")
        if left is None or total is None:
            continue
        yield from _same_total(book, "D1", left, "amount", total.cells.get("total"))
        for column, word in _SOURCES.items():
            if column in total.cells:
                yield from same(book, "D1", _exact(left, word), total.cells[column])
        funds = [_source_line(left, fund) for fund in FUNDS]
        if book.document.kind == "budget":
            continue
        yield from add_up(book, "D1", total.cells.get("fiscal_appropriation"), funds)


def _exact(one: Side, label: str) -> int | None:
    found = [row for row in one.rows if one.label(row) == label]
    return found[0].cells.get("amount") if len(found) == 1 else None


def _summary_and_expenditure(book: Book) -> Iterator[Verdict]:
    for summary, form in pairs(book, "income_expenditure_summary", "expenditure"):
        left = side(summary, "expenditure:")
        if left is None:
            continue
        yield from _same_total(book, "D2", left, "amount", form.cell("total", "total"))
        yield from _classes(book, "D2", left, "amount", form)


def _classes(book: Book, check: str, left: Side, column: str, form: Form) -> Iterator[Verdict]:
    """Each class that both forms name the same way."""
    named: dict[str, list[int]] = {}
    for row in form.rows:
        if len(row.key) == 3 and is_function_code(row.key) and "total" in row.cells:
            named.setdefault(class_name(row.label), []).append(row.cells["total"])
    for row in left.rows:
        cells = named.get(class_name(left.label(row)), [])
        if len(cells) == 1 and column in row.cells:
            yield from same(book, check, row.cells[column], cells[0])


def class_name(label: str) -> str:
    """The name of a class for comparing: 社会保障和就业 and 社会保障和就业支出 are one."""
    return label.strip().removesuffix("支出")


def _summaries(book: Book) -> Iterator[Verdict]:
    for summary, appropriation in pairs(
        book, "income_expenditure_summary", "appropriation_summary"
    ):
        left, right = side(summary, "income:"), side(appropriation, "income:")
        for fund in FUNDS:
            yield from same(book, "D3", _source_line(left, fund), _source_line(right, fund))
        if left and right:
            cells = _exact(left, "财政拨款"), _exact(right, "财政拨款")
            if None not in cells:
                yield from same(book, "D3", *cells)
        spent, paid = side(summary, "expenditure:"), side(appropriation, "expenditure:")
        if spent and paid and spent.current and paid.current:
            yield from _equal_classes(book, spent, paid)


def _equal_classes(book: Book, spent: Side, paid: Side) -> Iterator[Verdict]:
    """Where appropriations pay all expenditure of the year, they pay each class of it."""
    one, other = _current(spent).get("amount"), _current(paid).get("total")
    if one is None or other is None or book.yuan(one).value != book.yuan(other).value:
        return
    named = {class_name(paid.label(row)): row for row in paid.rows}
    for row in spent.rows:
        twin = named.get(class_name(spent.label(row)))
        if twin and row not in (spent.current, spent.grand) and "结" not in row.key:
            cells = row.cells.get("amount"), twin.cells.get("total")
            if None not in cells:
                yield from same(book, "D3b", *cells)


def _appropriation_and_forms(book: Book) -> Iterator[Verdict]:
    for income, appropriation in pairs(book, "income", "appropriation_summary"):
        cell = income.cell("total", "fiscal_appropriation")
        yield from _same_total(book, "D4", side(appropriation, "income:"), "amount", cell)
    for appropriation, form in pairs(book, "appropriation_summary", "general_budget_expenditure"):
        spent = side(appropriation, "expenditure:")
        if spent and carries_over(book, appropriation):
            yield Verdict("D5", "insufficient_data")
        elif spent:
            total = form.cell("total", "total")
            yield from _same_total(book, "D5", spent, "general_budget", total)
            yield from _classes(book, "D5", spent, "general_budget", form)
    for fund in FUNDS[1:]:
        for appropriation, form in pairs(book, "appropriation_summary", fund):
            spent = side(appropriation, "expenditure:")
            if carries_over(book, appropriation):
                yield Verdict("D8", "insufficient_data")
            else:
                yield from _same_total(book, "D8", spent, fund, form.cell("total", "total"))
            income_line = _source_line(side(appropriation, "income:"), fund)
            yield from same(book, "D8", income_line, form.cell("total", "income"))


def _expenditure_forms(book: Book) -> Iterator[Verdict]:
    for form, general in pairs(book, "expenditure", "general_budget_expenditure"):
        whole, part = form.cell("total", "total"), general.cell("total", "total")
        if whole is None or part is None:
            yield Verdict("D7", "insufficient_data")
            continue
        parts = [part]
        for fund in FUNDS[1:]:
            cell = [other.cell("total", "total") for _, other in pairs(book, "expenditure", fund)]
            parts.extend(i for i in cell if i is not None and len(cell) == 1)
        yield from at_most(book, "D7", parts, whole)
        one, other = book.alike((whole, part))
        if one.value == other.value and one.value:
            yield from _equal_forms(book, form, general)
        else:
            yield from _within(book, form, general)


def _equal_forms(book: Book, form: Form, general: Form) -> Iterator[Verdict]:
    """One fund pays all: every cell that both forms print is the same, and so are their codes."""
    yield from _missing_codes(book, form, general)
    yield from _missing_codes(book, general, form)
    for row in general.rows:
        twin = form.row(row.key)
        if twin is None or general.row(row.key) is None:
            continue
        for column in sorted(row.cells.keys() & twin.cells.keys()):
            yield from same(book, "D9", twin.cells[column], row.cells[column])


def _missing_codes(book: Book, one: Form, other: Form) -> Iterator[Verdict]:
    """D9c: a code with an amount in one of two equal forms stands in the other as well."""
    known = {row.key for row in other.rows}
    items = [row for row in one.rows if len(row.key) == 7 and is_function_code(row.key)]
    missing = [
        row.cells["total"]
        for row in items
        if row.key not in known and "total" in row.cells and book.facts[row.cells["total"]].value
    ]
    # Where many are missing the other form is of another kind, or was not read to its end.
    for fact in missing if len(missing) * 4 <= len(items) else ():
        code = book.facts[fact].row
        words = (f"{code}只在一张表中有", f"{code} stands in one of the forms only")
        yield Verdict("D9c", "fail", (fact,), fact, detail="row", words=words, confirms=False)


def _within(book: Book, form: Form, general: Form) -> Iterator[Verdict]:
    for row in general.rows:
        twin = form.row(row.key)
        if twin is None or general.row(row.key) is None:
            continue
        for column in ("total", "basic", "project"):
            if column in row.cells and column in twin.cells:
                yield from at_most(book, "D9b", [row.cells[column]], twin.cells[column])


def _budget_forms(book: Book) -> Iterator[Verdict]:
    for economic, form in pairs(book, "economic_summary", "expenditure"):
        yield from same(book, "K7", economic.cell("total", "total"), form.cell("total", "total"))
    for projects, form in pairs(book, "projects", "expenditure"):
        yield from same(book, "K10", projects.cell("total", "total"), form.cell("total", "project"))
    for operating, basic in pairs(book, "operating_expense", "basic_expenditure"):
        public = basic.cell("total", "public")
        if public is None:
            public = basic.cell("public_total", "amount")
        yield from same(book, "K12", operating.cell("total", "amount"), public)
