"""Percentages as they are printed: their sign, their decimals, their sum (G6, G7).

In: records and running text. Out: verdicts. The rule it protects: decimals are compared only where
the section shows that it keeps its zeros; shares are added up only where their parts are the whole.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from pipeline.checks.book import Book
from pipeline.checks.prose import Prose, Record
from pipeline.checks.verdicts import Amount, Grade, Verdict, grade_ratio, grade_sum
from pipeline.identities import decimals, half_unit
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
    """G6: one rate with other decimals than all its neighbours, which print their zeros; 0% and 100%
    are printed without decimals everywhere."""
    rates = [i for i in rates if book.facts[i].raw not in ("0", "100")]
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
    """G7: neighbouring parts that add up to an amount before them have shares of 100 together;
    G1: where they follow no such amount, each is a share of their own sum."""
    for before, parts in _listings(book, prose, group):
        if len(parts) < 2:
            continue
        unnamed = not _named(prose, parts[0])
        if any(_is_whole(book, head, parts) for head in (before if unnamed else before[-1:])):
            yield _hundred(book, parts)
        elif unnamed:
            yield from _odd_share(book, parts)


def _listings(
    book: Book, prose: Prose, group: Sequence[Record]
) -> Iterator[tuple[Sequence[Record], Sequence[Record]]]:
    """The runs, one that lists the same whole several times (by kind, by function) taken apart."""
    for before, parts in _runs(prose, group):
        rest = list(parts)
        while rest:
            counts = range(2, len(rest))
            whole = next(
                (n for n in counts if any(_is_whole(book, head, rest[:n]) for head in before)),
                len(rest),
            )
            yield before, rest[:whole]
            rest = rest[whole:]


def _runs(
    prose: Prose, group: Sequence[Record]
) -> Iterator[tuple[Sequence[Record], Sequence[Record]]]:
    """Neighbours whose shares are of one whole, with the records before them that may be it."""
    names = [_whole_of(prose, record) for record in group]
    start = 0
    for name, indexes in groupby(range(len(group)), key=lambda i: names[i]):
        end = start + len(list(indexes))
        if name is not None:
            yield group[:start], group[start:end]
        start = end


def _whole_of(prose: Prose, record: Record) -> str | None:
    shared = "share" in record.cells and record.money is not None
    return _named(prose, record) if shared else None


def _is_whole(book: Book, head: Record, parts: Sequence[Record]) -> bool:
    """The parts add up to the amount or the budget before them."""
    amounts = [book.yuan(r.money) for r in parts if r.money is not None]
    if "share" in head.cells:
        return False
    wholes = [book.yuan(head.cells[c]) for c in ("amount", "budget") if c in head.cells]
    # One part and zeros would make a whole of any amount that is printed again.
    several = sum(bool(amount.value) for amount in amounts) > 1
    return several and any(w.value and grade_sum(w, amounts).status != "fail" for w in wholes)


def _odd_share(book: Book, parts: Sequence[Record]) -> Iterator[Verdict]:
    """Two shares or more prove that the sum of the parts is their whole; the one other is wrong."""
    amounts = [book.yuan(r.money) for r in parts if r.money is not None]
    shares = [book.amount(r.cells["share"]) for r in parts]
    total = sum((amount.value for amount in amounts), Decimal(0))
    whole = Amount(-1, total, sum((amount.half for amount in amounts), Decimal(0)))
    grades = [
        grade_ratio(amount, whole, share) for amount, share in zip(amounts, shares, strict=True)
    ]
    odd = [i for i, grade in enumerate(grades) if grade and _far(shares[i], grade)]
    proven = [i for i, grade in enumerate(grades) if grade and grade.status == "pass"]
    telling = [i for i in proven if 0 < shares[i].value < _HUNDRED]
    if len(odd) != 1 or len(proven) != len(parts) - 1 or len(telling) < 2:
        return
    grade = grades[odd[0]]
    if grade:
        yield _odd_verdict(book, (shares[odd[0]], amounts[odd[0]], whole), amounts, grade)


def _far(share: Amount, grade: Grade) -> bool:
    """More than a last digit cut off instead of rounded."""
    slack = max(share.half, half_unit(share.value)) * 2
    return grade.status == "fail" and abs(grade.difference) > slack + grade.allowed


def _odd_verdict(
    book: Book, way: tuple[Amount, Amount, Amount], amounts: Sequence[Amount], grade: Grade
) -> Verdict:
    share, part, whole = way
    exact = share.value + grade.difference
    expected = f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP)}"
    listed = "+".join(book.facts[amount.fact].raw for amount in amounts)
    raw, printed = book.facts[part.fact].raw, book.facts[share.fact].raw
    return Verdict(
        "G1",
        "fail",
        (share.fact, part.fact, *(a.fact for a in amounts if a.fact != part.fact)),
        share.fact,
        difference=grade.difference,
        allowed=grade.allowed,
        expected=expected,
        words=(
            f"{raw}÷({listed})＝{expected}%，印为{printed}%",
            f"{raw} / ({listed}) = {expected}%, printed {printed}%",
        ),
    )


def _named(prose: Prose, record: Record) -> str | None:
    """The whole that 占 names, empty where it names none; None where there is no 占."""
    words = re.search(
        r"占([^占，。；、\d]{0,24}?)的?(?:比重|比例)?为?\s*$",
        prose.before(record.cells["share"], 30),
    )
    return words.group(1) if words else None


def _hundred(book: Book, parts: Sequence[Record]) -> Verdict:
    shares = [record.cells["share"] for record in parts]
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
        _farthest(book, parts),
        difference=total - _HUNDRED,
        allowed=allowed,
        words=(f"{listed}＝{total}%，不是100%", f"{listed} = {total}%, not 100%"),
        confirms=False,
    )


def _farthest(book: Book, parts: Sequence[Record]) -> int:
    """The share that is farthest from what its part is of all parts."""
    money = [book.yuan(r.money).value if r.money is not None else Decimal(0) for r in parts]
    shares = [record.cells["share"] for record in parts]
    total = sum(money, Decimal(0))
    apart = [
        abs(part / total * 100 - book.facts[share].value)
        for part, share in zip(money, shares, strict=True)
    ]
    return shares[apart.index(max(apart))]
