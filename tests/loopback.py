"""A server on 127.0.0.1 that speaks the chat-completions protocol and misbehaves on demand.

`serve(behaviour)` runs it; `behaviour` turns each request into a Reply. Every request is kept, so
that a test counts what was really sent.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


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
