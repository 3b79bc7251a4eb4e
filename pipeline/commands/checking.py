"""check a run again, and the catalogue of checks."""

import argparse
from pathlib import Path

from pipeline.checks.catalogue import all_identities, explain, not_evaluated
from pipeline.checks.messages import Language
from pipeline.checks.run import CheckReport, run_checks
from pipeline.checks.tally import tally_lines
from pipeline.commands.arguments import Commands, add
from pipeline.csvs import findings_rows, header
from pipeline.errors import EXIT_FINDINGS, UsageError
from pipeline.runs import read_extraction, read_lines, run_documents, write_atomically
from pipeline.terminal import table
from schemas.documents import Document
from schemas.findings import FINDING_COLUMNS, Finding
from schemas.runs import Extraction

_RANK = {"info": 0, "warning": 1, "error": 2}


def add_checking(commands: Commands) -> None:
    """Define the commands about checks."""
    command = add(commands, "check", "check a run again without reading the files again")
    command.add_argument("run_folder", type=Path, metavar="RUN")
    command.add_argument(
        "--fail-on",
        choices=("error", "warning", "none"),
        default="none",
        help="exit 8 when a finding is at least this severe (default none)",
    )
    command.add_argument(
        "--lang", choices=("zh", "en"), default="zh", help="language of the findings"
    )
    command.set_defaults(run=_check)

    command = add(commands, "checks", "the catalogue of checks")
    kinds = command.add_subparsers(dest="kind", required=True, metavar="list|explain")
    one = add(kinds, "list", "every check: id, tolerance, severity, sentence")
    one.add_argument("--lang", choices=("zh", "en"), default="zh")
    one.set_defaults(run=_list)
    one = add(kinds, "explain", "one check in full")
    one.add_argument("check", metavar="ID")
    one.add_argument("--lang", choices=("zh", "en"), default="zh")
    one.set_defaults(run=_explain)


def _check(given: argparse.Namespace) -> int:
    worst = -1
    every: list[Finding] = []
    for name in run_documents(given.run_folder):
        extraction = read_extraction(given.run_folder, name)
        report = _report(extraction, read_lines(given.run_folder, name), given.lang)
        print(_table(name, report.findings))
        print("\n".join(tally_lines(report.outcomes, given.lang)))
        every += report.findings
        worst = max([worst, *(_RANK[finding.severity] for finding in report.findings)])
    write_atomically(
        given.run_folder / "findings.csv", header(FINDING_COLUMNS) + findings_rows(every)
    )
    stop = given.fail_on != "none" and worst >= _RANK[given.fail_on]
    return EXIT_FINDINGS if stop else 0


def _report(extraction: Extraction, lines: tuple[str, ...], lang: Language) -> CheckReport:
    about = extraction.document
    document = Document(
        id=about.id,
        name=about.name,
        sha256=about.sha256,
        media=about.media,
        lines=lines,
        pages=about.pages,
        kind=about.kind,
        department=about.department,
        region=about.region,
        fiscal_year=about.fiscal_year,
    )
    return run_checks(document, extraction.facts, lang)


def _table(name: str, findings: tuple[Finding, ...]) -> str:
    if not findings:
        return f"{name}: no findings"
    rows = [(f.severity, f.check, str(f.line or "-"), f.message) for f in findings]
    return f"{name}\n" + table(("severity", "check", "line", "finding"), rows)


def _list(given: argparse.Namespace) -> int:
    rows = [
        (one.id, one.rule, one.severity, one.en if given.lang == "en" else one.zh)
        for one in all_identities()
    ]
    print(table(("check", "rule", "severity", "what holds"), rows))
    left = [
        (one.id, one.en, one.why_en) if given.lang == "en" else (one.id, one.zh, one.why_zh)
        for one in not_evaluated()
    ]
    print("\nnot evaluated" if given.lang == "en" else "\n未运行")
    print(table(("check", "what would hold", "why not"), left))
    return 0


def _explain(given: argparse.Namespace) -> int:
    try:
        print(explain(given.check, "en" if given.lang == "en" else "zh"))
    except KeyError as error:
        raise UsageError(f"no check {given.check!r}", hint="`juesuan checks list`") from error
    return 0
