"""What numerals of a table are told to be when they are no values, and what stays open."""

import pytest

from pipeline.cli import main
from pipeline.documents.text import document_from_text
from pipeline.extraction import extract

HEAD = "某某市某某局2024年度部门决算\n\n支出决算表\n单位：万元\n"


def outcomes(text: str) -> dict[str, tuple[str, str]]:
    extraction = extract(document_from_text("件.txt", text.encode()))
    return {d.numeral.text: (d.outcome, d.reason or "") for d in extraction.dispositions}


def test_whole_amounts_of_another_year_left_of_the_values_are_no_codes() -> None:
    seen = outcomes(
        HEAD + "科目编码\t科目名称\t2023年执行数\t本年支出合计\t基本支出\t项目支出\n"
        "201\t一般公共服务支出\t187\t12.00\t7.00\t5.00\n"
        "202\t外交支出\t193\t13.00\t6.00\t7.00\n"
        "\t合计\t380\t25.00\t13.00\t12.00\n"
    )
    assert seen["12.00"][0] == "fact"
    assert {seen[n][0] for n in ("187", "193", "380")} == {"unexplained"}
    assert seen["201"] == ("excluded", "code")


@pytest.mark.parametrize(
    ("alone", "reason"),
    [("205", "code"), ("12", "page_number")],
    ids=["类级科目", "页码"],
)
def test_a_whole_number_alone_on_its_line(alone: str, reason: str) -> None:
    cells = ["科目编码", "科目名称", "本年支出合计", alone, "教育支出", "830.16"]
    seen = outcomes(HEAD + "\n\n".join(cells) + "\n")
    assert seen[alone] == ("excluded", reason)


def test_a_local_model_needs_its_file(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path_factory.mktemp("件")
    (folder / "件.txt").write_text(HEAD + "科目编码\t合计\n201\t1.00\n", encoding="utf-8")
    given = ["extract", str(folder / "件.txt"), "--out", str(folder / "run"), "--model", "local"]
    assert main(given) == 2
    assert main([*given, "--model-path", str(folder / "没有.gguf")]) == 5
    assert "--model-path" in capsys.readouterr().err
