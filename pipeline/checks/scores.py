"""Scores and rates of performance that the prose or another form repeats (I8, I9, I16, I18).

In: records, running text, performance forms. Out: verdicts. The rule it protects: one evaluation
has one score.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.checks.book import Book
from pipeline.checks.performance import Sheet
from pipeline.checks.prose import Prose, Record
from pipeline.checks.rows import verdict
from pipeline.checks.summaries import side
from pipeline.checks.verdicts import Amount, Verdict, grade_ratio, grade_sum
from pipeline.identities import ZERO, half_unit

_SCORE = re.compile(
    r"^(?!.*(?:指标|执行|满分|产出|效益|满意|成本|管理|任务|决策|过程|目标|分值|平均)).*"
    r"(?:自评|评价|评估|综合|考核)\w*(?:得分|结果|评分|分数)$"
)
_GENERIC = re.compile(
    r"^(?:该项目)?(?:绩效|部门|综合|总体|自评|最终)*(?:评价|自评)(?:结果|得分|评分|分数)$"
)
_GRADE = re.compile(r"(?:等级|评级|等次)\w{0,3}[为是：:]?\s*[“\"]?(优|良|中|差)")
_ITEM = re.compile(r"^#*\s*(\d{1,2})\s*[.、．]\s*\D[^。；]{0,30}得分")
_SUB_ITEM = re.compile(r"^#*\s*[（(](\d{1,2})[)）][^。；]{0,30}得分")
_BANDS = {"优": (90, 101), "良": (80, 90), "中": (60, 80), "差": (-1, 60)}


def score_verdicts(
    book: Book, prose: Prose, records: Sequence[Record], found: Sequence[Sheet]
) -> Iterator[Verdict]:
    """Scores of the prose against their words, one another and the forms; rates re-derived."""
    scores = [r for r in records if "count" in r.cells and _is_score(book, r)]
    for record in scores:
        yield from _grade(book, prose, record)
    yield from _one_score(book, scores)
    yield from _form_scores(book, found, scores)
    yield from _control_rates(book, found, records)
    yield from _sub_scores(book, records)


def _is_score(book: Book, record: Record) -> bool:
    fact = book.facts[record.cells["count"]]
    return fact.unit in ("分", "") and bool(_SCORE.search(record.row)) and fact.value > 0


def _grade(book: Book, prose: Prose, record: Record) -> Iterator[Verdict]:
    """I16: 优 from 90, 良 from 80, 中 from 60, 差 below (usual bands; one class off is local)."""
    cell = record.cells["count"]
    words = _GRADE.search(prose.after(cell, len(book.facts[cell].raw), 24))
    if not words:
        return
    low, high = _BANDS[words.group(1)]
    value = book.facts[cell].value
    # Regions set the edges of 良, 中 and 差 differently; only far outside is a contradiction.
    wrong = value < low - 10 or value >= high + 10
    text = f"{book.facts[cell].raw}分，等级为{words.group(1)}"
    yield Verdict(
        "I16",
        "fail" if wrong else "pass",
        (cell,),
        cell,
        words=(f"得分与等级不符：{text}", f"score and grade do not agree: {text}"),
        confirms=False,
    )


def _one_score(book: Book, scores: Sequence[Record]) -> Iterator[Verdict]:
    """I8: one evaluation, named alike on one line, has two scores."""
    by_line: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for record in scores:
        if _GENERIC.search(record.row):
            cell = record.cells["count"]
            by_line[book.facts[cell].line, "自评" in record.row].append(cell)
    for cells in by_line.values():
        if len(cells) == 2:
            one, two = (book.facts[i].value for i in cells)
            # Far apart they are on two scales; else one may be another body's evaluation.
            found = _differ(book, cells[1], cells[0], one != two)
            yield found if max(one, two) > 5 * min(one, two) else found._replace(severity="warning")


def _differ(book: Book, cell: int, other: int, wrong: bool) -> Verdict:
    one, two = book.facts[cell], book.facts[other]
    return Verdict(
        "I8",
        "fail" if wrong else "pass",
        (cell, other),
        cell,
        expected=two.raw,
        words=(
            f"得分印为{one.raw}（第{one.line}行），另一处为{two.raw}（第{two.line}行）",
            f"score printed {one.raw} (line {one.line}), elsewhere {two.raw} (line {two.line})",
        ),
    )


def _form_scores(book: Book, found: Sequence[Sheet], scores: Sequence[Record]) -> Iterator[Verdict]:
    """I8: the overall score is one of the forms' totals; any other lies within their range."""
    totals = [s.rows["总分"]["score"] for s in found if "score" in s.rows.get("总分", {})]
    if not totals:
        return
    values = [book.facts[i].value for i in totals]
    for record in scores:
        cell = record.cells["count"]
        value = book.facts[cell].value
        equal = [i for i in totals if book.facts[i].value == value]
        nearest = min(totals, key=lambda i: abs(book.facts[i].value - value))
        if equal:
            yield _differ(book, cell, equal[0], False)
        elif value * 5 < min(values) or value > max(max(values), Decimal(100)):
            yield _differ(book, cell, nearest, True)
        else:
            yield Verdict("I8", "insufficient_data", (cell,))


def _control_rates(
    book: Book, found: Sequence[Sheet], records: Sequence[Record]
) -> Iterator[Verdict]:
    """I9: rates of financial management against the accounts of the same document."""
    for sheet in found:
        for row, cells in sheet.rows.items():
            if "actual" not in cells or book.facts[cells["actual"]].unit != "%":
                continue
            if "三公" in row and "控制率" in row and "target" in cells:
                yield from _three_public(book, records, cells["actual"], cells["target"])
            if row == "预算调整率":
                yield from _adjustment(book, sheet, cells["actual"])
            if row == "结转结余率":
                yield from _carried(book, cells["actual"])


def _three_public(
    book: Book, records: Sequence[Record], rate: int, target: int
) -> Iterator[Verdict]:
    """“三公”经费控制率 = actual / budget, where the target is of that kind (at most 100%)."""
    pairs = [
        (r.cells["amount"], r.cells["budget"])
        for r in records
        if "三公" in r.row and {"amount", "budget"} <= r.cells.keys()
    ]
    form = book.only("three_public")
    if form:
        cells = (form.cell("actual", "total"), form.cell("budget", "total"))
        if cells[0] is not None and cells[1] is not None:
            pairs.append((cells[0], cells[1]))
    if not pairs or book.facts[target].value < 50 or not book.facts[pairs[0][1]].value:
        yield Verdict("I9", "insufficient_data", (rate,))
        return
    part, whole = pairs[0]
    grade = grade_ratio(book.yuan(part), book.yuan(whole), book.amount(rate))
    if grade:
        coarse = abs(grade.difference) <= half_unit(book.facts[rate].value) + grade.allowed
        status = "rounding_hint" if grade.status == "fail" and coarse else grade.status
        yield _rate(
            book, (rate, part, whole), "fail" if status == "fail" else "pass", grade.difference
        )


def _rate(book: Book, facts: tuple[int, ...], status: str, difference: Decimal) -> Verdict:
    printed = book.facts[facts[0]]
    exact = f"{printed.value + difference:.2f}"
    operands = "、".join(book.facts[i].raw for i in facts[1:])
    return Verdict(
        "I9",
        "fail" if status == "fail" else "pass",
        facts,
        facts[0],
        expected=exact,
        words=(
            f"{printed.label}按账表（{operands}）应为{exact}%，印为{printed.raw}%",
            f"{printed.label} from the accounts ({operands}) is {exact}%, printed {printed.raw}%",
        ),
        confirms=False,
    )


def _adjustment(book: Book, sheet: Sheet, rate: int) -> Iterator[Verdict]:
    """预算调整率 = (adjusted - initial) / initial of the form's own money block."""
    money = sheet.rows.get("资金:总额", {})
    if not {"initial_budget", "adjusted_budget"} <= money.keys():
        return
    facts = (rate, money["adjusted_budget"], money["initial_budget"])
    printed, adjusted, initial = (book.facts[i].value for i in facts)
    if not initial:
        return
    exact = abs(adjusted - initial) / initial * 100
    wrong = abs(exact - abs(printed)) > half_unit(printed) * 2
    yield _rate(book, facts, "fail" if wrong else "pass", exact - printed)


def _carried(book: Book, rate: int) -> Iterator[Verdict]:
    """结转结余率 is 0 where the accounts carry nothing forward."""
    form = book.only("income_expenditure_summary")
    spent = side(form, "expenditure:") if form else None
    cells = [
        row.cells["amount"]
        for row in (spent.rows if spent else ())
        if ("年末" in row.key) and "amount" in row.cells
    ]
    if not cells or any(book.facts[i].value for i in cells):
        return
    wrong = bool(book.facts[rate].value)
    yield _rate(book, (rate, *cells), "fail" if wrong else "pass", -book.facts[rate].value)


def _sub_scores(book: Book, records: Sequence[Record]) -> Iterator[Verdict]:
    """I18: `1. X，得分9分` = the sum of `(1) Y：得分4分` and its followers, numbered without a gap."""
    scores = [r.cells["count"] for r in records if "count" in r.cells and r.row.endswith("得分")]
    heads = [(i, _number(book, i, _ITEM), _number(book, i, _SUB_ITEM)) for i in scores]
    for at, (head, item, _) in enumerate(heads):
        if item is None:
            continue
        parts: list[int] = []
        for fact, _, sub in heads[at + 1 :]:
            if sub != len(parts) + 1:
                break
            parts.append(fact)
        if len(parts) < 2:
            continue
        amounts = [Amount(i, book.facts[i].value, ZERO) for i in (head, *parts)]
        found = verdict("I18", grade_sum(amounts[0], amounts[1:]), amounts[0], amounts[1:])
        # What is missing may be an item without a score of its own, or one that was not read.
        short = found.status == "fail" and (found.difference or ZERO) < 0
        yield found._replace(status="insufficient_data") if short else found


def _number(book: Book, fact: int, words: re.Pattern[str]) -> int | None:
    """The ordinal of the item whose score a fact is, by its line."""
    line = book.facts[fact].line
    text = book.document.lines[line - 1] if line <= len(book.document.lines) else ""
    found = words.match(text.strip())
    return int(found.group(1)) if found else None
