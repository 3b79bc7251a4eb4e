"""What a document says of itself: the body that published it, where it is, of which year."""

import pytest

from pipeline.documents.metadata import metadata

HEADS = [
    pytest.param(
        ["单位：万元", "部门：某山县水务局", "收入"],
        ("某山县水务局", "某山县"),
        id="named in the head of a form",
    ),
    pytest.param(
        ["首页", "财政预决算", "部门预算", "某岭市第二职业高级中学校2025年度部门预算"],
        ("某岭市第二职业高级中学校", "某岭市"),
        id="below the path of a web page",
    ),
    pytest.param(
        ["某溪县市场监督管理局2024年度部门决算"],
        ("某溪县市场监督管理局", "某溪县"),
        id="市场 is no city",
    ),
    pytest.param(
        ["某海市某陀区城市管理行政执法局2025年部门预算"],
        ("某海市某陀区城市管理行政执法局", "某海市某陀区"),
        id="城市管理 is no city",
    ),
    pytest.param(
        ["邹城市市政工程处2025年单位预算"],
        ("邹城市市政工程处", "邹城市"),
        id="a city whose name ends in 城",
    ),
    pytest.param(
        ["内蒙古自治区某某盟多伦县财政局2024年度部门决算"],
        ("内蒙古自治区某某盟多伦县财政局", "内蒙古自治区某某盟多伦县"),
        id="region, league and county",
    ),
    pytest.param(["国家古籍院2025年部门预算"], ("国家古籍院", ""), id="no place in the name"),
    pytest.param(["2025年部门预算", "单位：万元", "收入"], ("", ""), id="no name"),
]


@pytest.mark.parametrize(("lines", "expected"), HEADS)
def test_body_and_region(lines: list[str], expected: tuple[str, str]) -> None:
    read = metadata(lines)
    assert (read.department, read.region) == expected


YEARS = [
    pytest.param(["某局2024年度部门决算", "2023年"], ("final_accounts", 2024), id="final accounts"),
    pytest.param(["某局2025年部门预算"], ("budget", 2025), id="budget"),
    pytest.param(["某局年报"], ("unknown", None), id="neither"),
    pytest.param(
        ["某局2025年部门预算公开", "比2024年预算增加", "与2024年相比"],
        ("budget", 2025),
        id="the title's year, not the one compared with",
    ),
]


@pytest.mark.parametrize(("lines", "expected"), YEARS)
def test_kind_and_year(lines: list[str], expected: tuple[str, int | None]) -> None:
    read = metadata(lines)
    assert (read.kind, read.fiscal_year) == expected
