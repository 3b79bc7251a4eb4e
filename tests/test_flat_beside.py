"""机构运行信息表: items that go on beside themselves, in a grid and flattened; and headers that take
a member's name for another's (小计 其中：教育收费, 基本支出 behind 年初结转)."""

import pytest

from pipeline.documents.content import read_content
from pipeline.documents.limits import Limits
from pipeline.extraction import extract
from pipeline.reading.flat_beside import beside

ROWS = """项目	行次	预算数	决算统计数	项目	行次	统计数
栏次		1	2	栏次		3
一、“三公”经费支出	1	—	—	四、机关运行经费	6	31.20
（一）支出合计	2	9.00	12.40	（一）行政单位	7	31.20
1．因公出国（境）费	3			（二）参照公务员法管理事业单位	8
2．公务用车购置及运行维护费	4	6.00	11.00	五、国有资产占用情况	9	—
（1）公务用车购置费	5		7.00	（一）车辆数合计（辆）	10	3
（2）公务用车运行维护费	6	6.00	4.00	1．主要负责人用车	11
3．公务接待费	7	3.00	1.40	2．单价100万元（含）以上设备（台，套）	12	2
二、会议费	8	—	0.60	六、政府采购支出合计	13	8.80
""".splitlines()
HEAD = "某某市某某局2031年度部门决算\n\n机构运行信息表\n单位：万元\n"
WANTED = {
    ("actual", "operating_expense", "31.20", "万元"),
    ("budget", "total", "9.00", "万元"),
    ("actual", "total", "12.40", "万元"),
    ("actual", "行政单位", "31.20", "万元"),
    ("budget", "vehicles", "6.00", "万元"),
    ("actual", "vehicles", "11.00", "万元"),
    ("actual", "vehicle_purchase", "7.00", "万元"),
    ("actual", "车辆数合计", "3", "辆"),
    ("budget", "vehicle_operation", "6.00", "万元"),
    ("actual", "vehicle_operation", "4.00", "万元"),
    ("budget", "reception", "3.00", "万元"),
    ("actual", "reception", "1.40", "万元"),
    ("actual", "单价100万元（含）以上设备（台，套）", "2", "万元"),
    ("actual", "meetings", "0.60", "万元"),
    ("actual", "政府采购支出合计", "8.80", "万元"),
}
INCOME = """收入支出决算总表
单位：万元
收入 支出
项目 决算数 项目 决算数
一、一般公共预算财政拨款收入 16.00 一、社会保障和就业支出 7.00
二、其他收入 3.00 二、农林水支出 12.00
本年收入合计 19.00 本年支出合计 19.00
总计 19.00 总计 19.00

收入决算表
单位：万元
项目
本年收入合计 财政拨款收入
上级补助收入
事业收入
经营收入
附属单位上缴收入
其他收入
功能分类科目编码 科目名称 小计 其中：教育收费
合计 19.00 16.00 3.00
208 社会保障和就业支出 7.00 7.00
20805 行政事业单位养老支出 7.00 7.00
2080505 机关事业单位基本养老保险缴费支出 7.00 7.00
213 农林水支出 12.00 9.00 3.00
21303 水利 12.00 9.00 3.00
2130301 行政运行 12.00 9.00 3.00
"""
FUND = """财政拨款收入支出决算总表
单位：万元
收入 支出
项目 决算数 项目 合计 一般公共预算财政拨款 政府性基金预算财政拨款
一、一般公共预算财政拨款 16.00 一、农林水支出 16.00 16.00
二、政府性基金预算财政拨款 5.00 二、城乡社区支出 5.00 5.00
本年收入合计 21.00 本年支出合计 21.00 16.00 5.00
总计 21.00 总计 21.00 16.00 5.00

政府性基金预算财政拨款收入支出决算表
单位：万元
项目 本年支出
功能分类
科目编码 科目名称
年初结转和
结余
本年收入
小计 基本支出 项目支出
年末结转
和结余
合计 5.00 5.00 5.00
212 城乡社区支出 5.00 5.00 5.00
21208 国有土地使用权出让收入安排的支出 5.00 5.00 5.00
2120804 农村基础设施建设支出 5.00 5.00 5.00

支出决算表
单位：万元
科目编码 科目名称 本年支出合计 基本支出 项目支出
合计 21.00 12.00 9.00
212 城乡社区支出 5.00 5.00
21208 国有土地使用权出让收入安排的支出 5.00 5.00
2120804 农村基础设施建设支出 5.00 5.00
213 农林水支出 16.00 12.00 4.00
21303 水利 16.00 12.00 4.00
2130301 行政运行 12.00 12.00
2130305 水利工程建设 4.00 4.00
"""


def read(text: str):
    return extract(read_content("甲.txt", text.encode(), Limits()))


def flattened(ordinals: bool) -> str:
    lines = []
    for line in ROWS:
        cells = line.split("\t")
        kept = [c for n, c in enumerate(cells) if c and (ordinals or n not in (1, 5))]
        if ordinals or cells[0] != "栏次":
            lines.append(" ".join(kept))
    return "\n".join(lines)


@pytest.mark.parametrize(
    "body",
    ["\n".join(ROWS), flattened(True), flattened(False)],
    ids=["制表符", "空格有行次", "空格无行次"],
)
def test_items_beside_items(body: str) -> None:
    extraction = read(HEAD + body + "\n")
    facts = {(f.row, f.column, f.raw, f.unit) for f in extraction.facts}
    assert facts == WANTED
    thresholds = [d.numeral.text for d in extraction.dispositions if d.reason == "threshold"]
    assert thresholds == ["100"]


def test_a_lone_number_that_fits_both_phases_stays_out() -> None:
    lines = [line for line in flattened(False).splitlines() if "购及运行" not in line]
    body = "\n".join(line.replace("11.00", "4.00").replace("12.40", "5.40") for line in lines)
    facts = {(f.row, f.column) for f in read(HEAD + body + "\n").facts}
    assert not {(row, "vehicle_purchase") for row in ("budget", "actual")} & facts


@pytest.mark.parametrize(
    "header",
    [("项目", "预算数", "决算数"), ("项目", "金额", "项目", "金额")],
    ids=["单栏", "无阶段"],
)
def test_other_headers_are_not_beside(header: tuple[str, ...]) -> None:
    assert beside((header,)) == ()


def test_a_subtotal_before_tuition_is_not_the_appropriation() -> None:
    facts = {(f.row, f.column, f.raw) for f in read("某局2031年度部门决算\n\n" + INCOME).facts}
    assert {("total", "fiscal_appropriation", "16.00"), ("total", "other", "3.00")} <= facts
    assert ("208", "fiscal_appropriation", "7.00") in facts
    assert ("208", "other", "7.00") not in facts


def test_income_of_a_fund_is_placed_by_the_summary() -> None:
    facts = [
        (f.column, f.raw, f.placed_by)
        for f in read("某局2031年度部门决算\n\n" + FUND).facts
        if f.statement == "government_fund" and f.row == "212"
    ]
    assert [fact[:2] for fact in facts] == [
        ("income", "5.00"),
        ("total", "5.00"),
        ("project", "5.00"),
    ]
    assert facts[0][2] == "assumed_empty"


def test_codes_are_never_amounts() -> None:
    """One cell a line, a header of two rows whose merged cells stand once: no column is certain."""
    rows = [
        ("213", "农林水支出", "12.00", "15.00", "3.00"),
        ("21303", "水利", "12.00", "15.00", "3.00"),
    ]
    head = "科目编码\n科目名称\n2030年预算数\n2031年预算数\n2031年预算数\n\n\n\n\n小计\n小计\n基本支出\n\n"
    body = "\n".join("\n".join(row) + "\n" for row in rows)
    text = "某局2031年部门预算\n\n一般公共预算支出表\n单位：万元\n" + head + body
    assert not [f for f in read(text).facts if f.raw == f.row]


def test_ordinals_with_gaps_are_no_amounts() -> None:
    text = """某局2031年度部门决算

收入支出决算总表
单位：万元
收入 支出
项目 行次 金额 项目 行次 金额
栏次 1 栏次 2
一、一般公共预算财政拨款收入 1 50.00 一、一般公共服务支出 32
二、政府性基金预算财政拨款收入 2 五、教育支出 36 45.00
五、事业收入 5 1.00 八、社会保障和就业支出 39 4.00
十九、住房保障支出 50 2.00
本年收入合计 27 51.00 本年支出合计 58 51.00
年初结转和结余 29 年末结转和结余 60
总计 31 51.00 总计 62 51.00
"""
    facts = {(f.row, f.raw) for f in read(text).facts}
    assert ("expenditure:住房保障支出", "2.00") in facts
    assert ("income:事业收入", "1.00") in facts
    assert len(facts) == 9 and all("." in raw for _, raw in facts)
