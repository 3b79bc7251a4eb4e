"""Ceilings of a process that reads one document or some of its pages.

In: how much memory beyond what the process takes already. Out: limits that the system enforces.
The rule it protects: what a fork holds of the libraries does not count against the document.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import LimitExceeded


def limit_memory(memory_bytes: int) -> None:
    """No more address space than is in use now and `memory_bytes`."""
    import resource  # not on every system; forks are, where it is

    space = memory_bytes + _address_space()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:
        space = min(space, most)
    resource.setrlimit(resource.RLIMIT_AS, (space, space))


@contextmanager
def within_seconds(seconds: float, where: str) -> Iterator[None]:
    """Raise LimitExceeded in what takes longer, where the system has timers. Main thread only."""

    def expired(number: int, frame: object) -> None:
        raise LimitExceeded(f"reading took more than {seconds:g} seconds", where=where)

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, expired)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def limit_seconds(seconds: float) -> None:
    """No more processor time than this; then the process ends by SIGXCPU."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    limit = int(seconds) + 1
    limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))


def _address_space() -> int:
    """Bytes of address space in use, 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
