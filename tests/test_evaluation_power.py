"""What the identities notice of errors made on purpose."""

from decimal import Decimal

import pytest

from pipeline.evaluation.golden import GoldenDocument, SourceRecord
from pipeline.evaluation.power import CatchRate, catch_rates, render_catch_rates
from schemas.facts import Fact

LINES = ("支出决算表", "2010101 行政运行 30.00 10.00 20.00", "2010102 一般事务 15.50 6.10 9.40")


@pytest.fixture(scope="module")
def rates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CatchRate]:
    path = tmp_path_factory.mktemp("甲") / "甲.txt"
    path.write_bytes("\n".join(LINES).encode())
    facts = tuple(
        Fact(
            document="甲",
            statement="expenditure",
            section="",
            row=line.split()[0],
            column=column,
            value=Decimal(raw),
            unit="万元",
            raw=raw,
            label=line.split()[1],
            line=number,
            reader="human",
        )
        for number, line in enumerate(LINES[1:], start=2)
        for column, raw in zip(("total", "basic", "project"), line.split()[2:], strict=True)
    )
    source = SourceRecord(
        title="", department="", year=2024, kind="final_accounts", province="", layout="", sha256=""
    )
    golden = GoldenDocument(
        id="甲", text_path=path, sha256="", lines=LINES, facts=facts, source=source
    )
    return {rate.error: rate for rate in catch_rates([golden], draws=4)}


@pytest.mark.parametrize("error", ["unit_scale", "sign", "invented"])
def test_a_row_that_adds_up_betrays_a_wrong_number(rates: dict[str, CatchRate], error: str) -> None:
    assert rates[error].caught.value == 1.0
    assert rates[error].by_check["A2"] == 4
    assert (rates[error].named.numerator, rates[error].named.denominator) == (4, 4)


def test_a_table_that_is_missing_breaks_no_identity(rates: dict[str, CatchRate]) -> None:
    assert (rates["table_missing"].caught.numerator, rates["table_missing"].by_check) == (0, {})


def test_catch_rates_are_shown_with_their_counts(rates: dict[str, CatchRate]) -> None:
    assert "1.0000 (4/4)  A2:4" in render_catch_rates(rates.values())
