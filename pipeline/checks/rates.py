"""Rates of the prose: shares, completion, change against last year (family G).

In: records and running text. Out: verdicts. The rule it protects: a rate fails only when none of
the amounts that its words may mean gives it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from pipeline.checks.book import Book
from pipeline.checks.prose import Prose, Record
from pipeline.checks.subjects import wholes_named
from pipeline.checks.verdicts import Amount, Grade, Verdict, grade_ratio, grade_sum
from pipeline.identities import Interval, half_unit, meets, printed_interval
from schemas.findings import Status

_ADJUSTED = re.compile(r"调整|变动|全年|追加后")
_INITIAL = re.compile(r"年初")
_WHOLE = re.compile(r"总计|合计|总额|支出|收入|经费")
_SHARE = re.compile(r"占(?:到|了)?([^占，。；、0-9]{0,28}?)的?(?:比重|比例)?为?\s*$")
_LAST_YEAR = re.compile(r"上年|去年|上一?年度|同期|同比")
_YEAR = re.compile(r"20\d\d(?=年)")
_HUNDRED = Decimal(100)


def rate_verdicts(book: Book, prose: Prose, records: Sequence[Record]) -> Iterator[Verdict]:
    """Every rate that stands with the amounts it is made of."""
    same_subject: dict[tuple[int, str], list[Record]] = defaultdict(list)
    sections: dict[int, list[Record]] = defaultdict(list)
    for record in records:
        same_subject[record.run, record.row].append(record)
        sections[record.run].append(record)
    for record in records:
        twins = same_subject[record.run, record.row]
        if "completion_rate" in record.cells:
            yield from _completion(book, prose, record, twins)
        if "change_rate" in record.cells:
            yield from _change(book, prose, record, twins)
    for group in sections.values():
        yield from _shares(book, prose, group)
        yield from _budget_sum(book, group)
        yield from _implied_budgets(book, group)


def rated(book: Book, check: str, rate: int, ways: Sequence[tuple[int, int]]) -> Iterator[Verdict]:
    """The best of the (part, whole) pairs that a printed percentage may be made of."""
    found: list[tuple[Grade, tuple[int, int]]] = []
    for part, whole in ways:
        grade = grade_ratio(book.yuan(part), book.yuan(whole), book.amount(rate))
        if grade is not None:
            found.append((_coarser(book, rate, part, whole, grade), (part, whole)))
    if not found:
        yield Verdict(check, "insufficient_data", (rate,))
        return
    order = ("pass", "rounding_hint", "fail")
    grade, (part, whole) = min(
        found, key=lambda way: (order.index(way[0].status), abs(way[0].difference))
    )
    printed = book.facts[rate].value
    yield ratio_verdict(book, check, (rate, part, whole), grade, printed + grade.difference)


def ratio_verdict(
    book: Book, check: str, facts: tuple[int, int, int], grade: Grade, exact: Decimal
) -> Verdict:
    """A verdict that shows the quotient: facts are rate, part, whole."""
    rate, part, whole = (book.facts[i] for i in facts)
    expected = f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP)}"
    quotient = f"{part.raw}{part.unit}÷{whole.raw}{whole.unit}"
    return Verdict(
        check,
        grade.status,
        facts,
        facts[0],
        difference=grade.difference,
        allowed=grade.allowed,
        expected=expected,
        words=(
            f"{quotient}＝{expected}%，印为{rate.raw}%",
            f"{quotient} = {expected}%, printed {rate.raw}%",
        ),
    )


def _coarser(book: Book, rate: int, part: int, whole: int, grade: Grade) -> Grade:
    """A rate printed with fewer digits than its neighbours may have been rounded, not trimmed;
    but no share of 100 belongs to a part that exceeds its whole."""
    printed = book.facts[rate].value
    if grade.status != "fail" or half_unit(printed) <= book.halves[rate]:
        return grade
    exact = printed + grade.difference
    if not printed_interval(printed).low <= exact <= printed_interval(printed).high:
        return grade
    if printed == _HUNDRED and book.yuan(part).value > book.yuan(whole).value:
        return grade
    return grade._replace(status="rounding_hint")


def _completion(
    book: Book, prose: Prose, record: Record, twins: Sequence[Record]
) -> Iterator[Verdict]:
    """G3: completion = amount / budget; G5: no rate where nothing was budgeted."""
    rate = record.cells["completion_rate"]
    amounts = [twin.cells["amount"] for twin in twins if "amount" in twin.cells]
    budgets = [twin.cells["budget"] for twin in twins if "budget" in twin.cells]
    own = record.cells.get("budget")
    if own is None or "amount" not in record.cells:
        yield Verdict("G3", "insufficient_data", (rate,))
    elif book.facts[own].value == 0:
        yield from _zero_budget(book, record, rate)
    elif not _other_budget(prose, own, rate):
        yield from rated(book, "G3", rate, [(a, b) for a in amounts for b in budgets])


def _zero_budget(book: Book, record: Record, rate: int) -> Iterator[Verdict]:
    amount = record.cells["amount"]
    wrong = bool(book.facts[amount].value) and bool(book.facts[rate].value)
    words = ("年初预算为0，没有完成率", "nothing was budgeted: there is no completion rate")
    facts = (rate, amount, record.cells["budget"])
    yield Verdict("G5", "fail" if wrong else "pass", facts, rate, words=words, confirms=False)


def _other_budget(prose: Prose, budget: int, rate: int) -> bool:
    """True when the rate speaks of the adjusted and the budget of the initial, or the reverse."""
    named, meant = prose.before(budget, 12), prose.before(rate, 12)
    return bool(_ADJUSTED.search(meant) and _INITIAL.search(named)) or bool(
        _INITIAL.search(meant) and _ADJUSTED.search(named)
    )


def _change(book: Book, prose: Prose, record: Record, twins: Sequence[Record]) -> Iterator[Verdict]:
    """G2, rule T4: rate = change / (amount - change), on the corners of both intervals."""
    rate, change = record.cells["change_rate"], record.cells.get("change")
    bases = [twin.cells[c] for twin in twins for c in ("amount", "budget") if c in twin.cells]
    if change is None or not bases:
        yield Verdict("G2", "insufficient_data", (rate,))
        return
    if "amount" in record.cells and _from_zero(book, record.cells["amount"], change):
        yield _zero_base(book, (rate, record.cells["amount"], change))
        return
    found = []
    # Where the budget is the amount of the year, the change is against last year, not against it.
    last_year = "amount" not in record.cells and _of_last_year(book, prose, record)
    for base in bases:
        grade = _grade_change(book.yuan(base), book.yuan(change), book.amount(rate))
        if grade:
            found.append((grade, base))
        budget = record.cells.get("budget")
        if budget is not None and book.facts[budget].value and not last_year:
            against = grade_ratio(book.yuan(change), book.yuan(budget), book.amount(rate))
            if against and against.status != "fail":
                found.append((against, base))
    if not found:
        yield Verdict("G2", "insufficient_data", (rate,))
        return
    order = ("pass", "rounding_hint", "fail")
    grade, base = min(found, key=lambda way: (order.index(way[0].status), abs(way[0].difference)))
    yield _change_verdict(book, (rate, base, change), grade)


def _of_last_year(book: Book, prose: Prose, record: Record) -> bool:
    """The words between a budget and its change name last year, and those before it do not."""
    budget = record.cells.get("budget")
    if budget is None:
        return False
    start = prose.places[budget] + len(book.facts[budget].raw)
    between = prose.text[start : prose.places[record.cells["change"]]]
    return _past(book, between) and not _past(book, prose.before(budget, 12))


def _past(book: Book, words: str) -> bool:
    years, year = _YEAR.findall(words.replace(" ", "")), book.document.fiscal_year
    return bool(_LAST_YEAR.search(words)) or bool(year and years and int(years[-1]) < year)


def _from_zero(book: Book, amount: int, change: int) -> bool:
    """The whole amount is new: last year there was none."""
    value = book.yuan(amount).value
    return value > 0 and value == book.yuan(change).value


def _zero_base(book: Book, facts: tuple[int, int, int]) -> Verdict:
    """A growth rate over nothing is no number; 100 % is what new bodies are told to print for it."""
    rate, amount, change = (book.facts[i] for i in facts)
    words = (
        f"本年{amount.raw}{amount.unit}，增加{change.raw}{change.unit}：上年为0，没有增长率",
        f"amount {amount.raw}, increase {change.raw}: from 0 there is no growth rate",
    )
    status: Status = "pass" if rate.value in (0, 100) else "fail"
    return Verdict("G2", status, facts, facts[0], words=words, confirms=False)


def _grade_change(current: Amount, change: Amount, rate: Amount) -> Grade | None:
    prior = [
        current.value + a * current.half - change.value - b * change.half
        for a in (-1, 1)
        for b in (-1, 1)
    ]
    if min(prior) <= 0 or current.value == change.value:
        return None
    corners = [
        (change.value + b * change.half)
        / (current.value + a * current.half - change.value - b * change.half)
        * 100
        for a in (-1, 1)
        for b in (-1, 1)
    ]
    exact = change.value / (current.value - change.value) * 100
    possible = Interval(min(corners), max(corners))
    allowed = rate.half + (possible.high - possible.low) / 2
    difference = exact - rate.value
    if abs(difference) <= rate.half:
        return Grade("pass", difference, allowed)
    status = "rounding_hint" if meets(possible, rate.interval) else "fail"
    return Grade("rounding_hint" if status == "rounding_hint" else "fail", difference, allowed)


def _change_verdict(book: Book, facts: tuple[int, int, int], grade: Grade) -> Verdict:
    rate, base, change = (book.facts[i] for i in facts)
    expected = f"{(rate.value + grade.difference).quantize(Decimal('0.01'), ROUND_HALF_UP)}"
    formula = f"{change.value}÷({base.raw}-({change.value}))"
    coarse = half_unit(rate.value)
    status = grade.status
    if status == "fail" and abs(grade.difference) <= coarse + grade.allowed:
        status = "rounding_hint"
    return Verdict(
        "G2",
        status,
        facts,
        facts[0],
        difference=grade.difference,
        allowed=grade.allowed,
        expected=expected,
        words=(
            f"{formula}＝{expected}%，印为{rate.value}%",
            f"{formula} = {expected}%, printed {rate.value}%",
        ),
    )


def _shares(book: Book, prose: Prose, group: Sequence[Record]) -> Iterator[Verdict]:
    """G1: share = part / whole, the whole named in the sentence or opening the section."""
    for at, record in enumerate(group):
        part = _money(book, record)
        if "share" not in record.cells or part is None:
            continue
        rate = record.cells["share"]
        name = _SHARE.search(prose.before(rate, 40))
        if not name:
            yield Verdict("G1", "insufficient_data", (rate,))
        elif name.group(1):
            yield from _named_share(book, group[: at + 1], name.group(1), (rate, part))
        else:
            yield from _open_share(book, group[:at], (rate, part))


def _money(book: Book, record: Record) -> int | None:
    """What was spent; in a budget, what is to be spent."""
    return record.money if book.document.kind == "budget" else record.cells.get("amount")


def _named_share(
    book: Book, before: Sequence[Record], name: str, facts: tuple[int, int]
) -> Iterator[Verdict]:
    """占…的p%: what bears the name in this section, or in a form."""
    rate, part = facts
    bare = name.removeprefix("本年")
    printed = [_money(book, other) for other in before if other.row in (name, bare)]
    said = [cell for cell in printed if cell is not None and cell != part]
    wholes = [*said, *wholes_named(book, name)]
    if wholes:
        yield from rated(book, "G1", rate, [(part, w) for w in wholes])
    else:
        yield Verdict("G1", "insufficient_data", (rate,), detail="denominator")


def _open_share(book: Book, before: Sequence[Record], facts: tuple[int, int]) -> Iterator[Verdict]:
    """占p%: of the amount that opens the section, else of another total before it. Passing is
    proof; failing is none unless only one whole is possible, it is no part itself, and the part
    fits into it."""
    rate, part = facts
    named = [record for record in before if _WHOLE.search(record.row)]
    wholes = [r.cells[c] for r in named for c in ("amount", "budget") if c in r.cells]
    values = {book.yuan(whole).value for whole in wholes}
    sisters = any("share" in record.cells for record in named)
    sure = len(values) == 1 and not sisters and max(values) >= book.yuan(part).value
    for found in rated(book, "G1", rate, [(part, whole) for whole in wholes]):
        certain = found.status != "fail" or sure
        yield found if certain else found._replace(status="insufficient_data", detail="denominator")


def _budget_sum(book: Book, group: Sequence[Record]) -> Iterator[Verdict]:
    """G4: the budgets of the items add up to the budget that opens the section."""
    head, items = group[0], group[1:]
    parts = [record for record in items if "budget" in record.cells and "amount" in record.cells]
    if not {"budget", "amount"} <= head.cells.keys() or len(parts) < 2:
        return
    spent = grade_sum(
        book.yuan(head.cells["amount"]), [book.yuan(r.cells["amount"]) for r in parts]
    )
    total = book.yuan(head.cells["budget"])
    amounts = [book.yuan(record.cells["budget"]) for record in parts]
    grade = grade_sum(total, amounts)
    facts = (total.fact, *(amount.fact for amount in amounts))
    # Items that were budgeted and not spent may go unmentioned: only too much is impossible.
    if spent.status == "fail" or (grade.status == "fail" and grade.difference < 0):
        yield Verdict("G4", "insufficient_data", facts)
        return
    yield Verdict(
        "G4", grade.status, facts, total.fact, (1,) * len(facts), grade.difference, grade.allowed
    )


def _implied_budgets(book: Book, group: Sequence[Record]) -> Iterator[Verdict]:
    """G4b, rule T6: items that print only amount and completion rate imply their budgets; together
    they can be no more than the budget that opens the section."""
    head, items = group[0], group[1:]
    if not {"budget", "amount"} <= head.cells.keys():
        return
    silent = [
        r
        for r in items
        if {"amount", "completion_rate"} <= r.cells.keys() and "budget" not in r.cells
    ]
    rated_items = [r for r in silent if book.facts[r.cells["completion_rate"]].value > 0]
    spent = [book.yuan(r.cells["amount"]) for r in items if "amount" in r.cells]
    if len(rated_items) < 2 or grade_sum(book.yuan(head.cells["amount"]), spent).status == "fail":
        return
    least = sum((_implied_low(book, r) for r in rated_items), Decimal(0))
    known = [book.yuan(r.cells["budget"]) for r in items if "budget" in r.cells]
    least += sum((amount.value - amount.half for amount in known), Decimal(0))
    total = book.yuan(head.cells["budget"])
    excess = least - total.value - total.half
    facts = (total.fact, *(r.cells["completion_rate"] for r in rated_items))
    status = "fail" if excess > 0 else "pass"
    words = (
        f"由完成率反推的年初预算至少合计{least:.2f}元，印为{book.facts[total.fact].raw}",
        f"the rates imply budgets of at least {least:.2f} yuan, printed {book.facts[total.fact].raw}",
    )
    yield Verdict(
        "G4b",
        "fail" if status == "fail" else "pass",
        facts,
        total.fact,
        words=words,
        confirms=False,
    )


def _implied_low(book: Book, record: Record) -> Decimal:
    """The least budget that amount and rate allow, in 元."""
    amount, rate = book.yuan(record.cells["amount"]), book.amount(record.cells["completion_rate"])
    coarse = half_unit(rate.value)
    return (amount.value - amount.half) / (rate.value + max(coarse, rate.half)) * 100
