"""Words that the template left behind and years that the last disclosure left behind (J6, J9)."""

import pytest
from checking import check, found

LEFT = [
    ("减少7.50万元，主要原因是XX原因。", "原因是XX原因"),
    ("主要原因是××××××。", "主要原因"),
    ("公开内容由XX科负责解释。", "科"),
    ("联系电话：0930-XXXXXXX。", "电话"),
    ("预算年度：20XX", "年度"),
]
RIGHT = [
    ("联系电话：138XXXX5678", "隐去的电话"),
    ("身份证号4101XXXXXXXX0011", "隐去的证号"),
    ("设备规格为30×40厘米", "乘号"),
    ("详见http://www.xxxx.gov.cn/xxgk", "网址"),
    ("采购XXL号工作服", "尺码"),
]


@pytest.mark.parametrize("line", [c[0] for c in LEFT], ids=[c[1] for c in LEFT])
def test_signs_of_the_template_are_found(line: str) -> None:
    assert [c for c, _, _ in found(check([], "第一部分", line))] == ["J9"]


@pytest.mark.parametrize("line", [c[0] for c in RIGHT], ids=[c[1] for c in RIGHT])
def test_masked_numbers_and_signs_in_names_are_no_template(line: str) -> None:
    assert found(check([], "第一部分", line)) == []


TITLES = ("2023年部门收支总表", "2023年部门收入总表", "2023年部门支出总表")
YEARS = [
    ("2022年财政拨款收支总表", ["J6"], "表名"),
    ("2022年预算执行情况表", [], "上年执行情况"),
    ("注：某局2022年没有政府性基金预算支出，本表无数据。", ["J6"], "空表的注"),
    ("注：某局2023年没有政府性基金预算支出，本表无数据。", [], "本年的注"),
    ("2022年，本部门对9个项目设定了绩效目标。", ["J6"], "绩效目标"),
    ("2022年本部门绩效目标完成较好。", [], "上年完成情况"),
    ("比2022年减少3.00万元，2022年没有安排政府性基金。", [], "上年的比较"),
]


@pytest.mark.parametrize(("line", "wanted"), [c[:2] for c in YEARS], ids=[c[2] for c in YEARS])
def test_a_budget_names_its_own_year(line: str, wanted: list[str]) -> None:
    report = check([], *TITLES, line, kind="budget")
    assert [c for c, _, _ in found(report)] == wanted


def test_titles_of_another_year_throughout_say_nothing() -> None:
    titles = [title.replace("2023", "2022") for title in TITLES]
    assert found(check([], *titles, kind="budget")) == []
