"""Sums inside the prose: “三公”经费, procurement, vehicles, staff, projects by fund (families H, I11).

In: records. Out: verdicts. The rule it protects: a list that may be incomplete can be too long, not
too short.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from pipeline.checks.book import Book
from pipeline.checks.prose import Prose, Record
from pipeline.checks.rates import rated
from pipeline.checks.rows import verdict
from pipeline.checks.verdicts import Amount, Verdict, grade_at_most, grade_sum
from pipeline.identities import ZERO

_PROCUREMENT = re.compile(r"^政府采购(?:支出|预算|项目)?(?:总额|合计|金额)?$")
_KINDS = tuple(
    re.compile(rf"^(?:政府采购{kind}类?(?:采购)?|{kind}类?采购)(?:支出|预算)?(?:金额)?$")
    for kind in ("货物", "工程", "服务")
)
_SMALL = re.compile(
    r"^(?:政府采购|其中)?(?:授予)?中小(?:微)?企业(?:的)?(?:合同)?(?:金额|总额|采购额)?$"
)
_SMALLEST = re.compile(r"^(?:授予)?小微企业(?:的)?(?:合同)?(?:金额|总额)?$")
_VEHICLES = re.compile(r"^(?:公务用)?车辆(?:总数)?$")
_VEHICLE_KIND = re.compile(r"用车$|车辆$")
_STAFF = (
    (
        re.compile(r"^(?:人员)?编制(?:人数|总数)?$"),
        re.compile(r"^(?:行政|事业|工勤|参公|机关)\w{0,4}编制(?:人数)?$"),
    ),
    (
        re.compile(r"^(?:实有|在职)(?:人员|人数)$"),
        re.compile(r"^(?:行政|事业|工勤|参公|机关)(?:人员|在职人员)?$"),
    ),
)
_FUND_PROJECTS = re.compile(
    r"^(?:一般公共预算|政府性基金预算|国有资本经营预算|社会保险基金预算)项目$"
)
_THREE = {
    "overseas": re.compile(r"^因公出国[（(]境[）)]费?(?:用|支出)?$"),
    "vehicles": re.compile(
        r"^公务用车购置费?(?:用)?[及和](?:公务用车)?运[行维](?:维护)?费?(?:用|支出)?$"
    ),
    "reception": re.compile(r"^公务接待费(?:用|支出)?$"),
}
_GROUPS = ("批次", "批", "个批次")
_GUESTS = ("人次", "人")
_PLAUSIBLE_YUAN = (1, 5000)
_THREE_TOTAL = re.compile(r"三公[”\"]?经费(?:支出|总额|合计)?$")


def special_verdicts(book: Book, prose: Prose, records: Sequence[Record]) -> Iterator[Verdict]:
    """Families H and I11 over the sections of the prose."""
    sections: dict[int, list[Record]] = defaultdict(list)
    for record in records:
        sections[record.run].append(record)
    yield from _three_public(book, records)
    for group in sections.values():
        yield from _procurement(book, group)
        yield from _vehicles(book, group)
        yield from _staff(book, group)
        yield from _projects(book, group)
        yield from _receptions(book, group)


def _first(group: Sequence[Record], words: re.Pattern[str], column: str) -> int | None:
    """The only value of a subject; None when it has several."""
    cells = [r.cells[column] for r in group if words.search(r.row) and column in r.cells]
    return cells[0] if len(cells) == 1 else None


def _three_public(book: Book, records: Sequence[Record]) -> Iterator[Verdict]:
    """H1: total = overseas + vehicles + reception, where each is said with one value only."""
    said = [r for r in records if "三公" in r.section]
    for column in ("amount", "budget"):
        total = _agreed(book, said, _THREE_TOTAL, column)
        parts = [_agreed(book, said, words, column) for words in _THREE.values()]
        if total is None or None in parts:
            continue
        amounts = book.alike([total, *(part for part in parts if part is not None)])
        grade = grade_sum(amounts[0], amounts[1:])
        yield verdict("H1", grade, amounts[0], amounts[1:])


def _agreed(
    book: Book, records: Sequence[Record], words: re.Pattern[str], column: str
) -> int | None:
    cells = [r.cells[column] for r in records if words.search(r.row) and column in r.cells]
    return cells[0] if len({book.yuan(i).value for i in cells}) == 1 else None


def _procurement(book: Book, group: Sequence[Record]) -> Iterator[Verdict]:
    """H6: total = goods + works + services; 小微 <= 中小 <= total; their shares."""
    spent = None
    for planned in (True, False):
        whole = _procured(group, _PROCUREMENT, planned)[:1]
        parts = [_procured(group, kind, planned) for kind in _KINDS]
        if not planned and whole:
            spent = whole[0]
        if whole and all(len(cells) == 1 for cells in parts):
            amounts = book.alike([whole[0], *(cells[0] for cells in parts)])
            yield verdict("H6", grade_sum(amounts[0], amounts[1:]), amounts[0], amounts[1:])
    if spent is None:
        return
    small, smallest = _first(group, _SMALL, "amount"), _first(group, _SMALLEST, "amount")
    for part, of in ((small, spent), (smallest, small), (smallest, spent)):
        if part is not None and of is not None:
            yield _at_most(book, "H6b", part, of)
    yield from _small_shares(book, group, (spent, small, smallest))


def _procured(group: Sequence[Record], words: re.Pattern[str], planned: bool) -> list[int]:
    """The budgets of a subject, or what was spent on it: 采购预算总额50万元 is a budget by its name."""
    return [
        cell
        for record in group
        if words.search(record.row)
        for column, cell in record.cells.items()
        if column in ("amount", "budget")
        and (column == "budget" or "预算" in record.row) == planned
    ]


def _at_most(book: Book, check: str, part: int, whole: int) -> Verdict:
    one, other = book.alike((part, whole))
    grade = grade_at_most(one, other)
    return verdict(check, grade, one, [other])._replace(signs=())


def _small_shares(
    book: Book, group: Sequence[Record], cells: tuple[int | None, int | None, int | None]
) -> Iterator[Verdict]:
    """Shares of 中小 in the total, of 小微 in 中小 or in the total."""
    total, small, smallest = cells
    for words, part, wholes in (
        (_SMALL, small, (total,)),
        (_SMALLEST, smallest, (small, total)),
    ):
        share = _first(group, words, "share")
        ways = [(part, whole) for whole in wholes if part is not None and whole is not None]
        if share is not None and ways:
            yield from rated(book, "G1", share, [(p, w) for p, w in ways if p is not None])


def _vehicles(book: Book, group: Sequence[Record]) -> Iterator[Verdict]:
    """H8: vehicles = sum of their kinds, which follow; without 其他用车 they may be incomplete."""
    for at, record in enumerate(group):
        cell = record.cells.get("count")
        if cell is None or not _VEHICLES.search(record.row):
            continue
        kinds: list[Record] = []
        for other in group[at + 1 :]:
            if "count" not in other.cells or not _VEHICLE_KIND.search(other.row):
                break
            if book.facts[other.cells["count"]].unit != book.facts[cell].unit:
                break
            kinds.append(other)
        if len(kinds) > 1:
            complete = any(kind.row.startswith("其他") for kind in kinds)
            yield _counted(book, "H8", cell, [k.cells["count"] for k in kinds], complete)


def _counted(book: Book, check: str, total: int, parts: Sequence[int], complete: bool) -> Verdict:
    """Rule T8; parts that may be incomplete fail only when they exceed the total."""
    amounts = [Amount(i, book.facts[i].value, ZERO) for i in (total, *parts)]
    grade = grade_sum(amounts[0], amounts[1:])
    found = verdict(check, grade, amounts[0], amounts[1:])
    if found.status == "fail" and not complete and grade.difference < 0:
        return found._replace(status="insufficient_data")
    return found


def _staff(book: Book, group: Sequence[Record]) -> Iterator[Verdict]:
    """H8b: posts and staff = sum of their kinds, in so far as these are named."""
    for whole, part in _STAFF:
        totals = [r for r in group if whole.search(r.row) and "count" in r.cells]
        parts = [r.cells["count"] for r in group if part.search(r.row) and "count" in r.cells]
        if len(totals) == 1 and len(parts) > 1 and len(parts) == len(set(_rows(group, part))):
            yield _counted(book, "H8b", totals[0].cells["count"], parts, complete=False)


def _rows(group: Sequence[Record], words: re.Pattern[str]) -> list[str]:
    return [r.row for r in group if words.search(r.row)]


def _projects(book: Book, group: Sequence[Record]) -> Iterator[Verdict]:
    """I11: projects, and the money they concern, = sum over the funds that follow."""
    for at, record in enumerate(group):
        if record.row != "项目" or "count" not in record.cells:
            continue
        following: dict[str, Mapping[str, int]] = {}
        for other in group[at + 1 :]:
            if not _FUND_PROJECTS.search(other.row) or other.row in following:
                break
            following[other.row] = other.cells
        if len(following) < 2:
            continue
        counts = [cells["count"] for cells in following.values() if "count" in cells]
        yield _counted(book, "I11", record.cells["count"], counts, len(following) > 2)
        money = [cells["amount"] for cells in following.values() if "amount" in cells]
        if "amount" in record.cells and len(money) == len(following) > 2:
            amounts = book.alike([record.cells["amount"], *money])
            yield verdict("I11b", grade_sum(amounts[0], amounts[1:]), amounts[0], amounts[1:])


def _receptions(book: Book, group: Sequence[Record]) -> Iterator[Verdict]:
    """H3: groups and guests as neighbours; the amount of their subject a head."""
    for one, two in pairwise(group):
        if (
            "接待" not in one.section + one.row
            or not {"count"} <= one.cells.keys() & two.cells.keys()
        ):
            continue
        cells = one.cells["count"], two.cells["count"]
        if book.facts[cells[0]].unit in _GROUPS and book.facts[cells[1]].unit in _GUESTS:
            yield _groups_and_guests(book, cells)
            yield from _a_head(book, group, one, cells)


def _groups_and_guests(book: Book, cells: tuple[int, int]) -> Verdict:
    groups, guests = (book.facts[i] for i in cells)
    wrong = groups.value > guests.value or (guests.value > 0 and not groups.value)
    return Verdict(
        "H3",
        "fail" if wrong else "pass",
        cells,
        cells[0],
        words=(
            f"接待{groups.raw}批次、{guests.raw}人次",
            f"{groups.raw} groups with {guests.raw} guests",
        ),
        confirms=False,
    )


def _a_head(
    book: Book, group: Sequence[Record], one: Record, cells: tuple[int, int]
) -> Iterator[Verdict]:
    """The amount of the same subject (国内公务接待) a head is no unit astray."""
    subject = one.row.removesuffix("支出").removesuffix("费")
    paid = [
        r.cells["amount"]
        for r in group
        if "amount" in r.cells and r.row.removesuffix("支出").removesuffix("费") == subject
    ]
    guests = book.facts[cells[1]]
    if len({book.yuan(i).value for i in paid}) != 1 or not guests.value:
        return
    money = book.facts[paid[0]]
    head = book.yuan(paid[0]).value / guests.value
    low, high = _PLAUSIBLE_YUAN
    wrong = bool(money.value) and not low <= head <= high
    yield Verdict(
        "H3",
        "fail" if wrong else "pass",
        (paid[0], cells[1]),
        paid[0],
        words=(
            f"{money.raw}{money.unit}接待{guests.raw}人次，人均{head:.2f}元",
            f"{money.raw} for {guests.raw} guests: {head:.2f} yuan a head",
        ),
        severity="info",
        confirms=False,
    )
