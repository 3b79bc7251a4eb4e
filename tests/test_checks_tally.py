"""What a person is told of the catalogue: counts, reasons, what is not evaluated, exit codes."""

from pathlib import Path

import pytest
from checking import check, document, form

from pipeline.checks.catalogue import explain, not_evaluated
from pipeline.checks.tally import tally, tally_lines
from pipeline.cli import main
from pipeline.extraction import head
from schemas.findings import Outcome

OUTCOMES = (
    Outcome(check="A1", status="pass"),
    Outcome(check="A1", status="insufficient_data"),
    Outcome(check="A2", status="rounding_hint"),
    Outcome(check="B1", status="fail"),
    Outcome(check="D1", status="insufficient_data", detail="operands"),
    Outcome(check="D2", status="insufficient_data", detail="operands"),
    Outcome(check="H5", status="insufficient_data", detail="scope"),
    Outcome(check="K2", status="not_applicable", detail="columns"),
)


def test_what_applied_ran_and_could_not_is_counted_with_its_reason() -> None:
    one = tally(OUTCOMES)
    assert (one.ran, one.idle, one.stuck) == (("A1", "A2", "B1"), ("K2",), 3)
    assert one.why == {"operands": ("D1", "D2"), "scope": ("H5",)}


@pytest.mark.parametrize(
    "lang, expected",
    [
        pytest.param(
            "zh", "适用6项，运行3项3次（相符1，尾差1，不符1），另有4次缺数未判", id="中文"
        ),
        pytest.param(
            "en",
            "6 applied, 3 ran 3 times (1 hold, 1 by rounding, 1 fail), 4 more lacked data",
            id="英文",
        ),
    ],
)
def test_the_counts_in_words(lang: str, expected: str) -> None:
    head, *reasons = tally_lines(OUTCOMES, "en" if lang == "en" else "zh")
    assert expected in head and len(reasons) == 2


def test_a_sum_whose_columns_a_form_lacks_does_not_apply() -> None:
    report = check(form("expenditure", "total basic project", "205 9.00 4.00 5.00"))
    outcome = {o.check: (o.status, o.detail) for o in report.outcomes}
    assert outcome["A2"] == ("pass", "")
    assert outcome["K3"] == ("not_applicable", "columns")
    assert outcome["A1"] == ("not_applicable", "income")


def test_what_is_not_evaluated_is_listed_with_its_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["checks", "list", "--lang", "en"]) == 0
    listed, _, left = capsys.readouterr().out.partition("not evaluated")
    for one in not_evaluated():
        assert one.why_en in left and one.id not in {
            row.split()[0] for row in listed.splitlines() if row
        }
        assert one.why_zh in explain(one.id)


def test_the_pages_of_a_run_are_those_of_its_document() -> None:
    pages = (1, 1, 2, 0, 3, 3)
    one = document(*"甲乙丙丁戊己").model_copy(update={"pages": pages})
    assert head(one).pages == pages
    assert head(document("甲", "乙")).pages == ()


SPOILED = """收入支出决算总表
单位：万元
支出决算表
单位：万元
科目编码\t科目名称\t本年支出合计\t基本支出\t项目支出
合计\t{}\t60.00\t40.00
205\t教育支出\t100.00\t60.00\t40.00
"""


@pytest.mark.parametrize(
    "total, fail_on, code",
    [
        pytest.param("100.00", "error", 0, id="没有问题"),
        pytest.param("190.00", "error", 8, id="有错误"),
        pytest.param("190.00", "none", 0, id="只报不停"),
    ],
)
def test_a_run_is_checked_again_and_stops_on_what_was_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], total: str, fail_on: str, code: int
) -> None:
    (tmp_path / "甲.txt").write_text(SPOILED.format(total), encoding="utf-8")
    main(["extract", str(tmp_path / "甲.txt"), "--out", str(tmp_path / "run")])
    capsys.readouterr()
    assert main(["check", str(tmp_path / "run"), "--fail-on", fail_on]) == code
    assert "检查：适用" in capsys.readouterr().out
