"""The shipped golden set, and what the check of a golden set objects to."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.evaluation.golden import GoldenDocument, find_golden, golden_hash, load_golden
from pipeline.evaluation.linter import check_golden

GOLDEN = Path(__file__).parents[1] / "golden"
TEXT = "一、收入\n办公费 12.50 万元，比上年减少 3.00 万元\n"
HEAD = "document,statement,section,row,column,value,unit,raw,label,line\n"
GOOD = "甲,claim,收入,办公费,amount,12.50,万元,12.50,办公费,2\n"
LESS = "甲,claim,收入,办公费,change,-3.00,万元,3.00,减少,2\n"


@pytest.mark.parametrize("folder", sorted(p.name for p in GOLDEN.iterdir() if p.is_dir()))
def test_shipped_golden_document_has_no_problem(folder: str) -> None:
    assert [str(problem) for problem in check_golden(load_golden(GOLDEN / folder))] == []


def test_shipped_golden_set_is_complete() -> None:
    assert sum(len(golden.facts) for golden in find_golden(GOLDEN)) >= 3225


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "甲"
    folder.mkdir()
    write(folder)
    return folder


def write(folder: Path, text: str = TEXT, facts: str = GOOD + LESS, **source: object) -> None:
    (folder / "甲.txt").write_bytes(text.encode())
    (folder / "facts.csv").write_text(HEAD + facts, encoding="utf-8-sig")
    record = {
        "title": "甲局2024年度部门决算",
        "department": "甲局",
        "year": 2024,
        "kind": "final_accounts",
        "province": "某省",
        "layout": "tabs",
        "sha256": "9daae76c9f20780db276238cc724b628741c24b8eae83a5f21b480afd3f7e272",
    }
    (folder / "source.json").write_text(json.dumps(record | source), encoding="utf-8")


def problems(folder: Path) -> list[str]:
    """Messages of the check, the pinned hash left out (a test of its own looks at it)."""
    found = check_golden(load_golden(folder))
    return [problem.message for problem in found if "the text is not" not in problem.message]


def test_a_good_golden_document_passes(folder: Path) -> None:
    assert problems(folder) == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param(
            "甲,claim,收入,会议费,amount,2.50,万元,2.50,会议费,2\n",
            "'2.50' with value 2.50 does not stand on this line",
            id="数字的一部分不是数字",
        ),
        pytest.param(
            "甲,claim,收入,会议费,amount,12.50,万元,12.50,会议费,2\n",
            "'12.50' is printed 1 times, annotated 2",
            id="一个数标两次",
        ),
        pytest.param(GOOD, "key claim / 收入 / 办公费 / amount used 2 times", id="键重复"),
        pytest.param(
            "甲,income,,total,amount,3.00,万元,3.00,,2\n",
            "'amount' is no column of income",
            id="没有这一栏",
        ),
        pytest.param(
            "甲,claim,收入,会议费,amount,-3.00,万元,3.00,会议费,2\n",
            "value -3.00 is not what is printed ('3.00')",
            id="文字不给金额负号",
        ),
        pytest.param(
            "甲,income,收入,total,total,3.00,万元,3.00,,2\n",
            "only claims have a section",
            id="表没有标题",
        ),
        pytest.param(
            "乙,claim,收入,会议费,amount,3.00,万元,3.00,,2\n",
            "belongs to document '乙'",
            id="别的文件",
        ),
    ],
)
def test_check_objects_to_a_bad_fact(folder: Path, row: str, message: str) -> None:
    write(folder, facts=GOOD + row)
    assert any(problem.endswith(message) for problem in problems(folder))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT + "联系电话：13800138000", id="手机"),
        pytest.param(TEXT + "联系电话：0391-8200000", id="座机"),
        pytest.param(TEXT + "身份证 11010519491231002X", id="身份证"),
    ],
)
def test_check_objects_to_private_numbers(folder: Path, text: str) -> None:
    write(folder, text=text)
    assert problems(folder) == ["holds a telephone or identity number: redact it"]


def test_an_amount_in_yuan_is_no_telephone_number(folder: Path) -> None:
    write(folder, text=TEXT + "合计 13800138000.00 元")
    assert problems(folder) == []


def test_check_objects_to_another_text(folder: Path) -> None:
    write(folder, text=TEXT + " ")
    [problem] = check_golden(load_golden(folder))
    assert problem.message.startswith("the text is not the one annotated")


def test_check_objects_to_a_draft(folder: Path) -> None:
    write(folder, annotation="draft")
    assert problems(folder) == ["a draft: confirm each fact, then say so in source.json"]


def test_quote_of_a_defect_must_stand_on_its_line(folder: Path) -> None:
    defect = {
        "id": "D1",
        "quote": "13.50",
        "kind": "unit_error",
        "check": "J7",
        "expected": "",
        "printed": "",
        "confidence": 1,
        "severity": "error",
        "origin": "document",
        "line": 2,
    }
    (folder / "defects.json").write_text(json.dumps([defect]), encoding="utf-8")
    assert problems(folder) == ["defect D1: the quote is not on this line"]


BROKEN = "支出决算表\n2010101 行政运行 30.00 10.00 25.00\n"
CELLS = "".join(
    f"甲,expenditure,,2010101,{column},{value},万元,{value},行政运行,2\n"
    for column, value in (("total", "30.00"), ("basic", "10.00"), ("project", "25.00"))
)


def test_an_identity_that_fails_has_to_be_explained(folder: Path) -> None:
    write(folder, text=BROKEN, facts=CELLS)
    [problem] = problems(folder)
    assert problem.startswith("A2 fails and no listed defect explains it")


def test_an_identity_that_fails_may_be_explained_by_a_listed_defect(folder: Path) -> None:
    write(folder, text=BROKEN, facts=CELLS)
    defect = {
        "id": "D1",
        "quote": "25.00",
        "kind": "sum_mismatch",
        "check": "A2",
        "expected": "20.00",
        "printed": "25.00",
        "confidence": 1,
        "severity": "error",
        "origin": "document",
        "line": 2,
    }
    (folder / "defects.json").write_text(json.dumps([defect]), encoding="utf-8")
    assert problems(folder) == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param(
            LESS.replace("claim", "claims"),
            "statement 'claims': no such word, did you mean 'claim'?",
            id="表名差一个字母",
        ),
        pytest.param(
            LESS.replace("claim", "收入表"),
            "statement '收入表': one of income_expenditure_summary, income, expenditure, ",
            id="没有这张表",
        ),
        pytest.param(
            LESS.replace("-3.00,万", "三,万"),
            "value '三': Input should be a valid decimal",
            id="不是数",
        ),
        pytest.param(
            LESS.replace(",2\n", ",第二行\n"),
            "line '第二行': Input should be a valid integer",
            id="行号不是数",
        ),
        pytest.param(
            LESS.replace("-3.00", "-1,003.00"),
            "not as many cells as the header",
            id="千分位未加引号",
        ),
        pytest.param("甲,claim,收入\n", "not as many cells as the header", id="缺单元格"),
    ],
)
def test_a_malformed_row_is_refused_in_one_line_with_its_place(
    folder: Path, row: str, message: str
) -> None:
    write(folder, facts=GOOD + row)
    with pytest.raises(InputError) as refusal:
        load_golden(folder)
    said = str(refusal.value)
    assert said.startswith(f"{folder / 'facts.csv'} row 3: {message}")
    assert refusal.value.next_step
    assert "\n" not in said


@pytest.mark.parametrize("name", ["facts.csv", "甲.txt"])
def test_a_golden_file_of_another_encoding_is_refused(folder: Path, name: str) -> None:
    content = (folder / name).read_text("utf-8-sig")
    (folder / name).write_bytes(content.encode("gb18030"))
    with pytest.raises(InputError, match=f"{name}: is not UTF-8"):
        load_golden(folder)


def test_a_damaged_source_record_is_refused_in_one_line(folder: Path) -> None:
    write(folder, kind="final_account")
    with pytest.raises(InputError) as refusal:
        load_golden(folder)
    assert "source.json: kind 'final_account': no such word, did you mean 'final_accounts'?" in str(
        refusal.value
    )


def confirm(folder: Path, *said: str) -> None:
    rows = zip((GOOD, LESS), said, strict=True)
    text = HEAD.replace("\n", ",confirmed\n") + "".join(r.replace("\n", f",{w}\n") for r, w in rows)
    (folder / "facts.csv").write_text(text, encoding="utf-8")


def test_check_objects_to_unconfirmed_rows_of_a_confirmed_document(folder: Path) -> None:
    confirm(folder, "yes", "")
    assert problems(folder) == ["1 rows are not confirmed, yet source.json says all are"]


def test_a_confirmation_in_other_words_is_not_lost_in_silence(folder: Path) -> None:
    confirm(folder, "yes", "是")
    with pytest.raises(InputError, match="row 3: confirmed '是' - write yes, or leave it empty"):
        load_golden(folder)


def test_a_folder_without_golden_documents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no golden document"):
        find_golden(tmp_path)


def test_a_folder_that_is_not_there_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        find_golden(tmp_path / "无")


def test_a_document_without_facts_is_not_passed_over(folder: Path) -> None:
    (folder / "facts.csv").unlink()
    with pytest.raises(InputError, match="facts.csv: cannot be read"):
        find_golden(folder.parent)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"scope": {"unjudged_lines": [[1, 1]]}}, id="标注范围"),
        pytest.param({"split": "held_out"}, id="留出"),
    ],
)
def test_hash_of_the_set_changes_with_what_is_judged(
    folder: Path, change: dict[str, object]
) -> None:
    before = golden_hash([load_golden(folder)])
    write(folder, **change)
    assert golden_hash([load_golden(folder)]) != before


def test_hash_of_the_set_changes_with_one_digit(folder: Path) -> None:
    golden = load_golden(folder)
    assert golden_hash([golden]) != golden_hash([with_value(golden, "12.51")])


def with_value(golden: GoldenDocument, value: str) -> GoldenDocument:
    changed = golden.facts[0].model_copy(update={"value": Decimal(value)})
    return golden.model_copy(update={"facts": (changed, *golden.facts[1:])})
