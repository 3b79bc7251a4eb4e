"""Flattened forms as text layers of published PDFs print them; names and numbers are invented."""

from pipeline.documents.text import document_from_text
from pipeline.extraction import extract, read_tables
from schemas.facts import Fact


def facts_of(text: str, name: str = "某某局2024年度部门决算") -> tuple[Fact, ...]:
    return read_tables(document_from_text(f"{name}.txt", text.encode()))


def read(text: str, name: str = "某某局2024年度部门决算") -> dict[tuple[str, str], str]:
    return {(fact.row, fact.column): fact.raw for fact in facts_of(text, name)}


ALTERNATING = """财政拨款“三公”经费支出决算表
单位：万元
财政拨款“三公”经费
公务用车购置及运行维护费
因公出国
合计 公务用车 公务用车 公务接待费
（境）费 小计
购置费 运行维护费
预算数 决算数 预算数 决算数 预算数 决算数 预算数 决算数 预算数 决算数 预算数 决算数
12.50 9.86 0.00 0.00 10.00 8.21 0.00 0.00 10.00 8.21 2.50 1.65
"""


def test_budget_and_actual_of_each_column_beside_one_another() -> None:
    found = read(ALTERNATING)
    names = ("total", "overseas", "vehicles", "vehicle_purchase", "vehicle_operation", "reception")
    assert [found["budget", name] for name in names] == ["12.50", "0.00", "10.00", "0.00", "10.00", "2.50"]  # fmt: skip
    assert [found["actual", name] for name in names] == ["9.86", "0.00", "8.21", "0.00", "8.21", "1.65"]  # fmt: skip


def test_blank_columns_have_neither_and_sums_tell_which() -> None:
    found = read(ALTERNATING.replace("12.50 9.86 0.00 0.00 10.00 8.21 0.00 0.00 10.00 8.21 2.50 1.65",
                                     "12.50 9.86 10.00 8.21 4.00 3.00 6.00 5.21 2.50 1.65"))  # fmt: skip
    assert ("budget", "overseas") not in found
    assert (found["budget", "vehicle_purchase"], found["actual", "vehicle_operation"]) == (
        "4.00",
        "5.21",
    )


CELLS = """“三公”经费和机关运行经费预算表
单位：万元
“三公”经费预算数
机关运行经费预算
数
合计
因公出国(境)费
公务接待费
公务用车购置及运行费
小计
购置费
运行费
8.53
0
1.53
7
0
7
386.02
"""


def test_a_row_of_numbers_below_a_header_one_cell_a_line() -> None:
    found = read(CELLS, "某某局2025年部门预算")
    assert found["budget", "operating_expense"] == "386.02"
    assert (found["budget", "reception"], found["budget", "vehicles"]) == ("1.53", "7")


CODES = """支出预算总表
单位：元
项目
支出预算
功能分类科目编码
功能分类科目名称
合计
基本支出
项目支出
类
款
项
201
一般公共服务支出
3,296,600
3,000,000
296,600
201
05
统计信息事务
3,296,600
3,000,000
296,600
项目
支出预算
功能分类科目编码
功能分类科目名称
合计
基本支出
项目支出
类
款
项
201
05
07
专项普查活动
3,296,600
3,000,000
296,600
合计
3,296,600
3,000,000 296,600
"""


def test_codes_in_three_cells_and_the_header_again_on_a_new_page() -> None:
    found = read(CODES, "某某局2025年部门预算")
    for row in ("201", "20105", "2010507", "total"):
        assert [found[row, c] for c in ("total", "basic", "project")] == ["3,296,600", "3,000,000", "296,600"]  # fmt: skip
    assert len(found) == 12


TWICE = """收入预算总表
单位：元
项目 收入预算
功能分类科目编码
事业单位
功能分类科目名称 合计 财政拨款收入 事业收入 其他收入
经营收入
类 款 项
功能分类科目编码
事业单位
功能分类科目名称 合计 财政拨款收入 事业收入 其他收入
经营收入
类 款 项
208 社会保障和就业支出 160.24 160.24 0.00 0.00 0.00
208 05 行政事业单位养老支出 157.24 157.24 0.00 0.00 0.00
"""


def test_a_header_printed_twice_and_columns_that_only_the_header_tells_apart() -> None:
    found = read(TWICE, "某某局2025年部门预算")
    assert (found["208", "fiscal_appropriation"], found["208", "undertaking"]) == ("160.24", "0.00")
    assert found["20805", "operating"] == "0.00"


ECONOMIC = """一般公共预算财政拨款基本支出决算表
单位：万元
经济分类
科目编码 科目名称 决算数 科目编码 科目名称 决算数
类 款 类 款
301 工资福利支出 28.05 302 商品和服务支出 4.93
301 01 基本工资 20.36 302 01办公费 1.11
机关事业单位基本
301 08 7.69 302 07 邮电费 3.48
养老保险缴费
其他对个人和家庭 其他商品和服务支
303 99 0.00 302 99 0.34
的补助 出
30999 其他 1.00 307
人员经费合计 28.05 公用经费合计 4.93
"""


def test_economic_codes_of_two_cells_beside_one_another() -> None:
    found = read(ECONOMIC)
    assert {row: raw for (row, _), raw in found.items()} == {
        "301": "28.05", "302": "4.93", "30101": "20.36", "30201": "1.11", "30108": "7.69", "30207": "3.48",
        "30399": "0.00", "30299": "0.34", "30999": "1.00", "personnel_total": "28.05", "public_total": "4.93",
    }  # fmt: skip


WRONG_SUM = """支出决算表
单位：万元
科目编码 科目名称 合计 基本支出 项目支出
205 教育支出 9.00 4.00 5.00
20502 普通教育 9.00 4.00 5.00
2050201 学前教育 4.00 4.00
2050202 小学教育 5.10 5.00
合计 9.00 4.00 5.00
"""


def test_a_row_that_contradicts_itself_is_placed_and_found() -> None:
    document = document_from_text("某某局2024年度部门决算.txt", WRONG_SUM.encode())
    found = extract(document)
    placed = {(f.row, f.column): f.raw for f in found.facts}
    assert (placed["2050202", "total"], placed["2050202", "project"]) == ("5.10", "5.00")
    assert placed["2050201", "basic"] == "4.00"
    assert "A2" in {finding.check for finding in found.findings}


GLUED = """财务收支预算总表
单位：元
本年收入 本年支出
项目 预算数 项目 预算数
一、财政拨款收入 47,483,458一、社会保障和就业支出 6,397,096
二、事业收入 100二、卫生健康支出 41,086,462
收入总计 47,483,558 支出总计 47,483,558
"""


def test_an_amount_run_together_with_the_next_cell() -> None:
    found = read(GLUED, "某某局2025年部门预算")
    assert found["income:财政拨款收入", "amount"] == "47,483,458"
    assert found["expenditure:社会保障和就业支出", "amount"] == "6,397,096"
    assert found["income:事业收入", "amount"] == "100"


BESIDE = """项目支出绩效自评表
（2024年度）
项目名称 防火隔离带
主管部门 某某局 实施单位 某某站
预期目标 实际完成情况
年度 开设防火隔离带180公里，购置扑火机 开设防火隔离带186公里，购置扑火机
总体 具320台（套），有效控制森林草原火 具321台（套），开展扑火演练4次，
目标 灾受害率，提升火灾预防和扑救能力。 全年未发生重大森林草原火灾。
一级指标 二级指标 三级指标 指标值
产出指标 质量指标 扑火机具验收合格 =100%
率
产出指标 质量指标 按期完工率 =95%
"""


def test_text_cells_side_by_side_and_the_end_of_a_name_below_its_row() -> None:
    document = document_from_text("某某局2024年度部门决算.txt", BESIDE.encode())
    facts = extract(document).facts
    said = {(f.row, f.raw) for f in facts if f.statement == "claim"}
    assert {("购置扑火机具", "320"), ("购置扑火机具 #2", "321"), ("开设防火隔离带", "180")} <= said
    assert ("防火隔离带/扑火机具验收合格率", "100") in {(f.row, f.raw) for f in facts}


def test_a_table_over_two_pages_is_placed_as_one() -> None:
    first = "收入决算表\n单位：万元\n科目编码 科目名称 本年收入合计 财政拨款收入 上级补助收入 事业收入 经营收入 附属单位上缴收入 其他收入\n"
    text = (
        first
        + "合计 90.00 60.00 30.00\n205 教育支出 50.00 20.00 30.00\n20502 普通教育 50.00 20.00 30.00\n"
        + "- 3 -\n"
        + first
        + "208 社会保障和就业支出 40.00 40.00\n20805 行政事业单位养老支出 40.00 40.00\n注：本表反映收入。\n"
        + "三、收入决算情况说明\n本年收入合计90.00万元，其中：财政拨款收入60.00万元；事业收入30.00万元。\n"
    )
    document = document_from_text("某某局2024年度部门决算.txt", text.encode())
    found = {(f.row, f.column): f.raw for f in extract(document).facts if f.statement == "income"}
    assert found["208", "fiscal_appropriation"] == "40.00"
    assert found["20502", "undertaking"] == "30.00"


PERMUTED = """部门收入预算总表
单位：万元
科目代码 功能分类科目名称 附属单位上缴收入 经营收入 上级补助收入 本年收入合计
事业收入 财政拨款收入 其他收入
合计 0.00 0.00 0.00 172.24 0.00 172.24 0.00
208 社会保障和就业支出 0.00 0.00 0.00 44.36 0.00 44.36 0.00
20805 行政事业单位养老支出 0.00 0.00 0.00 44.36 0.00 44.36 0.00
210 卫生健康支出 0.00 0.00 0.00 127.88 0.00 127.88 0.00
21011 行政事业单位医疗 0.00 0.00 0.00 127.88 0.00 127.88 0.00
"""


def test_columns_in_no_official_order_stand_as_they_are_printed() -> None:
    """Every order in which the seventh amount belongs to one source adds up; only one is printed."""
    found = read(PERMUTED, "某某局2025年部门预算")
    assert (found["208", "total"], found["208", "fiscal_appropriation"]) == ("44.36", "44.36")
    assert (found["208", "operating"], found["208", "undertaking"]) == ("0.00", "0.00")
