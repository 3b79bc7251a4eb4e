"""Units of the prose (rule J7): a part larger than its whole only because of its unit, 万 for 万元.

In: claims and running text. Out: verdicts. The rule it protects: a unit is doubted only where the
words say 其中, or where all other amounts of the document are printed otherwise.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.checks.book import Book
from pipeline.checks.prose import Prose, in_order
from pipeline.checks.verdicts import Amount, Verdict, grade_at_most, grade_same
from schemas.vocabulary import YUAN_PER_UNIT

_OF_WHICH = re.compile(r"^(?:万元|亿元|元|万|亿)?[，,；;（(]?其中[：:]?[^，。；]{0,16}$")
_A_HEAD = re.compile(
    r"(?:人均|户均|车均|日均|月均|均价|单价|标准|每[人户个件次台亩月年天])[^，。；]{0,8}$"
)
_PART = re.compile(r"^(?:万元|亿元|元)?[，,；;。（(]?其中[：:,，]?[^，。；]{0,16}$")
_THREE_TOTAL = re.compile(r"三公[”\"]?经费(?:支出|总额|合计)?$")
_THREE_ITEM = re.compile(r"^(?!.*(?:补贴|改革|资产|价值|均)).*(?:接待|公务用车|出国)")
_TEN_THOUSAND = Decimal(10000)
_ASTRAY = 100
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
        yield from _part_in_wan(book, prose, whole, part)
    yield from _above_three_public(book, claims)
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


def digits_agree(one: Amount, other: Amount) -> bool:
    """One amount in 元 is ten thousand times the other: their digits agree, one unit is wrong."""
    small, large = sorted((one, other), key=lambda amount: amount.value)
    # Two digits agree by chance; one part in a hundred takes at least three.
    if small.value <= 0 or small.half * 100 > small.value:
        return False
    scaled = Amount(large.fact, large.value / _TEN_THOUSAND, large.half / _TEN_THOUSAND)
    return grade_same(scaled, small).status == "pass"


def slipped(book: Book, fact: int, other: int) -> Verdict:
    """A claim whose digits are those of another amount, in the unit of neither."""
    one, two = book.facts[fact], book.facts[other]
    printed = f"{one.raw}{one.unit}", f"{two.raw}{two.unit}"
    return Verdict(
        "J7",
        "fail",
        (fact, other),
        fact,
        expected=printed[1],
        printed=printed[0],
        words=(
            f"{printed[0]}（第{one.line}行）与{printed[1]}（第{two.line}行）相差一万倍：单位有误",
            f"{printed[0]} (line {one.line}) is {printed[1]} (line {two.line}) but for a factor of "
            "ten thousand: the unit is wrong",
        ),
        confirms=False,
    )


def _part_in_wan(book: Book, prose: Prose, whole: int, part: int) -> Iterator[Verdict]:
    """8,764.00元，其中：国内接待费0.88元: the part is the whole in 万元, printed as 元."""
    start, end = prose.places[whole], prose.places[part]
    one, other = book.facts[whole], book.facts[part]
    if start < 0 or end < start or one.unit != "元" or other.unit != "元":
        return
    between = prose.text[start + len(one.raw) : end]
    if not _PART.search(between) or not 0 < other.value < _ASTRAY:
        return
    scaled = Amount(whole, one.value / _TEN_THOUSAND, Decimal(0))
    if grade_same(scaled, book.amount(part)).status == "pass":
        yield slipped(book, part, whole)


def _above_three_public(book: Book, claims: Sequence[int]) -> Iterator[Verdict]:
    """An item of the three public expenses far above their total, which it fits into in 元."""
    wholes = [i for i in claims if _THREE_TOTAL.search(book.facts[i].row)]
    wholes += [
        row.cells["total"]
        for form in book.forms.get("three_public", ())
        for row in form.rows
        if "total" in row.cells
    ]
    if not wholes:
        return
    whole = max(wholes, key=lambda i: book.yuan(i).value)
    limit = book.yuan(whole).value
    for i in claims:
        fact = book.facts[i]
        if "三公" not in fact.section or fact.unit != "万元" or fact.column == "change":
            continue
        if _THREE_ITEM.search(fact.row) and limit * _ASTRAY < book.yuan(i).value <= (
            limit * _TEN_THOUSAND
        ):
            yield _far_above(book, i, whole)


def _far_above(book: Book, part: int, whole: int) -> Verdict:
    one, other = book.facts[part], book.facts[whole]
    printed = f"{one.raw}{one.unit}", f"{other.raw}{other.unit}"
    return Verdict(
        "J7",
        "fail",
        (part, whole),
        part,
        expected=f"{one.raw}元",
        printed=printed[0],
        words=(
            f"{printed[0]}大于“三公”经费{printed[1]}（第{other.line}行），应以元计",
            f"{printed[0]} exceeds the three public expenses {printed[1]} (line {other.line}): "
            "it is in 元",
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
