"""Values whose column was lost: placed when the sums leave one place, else left open."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.placement import place
from schemas.readings import Provenance, RowReading, ValueReading

SPENDING = ("total", "basic", "project")
WIDE = ("total", "basic", "project", "to_superior", "operating", "to_affiliated")


def row(key: str, *printed: str, columns: tuple[str, ...] = SPENDING, line: int = 1) -> RowReading:
    full = len(printed) == len(columns)
    return RowReading(
        statement="expenditure",
        row=key,
        label=key,
        line=line,
        values=tuple(
            ValueReading(printed=p, line=line, start=10 * i, column=columns[i] if full else "")
            for i, p in enumerate(printed)
        ),
        columns=columns,
        chunk="c001",
        source=Provenance(reader="form"),
    )


def columns_of(rows: tuple[RowReading, ...]) -> list[list[str]]:
    return [[value.column for value in one.values] for one in rows]


CASES = [
    ("合计行定列", [row("total", "9.00", "4.00", "5.00"), row("208", "4.00", "4.00"), row("213", "5.00", "5.00")],
     [["total", "basic", "project"], ["total", "basic"], ["total", "project"]]),
    ("两种放法都成立则不放", [row("total", "8.00", "4.00", "4.00"), row("208", "4.00", "4.00"), row("213", "4.00", "4.00")],
     [["total", "basic", "project"], ["total", ""], ["total", ""]]),
    ("只有一行时只放合计", [row("208", "4.00", "4.00")], [["total", ""]]),
    ("单个零的行不定", [row("208", "0.00", columns=WIDE)], [[""]]),
    ("和不成立的行不放", [row("total", "9.00", "4.00", "5.00"), row("208", "4.00", "3.00")],
     [["total", "basic", "project"], ["", ""]]),
    ("自相矛盾的行由其他各行定列", [row("total", "9.00", "4.00", "5.00"), row("208", "4.00", "4.00"), row("213", "5.10", "5.00")],
     [list(SPENDING), ["total", "basic"], ["total", "project"]]),
    ("款随项", [row("total", "7.00", "3.00", "4.00"), row("205", "7.00", "3.00", "4.00"), row("20502", "7.00", "3.00", "4.00"),
                row("2050201", "3.00", "3.00"), row("2050202", "4.00", "4.00")],
     [list(SPENDING)] * 3 + [["total", "basic"], ["total", "project"]]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "wanted"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_placement(rows: list[RowReading], wanted: list[list[str]]) -> None:
    assert columns_of(place(rows, ()).rows) == wanted


def test_a_column_that_is_none_of_the_contracts_stays_out() -> None:
    given_row = row(
        "208", "3.00", "9.00", "9.00", "0.00", columns=("~0", "total", "basic", "project")
    )
    assert columns_of(place([given_row], ()).rows) == [["", "total", "basic", "project"]]


def test_what_is_placed_is_marked() -> None:
    rows = place(
        [
            row("total", "9.00", "4.00", "5.00"),
            row("208", "4.00", "4.00"),
            row("213", "5.00", "5.00"),
        ],
        (),
    ).rows
    assert [value.placed_by for value in rows[1].values] == ["arithmetic", "arithmetic"]
    assert [value.placed_by for value in rows[0].values] == ["", "", ""]


amounts = st.integers(0, 400).map(lambda n: Decimal(n) / 100)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=8))
def test_placed_values_always_add_up(parts: list[tuple[Decimal, Decimal]]) -> None:
    basic, project = (sum((part[i] for part in parts), Decimal(0)) for i in (0, 1))
    rows = [row("total", f"{basic + project:.2f}", f"{basic:.2f}", f"{project:.2f}")]
    for n, pair in enumerate(parts):
        printed = [f"{value:.2f}" for value in (sum(pair), *pair) if value]
        rows += [row(str(201 + n), *printed, line=n + 2)] if printed else []
    for one, (b, p) in zip(place(rows, ()).rows[1:], filter(any, parts), strict=True):
        truth = {"total": b + p, "basic": b, "project": p}
        assert all(Decimal(v.printed) == truth[v.column] for v in one.values if v.column)


def test_two_hundred_rows_are_placed_or_left_open_none_wrong() -> None:
    rows = [row("total", "2020.00", "1010.00", "1010.00", columns=SPENDING)]
    for n in range(20):
        rows.append(row(str(201 + n), "101.00", "50.50", "50.50"))
        rows += [row(f"{201 + n}{k:02d}", f"{k}.{k}0", f"{k}.{k}0") for k in range(1, 11)]
    placed = place(rows, ()).rows
    assert len(placed) == len(rows)
    groups = [one for one in placed if len(one.row) == 3]
    assert all(
        [v.column for v in one.values] == ["total", "basic", "project"] for one in groups[1:]
    )
