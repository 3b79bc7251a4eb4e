"""The prose against the forms, and against itself (families F, G8, J12).

In: records and running text. Out: verdicts. The rule it protects: the same fact printed twice at
equal precision is equal, and words of direction agree with the numbers they explain.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from pipeline.checks.book import Book
from pipeline.checks.cross import soft
from pipeline.checks.prose import Prose, Record
from pipeline.checks.rows import verdict
from pipeline.checks.subjects import cells_meant
from pipeline.checks.summaries import carries_over
from pipeline.checks.units import digits_agree, slipped
from pipeline.checks.verdicts import Verdict, grade_same

_PRIOR = re.compile(r"上年|去年|上一?年度|同期")
_YEAR = re.compile(r"(20\d\d)年")
# A year that is no base of a comparison: the sentences after it speak of it.
_SPOKEN_OF = re.compile(r"(?<![比较与同])(?:(20\d\d)年|上年|去年)")
_WORDS = re.compile(
    r"决算数?(大于|小于|高于|低于|等于|与)(年初|全年|调整)?后?预算数?(一致|持平|相同|相等)?"
)
_REASON = re.compile(r"(?:主要)?原因(?:是|为|在于)?[：:，,]?\s*(.{4,80}?)(?:[。；;]|$)")
_MORE = re.compile(
    r"(?:(?:追加|增加|新增|增拨)了?[^，。；]{0,8}(?:预算|经费|资金|指标|拨款|支出)|未(?:被)?(?:纳入|列入)[^，。；]{0,8})等?$"
)
_LESS = re.compile(
    r"减|压缩|节约|节省|结转|结余|未(?!(?:被|能)?(?:纳入|列入|编入))|尚|暂|收回|退休|取消|推迟|延期|不足以|跨年|调出|压降|核定"
)
_ADJUSTED = re.compile(r"调整|全年|变动")
_YEARS_OWN = re.compile(r"(?:当年|本年)(?:财政)?拨款")
_ROUGH = re.compile(r"[约近超逾]$|达到?$")
_ITEM = re.compile(r"决算|预算|[（(]项[）)]")
_GENERIC = re.compile(r"(?:支出|收入|合计|总计|预算|收支)$|人员经费|公用经费|三公|运行经费")
_ACCOUNT = re.compile(r"[（(][类款项][）)]")
_BUDGET = re.compile(r"((?:年初|全年|调整后?|本年|当年)?预算(?:数|安排)?)为?\s*$")


def narrative_verdicts(book: Book, prose: Prose, records: Sequence[Record]) -> Iterator[Verdict]:
    """Every claim whose subject means a cell; words of direction; budgets said twice."""
    runs: dict[str, set[int]] = defaultdict(set)
    for record in records:
        runs[record.section].add(record.run)
    for record in records:
        once = len(runs[record.section]) == 1
        for column in ("amount", "budget"):
            if column in record.cells:
                found = _against_form(book, prose, record, record.cells[column], column)
                yield from found if once else map(_several_bodies, found)
        if {"budget", "amount"} <= record.cells.keys():
            yield from _direction(book, prose, record)
    yield from _budget_twice(book, prose, records)


def _several_bodies(found: Verdict) -> Verdict:
    """A section that stands several times may speak of several bodies: it accuses no form."""
    return found._replace(status="insufficient_data") if found.status == "fail" else found


def _against_form(
    book: Book, prose: Prose, record: Record, fact: int, column: str
) -> Iterator[Verdict]:
    if _other_year(book, prose, fact) or _is_rough(book, prose, fact):
        return
    for meant in cells_meant(book, record.section, record.row, column):
        if meant.check == "F4" and not _is_whole_item(prose, record, fact):
            continue
        if meant.check in ("F4", "F5") and _without_carried(book, record.section):
            continue
        if meant.check == "F7" and column == "budget" and "年初" in prose.before(fact, 12):
            continue
        if meant.check == "F7" and column == "amount" and _of_the_past(book, prose, fact):
            continue
        one, other = book.alike((fact, meant.fact))
        found = soft(verdict(meant.check, grade_same(one, other), one, [other]))
        # What may differ by scope never differs by its unit only.
        unsure = found.status == "insufficient_data"
        slip = unsure and digits_agree(book.yuan(fact), book.yuan(meant.fact))
        yield slipped(book, fact, meant.fact) if slip else found


def _without_carried(book: Book, section: str) -> bool:
    """True for a section of 当年拨款 in a budget whose forms also count money carried over."""
    forms = book.forms.get("appropriation_summary", ())
    return bool(_YEARS_OWN.search(section)) and any(carries_over(book, form) for form in forms)


def _is_rough(book: Book, prose: Prose, fact: int) -> bool:
    """约, 近, 超 before the number, 余, 多 after it: not the number of the form."""
    raw = book.facts[fact].raw
    return bool(_ROUGH.search(prose.before(fact, 2))) or prose.after(fact, len(raw), 1) in (
        "余",
        "多",
    )


def _is_whole_item(prose: Prose, record: Record, fact: int) -> bool:
    """The amount of an account, not of something paid from it."""
    if "budget" in record.cells or "completion_rate" in record.cells:
        return True
    return not prose.text or bool(_ITEM.search(prose.before(fact, 16)))


def _other_year(book: Book, prose: Prose, fact: int) -> bool:
    """True when the words before the number speak of another year."""
    words = prose.before(fact, 24)
    years = _YEAR.findall(words)
    year = book.document.fiscal_year
    return bool(_PRIOR.search(words)) or bool(year and years and years[-1] != str(year))


def _of_the_past(book: Book, prose: Prose, fact: int) -> bool:
    """In a budget, an amount after 2022年执行数…其中 is none of the plan."""
    words = re.sub(r"\s", "", prose.before(fact, 200))
    years = list(_SPOKEN_OF.finditer(words))
    if book.document.kind != "budget" or not years:
        return False
    return years[-1].group(1) != str(book.document.fiscal_year)


def _direction(book: Book, prose: Prose, record: Record) -> Iterator[Verdict]:
    """G8: 大于, 小于, 一致 against the two numbers; J12: a reason that explains the contrary."""
    amount, budget = record.cells["amount"], record.cells["budget"]
    text = prose.after(record.last, len(book.facts[record.last].raw))
    if not text or "上年" in text[:12]:
        return
    words = _WORDS.search(text[: _sentence_end(text)])
    if not words:
        return
    difference = book.yuan(amount).value - book.yuan(budget).value
    said = words.group(1) if words.group(1) != "与" else (words.group(3) or "")
    expected = {"大于": 1, "高于": 1, "小于": -1, "低于": -1}.get(said, 0)
    if not said or _another_budget(words.group(2) or "", prose.before(budget, 12)):
        return
    sign = (difference > 0) - (difference < 0)
    facts = (amount, budget)
    if sign != expected:
        yield _said_wrong(book, prose, record, words.group(0))
        return
    yield Verdict("G8", "pass", facts, confirms=False)
    yield from _reason(prose, record, text, sign, words.end())


def _another_budget(meant: str, named: str) -> bool:
    """True when the words speak of the initial and the number is the adjusted budget, or the reverse."""
    adjusted = bool(_ADJUSTED.search(named))
    return adjusted if meant == "年初" else bool(meant) and "年初" in named and not adjusted


def _sentence_end(text: str) -> int:
    """Direction words belong to this subject up to the next budget or the next item."""
    stop = re.search(r"年初预算(?:数)?为?\s*\d|支出预算为|（项）|\(项\)", text)
    return stop.start() if stop else len(text)


def _said_wrong(book: Book, prose: Prose, record: Record, words: str) -> Verdict:
    amount, budget = (book.facts[record.cells[c]] for c in ("amount", "budget"))
    numbers = f"{amount.raw}{amount.unit}、{budget.raw}{budget.unit}"
    return Verdict(
        "G8",
        "fail",
        (record.cells["amount"], record.cells["budget"]),
        record.cells["amount"],
        printed=words,
        words=(
            f"文字为“{words}”，数为{numbers}",
            f"the words say “{words}”, the numbers are {numbers}",
        ),
        confirms=False,
    )


def _reason(prose: Prose, record: Record, text: str, sign: int, end: int) -> Iterator[Verdict]:
    """A shortfall explained by additions to the budget and nothing else."""
    reason = _REASON.search(text, end)
    if sign >= 0 or not reason or reason.start() - end > 12:
        return
    words = reason.group(1)
    if not _MORE.search(words) or _LESS.search(words):
        return
    lines = _lines_of(prose, prose.text.find(words, prose.places[record.last]), len(words))
    yield Verdict(
        "J12",
        "fail",
        (record.cells["amount"], record.cells["budget"]),
        lines=lines,
        printed=words[:40],
        words=(
            f"决算数小于预算数，所述原因却是增加：“{words}”",
            f"less was spent than budgeted, yet the reason given is an increase: “{words}”",
        ),
        confirms=False,
    )


def _lines_of(prose: Prose, start: int, length: int) -> tuple[int, ...]:
    """The lines of a passage, that with most of it first."""
    counts = Counter(prose.line(start + i) for i in range(length))
    return tuple(sorted(counts, key=lambda line: (-counts[line], line)))


def _budget_twice(book: Book, prose: Prose, records: Sequence[Record]) -> Iterator[Verdict]:
    """F10: one subject's budget, named alike, stands twice in a section with two values."""
    seen: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    # One name (行政运行) belongs to many accounts; only a project's name is its own.
    accounts = {row.label for forms in book.forms.values() for f in forms for row in f.rows}
    for record in records:
        cell = record.cells.get("budget")
        before = prose.before(cell, 40) if cell is not None else ""
        named = None if _ACCOUNT.search(before) else _BUDGET.search(before[-12:])
        own = len(record.row) > 5 and not _GENERIC.search(record.row)
        if cell is not None and named and own and record.row not in accounts:
            seen[record.run, record.row, named.group(1)].append(cell)
    for cells in seen.values():
        for cell in cells[1:]:
            other, first = book.alike((cell, cells[0]))
            yield verdict("F10", grade_same(other, first), other, [first])
