"""Findings of a run against what people found in the same document.

In: findings, the defects listed by hand, and verdicts on findings (`findings.json`). Out:
`FindingScore`. The rule it protects: a finding answers a listed defect only where it points at
one of the defect's lines with a check of the same family, or at the very line of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pipeline.evaluation.golden import Defect, GoldenDocument
from pipeline.evaluation.records import FindingScore, Share, share
from pipeline.evaluation.scores import Ratio
from schemas.findings import Finding

_CONFIDENT = 0.8
"""Defects below this confidence are matters of opinion (catalogue of checks, section 8)."""


def score_findings(golden: GoldenDocument, findings: Sequence[Finding]) -> FindingScore | None:
    """Score the errors and warnings of one document; None where nobody listed its defects."""
    if not golden.defects and not golden.verdicts:
        return None
    reported = [finding for finding in findings if finding.severity != "info"]
    listed = [d for d in golden.defects if d.confidence >= _CONFIDENT and not d.needs_llm]
    found = {d.id: any(answers(finding, d) for finding in findings) for d in listed}
    right = [_is_right(finding, golden) for finding in reported]
    judged = [one for one in right if one is not None]
    return FindingScore(
        document=golden.id,
        closed=bool(golden.verdicts),
        of_listed=share(Ratio(sum(found.values()), len(found))),
        of_reported=share(Ratio(sum(judged), len(judged))),
        by_check=_by_check(listed, found),
        missed=tuple(sorted(name for name, is_found in found.items() if not is_found)),
    )


def answers(finding: Finding, defect: Defect) -> bool:
    """True when a finding is about a defect: it names the defect's line, or shares one of its
    places and the family of its check (I4 and I6 are of one family)."""
    here = {*finding.lines, finding.line}
    if defect.line in here:
        return True
    return explains(defect, finding)


def explains(defect: Defect, finding: Finding) -> bool:
    """True when a defect makes a finding right: they share a place and the family of the check.

    Stricter than `answers`: something else on the line of a defect is not thereby true."""
    here = {*finding.lines, finding.line}
    places = {defect.line, *(place.line for place in defect.also)}
    return bool(here & places) and _family(finding.check) == _family(defect.check)


def _family(check: str) -> str:
    return check[:1]


def _is_right(finding: Finding, golden: GoldenDocument) -> bool | None:
    """What a person said of the finding; where nobody did, whether it answers a listed defect.

    None: verdicts exist for this document, and none is about this finding."""
    verdict = next((v for v in golden.verdicts if v.is_about(finding)), None)
    if verdict:
        return verdict.label == "defect"
    if any(explains(defect, finding) for defect in golden.defects):
        return True
    return None if golden.verdicts else False


def _by_check(listed: Iterable[Defect], found: Mapping[str, bool]) -> Mapping[str, Share]:
    checks: dict[str, list[bool]] = defaultdict(list)
    for defect in listed:
        checks[defect.check].append(found[defect.id])
    return {check: share(Ratio(sum(hits), len(hits))) for check, hits in sorted(checks.items())}
