"""Stands in for the package xllamacpp in the local model's child process: put first on the path.

Answers every request with claims of one number, or as the file's name says: `slow` computes until
it is killed, `broken` cannot be loaded.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

CLAIM = {
    "line": 5,
    "text": "35.20",
    "nth": 1,
    "subject": "收、支总计",
    "column": "amount",
    "unit": "万元",
    "minus": False,
}


class CommonParams(SimpleNamespace):
    def __init__(self) -> None:
        threads = SimpleNamespace(n_threads=0)
        super().__init__(model=SimpleNamespace(path=""), cpuparams=threads, cpuparams_batch=threads)


class Server:
    def __init__(self, params: CommonParams) -> None:
        name = Path(params.model.path).stem
        if name == "broken":
            raise RuntimeError("tensor 'output' is truncated")
        http = ThreadingHTTPServer((params.hostnames[0], params.port), _Handler)
        http.slow = name == "slow"  # type: ignore[attr-defined]
        threading.Thread(target=http.serve_forever).start()  # as in the real one: no daemon
        self.listening_address = f"http://127.0.0.1:{http.server_port}"
        print("loading tensors, a line of no interest", flush=True)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.slow:  # type: ignore[attr-defined]
            time.sleep(600)
        content = json.dumps({"claims": [CLAIM]})
        message = {"role": "assistant", "content": content}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 9, "completion_tokens": 41, "total_tokens": 50}
        body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m"}
        data = json.dumps({**body, "choices": [choice], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
