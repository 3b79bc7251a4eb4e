"""Learned forms: what is proven, what is refused, and the store that a person can read."""

import json
from pathlib import Path

import pytest

from pipeline.chunks import chunk_document
from pipeline.documents.text import document_from_text
from pipeline.errors import InputError, UsageError
from pipeline.llm_calls import parse_answer
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
from pipeline.reading.model import grid_of
from pipeline.reading.model_answers import FormPart, form_answer
from pipeline.reading.model_headings import asked_of, heading, mark_of
from pipeline.reading.model_tables import form_map, map_problem
from pipeline.reading.model_vocabulary import NO_STATEMENT, roles, word_of
from schemas.documents import Chunk, Grid
from schemas.vocabulary import TABLE_STATEMENTS

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
    "多一列": (["key", "label", "total", "basic", "project", "skip", "skip"], "0 到 5"),
    "别的表的列": (
        ["key", "label", "total", "basic", "project", "undertaking"],
        "没有“undertaking”",
    ),
    "重复": (["key", "label", "total", "basic", "project", "project"], "两次"),
    "金额列作备注": (["key", "label", "total", "basic", "skip", "to_superior"], "项目支出"),
    "没有数值列": (["key", "label", "skip", "skip", "skip", "skip"], "应是“合计”"),
    "没有名称列": (["skip", "skip", "total", "basic", "project", "to_superior"], "编码列或名称列"),
    "名称作数值": (["key", "to_affiliated", "total", "basic", "project", "to_superior"], "文字"),
}


@pytest.mark.parametrize(("columns", "word"), COLUMNS.values(), ids=COLUMNS)
def test_a_map_that_contradicts_header_or_cells_is_refused(columns: list[str], word: str) -> None:
    assert word in map_problem(part(columns=columns), *table())


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"unit": "元"}, "单位"),
        ({"statement": "income"}, "这是支出表"),
        ({"body_first": 5}, "正文之内"),
        ({"body_first": 2}, "是表头"),
        ({"body_last": 4}, "正文之内"),
        ({"skip_rows": [4]}, "正文之内"),
        ({"body_first": 99}, "先后有序"),
    ],
    ids=["单位错", "别的表", "正文开始晚", "栏次作正文", "正文结束早", "跳过数据行", "行号太大"],
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
    asked = asked_of(*table())
    kinds = [shape.kind for shape in asked.columns]
    assert kinds == ["codes", "names", "amounts", "amounts", "amounts", "amounts"]
    schema = json.dumps(form_answer(asked).model_json_schema(), ensure_ascii=False)
    assert '"上缴上级"' in schema
    assert '"事业收入"' not in schema


def test_a_table_that_lost_its_header_is_not_learned_from() -> None:
    chunk, grid = table()
    bare = grid.model_copy(update={"rows": grid.rows[4:]})
    assert grid_of(chunk) == grid
    assert grid_of(chunk.model_copy(update={"grid": bare})) is None


def test_what_title_and_head_say_is_not_asked() -> None:
    model = form_answer(asked_of(*table()))
    assert list(model.model_json_schema()["properties"]) == ["columns"]
    words = ["编码", "名称", "合计", "基本支出", "项目支出", "上缴上级"]
    answer = {"columns": dict(zip("012345", words, strict=True))}
    form = model.model_validate(answer).form
    assert form == part(unit="")
    assert map_problem(form, *table()) == ""


def test_a_column_of_nothing_under_its_neighbours_heading_is_not_asked() -> None:
    text = "\n".join(f"{line}\t" if "\t" in line else line for line in TABLE.splitlines())
    model = form_answer(asked_of(*table(text)))
    words = ["编码", "名称", "合计", "基本支出", "项目支出", "上缴上级"]
    form = model.model_validate({"columns": dict(zip("012345", words, strict=True))}).form
    assert form.roles == (*part().roles, "skip")


def test_an_unknown_title_is_asked_statement_first_each_with_its_own_columns() -> None:
    chunk, grid = table(TABLE.replace("支出决算表", "某某明细"))
    schema = form_answer(asked_of(chunk, grid)).model_json_schema()
    alternatives = schema["properties"]["form"]["anyOf"]
    assert len(alternatives) == 13
    assert {tuple(one["properties"]) for one in alternatives} == {("statement", "columns")}
    answer = {"statement": "支出表", "columns": {"2": "合计"}}
    form = form_answer(asked_of(chunk, grid)).model_validate({"form": answer}).form
    assert (form.statement, form.columns) == ("expenditure", {"2": "total"})


def test_rows_between_are_skipped_only_where_a_header_is_repeated() -> None:
    head = TABLE[TABLE.index("项目\t") : TABLE.index("栏次")]
    body = "".join(f"205020{n}\t学校\t1.00\t1.00\t0.00\t0.00\n" for n in range(1, 6))
    asked = asked_of(*table(TABLE + body + head + body))
    assert (asked.first, asked.skippable, asked.last) == ((3,), (11, 12), (17,))


def test_a_body_may_end_where_the_numbers_end_or_with_the_rows_behind_them() -> None:
    asked = asked_of(*table(TABLE + "注：本表反映全年支出。\t\t\t\t\t\n"))
    assert (asked.first, asked.last) == ((3,), (5, 6))
    model = form_answer(asked)
    assert "last is missing" in parse_answer('{"columns":{}}', model)[1]
    assert model.model_validate({"last": 5, "columns": {}}).form.body_last == 5


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("项目", "科目编码"), "科目编码（项目）"),
        (("本年支出", "小计"), "本年支出小计"),
        (("预算数", "合计"), "合计"),
        (
            ("决算数", "公务用车购置及运行维护费", "公务用车购置费"),
            "公务用车购置费（公务用车购置及运行维护费）",
        ),
    ],
    ids=["上面的表头在括号里", "小计归上一格", "侧不说", "侧在最上面"],
)
def test_a_heading_is_said_name_first(path: tuple[str, ...], said: str) -> None:
    assert heading("three_public", path) == said


@pytest.mark.parametrize("statement", [*TABLE_STATEMENTS, NO_STATEMENT])
def test_no_word_names_two_roles_of_a_statement(statement: str) -> None:
    words = [word_of(statement, role) for role in roles(statement)]
    assert len(set(words)) == len(words)


PUBLIC = """第二部分 部门决算表

财政拨款“三公”经费支出决算表

单位：万元

预算数\t\t\t决算数\t\t
合计\t因公出国（境）费\t公务接待费\t合计\t因公出国（境）费\t公务接待费
1.25\t1.00\t0.25\t0.75\t0.50\t0.25
"""


def public(*columns: str) -> FormPart:
    names = {str(index): role for index, role in enumerate(columns)}
    return FormPart(
        statement="three_public", unit="", body_first=2, body_last=2, skip_rows=[], columns=names
    )


def test_the_two_sides_of_a_form_cannot_be_exchanged() -> None:
    names = ("total", "overseas", "reception")
    budget, actual = ([f"{side}:{name}" for name in names] for side in ("budget", "actual"))
    chunk, grid = table(PUBLIC)
    assert map_problem(public(*budget, *actual), chunk, grid) == ""
    assert "应是“合计”，不是“决算:合计”" in map_problem(public(*actual, *budget), chunk, grid)


CLASSES = """第二部分 部门决算表

一般公共预算财政拨款基本支出决算表

单位：万元

部门经济分类\t\t政府经济分类\t\t金额
科目编码\t科目名称\t科目编码\t科目名称\t
30101\t基本工资\t50101\t工资福利支出\t7.25
30201\t办公费\t50201\t办公经费\t1.50
"""


def test_of_two_classifications_beside_each_other_the_first_keys_the_row() -> None:
    columns = ["key", "label", "key", "label", "amount"]
    two = part(statement="basic_expenditure", body_first=2, body_last=3, columns=columns)
    chunk, grid = table(CLASSES)
    assert map_problem(two, chunk, grid) == ""
    (block,) = form_map(two, chunk, grid, mark_of(chunk, grid)).blocks
    assert (block.key_columns, block.label_column) == ((0,), 1)


NAMED = """第二部分 部门决算表

项目支出表

单位：万元

类型\t项目名称\t项目单位\t合计
特定目标类\t培训项目\t某某中心\t7.25
"""
DIVIDED = """第二部分 部门决算表

支出决算表

单位：万元

科目编码\t\t\t科目名称\t本年支出合计
类\t款\t项\t\t
205\t02\t01\t学前教育\t7.25
"""


@pytest.mark.parametrize(
    ("text", "statement", "wrong", "right", "word"),
    [
        (NAMED, "projects", "label skip skip total", "skip label skip total", "列1"),
        (NAMED, "projects", "skip skip label total", "skip label skip total", "列1"),
        (DIVIDED, "expenditure", "key skip skip label total", "key key key label total", "列1"),
        (DIVIDED, "expenditure", "skip skip skip label total", "key key key label total", "列0"),
    ],
    ids=["类型作名称", "单位作名称", "只认类", "没有编码"],
)
def test_the_rows_are_keyed_by_what_the_headings_call_code_and_name(
    text: str, statement: str, wrong: str, right: str, word: str
) -> None:
    changes = {"statement": statement, "body_first": 1 + (text is DIVIDED), "body_last": 9}
    assert word in map_problem(part(columns=wrong.split(), **changes), *table(text))
    assert map_problem(part(columns=right.split(), **changes), *table(text)) == ""


def test_words_beside_a_column_of_names_are_not_asked_about() -> None:
    asked = asked_of(*table(NAMED))
    assert [shape.kind for shape in asked.columns] == ["aside", "names", "aside", "amounts"]


def test_codes_that_do_not_join_to_a_code_are_refused() -> None:
    columns = ["key", "skip", "key", "label", "amount"]
    wrong = part(statement="basic_expenditure", body_first=2, body_last=3, columns=columns)
    assert "列0、2 连起来不是一个科目编码" in map_problem(wrong, *table(CLASSES))


def test_a_blank_column_with_a_listed_heading_is_named_all_the_same() -> None:
    text = TABLE.replace("某某支出", "经营支出").replace("\t0.00", "\t")
    columns = ["key", "label", "total", "basic", "project", "skip"]
    assert "应是“经营支出”" in map_problem(part(columns=columns), *table(text))
    columns[-1] = "operating"
    assert map_problem(part(columns=columns), *table(text)) == ""


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
