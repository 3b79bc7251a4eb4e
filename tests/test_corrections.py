"""Corrections by people, laid over a reading."""

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.corrections import CORRECTION_COLUMNS, apply_corrections, read_corrections
from pipeline.errors import InputError
from schemas.facts import Fact

LINES = ("一、收入", "办公费 12.50 万元，减少 3.00 万元")
HEAD = ",".join(CORRECTION_COLUMNS)
READ = Fact(
    document="甲-12345678",
    statement="claim",
    section="收入",
    row="办公费",
    column="amount",
    value=Decimal("12.51"),
    unit="万元",
    raw="12.51",
    label="办公费",
    line=2,
    reader="grammar",
)


def corrected(tmp_path: Path, *rows: str) -> tuple[Fact, ...]:
    path = tmp_path / "corrections.csv"
    path.write_text("\n".join((HEAD, *rows)), encoding="utf-8-sig")
    return apply_corrections((READ,), read_corrections(path), READ.document, LINES)


def test_a_corrected_number_replaces_the_reading(tmp_path: Path) -> None:
    [fact] = corrected(
        tmp_path, "甲-12345678,set,claim,收入,办公费,amount,万元,12.50,办公费,2,,看过原件"
    )
    assert (fact.value, fact.reader, fact.start) == (Decimal("12.50"), "human", 4)
    assert fact.amount_yuan == Decimal("125000.00")


def test_a_correction_can_add_a_fact_with_a_sign_from_words(tmp_path: Path) -> None:
    facts = corrected(tmp_path, "甲-12345678,set,claim,收入,办公费,change,万元,3.00,减少,2,yes,")
    assert [fact.value for fact in facts] == [Decimal("12.51"), Decimal("-3.00")]


def test_a_correction_can_remove_a_fact(tmp_path: Path) -> None:
    assert corrected(tmp_path, "甲-12345678,remove,claim,收入,办公费,amount,,,,2,,") == ()


def test_a_correction_of_another_version_changes_nothing(tmp_path: Path) -> None:
    row = "甲-00000000,remove,claim,收入,办公费,amount,,,,2,,"
    assert corrected(tmp_path, row) == (READ,)


def test_applying_twice_is_applying_once(tmp_path: Path) -> None:
    row = "甲-12345678,set,claim,收入,办公费,amount,万元,12.50,办公费,2,,"
    assert corrected(tmp_path, row, row) == corrected(tmp_path, row)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param(
            "甲-12345678,set,claim,收入,办公费,amount,万元,12.60,办公费,2,,",
            "'12.60' does not stand on line 2",
            id="原文没有的数",
        ),
        pytest.param(
            "甲-12345678,set,claim,收入,办公费,amount,万元,12.50,办公费,9,,",
            "does not stand on line 9",
            id="没有这一行",
        ),
        pytest.param(
            "甲-12345678,change,claim,收入,办公费,amount,万元,12.50,办公费,2,,",
            "corrections.csv row 2: action 'change': one of set, remove - ",
            id="没有这种更正",
        ),
    ],
)
def test_a_correction_that_cannot_be_is_refused(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(InputError) as refusal:
        corrected(tmp_path, row)
    assert message in str(refusal.value)
