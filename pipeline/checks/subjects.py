"""Which cell of which form a subject of the prose means (family F), and the other way round.

In: a subject and its section. Out: indexes of facts. The rule it protects: a subject that may mean
two cells means none.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.checks.book import Book
from pipeline.checks.forms import Form, Row
from pipeline.checks.summaries import side
from pipeline.identities import is_function_code


class Subject(NamedTuple):
    """`words` (whole subject) in a section that matches `section` means a cell; `row` may be
    current, grand (of the side named by `side`), a key, `class` or `item` (found by label)."""

    check: str
    words: str
    section: str
    statement: str
    row: str
    column: str
    side: str = ""


_IN = "income_expenditure_summary"
_AP = "appropriation_summary"
_GB = "general_budget_expenditure"
_OVERALL = r"^(?!.*(财政拨款|一般公共预算|政府性基金|国有资本)).*收入支出.*总体|^(?!.*财政拨款).*收支.*总体"
_APPROPRIATED = r"财政拨款收入?支?出?.*(决算|预算)?总体"
_GENERAL = r"一般公共预算|^(总体|结构|具体)情况"
_INCOME = r"^(?!.*(支出|财政拨款)).*收入.*(决算|预算)"
_SPENDING = r"^(?!.*(收入|财政拨款|一般公共预算|政府性基金|国有资本|经费|采购)).*支出(决算|预算)"
SUBJECTS: Final = (
    Subject(
        "F1",
        r"收[、和]?支(决算)?总计|收入总计(、支出总计)?|收入和支出总计",
        _OVERALL,
        _IN,
        "grand",
        "amount",
        "income:",
    ),
    Subject("F1", r"支出总计", _OVERALL, _IN, "grand", "amount", "expenditure:"),
    Subject(
        "F1",
        r"财政拨款收[、和]?支(决算)?总计|财政拨款收入总计(、支出总计)?",
        _APPROPRIATED,
        _AP,
        "grand",
        "amount",
        "income:",
    ),
    Subject("F2", r"(本年)?收入合计", _INCOME, "income", "total", "total"),
    Subject("F2", r"财政拨款收入", _INCOME, "income", "total", "fiscal_appropriation"),
    Subject("F2", r"上级补助收入", _INCOME, "income", "total", "superior_subsidy"),
    Subject("F2", r"事业收入", _INCOME, "income", "total", "undertaking"),
    Subject("F2", r"经营收入", _INCOME, "income", "total", "operating"),
    Subject("F2", r"附属单位上缴收入", _INCOME, "income", "total", "affiliated"),
    Subject("F2", r"其他收入", _INCOME, "income", "total", "other"),
    Subject("F3", r"(本年)?支出合计", _SPENDING, "expenditure", "total", "total"),
    Subject("F3", r"基本支出", _SPENDING, "expenditure", "total", "basic"),
    Subject("F3", r"项目支出", _SPENDING, "expenditure", "total", "project"),
    Subject("F3", r"经营支出", _SPENDING, "expenditure", "total", "operating"),
    Subject("F5", r"一般公共预算(财政拨款)?支出", _GENERAL, _GB, "total", "total"),
    Subject("F5", r"财政拨款支出", "一般公共预算", _GB, "total", "total"),
    Subject("F5", r"一般公共预算(财政拨款)?基本支出", "基本支出", _GB, "total", "basic"),
    Subject(
        "F5",
        r".+",
        r"^(?!.*(基本|项目|经费)支出)(?=.*一般公共预算|结构).*(结构|支出(决算|预算)?(总体)?情况)",
        _GB,
        "class",
        "total",
    ),
    Subject(
        "F4", r".+", r"具体情况|一般公共预算.*支出(决算|预算)?(具体)?情况", _GB, "item", "total"
    ),
    Subject("F6", r"人员经费(支出)?", "基本支出", "basic_expenditure", "personnel_total", "amount"),
    Subject(
        "F6", r"(日常)?公用经费(支出)?", "基本支出", "basic_expenditure", "public_total", "amount"
    ),
    Subject("F6", r"人员经费(支出)?", "基本支出", "basic_expenditure", "total", "personnel"),
    Subject("F6", r"(日常)?公用经费(支出)?", "基本支出", "basic_expenditure", "total", "public"),
    Subject(
        "F7",
        r"(一般公共预算)?(财政拨款)?[“\"]?三公[”\"]?经费",
        "三公",
        "three_public",
        "public",
        "total",
    ),
    Subject("F7", r"因公出国[（(]境[）)]费用?", "三公", "three_public", "public", "overseas"),
    Subject("F7", r"公务接待费", "三公", "three_public", "public", "reception"),
    Subject("F7", r"公务用车购置费?(支出)?", "三公", "three_public", "public", "vehicle_purchase"),
    Subject(
        "F7",
        r"公务用车运行(维护)?费?(支出)?",
        "三公",
        "three_public",
        "public",
        "vehicle_operation",
    ),
    Subject(
        "F7",
        r"公务用车购置(费)?[及和](公务用车)?运[行维](维护)?费",
        "三公",
        "three_public",
        "public",
        "vehicles",
    ),
    Subject(
        "H5", r"机关运行经费(支出)?", "运行经费", "basic_expenditure", "public_total", "amount"
    ),
    Subject("H5", r"机关运行经费(支出)?", "运行经费", "basic_expenditure", "total", "public"),
)
_PATTERNS: Final = tuple(
    (subject, re.compile(subject.words), re.compile(subject.section)) for subject in SUBJECTS
)
# Names of a whole in "占…的%", where they stand without a section of their own.
_WHOLES: Final = (
    (re.compile(r"(本年)?支出(合计|总计|总额)"), "expenditure", "total", "total"),
    (re.compile(r"(本年)?收入(合计|总计|总额)"), "income", "total", "total"),
    (
        re.compile(r"(本年)?一般公共预算(财政拨款)?(本年)?支出(合计|总额|总计)?"),
        _GB,
        "total",
        "total",
    ),
    (re.compile(r"(部门|单位)?(预算)?项目支出(总额|合计)?"), "expenditure", "total", "project"),
    (re.compile(r"一般公共预算(财政拨款)?基本支出(合计|总额)?"), _GB, "total", "basic"),
    (re.compile(r"一般公共预算(财政拨款)?项目支出(合计|总额)?"), _GB, "total", "project"),
)


class Meant(NamedTuple):
    """The identity that compares, and the one cell that is meant."""

    check: str
    fact: int


def cells_meant(book: Book, section: str, row: str, column: str) -> tuple[Meant, ...]:
    """The cells that a claim's subject means; usually none or one."""
    found = []
    for subject, words, heading in _PATTERNS:
        if words.fullmatch(row) and heading.search(section):
            cell = _cell(book, subject, row, column)
            if cell is not None:
                found.append(Meant(subject.check, cell))
    return tuple(found[:1])


def wholes_named(book: Book, name: str) -> tuple[int, ...]:
    """The cells of forms that a printed name of a whole means."""
    found = []
    for words, statement, row, column in _WHOLES:
        form = book.only(statement)
        if form and words.fullmatch(name):
            cell = form.cell(row, column)
            if cell is not None:
                found.append(cell)
    return tuple(found)


def _cell(book: Book, subject: Subject, row: str, column: str) -> int | None:
    """The cell that all forms of the statement print alike; some stand twice, for two funds."""
    cells = [
        _cell_of(book, form, subject, row, column) for form in book.forms.get(subject.statement, ())
    ]
    said = [cell for cell in cells if cell is not None]
    alike = len(said) == len(cells) and len({book.yuan(cell).value for cell in said}) == 1
    return said[0] if alike else None


def _cell_of(book: Book, form: Form, subject: Subject, row: str, column: str) -> int | None:
    if subject.row == "grand":
        one = side(form, subject.side)
        cells = dict(one.grand.cells) if one and one.grand else {}
        return cells.get("amount", cells.get("total"))
    if subject.row == "public":
        planned = column == "budget" or book.document.kind == "budget"
        return form.cell("budget" if planned else "actual", subject.column)
    if column == "budget" and book.document.kind != "budget":
        return None
    if subject.row in ("class", "item"):
        return _by_label(form, row, 3 if subject.row == "class" else 7)
    return form.cell(subject.row, subject.column)


def _by_label(form: Form, label: str, digits: int) -> int | None:
    """The total of the one row of this level with this name."""
    named = [
        row
        for row in form.rows
        if len(row.key) == digits
        and is_function_code(row.key)
        and bare_name(row.label) == bare_name(label)
    ]
    return _total(named)


def _total(rows: Sequence[Row]) -> int | None:
    return rows[0].cells.get("total") if len(rows) == 1 else None


def bare_name(label: str) -> str:
    """A name without brackets of its level: 社会保障和就业（类）支出 is 社会保障和就业."""
    return re.sub(r"[（(][类款项][）)]|支出$", "", label)
