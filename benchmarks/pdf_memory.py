"""Memory of a run over many PDFs, and what a second process for the pages of one brings.

    python benchmarks/pdf_memory.py [COUNT]

Reads COUNT (1000) drawn PDFs of three pages one after the other and prints the resident memory of
this process and of its reader after each tenth; then the time of one PDF of 120 pages in one
process and in two, as a ratio.
"""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from pdf_cost import pages  # noqa: E402

from pipeline.documents.limits import Limits  # noqa: E402
from pipeline.documents.worker import Worker  # noqa: E402


def resident(process: int | str) -> float:
    """Megabytes of a process, as Linux counts them."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return (
        int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
        / 1024
    )


def many(count: int) -> None:
    data = pages(3)
    with Worker() as worker:
        for number in range(1, count + 1):
            worker.read(f"{number}.pdf", data + b"\n%%" + str(number).encode(), Limits())
            if number % max(count // 10, 1) == 0 and worker._process is not None:
                reader = resident(worker._process.pid)
                print(f"{number} PDFs: {resident('self'):.1f} MB here, {reader:.1f} MB the reader")


def seconds(worker: Worker, data: bytes, limits: Limits) -> float:
    started = time.perf_counter()
    worker.read("a.pdf", data, limits)
    return time.perf_counter() - started


def gain(data: bytes) -> float:
    """Least time of two processes over least time of one, taken in turns."""
    one, two = [], []
    with Worker() as worker:
        for _ in range(5):
            one.append(seconds(worker, data, Limits()))
            two.append(seconds(worker, data, Limits(page_processes=2)))
    return min(two) / min(one)


def main(arguments: list[str]) -> None:
    many(int(arguments[0]) if arguments else 1000)
    print(f"120 pages in two processes: {gain(pages(120)):.2f} of the time of one")


if __name__ == "__main__":
    main(sys.argv[1:])
