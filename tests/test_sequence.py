"""Performance forms: every number of an invented form under its row, column and unit."""

import pytest

from performance_cases import CASES, Case
from pipeline.reading.sequence import read_performance
from schemas.documents import Cell, Chunk, Document, Grid
from schemas.readings import Reading


def read(form: str, *, grid: bool, unit: str = "万元") -> Reading:
    """The reading of a form written with `|` between cells, or as flattened text."""
    lines = tuple(form.replace("|", "\t").split("\n"))
    document = Document(
        id="x", name="x", sha256="", media="text/plain", lines=lines, fiscal_year=2024
    )
    chunk = Chunk(
        id="c1",
        kind="performance",
        first_line=1,
        last_line=len(lines),
        title="自评表",
        unit=unit,
        grid=_grid(lines) if grid else None,
    )
    return read_performance(document, chunk)


def _grid(lines: tuple[str, ...]) -> Grid:
    rows = tuple(_cells(n, line) for n, line in enumerate(lines, start=1) if "\t" in line)
    return Grid(layout="tabs", rows=rows, first_line=1, last_line=len(lines))


def _cells(number: int, line: str) -> tuple[Cell, ...]:
    cells, start = [], 0
    for text in line.split("\t"):
        cells.append(Cell(text=text, line=number, start=start))
        start += len(text) + 1
    return tuple(cells)


def told(reading: Reading) -> list[str]:
    """`row | column | printed | unit` of each evaluation, sorted."""
    return sorted(f"{e.row} | {e.column} | {e.printed} | {e.unit}" for e in reading.evaluations)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_form_of_a_province_is_read_whole(case: Case) -> None:
    assert told(read(case.form, grid=case.grid)) == sorted(case.says.split("\n"))
