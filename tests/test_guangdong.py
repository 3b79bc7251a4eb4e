"""Forms of Guangdong, copied from a page: blanks at the end of rows are cut, codes stand in brackets
before both names of an account."""

from pipeline.documents.content import read_content
from pipeline.documents.limits import Limits
from pipeline.extraction import extract

SUMMARY = """某市某区某局2031年部门预算

表1
收支总体情况表
单位名称：某市某区某局
单位：万元
收入	支出
项目	2031年预算	项目（按功能分类）	2031年预算
一、预算拨款	34.60	一、一般公共服务支出	0.00
一般公共预算	28.60	八、社会保障和就业支出	18.40
政府性基金预算	6.00	十二、农林水支出	18.20
国有资本经营预算	0.00
二、财政专户拨款	0.00
三、其他资金	2.00
本年收入合计	36.60	本年支出合计	36.60
收入总计	36.60	支出总计	36.60
"""
BASIC = """某市某区某局2031年部门预算

一般公共预算基本支出情况表（按支出经济分类科目）
单位：万元
部门预算支出经济科目	政府预算支出经济科目	2031年预算
合计		12.60
[301]工资福利支出		9.60
[30101]基本工资	[50101]工资奖金津补贴	4.00
[30102]津贴补贴	[50101]工资奖金津补贴	5.60
[302]商品和服务支出		3.00
[30201]办公费	[50201]办公经费	3.00
"""


def read(text: str) -> dict[tuple[str, str], str]:
    facts = extract(read_content("甲.txt", text.encode(), Limits())).facts
    return {(fact.row, fact.column): fact.raw for fact in facts}


def test_rows_whose_blank_end_was_cut_stay_rows() -> None:
    found = {row.removeprefix("income:"): raw for (row, _), raw in read(SUMMARY).items()}
    assert found["国有资本经营预算"] == "0.00"
    assert found["财政专户拨款"] == "0.00"
    assert found["其他资金"] == "2.00"
    assert found["expenditure:农林水支出"] == "18.20"
    assert len(found) == 13


def test_the_code_of_the_department_is_the_key() -> None:
    assert {row for row, _ in read(BASIC)} == {"total", "301", "30101", "30102", "302", "30201"}
