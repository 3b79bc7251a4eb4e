"""evaluate golden, compare, gate; golden check and new."""

import argparse
from pathlib import Path

from pipeline.commands.arguments import Commands, add, talk
from pipeline.commands.gridding import add_grid
from pipeline.documents.limits import Limits
from pipeline.errors import EXIT_REGRESSION, InputError, located
from pipeline.evaluation.compare import compare, gate, read_evaluation, render_comparison
from pipeline.evaluation.drafts import write_draft
from pipeline.evaluation.golden import find_golden
from pipeline.evaluation.harness import evaluate_golden, evaluate_run
from pipeline.evaluation.linter import check_golden
from pipeline.evaluation.table import render_scores
from pipeline.extraction import extract
from pipeline.report.scores import write_scores_page
from pipeline.running import read_document
from schemas.runs import Extraction


def add_evaluating(commands: Commands) -> None:
    """Define the commands that score."""
    command = add(commands, "evaluate", "score a reading against golden documents")
    kinds = command.add_subparsers(dest="kind", required=True, metavar="golden|compare|gate|grid")
    one = add(kinds, "golden", "read the golden documents (or take a run) and score")
    one.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="DIR",
        help="scores.json, judged.jsonl and report.html go here",
    )
    one.add_argument(
        "--golden",
        type=Path,
        default=Path("golden"),
        metavar="DIR",
        help="the golden set (default ./golden)",
    )
    one.add_argument(
        "--run",
        dest="run_folder",
        type=Path,
        metavar="RUN",
        help="score this run instead of reading now",
    )
    one.set_defaults(run=_evaluate)
    one = add(kinds, "compare", "two evaluations, fact by fact, with paired intervals")
    _add_two(one)
    one.set_defaults(run=_compare)
    one = add(kinds, "gate", "exit 9 when B is worse than A")
    _add_two(one)
    one.add_argument(
        "--margin", type=float, default=0.0, help="fall of F1 that is let pass (default 0)"
    )
    one.set_defaults(run=_gate)

    add_grid(add(kinds, "grid", "models by ways of using them: accuracy, cost, what is missing"))

    command = add(commands, "golden", "the golden set")
    kinds = command.add_subparsers(dest="kind", required=True, metavar="check|new")
    one = add(kinds, "check", "schema, places, keys, hashes, privacy of every golden document")
    one.add_argument("folder", nargs="?", type=Path, default=Path("golden"), metavar="GOLDEN")
    one.set_defaults(run=_check)
    one = add(kinds, "new", "draft a golden document from a reading; a person confirms each fact")
    one.add_argument("file", type=Path, metavar="FILE", help="a UTF-8 text")
    one.add_argument("--golden", type=Path, default=Path("golden"), metavar="DIR")
    one.set_defaults(run=_new)


def _add_two(command: argparse.ArgumentParser) -> None:
    command.add_argument("first", type=Path, metavar="A", help="folder of an evaluation")
    command.add_argument("second", type=Path, metavar="B", help="folder of another")


def _read(content: bytes, name: str) -> Extraction:
    return extract(read_document(name, content, Limits()))


def _evaluate(given: argparse.Namespace) -> int:
    if given.run_folder:
        scores = evaluate_run(given.run_folder, given.golden, given.out)
    else:
        scores = evaluate_golden(given.golden, given.out, _read)
    print(render_scores(scores))
    write_scores_page(scores, read_evaluation(given.out).judged, given.out)
    talk(f"written to {given.out}: scores.json judged.jsonl report.html")
    return 0


def _compare(given: argparse.Namespace) -> int:
    print(render_comparison(compare(read_evaluation(given.first), read_evaluation(given.second))))
    return 0


def _gate(given: argparse.Namespace) -> int:
    reasons = gate(
        compare(read_evaluation(given.first), read_evaluation(given.second)), given.margin
    )
    for reason in reasons:
        print(reason)
    return EXIT_REGRESSION if reasons else 0


def _check(given: argparse.Namespace) -> int:
    problems = [problem for one in find_golden(given.folder) for problem in check_golden(one)]
    for problem in problems:
        print(problem)
    if problems:
        raise InputError(f"{len(problems)} problems", where=str(given.folder))
    print(f"{len(find_golden(given.folder))} golden documents are in order")
    return 0


def _new(given: argparse.Namespace) -> int:
    with located(str(given.file)):
        try:
            content = given.file.read_bytes()
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}") from error
    print(write_draft(content, _read(content, given.file.name), given.golden, given.file.stem))
    return 0
