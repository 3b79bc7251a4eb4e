"""`calls.jsonl` of a run -> what its calls used and what of it was wasted.

The rule it protects: a call without a price is counted, never taken as free; what failed, was cut
off or asked again was paid for all the same.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from pipeline.errors import InputError, fault
from pipeline.evaluation.records import NO_CALLS, Usage
from pipeline.llm_calls import CallRecord

_ANSWERED: Final = "answered"


def read_usage(run: Path) -> Usage:
    """The usage of a run; no calls where it has no log. Raises InputError with the line."""
    path = run / "calls.jsonl"
    if not path.is_file():
        return NO_CALLS
    records = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            records.append(CallRecord.model_validate_json(line))
        except ValidationError as error:
            raise InputError(
                fault(error),
                where=f"{path} line {number}",
                hint="the log is damaged; run extract again into another folder",
            ) from error
    return usage_of(records)


def usage_of(records: Sequence[CallRecord]) -> Usage:
    """Sums over the attempts that were sent; answers out of the cache are only counted."""
    sent = [record for record in records if not record.cached]
    used = {record.call: record for record in sent if _is_whole(record)}
    wasted = [record for record in sent if used.get(record.call) is not record]
    is_priced = bool(sent) and all(record.cost is not None for record in sent)
    return Usage(
        calls=len(sent),
        cached=len(records) - len(sent),
        failed_calls=sum(not _is_whole(record) for record in sent),
        input_tokens=sum(record.usage.prompt for record in sent),
        output_tokens=sum(record.usage.completion for record in sent),
        wasted_tokens=_tokens(wasted),
        kept_tokens=_tokens(record for record in records if record.cached),
        cost=_money(sent) if is_priced else "",
        wasted_cost=_money(wasted) if is_priced else "",
        seconds=round(sum(record.seconds for record in sent), 3) if sent else None,
    )


def _tokens(records: Iterable[CallRecord]) -> int:
    return sum(record.usage.prompt + record.usage.completion for record in records)


def _is_whole(record: CallRecord) -> bool:
    """True for an answer that came and was not cut off; the last such one of a call is used."""
    return record.outcome == _ANSWERED and record.finish_reason != "length"


def _money(records: Iterable[CallRecord]) -> str:
    costs = (record.cost for record in records)
    return str(sum((cost for cost in costs if cost is not None), Decimal(0)))
