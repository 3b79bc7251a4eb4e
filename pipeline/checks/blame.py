"""From failed identities to causes: which number is suspected, which failures are one cause.

In: verdicts. Out: `Cause`s, each with the one suspected fact and every failure it explains. The
rule it protects: one wrong number raises one alarm, not one in each form that repeats it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from pipeline.checks.book import Book
from pipeline.checks.repair import unique_change
from pipeline.checks.unread import explained_by_unread
from pipeline.checks.verdicts import Verdict
from pipeline.identities import identity


class Cause(NamedTuple):
    """A suspected fact (None: a line of text) and the failures that it explains, gravest first.

    `repair` is the change of the suspect that would satisfy all its identities, where no other
    single cell could do so."""

    suspect: int | None
    failures: tuple[Verdict, ...]
    repair: Decimal | None = None


_GRAVITY = {"error": 0, "warning": 1, "info": 2}


def gravity(found: Verdict) -> int:
    """0 for an error, 1 for a warning, 2 for an information."""
    return _GRAVITY[found.severity or identity(found.check).severity]


def settle(book: Book, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Verdicts with failures withdrawn that describe the form rather than its numbers.

    A sum that fails in most rows of a form is not this form's sum; one that lacks just what was
    not read is a matter of the reading; a parent that fails in several columns lacks a row, or has
    one too many: it stays as one failure, in doubt."""
    misfits = _misfits(book, verdicts)
    settled: list[Verdict] = []
    parents: dict[tuple[str, int, str], list[Verdict]] = defaultdict(list)
    for found in verdicts:
        if found.status == "fail" and _form_of(book, found) in misfits:
            found = found._replace(status="insufficient_data", detail="layout")
        elif explained_by_unread(book, found):
            found = found._replace(severity="info", detail="unread")
        is_child = found.status == "fail" and identity(found.check).kind == "children"
        if is_child and found.suspect is not None:
            head = book.facts[found.suspect]
            parents[found.check, head.line, head.row].append(found)
        else:
            settled.append(found)
    for group in parents.values():
        settled.extend(_one_row(group))
    return settled


def _form_of(book: Book, found: Verdict) -> tuple[str, str]:
    statement = book.facts[found.suspect].statement if found.suspect is not None else ""
    return found.check, statement


def _misfits(book: Book, verdicts: Iterable[Verdict]) -> set[tuple[str, str]]:
    """(identity, statement) pairs where a sum within the row fails more often than it holds."""
    failed: Counter[tuple[str, str]] = Counter()
    held: Counter[tuple[str, str]] = Counter()
    for found in verdicts:
        if found.suspect is None or identity(found.check).kind != "row_sum":
            continue
        if found.status == "fail":
            failed[_form_of(book, found)] += 1
        elif found.status in ("pass", "rounding_hint") and book.facts[found.suspect].value:
            held[_form_of(book, found)] += 1
    return {key for key, count in failed.items() if count > 1 and count > held[key]}


def _one_row(group: Sequence[Verdict]) -> Iterable[Verdict]:
    """Failures of one parent in several columns: the failure of the first, marked as a lost row."""
    if len(group) == 1:
        return group
    first = next((found for found in group if found.detail == "unread"), group[0])
    return [first._replace(detail=first.detail or "row")]


def causes(verdicts: Sequence[Verdict]) -> list[Cause]:
    """Sums and repeated prints first: the fact that explains most of them, then the rest. A ratio,
    an inequality or a rule blames its own suspect, unless one of its operands is blamed already."""
    failures = [found for found in verdicts if found.status == "fail"]
    held = Counter(i for found in verdicts if _holds(found) for i in found.facts)
    broad = [found for found in failures if _is_broad(found)]
    found_causes = _greedy(broad, held)
    blamed = {cause.suspect: n for n, cause in enumerate(found_causes)}
    groups: dict[int, list[Verdict]] = defaultdict(list)
    for found in failures:
        if found.suspect is None:
            found_causes.append(Cause(None, (found,)))
        elif not _is_broad(found):
            at = next((blamed[i] for i in found.facts if i in blamed), None)
            if at is None:
                groups[found.suspect].append(found)
            else:
                found_causes[at] = _joined(found_causes[at], found)
    found_causes += [Cause(fact, _by_gravity(group)) for fact, group in groups.items()]
    index = _sums_by_fact(verdicts)
    return [cause._replace(repair=_repair(cause, index)) for cause in found_causes]


def _holds(found: Verdict) -> bool:
    return found.status in ("pass", "rounding_hint") and found.confirms


def _is_broad(found: Verdict) -> bool:
    """True where every operand may be the wrong one: sums, and one fact printed twice."""
    return found.suspect is not None and identity(found.check).rule in ("T0", "T1")


def _joined(cause: Cause, found: Verdict) -> Cause:
    return cause._replace(failures=(*cause.failures, found))


def _by_gravity(group: Iterable[Verdict]) -> tuple[Verdict, ...]:
    return tuple(sorted(group, key=gravity))


def _greedy(failures: Sequence[Verdict], held: Mapping[int, int]) -> list[Cause]:
    """Explained failures only go, so a rank only worsens: the heap is corrected as it is read."""
    by_fact: dict[int, set[int]] = defaultdict(set)
    for number, found in enumerate(failures):
        for i in found.facts:
            by_fact[i].add(number)
    heap = [_rank(i, numbers, failures, held[i]) for i, numbers in by_fact.items()]
    heapify(heap)
    found_causes = []
    while heap:
        rank = heappop(heap)
        suspect = rank[-1]
        explained = by_fact[suspect]
        if not explained:
            continue
        now = _rank(suspect, explained, failures, held[suspect])
        if now != rank:
            heappush(heap, now)
            continue
        group = sorted(explained)
        found_causes.append(Cause(suspect, _by_gravity(failures[n] for n in group)))
        for number in group:
            for i in failures[number].facts:
                by_fact[i].discard(number)
    return found_causes


def _sums_by_fact(verdicts: Sequence[Verdict]) -> dict[int, list[Verdict]]:
    index: dict[int, list[Verdict]] = defaultdict(list)
    for found in verdicts:
        if found.signs and found.difference is not None:
            for i in found.facts:
                index[i].append(found)
    return index


def _repair(cause: Cause, index: Mapping[int, Sequence[Verdict]]) -> Decimal | None:
    if cause.suspect is None or len(cause.failures) < 2:
        return None
    return unique_change(cause.suspect, cause.failures, index)


def _rank(
    fact: int, numbers: set[int], failures: Sequence[Verdict], held: int
) -> tuple[int, int, int, int]:
    """Most failures first; then the fact its identities point to; then the least confirmed."""
    named = sum(failures[n].suspect == fact for n in numbers)
    return (-len(numbers), -named, held, fact)
