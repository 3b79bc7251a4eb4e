"""The catalogue of checks for people: what `checks list` and `checks explain` print."""

from pipeline.checks.messages import Language
from pipeline.identities import Identity, identities, identity, open_checks

_RULES = {
    "T0": (
        "同一数两处印：按较粗精度四舍五入后相等，容差0",
        "one fact printed twice: equal after rounding to the coarser print, tolerance 0",
    ),
    "T1": (
        "求和：每个操作数（含合计）±半个末位",
        "sum: half a last digit for every operand, the total too",
    ),
    "T2": (
        "联合可行：存在一组真值同时满足全部关系",
        "joint: one set of true values satisfies every identity",
    ),
    "T3": ("比率：分子、分母、百分比各按区间", "ratio: intervals of part, whole and percent meet"),
    "T4": (
        "同比：在本年数与增减额区间的四角上计算",
        "year on year: evaluated on the corners of (current, change)",
    ),
    "T5": ("省略的末尾零按同类数补足", "trimmed zeros are put back as in numbers of the same kind"),
    "T6": (
        "分母未印：由比率区间反推",
        "denominator not printed: derived from the interval of the rate",
    ),
    "T7": ("部分不大于整体", "a part is at most the whole"),
    "T8": ("计数、分值：精确相等", "counts and scores: exact"),
    "T9": ("换算单位后按T0", "unit converted, then T0"),
}
_CONFIRMS = ("只作印证，不符时不报", "confirms only: a difference is not reported")


def all_identities() -> tuple[Identity, ...]:
    """Every check of the catalogue, in its order."""
    return identities()


def not_evaluated() -> tuple[Identity, ...]:
    """The checks that no rule decides sharply enough, each with `why_zh` and `why_en`."""
    return open_checks()


def explain(check: str, lang: Language = "zh") -> str:
    """A few lines on one check: sentence, forms, tolerance, severity, source. Raises KeyError."""
    entry = identity(check)
    zh = lang == "zh"
    names = (
        ("报表", "容差", "严重程度", "依据", "未运行")
        if zh
        else ("forms", "tolerance", "severity", "source", "not evaluated")
    )
    formula = (
        f"{entry.total} = " + " + ".join(entry.parts).replace("+ -", "- ") if entry.parts else ""
    )
    lines = [
        f"{entry.id}  {entry.zh if zh else entry.en}",
        f"  {names[0]}: {', '.join(entry.statements)}" if entry.statements else "",
        f"  {formula}" if formula else "",
        f"  {names[1]}: {entry.rule} {_RULES[entry.rule][0 if zh else 1]}",
        f"  {names[2]}: {entry.severity}",
        f"  {names[3]}: {entry.source}",
        f"  {names[4]}: {entry.why_zh if zh else entry.why_en}" if entry.why_zh else "",
        f"  {_CONFIRMS[0 if zh else 1]}" if entry.confirms_only else "",
    ]
    return "\n".join(line for line in lines if line)
