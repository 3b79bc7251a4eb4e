"""How long the checks take and how they grow.

    python benchmarks/check_speed.py [COPIES]

Prints: processor seconds for the golden documents, checked one after another once the catalogue is
loaded; then for one document made of 1, 2, 4 ... COPIES (default 16) copies of a golden one, as a
department that publishes its bodies in one file does, and its time a fact against the single copy.
"""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from pipeline.checks import run_checks  # noqa: E402
from pipeline.documents.text import document_from_text  # noqa: E402
from pipeline.evaluation.golden import load_golden  # noqa: E402
from schemas.documents import Document  # noqa: E402
from schemas.facts import Fact  # noqa: E402

Case = tuple[Document, tuple[Fact, ...]]


def golden_cases() -> list[Case]:
    cases = []
    for folder in sorted(path for path in (ROOT / "golden").iterdir() if path.is_dir()):
        golden = load_golden(folder)
        text = golden.text_path.read_bytes()
        cases.append((document_from_text(golden.text_path.name, text), tuple(golden.facts)))
    return cases


def repeated(case: Case, copies: int) -> Case:
    """The document several times over, each copy below the one before."""
    document, facts = case
    height = len(document.lines)
    many = tuple(
        fact.model_copy(update={"line": fact.line + n * height})
        for n in range(copies)
        for fact in facts
    )
    return document.model_copy(update={"lines": document.lines * copies}), many


def seconds(case: Case) -> float:
    """The best of three."""
    times = []
    for _ in range(3):
        begin = time.process_time()
        run_checks(*case)
        times.append(time.process_time() - begin)
    return min(times)


def main(copies: int) -> None:
    cases = golden_cases()
    for case in cases:
        run_checks(*case)
    count = sum(len(facts) for _, facts in cases)
    total = sum(seconds(case) for case in cases)
    print(
        f"{len(cases)} documents, {count} facts: {total:.3f} s, {total / count * 3000:.3f} s for 3,000"
    )
    largest = max(cases, key=lambda case: len({fact.statement for fact in case[1]}))
    single = seconds(largest) / len(largest[1])
    n = 1
    while n <= copies:
        case = repeated(largest, n)
        spent = seconds(case)
        share = spent / len(case[1]) / single
        print(f"{n:3} copies, {len(case[1]):6} facts: {spent:7.3f} s, time a fact ×{share:.2f}")
        n *= 2


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 16)
