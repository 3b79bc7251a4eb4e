"""A real small model behind the real client: `python -m tests.live.run MODEL FOLDER [WHAT] [N]`.

WHAT is `tasks` (default: each of the four tasks on a short real chunk; each must yield at least
one accepted fact or map) or `headers` (every distinct header of the golden documents: right,
wrong and refused, wrong and kept). Answers are kept in FOLDER, so a second run goes on where the
first stopped; `FOLDER/calls.jsonl` meters every call. N threads serve the model (0: its choice).
"""

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.chunks import chunk_document
from pipeline.documents.text import document_from_text
from pipeline.extraction import conclude
from pipeline.llm import ModelDoor, Outlets
from pipeline.llm_cache import AnswerCache, call_log
from pipeline.llm_calls import Settings
from pipeline.local_model import serve_local
from pipeline.reading.binding import bind
from pipeline.reading.learning import FormStore
from pipeline.reading.model import Job, grid_of, learn, read
from pipeline.reading.model_headings import mark_of, prints_numbers
from schemas.documents import Chunk, Document
from schemas.readings import FormMap, Reading

_FEWEST, _HEAD = 3, 2
_AMOUNT = re.compile(r"\d\.\d|\d[%％]")
GOLDEN = Path(__file__).parent.parent.parent / "golden"


def documents() -> Iterator[tuple[Document, tuple[Chunk, ...]]]:
    """The golden documents and their chunks."""
    for folder in sorted(GOLDEN.iterdir()):
        path = folder / f"{folder.name}.txt"
        if path.exists():
            document = document_from_text(path.name, path.read_bytes())
            yield document, chunk_document(document)


class Header(NamedTuple):
    """A distinct header: its first table, and the map that the form library binds to it."""

    job: Job
    mark: str
    expected: FormMap


def headers() -> Iterator[Header]:
    """Every distinct header of the golden documents that prints numbers and is a known form."""
    seen = set()
    for document, chunks in documents():
        for chunk in chunks:
            grid = grid_of(chunk)
            expected = bind(chunk) if grid else None
            if grid is None or expected is None or not prints_numbers(grid):
                continue
            mark = mark_of(chunk, grid)
            if mark not in seen:
                seen.add(mark)
                yield Header(Job(document, chunk), mark, expected)


def cells(form: FormMap) -> set[tuple[str, str, int, str]]:
    """What a map says of the value columns: side, row, grid column, contract's column."""
    return {(b.prefix, b.row, c.index, c.column) for b in form.blocks for c in b.columns}


Place = tuple[int, str, str, str, str]


def golden_facts(document: Document) -> set[Place]:
    """The golden facts of a document: line, numeral, statement, row, column."""
    name = document.id.rpartition("-")[0]
    text = (GOLDEN / name / "facts.csv").read_text(encoding="utf-8-sig")
    return {
        (int(fact["line"]), fact["raw"], fact["statement"], fact["row"], fact["column"])
        for fact in csv.DictReader(text.splitlines())
    }


def contradicted(header: Header, reading: Reading) -> list[Place]:
    """The facts that a kept map makes of its table and the golden facts do not have."""
    document, chunk = header.job
    facts = conclude(document, [chunk], [reading]).facts
    found = {(fact.line, fact.raw, fact.statement, fact.row, fact.column) for fact in facts}
    return sorted(found - golden_facts(document))


def verdict_of(header: Header, door: ModelDoor) -> tuple[str, str]:
    """What became of a header, and what was wrong."""
    store = learn([header.job], door, FormStore())
    kept = store.forms.get(header.mark)
    if kept is None:
        reason = store.refused.get(header.mark, store.unanswered.get(header.mark, ""))
        return "wrong and refused", reason or "no statement of the contract"
    wrong = contradicted(header, read([header.job], door, store)[0])
    missing = sorted(cells(header.expected) - cells(kept.form))
    if wrong or missing or kept.form.statement != header.expected.statement:
        return "wrong and kept", f"against golden facts: {wrong}; columns missing: {missing}"
    return "right", kept.form.trust


def judge_headers(door: ModelDoor) -> Counter[str]:
    """Right, refused and kept-though-wrong headers, a line each as they come."""
    verdicts: Counter[str] = Counter()
    for header in headers():
        verdict, told = verdict_of(header, door)
        verdicts[verdict] += 1
        document, chunk = header.job
        print(verdict, document.id, chunk.title, told, sep=" | ", flush=True)
    return verdicts


def short_chunks() -> Iterator[tuple[str, Job]]:
    """For each task the real chunk of the fewest lines that prints some numerals, in a form under
    the form's own head: a page's rest without one says nothing about its columns."""
    shortest: dict[str, tuple[tuple[int, int], Job]] = {}
    for document, chunks in documents():
        for chunk in chunks:
            task = _task(chunk)
            lines = document.lines[chunk.first_line - 1 : chunk.last_line]
            size = (len(lines), len("".join(lines)))
            if _prints(lines) >= _FEWEST and (task == "claims" or not _prints(lines[:_HEAD])):
                shortest[task] = min(
                    shortest.get(task, (size, Job(document, chunk))),
                    (size, Job(document, chunk)),
                    key=lambda one: one[0],
                )
    for task in ("form_map", "rows", "claims", "performance"):
        yield task, shortest[task][1]


def _prints(lines: Sequence[str]) -> int:
    """How many decimals and percentages the lines print."""
    return sum(len(_AMOUNT.findall(line)) for line in lines)


def _task(chunk: Chunk) -> str:
    if chunk.kind == "table":
        grid = grid_of(chunk)
        return "rows" if grid is None else "form_map" if prints_numbers(grid) else ""
    return {"prose": "claims", "performance": "performance"}.get(chunk.kind, "")


def amount(reading: Reading) -> int:
    """How many numbers a reading accepted."""
    values = sum(len(row.values) for row in reading.rows)
    return values + len(reading.claims) + len(reading.evaluations)


def judge_tasks(door: ModelDoor) -> Counter[str]:
    """Accepted numbers by task, a line each as they come."""
    found: Counter[str] = Counter()
    for task, job in short_chunks():
        reading = read([job], door, learn([job], door, FormStore()))[0]
        found[task] += amount(reading)
        title = job.chunk.title or job.chunk.section
        print(
            task,
            title,
            amount(reading),
            reading.status,
            reading.reason[:200],
            sep=" | ",
            flush=True,
        )
    return found


def main(model: Path, folder: Path, what: str, threads: int) -> int:
    """Run and print; 0 when what was asked for was reached."""
    folder.mkdir(parents=True, exist_ok=True)
    outlets = Outlets(
        cache=AnswerCache(folder / "answers"), record=call_log(folder / "calls.jsonl")
    )
    with serve_local(model, threads=threads) as url:
        settings = Settings(
            model=model.stem,
            base_url=url,
            endpoint="local",
            max_concurrency=1,
            timeout_seconds=1800.0,
            attempts=2,
        )
        door = ModelDoor(settings, outlets)
        if what == "headers":
            verdicts = judge_headers(door)
            print(json.dumps(verdicts, ensure_ascii=False))
            return 1 if verdicts["wrong and kept"] else 0
        found = judge_tasks(door)
        print(json.dumps(found, ensure_ascii=False))
        return 0 if len(found) == 4 and all(found.values()) else 1


if __name__ == "__main__":
    model_path, folder_path, *rest = sys.argv[1:]
    task = rest[0] if rest else "tasks"
    sys.exit(main(Path(model_path), Path(folder_path), task, int(rest[1]) if len(rest) > 1 else 0))
