"""Pages of one document read in several processes, given back in order.

In: what reads some pages, how many there are, how many processes may. Out: the pages that arrived.
The rule it protects: the answer is the same in any number of processes. A process that ends early
(a crash, memory, an error) has given what it read before; whoever called reads the rest alone, and
so meets what one process would have met.
"""

import os
import pickle
import select
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from pipeline.documents.ceilings import limit_memory, limit_seconds
from pipeline.documents.limits import Limits

# A process opens the document anew, which pays from so many pages on.
LEAST_PAGES = 8
# More processes than this would leave each too little of the document's memory.
_MOST_PROCESSES = 4
_HEAD = 8  # bytes of a frame's length
Page = TypeVar("Page")


class _Reader(NamedTuple):
    """A process, the pages it reads in order, and the end of the pipe it answers on."""

    process: int
    pages: range
    inlet: int


def shares(pages: int, processes: int) -> list[range]:
    """Page indexes by process, taken in turns: tables stand together and cost more than prose.

    >>> shares(20, 2)
    [range(0, 20, 2), range(1, 20, 2)]
    >>> shares(20, 1), shares(9, 4)
    ([range(0, 20)], [range(0, 9)])
    """
    count = min(processes, pages // LEAST_PAGES, _MOST_PROCESSES) if hasattr(os, "fork") else 1
    return [range(first, pages, max(count, 1)) for first in range(max(count, 1))]


def read_apart(
    read: Callable[[Sequence[int]], Iterator[Page]], parts: Sequence[range], limits: Limits
) -> dict[int, Page]:
    """The pages by index that processes of their own could read, one process a part."""
    share = limits._replace(memory_bytes=limits.memory_bytes // len(parts))
    inlets: list[int] = []
    readers = []
    for part in parts:
        reader = _started(read, part, share, inlets)
        readers.append(reader)
        inlets.append(reader.inlet)
    answers = _drained(inlets)
    found: dict[int, Page] = {}
    for reader in readers:
        pages: list[Page] = _frames(answers[reader.inlet])
        found |= dict(zip(reader.pages, pages, strict=False))
        _tell(reader, len(pages), os.waitpid(reader.process, 0)[1])
    return found


def _started(
    read: Callable[[Sequence[int]], Iterator[Page]],
    part: range,
    limits: Limits,
    others: Sequence[int],
) -> _Reader:
    inlet, outlet = os.pipe()
    process = os.fork()
    if process:
        os.close(outlet)
        return _Reader(process, part, inlet)
    status = 1
    try:
        for unused in (inlet, *others):
            os.close(unused)
        limit_memory(limits.memory_bytes)
        limit_seconds(limits.seconds)
        with os.fdopen(outlet, "wb") as pipe:
            for page in read(part):
                frame = pickle.dumps(page, pickle.HIGHEST_PROTOCOL)
                pipe.write(len(frame).to_bytes(_HEAD, "big") + frame)
                pipe.flush()
        status = 0
    finally:
        os._exit(status)


def _drained(inlets: Sequence[int]) -> dict[int, bytes]:
    """All that is written into the pipes until each is closed."""
    pieces: dict[int, list[bytes]] = {inlet: [] for inlet in inlets}
    opened = set(inlets)
    while opened:
        for inlet in select.select(sorted(opened), [], [])[0]:
            piece = os.read(inlet, 1 << 20)
            if piece:
                pieces[inlet].append(piece)
            else:
                opened.discard(inlet)
                os.close(inlet)
    return {inlet: b"".join(found) for inlet, found in pieces.items()}


def _frames(answer: bytes) -> list[Any]:
    """The whole pages of an answer; one that was cut off is none."""
    pages = []
    at = 0
    while at + _HEAD <= len(answer):
        end = at + _HEAD + int.from_bytes(answer[at : at + _HEAD], "big")
        if end > len(answer):
            break
        pages.append(pickle.loads(answer[at + _HEAD : end]))  # our own fork wrote it
        at = end
    return pages


def _tell(reader: _Reader, done: int, status: int) -> None:
    """On standard error: at which page a process ended early."""
    if done < len(reader.pages):
        ended = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "an error"
        os.write(2, f"page {reader.pages[done] + 1}: {ended}\n".encode())
