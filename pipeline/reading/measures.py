"""The measure printed right after a number, and the noun that a count stands before.

In: the text after a numeral (whitespace removed). Out: its unit as printed, what kind of quantity
that is, and the noun behind it. The rule it protects: the unit is what the document prints for
that very number, else empty. Source: facts-contract.md, `unit`.
"""

import re
from typing import Literal, NamedTuple

from pipeline.reading.prose import Token

UnitKind = Literal["money", "percent", "points", "count"]


def one_of(words: str) -> str:
    """A pattern of alternatives from words set apart by whitespace; order decides."""
    return "|".join(words.split())


# Words that begin like a measure and are none (人员, 项目, 部门) are kept out by lookahead.
_COUNTED = one_of(
    r"""台（套） 台\(套\) 台套 套（台） 台（件） 件（套） 辆（台） 个百分点 百分点
    平方米 平方公里 立方米 公里 千米 公顷 亩次 亩 吨 人次 批次 场次 人天 人日 车次 户次 件次 班次 架次 家次 台次 例次 个次 人份
    人(?!员|均|民|大|才|工|社|口) 名(?!单|称) 个月 个(?!体) 家(?!庭) 项(?!目) 件 起 辆 台 套 次(?!均) 批 樘 扇 匹
    户(?!籍) 所 座 条(?!例|件) 处(?!理|置) 间 份(?!额) 本 册 张 幅 期 场(?!所|馆|地) 轮 篇
    部(?!门|分|队|委) 支(?!部|队|出) 只 头 株 棵 例 宗 笔 款 类 种(?!植) 门(?!诊|店) 堂 节(?!能|约)
    位(?!于) 对(?!口|全|所|各) 团(?!队|组) 组(?!织) 栋 幢 层(?!级) 眼 口(?!岸) 盏 根 块 片 届 岁 周岁
    ㎡ m² m2 m3 m³ km kg ℃ °C GB TB MB MW kW KW m M G 毫米 厘米 分米 平米 立方 兆瓦 兆 马力
    尾 羽 丛 版 集 首 令 担 捆 单 通 页 格 路 孔 排 天 小时 分钟 年(?!度|级) 度(?!假) 米 千瓦时 千瓦
    成(?=[，。；、）]|以上|左右|多|$) 升 公斤 千克 克 斤 箱 袋 瓶 桶 包 盒 枚 顶 把 床 卷 艘 架 列 趟 遍 字 万字 分(?!之|别|管|局|类|项)"""
)
_MONEY = one_of("亿元 百万元 千元 万元 元 万美元 亿美元 美元")
_UNIT = re.compile(
    rf"(?:余|多|来|几)?(?P<unit>{_MONEY}|%|％|‰|[万亿](?:{_COUNTED})|{_COUNTED}|亿|万)"
)
_MONEY_UNIT = re.compile(rf"{_MONEY}|亿|万")
# 120+80元, 3-5次, 10.5、12.3万元: the measure of the last number is that of the first.
_PAIRED = re.compile(r"(?:[+＋~～—–\-－至]|[、,，和](?=\d+\.\d))\d[\d.,]*")
_NOTE = re.compile(r"[（(][含不][^）)]{0,8}[)）]|(?:以上|以下|左右)(?=[，。；、！？)）]|$)")

_NO_NOUN = one_of(
    r"""包括 正常 顺利 稳定 良好 同步 全面 均 已 的 为 是 全部 全年 共 主要 以上 以下 左右 和 及 与 以及 用于 需 实现 完成 开展 被 占 较 比
    同比 增 减 下降 提高 其中 按 由 在 至 分别 不 无 都 仅 经 通过 合计 累计 即 等 获 到 得 参与 进行 （ \("""
)
_NOUN_START = re.compile(rf"^(?!{_NO_NOUN})[\u4e00-\u9fffA-Za-z“]")
_MARK = r"[，。；：、！？,;:（()）0-9《]"
_NOUN = re.compile(
    rf"^(?P<noun>(?:(?!{_MARK}).){{1,30}}?)(?=开展|进行|编制了|印发|设定了?|设置了|实行|申报了?|对|的|均|已|全部|实施|参加|财政拨款"
    rf"|按|被|纳入|完成(?!$)|达到|(?:以及|和|及|与)\d|{_MARK}|$)"
)
_CLASS_NOUN = re.compile(
    r"^(?:项目|部门|单位|[\u4e00-\u9fff]{0,8}?"
    r"(?:药店|医院|学校|企业|公司|机构|单位|社区|街道|乡镇|村|中心))"
)
_PEOPLE_NOUN = re.compile(
    r"^[\u4e00-\u9fff]{0,10}?(?:人员|职工|教师|学生|干部|党员|群众|老人|儿童|队员|民警|代表|委员|专家"
    r"|医生|护士|工人|村民|居民|负责人|员工|残疾人|病人|患者|困难户|贫困户|儿童|孤儿)(?!代表|委员)"
)
_WITHOUT_NOUN = frozenset(
    one_of(
        """人 万人 人次 万人次 年 天 小时 分 分钟 度 岁 周岁 层 个月 百分点 个百分点 批次 场次 户次"""
    ).split("|")
)


class Number(NamedTuple):
    """A numeral with its measure as printed; `end` is the text position after both."""

    token: Token
    unit: str
    kind: UnitKind
    end: int


def has_unit(after: str) -> bool:
    """True where a measure stands at the beginning of the text."""
    return _UNIT.match(after) is not None


def measure(text: str, token: Token) -> Number:
    """The unit printed after the number, '' where none is printed."""
    rest = text[token.end :]
    match = _UNIT.match(rest)
    if match is None:
        paired = _PAIRED.match(rest)
        later = _UNIT.match(rest[paired.end() :]) if paired else None
        unit = later.group("unit") if later else ""
        return Number(token, unit, _kind(unit), token.end)
    unit = match.group("unit").replace("％", "%")
    end = token.end + match.end()
    note = _NOTE.match(text[end:])
    return Number(token, unit, _kind(unit), end + (note.end() if note else 0))


def _kind(unit: str) -> UnitKind:
    if _MONEY_UNIT.fullmatch(unit):
        return "money"
    if unit in ("%", "‰"):
        return "percent"
    return "points" if unit.endswith("百分点") else "count"


def noun_after(text: str, number: Number) -> str:
    """The noun that a count stands before (4个项目开展了 → 项目), '' where there is none.

    A noun that runs into the next number (3项目自评得分为95分) ends at its class."""
    rest = text[number.end :]
    if number.unit in _WITHOUT_NOUN or not _NOUN_START.match(rest):
        return ""
    match = _NOUN.match(rest)
    noun = match.group("noun").strip("“”") if match else ""
    people = _PEOPLE_NOUN.match(noun) if number.unit in ("名", "位") else None
    if people:
        return people.group(0)
    if not number.unit or re.match(r"\d", rest[len(noun) :]):
        kind = _CLASS_NOUN.match(noun)
        return kind.group(0) if kind and len(noun) > len(kind.group(0)) + 1 else noun
    return noun
