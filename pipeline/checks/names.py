"""Names against codes and against amounts (F8, F9, J1, J5).

In: a book, records, running text and `schemas/codes.yaml`. Out: verdicts. The rule it protects: a
code's name is doubted only where it has nothing in common with the one known for the year.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from pydantic import TypeAdapter

from pipeline.checks.book import Book
from pipeline.checks.forms import Form
from pipeline.checks.prose import Prose, Record
from pipeline.checks.verdicts import Verdict, grade_sum
from pipeline.text import squeeze
from schemas.data import shipped

_LIST = re.compile(r"^(?:万?元)?[^。；]{0,24}?主要(?:包括|用于|是|有)[：:]?([^。；]{4,400})")
_GROUPS = {
    "人员经费": ("personnel_total", "personnel", ("301", "303")),
    "公用经费": ("public_total", "public", ("302", "307", "309", "310", "399")),
}
_NOTHING = {
    "government_fund": re.compile(
        r"(?:没有|无|未(?:发生|使用|安排))(?:使用)?政府性基金[^。；，]{0,14}(?:收入|支出|收支|安排)"
    ),
    "state_capital": re.compile(
        r"(?:没有|无|未(?:发生|使用|安排))(?:使用)?国有资本经营[^。；，]{0,14}(?:收入|支出|收支|安排)"
    ),
}
_PRIOR = re.compile(r"上年|去年|上一?年度")
_PAID = re.compile(
    r"(住房公积金|职业年金|养老保险)(?:费|等)?[^，。；、]{0,6}(?:均|都|已)?(?:按时|足额|及时|按期|全额){1,2}(?:缴纳|缴存|缴交|支付)"
)
_PAID_CODES = {"住房公积金": "30113", "职业年金": "30109", "养老保险": "30108"}
Codes = Mapping[int, Mapping[str, Mapping[str, str]]]


@cache
def code_names() -> Codes:
    """Year -> function | economic -> code -> name, as the shipped documents print them."""
    table: Codes = TypeAdapter(dict[int, dict[str, dict[str, str]]]).validate_python(
        shipped("codes.yaml")
    )
    return table


@cache
def _economic_codes() -> Mapping[str, str]:
    """Item name -> code, over all years; classes left out."""
    return {
        squeeze(name): code
        for year in code_names().values()
        for code, name in year["economic"].items()
        if len(code) == 5
    }


def name_verdicts(book: Book, prose: Prose, records: Sequence[Record]) -> Iterator[Verdict]:
    """F8 over the lists of items, F9 over what is said to be paid, J1 over the statements of emptiness, J5 over the codes."""
    form = book.only("basic_expenditure")
    for record in records:
        if form and record.row.removesuffix("支出") in _GROUPS and "基本支出" in record.section:
            yield from _named_items(book, prose, record, form)
    if form:
        yield from _paid(book, prose, form)
    yield from _nothing(book, prose)
    yield from _codes(book)


def _named_items(book: Book, prose: Prose, record: Record, form: Form) -> Iterator[Verdict]:
    """F8: items named after 主要包括 have an amount, where the form's items are read whole."""
    key, column, classes = _GROUPS[record.row.removesuffix("支出")]
    words = _LIST.search(prose.after(record.last, len(book.facts[record.last].raw), 460))
    cell = record.cells.get("amount")
    if cell is None or not words:
        return
    if not _whole(book, form, key, column, classes):
        yield Verdict("F8", "insufficient_data", (cell,))
        return
    empty = [name for name in _items(words.group(1)) if _amount(book, form, name, classes) == 0]
    listed = "、".join(empty)
    yield Verdict(
        "F8",
        "fail" if empty else "pass",
        (cell,),
        cell,
        printed=listed,
        words=(
            f"所列{listed}在表中没有金额",
            f"named, but without an amount in the form: {listed}",
        ),
        severity="info" if book.document.kind == "budget" else None,
        confirms=False,
    )


def _items(text: str) -> list[str]:
    return [
        name
        for part in re.split(r"[、，,和及]", text)
        if (name := squeeze(part).removesuffix("等"))
    ]


def _amount(book: Book, form: Form, name: str, classes: Sequence[str]) -> int | None:
    """0 where a known item of these classes has no amount; None for an unknown name; else 1."""
    code = _economic_codes().get(name)
    if code is None or code[:3] not in classes:
        return None
    cells = [row.cells for row in form.rows if row.key == code or squeeze(row.label) == name]
    return int(any(book.facts[i].value for cell in cells for i in cell.values()))


def _whole(book: Book, form: Form, key: str, column: str, classes: Sequence[str]) -> bool:
    """The items of these classes add up to their printed total."""
    total, part = form.cell(key, "amount"), "amount"
    if total is None:
        total, part = form.cell("total", column), column
    items = [
        row.cells[part]
        for row in form.rows
        if len(row.key) == 5 and row.key[:3] in classes and part in row.cells
    ]
    if total is None or not items:
        return False
    return grade_sum(book.amount(total), [book.amount(i) for i in items]).status != "fail"


def _paid(book: Book, prose: Prose, form: Form) -> Iterator[Verdict]:
    """F9: the contributions that are said to have been paid stand in the form, read whole."""
    for said in _PAID.finditer(prose.text):
        row = form.row(_PAID_CODES[said.group(1)])
        cells = list(row.cells.values()) if row else []
        if not cells:
            yield Verdict("F9", "insufficient_data")
            continue
        words = (
            f"称“{said.group(0)}”，表中{said.group(1)}为{book.facts[cells[0]].raw}",
            f"the words say “{said.group(0)}”, the form has {book.facts[cells[0]].raw}",
        )
        yield Verdict(
            "F9",
            "pass" if any(book.facts[i].value for i in cells) else "fail",
            tuple(cells),
            lines=(prose.line(said.start()),),
            printed=said.group(0),
            words=words,
            confirms=False,
        )


def _nothing(book: Book, prose: Prose) -> Iterator[Verdict]:
    """J1: the prose says that there is none, and the form has some."""
    for statement, words in _NOTHING.items():
        form = book.only(statement)
        said = next(
            (s for s in words.finditer(prose.text) if not _other_year(prose, s.start())), None
        )
        if form is None or said is None:
            continue
        cells = [i for row in form.rows for i in row.cells.values() if book.facts[i].value]
        yield Verdict(
            "J1",
            "fail" if cells else "pass",
            tuple(cells[:5]),
            lines=(prose.line(said.start()),),
            printed=said.group(0),
            words=(
                f"文字称“{said.group(0)}”，表中有金额",
                f"the words say “{said.group(0)}”, the form has amounts",
            ),
            confirms=False,
        )


def _other_year(prose: Prose, start: int) -> bool:
    """上年没有政府性基金支出: of another year."""
    return bool(_PRIOR.search(prose.text[max(0, start - 10) : start]))


def _codes(book: Book) -> Iterator[Verdict]:
    """J5: the name beside a code is that of the code in the document's year."""
    known = code_names().get(book.document.fiscal_year or 0)
    if known is None:
        yield Verdict("J5", "insufficient_data", detail="year")
        return
    names = {**known["function"], **known["economic"]}
    seen: set[str] = set()
    for forms in book.forms.values():
        for row in (row for form in forms for row in form.rows):
            if row.key in names and row.label and row.key not in seen:
                seen.add(row.key)
                yield _code(
                    row.key, squeeze(row.label), names[row.key], next(iter(row.cells.values()))
                )


def _code(code: str, printed: str, known: str, fact: int) -> Verdict:
    shared = {known[i : i + 2] for i in range(len(known) - 1)}
    alike = any(pair in printed for pair in shared) or printed in known or known in printed
    return Verdict(
        "J5",
        "pass" if alike else "fail",
        (fact,),
        fact,
        expected=known,
        printed=f"{code} {printed}",
        words=(
            f"{code}的名称为“{known}”，印为“{printed}”",
            f"{code} is named “{known}”, printed “{printed}”",
        ),
        confirms=False,
    )
