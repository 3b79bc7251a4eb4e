"""How much of the invented forms comes back from each layout in which programs write them.

    python benchmarks/layouts.py [LAYOUT ...]

Prints, for each layout, the facts read right, those wrong, and all. With layouts named, the forms
that lose facts too.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from drawing import LAYOUTS, Drawn, draw, read_cases, told  # noqa: E402

from pipeline.documents.content import read_content  # noqa: E402
from pipeline.documents.limits import Limits  # noqa: E402
from pipeline.extraction import read_tables  # noqa: E402


def read(form: Drawn, layout: str) -> set[tuple[str, str, str, str]]:
    name, content = draw(form, layout)
    facts = read_tables(read_content(name, content, Limits()))
    return {(fact.statement, fact.row, fact.column, fact.raw) for fact in facts}


def main(named: list[str]) -> None:
    forms = read_cases(ROOT / "tests" / "form_cases.txt")
    for layout in named or LAYOUTS:
        counts = {form.name: (read(form, layout), told(form)) for form in forms}
        right = sum(len(found & wanted) for found, wanted in counts.values())
        wrong = sum(len(found - wanted) for found, wanted in counts.values())
        total = sum(len(wanted) for _, wanted in counts.values())
        print(f"{layout:9} right {right}/{total} = {right / total:.3f}  wrong {wrong}")
        for name, (found, wanted) in counts.items() if named else ():
            if found != wanted:
                print(f"  {len(found & wanted)}/{len(wanted)} {name}")


if __name__ == "__main__":
    main(sys.argv[1:])
