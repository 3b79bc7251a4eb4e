"""What was accepted of an answer, and what was not: the common result of the line tasks."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from schemas.readings import ClaimReading, EvaluationReading, Provenance, Reading, RowReading

UNSTAMPED: Final = Provenance(reader="model")
"""The source of a reading before prompt, model and call are written into it."""
_SHOWN = 8


class Problem(NamedTuple):
    """Why an item was not accepted, and the line it was about (0: the whole answer)."""

    line: int
    reason: str


class Found(NamedTuple):
    """Readings that stand, and the items that were not accepted."""

    rows: tuple[RowReading, ...] = ()
    claims: tuple[ClaimReading, ...] = ()
    evaluations: tuple[EvaluationReading, ...] = ()
    problems: tuple[Problem, ...] = ()


def len_found(found: Found) -> int:
    """How many readings were accepted."""
    return len(found.rows) + len(found.claims) + len(found.evaluations)


def stamp(found: Found, source: Provenance) -> Found:
    """The same readings with prompt, model and call."""
    update = {"source": source}
    return found._replace(
        rows=tuple(row.model_copy(update=update) for row in found.rows),
        claims=tuple(claim.model_copy(update=update) for claim in found.claims),
        evaluations=tuple(item.model_copy(update=update) for item in found.evaluations),
    )


def open_only(found: Found, only: frozenset[tuple[int, int]] | None) -> Found:
    """What stands at open places (line, offset); None: everything. A row keeps its open values."""
    if only is None:
        return found
    lines = {line for line, _ in only}
    rows = []
    for row in found.rows:
        values = tuple(value for value in row.values if (value.line, value.start) in only)
        if values:
            rows.append(row.model_copy(update={"values": values}))
    return Found(
        rows=tuple(rows),
        claims=tuple(c for c in found.claims if (c.line, c.start) in only),
        evaluations=tuple(e for e in found.evaluations if (e.line, e.start) in only),
        problems=tuple(p for p in found.problems if p.line in lines),
    )


def shown(problems: Sequence[Problem]) -> str:
    """Problems as one line, the first eight of them."""
    rest = f"；另有 {len(problems) - _SHOWN} 条" if len(problems) > _SHOWN else ""
    return "；".join(problem.reason for problem in problems[:_SHOWN]) + rest


def reading_of(chunk: str, found: Found) -> Reading:
    """The reading of a chunk: partial where something was dropped."""
    return Reading(
        chunk=chunk,
        rows=found.rows,
        claims=found.claims,
        evaluations=found.evaluations,
        status="partial" if found.problems else "done",
        reason=f"not accepted: {shown(found.problems)}" if found.problems else "",
    )
