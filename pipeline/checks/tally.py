"""What became of the catalogue over one document, in a few words for people.

In: outcomes. Out: lines of text. The rule it protects: a check that could not run is counted with
its reason, never among those that passed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from pipeline.checks.messages import Language
from schemas.findings import Outcome, Status

_RAN: Final = ("pass", "rounding_hint", "fail")
_REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "operands": ("所需的数未印", "operands not printed"),
    "": ("缺部分操作数", "an operand is missing"),
    "scope": ("口径不同，只作印证", "scopes differ, confirms only"),
    "layout": ("表式不适用", "the form is laid out otherwise"),
    "codes": ("编码不全", "codes are incomplete"),
    "year": ("年度不明或无当年名称表", "year unknown, or no names for it"),
    "denominator": ("分母不明", "the whole is not known"),
    "sums fail": ("已有求和不符", "sums fail already"),
    "reckoning": ("另一口径", "reckoned otherwise"),
    "same cause": ("同一原因已报", "same cause as reported"),
}
_WORDS: Final = {
    "zh": "检查：适用{applied}项，运行{ran}项{times}次（相符{holds}，尾差{rounding}，不符{fails}），"
    "另有{lacking}次缺数未判；未能运行{stuck}项；不适用{idle}项（无此表或无此栏）",
    "en": "checks: {applied} applied, {ran} ran {times} times ({holds} hold, {rounding} by rounding, "
    "{fails} fail), {lacking} more lacked data; {stuck} could not run; "
    "{idle} not applicable (no such form or columns)",
}


class Tally(NamedTuple):
    """`applied` = `ran` + `stuck`; `evaluations` by status; `why` = reason -> ids that never ran."""

    ran: tuple[str, ...]
    idle: tuple[str, ...]
    evaluations: Mapping[Status, int]
    why: Mapping[str, tuple[str, ...]]

    @property
    def stuck(self) -> int:
        return sum(map(len, self.why.values()))


def tally(outcomes: Iterable[Outcome]) -> Tally:
    """Count checks and evaluations.

    >>> one = tally([Outcome(check="A1", status="pass"), Outcome(check="A2", status="insufficient_data")])
    >>> one.ran, one.why
    (('A1',), {'': ('A2',)})
    """
    found: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        found[outcome.check].append(outcome)
    ran = tuple(check for check, group in found.items() if any(o.status in _RAN for o in group))
    idle = tuple(
        check for check, group in found.items() if all(o.status == "not_applicable" for o in group)
    )
    why: dict[str, list[str]] = defaultdict(list)
    for check, group in found.items():
        if check not in ran and check not in idle:
            why[group[0].detail].append(check)
    every: Counter[Status] = Counter(
        outcome.status for group in found.values() for outcome in group
    )
    return Tally(ran, idle, every, {reason: tuple(ids) for reason, ids in why.items()})


def tally_lines(outcomes: Iterable[Outcome], lang: Language = "zh") -> list[str]:
    """One line of counts, then one a reason with the ids that could not run."""
    one = tally(outcomes)
    count = one.evaluations
    head = _WORDS[lang].format(
        applied=len(one.ran) + one.stuck,
        ran=len(one.ran),
        times=sum(count[status] for status in _RAN),
        holds=count["pass"],
        rounding=count["rounding_hint"],
        fails=count["fail"],
        lacking=count["insufficient_data"] + count["parse_error"],
        stuck=one.stuck,
        idle=len(one.idle),
    )
    return [head, *(f"  {_reason(why, lang)}: {' '.join(ids)}" for why, ids in one.why.items())]


def _reason(detail: str, lang: Language) -> str:
    words = _REASONS.get(detail)
    return words[0 if lang == "zh" else 1] if words else detail
