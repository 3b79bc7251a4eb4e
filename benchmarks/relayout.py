"""Re-layout law: how much of the golden tables comes back from 500 seeded other layouts.

    python benchmarks/relayout.py [SEEDS]

right: same statement, row, column and digits; wrong: digits under another key; the rest is
reported unplaced or unread by the run itself.
"""

import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

from relayout import render, share  # noqa: E402

from pipeline.documents.text import document_from_text  # noqa: E402
from pipeline.evaluation.golden import find_golden  # noqa: E402
from pipeline.extraction import read_tables  # noqa: E402


def main(seeds: int) -> None:
    golden = find_golden(Path(__file__).parents[1] / "golden")
    tables = [[f for f in g.facts if f.statement not in ("claim", "evaluation")] for g in golden]
    tables = [facts for facts in tables if facts]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for seed in range(seeds):
        rendered = render(tables[seed // 4 % len(tables)], seed)
        document = document_from_text(f"seed{seed}.txt", rendered.text.encode())
        read = {(f.statement, f.row, f.column, f.raw) for f in read_tables(document)}
        right = len(read & rendered.facts)
        wrong = read - rendered.facts
        counts[rendered.layout].update(right=right, facts=len(rendered.facts), wrong=len(wrong))
        if "-v" in sys.argv and (wrong or right < len(rendered.facts)):
            print(
                seed,
                rendered.layout,
                "wrong",
                sorted(wrong)[:4],
                "lost",
                sorted(rendered.facts - read)[:4],
            )
    for layout, count in [*sorted(counts.items()), ("all", sum(counts.values(), Counter()))]:
        print(
            f"{layout:6} right {share(count['right'], count['facts'])}  wrong {share(count['wrong'], count['facts'])}"
        )


if __name__ == "__main__":
    main(int(next((a for a in sys.argv[1:] if a.isdigit()), "500")))
