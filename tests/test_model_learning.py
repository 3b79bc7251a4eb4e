"""Learned forms: what is proven, what is refused, and the store that a person can read."""

import json
from pathlib import Path

import pytest

from pipeline.chunks import chunk_document
from pipeline.documents.text import document_from_text
from pipeline.errors import InputError, UsageError
from pipeline.reading.learning import (
    FormStore,
    LearnedForm,
    accept,
    file_name,
    forget,
    load,
    save,
    show,
)
from pipeline.reading.model_answers import FormPart, form_answer, roles
from pipeline.reading.model_headings import column_kinds, mark_of
from pipeline.reading.model_tables import form_map, map_problem
from schemas.documents import Chunk, Grid

TABLE = """第二部分 部门决算表

支出决算表

公开03表

单位：万元

项目\t\t本年支出合计\t基本支出\t项目支出\t某某支出
功能分类科目编码\t科目名称\t\t\t\t
栏次\t\t1\t2\t3\t4
合计\t\t12.50\t10.00\t2.50\t0.00
205\t教育支出\t12.50\t10.00\t2.50\t0.00
20502\t普通教育\t12.50\t10.00\t2.50\t0.00
"""


def table(text: str = TABLE) -> tuple[Chunk, Grid]:
    document = document_from_text("某校.txt", text.encode())
    chunk = next(c for c in chunk_document(document) if c.grid is not None)
    assert chunk.grid is not None
    return chunk, chunk.grid


def part(**changes: object) -> FormPart:
    given: dict[str, object] = {
        "statement": "expenditure",
        "unit": "万元",
        "body_first": 3,
        "body_last": 5,
        "skip_rows": [],
        "columns": ["key", "label", "total", "basic", "project", "to_superior"],
    }
    given |= changes
    roles = given.pop("columns")
    assert isinstance(roles, list)
    return FormPart.model_validate(given | {"columns": {str(i): r for i, r in enumerate(roles)}})


def test_the_right_map_has_no_problem() -> None:
    assert map_problem(part(), *table()) == ""


def test_a_last_row_beyond_the_grid_is_its_end() -> None:
    assert map_problem(part(body_last=99), *table()) == ""


COLUMNS = {
    "两列对调": (["key", "label", "total", "project", "basic", "to_superior"], "基本支出"),
    "合计作项目": (["key", "label", "project", "basic", "total", "to_superior"], "本年支出合计"),
    "漏一列": (["key", "label", "total", "basic", "project", "skip", "skip"], "6 项"),
    "别的表的列": (["key", "label", "total", "basic", "project", "undertaking"], "没有列"),
    "重复": (["key", "label", "total", "basic", "project", "project"], "重复"),
    "金额列作备注": (["key", "label", "total", "basic", "skip", "to_superior"], "项目支出"),
    "没有数值列": (["key", "label", "skip", "skip", "skip", "skip"], "应是 total"),
    "没有名称列": (["skip", "skip", "total", "basic", "project", "to_superior"], "key 或 label"),
    "名称作数值": (["key", "to_affiliated", "total", "basic", "project", "to_superior"], "文字"),
}


@pytest.mark.parametrize(("columns", "word"), COLUMNS.values(), ids=COLUMNS)
def test_a_map_that_contradicts_header_or_cells_is_refused(columns: list[str], word: str) -> None:
    assert word in map_problem(part(columns=columns), *table())


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"unit": "元"}, "单位"),
        ({"statement": "income"}, "表题"),
        ({"body_first": 5}, "正文之内"),
        ({"body_last": 4}, "正文之内"),
        ({"skip_rows": [4]}, "正文之内"),
        ({"body_first": 99}, "先后有序"),
    ],
    ids=["单位错", "别的表", "正文开始晚", "正文结束早", "跳过数据行", "行号太大"],
)
def test_unit_statement_and_body_are_checked(changes: dict[str, object], word: str) -> None:
    assert word in map_problem(part(**changes), *table())


def learned(text: str = TABLE, **changes: object) -> LearnedForm:
    chunk, grid = table(text)
    form = form_map(part(**changes), chunk, grid, mark_of(chunk, grid))
    return LearnedForm(form=form, model="某模型", prompt="form_map/v1", call="0" * 16)


def test_an_unlisted_heading_leaves_the_map_consistent() -> None:
    assert learned().form.trust == "consistent"


def test_listed_headings_alone_make_it_proven() -> None:
    assert learned(TABLE.replace("某某支出", "上缴上级支出")).form.trust == "proven"


def test_the_swap_of_two_unlisted_columns_is_never_proven() -> None:
    text = TABLE.replace("基本支出", "甲类支出").replace("项目支出", "乙类支出")
    swapped = ["key", "label", "total", "project", "basic", "to_superior"]
    assert map_problem(part(columns=swapped), *table(text)) == ""
    assert learned(text, columns=swapped).form.trust == "consistent"


def test_two_statements_with_one_header_are_two_forms() -> None:
    chunk, grid = table()
    other = chunk.model_copy(update={"title": "一般公共预算财政拨款支出决算表"})
    assert mark_of(chunk, grid) != mark_of(other, grid)


def test_the_schema_allows_only_the_columns_of_the_statement() -> None:
    kinds = column_kinds(table()[1])
    assert kinds == ("any", "words", "amounts", "amounts", "amounts", "amounts")
    schema = json.dumps(form_answer(kinds, "expenditure").model_json_schema())
    assert '"to_superior"' in schema
    assert '"undertaking"' not in schema
    assert schema.index('"statement"') < schema.index('"columns"')
    assert roles("three_public")[4:6] == ("budget:total", "budget:overseas")


def test_a_saved_form_is_loaded_as_it_was(tmp_path: Path) -> None:
    one = learned()
    path = save(tmp_path, one)
    store = load(tmp_path)
    assert path.name == file_name(one)
    assert store.forms == {one.form.fingerprint: one}
    assert store.digest() == FormStore().with_form(one).digest()


def test_accept_moves_to_the_users_store_and_forget_deletes(tmp_path: Path) -> None:
    run, user = tmp_path / "run", tmp_path / "user"
    save(run, learned())
    accept(run, user, "expenditure")
    assert show(user, "expenditure").form.origin == "accepted"
    forget(user, "expenditure")
    assert load(user) == FormStore()


def test_a_name_that_fits_no_form_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names 0 forms"):
        show(tmp_path, "income")


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"form": "os.system"}', "[" * 100_000],
    ids=["截断", "列表", "字符串", "深嵌套"],
)
def test_a_file_that_is_no_form_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "expenditure-0.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="not a form file"):
        load(tmp_path)
