"""The words before a number, without what the contract takes off them: the subject.

In: printed words, and the name of the body that speaks. Out: the row, which is printed words and
never words of our own, and the label it comes from. Source: facts-contract.md, Claims: `row`.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.text import strip_ordinal

YEAR = r"(?:19|20)\d\d"
# （类）; some provinces print the code with it: （208类）, （05款）.
MARKER = re.compile(r"[（(](?:\d{2,7})?([类款项])[)）]")
_THEN = rf"(?:{YEAR}年?度?|上年度?|上一年度?|去年度?|前年|年初|本年|同期|上期|当年|以前年度|年初预算数?|全年预算数?|预算数?|目标值?|计划数?)"
COMPARED = re.compile(
    rf"(?:按)?(?:同口径|可比口径)(?:比|较|与)?(?:{_THEN})?(?:相比|比较|同期)?|(?:与|同|和|较)(?:于)?{_THEN}[^，。；]{{0,16}}?(?:相比较|相比|相较|比较|对比|比)(?:，)?"
    rf"|(?:比|较|相比|相较|对比|相对于|相比于)(?:于)?{_THEN}"
    r"(?:同期|年初|年末|当年|全年|年度|预算|决算|执行|支出(?!总计|合计)|收入(?!总计|合计|、)|数|总额|财政拨款|部门|编制|安排|调整|的|增减变化|期)*"
    r"|同比|环比"
)

_MEASURE_ONLY = re.compile(
    r"^(?:(?:本年|全年|当年|年度|年初|实际|累计|合计|总)*(?:支出|收入|部门)?(?:调整后?|追加后?)?(?:年初|全年)?"
    r"(?:预算|决算|执行|预决算)(?:执行)?(?:数|安排|安排数|总额|金额|完成数)?"
    r"|(?:预算)?安排(?:预算|资金|规模)?|预算(?:总)?规模|(?:共|共计|合计|累计|总|所)?涉及(?:(?:项目)?(?:财政|预算)?(?:总)?(?:资金|金额|支出)(?:总额|总金额|合计|共|共计)?)?"
    r"|(?:实际)?完成(?:数|情况|(?:年初|全年|调整后?|当年|年度)*预算数?)?|占(?![用有地领]).*|新增|调整数|实际支出数|共|共计|合计为|其|两者|支出数)$"
)
BUDGET_END = re.compile(
    r"(?:（[^）]*）)?(?:年初|全年|本年|当年|(?<!\d)年度|调整后|调整|追加后|最终|核定|批复|调整后的)*(?:总)?预算(?:数|安排数|安排|批复数|总数)?$"
)
FUND_NAME = re.compile(
    r"(?:一般公共|政府性基金|国有资本经营|社会保险基金|社保基金)预算$|^(?:公共财政|基金)预算$"
)
FINAL_END = re.compile(
    r"(?:实际)?决算(?:数|总数|总额|完成数)?$|(?:全年|实际|累计|当年|预算|全年预算)*执行(?:数|金额)?$|(?:总数|总数量)$|实际完成数$"
)
_END = re.compile(
    r"(?:没有达到|没有完成|未能达到|未达到|未完成|不低于|不少于|不高于|不超过|不大于|大于等于|小于等于|大于或等于|大于|小于|高于|低于|多于|少于"
    r"|超过|超额|控制在|保持在|稳定在|维持在|提高到|提升到|提升至|提高至|增加到|增加至|增至|上升到|上升至|下降到|下降至|降低到|降低至|减少到|减少至|降至|压减至|压减到"
    r"|达到|达|(?<![生人户年车台])均|各|为|是|约|近|按照|依照|分别|共计|总计为|总共|仅|只有|只|已完成|已达|已经|已|了|等于|≥|≤|＞|＜|>|<|=|＝|[“‘\"「《（(]|[:：、，,]|——|—|共有|共|由|从|自|增至|到|至|逾|有|均在|(?<![存现])在|[-－−]|将近|接近|平均)$"
)
_FRONT = re.compile(
    r"^(?:\d{1,2}[“\"][、.．]|其中(?:有|，|：|,|:)*|[，、：；。,:;”’）)》」]|[一二三四五六七八九十]是|第[一二三四五六七八九十][，、,]|首先|此外|另外|另(?=有)|同时|并且|并(?!购|联)|且|又|还(?!款|贷|本|建)|也"
    r"|(?:再)?加上|相比(?:于)?|相较(?:于)?|按(?=生均|人均)|以及|及(?!时|格)|和(?!谐|平|睦)|与(?!会)|或|的(?!士)|了(?!解)|含(?!税|量)|包含|分别(?:为|是)|等(?!级|待|候|次)|以上|余(?!额)|多(?!元|样|媒|功)"
    r"|年中(?:财政)?追加(?:了)?|追加(?:了)?|(?:[^，。；、“]{0,14}(?:单位|机关|部门|学校|本级))?财政拨款(?:开支|安排)?的(?!资金|项目)|主要(?:用于|是|为|包括|有)|主要(?:变动)?原因(?:是|为)?|原因(?:是|为)|由于|因为"
    r"|(?:与|比|较|同)(?=(?:19|20)\d\d年|上年|去年|年初)|进行|(?:\d{1,2}\.)?[1-3]\d{2}(?:\d\d){0,2}[-—－]?(?=[\u4e00-\u9fff（“])(?![年月日万亿元个人家项次户])"
    r"|因(?!公|素|病|地|此|人|私)|是(?!否)|故(?!事|障|意|居|宫)|[^，。：；]{0,12}原因(?:是|为)|[+＋~～]|的?[^，。；]{0,6}?比例进行)"
)
_TIME = re.compile(
    rf"^(?:{YEAR}(?=[全本各市区县省])|{YEAR}年?[-—~～至]{YEAR}年?度?|{YEAR}\.\d\d年|{YEAR}(?:学|财政|预算)?年\d{{1,2}}月(?:\d{{1,2}}日|底|末|份)?(?![-—~～至\d])"
    rf"|{YEAR}(?:学|财政|预算)?年(?:度)?(?:期末|初|底|末|内|当年|期间|全年(?!预算|执行|决算)|以来)?"
    r"|截[至止](?:到)?[^，。；]{0,18}?(?:日|底|末|目前|前)|(?:到|至)目前|目前为止|目前|全年(?!预算|执行|决算)|当年|本年度|年度内|年内|今年(?:以来)?|去年"
    r"|上年度?(?=(?:同期|预算|决算|执行|支出决算|数)|$)|同期|当前|年度(?=预算|决算))"
)
_VERB = re.compile(
    r"^(?:拟?(?:内设|下属|所属|下辖|召开|举办|组织|参加|承办|举行|聘请|购买|选派|建成|建设|成立)$|共有|现有|设有|下设|配有|有(?!关|效|偿|机|色|限|害|线)|共计(?=.)(?!支出)|共接待|共(?!同|享|产|青|建|用|性|计支出)"
    r"|设立(?:了)?|设置(?:了)?|设(?!备|施|计|定)|配备|开展(?:了)?|完成(?:了)?(?!率|预算|年初|全年|情况|的|进度|比)|实现(?:了)?(?!率)|涉及|涵盖|包括"
    r"|(?:部门|单位)?开支(?:财政拨款的)?|财政拨款开支的|已(?!经)|选取(?:了)?|组织对|对(?!外|口|个人|企业|附属|社会|象|下|账|照))"
)
_BODY = re.compile(
    r"^(?:(?:我|本)(?:部门|单位|局|级(?!$)|机关|中心|校|院|所|站|办|处|委|区|县|市|街道|镇|乡|系统|队|馆|会|园|厅|省|州)"
    r"(?:本级|机关(?!运行))?(?:及(?:其)?(?:下属|所属)(?:各)?(?:预算)?单位)?(?:部门(?!整体|预算|决算))?"
    r"|(?:各?部门|单位|街道|机关|学校|全校|医院|全院|法院|检察院)(?=共有|现有|全年|开支|设有|下设|有(?!关|效)))"
)
# 城乡社区支出 is an account, no body of that name.
_ORGANISATION = re.compile(
    r"^(?!纳入|列入|编入|城乡|城市|社区|乡村|农村|区域|市场(?!监)|市政|城镇|镇村)(?=[^，。；：“（]{0,30}(?:[省市区县州旗盟镇乡]|街道|中国|中共|国家))[^，。；：0-9“（]{2,30}?"
    r"(?:局|厅|委员会|办公室|政府办|委办|中心|研究院|研究所|学校|小学|中学|大学|学院|幼儿园|医院|法院|检察院|办事处|政府|协会|联合会|总工会|大队|支队|总队"
    r"|管理处|管理所|派出所|管委会|工作部|宣传部|组织部|统战部|图书馆|博物馆|文化馆|档案馆|纪委监委|党校|公司|委|部|院|馆|园|会|校|社|台|[市区县乡镇]|站|所|处|队)"
    r"(?:本级|机关(?!运行))?(?:[（(](?:[^）)]{1,8}|以下简称[^）)]*)[)）])?(?:部门(?!整体))?(?:[（(](?:部门|单位)[)）])?(?:及(?:其)?(?:下属|所属)(?:各)?(?:预算)?单位)?"
    r"(?=(?:19|20)\d\d年|收入|支出|总收入|总支出|收支|收、支|机关运行|机构运行|机构经费|政府采购|一般公共预算|财政|政府性基金|国有资本|“三公”|共有|编制|下属|内设"
    r"|本年|决算|年初|全年|整体支出|部门整体|项目支出|基本支出|人员编制|行政编制|事业编制|公务用车|公务接待|国内公务|因公|会议费|培训费|固定资产|现有|实有|设有?$|下设|负责管理)"
)
_FEE_SPENDING = re.compile(
    r"(?P<fee>(?<!缴)费(?:[（(][^）)]*[)）])?)(?:财政拨款支出|支出|财政拨款)$"
)
_NOT_A_NAME = re.compile(
    r"组织|开展|进行|实施|根据|按照|依据|为(?!民)|是|通过|用于|原因|对|由于|坚持|要求|如下|存在|相比|持平|一致|方面|分别|以来"
)


PERIOD = re.compile(r"\d{1,2}[-—–至]\d{1,2}月份?")
# 公务接待费2023年决算数: the year between the subject and its measure.
_TIME_BEHIND = re.compile(rf"(?<=..)(?:{YEAR}年度?|去年)的?$")
_QUOTES = '“”‘’"'
_NO_SUBJECT = frozenset("比较与同和及的了等其在将把被按对共约为一二三四五")


class Subject(NamedTuple):
    """A row and the printed words it comes from (因公出国（境）费支出 → 因公出国（境）费)."""

    row: str = ""
    label: str = ""


@lru_cache(maxsize=64)
def _body_names(name: str) -> re.Pattern[str] | None:
    """The names under which a body speaks of itself: its name and the tails of it."""
    plain = re.sub(r"[（(][^）)]*[)）]$", "", name)
    tails = [plain[i:] for i in range(len(plain) - 2)]
    if not tails:
        return None
    names = "|".join(map(re.escape, tails))
    return re.compile(
        rf"^(?:{names})(?:本级|机关(?!运行))?(?:[（(][^）)]{{1,8}}[)）])?(?:部门(?!整体))?(?:本级|机关(?!运行))?"
        r"(?:[（(](?:部门|单位)[)）])?"
        r"(?:及(?:其)?(?:下属|所属)(?:各)?(?:预算)?单位|所属各(?:预算)?单位|及单位)?"
    )


class Path(NamedTuple):
    """Last name of an account path, the words after the path, and the path as printed."""

    name: str
    tail: str
    label: str


def path_name(text: str) -> Path | None:
    """The account path that the words begin with; None where there is none.

    >>> path_name("住房保障支出（类）住房改革支出（款）住房公积金（项）年初预算为")[:2]
    ('住房公积金', '年初预算为')
    >>> path_name("卫生健康（类）支出")[:2]
    ('卫生健康支出', '')
    >>> path_name("卫生健康支出（类）支出")[:2]
    ('卫生健康支出', '')
    """
    marks = list(MARKER.finditer(text))
    if not marks:
        return _dashed_name(text)
    tail = text[marks[-1].end() :].lstrip('”’"」')
    name = text[: marks[0].start()]
    if len(marks) > 1:
        name = text[marks[-2].end() : marks[-1].start()]
    elif tail.startswith(("支出", "收入")):
        name, tail = name.removesuffix(tail[:2]) + tail[:2], tail[2:]
    if len(marks) == 1:
        name = re.split(r"[，。；：“”、](?=[^，。；：]*$)", name.strip(_QUOTES))[-1]
    label = text[: marks[-1].end()].strip(_QUOTES)
    return Path(_unwrapped(name), re.sub(r"^(?:支出|科目)(?=.)", "", tail), label)


def _unwrapped(name: str) -> str:
    """A name without quotation marks around it, or one that has lost its fellow: “两庭”建设 stays."""
    while name[:1] in ("“", '"') and name.find("”" if name[0] == "“" else '"', 1) in (
        -1,
        len(name) - 1,
    ):
        name = name[1:]
    opened = name.count("“") - name.count("”")
    return name.rstrip(_QUOTES) if opened < 0 or name.endswith('"') else name


def _dashed_name(text: str) -> Path | None:
    """A path written with dashes: “教育支出-普通教育-小学教育”科目."""
    part = r"[\u4e00-\u9fff（）()、]{2,30}"
    match = re.match(
        rf"^[“\"]?(?P<path>{part}(?:[-—－–]{part}){{1,2}})[”\"]?(?:科目)?(?P<tail>.*)$", text
    )
    if not match:
        return None
    name = re.split(r"[-—－–]", match.group("path"))[-1]
    return Path(name.strip(_QUOTES), match.group("tail"), match.group("path"))


def trim_front(text: str, department: str, verbs: bool = True) -> str:
    """Words without what the contract takes off their front."""
    body = _body_names(department) if department else None
    while text:
        shorter = strip_ordinal(text)
        for pattern in (_FRONT, _TIME, body, _BODY, _ORGANISATION, _VERB if verbs else None):
            if pattern is not None:
                shorter = pattern.sub("", shorter, count=1)
        if shorter == text:
            return text
        text = shorter
    return text


def trim_end(text: str) -> str:
    """Words without the light words that lead over to the number."""
    while True:
        shorter = _END.sub("", text, count=1)
        if shorter == text:
            return text
        text = shorter


def clean_subject(text: str, department: str) -> Subject:
    """The subject in words that carry no measure any more."""
    text = trim_front(text, department, verbs=False)
    if measure_only(text):
        return Subject()
    text = _unquoted(_TIME_BEHIND.sub("", trim_end(trim_front(trim_end(text), department))))
    if (
        _MEASURE_ONLY.match(text)
        or PERIOD.fullmatch(text)
        or text in _NO_SUBJECT
        or re.fullmatch(YEAR, text)
    ):
        return Subject()
    return Subject(_FEE_SPENDING.sub(lambda match: match.group("fee"), text), text)


def _unquoted(text: str) -> str:
    """A name that stands in quotation marks as a whole, or has lost the opening one."""
    whole = re.fullmatch(r"[“\"](?P<name>[^“”\"]+)[”\"]|(?P<rest>[^“]+)”", text)
    return (whole["name"] or whole["rest"]) if whole else text


def measure_only(words: str) -> bool:
    """True where the words only name a measure: 支出决算：, 全年预算数."""
    return bool(_MEASURE_ONLY.match(re.sub(r"的$", "", trim_end(words))))


def name_of_clause(text: str, department: str) -> str:
    """The subject that a clause without a number gives, '' when it is no name."""
    path = path_name(text)
    if path and MARKER.search(text):
        return path.name
    text = re.sub(r"^[，；：。]*(?:[一二三四五六七八九十]是)?", "", text)
    about = re.fullmatch(r"(?:在|从)?([^在从]{2,24}?)方面(?:看|来看|上)?", text)
    text = about.group(1) if about else text
    compared = COMPARED.search(text)
    if _NOT_A_NAME.search(text[: compared.start()] if compared and compared.start() > 1 else text):
        return ""
    text = trim_front(text.rstrip("（("), department, verbs=False)
    text = re.sub(
        r"(?:圆满|全部|基本|已|顺利|均已)完成$|绩效(?:自评|评价|目标)?(?:综述|情况|结果)$|中$",
        "",
        text,
    )
    if not 2 <= len(text) <= 45 or _MEASURE_ONLY.match(text):
        return ""
    compared = COMPARED.search(text)
    if compared and compared.start() >= 2:
        return clean_subject(without_measure(text[: compared.start()]), department).row
    if re.match(r"^(?:与|比|较|同|在|从|以|按|经|如|其|并|使|当|因|无|未|不|较好)(?!公出国)", text):
        return ""
    return text


def without_measure(words: str) -> str:
    """公务接待费支出决算 → 公务接待费支出; a fund's name stays whole."""
    if FUND_NAME.search(words):
        return words
    if measure_only(words):
        return ""
    return BUDGET_END.sub("", FINAL_END.sub("", words))
