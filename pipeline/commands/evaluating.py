"""evaluate golden, compare, gate, mutations; golden check and new."""

import argparse
from pathlib import Path

from pipeline.commands.arguments import Commands, add, at_least_one, talk
from pipeline.commands.gridding import add_grid
from pipeline.documents.limits import Limits
from pipeline.errors import EXIT_REGRESSION, InputError, located
from pipeline.evaluation.compare import compare, gate, read_evaluation, render_comparison
from pipeline.evaluation.drafts import read_in_run, write_draft
from pipeline.evaluation.golden import find_golden
from pipeline.evaluation.harness import evaluate_golden, evaluate_run
from pipeline.evaluation.linter import check_golden
from pipeline.evaluation.power import catch_rates, render_catch_rates
from pipeline.evaluation.table import render_scores
from pipeline.extraction import extract
from pipeline.report.scores import write_scores_page
from pipeline.running import read_document
from schemas.runs import Extraction


def add_evaluating(commands: Commands) -> None:
    """Define the commands that score."""
    command = add(commands, "evaluate", "score a reading against golden documents")
    kinds = command.add_subparsers(
        dest="kind", required=True, metavar="golden|compare|gate|grid|mutations"
    )
    one = add(kinds, "golden", "read the golden documents (or take a run) and score")
    one.add_argument(
        "--out",
        type=Path,
        default=Path("runs/evaluation"),
        metavar="DIR",
        help="scores.json, judged.jsonl and report.html go here (default %(default)s)",
    )
    _add_golden(one)
    one.add_argument(
        "--run",
        dest="run_folder",
        type=Path,
        metavar="RUN",
        help="score this run instead of reading now",
    )
    one.set_defaults(run=_evaluate)
    _add_comparing(kinds)
    add_grid(add(kinds, "grid", "models by ways of using them: accuracy, cost, what is missing"))
    one = add(
        kinds,
        "mutations",
        "errors put into golden facts: are they named, do identities object (takes a minute)",
    )
    _add_golden(one)
    one.add_argument(
        "--draws",
        type=at_least_one,
        default=5,
        metavar="N",
        help="errors a class and document (default 5)",
    )
    one.set_defaults(run=_mutations)
    _add_golden_set(commands)


def _add_comparing(kinds: Commands) -> None:
    one = add(kinds, "compare", "two evaluations, fact by fact, with paired intervals")
    _add_two(one)
    one.set_defaults(run=_compare)
    one = add(kinds, "gate", "may B replace A? exit 0 when it may, 9 when it is worse")
    one.description = _GATE
    _add_two(one)
    one.add_argument(
        "--margin",
        type=_margin,
        default=0.0,
        metavar="F1",
        help="fall of F1 by document that is let pass, 0 to 1 (default 0)",
    )
    one.set_defaults(run=_gate)


def _add_golden_set(commands: Commands) -> None:
    command = add(commands, "golden", "the golden set")
    kinds = command.add_subparsers(dest="kind", required=True, metavar="check|new")
    one = add(kinds, "check", "schema, places, keys, hashes, privacy of every golden document")
    one.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("golden"),
        metavar="GOLDEN",
        help="the golden set, or one document's folder (default ./golden)",
    )
    one.set_defaults(run=_check)
    one = add(kinds, "new", "draft a golden document from a reading; a person confirms each fact")
    one.add_argument("file", type=Path, metavar="FILE", help="a UTF-8 text")
    one.add_argument(
        "--run",
        dest="run_folder",
        type=Path,
        metavar="RUN",
        help="draft from this run; what was corrected there is confirmed already",
    )
    _add_golden(one)
    one.set_defaults(run=_new)


_GATE = """May B replace A? Reasons against it are printed: F1 by document may have fallen by more
than the margin (lower end of the 95 % interval), a total or 三公 figure broke, silently wrong
numbers rose. Exit codes: 0 it may, 9 it may not, 2 the two cannot be compared, 3 no evaluation
to read."""


def _add_golden(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--golden",
        type=Path,
        default=Path("golden"),
        metavar="DIR",
        help="the golden set (default ./golden)",
    )


def _add_two(command: argparse.ArgumentParser) -> None:
    about = "the evaluation {}: the --out of `juesuan evaluate golden`"
    command.add_argument("first", type=Path, metavar="A", help=about.format("before"))
    command.add_argument("second", type=Path, metavar="B", help=about.format("after"))


def _margin(text: str) -> float:
    try:
        margin = float(text)
    except ValueError:
        margin = -1.0
    if 0 <= margin <= 1:
        return margin
    raise argparse.ArgumentTypeError(f"{text!r} is not between 0 and 1")


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
    if not reasons:
        print("nothing is worse")
    return EXIT_REGRESSION if reasons else 0


def _mutations(given: argparse.Namespace) -> int:
    print(render_catch_rates(catch_rates(find_golden(given.golden), given.draws)))
    return 0


def _check(given: argparse.Namespace) -> int:
    golden = find_golden(given.folder)
    problems = [problem for one in golden for problem in check_golden(one)]
    for problem in problems:
        print(problem)
    if problems:
        hint = "mend them, or list what the document itself got wrong in its defects.json"
        raise InputError(f"{len(problems)} problems", where=str(given.folder), hint=hint)
    print(f"{len(golden)} golden documents are in order")
    return 0


def _new(given: argparse.Namespace) -> int:
    with located(str(given.file)):
        try:
            content = given.file.read_bytes()
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}") from error
        name = given.file.stem
        extraction = (
            read_in_run(given.run_folder, name, content)
            if given.run_folder
            else _read(content, given.file.name)
        )
        folder = write_draft(content, extraction, given.golden, name)
    print(folder)
    talk(
        "a draft: compare each row of facts.csv with the source and mark it yes (golden/README.md)"
    )
    return 0
