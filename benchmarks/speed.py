"""How long reading takes and how it grows.

    python benchmarks/speed.py [DOCUMENTS]

Prints: the five golden texts read one after another in one process, once started, in three fresh
processes (what else the machine does makes some slower); then 1/10 of
DOCUMENTS and DOCUMENTS (default 200) generated disclosures through the run folder, time a document
by the clock and by the processors (which what else the machine does sways less) and peak memory of
both, and their ratios. Numbers of a generated document are the golden ones
times a whole factor, so that every identity holds as before.
"""

import re
import resource
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from pipeline.documents.text import document_from_text  # noqa: E402
from pipeline.extraction import extract  # noqa: E402
from pipeline.running import RunSettings, run  # noqa: E402

AMOUNT = re.compile(r"\d[\d,]*\.\d\d(?!\d)")


def texts() -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in sorted(ROOT.glob("golden/*/*.txt"))]


def scaled(text: str, factor: int) -> str:
    def times(match: re.Match[str]) -> str:
        return f"{Decimal(match.group().replace(',', '')) * factor:,}"

    return AMOUNT.sub(times, text)


def generate(folder: Path, count: int) -> None:
    sources = texts()
    for n in range(count):
        name, content = sources[n % len(sources)]
        text = scaled(content.decode(), 1 + n // len(sources) % 7) + "\n" * (n // len(sources))
        (folder / f"{n:04}-{name}").write_text(text, encoding="utf-8", newline="")


def peak_megabytes() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(own, children) / 1024


class Cost(NamedTuple):
    """Of one run: seconds a document by the clock and of all processors, peak memory in MB."""

    clock: float
    processor: float
    peak: float


def processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def timed(count: int) -> Cost:
    with tempfile.TemporaryDirectory() as place:
        files = Path(place) / "in"
        files.mkdir()
        generate(files, count)
        begin, used = time.perf_counter(), processor_seconds()
        result = run([files], Path(place) / "run", RunSettings(), lambda text: None)
        clock, processor = time.perf_counter() - begin, processor_seconds() - used
    assert all(record.status == "done" for record in result.records)
    return Cost(clock / count, processor / count, peak_megabytes())


def five() -> None:
    """Read the five once the process has read one."""
    sources = texts()
    extract(document_from_text(*sources[0]))
    begin = time.perf_counter()
    for name, content in sources:
        extract(document_from_text(name, content))
    print(f"{time.perf_counter() - begin:.2f}")


def main(count: int) -> None:
    runs = [
        subprocess.run(
            [sys.executable, __file__, "five"], capture_output=True, text=True, check=True
        )
        for _ in range(3)
    ]
    shown = ", ".join(run.stdout.strip() for run in runs)
    print(f"five documents, one process, once started: {shown} s")
    few, many = timed(max(5, count // 10)), timed(count)
    for number, cost in ((max(5, count // 10), few), (count, many)):
        print(
            f"{number} documents: {cost.clock:.3f} s each ({cost.processor:.3f} s of processors), peak {cost.peak:.0f} MB"
        )
    print(
        f"ratio of time a document {many.clock / few.clock:.2f} by the clock, "
        f"{many.processor / few.processor:.2f} by processors, of peak memory {many.peak / few.peak:.2f}"
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["five"]:
        five()
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
