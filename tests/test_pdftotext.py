"""Tables as pdftotext prints them: columns set by counted characters, headers centred over several
lines, a heading without a column of its own, 款 with one digit."""

import pytest

from pipeline.documents.content import read_content
from pipeline.documents.limits import Limits
from pipeline.extraction import extract

HEAD = "某某市某某局2031年度部门{kind}\n\n"
SUMMARY = """         2031年部门财务收支预算总表
编制部门：某某市某某局                                                   单位：元

          本年收入                                      本年支出

                                                        预算数

    项目        预算数          项目                      基本支出
                                         合计                            项目支出
                                                 人员经费      公用经费

一、财政拨款收入     9,600.30  一、一般公共服务支出  8,500.20   3,100.10     400.10  5,000.00

1、一般公共预算资金    9,600.30  二、社会保障和就业支出   700.10    600.00      100.10

2、政府性基金                  三、卫生健康支出        250.00    250.00

二、事业收入                   四、住房保障支出        150.00    150.00

收入总计         9,600.30  支出总计           9,600.30   4,100.10     500.20  5,000.00
"""
APPROPRIATION = """            财政拨款收入支出决算总表
                                                        单位：万元
               收入                               支出
                                                            政府性基   国有资本
                                                  一般公共预
       项目           决算数          项目      合计                 金预算财   经营预算
                                                  算财政拨款
                                                             政拨款   财政拨款
一、一般公共预算财政拨款        37.80    一、一般公共服务支出     24.60    24.60

二、政府性基金预算财政拨款                二、外交支出

                               八、社会保障和就业支出    13.20    13.20

本年收入合计               37.80   本年支出合计         37.80    37.80

         总计          37.80           总计      37.80    37.80
"""
BASIC = """             2031年部门一般公共预算基本支出部门预算经济分类预算表
编制部门：某某市某某局                                    单位：元

                      项目                       一般公共预算基本支出
部门预算经济分类科目
    编码                     经济分类科目名称   合计           人员经费         公用经费
 类     款

 301         工资福利支出             8,282,511    8,282,511            0

 301   01    基本工资                5,873,551    5,873,551            0

 301   2     津贴补贴                2,408,960    2,408,960            0

 302         商品和服务支出             230,400            0      230,400

 302   7     邮电费                   230,400            0      230,400

             合计                  8,512,911    8,282,511      230,400
"""


def read(text: str, kind: str = "预算") -> dict[tuple[str, str], str]:
    content = (HEAD.format(kind=kind) + text).encode()
    facts = extract(read_content("甲.txt", content, Limits())).facts
    return {(fact.row, fact.column): fact.raw for fact in facts}


def test_a_heading_over_parts_is_no_column() -> None:
    found = read(SUMMARY)
    first = {column: raw for (row, column), raw in found.items() if row.endswith("公共服务支出")}
    assert first == {
        "amount": "8,500.20",
        "personnel": "3,100.10",
        "public": "400.10",
        "project": "5,000.00",
    }
    assert found["expenditure:卫生健康支出", "personnel"] == "250.00"
    assert found["income:财政拨款收入", "amount"] == "9,600.30"
    assert not [place for place in found if place[1] == "basic"]


def test_the_header_that_names_more_columns_is_read() -> None:
    found = read(APPROPRIATION, "决算")
    assert {column for _, column in found} == {"amount", "total", "general_budget"}
    assert found["expenditure:社会保障和就业支出", "general_budget"] == "13.20"
    assert len(found) == 2 * 4 + 3


@pytest.mark.parametrize(
    ("row", "column", "raw"),
    [
        ("30101", "total", "5,873,551"),
        ("3012", "personnel", "2,408,960"),
        ("3027", "public", "230,400"),
        ("3027", "personnel", "0"),
        ("total", "public", "230,400"),
    ],
)
def test_an_item_of_one_digit_joins_its_class(row: str, column: str, raw: str) -> None:
    assert read(BASIC)[row, column] == raw


def test_a_feigned_grid_gives_way() -> None:
    """Counted in characters the two sides stand apart; for the eye the right names of some rows
    stand under the left amounts of others."""
    labels = ("财政拨款收入", "上级补助收入", "事业收入", "附属单位上缴收入合计数", "其他收入")
    others = ("公共安全支出", "教育支出", "文化旅游体育与传媒支出", "卫生健康支出", "农林水支出")
    lines = ["项目" + " " * 14 + "决算数" + " 项目" + " " * 14 + "决算数"]
    for n, (left, right) in enumerate(zip(labels, others, strict=True), 1):
        lines.append(f"{left:<16}{n:>2}0.00 {right:<16}{6 - n:>2}0.00")
    lines.append(f"{'本年收入合计':<16}150.00 {'本年支出合计':<16}150.00")
    text = "收入支出决算总表\n单位：万元\n" + "\n".join(lines) + "\n"
    found = read(text, "决算")
    assert found["income:其他收入", "amount"] == "50.00"
    assert found["expenditure:公共安全支出", "amount"] == "50.00"
    assert found["expenditure:本年支出合计", "amount"] == "150.00"
    assert len(found) == 12


def test_a_grid_that_breaks_the_sums_gives_way() -> None:
    """The header stands off its numbers: by place 0.70 would be vehicle operation."""
    text = """“三公”经费支出决算表
单位：万元
预算数                                                       决算数

                  公务用车购置及运行维护费                                             公务用车购置及运行维护费

合计     因公出国(境)费   小计             公务用车购置费   公务用车运行维护费   公务接待费      合计     因公出国(境)费   小计             公务用车购置费   公务用车运行维护费   公务接待费

1      2          3              4         5           6          7      8          9              10        11          12

0.90   0          0              0         0           0.90       0.70   0          0              0         0           0.70
"""
    found = read(text, "决算")
    assert found["budget", "reception"] == "0.90"
    assert found["actual", "reception"] == "0.70"
    assert found["actual", "vehicle_operation"] == "0"


def test_page_heads_are_no_labels() -> None:
    pages = ["一、收入合计12.00万元。", "二、支出合计11.00万元。", "三、结余1.00万元。"]
    text = "".join(f"\f某局信息公开\n{page}\n" for page in pages)
    extraction = extract(read_content("甲.txt", text.encode(), Limits()))
    assert [fact.row for fact in extraction.facts] == ["收入合计", "支出合计", "结余"]
    assert extraction.document.notes == ("3 page heads and feet left out: 某局信息公开",)
