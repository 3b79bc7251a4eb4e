"""Header words of performance forms, as the provinces print them.

In: a row of pieces. Out: the columns that the row heads, with their roles. The rule it protects:
a role comes from the printed words of the header alone, never from a position.
"""

import re
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from pipeline.reading.performance_cells import Piece, Row
from pipeline.text import fold
from schemas.vocabulary import EvaluationColumn

Role = Literal[
    "side", "level", "name", "nature", "target", "unit", "actual", "weight", "score", "deviation",
    "note", "initial_budget", "adjusted_budget", "executed", "execution_rate", "money", "fund",
    "project", "code", "task", "text", "other",
]  # fmt: skip

MONEY_ROLES: Final = frozenset({"initial_budget", "adjusted_budget", "executed", "execution_rate"})
_COLUMN_OF_ROLE: Final[dict[Role, EvaluationColumn]] = {
    "target": "target",
    "actual": "actual",
    "weight": "weight",
    "score": "score",
    "deviation": "deviation",
    "initial_budget": "initial_budget",
    "adjusted_budget": "adjusted_budget",
    "executed": "executed",
    "execution_rate": "execution_rate",
}

# What stands in brackets (（万元）, (A), （B/A）, (10分), %) says nothing about the role.
_BRACKETS = re.compile(r"\([^()]*\)")
_TAIL = re.compile(r"(?:[%％:：]|[(（]?[ABC][/÷]?[ABC]?[)）]?|\*?\d*%?)$")
_WORDS: Final[tuple[tuple[Role, str], ...]] = (
    ("side", r"(?:年度)?(?:绩效)?指标(?:完成情况)?(?=$)|(?:年度)?绩效指标(?:完成情况)?|绩效目标|项目绩效指标|指标"),
    ("level", r"[一二]级(?:绩效)?指标(?:名称)?|指标类[别型]|一级|二级|维度|类别|指标分类"),
    ("name", r"[三四]级(?:绩效)?指标(?:名称)?|(?:评价|具体|绩效|考核)?指标(?:名称|内容)|指标解释名称|评价指标|具体指标|三级|四级|评价内容|绩效内容|项目指标"),
    ("nature", r"(?:绩效)?指标性质|性质|(?:计算|运算|比较)?符号|比较符|指标属性|指标符号"),
    ("target", r"(?:绩效|半年程?|季度|上半年|年度|全年程?|年初|预期|计划|本年|当年|年度绩效|年度计划|预期当年|实施期|中期|三年|预算年度|年初绩效|调整后)*(?:指标值|目标值|预期值|计划值|设定值|绩效值|预期目标值|实现值预期)(?:包含数字及文字描述)?|年初设定|年初设定值|目标要求|预期指标|预期当年实现值|计划完成值|年初目标|绩效目标值|年初预期值|年度指标|年度目标值?设定值?"),
    ("unit", r"(?:绩效)?(?:度量|计量|指标)单位|单位"),
    ("actual", r"(?:全年|年度|年末|自评|实际|本年|当年|项目|指标)*(?:实际|完成|实现)(?:完成|实现)?(?:指标)?值|(?:全年|指标)?实际(?:完成)?(?:情况|值|指标值|数)|(?:全年|指标)?完成(?:情况|指标值|值|数)|实际值|自评(?:完成)?值|完成结果|(?:全年)?实际完成"),
    ("weight", r"(?:指标|评价|标准|设定|设置|自评|单项|考核|预算执行率|执行率)?(?:分值|权重|满分|标准分)(?:权重|分值|值|分|占比)?(?:/权重|/分值)?|标准分值?|权重分值?|应得分|基准分|总分值"),
    ("score", r"(?:自评|评价|实际|最终|单项|指标|评估|考核|自我评价|财政|预算执行率|执行率)?(?:得分|评分|打分)(?:值|情况|数)?|自评分值?|实得分|评价分值|自评分数"),
    ("deviation", r"偏[差离](?:度|率|值|情况|比例|程度)|差异率|偏差"),
    ("note", r".*(?:原因|措施|说明|备注|评分标准|扣分|解释|计分|评价标准|评分细则|评分办法|数据来源|佐证|证明材料|依据|方向性|指标方向|描述|定义|评分规则|绩效标准|指标定义|计算方法|计算公式|评价要点|存在问题).*"),
    ("initial_budget", r"年初(?:部门)?(?:批复)?(?:预算|安排)(?:数|金额|资金|安排|批复)?(?:总额)?|预算(?:批复|申报|安排)(?:数|金额)?|当年预算(?:数|金额)|年初数|年初批复数|年初下达|批复(?:数|金额)"),
    ("adjusted_budget", r"全年(?:预算|安排)(?:数|金额|资金)?(?:合计)?|(?:年中)?调整后?(?:的)?(?:全年)?预算(?:数|金额)?|调整后(?:数|金额)?|预算调整(?:数|后)|全年可执行数|实际下达(?:数|预算)?|调整预算数|年度预算安排|全年预算总额|到位(?:数|资金|金额)|预算调整后金额"),
    ("executed", r"(?:全年|年度|实际|预算|本年|累计|资金)*(?:执行|支出|使用|支付)(?:数|金额|资金|总额)|全年执行|实际执行|决算(?:数|金额)|全年实际支出|实际支出|预算执行"),
    ("execution_rate", r"(?:全年|年度)?(?:预算|资金)?(?:执行|支出|使用)(?:率|进度|比例)|预算执行率|支出进度"),
    ("money", r"(?:年度)?预算(?:数|金额|总额|资金)|金额|(?:项目|年度|预算)?资金情况|(?:项目|年度|预算)?资金(?:总额|额度|金额)?|项目(?:金额|预算|总额)|预算总额|年度预算|预算金额(?:合计)?|拟投入(?:的)?(?:资金|金额)"),
    ("project", r"项目(?:单位)?(?:名称)?(?:\(项目名称\))?|(?:一级|二级|子)?项目名称|支出项目(?:名称)?"),
    ("code", r"(?:单位|项目|部门)(?:编码|代码)(?:\(项目编码\))?|序号|编号"),
    ("task", r"(?:主要)?(?:任务|工作任务)(?:名称)?|主要任务|名称|职责活动"),
    ("text", r"主要内容|项目概述|立项(?:情况|依据)|(?:预期|年度|当年|总体|绩效|项目)+目标(?:完成情况)?|单位名称|主管部门|实施单位|项目(?:概况|内容|类型|类别)|情况说明|完成情况|年度绩效目标"),
)  # fmt: skip
_ROLE_PATTERNS: Final = tuple((role, re.compile(pattern)) for role, pattern in _WORDS)
_FUNDS = re.compile(
    r"(?:年度|项目|预算|部门)*(?:资金)?(?:总额|合计|小计)|(?:其中:?)?(?:当年|本年|年度|一般公共预算|中央|省级|市级|县级|区级|上级|本级|地方|同级|政府性?基金(?:预算)?|国有资本(?:经营)?(?:预算)?|政府性?预算|财政专户(?:管理)?|单位(?:自有)?|非?财政|自有|自筹|社会|其他|上年(?:结转|结余)|结转(?:结余)?|事业|财政)*"
    r"(?:拨款|资金|补助|收入|投入)|(?:上年)?结转(?:结余)?(?:资金)?|其他|财政专户|单位自筹|自有资金|政府预算资金"
    r"|(?:基本|项目)支出|人员经费|公用经费"
)


class Column(NamedTuple):
    """A headed column: its index `at` in the row, role, printed words, and the fund beneath (总额)."""

    at: int
    role: Role
    words: str
    fund: str = ""


class Header(NamedTuple):
    """A header of one kind: `money` (years' budgets and execution) or `indicators`."""

    kind: Literal["money", "indicators", "items", "summary"]
    columns: tuple[Column, ...]

    def has(self, *roles: Role) -> bool:
        return any(column.role in roles for column in self.columns)

    def of(self, *roles: Role) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.role in roles)


def evaluation_column(role: Role) -> EvaluationColumn | None:
    """The contract's column of a role that has one."""
    return _COLUMN_OF_ROLE.get(role)


@lru_cache(maxsize=1 << 12)
def role_of(text: str) -> Role | None:
    """The role of a header word, None for anything else.

    >>> [role_of(t) for t in ("三级指标", "年度指标值", "全年预算数（A）", "执行率 %", "安排科学性")]
    ['name', 'target', 'adjusted_budget', 'execution_rate', None]
    """
    words = _strip(text)
    if not words or len(words) > 24:
        return None
    for role, pattern in _ROLE_PATTERNS:
        if role != "note" and pattern.fullmatch(words):
            return role
    return "note" if len(words) <= 20 and _note(words) else None


def _note(words: str) -> bool:
    return any(role == "note" and pattern.fullmatch(words) for role, pattern in _ROLE_PATTERNS)


def _strip(text: str) -> str:
    words, before = fold(text), ""
    while words != before:
        before = words
        words = _TAIL.sub("", _BRACKETS.sub("", words)).strip("/、 ")
    return words


def is_fund(text: str) -> bool:
    """True for a funding line's words standing alone (财政拨款, 其他资金, 总额)."""
    return _FUNDS.fullmatch(_strip(text)) is not None


def read_header(row: Row) -> Header | None:
    """The header that a row of pieces is, if it is one.

    Money: two columns of 年初预算, 全年预算, 执行数, 执行率. Indicators: an indicator's name or
    level beside a target, value or weight. Items: weight and score beside other words.
    """
    columns = _named_beside(_columns(row))
    header = _kind(columns, row)
    return header and header._replace(columns=_with_others(header, row))


def _named_beside(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """绩效指标 directly before 绩效指标值, no 三级指标 anywhere: the column of the names."""
    roles = [column.role for column in columns]
    if set(roles) & {"name", "level"}:
        return columns
    return tuple(
        c._replace(role="name") if c.role == "side" and roles[i + 1 : i + 2] == ["target"] else c
        for i, c in enumerate(columns)
    )


def _with_others(header: Header, row: Row) -> tuple[Column, ...]:
    """Columns with words of no known role (调整数, 完成率): their values stay where they are."""
    known = {c.at for c in header.columns}
    edge = min(
        (c.at for c in header.columns if c.role in MONEY_ROLES | {"target", "weight", "score"}),
        default=0,
    )
    others = [
        Column(p.column, "other", p.text)
        for p in row
        if p.column > edge and p.column not in known and not p.numerals and len(p.text) <= 16
    ]
    return tuple(sorted([*header.columns, *others], key=lambda c: c.at))


def _kind(columns: tuple[Column, ...], row: Row) -> Header | None:
    roles = [c.role for c in columns]
    count = sum(1 for r in roles if r in MONEY_ROLES)
    if any(piece.kind == "number" for piece in row):
        return None
    if "money" in roles and set(roles) & {"task"} and not set(roles) & {"name", "level"}:
        return Header("money", _budgeted(columns))
    if {"task", "fund"} <= set(roles) and not set(roles) & {"name", "level", *MONEY_ROLES}:
        return Header("money", _funded(columns))
    if count >= 2 or (count == 1 and set(roles) & {"money", "weight", "score"}):
        return Header("money", settle_money(columns))
    names = sum(1 for r in roles if r in ("name", "level"))
    if roles.count("target") >= 2 and roles.count("name") >= 2:
        return Header("summary", columns)
    if names and set(roles) & {"target", "actual", "weight", "score", "unit"}:
        return Header("indicators", columns)
    if names >= 2 and "name" in roles:
        return Header("indicators", columns)
    if {"weight", "score"} <= set(roles) and len(columns) == len(roles) and not _numbers(row):
        return Header("items", columns)
    return None


def _budgeted(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """预算金额 beside 任务名称: the year's budget of each task."""
    return tuple(c._replace(role="initial_budget") if c.role == "money" else c for c in columns)


def _funded(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """总额 and 财政资金 beside 任务名称: each fund's budget for each task."""
    return tuple(
        c._replace(role="initial_budget", fund=c.words) if c.role == "fund" else c for c in columns
    )


def _numbers(row: Row) -> bool:
    return any(piece.kind in ("number", "value") for piece in row)


def _columns(row: Row) -> tuple[Column, ...]:
    return tuple(
        Column(piece.column, role, piece.text)
        for piece in row
        if (role := role_of(piece.text) or _fund(piece.text)) is not None
    )


def _fund(text: str) -> Role | None:
    return "fund" if is_fund(text) else None


def settle_money(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Bare 预算数 is the year's budget beside 执行数, the initial one beside 调整后预算; where both
    have a column of their own it only heads the block (年度预算数（万元） | 年初预算 | …)."""
    roles = {column.role for column in columns}
    twice = [c for c in columns if c.role == "money" and c.words.startswith("预算")]
    if (
        len(twice) == 2
        and "executed" in roles
        and not roles & {"initial_budget", "adjusted_budget"}
    ):
        first: Column = twice[0]
        columns = tuple(c._replace(role="initial_budget") if c == first else c for c in columns)
        roles.add("initial_budget")
    bare: Role = "adjusted_budget" if "adjusted_budget" not in roles else "initial_budget"
    if bare in roles or ("initial_budget" in roles and columns[0].role == "money"):
        return columns
    numeric = [c.at for c in columns if c.role in MONEY_ROLES]
    return tuple(
        column._replace(role=bare)
        if column.role == "money" and numeric and _adjacent(column, numeric)
        else column
        for column in columns
    )


def _adjacent(column: Column, numeric: list[int]) -> bool:
    """项目资金（万元） at the left edge heads the rows; 预算数 next to 执行数 is a column."""
    return (
        "预算" in column.words
        or "金额" in column.words
        or min(numeric) - column.at == 1
        and ("项目" not in column.words)
    )


def with_funds(header: Header, row: Row) -> Header | None:
    """The money header with the funding columns of the row beneath it (总额 财政拨款 其他资金 …, with
    任务名称 in front of them where each row is a task).

    None when the row is no such row. Each fund belongs to the last headed column at or before it.
    """
    heads = tuple(piece for piece in row if role_of(piece.text) in ("task", "project", "text"))
    row = tuple(piece for piece in row if piece not in heads)
    if len(row) < 2 or not all(is_fund(piece.text) for piece in row):
        return None
    money = [c for c in header.columns if c.role in MONEY_ROLES and c.role != "execution_rate"]
    under: list[tuple[Column, Piece]] = []
    for piece in row:
        above = [c for c in money if c.at <= piece.column]
        if not above:
            return None
        under.append((above[-1], piece))
    split = [column for column, _ in under]
    rest = [c for c in header.columns if c not in split]
    funds = [column._replace(at=piece.column, fund=piece.text) for column, piece in under]
    return header._replace(columns=tuple(sorted([*funds, *rest], key=lambda c: c.at)))


GROUP: Final = re.compile(
    r"(?:.{0,8}指标|投入|过程|产出|效[益果]|决策|管理效率|履职效能|社会效应|运行成本|服务满意|.{0,6}满意度指标)(?:[（(]\d+(?:\.\d+)?分?[)）])?"
)
"""Names of groups of indicators (产出指标（50分）, 数量指标, 过程), not of an indicator."""

SCORING: Final = re.compile(r"评分|计分|扣分标准|评价标准|评分细则|评价要点")
"""Heads of columns that hold rules of scoring (每低1个百分点扣1分): constants, no facts."""
