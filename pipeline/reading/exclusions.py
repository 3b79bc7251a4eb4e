"""Numerals of the prose that are no facts, each with the words that show it.

In: the text before a numeral, the numeral, the text after it (whitespace removed). Out: a reason
of `schemas.facts.ExclusionReason` or None. The rule it protects: no numeral is dropped without
positive evidence, and one with a money unit or % only as threshold, formula or name.
Source: facts-contract.md, "Not facts".
"""

import re
from functools import lru_cache
from typing import NamedTuple

from schemas.facts import ExclusionReason

_YEAR = r"(?:19|20)\d\d"
_MONEY = r"(?:亿元|百万元|千元|万元|元|亿|万|美元|万美元|％|%)"
_UNIT = rf"(?:{_MONEY}|[\u4e00-\u9fff]{{1,3}}?(?:[（(][\u4e00-\u9fff][)）])?)"
_BOUND = (
    r"(?:[（(](?:含|不含)[^）)]{0,6}[)）]|及|（含）)*(?:以上|以下|以内|以外|之内)"
    r"(?:[（(]不?含[^）)]*[)）])?的?"
)
_LIST_START = r"(?:^|[。；;：:！!？?，,）)”])"


class Rule(NamedTuple):
    """A numeral is excluded where all three patterns hold (empty: no condition)."""

    reason: ExclusionReason
    before: str
    number: str
    after: str


_RULES: tuple[Rule, ...] = (
    # -- formula and threshold: the only reasons that may take a money amount or a rate
    Rule("formula", r"[×✕*÷／/＊][（(]?$", r"100|1|\d{1,3}", r"[%％]|小时|[）)]?[=＝]"),
    Rule("formula", r"[×✕÷]$", r"\d+", r""),
    Rule("formula", r"", r"\d{1,2}", r"[×✕]\d"),
    Rule(
        "threshold",
        r"(?:单价|单位价值|单台价值|原值|单项价值|单件价值)(?:在|为|达|达到|超过|大于|高于|人民币)*$",
        r".*",
        rf"{_UNIT}?(?:人民币)?[（(]?(?:含|及|以)",
    ),
    Rule(
        "threshold",
        r"",
        r".*",
        rf"(?![%％]){_UNIT}?{_BOUND}(?=[\u4e00-\u9fff“])(?!且|并|较|达标|为优|完成|和满意)",
    ),
    # 达到95%以上群众满意 is a level that is reached; 占比10%以上项目 one that selects.
    Rule(
        "threshold",
        r"(?<![达现成在于至到])$",
        r".*",
        rf"[%％]{_BOUND}(?=[\u4e00-\u9fff“])(?!且|并|较|达标|为优|完成|和满意)",
    ),
    Rule(
        "threshold",
        r"",
        r".*",
        rf"{_UNIT}?(?:[（(]含[^）)]{{0,6}}[)）]|及)*(?:以上|以下)的(?:[，,。；;]|$)",
    ),
    Rule(
        "threshold",
        r"(?:大于|小于|高于|低于|超过|超|超出|不足|不满|未达到|未达|没有达到|达到|达|满|不低于|不高于|≥|≤|>|<|＞|＜|等于)(?:等于|或等于|了)?$",
        r".*",
        rf"{_UNIT}?(?:[（(]含[^）)]*[)）])?(?:以上|以下)?的(?!目标|要求|水平|任务|标准|指标|主要|原因|比例|良好|较高|历史)",
    ),
    # -- names in quotation marks and titles
    Rule("document_number", r"[〔【\[［（(]$", _YEAR, r"[〕】\]］）)](?:第)?[\d０-９]+号"),
    Rule("document_number", rf"[〔【\[［（(]{_YEAR}年?[〕】\]］）)](?:第)?$", r"\d+", r"号"),
    Rule("document_number", r"[\u4e00-\u9fff](?:第|字第?)$", r"\d+", r"号"),
    Rule("document_number", rf"(?:发|办|字|函|财|预|综|政){_YEAR}-?$", r"\d+", r"号"),
    Rule("document_number", r"[〔【\[［]$", _YEAR, r"[〕】\]］]"),
    # -- time
    Rule("year", r"", rf"{_YEAR}(?:\.\d\d)?", r"(?:学|财政|预算)?年"),
    Rule("ordinal", r"", rf"\d{{1,2}}\.{_YEAR}", r"年"),
    Rule("date", r"", rf"{_YEAR}\.(?:0?[1-9]|1[0-2])", r"(?:\.\d|[月日至到~～—\-－）)]|[，。；]|$)"),
    Rule("date", rf"{_YEAR}\.\d{{1,2}}[至到~～—\-－]+$", rf"{_YEAR}\.(?:0?[1-9]|1[0-2])", r""),
    Rule("date", rf"{_YEAR}\.\d{{1,2}}\.$", r"\d{1,2}", r""),
    Rule("date", rf"{_YEAR}[-/—－]$", r"\d{1,2}", r"(?:[-/月－]|$|[，。；）)])"),
    Rule("date", rf"{_YEAR}[-/－]\d{{1,2}}[-/－]$", r"-?\d{1,2}", r""),
    Rule("year", r"", _YEAR, rf"(?:[—\-－~～至到/、和及与](?:{_YEAR})年?|[-—－~～至到]$)"),
    Rule("year", rf"{_YEAR}年?度?[—\-－~～至到/、和及与]+$", _YEAR, r""),
    Rule("date", r"", _YEAR, r"[-/－.]\d{1,2}[-/－.]\d"),
    Rule("year", r"[（(]$", _YEAR, r"[）)]"),
    Rule("year", r"(?:^|[，。；：])$", _YEAR, r"(?=[全本各市区县省我])"),
    Rule("year", r"", r"\d{2}", r"年(?:度|初|底|末|\d{1,2}月)"),
    Rule("deadline", r"", r"\d{1,2}", r"(?:月份?|日|号)?(?:底|末)?(?:之|以)?前"),
    Rule("date", r"", r"\d{1,2}(?:\.\d{1,2})?", r"月(?!度?一次|工资|社会|均)(?:份|底|初|末|上旬|中旬|下旬|\d|，|。|至|到|以来|[\u4e00-\u9fff]|[-—~－）)]|$)"),
    Rule("date", r"", r"\d{1,2}", r"[-—–－~～至到、和](?:次年)?\d{1,2}月"),
    Rule("date", r"月份?$", r"\d{1,2}", r"(?:日|号|[-—–－~～至到、]\d{1,2}(?:日|号))"),
    Rule("date", r"\d月\d{1,2}[日号]?[-—–－~～至到、和]$", r"-?\d{1,2}", r"(?:日|号)"),
    Rule("date", r"", r"\d{1,2}", r"[:：]\d\d(?!\d)"),
    Rule("date", r"\d{1,2}[:：]$", r"\d\d", r""),
    Rule("date", r"(?:上午|下午|早|晚|每日|\d日)$", r"\d{1,2}", r"(?:时|点)"),
    Rule("date", r"第$", r"\d", r"季度"),
    Rule("deadline", r"", r"\d+", r"个?(?:工作|自然)?(?:日|天|小时|月|年)(?:之|以)?内"),
    Rule("date", r"(?:近|前|后|未来|今后|连续|过去|每|每隔|至少|为期|满)$", r"\d{1,2}", r"(?:个?月|年|天|日)"),
    # -- numbering
    Rule("ordinal", r"第$", r"\d+", r""),
    Rule("form_number", r"(?:公开|财决|财预|决算|预算|附)$", r"\d{1,3}", r"(?:-\d+)?表"),
    Rule("form_number", r"(?:附|图|表|附表|附图|附件|附录|图表)$", r"\d{1,3}", r"(?:[:：.、\-－）)》”。，；]|$|[\u4e00-\u9fff](?!元|个|家))"),
    Rule("form_number", r"(?:附|图|表|附表|附图|附件|附录|图表)\d{1,3}[-－—]$", r"\d{1,3}", r"(?:[:：.、)》”。，；]|$|[\u4e00-\u9fff](?!元|个|家))"),
    Rule("ordinal", r"(?:目标|任务|指标|项目|步骤|问题|措施|编号|序号|备注|注)$", r"\d{1,2}", r"(?:[:：.、）)]|-\d|完成情况|实际完成)"),
    Rule("ordinal", r"(?:^|[（(])$", r"\d{1,2}", r"[)）](?!台|辆|个(?!人))"),
    Rule("ordinal", _LIST_START + r"$", r"\d{1,2}", r"(?:[、．]|\.(?!\d))(?!\d+(?:\.\d+)?(?:万元|元|%|个|人|家|项|次|和))"),
    Rule("ordinal", r"(?:^|[。；;：:])$", r"\d{1,2}", r"[)）]"),
    Rule("ordinal", r"(?:^|[^\w])[“\"]$", r"\d{1,2}", r"(?:[、．]|\.(?!\d))[\u4e00-\u9fff]"),
    Rule("ordinal", r"(?:^|[。；;])$", r"\d{1,2}", r"[“\"][\u4e00-\u9fff]"),
    Rule("ordinal", r"(?:^|[。；;])$", r"\d{1,2}", r"[“\"‘][、.．]"),
    Rule("ordinal", r"(?:排名|排|位列|位居|列|前|名列|居)(?:全国|全省|全市|全区|全县|第|全)*$", r"\d{1,2}", r"(?:名|位|强|$|[，。；])"),
    Rule("page_number", r"^[-—–－~]*$", r"-?\d{1,4}", r"[-—–－~]*$"),
    Rule("page_number", r"^第$|^第\d+页[，,/]?共$", r"\d+", r"页"),
    # -- codes, names, telephones
    Rule("telephone", r"(?:电话|热线|传真|手机|邮编|号码|拨打)[^。；;]{0,14}$", r"[\d.-]{3,}", r"(?!\.?\d*[余多]?(?:[万亿元%个人次件起条户宗通例项]))"),
    Rule("telephone", r"(?:电话|传真|手机)[:：]$", r"\d", r"[XxＸ*]{3}"),
    Rule("telephone", r"\d{3,4}[-－—]$", r"-?\d{7,8}", r""),
    Rule("telephone", r"", r"0\d{2,3}", r"[-－—]\d{7,8}"),
    Rule("code", r"[\[［【]$", r"\d{3,9}", r"[\]］】][\u4e00-\u9fff]"),
    Rule("code", r"[A-Za-z][-－]?$", r"-?\d+(?:\.\d+)?", r""),
    Rule("code", r"", r"\d+(?:\.\d+)?", r"(?![kK][mMgGwW]|[mMgGtT][²³23]?(?![A-Za-z])|[MGT]B?(?![A-Za-z]))[A-Za-z]"),
    Rule("name", r"[“‘\"「]$", r"[\d.]+", r"(?:[”’\"」]|[+＋·•・／/]\d?)"),
    Rule("name", r"[“‘\"「][^”’\"」]{0,12}[+＋·•・]$", r"\d+", r""),
    Rule("name", r"", r"\d{1,2}", r"[+＋·•・](?:\d{1,2}|[NXn])(?:[+＋·•・]|[”’\"」\u4e00-\u9fff])(?!元|万)"),
    Rule("name", r"\d[+＋·•・]$", r"\d{1,2}", r"(?:[+＋·•・]|[”’\"」])"),
    Rule("name", r"《[^》]*$", r".*", r"[^《]*》"),
    Rule("name", r"[“‘\"「][^“”‘’\"「」]{0,30}$", r"\d+", r"[^“”‘’\"「」]{2,40}[”’\"」](?:等|专项|建设)?(?:项目|工程|平台|活动|行动|计划|系统|模式|政策|品牌|课程|案)"),
    Rule("name", r"(?<![共为有达施设立成加少])$", r"\d{2,5}", r"(?:经费|办公室|工程|专项|行动|热线|平台|模式)"),
    Rule("name", r"", r"\d+", r"号(?:楼|院|线|门|路|地块|店|厅|库|机|桥|井|馆|$|[，。；])"),
    Rule("name", r"(?:路|街|巷|弄|道)$", r"\d+", r"(?:号|弄)"),
    Rule("name", r"", r"\d{1,2}", r"(?:级(?:响应|以上|医院|标准)|型糖尿病|后青年|后干部)"),
    Rule("code", r"[（(]$", r"\d{3,}", r"[）)]"),
    Rule("code", r"[（(]$", r"\d{2,7}", r"[类款项][）)]"),
    Rule("code", r"(?:编码|代码|编号|科目[:：]|账号|证号|信用代码)[:：为]?$", r"\d+", r""),
    Rule("code", r"(?:^|[。；;：:、.])$", r"[1235]\d{2}(?:\d\d)?(?:\d\d)?", r"(?!万|元|个|人|余|多|名|家|项|次|亿|户|件|辆|台|套|年|所|座|处|条|批|场|期|份|间|张|位|亩|米|吨|公里|平方|％|%)[\u4e00-\u9fff（(“]{3,}"),
    Rule("code", r"(?:^|[。；;：:、.）)])$", r"[1235]\d{2}(?:\d\d){0,2}", r"[-—－][\u4e00-\u9fff]{2,}"),
    Rule("code", r"(?:^|[。；;：:])$", r"\d{6}(?:\d{3})?", r"[\u4e00-\u9fff]{3,30}(?:局|委|委员会|中心|学校|院|所|处|队|站|办|本级|政府)"),
    Rule("code", r"", r"\d{12,}", r""),
    Rule("code", r"", r"\d{1,2}\.[1-3]\d{4}(?:\d\d)?", r"[\u4e00-\u9fff（(“]{2}"),
)  # fmt: skip

_COMPILED = tuple(
    (rule, re.compile(f"(?:{rule.before})"), re.compile(rule.after)) for rule in _RULES
)
_NUMBERS = {rule.number: re.compile(rule.number) for rule in _RULES}


@lru_cache(maxsize=1 << 12)
def _for_number(printed: str) -> tuple[tuple[Rule, re.Pattern[str], re.Pattern[str]], ...]:
    """The rules that may hold for a number, each with its words before and after."""
    fitting = {number for number, pattern in _NUMBERS.items() if pattern.fullmatch(printed)}
    return tuple(one for one in _COMPILED if one[0].number in fitting)


def exclude(before: str, printed: str, after: str) -> tuple[ExclusionReason, str] | None:
    """Why the numeral is no fact, and the words that show it.

    >>> exclude("截至", "2024", "年末，")
    ('year', '截至2024年末，')
    >>> exclude("单价", "100", "万元以上设备")[0]
    'threshold'
    >>> exclude("合格率达", "95", "%以上。") is None
    True
    """
    if _numbered(before, printed, after):
        return "ordinal", f"{before[-6:]}{printed}{after[:8]}"
    near = before[-40:]
    for rule, left, right in _for_number(printed):
        if not right.match(after):
            continue
        if rule.before and not left.search(near if "^" not in rule.before else before):
            continue
        return rule.reason, f"{before[-6:]}{printed}{after[:8]}"
    return None


def _numbered(before: str, printed: str, after: str) -> bool:
    """An item inside running text, right behind a word: its predecessor stands before it."""
    mark = after[:1]
    if not re.fullmatch(r"[1-9]\d?", printed) or mark not in "、.．" or not mark:
        return False
    if re.match(r".\d", after):
        return False
    number = int(printed)
    return number > 1 and bool(re.search(rf"(?<![\d.]){number - 1}{re.escape(mark)}\D", before))
