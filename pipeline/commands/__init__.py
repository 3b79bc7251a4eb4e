"""The commands: for each its arguments and the one call it makes."""

from pipeline.commands.arguments import Commands
from pipeline.commands.batching import add_batching
from pipeline.commands.checking import add_checking
from pipeline.commands.evaluating import add_evaluating
from pipeline.commands.learning import add_learning
from pipeline.commands.reading import add_reading
from pipeline.commands.showing import add_showing


def add_commands(commands: Commands) -> None:
    """Define every command."""
    add_reading(commands)
    add_checking(commands)
    add_showing(commands)
    add_evaluating(commands)
    add_learning(commands)
    add_batching(commands)
