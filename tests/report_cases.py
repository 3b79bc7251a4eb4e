"""Invented extractions for the tests of the report."""

from decimal import Decimal

from pipeline.text import numerals
from schemas.facts import Disposition, Fact
from schemas.findings import Finding, Operand, Outcome
from schemas.runs import ChunkStatus, DocumentHead, Extraction
from schemas.vocabulary import Statement

LINES = (
    "甲市乙局2023年度部门决算",
    "科目\t合计\t基本支出\t项目支出",
    "2010101 行政运行\t30.00\t10.00\t20.00",
    "2010102 一般事务\t5.00\t5.00\t0.00",
    "办公费支出 12.40 万元，占 41%。",
)
HOSTILE = "<script>window.hacked=1</script><img src=x onerror=window.hacked=2>\u202e\x07\u200b'\""


def head(**change: object) -> DocumentHead:
    made = DocumentHead(
        id="jia-00000000",
        name="jia.txt",
        sha256="0" * 64,
        media="text/plain",
        kind="final_accounts",
        department="甲市乙局",
        region="",
        fiscal_year=2023,
        line_count=len(LINES),
        page_count=0,
    )
    return made.model_copy(update=change)


def fact(row: str, column: str, raw: str, line: int, statement: Statement = "expenditure") -> Fact:
    return Fact(
        document="jia-00000000",
        statement=statement,
        section="支出情况" if statement == "claim" else "",
        row=row,
        column=column,
        value=Decimal(raw),
        unit="%" if column == "share" else "万元",
        raw=raw,
        label={"2010101": "行政运行", "2010102": "一般事务"}.get(row, row),
        line=line,
        start=LINES[line - 1].index(raw) if line <= len(LINES) else 0,
        reader="form",
    )


FACTS = (
    fact("2010101", "total", "30.00", 3),
    fact("2010101", "basic", "10.00", 3),
    fact("2010101", "project", "20.00", 3),
    fact("2010102", "total", "5.00", 4),
    fact("2010102", "project", "0.00", 4),
    fact("办公费", "amount", "12.40", 5, "claim"),
)
FINDING = Finding(
    document="jia-00000000",
    finding="f1",
    cluster="c1",
    check="A2",
    severity="error",
    origin="document",
    line=4,
    lines=(3, 4),
    printed="5.00",
    expected="6.00",
    message="合计与各部分之和不符",
    operands=(Operand(label="基本支出", printed="5.00", unit="万元", line=4),),
    difference=Decimal("1.00"),
    allowed=Decimal("0.015"),
)


def dispositions(lines: tuple[str, ...] = LINES) -> tuple[Disposition, ...]:
    """Facts where there are facts, the year excluded, the rest open."""
    places = {(one.line, one.start) for one in FACTS}
    return tuple(
        Disposition(
            numeral=n,
            outcome="fact"
            if (n.line, n.start) in places
            else "excluded"
            if number == 1
            else "unexplained",
            reason="year" if number == 1 else "",
            chunk="k1",
        )
        for number, line in enumerate(lines, start=1)
        for n in numerals(line, number)
    )


def extraction(**change: object) -> Extraction:
    made = Extraction(
        document=head(),
        chunks=(
            ChunkStatus(
                chunk="k1",
                kind="table",
                title="支出决算表",
                first_line=2,
                last_line=4,
                status="partial",
                reason="一列未定",
            ),
        ),
        facts=FACTS,
        dispositions=dispositions(),
        outcomes=(
            Outcome(check="A2", status="pass", facts=(0, 1, 2)),
            Outcome(check="A2", status="fail", facts=(3, 4), detail="相差 1.00"),
        ),
        findings=(FINDING,),
    )
    return made.model_copy(update=change)


def hostile() -> tuple[Extraction, tuple[str, ...]]:
    """A document that tries everything, with a line of a million characters."""
    lines = (HOSTILE, f"{HOSTILE} 30.00", ("办公费 12.40 万元；" + "说明" * 20) * 20_000)
    bad = FACTS[0].model_copy(
        update={
            "row": HOSTILE,
            "label": HOSTILE,
            "line": 2,
            "start": lines[1].index("30.00"),
            "unit": HOSTILE,
        }
    )
    finding = FINDING.model_copy(
        update={"message": HOSTILE, "printed": HOSTILE, "finding": HOSTILE, "cluster": HOSTILE}
    )
    made = extraction(
        document=head(department=HOSTILE, name=HOSTILE),
        facts=(bad,),
        dispositions=dispositions(lines),
        outcomes=(Outcome(check=HOSTILE, status="fail", facts=(0,), detail=HOSTILE),),
        findings=(finding,),
    )
    return made, lines


def large(rows: int = 2500) -> tuple[Extraction, tuple[str, ...]]:
    """Four facts a row: 10,000 for 2,500 rows."""
    lines = tuple(f"{2010000 + n} 科目{n}\t{n}.01\t{n}.02\t{n}.03\t{n}.04" for n in range(rows))
    columns = ("total", "basic", "project", "operating")
    facts = tuple(
        FACTS[0].model_copy(
            update={
                "row": str(2010000 + n),
                "column": column,
                "value": Decimal(f"{n}.0{place}"),
                "raw": f"{n}.0{place}",
                "line": n + 1,
                "start": line.index(f"\t{n}.0{place}") + 1,
            }
        )
        for n, line in enumerate(lines)
        for place, column in enumerate(columns, start=1)
    )
    checks = tuple(
        Outcome(check="A2", status="pass", facts=(n * 4, n * 4 + 1, n * 4 + 2)) for n in range(rows)
    )
    made = extraction(facts=facts, dispositions=(), outcomes=checks, findings=())
    return made, lines
