"""report and show: a run as pages and on the terminal."""

import argparse
from pathlib import Path

from pipeline.commands.arguments import Commands, add, talk
from pipeline.errors import UsageError
from pipeline.report.document import write_report
from pipeline.report.index import write_index
from pipeline.report.pages import NO_PAGES, pages_of
from pipeline.report.show import show_row
from pipeline.runs import read_extraction, read_lines, read_manifest, run_documents


def add_showing(commands: Commands) -> None:
    """Define the commands that show a run."""
    command = add(commands, "report", "one self-contained page a document, and an index")
    command.add_argument("run_folder", type=Path, metavar="RUN")
    command.add_argument("--out", type=Path, metavar="DIR", help="default RUN/report")
    command.set_defaults(run=_report)

    command = add(
        commands, "show", "a row of a statement: its numbers, their places and identities"
    )
    command.add_argument("run_folder", type=Path, metavar="RUN")
    command.add_argument("document", metavar="DOC", help="a document's id or its beginning")
    command.add_argument("statement", metavar="STATEMENT")
    command.add_argument("row", metavar="ROW")
    command.set_defaults(run=_show)


def _report(given: argparse.Namespace) -> int:
    out = given.out or given.run_folder / "report"
    records = {record.id: record for record in read_manifest(given.run_folder).documents}
    for name in run_documents(given.run_folder):
        extraction = read_extraction(given.run_folder, name)
        lines = read_lines(given.run_folder, name)
        pages = pages_of(records[name], extraction.document, lines) if name in records else NO_PAGES
        write_report(extraction, lines, out, pages)
        talk(
            f"{name}.html{f' without page pictures: {pages.reason[1]}' if pages.reason[1] else ''}"
        )
    print(write_index(read_manifest(given.run_folder).documents, out))
    return 0


def _show(given: argparse.Namespace) -> int:
    found = [n for n in run_documents(given.run_folder) if n.startswith(given.document)]
    if len(found) != 1:
        what = "no document" if not found else f"{len(found)} documents"
        raise UsageError(f"{what} begin with {given.document!r}", hint="see documents.csv")
    extraction = read_extraction(given.run_folder, found[0])
    print(show_row(extraction, read_lines(given.run_folder, found[0]), given.statement, given.row))
    return 0
