"""Units of the prose (rule J7): a part larger than its whole only because of its unit, 万 for 万元.

In: claims and running text. Out: verdicts. The rule it protects: a unit is doubted only where the
words say 其中, or where all other amounts of the document are printed otherwise.
"""

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.checks.book import Book
from pipeline.checks.prose import Prose, in_order
from pipeline.checks.verdicts import Verdict, grade_at_most
from schemas.vocabulary import YUAN_PER_UNIT

_OF_WHICH = re.compile(r"^(?:万元|亿元|元|万|亿)?[，,；;（(]?其中[：:]?[^，。；]{0,16}$")
_A_HEAD = re.compile(
    r"(?:人均|户均|车均|日均|月均|均价|单价|标准|每[人户个件次台亩月年天])[^，。；]{0,8}$"
)
_SHORT_UNITS = {"万": "万元", "亿": "亿元"}
_NOT_MONEY = re.compile(
    r"^\s*(?:余|多)?\s*(?:万|亿)\s*(?:人|户|家|件|份|次|张|条|册|株|亩|吨|平|公|册|套|台|名|项|个|只|头|字|辆|千瓦|方|立)"
)


def unit_verdicts(book: Book, prose: Prose) -> Iterator[Verdict]:
    """J7 over the money claims of the document."""
    claims = [
        i
        for i in in_order(book)
        if book.facts[i].statement == "claim" and book.facts[i].unit in YUAN_PER_UNIT
    ]
    for whole, part in zip(claims, claims[1:], strict=False):
        yield from _part_of(book, prose, whole, part)
    yield from _short_units(book, prose, claims)


def _part_of(book: Book, prose: Prose, whole: int, part: int) -> Iterator[Verdict]:
    """…W元，其中X p万元: p is a part of W."""
    start, end = prose.places[whole], prose.places[part]
    if start < 0 or end < start or book.facts[whole].column != "amount":
        return
    between = prose.text[start + len(book.facts[whole].raw) : end]
    # 每人640元，其中中央2亿元: an amount a head is no whole.
    if not _OF_WHICH.search(between) or _A_HEAD.search(prose.before(whole, 16)):
        return
    one, other = book.yuan(part), book.yuan(whole)
    units_differ = book.facts[part].unit != book.facts[whole].unit
    grade = grade_at_most(one, other)
    if not units_differ:
        yield Verdict("H9", grade.status, (part, whole), part, (), grade.difference, grade.allowed)
    elif grade.status == "fail" and book.facts[part].value <= book.facts[whole].value:
        yield _unit_wrong(book, whole, part)
    else:
        yield Verdict("J7", "pass", (whole, part), whole, confirms=False)


def _unit_wrong(book: Book, whole: int, part: int) -> Verdict:
    one, other = book.facts[whole], book.facts[part]
    unit = _SHORT_UNITS.get(other.unit, other.unit)
    return Verdict(
        "J7",
        "fail",
        (whole, part),
        whole,
        expected=f"{one.raw}{unit}",
        printed=f"{one.raw}{one.unit}",
        words=(
            f"整体{one.raw}{one.unit}小于其中的{other.raw}{other.unit}",
            f"the whole {one.raw}{one.unit} is less than its part {other.raw}{other.unit}",
        ),
        confirms=False,
    )


def _short_units(book: Book, prose: Prose, claims: list[int]) -> Iterator[Verdict]:
    """An amount in 万 where the document otherwise prints 万元: 元 is missing or astray."""
    units = Counter(book.facts[i].unit for i in claims)
    for i in claims:
        fact = book.facts[i]
        full = _SHORT_UNITS.get(fact.unit)
        if full is None or units[full] < 10 * units[fact.unit] or prose.places[i] < 0:
            continue
        if _NOT_MONEY.search(prose.after(i, len(fact.raw), 8)):
            continue
        line = prose.line(prose.places[i] + len(fact.raw))
        yield Verdict(
            "J7",
            "fail",
            (i,),
            i,
            expected=f"{fact.raw}{full}",
            printed=f"{fact.raw}{fact.unit}",
            lines=(line, fact.line),
            words=(
                f"单位印为“{fact.unit}”，缺“元”",
                f"the unit is printed {fact.unit}, without 元",
            ),
            severity="info",
            confirms=False,
        )
