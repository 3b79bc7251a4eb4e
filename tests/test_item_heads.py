"""Heads in a paragraph of their own, and entries of a list: whose the numbers below are."""

import pytest

from pipeline.documents.text import document_from_text
from pipeline.extraction import extract

CASES = [
    ("科目路径独占一段", "1、教育支出（类）普通教育（款）小学教育（项）。\n\n年初预算为8.64万元，支出决算为8.60万元，完成年初预算的99.54%。",
     [("小学教育", "budget", "8.64"), ("小学教育", "amount", "8.60"), ("小学教育", "completion_rate", "99.54")]),
    ("路径只管下一段", "1、教育支出（类）普通教育（款）小学教育（项）。\n\n年初预算为8.64万元。\n\n基本支出3.00万元。",
     [("小学教育", "budget", "8.64"), ("基本支出", "amount", "3.00")]),
    ("项目名称管其下各条", "1.项目名称：校舍维修\n设立的政策依据：某财教〔2024〕186号\n预算安排规模：221.46万元\n项目承担单位：某某中学\n资金分配情况：办公费86.46万元。",
     [("校舍维修", "amount", "221.46"), ("办公费", "amount", "86.46")]),
    ("类后又印支出", "卫生健康支出（类）支出12.00万元，占20.00%。",
     [("卫生健康支出", "amount", "12.00"), ("卫生健康支出", "share", "20.00")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_subject_of_what_stands_below(text: str, said: list[tuple[str, str, str]]) -> None:
    whole = f"某某局2024年度部门决算\n\n三、支出情况说明\n\n{text}\n"
    facts = extract(document_from_text("某某局.txt", whole.encode())).facts
    read = [(f.row, f.column, f.raw) for f in facts if f.statement == "claim"]
    assert [one for one in read if one in said] == said


@pytest.mark.parametrize(
    "heading",
    ["四、关于某某中学2025年财政拨款收支预算情况的总体说\n明", "（一）某某局一般公共预算财政拨款“三公”经费支出总体情况说\n明。", "八、关于某某中学2025年一般公共预算“三公”经费预算\n情况说明"],
    ids=["断在字中", "断后有句号", "断在词间"],
)  # fmt: skip
def test_a_section_whose_name_wraps_is_one_section(heading: str) -> None:
    filler = (
        "本单位严格执行预算管理各项规定并按时公开接受社会监督，\n各项支出均有据可查并按规定程序办理支付手续不留缺口。\n"
        * 5
    )
    text = f"某某局2024年度部门决算\n\n{heading}\n2024年收入预算3.00万元。\n{filler}"
    facts = extract(document_from_text("某某局.txt", text.encode())).facts
    name = "".join(heading.split()).rstrip("。").lstrip("四、（一）八")
    assert {fact.section for fact in facts if fact.raw == "3.00"} == {name}
