"""What the words around a numeral of the prose say: its column, its unit, its sign.

In: the text before and after an occurrence. Out: the reading that the words alone allow. A model
that says otherwise is not believed.
"""

import re
from typing import Final, NamedTuple

from pipeline.text import MONEY_UNIT
from schemas.readings import ClaimReading
from schemas.vocabulary import ClaimColumn

_PERCENT: Final = re.compile(r"\s*(%|％|个百分点)")
_MEASURE: Final = re.compile(
    r"\s*(台（套）|台\(套\)|台套|万?人次|万人|批次|平方米|万?元/[\u4e00-\u9fff]{1,3}|公里|小时|"
    r"[个人辆台套次批户家项份件册场期名分天起宗处所组条例支只亩吨幅篇类种款])"
)
_NOUN_AFTER: Final = re.compile(r"项目|定点|部门|单位")
_CLAUSE: Final = re.compile(r"[\t，。；：,;:！!（()）]|\d[\d,.，．]*\s*(?:万?元|亿元|%|％)?")
_COMPLETION: Final = re.compile(r"完成(率|了)?|执行(率|进度)|预算的?$")
_GROWTH: Final = re.compile(r"增长|增幅|增加|上升|提高|下降|降低|降幅|压减|减少|压缩|缩减")
_DOWN: Final = re.compile(r"下降|降低|降幅|压减|减少|压缩|缩减|减幅")
_CHANGE: Final = re.compile(
    r"(增加|增长|减少|下降|降低|压减|压缩|上升|增|减)(了|额为?|约|为|数为?)?$"
)
_BUDGET: Final = re.compile(
    r"预算(数|安排|收入|支出|金额)?(分别|均|总额|总计)?(为|是|：|:|共|约)?$"
)
_NOT_BUDGET: Final = re.compile(
    r"(完成|公共|基金|经营|占|较|比|与)[^，。；]*预算(为|是)?$|预算(资金|金额|拨款)$"
)


class Words(NamedTuple):
    """Column, unit and sign of a numeral as the words around it have them."""

    column: ClaimColumn
    unit: str
    negative: bool


def words_around(before: str, after: str) -> Words:
    """What a numeral is, from the paragraph before it and the text right after it.

    >>> words_around("与上年相比，减少", "万元，")
    Words(column='change', unit='万元', negative=True)
    """
    clause = _CLAUSE.split(before.rstrip())[-1]
    percent = _PERCENT.match(after)
    if percent:
        return _rate(clause, "个百分点" if "点" in percent.group(1) else "%")
    money = MONEY_UNIT.match(after)
    if money and not re.match(r"\s*万(人|户|平|亩|件|册)", after):
        unit = re.sub(r"\s", "", money.group(1))
        return Words(_money(clause), unit, _is_change(clause) and bool(_DOWN.search(clause)))
    measure = _MEASURE.match(after)
    unit = measure.group(1) if measure and not _NOUN_AFTER.match(after.lstrip()) else ""
    return Words("count", unit, False)


def words_of(claim: ClaimReading) -> Words:
    """The same of a claim that the grammar has read at the place."""
    return Words(claim.column, claim.unit, claim.negative)


def _rate(clause: str, unit: str) -> Words:
    if "占" in clause:
        return Words("share", unit, False)
    if _GROWTH.search(clause):
        return Words("change_rate", unit, bool(_DOWN.search(clause)))
    if _COMPLETION.search(clause):
        return Words("completion_rate", unit, False)
    return Words("share", unit, False)


def _money(clause: str) -> ClaimColumn:
    if _is_change(clause):
        return "change"
    if _BUDGET.search(clause) and not _NOT_BUDGET.search(clause):
        return "budget"
    return "amount"


def _is_change(clause: str) -> bool:
    return _CHANGE.search(clause) is not None
