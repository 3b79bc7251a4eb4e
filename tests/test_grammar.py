"""The grammar of the prose on invented sentences, on wrapped lines, and on the golden documents."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.chunks import chunk_document
from pipeline.documents.text import document_from_text
from pipeline.reading.exclusions import exclude
from pipeline.reading.grammar import ProseContext, ProseReading, paragraphs, read_prose
from pipeline.reading.prose import compact, tokens, wide
from pipeline.text import passage, squeeze
from schemas.documents import Chunk, Document
from schemas.readings import ClaimReading

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden"
NOWHERE = ProseContext()


def cases() -> list[tuple[str, str, tuple[str, ...]]]:
    """Invented sentences of many provinces, departments and years: id, text and claims, three
    lines each. A claim is row|column|printed|unit, a minus before `printed` one of the words."""
    lines = (HERE / "prose_cases.txt").read_text("utf-8").splitlines()
    triples = zip(lines[::3], lines[1::3], lines[2::3], strict=True)
    return [(head[2:], text, tuple(filter(None, held.split("; ")))) for head, text, held in triples]


CASES = cases()


def read(text: str, context: ProseContext = NOWHERE) -> ProseReading:
    pieces = [(number, 0, line) for number, line in enumerate(text.split("\n"), start=1)]
    return read_prose(passage(pieces), "说明", context)


def written(claim: ClaimReading) -> str:
    sign = "-" if claim.negative else ""
    return f"{claim.row}|{claim.column}|{sign}{claim.printed}|{claim.unit}"


def claims(text: str, context: ProseContext = NOWHERE) -> tuple[str, ...]:
    return tuple(written(claim) for claim in read(text, context).claims)


def prose(*lines: str) -> tuple[str, ...]:
    document = Document(id="d", name="d.txt", sha256="0", media="text/plain", lines=lines)
    chunk = Chunk(id="c", kind="prose", first_line=1, last_line=len(lines))
    return tuple(squeeze(part.text) for part in paragraphs(document, chunk))


@pytest.mark.parametrize(
    ("text", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_sentence_holds_these_claims(text: str, expected: tuple[str, ...]) -> None:
    assert claims(text) == expected


@pytest.mark.parametrize(
    ("before", "printed", "after", "reason"),
    [
        ("截至", "2024", "年末，", "year"),
        ("（", "2024", "）", "year"),
        ("依据规定（财预〔", "2023", "〕15号）", "document_number"),
        ("依据规定（财预〔2023〕", "15", "号）", "document_number"),
        ("截至2024年", "12", "月31日，", "date"),
        ("截至2024年12月", "31", "日，", "date"),
        ("", "1", "-6月预算执行", "date"),
        ("1-", "6", "月预算执行", "date"),
        ("应于", "12", "月底前完成", "deadline"),
        ("在", "15", "个工作日内办结", "deadline"),
        ("", "3", "、住房保障支出", "ordinal"),
        ("其中：（", "1", "）办公费", "ordinal"),
        ("目标", "2", "：提高质量", "ordinal"),
        ("全省第", "1", "名", "ordinal"),
        ("2、编制不细", "3", "、执行进度慢", "ordinal"),
        ("附件", "1", "：自评表", "form_number"),
        ("公开", "01", "表", "form_number"),
        ("单价", "100", "万元以上设备", "threshold"),
        ("单价", "50", "万元（含）以上", "threshold"),
        ("结余率大于", "10", "%的项目", "threshold"),
        ("报销费用达", "5", "万元以上的，进行排查", "threshold"),
        ("执行率=执行数÷预算数×", "100", "%", "formula"),
        ("提供", "7", "×24小时服务", "formula"),
        ("拨打“", "12345", "”热线", "telephone"),
        ("联系电话：", "0731", "-28201234", "telephone"),
        ("编制性详细规划W", "060701", "单元", "code"),
        ("主管部门及代码 [", "176", "]某某研究院", "code"),
        ("（", "2080505", "）", "code"),
        ("第", "3", "页", "ordinal"),
        ("- ", "14", " -", "page_number"),
        ("建设“", "1", "+3+N”平台", "name"),
        ("因“", "15", "分钟阅读圈”项目推迟", "name"),
        ("信访接待、", "985", "工程", "name"),
        ("农林水支出（", "213", "类）", "code"),
        ("", "2130310", "-水土保持", "code"),
        ("", "12", "“.灾害防治支出”", "ordinal"),
        ("", "2020", "全市水利支出", "year"),
        ("占比", "10", "%以上项目", "threshold"),
    ],
)  # fmt: skip
def test_excluded_with_reason(before: str, printed: str, after: str, reason: str) -> None:
    found = exclude(before.replace(" ", ""), printed, after.replace(" ", ""))
    assert found is not None
    assert found[0] == reason
    assert printed in found[1]


@pytest.mark.parametrize(
    ("before", "printed", "after"),
    [
        ("合格率达", "95", "%以上。"),
        ("覆盖面达到", "90", "%以上群众"),
        ("热线全年受理诉求", "5200", "余件"),
        ("参保率没有完成", "95", "%的目标值，"),
        ("办公费", "2", "万元、"),
        ("决算数等于", "0", "的主要原因"),
        ("组织学习", "30", "余次，"),
        ("特殊群体", "100", "%参保"),
        ("公用经费", "20.5", "万元"),
        ("设计使用年限为", "50", "年，"),
        ("实现绩效自评“", "100", "%”。"),
    ],
)
def test_kept_as_fact(before: str, printed: str, after: str) -> None:
    assert exclude(before, printed, after) is None


def test_number_without_unit_or_words_stays_unexplained() -> None:
    reading = read("。8，")
    assert (reading.claims, reading.exclusions) == ((), ())


def test_department_with_the_units_below_it_is_no_part_of_the_subject() -> None:
    context = ProseContext(department="某某市某某区水务局")
    sentence = "2025年，某某市某某区水务局所属各预算单位开支财政拨款的公务用车保有量为9辆。"
    assert claims(sentence, context) == ("公务用车保有量|count|9|辆",)
    assert claims("区水务局下属预算单位1个。", context) == ("下属预算单位|count|1|个",)


def test_body_comes_off_the_front() -> None:
    context = ProseContext(department="某某市某某区水务局")
    assert claims("2024年某某市某某区水务局部门收入总计10万元。", context) == (
        "收入总计|amount|10|万元",
    )
    assert claims("水务局2024年支出总计9万元。", context) == ("支出总计|amount|9|万元",)
    assert claims("区水务局及下属单位编制26人。", context) == ("编制|count|26|人",)


def test_text_cell_has_the_name_of_its_row() -> None:
    context = ProseContext(subject="老旧小区改造")
    assert claims("全年预算数执行率99.5%", context) == ("老旧小区改造|completion_rate|99.5|%",)
    assert claims("经费用于日常维护，金额15万元。", context) == ("老旧小区改造金额|amount|15|万元",)
    assert claims("共300户", context) == ("老旧小区改造|count|300|户",)


def test_item_head_is_the_subject_of_the_item() -> None:
    wrapped = "1、教育支出（类）普通教育（款）小学教育（项）\n年初预算为20万元，支出决算为19万元。"
    assert claims(wrapped) == ("小学教育|budget|20|万元", "小学教育|amount|19|万元")


def test_label_is_the_words_the_row_comes_from() -> None:
    labels = [c.label for c in read("公务接待费支出预算为2万元，支出决算为1万元。").claims]
    assert labels == ["公务接待费支出", "公务接待费支出"]


def test_place_is_where_the_number_stands() -> None:
    claim = read("支出合计\n　　8.50万\n元。").claims[0]
    assert (claim.line, claim.start, claim.printed, claim.unit) == (2, 2, "8.50", "万元")


def test_number_over_two_lines_is_one_number() -> None:
    reading = read("支出合计3,10\n5.78万元。")
    assert [(c.printed, c.line) for c in reading.claims] == [("3,105.78", 1)]
    assert [(e.printed, e.line) for e in reading.exclusions] == [("10", 1), ("5.78", 2)]


def test_details_in_brackets_leave_the_subject() -> None:
    assert claims("项目支出90万元（其中：运维60万元），占30%。")[-1] == "项目支出|share|30|%"


def test_wrapped_sentence_is_one_paragraph_over_blank_lines_and_page_feet() -> None:
    lines = (
        "年度收入总计、支出总计均为二千四百万元，与上年相",
        "",
        "- 14 -",
        "",
        "比减少九百八十二万元。",
    )
    assert prose(*lines) == (lines[0] + lines[4], "-14-")


def test_short_last_line_ends_the_paragraph() -> None:
    lines = ("本年收入合计一百万元，其中财政拨款收入", "八十万元。", "本年支出合计九十万元。")
    assert prose(*lines) == (lines[0] + lines[1], lines[2])


def test_item_begins_a_paragraph() -> None:
    lines = (
        "按照规定执行采购管理办法，其中：",
        "（2）采购执行率：得分三分。我部门不存在政府",
        "采购。",
    )
    assert prose(*lines) == (lines[0], lines[1] + lines[2])


def test_account_path_stays_with_its_numbers() -> None:
    lines = (
        "1、教育支出（类）普通教育（款）小学教育（项） ",
        "年初预算为20万元，支出决算为19万元。",
    )
    assert prose(*lines) == (squeeze(lines[0]) + lines[1],)


def test_markdown_is_left_out() -> None:
    assert prose("**（三）人员概况。** 编制26人。", "- 1.经费0万元。") == (
        "（三）人员概况。编制26人。",
        "1.经费0万元。",
    )


SENTENCES = st.sampled_from([case[1] for case in CASES if case[2]])


@settings(max_examples=60, deadline=None)
@given(text=SENTENCES, data=st.data())
def test_line_ends_change_no_claim(text: str, data: st.DataObject) -> None:
    joints = [i for i in range(1, len(text)) if not (text[i - 1] + text[i]).isascii()]
    cut = data.draw(st.sampled_from(joints))
    assert claims(text[:cut] + "\n　" + text[cut:]) == claims(text)


@pytest.mark.parametrize("text", [case[1] for case in CASES], ids=[c[0] for c in CASES])
def test_half_width_punctuation_changes_no_claim(text: str) -> None:
    narrow = re.sub(r"(?<!\d)[，：]|[，：](?!\d)|；", lambda m: _NARROW[m.group(0)], text)
    assert [wide(claim) for claim in claims(narrow)] == [wide(claim) for claim in claims(text)]


_NARROW = {"，": ",", "：": ":", "；": ";"}


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet="收支年月增减少占%万元个（）第。，：、12.-～ 3年度预算", max_size=40))
def test_each_numeral_is_claimed_or_excluded_at_most_once(text: str) -> None:
    whole = passage([(1, 0, text)])
    reading = read_prose(whole, "", NOWHERE)
    places = [(r.line, r.start) for r in (*reading.claims, *reading.exclusions)]
    known = {(t.line, t.offset) for t in tokens(whole, compact(whole))}
    assert len(places) == len(set(places))
    assert set(places) <= known


def golden_prose(name: str) -> tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]], int]:
    """Golden claims and claims read (line, column, value, row), and numerals left unexplained."""
    folder = GOLDEN / name
    document = document_from_text(f"{name}.txt", (folder / f"{name}.txt").read_bytes())
    context = ProseContext(department=document.department)
    found: Counter[tuple[str, ...]] = Counter()
    lines: set[int] = set()
    open_numerals = 0
    for chunk in chunk_document(document):
        if chunk.kind != "prose":
            continue
        lines |= set(range(chunk.first_line, chunk.last_line + 1))
        for part in paragraphs(document, chunk):
            reading = read_prose(part, chunk.section, context)
            found.update(fact_of(claim) for claim in reading.claims)
            known = len(reading.claims) + len(reading.exclusions)
            open_numerals += len(tokens(part, compact(part))) - known
    with (folder / "facts.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["statement"] == "claim"]
    wanted = Counter(
        (r["line"], r["column"], r["value"], r["row"].split(" #")[0])
        for r in rows
        if int(r["line"]) in lines
    )
    return wanted, found, open_numerals


def fact_of(claim: ClaimReading) -> tuple[str, ...]:
    value = ("-" if claim.negative else "") + claim.printed.replace(",", "")
    return (str(claim.line), claim.column, value, claim.row)


def f1(wanted: Counter[tuple[str, ...]], found: Counter[tuple[str, ...]]) -> float:
    return 2 * (wanted & found).total() / (wanted.total() + found.total())


@pytest.mark.parametrize("name", sorted(p.name for p in GOLDEN.iterdir() if p.is_dir()))
def test_golden_prose_is_read(name: str) -> None:
    wanted, found, open_numerals = golden_prose(name)
    values = [Counter(dict_of(side)) for side in (wanted, found)]
    assert f1(values[0], values[1]) >= 0.99
    assert f1(wanted, found) >= 0.97
    assert open_numerals == 0


def dict_of(side: Counter[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
    return sum((Counter({key[:3]: count}) for key, count in side.items()), Counter())
