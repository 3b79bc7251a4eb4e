"""A server on 127.0.0.1 that speaks the chat-completions protocol and misbehaves on demand.

`serve(behaviour)` runs it; `behaviour` turns each request into a Reply. Every request is kept, so
that a test counts what was really sent. `ideal_model` answers from golden facts as a perfect
model would, without ever seeing more than its creator gave it.
"""

import csv
import json
import re
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from pipeline.chunks import chunk_document
from pipeline.documents.text import document_from_text
from pipeline.reading.model_answers import SIDES
from pipeline.reading.model_headings import header, listed_column, titled_statement
from pipeline.reading.model_messages import form_request
from pipeline.text import numerals
from schemas.documents import Chunk, Document, Grid


class Asked(NamedTuple):
    """A request as the server saw it."""

    body: dict[str, object]
    authorization: str

    @property
    def messages(self) -> list[dict[str, str]]:
        return list(self.body["messages"])  # type: ignore[call-overload]

    @property
    def user(self) -> str:
        """The first user message: the document."""
        return next(m["content"] for m in self.messages if m["role"] == "user")

    @property
    def task(self) -> str:
        """Which prompt asks, by the schema's name."""
        return _task_of(json.dumps(self.body, ensure_ascii=False))

    @property
    def mode(self) -> str:
        kind = self.body.get("response_format")
        if isinstance(kind, dict):
            return str(kind["type"])
        return "tools" if "tools" in self.body else ""


class Reply(NamedTuple):
    """What the server sends. `drop` closes the connection, `delay` waits before anything."""

    content: str = "{}"
    status: int = 200
    finish_reason: str = "stop"
    error: dict[str, object] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    refusal: str | None = None
    drop: bool = False
    delay: float = 0.0
    raw: str | None = None


Behaviour = Callable[[Asked], Reply]


class Server(NamedTuple):
    """A running server: its base URL and the requests it has seen, in order."""

    url: str
    seen: list[Asked]


@contextmanager
def serve(behaviour: Behaviour) -> Iterator[Server]:
    """Run a server until the block ends."""
    seen: list[Asked] = []
    http = _Http(("127.0.0.1", 0), _Handler)
    http.behaviour, http.seen = behaviour, seen
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{http.server_port}/v1", seen)
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news; a fault of the behaviour is kept for the test."""
        error = sys.exception()
        if not isinstance(error, OSError):
            self.seen.append(Asked({"fault": repr(error), "messages": []}, ""))

    request_queue_size = 128
    behaviour: Behaviour
    seen: list[Asked]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        body = json.loads(self.rfile.read(length))
        asked = Asked(body, self.headers.get("Authorization", ""))
        self.server.seen.append(asked)
        reply = self.server.behaviour(asked)
        if reply.delay:
            time.sleep(reply.delay)
        if reply.drop:
            self.close_connection = True
            self.connection.close()
            return
        self._send(reply, asked)

    def _send(self, reply: Reply, asked: Asked) -> None:
        payload = reply.raw if reply.raw is not None else json.dumps(_payload(reply, asked))
        data = payload.encode()
        try:
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _payload(reply: Reply, asked: Asked) -> dict[str, object]:
    if reply.status != 200:
        return {"error": reply.error or {"message": "no", "type": "error", "code": None}}
    message: dict[str, object] = {"role": "assistant", "content": reply.content}
    if reply.refusal is not None:
        message |= {"content": None, "refusal": reply.refusal}
    elif asked.mode == "tools":
        function = {"name": _tool_name(asked), "arguments": reply.content}
        message |= {
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
        }
    prompt = sum(len(m["content"]) for m in asked.messages)
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": asked.body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": reply.finish_reason}],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": len(reply.content),
            "total_tokens": prompt + len(reply.content),
        },
    }


def _tool_name(asked: Asked) -> str:
    tools = asked.body["tools"]
    assert isinstance(tools, list)
    return str(tools[0]["function"]["name"])


def _task_of(text: str) -> str:
    for mark, task in (
        ("FormMap", "form_map"),
        ("ClaimsAnswer", "claims"),
        ("RowsAnswer", "rows"),
        ("PerformanceAnswer", "performance"),
    ):
        if mark in text:
            return task
    return ""


# -- an ideal model -----------------------------------------------------------------------------

Golden = dict[str, str]
"""A row of a golden facts.csv."""


class Known(NamedTuple):
    """A document as the ideal model knows it."""

    document: Document
    chunks: tuple[Chunk, ...]
    facts: tuple[Golden, ...]


def known(folder: Path) -> Known:
    """The golden document of a folder: `<id>.txt` and `facts.csv`."""
    name = f"{folder.name}.txt"
    document = document_from_text(name, (folder / name).read_bytes())
    text = (folder / "facts.csv").read_text(encoding="utf-8-sig")
    facts = tuple(csv.DictReader(text.splitlines()))
    return Known(document, chunk_document(document), facts)


Spoil = Callable[[str, dict[str, object]], dict[str, object]]
"""Turns the right answer of a task into a wrong one."""


def ideal_model(
    documents: Sequence[Known], spoil: Spoil = lambda task, answer: answer
) -> Behaviour:
    """Answers every task as the golden facts have it."""
    forms = {}
    for one in documents:
        for chunk in one.chunks:
            if chunk.kind == "table" and chunk.grid is not None and chunk.grid.rows:
                for redacting in (False, True):
                    request = form_request(one.document, chunk, chunk.grid, redacting)
                    forms.setdefault(request.messages[1].content, (one, chunk, chunk.grid))

    def behave(asked: Asked) -> Reply:
        if asked.task == "form_map":
            answer = _form(*forms[asked.user])
        else:
            one, numbers = _place(asked, documents)
            answer = _TASKS[asked.task](one, numbers)
        spoiled = spoil(asked.task, answer)
        return Reply(json.dumps(spoiled, ensure_ascii=False, separators=(",", ":")))

    return behave


def _place(asked: Asked, documents: Sequence[Known]) -> tuple[Known, tuple[int, ...]]:
    """The document and the lines that a request shows."""
    shown = re.findall(r"^(\d+)\|(.*)$", asked.user, re.MULTILINE)

    def matching(one: Known) -> int:
        lines = one.document.lines
        return sum(int(n) <= len(lines) and text in lines[int(n) - 1] for n, text in shown)

    return max(documents, key=matching), tuple(sorted({int(n) for n, _ in shown}))


def _on(one: Known, numbers: Sequence[int], statements: Callable[[str], bool]) -> list[Golden]:
    wanted = set(numbers)
    return [f for f in one.facts if int(f["line"]) in wanted and statements(f["statement"])]


def _claims(one: Known, numbers: Sequence[int]) -> dict[str, object]:
    counts: Counter[tuple[str, str]] = Counter()
    claims = []
    for fact in _on(one, numbers, lambda s: s == "claim"):
        counts[fact["line"], fact["raw"]] += 1
        claims.append(
            {
                "line": int(fact["line"]),
                "text": fact["raw"],
                "nth": counts[fact["line"], fact["raw"]],
                "subject": plain_row(fact["row"]),
                "column": fact["column"],
                "unit": fact["unit"],
                "minus": fact["value"].startswith("-") and fact["raw"][0] not in "-－−",
            }
        )
    return {"claims": claims}


def _performance(one: Known, numbers: Sequence[int]) -> dict[str, object]:
    facts = _on(one, numbers, lambda s: s == "evaluation")
    starts = _starts(one, facts)
    names = sorted({evaluation_name(fact["row"]) for fact in facts}, key=len)
    forms: dict[str, dict[tuple[int, str], list[Golden]]] = defaultdict(lambda: defaultdict(list))
    for fact in facts:
        row = plain_row(fact["row"])
        name = next((name for name in names if row.startswith(f"{name}/")), "")
        forms[name][int(fact["line"]), row.removeprefix(f"{name}/")].append(fact)
    for groups in forms.values():
        for group in groups.values():
            group.sort(key=lambda fact: starts[id(fact)])
    return {
        "forms": [
            {"name": name, "items": [_item(*place, group) for place, group in groups.items()]}
            for name, groups in forms.items()
        ]
    }


def _item(line: int, row: str, group: Sequence[Golden]) -> dict[str, object]:
    return {
        "line": line,
        "row": row,
        "texts": [fact["raw"] for fact in group],
        "columns": [fact["column"] for fact in group],
        "units": [fact["unit"] for fact in group],
    }


def _starts(one: Known, facts: Sequence[Golden]) -> dict[int, int]:
    """Where each fact is printed on its line, equal numerals in the order of the facts."""
    free = {
        number: list(numerals(one.document.lines[number - 1]))
        for number in {int(fact["line"]) for fact in facts}
    }
    starts = {}
    for fact in facts:
        tokens = free[int(fact["line"])]
        token = next((t for t in tokens if t.text == fact["raw"]), None)
        starts[id(fact)] = token.start if token else 0
        if token:
            tokens.remove(token)
    return starts


def evaluation_name(row: str) -> str:
    """The `<name>` of an evaluation row."""
    head = row.split("/资金:")[0]
    return head if head != row else row.rpartition("/")[0]


def plain_row(row: str) -> str:
    """A golden row without the ` #2` of a repeated key."""
    return re.sub(r" #\d+$", "", row)


def _rows(one: Known, numbers: Sequence[int]) -> dict[str, object]:
    facts = _on(one, numbers, lambda s: s not in ("claim", "evaluation"))
    statement = Counter(f["statement"] for f in facts).most_common(1)[0][0] if facts else "none"
    rows: dict[tuple[int, str], list[Golden]] = defaultdict(list)
    for fact in facts:
        rows[int(fact["line"]), plain_row(fact["row"])].append(fact)
    sided = statement in SIDES
    columns = [f["column"] for f in facts if not sided or f["row"].startswith("expenditure:")]
    return {
        "statement": statement,
        "unit": facts[0]["unit"] if facts else "",
        "columns": list(dict.fromkeys(columns)),
        "rows": [_row_item(line, row, group) for (line, row), group in rows.items()],
    }


def _row_item(line: int, row: str, group: Sequence[Golden]) -> dict[str, object]:
    side, colon, rest = row.partition(":")
    sided = bool(colon) and side in ("income", "expenditure")
    key = rest if sided else row
    spoken = {"total": "合计", "budget": "", "actual": "", "personnel_total": "人员经费合计"}
    spoken["public_total"] = "公用经费合计"
    return {
        "line": line,
        "side": side if sided else row if row in ("budget", "actual") else "",
        "key": spoken.get(key, key),
        "label": group[0]["label"],
        "values": [fact["raw"] for fact in group],
    }


_TASKS = {"claims": _claims, "performance": _performance, "rows": _rows}


def _form(one: Known, chunk: Chunk, grid: Grid) -> dict[str, object]:
    """The map that puts the golden facts where the grid prints them."""
    top = header(grid)
    numbers = range(chunk.first_line, chunk.last_line + 1)
    facts = _on(one, numbers, lambda s: s not in ("claim", "evaluation"))
    titled = titled_statement(chunk) or "none"
    statement = Counter(f["statement"] for f in facts).most_common(1)[0][0] if facts else titled
    width = len(top.paths)
    roles = ["skip"] * width
    if statement != "none":
        roles = _named(_roles(grid, facts, statement, width), statement, top.paths)
    part = {
        "statement": statement,
        "unit": facts[0]["unit"] if facts else "",
        "body_first": min(top.body_first, len(grid.rows) - 1),
        "body_last": len(grid.rows) - 1,
        "skip_rows": [],
        "columns": {str(index): role for index, role in enumerate(roles)},
    }
    return {"form": part}


def _roles(grid: Grid, facts: Sequence[Golden], statement: str, width: int) -> list[str]:
    todo: dict[tuple[int, str], list[Golden]] = defaultdict(list)
    for fact in facts:
        todo[int(fact["line"]), fact["raw"]].append(fact)
    labels = {f["label"] for f in facts if f["label"] and not f["label"].isdigit()}
    tops = {path[0] for path in header(grid).paths if path}
    beside = statement == "three_public" and {"预算数", "决算数"} <= tops
    codes = {plain_row(f["row"]) for f in facts if f["row"][0].isdigit()}
    votes: list[Counter[str]] = [Counter(skip=0) for _ in range(width)]
    for row in grid.rows[header(grid).body_first :]:
        short = max(0, width - len(row))  # a total whose key cells were merged stands to the left
        if short and any(cell.state == "text" for cell in row[1:]):
            continue
        texts = [""] * short + [re.sub(r"\s", "", cell.text) for cell in row]
        for index, cell in enumerate(row[:width], short):
            same = todo[cell.line, cell.text]
            if cell.state == "number" and same:
                votes[index][_role(same.pop(0), statement, beside)] += 2
            elif short == 0 and texts[index] in labels:
                votes[index]["label"] += 1
            elif short == 0 and texts[index].isdigit() and _is_in_code(texts, index, codes):
                votes[index]["key"] += 1
    roles = [counts.most_common(1)[0][0] for counts in votes]
    if not beside and width > 2 and not {"key", "label"} & set(roles) and roles[0] == "skip":
        roles[:2] = ["key", "label"] if roles[1] == "skip" else ["label", roles[1]]
    return roles


def _named(roles: list[str], statement: str, paths: Sequence[Sequence[str]]) -> list[str]:
    """Value columns that print nothing are still named by their headings."""
    sides = [role.rpartition(":")[0] for role in roles]
    named = list(roles)
    for index, role in enumerate(roles):
        side = next((s for s in reversed(sides[:index]) if s), "") if any(sides) else ""
        listed = listed_column(statement, paths[index], side) if role == "skip" else ""
        if listed and f"{side}:{listed}".lstrip(":") not in named:
            named[index] = f"{side}:{listed}".lstrip(":")
    return named


def _is_in_code(texts: Sequence[str], index: int, codes: set[str]) -> bool:
    spans = [(a, b) for a in range(index - 2, index + 1) for b in range(index + 1, index + 4)]
    return any("".join(texts[a:b]) in codes for a, b in spans if a >= 0)


def _role(fact: Golden, statement: str, beside: bool) -> str:
    if beside:
        return f"{plain_row(fact['row'])}:{fact['column']}"
    side, colon, _ = fact["row"].partition(":")
    if colon and side in ("income", "expenditure") and statement in SIDES:
        return f"{side}:{fact['column']}"
    return fact["column"]
