"""What a number measures: its column, sign and subject from the words before it.

In: the words before a number and the kind of its unit. Out: a `Finding`. The rule it protects:
column and sign come from the words around the very occurrence. Source: facts-contract.md, Claims:
`column`.
"""

import re
from typing import Final, NamedTuple

from pipeline.reading.measures import UnitKind
from pipeline.reading.subjects import (
    BUDGET_END,
    COMPARED,
    FINAL_END,
    FUND_NAME,
    MARKER,
    PERIOD,
    clean_subject,
    measure_only,
    path_name,
    trim_end,
    trim_front,
    without_measure,
)
from pipeline.text import strip_ordinal
from schemas.vocabulary import ClaimColumn

# 增减 words; those of the second list make the number negative.
_UP = r"增加|增长|增收|超支|上升|提高|提升|上涨|上浮|调增|增支|新增"
_DOWN = r"减少|下降|降低|压减|压缩|缩减|核减|调减|追减|减支|节约|节省|减低|下浮|下调|递减"
_DIRECTION = re.compile(
    rf"(?:增)?(?P<word>{_UP}|{_DOWN}|增减额|增减幅度|增幅|降幅|增速|增长率|下降率|降低率|减幅|压减率|增减率)"
    r"(?:了|额|数|金额|幅度|率|比例|（下降）|\(下降\)|（减少）|\(减少\))*(?:为|约|达|达到|至少|近|超过)?$"
)
# 比上年增加增加27.45万元, as it is printed.
_TWICE = re.compile(r"(增加|减少|增长|下降)\1$")
_NEGATIVE = re.compile(rf"{_DOWN}|降幅|下降率|降低率|减幅|压减率")
# 支出减少为5万元 is a level; 比上年减少为5万元 a badly written change.
_BECOMES = re.compile(r"(?<=.)(?:增加|减少|降低|下降|压减|缩减)为$")
_OVER_BUDGET = re.compile(
    r"(?:支出)?(?:决算数?|执行数)?(?P<word>大于|小于|多于|少于|高于|低于|超出|超过|超)(?:年初|全年|调整)?预算(?:数)?(?:了)?$"
)
_MORE_LESS = re.compile(r"(?:多|少)(?:支出|收入)?(?:了)?$")
_VERB_FIRST = re.compile(
    r"^(?P<word>增加|减少|压减|核减|调减|调增|压缩)(?:了)?(?P<noun>[^，。；：]{2,})$"
    r"|^.*(?:(?P<cut>压减|核减|调减|调增|追减)了?|(?P<done>增加|减少|压缩|节约)了)(?P<what>[^，。；：数额率]{2,})$"
)
_SCORE = r"(?:(?:绩效|部门|财政|项目|综合|平均|最终|总体|自我)?(?:自评|评价|考核|评估|评审)?(?:得分|评分|分值|分数|得))"
_DEPENDENT = re.compile(
    rf"^(?:{_SCORE}|满分"
    r"|(?:总|参与|参加|参会|培训|参训|受益|惠及|涉及)?(?:人数|人次)"
    r"|(?:总|救助|报销|补助|资助|补贴|发放|合同|中标|结算|奖励|平均)?(?:金额|费用|报销|费用总额)"
    r"|(?:人均|平均|单价|价值|数量|面积|总价)(?:费用|金额)?|账面(?:原值|净值|价值))$"
)
SCORE_END = re.compile(rf"(?:部门评价|绩效自评|绩效评价|自评|评价)?(?:{_SCORE}|满分|结果)$")

_OPENING = re.compile(
    r"^(?:其中|[，：:、])|^.*(?:分别(?:为|是)|其中)(?=.)|^[^（(]*包括(?=.)|^.*、(?=涉及|共计?(?:涉及|支出)|金额|占)"
)
_STANDS_ALONE = re.compile(
    r"^(?:合计|总计|累计|共计支出|小计|(?:年末)?(?:结余|结转|结转结余|剩余|差值))$"
)
_BUDGET_FIRST = re.compile(r"^(?:年初|全年|调整)预算(?=(?:总)?(?:收入|支出)(?:总计|合计)?$)")
_SETTLED_FIRST = re.compile(r"安排(?:年初)?预算$")
_SHARE = re.compile(r"(?:所)?占(?![用有地领])")
# 药占比 is a name, 项目支出占比 is not.
_SHARE_NOUN = re.compile(r"(?:^|(?<=..))(?:所)?占(?:比例|比重|比)?(?:约|达|为)?$|^(?:比重|比例)$")
_COMPLETION = re.compile(
    r"完成(?:了)?(?:[（(][^）)]*[)）])?[^，。；、（(]{0,10}?(?:预算|任务|计划|目标)(?:收入|支出)?(?:安排|总额|总数|调整)?(?:数)?(?:的)?(?:比例)?$"
    r"|(?:总体|预算)?完成(?:率|进度|比例|比)$"
    r"|(?:全年|年度|年初|调整后)?(?:预算)数?(?:的)?(?:支出)?(?:完成|执行)(?:总体)?(?:率|进度|比例)$"
    r"|(?:总体|预算)?执行(?:总体)?(?:进度|比例)$|^支出进度$|(?<=支出)进度$"
    r"|(?:^|(?<=资金)|(?<=支出)|(?<=项目)|(?<=经费)|(?<=收入)|(?<=决算))执行率$"
    r"|为(?:年初|全年|调整|本年|当年|年度)?(?:收入|支出)?预算(?:数)?的$"
)
_BARE_COMPLETION = re.compile(r"(?<!没有)(?<!未)(?:已)?完成(?:了)?$")


class Finding(NamedTuple):
    """Subject of a number ('' when the words name none), its column and sign.

    `words` are the printed words, `label` those that the subject comes from; `dependent`: the
    subject of the sentence goes in front of it; `alone`: it is no subject of what follows."""

    subject: str
    column: ClaimColumn
    negative: bool
    words: str
    label: str = ""
    dependent: bool = False
    alone: bool = False


_COLUMN_WITHOUT_WORDS: Final[dict[UnitKind, ClaimColumn]] = {
    "money": "amount",
    "percent": "share",
    "points": "change_rate",
    "count": "count",
}


def find(words: str, kind: UnitKind, department: str) -> Finding:
    """What the words before a number say of it.

    >>> find("公务接待费支出决算比上年减少", "money", "")[:3]
    ('公务接待费', 'change', True)
    >>> find("年初预算为", "money", "")[:2], find("占本年支出合计的", "percent", "")[:2]
    (('', 'budget'), ('', 'share'))
    """
    words = _TWICE.sub(r"\1", _leading(words))
    path = path_name(words)
    if path is None:
        return _measured(words, kind, department)
    inner = _measured(path.tail, kind, department)
    marks = len(MARKER.findall(words))
    if inner.subject and marks == 1:
        return _measured(path.name + path.tail, kind, department)
    return inner._replace(subject=path.name, words=words, label=path.label, dependent=False)


def _leading(words: str) -> str:
    """Words without 其中：, 分别为, 主要包括 and the ordinal of an item in front."""
    while True:
        shorter = strip_ordinal(_OPENING.sub("", words))
        if shorter == words:
            return words
        words = shorter


def _measured(words: str, kind: UnitKind, department: str) -> Finding:
    if kind == "money":
        return _money(words, department)
    if kind in ("percent", "points"):
        return _percent(words, kind, department)
    return _count(words, department)


def _finding(
    words: str, column: ClaimColumn, department: str, rest: str, negative: bool = False
) -> Finding:
    subject = clean_subject(rest, department)
    alone = bool(_STANDS_ALONE.match(subject.row))
    dependent = bool(_DEPENDENT.match(subject.row))
    return Finding(subject.row, column, negative, words, subject.label, dependent, alone)


def _direction(words: str) -> tuple[str, bool] | None:
    """The words before an increase or decrease, comparison removed, and whether it is one less."""
    match = _DIRECTION.search(words)
    negative = bool(match and _NEGATIVE.fullmatch(match.group("word")))
    if match and match.group("word") == "新增" and not COMPARED.search(words):
        return None
    if match is None:
        match = _MORE_LESS.search(words) if COMPARED.search(words) else None
        negative = bool(match and match.group(0).startswith("少"))
    if match is None:
        return None
    rest = words[: match.start()]
    compared = list(COMPARED.finditer(rest))
    if compared:
        before, after = rest[: compared[0].start()], rest[compared[-1].end() :]
        rest = after if len(trim_end(after)) > 1 else before
    return without_measure(trim_end(rest)), negative


def _change(end: str, department: str) -> tuple[str, bool] | None:
    """Subject and sign of an increase or decrease of money; None where the words tell of none."""
    over = _OVER_BUDGET.search(end)
    if over:
        return end[: over.start()], over.group("word") in ("小于", "少于", "低于")
    changed = _direction(end)
    if changed is not None:
        return changed
    verb = _VERB_FIRST.match(trim_front(end, department))
    if verb:
        word = verb["word"] or verb["cut"] or verb["done"]
        return verb["noun"] or verb["what"], bool(_NEGATIVE.fullmatch(word))
    return None


def _budget(end: str, front: str) -> str | None:
    """The words before 年初预算, 预算数, 预算安排; None where the words end in no budget."""
    if _SETTLED_FIRST.search(end):
        return _SETTLED_FIRST.sub("", end)
    if _BUDGET_FIRST.match(front):
        return _BUDGET_FIRST.sub("", front)
    if BUDGET_END.search(end) and not FUND_NAME.search(front):
        return BUDGET_END.sub("", end)
    return None


def _money(words: str, department: str) -> Finding:
    if not COMPARED.search(words):
        words = _BECOMES.sub("", words)
    end = trim_end(words)
    changed = _change(end, department)
    if changed is not None:
        return _finding(words, "change", department, changed[0], changed[1])
    front = trim_front(end, department)
    budget = _budget(end, front)
    if budget is not None:
        return _finding(words, "budget", department, budget)
    if measure_only(trim_front(end, department, verbs=False)):
        return _finding(words, "amount", department, "")
    if PERIOD.match(front):
        return _finding(words, "amount", department, end)
    rest = FINAL_END.sub("", re.sub(r"(?:已|累计)?完成$", "", end))
    return _finding(words, "amount", department, rest)


def _percent(words: str, kind: UnitKind, department: str) -> Finding:
    level = trim_end(words)
    end = re.sub(r"的$", "", level) if kind == "percent" else level
    shares = list(_SHARE.finditer(words))
    if shares and shares[-1].start() != 1 and not _DIRECTION.search(end):
        return _finding(words, "share", department, words[: shares[-1].start()])
    changed = _direction(end)
    if changed is not None:
        return _finding(words, "change_rate", department, changed[0], changed[1])
    completed = _completed(words, level, end)
    if completed is not None:
        return _finding(words, "completion_rate", department, completed)
    column = _COLUMN_WITHOUT_WORDS[kind]
    return _finding(words, column, department, _SHARE_NOUN.sub("", level))


def _completed(words: str, level: str, end: str) -> str | None:
    """The words before 完成预算的, 预算完成率, 完成; None where nothing was to be completed."""
    for candidate in (level, end):
        match = _COMPLETION.search(candidate)
        if match:
            return candidate[: match.start()]
    bare = _BARE_COMPLETION.search(re.sub(r"(?:约|达|为)$", "", words))
    if bare and not words[: bare.start()].endswith("率"):
        return words[: bare.start()]
    return None


def _count(words: str, department: str) -> Finding:
    end = trim_end(words)
    if re.search(r"(?:(?:决算|预算)数?|支出|收入|费)$", end):
        return _money(words, department)
    shares = list(_SHARE.finditer(end))
    rest = end[shares[-1].end() :] if shares else end
    changed = _direction(rest)
    if changed is not None:
        rest = changed[0]
    return _finding(words, "count", department, re.sub(r"(?:总数|总数量)$", "", rest))
