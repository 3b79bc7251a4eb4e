"""What the checks find in the golden documents, on golden facts and on facts as extracted.

    python benchmarks/found.py

Prints for both: listed defects (confidence >= 0.8, no model needed) found; findings that a person
judged right, by severity; findings on lines that only look wrong; table identities that fail.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from pipeline.checks import CheckReport, run_checks  # noqa: E402
from pipeline.documents.text import document_from_text  # noqa: E402
from pipeline.evaluation.findings import score_findings  # noqa: E402
from pipeline.evaluation.golden import GoldenDocument, load_golden  # noqa: E402
from pipeline.extraction import extract  # noqa: E402
from schemas.facts import Fact  # noqa: E402

TABLE_FAMILIES = "ABCDEK"
NEGATIVES = json.loads((ROOT / "golden" / "negatives.json").read_text(encoding="utf-8"))


def reports(extracted: bool) -> list[tuple[GoldenDocument, Sequence[Fact], CheckReport]]:
    made = []
    for folder in sorted(path for path in (ROOT / "golden").iterdir() if path.is_dir()):
        golden = load_golden(folder)
        document = document_from_text(golden.text_path.name, golden.text_path.read_bytes())
        facts = extract(document).facts if extracted else golden.facts
        made.append((golden, facts, run_checks(document, facts)))
    return made


def count(extracted: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    for golden, facts, report in reports(extracted):
        score = score_findings(golden, report.findings)
        if score:
            counts["defects"] += score.of_listed.denominator
            counts["found"] += score.of_listed.numerator
        for finding in report.findings:
            labels = [v.label for v in golden.verdicts if v.is_about(finding)]
            counts[finding.severity] += 1
            counts[f"{finding.severity} right"] += labels == ["defect"]
            counts["negatives"] += any(
                one["document"] == golden.id and one["line"] == finding.line for one in NEGATIVES
            )
        counts["tables"] += sum(
            outcome.status == "fail"
            and outcome.check[0] in TABLE_FAMILIES
            and all(facts[i].statement not in ("claim", "evaluation") for i in outcome.facts)
            for outcome in report.outcomes
        )
    return counts


def main() -> None:
    for name, extracted in (("golden facts", False), ("facts as extracted", True)):
        counts = count(extracted)
        right = ", ".join(
            f"{severity} {counts[severity + ' right']}/{counts[severity]}"
            for severity in ("error", "warning", "info")
        )
        print(
            f"{name}: defects found {counts['found']}/{counts['defects']}; right: {right}; "
            f"on {len(NEGATIVES)} negatives {counts['negatives']}; "
            f"table identities failing {counts['tables']}"
        )


if __name__ == "__main__":
    main()
