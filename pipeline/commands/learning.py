"""forms: what was learned from headers, and what a person accepted."""

import argparse
from pathlib import Path

from pipeline.commands.arguments import Commands, add, user_forms
from pipeline.reading.learning import accept, file_name, forget, load, show
from pipeline.terminal import table


def add_learning(commands: Commands) -> None:
    """Define the commands about learned forms."""
    command = add(commands, "forms", "forms learned by a model, and the ones a person accepted")
    kinds = command.add_subparsers(dest="kind", required=True, metavar="list|show|accept|forget")
    for name, about, work in (
        ("list", "accepted forms, and with --run those a run learned", _list),
        ("show", "one form: its header and its columns", _show),
        ("accept", "move a form a run learned into the accepted ones", _accept),
        ("forget", "delete an accepted form", _forget),
    ):
        one = add(kinds, name, about)
        if name != "list":
            one.add_argument("form", metavar="NAME", help="beginning of the form's file name")
        one.add_argument(
            "--run", dest="run_folder", type=Path, metavar="RUN", required=name == "accept"
        )
        one.add_argument(
            "--forms",
            type=Path,
            default=user_forms(),
            metavar="DIR",
            help="accepted forms (default %(default)s)",
        )
        one.set_defaults(run=work)


def _folder(given: argparse.Namespace) -> Path:
    folder: Path = given.run_folder / "forms" if given.run_folder else given.forms
    return folder


def _list(given: argparse.Namespace) -> int:
    folders = [("accepted", given.forms)]
    if given.run_folder:
        folders.append(("learned", given.run_folder / "forms"))
    rows = [
        (kind, file_name(one), one.form.statement, one.form.trust, one.model, one.document)
        for kind, folder in folders
        for one in load(folder).forms.values()
    ]
    print(
        table(("", "form", "statement", "trust", "model", "document"), rows) if rows else "no forms"
    )
    return 0


def _show(given: argparse.Namespace) -> int:
    print(show(_folder(given), given.form).model_dump_json(indent=1))
    return 0


def _accept(given: argparse.Namespace) -> int:
    print(accept(given.run_folder / "forms", given.forms, given.form))
    return 0


def _forget(given: argparse.Namespace) -> int:
    print(forget(_folder(given), given.form))
    return 0
