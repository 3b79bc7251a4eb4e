"""Aligned columns (`pdftotext -layout`) -> grids, and where there is none."""

import pytest

from pipeline.documents.grids import grids_of_text

FORM = """\
  一级      二级指标        三级指标            分值    得分
  指标
产出      数量指标      培训人次                10      10
                        国家级公立医院绩效
                                                10     9.5
                        监测达标率
满意度    服务对象      患者满意度              10      10
"""
PAGES = """\
 科目编码  科目名称        合计    基本支出
                 合计      9.00        4.00
     208   养老保险        4.00        4.00

                    - 3 -

 科目编码  科目名称        合计    基本支出
     213   农林水支出      5.00
   21301   农业            5.00
"""
BLANKS = """\
 项目                年初结转      本年收入      本年支出                            年末结转
 科目编码  科目名称  和结余                      小计      基本支出    项目支出      和结余
           合计                        6.00          5.00                  5.00          1.00
      212  社区支出                    6.00          5.00                  5.00          1.00
      213  其他支出                    2.00          1.00                  1.00          1.00
"""


def rows_of(text: str) -> list[list[str]]:
    grids = grids_of_text(text.splitlines())
    assert [grid.layout for grid in grids] == ["aligned"]
    return [["".join(cell.text.split()) for cell in row] for row in grids[0].rows]


def test_a_name_of_two_lines_is_centred_on_its_numbers() -> None:
    assert rows_of(FORM) == [
        ["一级指标", "二级指标", "三级指标", "分值", "得分"],
        ["产出", "数量指标", "培训人次", "10", "10"],
        ["", "", "国家级公立医院绩效监测达标率", "10", "9.5"],
        ["满意度", "服务对象", "患者满意度", "10", "10"],
    ]


def test_a_table_runs_over_a_page_and_its_header_is_not_repeated() -> None:
    rows = rows_of(PAGES)
    assert [row[0] for row in rows] == ["科目编码", "", "208", "213", "21301"]
    assert rows[-2] == ["213", "农林水支出", "5.00", ""]


def test_columns_in_which_nothing_is_printed_are_columns() -> None:
    header, names, *body = rows_of(BLANKS)
    assert header == [
        "项目",
        "",
        "年初结转和结余",
        "本年收入",
        "本年支出",
        "",
        "",
        "年末结转和结余",
    ]
    assert names == ["科目编码", "科目名称", "", "", "小计", "基本支出", "项目支出", ""]
    assert body[0] == ["", "合计", "", "6.00", "5.00", "", "5.00", "1.00"]


NONE = [
    ("单个空格分隔", "科目 合计 基本\n合计 9.00 4.00\n养老 4.00 4.00\n农林 5.00 5.00"),
    ("同栏有两个数", "项目    合计\n甲      1.00\n乙        2.00  3.00\n丙      4.00\n丁     11.00 22.00"),
    ("目录", "一、收支总表    ........    3\n二、收入总表    ........    4\n三、支出总表    ........    5"),
    ("正文", "2024年收入合计  9.00万元，其中：拨款8.00万元，其他1.00万元。\n支出合计  9.00万元。"),
]  # fmt: skip


@pytest.mark.parametrize("text", [case[1] for case in NONE], ids=[case[0] for case in NONE])
def test_what_is_no_aligned_table(text: str) -> None:
    assert grids_of_text(text.splitlines()) == ()


SHIFTED = """\
     科目编码      科目名称              合计                基本支出              项目支出
                     栏次                  1                     2                     3
                     合计                    2,465.40              1,590.03                875.37
    206        科学技术支出                   11.86                                       11.86
    208        社会保障支出                  389.71                389.71
    210        卫生健康支出                2,063.83              1,200.32                863.51
"""


def test_headers_and_their_numbers_that_stand_beside_the_amounts_are_one_column() -> None:
    assert rows_of(SHIFTED)[2:] == [
        ["", "合计", "2,465.40", "1,590.03", "875.37"],
        ["206", "科学技术支出", "11.86", "", "11.86"],
        ["208", "社会保障支出", "389.71", "389.71", ""],
        ["210", "卫生健康支出", "2,063.83", "1,200.32", "863.51"],
    ]
