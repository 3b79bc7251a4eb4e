"""Header lines of a flattened form -> the path of headers over each column.

In: the words of each header line; where cells were merged nothing is printed. Out: paths, left to
right, as a ruled header would give them. The rule it protects: the words of a line stand under the
words of the line above in their order; of the ways to share them out, the one with the fewest
oddities (a 小计 inside a group, 增减% under 预算数, a member under a strange group) is taken, and
arithmetic has to agree with it before a number is placed.
"""

import re
from collections.abc import Sequence
from functools import cache

from pipeline.reading.library import Form, form_of, name_of

Path = tuple[str, ...]
Leaf = tuple[Path, tuple[int, int]]
_KEYISH = re.compile(r"编码|代码|名称|^[类款项]$|行次|序号")
_KEY_HEAD = re.compile(r"科目|分类|编码|代码|^项目$|单位")
_KEY_GROUP = re.compile(r"科目$|分类(?:科目)?$|^项目$")
_TERMINAL = re.compile(r"名称|^合计$|^总计$|^小计$|行次|序号|栏次|增减额|%$")
_COMPARES = re.compile(r"增减|增长|[比较](?:上年|20\d\d)|%$")
# 类, 款 and 项 part an account's code; the code of a unit has no parts.
_CODE_PART, _UNIT = re.compile(r"^[类款项]$"), re.compile(r"单位|部门")
# 人员经费 are the economic classes 301 and 303, 公用经费 those of goods and capital.
_CLASSES = {
    "人员": re.compile(r"工资福利|对个人和家庭"),
    "公用": re.compile(r"商品和服务|资本性"),
}
# Kinds of what was spent; what came in or is carried over is hardly ever parted by them.
_SPENT, _NOT_SPENT = re.compile(r"人员|公用|福利|服务|补助"), re.compile(r"收入|结转|结余")
_UNUSUAL = 0.3
_ODD = 2.0
_AGAIN = -1.0
_SUBTOTAL = ("小计", "合计", "总计")


def header_paths(form: Form, lines: Sequence[Sequence[str]]) -> tuple[Path, ...]:
    """Paths over the columns; empty where there is no header or it is too long to be one."""
    return tuple(path for path, _ in header_leaves(form, lines))


def is_clean(form: Form, lines: Sequence[Sequence[str]]) -> bool:
    """True when the header's lines can be shared out without any oddity: no line has wrapped."""
    return bool(lines) and oddity(form, lines) < _ODD


def oddity(form: Form, lines: Sequence[Sequence[str]]) -> float:
    """What the best way to share out the header's lines costs: 0 where nothing is odd, less where
    groups begin with their 小计."""
    return _read(form, lines)[1]


def groups_in(form: Form, words: Sequence[str]) -> int:
    """How many of the words only stand over others."""
    return sum(_only_groups(form.statement, word) for word in words)


def header_leaves(form: Form, lines: Sequence[Sequence[str]]) -> tuple[Leaf, ...]:
    """Paths, each with (line, word) of its lowest word."""
    return _read(form, lines)[0]


def _read(form: Form, lines: Sequence[Sequence[str]]) -> tuple[tuple[Leaf, ...], float]:
    kept = [(n, tuple(line)) for n, line in enumerate(lines) if line]
    if not kept or len(kept) > 4 or max(len(line) for _, line in kept) > 40:
        return (), _ODD
    first, words = kept[0]
    leaves: list[Leaf] = [((word,), (first, w)) for w, word in enumerate(words)]
    cost = 0.0
    for n, line in kept[1:]:
        leaves, more = _shared_out(form, leaves, n, line)
        cost += more
    return tuple(leaves), cost


def _shared_out(
    form: Form, heads: Sequence[Leaf], line: int, words: Path
) -> tuple[list[Leaf], float]:
    """Give each head the words that stand under it."""
    best: dict[tuple[int, int], tuple[float, int]] = {(0, 0): (0.0, 0)}
    for i, (path, _) in enumerate(heads):
        for taken in range(len(words) + 1):
            if (i, taken) not in best:
                continue
            for n in range(len(words) - taken + 1):
                cost = best[i, taken][0] + _cost(form.statement, path, words[taken : taken + n])
                after = (i + 1, taken + n)
                if after not in best or cost < best[after][0]:
                    best[after] = (cost, n)
    at, taken = len(heads), len(words)
    leaves: list[Leaf] = []
    while at:
        n = best[at, taken][1]
        head = heads[at - 1]
        under = [(_below(head[0], words[w]), (line, w)) for w in range(taken - n, taken)]
        leaves[:0] = under or [head]
        at, taken = at - 1, taken - n
    return leaves, best[len(heads), len(words)][0]


def _below(head: Path, word: str) -> Path:
    """A head that is merged downwards may be printed again in each of its rows."""
    return head if head[-1] == word else (*head, word)


@cache
def _cost(statement: str, head: Path, words: Path) -> float:
    if not words:
        return 2.0 if _only_groups(statement, head[-1]) else 0.0
    if words == head[-1:]:
        return _AGAIN
    top = head[-1]
    cost = 2.0 if len(words) == 1 and not _is_class(top, words[0]) else 0.0
    cost += 3.0 * sum(word in _SUBTOTAL or word == top for word in _values(words)[1:])
    cost += 3.0 * (len(words) - len(set(words)))
    if words[0] in _SUBTOTAL:
        cost -= 0.5
    elif _is_column_alone(statement, top):
        cost += 4.0
    return cost + _head_cost(top) + sum(_word_cost(statement, head, word) for word in words)


@cache
def _head_cost(top: str) -> float:
    return 6.0 * bool(_TERMINAL.search(top))


@cache
def _is_column_alone(statement: str, top: str) -> bool:
    form = form_of(statement)
    return name_of(form, (top,)) is not None and not _is_group(form, top)


@cache
def _word_cost(statement: str, head: Path, word: str) -> float:
    """What is odd about one word under its head."""
    top = head[-1]
    cost = 4.0 * (bool(_KEYISH.search(word)) != bool(_KEY_HEAD.search(top)))
    cost += 4.0 * bool(_CODE_PART.match(word) and _UNIT.search(top))
    cost += 3.0 * (bool(_COMPARES.search(word)) != bool(_COMPARES.search(top)))
    cost += _UNUSUAL * bool(_SPENT.search(word) and _NOT_SPENT.search("".join(head)))
    return cost + _strange(form_of(statement), top, word)


def _values(words: Path) -> Path:
    """Without the words over a row's name that stand before its amounts: 项目, 行次, 科目名称."""
    lead = 0
    while lead < len(words) and (words[lead] == "项目" or _KEYISH.search(words[lead])):
        lead += 1
    return words[lead:]


def _is_class(head: str, word: str) -> bool:
    return any(kind in head and classes.search(word) for kind, classes in _CLASSES.items())


def _has_its_own(form: Form, head: str, word: str) -> bool:
    """True where the word is a member of another group by itself (基本支出 of 本年支出) and stands
    under this one only where it is printed under both."""
    of = [c for c in form.columns if c.term.fullmatch(word)]
    own = {c.group for c in of if c.group and not c.under}
    return bool(own) and not any(re.search(group, head) for group in own)


def _is_group(form: Form, text: str) -> bool:
    return any(re.fullmatch(group, text) for group in form.groups)


@cache
def _only_groups(statement: str, text: str) -> bool:
    form = form_of(statement)
    return bool(_KEY_GROUP.search(text)) or (
        _is_group(form, text) and name_of(form, (text,)) is None
    )


def _strange(form: Form, head: str, word: str) -> float:
    """2 for a member of a group under another head that is no year and no phase."""
    if "教育收费" in word:
        return 0.0 if "事业" in head or "专户" in head else 2.0
    if any(kind in head for kind in _CLASSES) and any(c.search(word) for c in _CLASSES.values()):
        return 0.0 if _is_class(head, word) else 2.0
    groups = {c.group or c.under for c in form.columns if c.term.fullmatch(word)}
    if "" in groups and any(c.group and re.fullmatch(c.group, head) for c in form.columns):
        return 0.0 if word in _SUBTOTAL else 2.0
    if not groups or "" in groups or any(re.search(group, head) for group in groups):
        return _UNUSUAL * _has_its_own(form, head, word)
    return 0.0 if re.search(r"预算数|决算数|20\d\d", head) else 2.0
