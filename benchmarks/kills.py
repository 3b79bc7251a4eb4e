"""Twenty kills at random moments, resumed; the deterministic files are compared byte for byte.

python benchmarks/kills.py [KILLS]
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def extract(out: Path) -> "subprocess.Popen[bytes]":
    files = [str(path) for path in sorted(ROOT.glob("golden/*/*.txt"))]
    command = [sys.executable, "-m", "pipeline.cli", "extract", *files, "--out", str(out)]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet, start_new_session=True)


def deterministic(out: Path) -> dict[str, bytes]:
    names = ["facts.csv", "findings.csv", "documents.csv"]
    names += [f"documents/{path.name}" for path in sorted((out / "documents").glob("*.json"))]
    return {name: (out / name).read_bytes() for name in names}


def main(kills: int) -> None:
    dice = random.Random(20)
    same = 0
    with tempfile.TemporaryDirectory() as place:
        whole = Path(place) / "whole"
        begin = time.perf_counter()
        extract(whole).wait()
        usual = time.perf_counter() - begin
        expected = deterministic(whole)
        for n in range(kills):
            out = Path(place) / f"killed{n}"
            process = extract(out)
            time.sleep(dice.uniform(0.05, usual))
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            extract(out).wait()
            same += deterministic(out) == expected
    print(f"{same} of {kills} killed runs, resumed, are byte-identical")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
