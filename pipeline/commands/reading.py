"""extract, chunks, prompt."""

import argparse
from pathlib import Path

from pipeline.chunks import chunk_document
from pipeline.commands.arguments import (
    Commands,
    add,
    add_limits,
    add_model,
    limits,
    model_use,
    open_document,
    open_door,
    talk,
    user_forms,
)
from pipeline.errors import EXIT_DOCUMENTS_FAILED, InputError, UsageError
from pipeline.running import RunResult, RunSettings, run
from pipeline.terminal import documents_table, table


def add_reading(commands: Commands) -> None:
    """Define the commands that read files."""
    command = add(commands, "extract", "read files and folders of disclosures into a run folder")
    command.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="PDF, DOCX, XLSX, HTML, text, ZIP, or a folder of them",
    )
    command.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="RUN",
        help="the run folder; the same command again goes on where it stopped",
    )
    command.add_argument(
        "--processes",
        type=int,
        default=0,
        metavar="N",
        help="documents read at a time (default: one a processor)",
    )
    command.add_argument(
        "--forms",
        type=Path,
        default=user_forms(),
        metavar="DIR",
        help="accepted forms (default %(default)s)",
    )
    command.add_argument(
        "--again", action="store_true", help="read documents again that were read before"
    )
    command.add_argument("--quiet", action="store_true", help="no progress on stderr")
    add_limits(command)
    add_model(command)
    command.set_defaults(run=_extract)

    command = add(commands, "chunks", "show how a file is cut into chunks")
    command.add_argument("file", type=Path, metavar="FILE")
    add_limits(command)
    command.set_defaults(run=_chunks)

    command = add(
        commands, "prompt", "show what a model would be asked about a chunk; nothing is sent"
    )
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument(
        "--chunk",
        required=True,
        metavar="N",
        help="a chunk's name or number, as `juesuan chunks` lists them",
    )
    command.add_argument(
        "--redact", action="store_true", help="mask telephone and identity numbers"
    )
    add_limits(command)
    command.set_defaults(run=_prompt)


def _extract(given: argparse.Namespace) -> int:
    settings = RunSettings(limits(given), given.processes, given.again, given.forms)
    say = (lambda text: None) if given.quiet else talk
    use = model_use(given)
    if use == "never":
        result = run(given.files, given.out, settings, say)
    else:
        from pipeline.model_run import run_with_model  # imports openai: only where it is used

        with open_door(given, given.out) as door:
            result = run_with_model(given.files, given.out, settings, door, use, say)
    return _told(result, given.out)


def _told(result: RunResult, out: Path) -> int:
    failed = [record for record in result.records if record.status == "failed"]
    if len(result.records) == 1 and failed:
        raise InputError(failed[0].reason.splitlines()[0], where=failed[0].path)
    print(documents_table(result.records))
    if not result.read_now and not failed:
        talk("nothing to do: every document was read before by this version")
    if result.passed_over:
        talk(f"{result.passed_over} files of other kinds were passed over")
    talk(f"written to {out}: facts.csv findings.csv documents.csv manifest.json documents/")
    return EXIT_DOCUMENTS_FAILED if failed else 0


def _chunks(given: argparse.Namespace) -> int:
    document = open_document(given.file, limits(given))
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


def _prompt(given: argparse.Namespace) -> int:
    document = open_document(given.file, limits(given))
    wanted = f"c{int(given.chunk):03d}" if given.chunk.isdigit() else given.chunk
    chunk = next((one for one in chunk_document(document) if one.id == wanted), None)
    if chunk is None:
        raise UsageError(f"no chunk {given.chunk!r}", hint="`juesuan chunks FILE` lists them")
    from pipeline.reading.model_plan import chunk_messages  # imports openai

    for messages in chunk_messages(document, chunk, given.redact):
        for message in messages:
            print(f"--- {message.role}\n{message.content}\n")
    return 0
