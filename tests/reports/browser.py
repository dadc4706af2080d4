"""A headless Chromium for tests, spoken to by the DevTools protocol over loopback."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import time
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--remote-debugging-port=0",
)
T = TypeVar("T")


class Browser:
    """One page. `requests` and `complaints` collect what it asked for and what it wrote to the console."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def __enter__(self) -> Self:
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={self._folder}", "about:blank"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._loop = asyncio.new_event_loop()
        self._number = 0
        self._run(self._connect(self._port()))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._run(self._close())
        self._loop.close()
        self._process.terminate()
        self._process.wait(timeout=20)

    def _port(self) -> int:
        wanted = self._folder / "DevToolsActivePort"
        for _ in range(200):
            if wanted.exists() and (text := wanted.read_text().split()):
                return int(text[0])
            time.sleep(0.1)
        raise TimeoutError("Chromium opened no DevTools port")

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    async def _connect(self, port: int) -> None:
        self._session = aiohttp.ClientSession()
        for _ in range(50):
            async with self._session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [page for page in await answer.json() if page["type"] == "page"]
            if pages:
                break
            await asyncio.sleep(0.1)
        self._socket = await self._session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0)
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self._send(f"{domain}.enable")

    async def _close(self) -> None:
        await self._socket.close()
        await self._session.close()

    async def _send(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        await self._socket.send_str(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            message = json.loads(await asyncio.wait_for(self._socket.receive_str(), 60))
            if message.get("id") == self._number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
            case "Runtime.exceptionThrown" | "Log.entryAdded":
                self.complaints.append(json.dumps(message["params"], ensure_ascii=False))
            case "Runtime.consoleAPICalled" if message["params"]["type"] in ("error", "warning", "assert"):
                self.complaints.append(json.dumps(message["params"], ensure_ascii=False))

    def open(self, path: Path, *, width: int = 1280, height: int = 900, script: bool = True) -> None:
        """Load a file in a window of that size, with or without script."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self._run(self._send("Emulation.setDeviceMetricsOverride", **size))
        self._run(self._send("Emulation.setScriptExecutionDisabled", value=not script))
        self._run(self._send("Page.navigate", url=path.as_uri()))
        for _ in range(200):
            if self.ask("document.readyState") == "complete" and self.ask("location.protocol") == "file:":
                return
            time.sleep(0.05)
        raise TimeoutError(f"{path} did not load")

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page; a promise is awaited."""
        answer = self._run(self._send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True))
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, code: int, text: str = "") -> None:
        """A key on the keyboard, with the character it types."""
        for kind in ("keyDown", "keyUp"):
            event = {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}
            self._run(self._send("Input.dispatchKeyEvent", **event))

    def media(self, kind: str) -> None:
        """Screen or print."""
        self._run(self._send("Emulation.setEmulatedMedia", media=kind))
