"""evaluate grid: models by ways of using them, over one golden set."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipeline.commands.arguments import add_model, at_least_one, open_door, talk
from pipeline.documents.limits import Limits
from pipeline.errors import UsageError
from pipeline.evaluation.compare import Evaluation, read_evaluation
from pipeline.evaluation.golden import find_golden
from pipeline.evaluation.grid import GridCell, cells, render_grid, run_grid
from pipeline.evaluation.harness import evaluate_run
from pipeline.report.scores import write_scores_page
from pipeline.running import RunSettings, run


def add_grid(command: argparse.ArgumentParser) -> None:
    """Arguments of `evaluate grid`."""
    command.add_argument("--out", required=True, type=Path, metavar="DIR")
    command.add_argument("--golden", type=Path, default=Path("golden"), metavar="DIR")
    command.add_argument(
        "--models", default="", metavar="A,B", help="models to ask, separated by commas"
    )
    command.add_argument("--uses", default="never,needed,always", metavar="USE,USE")
    command.add_argument("--repeats", type=at_least_one, default=1, metavar="N")
    add_model(command)
    command.set_defaults(run=_grid)


def _grid(given: argparse.Namespace) -> int:
    uses = given.uses.split(",")
    if not set(uses) <= {"never", "needed", "always"}:
        raise UsageError(f"no such use in {given.uses!r}", hint="never, needed, always")
    texts = [one.text_path for one in find_golden(given.golden)]
    models = [name for name in (given.models or given.model).split(",") if name]
    if not models:
        talk("no model named (--models): only the reading without one")
    done: list[Evaluation] = []

    def read(cell: GridCell) -> Evaluation:
        done.append(_read(cell, given, texts))
        return done[-1]

    grid = run_grid(cells(models, uses, given.repeats), read)
    print(render_grid(grid))
    if done:
        write_scores_page(done[0].scores, done[0].judged, given.out, grid)
        talk(f"written to {given.out}: report.html and a folder a cell")
    return 0


def _read(cell: GridCell, given: argparse.Namespace, files: Sequence[Path]) -> Evaluation:
    """Read the golden texts one way into a folder of its own and score them."""
    place = given.out / f"{cell.model_use}-{cell.model or 'none'}-{cell.repeat}".replace("/", "_")
    settings = RunSettings(Limits())
    if cell.model_use == "never":
        run(files, place, settings, talk)
    else:
        from pipeline.model_run import run_with_model  # imports openai: only where it is used

        own = {"model": cell.model, "cache": _cache(cell, given.cache)}
        options = argparse.Namespace(**{**vars(given), **own})
        with open_door(options, place) as door:
            run_with_model(files, place, settings, door, cell.model_use, talk)
    evaluate_run(place, given.golden, place)
    return read_evaluation(place)


def _cache(cell: GridCell, shared: Path | None) -> Path | None:
    """Answers kept for the first repeat never answer another: a repeat asks again."""
    return shared / f"repeat-{cell.repeat}" if shared and cell.repeat > 1 else shared
