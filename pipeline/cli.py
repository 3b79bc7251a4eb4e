"""The command line: parse, one call, print, exit code. Data on stdout, talk on stderr.

Exit codes of every command: 0 done, 1 defect of juesuan, 2 usage, 3 input, 4 output, 5 model,
6 budget spent, 7 finished but some documents failed, 8 findings at or above --fail-on, 9 gate
found a regression, 130 interrupted.
"""

import argparse
import sys
from collections.abc import Sequence

from pipeline.commands import add_commands
from pipeline.errors import EXIT_INTERRUPTED, JuesuanError
from pipeline.runs import juesuan_version

_EXIT_CODES = __doc__.split("\n\n", 1)[1] if __doc__ else ""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="juesuan",
        description="Checked, sourced numbers out of 部门预算 and 部门决算 disclosures.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"juesuan {juesuan_version()}")
    add_commands(top.add_subparsers(dest="command", required=True, metavar="COMMAND"))
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code."""
    given = parser().parse_args(arguments)
    try:
        code: int = given.run(given)
    except JuesuanError as error:
        print(f"juesuan: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("juesuan: interrupted; the same command goes on where it stopped", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return 0
    return code


if __name__ == "__main__":
    sys.exit(main())
