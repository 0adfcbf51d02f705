"""A Chromium without a window that is asked over its debugging protocol."""

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any, Self, cast

from websockets.sync.client import connect

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless=new", "--no-sandbox", "--remote-debugging-port=0", "--window-size=900,860"),
    *("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
)
START_S = 150.0


def found() -> str | None:
    """Return the path of a Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One page in a browser; a ``with`` block.

    Args:
        program: path of a Chromium.
        address: of the page.
        folder: for its profile.
    """

    def __init__(self, program: str, address: str, folder: Path) -> None:
        self._process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={folder}", address],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._count = 0
        self._socket = connect(self._page_socket(folder / "DevToolsActivePort"), max_size=None)

    def text(self) -> str:
        """Return what can be read on the page."""
        return str(self._evaluate("document.body?.innerText ?? ''"))

    def images(self) -> int:
        """Return how many photographs are on the page."""
        query = """document.querySelectorAll('img[src^="data:image/jpeg"], img[src^="blob:"]')"""
        return int(str(self._evaluate(f"{query}.length")))

    def click(self, label: str) -> None:
        """Click whatever bears exactly this label."""
        wanted = json.dumps(label)
        self._evaluate(
            "[...document.querySelectorAll('button, label')]"
            f".find(e => e.innerText.trim() === {wanted}).click()"
        )

    def screenshot(self) -> bytes:
        """Return a PNG of the page."""
        return base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _page_socket(self, port_file: Path) -> str:
        """Return the address at which the page is asked."""
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            time.sleep(0.2)
            if not port_file.exists() or not port_file.read_text().strip():
                continue
            port = port_file.read_text().split()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                pages = [page for page in json.load(answer) if page["type"] == "page"]
            if pages:
                return str(pages[0]["webSocketDebuggerUrl"])
        self._process.kill()
        raise TimeoutError(f"no page within {START_S} s")

    def _evaluate(self, expression: str) -> object:
        result = self._call("Runtime.evaluate", expression=expression)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def _call(self, method: str, **params: str) -> dict[str, Any]:
        """Return the result of a method of the protocol."""
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(START_S))
            if answer.get("id") == self._count:
                return cast(dict[str, Any], answer["result"])
