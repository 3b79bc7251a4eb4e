"""A real Chromium, driven over a pipe with the standard library alone.

One JSON message of the DevTools protocol ends with a zero byte; the browser reads from its file
descriptor 3 and writes to 4.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_PATIENCE_SECONDS = 60.0


class Page:
    """A tab: what it loads, what it says on its console, what it asks the network for."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._rest = b""
        self._last = 0
        self._session = ""
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._finished = ""

    def attach(self) -> None:
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable", {})
        self._call("Page.setLifecycleEventsEnabled", {"enabled": True})

    def open(self, path: Path, width: int = 1280, height: int = 850, fragment: str = "") -> float:
        """Load a file; returns the seconds it took."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", size)
        self._navigate("about:blank")
        self.complaints, self.requests = [], []
        began = time.monotonic()
        self._navigate(path.as_uri() + fragment)
        self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))")
        assert self.run("document.readyState") == "complete"
        assert self.run("location.pathname.split('/').pop()") == path.name
        return time.monotonic() - began

    def _navigate(self, url: str) -> None:
        """Go there and wait for the load event of that very navigation."""
        self._finished = ""
        loader = self._call("Page.navigate", {"url": url}).get("loaderId", "")
        while self._finished != loader:
            self._receive()

    def run(self, script: str) -> Any:
        """The value of a script, promises awaited."""
        given = {"expression": script, "awaitPromise": True, "returnByValue": True}
        answer = self._call("Runtime.evaluate", given)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self._call("Input.dispatchKeyEvent", {"type": kind, "key": key, "code": key, **text})

    def picture(self, path: Path) -> None:
        shot = self._call("Page.captureScreenshot", {"format": "png"})
        path.write_bytes(base64.b64decode(shot["data"]))

    def _call(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": given}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise AssertionError(answer["error"])
                return dict(answer["result"])

    def _receive(self) -> dict[str, Any]:
        """The next message; events are noted on the way."""
        while b"\0" not in self._rest:
            if not select.select([self._read], [], [], _PATIENCE_SECONDS)[0]:
                raise TimeoutError("the browser is silent")
            self._rest += os.read(self._read, 1 << 20)
        line, self._rest = self._rest.split(b"\0", 1)
        message: dict[str, Any] = json.loads(line)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, event: str, given: dict[str, Any]) -> None:
        if event == "Page.lifecycleEvent" and given["name"] == "load":
            self._finished = given["loaderId"]
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(str(given["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled" and given["type"] in ("error", "warning"):
            self.complaints.append(str(given["args"]))
        elif event == "Log.entryAdded" and given["entry"]["level"] in ("error", "warning"):
            self.complaints.append(str(given["entry"]))
        elif event == "Page.javascriptDialogOpening":
            self.complaints.append("a dialog opened")
        elif event == "Network.requestWillBeSent":
            self.requests.append(given["request"]["url"])


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """A headless browser with a profile of its own under `folder`."""
    their_read, write = os.pipe()
    read, their_write = os.pipe()
    flags = f"--headless --no-sandbox --disable-gpu --no-first-run --user-data-dir={folder}"
    command = f"exec {CHROMIUM} {flags} --remote-debugging-pipe 3<&{their_read} 4>&{their_write}"
    process = subprocess.Popen(
        ["bash", "-c", command],
        pass_fds=(their_read, their_write),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(their_read)
    os.close(their_write)
    try:
        page = Page(write, read)
        page.attach()
        yield page
    finally:
        os.close(write)
        os.close(read)
        process.terminate()
        process.wait(timeout=20)
