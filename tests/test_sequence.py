"""Performance forms: every number of a form under its row, column and unit, or with its reason."""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.chunks import chunk_document
from pipeline.documents.text import document_from_text
from pipeline.reading.sequence import read_performance
from pipeline.text import numerals, parse_number
from schemas.documents import Cell, Chunk, Document, Grid
from schemas.readings import Reading

GOLDEN = Path(__file__).parent.parent / "golden"
WITH_FORMS = (
    "cangxi-2024-final",
    "mengzhou-2024-final",
    "yancheng-2024-budget",
    "zizhou-2024-final",
)


class Case(NamedTuple):
    """An invented form, whether its cells are still there, and the evaluations it holds."""

    name: str
    grid: bool
    form: str
    says: tuple[str, ...]


def _cases() -> tuple[Case, ...]:
    text = (Path(__file__).parent / "performance_cases.txt").read_text(encoding="utf-8")
    cases = []
    for part in text.split("\n=== ")[1:]:
        head, body = part.split("\n", 1)
        name, layout = head.split(" ")
        form, says = body.rstrip("\n").split("\n--- says\n")
        cases.append(Case(name, layout == "grid", form, tuple(sorted(says.split("\n")))))
    return tuple(cases)


CASES = _cases()


def document_of(lines: tuple[str, ...]) -> Document:
    return Document(id="x", name="x", sha256="", media="text/plain", lines=lines, fiscal_year=2024)


def read(form: str, *, grid: bool) -> Reading:
    """The reading of a form written with `|` between cells, or as flattened text."""
    lines = tuple(form.replace("|", "\t").split("\n"))
    chunk = Chunk(
        id="c1",
        kind="performance",
        first_line=1,
        last_line=len(lines),
        title="自评表",
        unit="万元",
        grid=_grid(lines) if grid else None,
    )
    return read_performance(document_of(lines), chunk)


def _grid(lines: tuple[str, ...]) -> Grid:
    rows = tuple(_cells(n, line) for n, line in enumerate(lines, start=1) if "\t" in line)
    return Grid(layout="tabs", rows=rows, first_line=1, last_line=len(lines))


def _cells(number: int, line: str) -> tuple[Cell, ...]:
    cells, start = [], 0
    for text in line.split("\t"):
        cells.append(Cell(text=text, line=number, start=start))
        start += len(text) + 1
    return tuple(cells)


def told(reading: Reading) -> tuple[str, ...]:
    """`row | column | printed | unit` of each evaluation, sorted."""
    return tuple(
        sorted(f"{e.row} | {e.column} | {e.printed} | {e.unit}" for e in reading.evaluations)
    )


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_form_is_read_whole(case: Case) -> None:
    assert told(read(case.form, grid=case.grid)) == case.says


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_each_numeral_has_one_outcome_where_it_is_printed(case: Case) -> None:
    reading = read(case.form, grid=case.grid)
    lines = case.form.replace("|", "\t").split("\n")
    found = [*reading.evaluations, *reading.claims, *reading.exclusions]
    places = Counter((f.line, f.start) for f in found)
    assert set(places.values()) == {1}
    assert all(lines[f.line - 1].startswith(f.printed, f.start) for f in found)
    printed = {(n.line, n.start) for i, line in enumerate(lines, 1) for n in numerals(line, i)}
    assert set(places) <= printed


SLIDING = """项目绩效自评表
项目名称|河道保洁||||||||
项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|执行率|得分||
|年度资金总额|50.00|48.00|46.08|10|96.00%|9.6||
|其中：财政拨款|50.00|48.00|46.08|-|96.00%|-||
|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因|
|产出指标|数量指标|保洁里程|≥120公里|118公里|20|19.5|水位偏高|
||质量指标|水面洁净率|≥95%|96%|20|20||
|效益指标|生态效益指标|水质改善|明显改善|明显改善|40|38||
|满意度指标|服务对象满意度指标|沿岸居民满意度|≥90%|94%|10|10||
|总分|||||100|97.1||"""


@pytest.mark.wide
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_row_that_slid_says_the_same(data: st.DataObject) -> None:
    lines = SLIDING.split("\n")
    for i in range(6, len(lines)):
        cells = lines[i].split("|")
        cells.insert(data.draw(st.integers(0, len(cells) - 1)), "")
        lines[i] = "|".join(cells)
    assert told(read("\n".join(lines), grid=True)) == told(read(SLIDING, grid=True))


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(6, 9)))
def test_weight_and_score_in_one_cell_are_two_numbers(rows: set[int]) -> None:
    lines = SLIDING.split("\n")
    for i in rows:
        lines[i] = re.sub(r"\|([\d.]+)\|([\d.]+)\|", r"|\1 \2|", lines[i])
    assert told(read("\n".join(lines), grid=True)) == told(read(SLIDING, grid=True))


TARGETS = [
    ("≥850人", ["850 人"]),
    ("15 天之内", ["15 天"]),
    ("每2月一次", ["2 月"]),
    ("2024年12月底前", []),
    ("12/31/2024", []),
    ("6月底前", []),
    ("2024.10.15", []),
    ("1959.04万元", ["1959.04 万元"]),
    ("$\\leq 10\\%$", ["10 %"]),
    ("2—3个百分点", ["2 个百分点", "3 个百分点"]),
    ("网采率≥90%、耗材网采率≥79%", ["79 %", "90 %"]),
    ("不少于1,200户次", ["1,200 户次"]),
    ("4000元/人年", ["4000 元/人年"]),
    ("100", ["100 "]),
    ("较好", []),
]


@pytest.mark.parametrize(("cell", "says"), TARGETS, ids=[cell for cell, _ in TARGETS])
def test_target_cell(cell: str, says: list[str]) -> None:
    form = f"项目名称|甲||\n一级指标|二级指标|三级指标|指标值\n产出指标|数量指标|完成量|{cell}"
    found = read(form, grid=True).evaluations
    assert sorted(f"{e.printed} {e.unit}" for e in found) == says


EXCLUDED = [
    ("项目名称|2023年第12批补助|", {"2023": "name", "12": "name"}),
    ("说明|完成率=完成数/计划数×100%|", {"100": "formula"}),
    ("年度目标|目标1：保障运转；|", {"1": "ordinal"}),
    ("原因|执行率未达到90%的需说明原因：资金紧张|", {"90": "threshold"}),
    ("依据|财社〔2022〕36号|", {"2022": "document_number", "36": "document_number"}),
]


@pytest.mark.parametrize(("row", "says"), EXCLUDED, ids=[row for row, _ in EXCLUDED])
def test_numeral_that_is_no_fact_has_its_reason(row: str, says: dict[str, str]) -> None:
    reading = read(f"项目名称|甲|\n{row}", grid=True)
    assert {e.printed: e.reason for e in reading.exclusions} == says
    assert not reading.claims


def test_sentence_of_a_text_cell_is_a_claim_under_the_form() -> None:
    form = "部门名称|甲局|\n任务名称|主要内容|实际完成情况\n冬春救助|救助困难群众320户|执行率98.5%"
    claims = read(form, grid=True).claims
    assert [(c.section, c.printed, c.unit) for c in claims] == [
        ("自评表", "320", "户"),
        ("自评表", "98.5", "%"),
    ]
    assert claims[1].row == "冬春救助"


def test_cells_that_cannot_be_told_apart_stay_open() -> None:
    """A flattened summary of two pairs a row: no reading is better than a guessed one."""
    form = "项目名称 三级指标 指标值 三级指标 指标值\n甲项目 面积 30亩 满意度 90%"
    reading = read(form, grid=False)
    assert not reading.evaluations
    assert not reading.claims


@pytest.mark.parametrize("name", WITH_FORMS)
def test_golden_forms_are_read_to_the_last_number(name: str) -> None:
    folder = GOLDEN / name
    document = document_from_text(f"{name}.txt", (folder / f"{name}.txt").read_bytes())
    chunks = [c for c in chunk_document(document) if c.kind == "performance"]
    found = Counter(
        (e.line, e.row, e.column, parse_number(e.printed), e.unit)
        for chunk in chunks
        for e in read_performance(document, chunk).evaluations
    )
    with (folder / "facts.csv").open(encoding="utf-8-sig", newline="") as file:
        truth = Counter(
            (
                int(r["line"]),
                re.sub(r" #\d+$", "", r["row"]),
                r["column"],
                parse_number(r["value"]),
                r["unit"],
            )
            for r in csv.DictReader(file)
            if r["statement"] == "evaluation"
        )
    assert found == truth


def test_columns_aligned_by_blanks_read_as_the_loose_text_does() -> None:
    """Whether the aligned columns of a whole form make a grid or not, it says the same."""
    case = next(case for case in CASES if case.name.startswith("版面文本"))
    lines = ("附件", "", *case.form.split("\n"))
    document = document_from_text("某某局2024年度部门决算.txt", "\n".join(lines).encode())
    chunk = next(c for c in chunk_document(document) if c.kind == "performance")
    assert chunk.grid is not None
    assert told(read_performance(document, chunk)) == case.says
