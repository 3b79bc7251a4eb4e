"""What is left of a PDF's numbers when it is read as text of pdftotext (poppler-utils).

    python benchmarks/pdftotext.py FILE.pdf ...

Prints, for each file and way (-layout, -raw, none): how many of the table numbers and of the claims
read from the PDF itself are read from its text too, and how many are read from the text alone.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from pipeline.documents.content import read_content  # noqa: E402
from pipeline.documents.limits import Limits  # noqa: E402
from pipeline.extraction import extract  # noqa: E402

Numbers = Counter[tuple[str, str, str, Decimal]]
WAYS = {"-layout": ["-layout"], "-raw": ["-raw"], "alone": []}


def numbers(path: Path) -> dict[str, Numbers]:
    """Statement, row, column and value of each number, tables and claims apart."""
    facts = extract(read_content(path.name, path.read_bytes(), Limits())).facts
    found: dict[str, Numbers] = {"tables": Counter(), "claims": Counter()}
    for fact in facts:
        if fact.statement != "evaluation":
            kind = "claims" if fact.statement == "claim" else "tables"
            found[kind][fact.statement, fact.row, fact.column, fact.value] += 1
    return found


def main(paths: list[str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        for path in map(Path, paths):
            whole = numbers(path)
            for way, options in WAYS.items():
                text = Path(place) / f"{path.stem}.txt"
                subprocess.run(["pdftotext", *options, path, text], check=True)
                shown = [
                    f"{kind} {(whole[kind] & mine).total()}/{whole[kind].total()}, "
                    f"{(mine - whole[kind]).total()} else"
                    for kind, mine in numbers(text).items()
                ]
                print(f"{path.name}: pdftotext {way}: {'; '.join(shown)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
