"""The checks on the golden documents: what people found there, and silence about the rest."""

import json
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from pipeline.checks import CheckReport, run_checks
from pipeline.documents.text import document_from_text
from pipeline.evaluation.findings import score_findings
from pipeline.evaluation.golden import GoldenDocument, load_golden
from pipeline.extraction import extract
from schemas.facts import Fact
from schemas.runs import Extraction

ROOT = Path(__file__).parents[1] / "golden"
FOLDERS = sorted(folder.name for folder in ROOT.iterdir() if folder.is_dir())
TABLE_FAMILIES = ("A", "B", "C", "D", "E", "K")


def checked(name: str) -> tuple[GoldenDocument, CheckReport]:
    golden = load_golden(ROOT / name)
    text = (ROOT / name / f"{name}.txt").read_bytes()
    return golden, run_checks(document_from_text(f"{name}.txt", text), golden.facts)


@cache
def extracted(name: str) -> Extraction:
    text = (ROOT / name / f"{name}.txt").read_bytes()
    return extract(document_from_text(f"{name}.txt", text))


def is_table(fact: Fact) -> bool:
    return fact.statement not in ("claim", "evaluation")


@pytest.mark.parametrize("name", FOLDERS)
def test_every_finding_was_judged_and_no_judgement_is_stale(name: str) -> None:
    _, report = checked(name)
    listed = json.loads((ROOT / name / "findings.json").read_text(encoding="utf-8"))
    assert {(f.check, f.line) for f in report.findings} == {(v["check"], v["line"]) for v in listed}


@pytest.mark.parametrize("name", FOLDERS)
def test_no_sum_of_a_table_fails(name: str) -> None:
    golden, report = checked(name)
    failing = [
        outcome.check
        for outcome in report.outcomes
        if outcome.status == "fail"
        and outcome.check[0] in TABLE_FAMILIES
        and all(is_table(golden.facts[i]) for i in outcome.facts)
    ]
    assert failing == []


def test_share_of_confirmed_table_facts_is_at_least_94_percent() -> None:
    confirmed = total = 0
    for name in FOLDERS:
        golden, report = checked(name)
        for fact, checks in zip(golden.facts, report.fact_checks, strict=True):
            confirmed += is_table(fact) and bool(checks)
            total += is_table(fact)
    assert confirmed / total >= 0.94


@pytest.mark.parametrize("facts_of", ["golden", "extracted"])
@pytest.mark.parametrize("name", FOLDERS)
def test_lines_that_only_look_wrong_raise_nothing(name: str, facts_of: str) -> None:
    listed = json.loads((ROOT / "negatives.json").read_text(encoding="utf-8"))
    lines = {one["line"] for one in listed if one["document"] == name}
    findings = checked(name)[1].findings if facts_of == "golden" else extracted(name).findings
    assert lines & {f.line for f in findings} == set()


Key = tuple[str, str, str, str, Decimal, str, str, int]


def keyed(fact: Fact) -> Key:
    """What the contract compares, with the printed digits and their line."""
    return (
        fact.statement,
        fact.section,
        fact.row,
        fact.column,
        fact.value,
        fact.unit,
        fact.raw,
        fact.line,
    )


@pytest.mark.parametrize("name", FOLDERS)
def test_facts_as_extracted_are_the_golden_facts(name: str) -> None:
    golden = Counter(map(keyed, checked(name)[0].facts))
    read = Counter(map(keyed, extracted(name).facts))
    assert (golden - read, read - golden) == (Counter(), Counter())


@pytest.mark.parametrize("name", FOLDERS)
def test_facts_as_extracted_have_the_findings_of_the_golden_facts(name: str) -> None:
    _, report = checked(name)
    assert {(f.check, f.line, f.severity) for f in extracted(name).findings} == {
        (f.check, f.line, f.severity) for f in report.findings
    }


@pytest.mark.parametrize("name", FOLDERS)
def test_known_defects_are_found_and_errors_are_right(name: str) -> None:
    golden, report = checked(name)
    score = score_findings(golden, report.findings)
    assert score is None or (score.missed == () and score.of_reported.value == 1)
