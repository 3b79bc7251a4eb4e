"""The commands: for each its arguments and the one call it makes."""

import argparse
import sys
from pathlib import Path
from typing import Protocol

from pipeline.checks.run import run_checks
from pipeline.chunks import chunk_document
from pipeline.documents.limits import Limits
from pipeline.errors import EXIT_DOCUMENTS_FAILED, EXIT_FINDINGS, InputError
from pipeline.evaluation.harness import evaluate_golden
from pipeline.evaluation.table import render_scores
from pipeline.extraction import extract
from pipeline.running import RunSettings, read_document, run
from pipeline.runs import read_extraction, run_documents
from pipeline.terminal import documents_table, table
from schemas.documents import Document
from schemas.findings import Finding
from schemas.runs import Extraction

_RANK = {"info": 0, "warning": 1, "error": 2}


class Commands(Protocol):
    """What argparse gives for a set of sub-commands."""

    def add_parser(self, name: str, *, help: str, description: str) -> argparse.ArgumentParser: ...


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Define every command."""
    _extract(commands)
    _check(commands)
    _evaluate(commands)
    _chunks(commands)


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, about: str
) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=about, description=about)


def _talk(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _limits(given: argparse.Namespace) -> Limits:
    return Limits(
        bytes=given.max_bytes, pages=given.max_pages, seconds=given.max_seconds
    )


def _add_limits(command: argparse.ArgumentParser) -> None:
    usual = Limits()
    command.add_argument("--max-bytes", type=int, default=usual.bytes, metavar="N", help="largest file read (default %(default)s)")
    command.add_argument("--max-pages", type=int, default=usual.pages, metavar="N", help="most pages read of a file (default %(default)s)")
    command.add_argument("--max-seconds", type=float, default=usual.seconds, metavar="S", help="longest time for one file (default %(default)s)")


def _extract(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _add(commands, "extract", "read files and folders of disclosures into a run folder")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE", help="PDF, DOCX, XLSX, HTML, text, ZIP, or a folder of them")
    command.add_argument("--out", required=True, type=Path, metavar="RUN", help="the run folder; the same command again goes on where it stopped")
    command.add_argument("--processes", type=int, default=0, metavar="N", help="documents read at a time (default: one a processor)")
    command.add_argument("--again", action="store_true", help="read documents again that were read before")
    command.add_argument("--quiet", action="store_true", help="no progress on stderr")
    _add_limits(command)
    command.set_defaults(run=_run_extract)


def _run_extract(given: argparse.Namespace) -> int:
    settings = RunSettings(_limits(given), given.processes, given.again)
    say = (lambda text: None) if given.quiet else _talk
    result = run(given.files, given.out, settings, say)
    print(documents_table(result.records))
    if not result.read_now and all(record.status != "failed" for record in result.records):
        _talk("nothing to do: every document was read before with this version")
    if result.passed_over:
        _talk(f"{result.passed_over} files of other kinds were passed over")
    _talk(f"written to {given.out}: facts.csv findings.csv documents.csv manifest.json documents/")
    failed = [record for record in result.records if record.status == "failed"]
    if failed and len(failed) == len(result.records) and len(failed) == 1:
        raise InputError(failed[0].reason.splitlines()[0], where=failed[0].path)
    return EXIT_DOCUMENTS_FAILED if failed else 0


def _check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _add(commands, "check", "check a run again without reading the files again")
    command.add_argument("run_folder", type=Path, metavar="RUN")
    command.add_argument("--fail-on", choices=("error", "warning", "none"), default="none", help="exit 8 when a finding is at least this severe (default none)")
    command.add_argument("--lang", choices=("zh", "en"), default="zh")
    command.set_defaults(run=_run_check)


def _run_check(given: argparse.Namespace) -> int:
    worst = -1
    for name in run_documents(given.run_folder):
        extraction = read_extraction(given.run_folder, name)
        findings = _recheck(extraction, given.lang)
        print(_findings_table(name, findings))
        worst = max([worst, *(_RANK[finding.severity] for finding in findings)])
    stop = given.fail_on != "none" and worst >= _RANK[given.fail_on]
    return EXIT_FINDINGS if stop else 0


def _recheck(extraction: Extraction, lang: str) -> tuple[Finding, ...]:
    about = extraction.document
    document = Document(
        id=about.id,
        name=about.name,
        sha256=about.sha256,
        media=about.media,
        lines=(),
        kind=about.kind,
        department=about.department,
        region=about.region,
        fiscal_year=about.fiscal_year,
    )
    report = run_checks(document, extraction.facts, "en" if lang == "en" else "zh")
    return report.findings


def _findings_table(name: str, findings: tuple[Finding, ...]) -> str:
    if not findings:
        return f"{name}: no findings"
    rows = [(f.severity, f.check, str(f.line or "-"), f.message) for f in findings]
    return f"{name}\n" + table(("severity", "check", "line", "finding"), rows)


def _evaluate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _add(commands, "evaluate", "score the reading against golden documents")
    command.add_argument("golden", type=Path, metavar="GOLDEN", help="the folder golden/")
    command.add_argument("--out", required=True, type=Path, metavar="DIR", help="scores.json and judged.jsonl go here")
    command.set_defaults(run=_run_evaluate)


def _run_evaluate(given: argparse.Namespace) -> int:
    given.out.mkdir(parents=True, exist_ok=True)
    scores = evaluate_golden(given.golden, given.out, _extract_bytes)
    print(render_scores(scores))
    return 0


def _extract_bytes(content: bytes, name: str) -> Extraction:
    return extract(read_document(name, content, Limits()))


def _chunks(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _add(commands, "chunks", "show how a file is cut into chunks")
    command.add_argument("file", type=Path, metavar="FILE")
    _add_limits(command)
    command.set_defaults(run=_run_chunks)


def _run_chunks(given: argparse.Namespace) -> int:
    document = open_document(given.file, _limits(given))
    rows = [
        (
            chunk.id,
            chunk.kind,
            f"{chunk.first_line}-{chunk.last_line}",
            chunk.unit or "-",
            "grid" if chunk.grid else ("flat" if chunk.kind == "table" else "-"),
            chunk.title or chunk.section or "-",
        )
        for chunk in chunk_document(document)
    ]
    print(table(("chunk", "kind", "lines", "unit", "form", "title"), rows))
    return 0


def open_document(path: Path, limits: Limits) -> Document:
    """Read one file. Raises InputError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    return read_document(path.name, data, limits)
