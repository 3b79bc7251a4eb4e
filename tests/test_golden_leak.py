"""Nothing of the golden documents stands in what reads them.

A score on documents whose answers the reader carries along measures nothing.
"""

import re
from pathlib import Path

import pytest

from pipeline.documents.text import document_from_text
from pipeline.evaluation.golden import GoldenDocument, find_golden
from pipeline.extraction import extract

ROOT = Path(__file__).parents[1]
STAGES = [
    path for name in ("pipeline", "prompts", "schemas") for path in (ROOT / name).rglob("*.*")
]
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for path in STAGES
    if path.suffix in (".py", ".md", ".yaml", ".json", ".js", ".css")
}
AMOUNT = re.compile(r"(?<![\d.])\d[\d,]*\.\d+(?![\d.])")


@pytest.fixture(scope="module")
def golden() -> tuple[GoldenDocument, ...]:
    return find_golden(ROOT / "golden")


def test_no_reader_names_a_golden_document_or_its_department(
    golden: tuple[GoldenDocument, ...],
) -> None:
    names = {name for one in golden for name in (one.id, one.sha256, one.source.department)}
    found = [(path.name, name) for path, text in SOURCES.items() for name in names if name in text]
    assert found == []


def test_no_reader_holds_an_amount_of_a_golden_document(golden: tuple[GoldenDocument, ...]) -> None:
    """Five digits or more do not coincide by chance, round ones (100.00) apart. Examples and
    comments count too: an invented number explains as well."""
    amounts = {
        f.raw
        for one in golden
        for f in one.facts
        if sum(map(str.isdigit, f.raw)) >= 5 and f.value % 100
    }
    readers = {path: text for path, text in SOURCES.items() if "evaluation" not in path.parts}
    found = [
        (path.name, number)
        for path, text in readers.items()
        for number in AMOUNT.findall(text)
        if number in amounts
    ]
    assert found == []


def test_reading_knows_a_document_neither_by_name_nor_by_hash(
    golden: tuple[GoldenDocument, ...],
) -> None:
    shortest = min(golden, key=lambda one: len(one.lines))
    content = shortest.text_path.read_bytes()
    known = extract(document_from_text(shortest.text_path.name, content)).facts
    unknown = extract(document_from_text("other.txt", content + b"\n")).facts
    assert [(*f.key, f.value, f.line) for f in known] == [
        (*f.key, f.value, f.line) for f in unknown
    ]
