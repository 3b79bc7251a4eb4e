"""Chunk → the request that is sent: numbered lines in a fence, instructions first.

Every document line stands behind its number, so no line of a document can pass for the end of the
fence or for an instruction of ours. Long bodies of grids are shortened to the rows that say
something new.
"""

import re
from collections.abc import Sequence

from pipeline.llm_budget import estimate_tokens
from pipeline.llm_calls import Message, Request
from pipeline.reading.headers import Header
from pipeline.reading.model_headings import header, titled_statement
from pipeline.reading.model_sheets import Sheet
from pipeline.reading.model_vocabulary import words_of
from prompts import Task, load
from schemas.documents import Cell, Chunk, Document, Grid
from schemas.vocabulary import TABLE_STATEMENTS

_PHONE_OR_IDENTITY = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[-－—]\d{7,8}|\d{17}[\dXx])(?!\d)")
_BODY_HEAD_ROWS = 3
_BODY_TAIL_ROWS = 2
_CELL_CHARACTERS = 24


def redact(text: str) -> str:
    """Phone and identity numbers as X of the same length.

    >>> redact("电话：13800138000，0519-86201234")
    '电话：XXXXXXXXXXX，XXXXXXXXXXXXX'
    """
    return _PHONE_OR_IDENTITY.sub(lambda match: "X" * len(match.group()), text)


def lines_request(
    task: Task, document: Document, chunk: Chunk, numbers: Sequence[int], redacting: bool
) -> Request:
    """The request about lines of a form: tasks rows and performance."""
    clean = redact if redacting else str
    numbered = "\n".join(f"{n}|{clean(document.lines[n - 1].strip())}" for n in numbers)
    head = {
        "lines": numbered,
        "title": clean(chunk.title or chunk.section or "（无）"),
        "unit": chunk.unit or "（无）",
    }
    return _request(task, (document.id, chunk.id), head, _answer_tokens(task, numbered))


def claims_request(document: Document, sheet: Sheet, redacting: bool) -> Request:
    """The request about a sheet of paragraphs, each line behind its number, each section's
    heading before its first line."""
    clean = redact if redacting else str
    shown: list[str] = []
    section = ""
    for one in sheet.paragraphs:
        if one.section != section:
            section = one.section
            shown.append(f"标题|{clean(section)}")
        for line, start, end in one.stretches:
            text = document.lines[line - 1][start:end].strip()
            row = f"{clean(one.name)}：" if one.name else ""
            shown.append(f"{line}|{row}{clean(text)}")
    numbered = "\n".join(shown)
    chunks = "+".join(dict.fromkeys(one.chunk.id for one in sheet.paragraphs))
    tokens = _answer_tokens("claims", numbered)
    return _request("claims", (document.id, chunks), {"lines": numbered}, tokens)


def form_request(document: Document, chunk: Chunk, grid: Grid, redacting: bool) -> Request:
    """The request for the form map of a grid."""
    top = header(grid)
    width = len(top.paths)
    titled = titled_statement(chunk)
    clean = redact if redacting else str
    head = {
        "title": clean(chunk.title or chunk.section or "（无）"),
        "unit": chunk.unit or "（无）",
        "width": str(width),
        "last": str(width - 1),
        "columns": clean(_columns(grid, top)),
        "rows": clean(_rows(grid, top.body_first)),
        "words": words_of([titled] if titled else TABLE_STATEMENTS),
    }
    return _request("form_map", (document.id, chunk.id), head, 200 + 12 * width)


def _request(
    task: Task, where: tuple[str, str], values: dict[str, str], answer_tokens: int
) -> Request:
    """`where` is the document's id and the chunk's (or several, joined by +)."""
    prompt = load(task)
    return Request(
        task=task,
        prompt=prompt.name,
        prompt_sha256=prompt.sha256,
        document=where[0],
        chunk=where[1],
        messages=(
            Message(role="system", content=prompt.system),
            Message(role="user", content=prompt.user(**values)),
        ),
        answer_tokens=answer_tokens,
    )


def _answer_tokens(task: Task, numbered: str) -> int:
    """An upper bound of a right answer: some 70 tokens a claim, 40 a numeral elsewhere."""
    count = len(re.findall(r"\d[\d,.，．]*", numbered))
    each = 70 if task == "claims" else 40
    return min(8_000, 400 + each * count + estimate_tokens(numbered) // 4)


def _columns(grid: Grid, top: Header) -> str:
    sample = grid.rows[min(top.body_first + 1, len(grid.rows) - 1)]
    return "\n".join(
        f"列{index}|{'/'.join(path) or '（空）'}  例：{_at(sample, index) or '（空）'}"
        for index, path in enumerate(top.paths)
    )


def _rows(grid: Grid, head: int) -> str:
    """The rows that say something about the form: header, the first and last of the body, and
    those between that have neither numbers nor the shape of the first."""
    total = len(grid.rows)
    shown: list[str] = []
    skipped = 0
    pattern = _pattern(grid.rows[head]) if head < total else ""
    for index, row in enumerate(grid.rows):
        middle = head + _BODY_HEAD_ROWS <= index < total - _BODY_TAIL_ROWS
        if middle and _regular(row, pattern):
            skipped += 1
            continue
        if skipped:
            shown.append(f"……略去 {skipped} 行")
            skipped = 0
        shown.append(f"[{index}]|" + "¦".join(_plain(cell) for cell in row))
    return "\n".join(shown)


def _regular(row: Sequence[Cell], pattern: str) -> bool:
    """A row with numbers, or with the shape of the first body row: nothing new about the form."""
    return any(cell.state == "number" for cell in row) or _pattern(row) == pattern


def _pattern(row: Sequence[Cell]) -> str:
    return "".join(cell.state[0] for cell in row)


def _at(row: Sequence[Cell], index: int) -> str:
    return _plain(row[index]) if index < len(row) else ""


def _plain(cell: Cell) -> str:
    return re.sub(r"\s+", "", cell.text)[:_CELL_CHARACTERS]
