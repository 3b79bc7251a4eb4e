"""How near concurrent calls come to the least time they can take.

    python benchmarks/model_calls.py [CALLS [WIDTH]]

A loopback server answers after 1 s; CALLS (default 1,000) are asked WIDTH (default 32) wide.
Prints the time taken over CALLS / WIDTH s.
"""

import math
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from tests.loopback import serve  # noqa: E402
from tests.test_llm import REQUEST, RIGHT, ask, door_to  # noqa: E402

LATENCY_SECONDS = 1.0


def main(calls: int, width: int) -> None:
    requests = [REQUEST.model_copy(update={"repeat": n + 1}) for n in range(calls)]
    with serve(lambda asked: RIGHT._replace(delay=LATENCY_SECONDS)) as server:
        door = door_to(server, max_concurrency=width)
        ask(door)
        started = time.monotonic()
        with ThreadPoolExecutor(width) as pool:
            list(pool.map(lambda request: ask(door, request), requests))
        taken = time.monotonic() - started
    least = math.ceil(calls / width) * LATENCY_SECONDS
    print(f"{calls} calls, {width} wide: {taken / least:.2f} times the least")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*[*given, *(1000, 32)[len(given) :]])
