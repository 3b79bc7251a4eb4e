"""Invented golden documents and readings of them, for the tests of the scorer."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from pipeline.evaluation.golden import GoldenDocument, SourceRecord
from schemas.facts import Fact
from schemas.runs import DocumentHead, Extraction


def fact(row: int, value: str, **change: object) -> Fact:
    base = Fact(
        document="甲",
        statement="income",
        section="",
        row=str(2010000 + row),
        column="total",
        value=Decimal(value),
        unit="万元",
        raw=value,
        label="",
        line=row + 1,
        reader="form",
    )
    return base.model_copy(update=change)


FACTS = tuple(fact(row, f"{row}.{row + 10}") for row in range(100))


def golden(name: str, facts: Sequence[Fact] = FACTS, **change: object) -> GoldenDocument:
    document = GoldenDocument(
        id=name,
        text_path=Path(f"{name}.txt"),
        sha256=f"sha-{name}",
        lines=tuple(f"科目 {fact.raw}" for fact in FACTS),
        facts=tuple(facts),
        source=SourceRecord(
            title="",
            department="",
            year=2024,
            kind="budget",
            province="",
            layout="",
            sha256=f"sha-{name}",
        ),
    )
    return document.model_copy(update=change)


def read(name: str, facts: Sequence[Fact] = FACTS, **change: object) -> Extraction:
    extraction = Extraction(
        document=DocumentHead(
            id=f"{name}-00000000",
            name=f"{name}.txt",
            sha256=f"sha-{name}",
            media="text/plain",
            kind="budget",
            department="",
            region="",
            fiscal_year=2024,
            line_count=100,
            page_count=0,
        ),
        chunks=(),
        facts=tuple(facts),
        dispositions=(),
        outcomes=(),
        findings=(),
    )
    return extraction.model_copy(update=change)


SET = (golden("甲"), golden("乙"))


def spoiled(*rows: int) -> tuple[Fact, ...]:
    return tuple(
        f.model_copy(update={"value": f.value + 500}) if i in rows else f
        for i, f in enumerate(FACTS)
    )
