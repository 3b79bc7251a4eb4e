"""Chunk → the request that is sent: numbered lines in a fence, instructions first.

Every document line stands behind its number, so no line of a document can pass for the end of the
fence or for an instruction of ours. Of a grid only the rows are shown that say something of it.
"""

import re
from collections.abc import Iterator, Sequence

from pipeline.llm_budget import estimate_tokens
from pipeline.llm_calls import Message, Request
from pipeline.reading.model_answers import Asked, roles_of_shape
from pipeline.reading.model_headings import asked_of, header, heading, prints_number, shown_rows
from pipeline.reading.model_sheets import Sheet
from pipeline.reading.model_vocabulary import PLAIN_ROLES, explained, statement_word
from prompts import Task, load
from schemas.documents import Cell, Chunk, Document, Grid
from schemas.vocabulary import TABLE_STATEMENTS

_PHONE_OR_IDENTITY = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[-－—]\d{7,8}|\d{17}[\dXx])(?!\d)")
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
    asked = asked_of(chunk, grid)
    clean = redact if redacting else str
    head = {
        "title": clean(chunk.title or chunk.section or "（无）"),
        "known": "".join(f"{line}\n" for line in _known(asked)),
        "columns": clean("\n".join(_columns(grid, asked))),
        "ask": "、".join(_fields(asked)),
        "rows": clean("\n".join(_rows(grid))),
        "words": _value_words(asked),
    }
    tokens = 100 + 12 * len(asked.columns)
    return _request("form_map", (document.id, chunk.id), head, tokens)


def _known(asked: Asked) -> Iterator[str]:
    if asked.statement:
        yield f"这是：{statement_word(asked.statement)}"
    if asked.unit:
        yield f"单位：{asked.unit}"


def _fields(asked: Asked) -> Iterator[str]:
    """What is to be answered, in the order of the schema."""
    known = {
        "statement": asked.statement != "",
        "unit": asked.unit != "",
        "first": len(asked.first) == 1,
        "last": len(asked.last) == 1,
        "skip": not asked.skippable,
    }
    yield from (name for name, is_known in known.items() if not is_known)
    yield "columns"


def _value_words(asked: Asked) -> str:
    """The words of the value columns that may be answered, of a statement or of each a line."""
    statements = (asked.statement,) if asked.statement else TABLE_STATEMENTS
    lines = []
    for statement in statements:
        found = dict.fromkeys(
            explained(statement, role, shape.side)
            for shape in asked.columns
            for role in roles_of_shape(statement, shape)
            if role not in PLAIN_ROLES
        )
        words = "、".join(found)
        lines.append(words if asked.statement else f"{statement_word(statement)}：{words}")
    return "\n".join(lines)


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


def _columns(grid: Grid, asked: Asked) -> Iterator[str]:
    """A line for each column that can be more than one thing: its headings, and what stands there
    where that is no amount."""
    top = header(grid)
    body = [row for row in grid.rows[top.body_first :] if prints_number(row)]
    for index, (path, shape) in enumerate(zip(top.paths, asked.columns, strict=True)):
        if shape.kind in ("row_numbers", "aside"):
            continue
        cells = (_plain(row[index]) for row in body if len(row) == len(top.paths))
        sample = next((text for text in cells if text), "")
        told = f"  例：{sample or '（空）'}" if shape.kind not in ("amounts", "named") else ""
        yield f"列{index}|{heading(asked.statement, path) or '（空）'}{told}"


def _rows(grid: Grid) -> Iterator[str]:
    last = -1
    for index in shown_rows(grid).numbers:
        if index > last + 1:
            yield f"……略去 {index - last - 1} 行"
        yield f"[{index}]|" + "¦".join(_plain(cell) for cell in grid.rows[index])
        last = index


def _plain(cell: Cell) -> str:
    return re.sub(r"\s+", "", cell.text)[:_CELL_CHARACTERS]
