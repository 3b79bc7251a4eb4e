"""Passages that are right as they stand, in the words and forms of many provinces: read and checked
as a whole, they raise nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.documents.text import document_from_text
from pipeline.extraction import extract

CASES = Path(__file__).parent / "silence_cases.txt"


def cases() -> Iterator[object]:
    for case in CASES.read_text(encoding="utf-8").split("\n=== ")[1:]:
        name, _, body = case.partition("\n")
        yield pytest.param(padded(body), id=name)


def padded(body: str) -> str:
    """Rows of a table as long as its longest: an editor cuts blank cells off the ends of lines."""
    lines = body.split("\n")
    width = max(line.count("\t") for line in lines)
    return "\n".join(
        line + "\t" * (width - line.count("\t")) if "\t" in line else line for line in lines
    )


@pytest.mark.parametrize("body", list(cases()))
def test_what_is_right_raises_nothing(body: str) -> None:
    kind = "决算" if "决算" in body or "预算" not in body else "预算"
    text = f"某某市某某局2023年度部门{kind}\n{body}"
    findings = extract(document_from_text("某某局.txt", text.encode())).findings
    assert [(f.check, f.severity, f.message) for f in findings] == []


def test_the_cases_are_read_and_checked() -> None:
    ran = set()
    for case in CASES.read_text(encoding="utf-8").split("\n=== ")[1:]:
        text = f"某某市某某局2023年度部门决算\n{padded(case.partition(chr(10))[2])}"
        outcomes = extract(document_from_text("某某局.txt", text.encode())).outcomes
        ran |= {o.check for o in outcomes if o.status in ("pass", "rounding_hint")}
    assert {"A1", "A2", "A5", "A7", "B1", "B8", "C3", "C7b", "D9b", "E6", "G1", "G2", "G3"} <= ran
    assert {"G7", "G8", "H1", "H3", "H6", "H8", "I1", "I2", "I4", "I14", "J2", "K2", "K10a"} <= ran
