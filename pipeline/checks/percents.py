"""Percentages as they are printed: their sign, their decimals, their sum (G6, G7).

In: records and running text. Out: verdicts. The rule it protects: decimals are compared only where
the section shows that it keeps its zeros; shares are added up only where their parts are the whole.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.checks.book import Book
from pipeline.checks.prose import Prose, Record
from pipeline.checks.verdicts import Verdict, grade_sum
from pipeline.identities import decimals
from schemas.findings import Status

_NO_SIGN = re.compile(
    r"(?:完成(?:年初|全年|调整后?的?|本年|当年)?预算数?的|占[^，。；、\d]{2,24}(?:支出|收入|总额|合计|总计)的(?:比重为|比例为)?)"
    r"\s*(\d{1,3}(?:\.\d+)?)\s*(?=[，。；])"
)
_RATES = ("share", "completion_rate", "change_rate")
_ENOUGH = 4
_HUNDRED = Decimal(100)


def percent_verdicts(book: Book, prose: Prose, records: Sequence[Record]) -> Iterator[Verdict]:
    """G6 over the text and every section, G7 over every section."""
    sections: dict[int, list[Record]] = defaultdict(list)
    for record in records:
        sections[record.run].append(record)
    yield from _signs(prose)
    for group in sections.values():
        for column in _RATES:
            yield from _decimals(book, [r.cells[column] for r in group if column in r.cells])
        yield from _shares(book, prose, group)


def _signs(prose: Prose) -> Iterator[Verdict]:
    """G6: 完成年初预算的98.31， without %."""
    for match in _NO_SIGN.finditer(prose.text):
        yield Verdict(
            "G6",
            "fail",
            lines=(prose.line(match.start(1)),),
            printed=match.group(1),
            expected=match.group(1) + "%",
            words=(f"“{match.group(0)}”缺“%”", f"“{match.group(0)}” lacks its %"),
            confirms=False,
        )


def _decimals(book: Book, rates: Sequence[int]) -> Iterator[Verdict]:
    """G6: one rate with other decimals than all its neighbours, which print their zeros."""
    counts = Counter(decimals(book.facts[i].value) for i in rates)
    if len(rates) <= _ENOUGH:
        return
    usual, often = counts.most_common(1)[0]
    odd = [i for i in rates if decimals(book.facts[i].value) != usual]
    keeps_zeros = any(usual and book.facts[i].raw.endswith("0") for i in rates if i not in odd)
    if not keeps_zeros or often < len(rates) - 1:
        return
    fact = odd[0] if odd else rates[0]
    raw = book.facts[fact].raw
    yield Verdict(
        "G6",
        "fail" if odd else "pass",
        (fact,),
        fact,
        words=(
            f"{raw}%与同段其他百分数（{usual}位小数）位数不同",
            f"{raw}% has other decimals than its neighbours, which have {usual}",
        ),
        confirms=False,
    )


def _shares(book: Book, prose: Prose, group: Sequence[Record]) -> Iterator[Verdict]:
    """G7: neighbouring parts that add up to the amount before them have shares of 100 together."""
    for at, head in enumerate(group):
        parts: list[Record] = []
        for record in group[at + 1 :]:
            name = _named(prose, record) if {"amount", "share"} <= record.cells.keys() else None
            if name is None or (parts and name != _named(prose, parts[0])):
                break
            parts.append(record)
        if "amount" not in head.cells or "share" in head.cells or len(parts) < 2:
            continue
        whole = book.yuan(head.cells["amount"])
        spent = grade_sum(whole, [book.yuan(r.cells["amount"]) for r in parts])
        if spent.status != "fail" and whole.value:
            yield _hundred(book, [r.cells["share"] for r in parts])


def _named(prose: Prose, record: Record) -> str | None:
    """The whole that 占 names, empty where it names none; None where there is no 占."""
    words = re.search(
        r"占([^占，。；、\d]{0,24}?)的?(?:比重|比例)?为?\s*$",
        prose.before(record.cells["share"], 30),
    )
    return words.group(1) if words else None


def _hundred(book: Book, shares: Sequence[int]) -> Verdict:
    amounts = [book.amount(i) for i in shares]
    total = sum((amount.value for amount in amounts), Decimal(0))
    # Each share may have been cut off instead of rounded: a whole last digit each.
    allowed = sum((amount.half * 2 for amount in amounts), Decimal(0))
    listed = "+".join(book.facts[i].raw for i in shares)
    status: Status = "pass" if total == _HUNDRED else "rounding_hint"
    return Verdict(
        "G7",
        "fail" if abs(total - _HUNDRED) > allowed else status,
        tuple(shares),
        shares[0],
        difference=total - _HUNDRED,
        allowed=allowed,
        words=(f"{listed}＝{total}%，不是100%", f"{listed} = {total}%, not 100%"),
        confirms=False,
    )
