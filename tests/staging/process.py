"""Starting and stopping a city in a process of its own. This is the public door of the staging city.

    city = start_city(as_of, out_dir=folder)
    ... city.inventory, city.truth, city.dns_servers ...
    city.stop()

The process ends by itself when its parent dies, also by kill -9.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import selectors
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from .clock import beijing

ROOT = Path(__file__).parents[2]
START_SECONDS = 20
CITIES = ("yunling", "hazards", "styles", "network", "words")
"""The bundled city; hostile servers; content systems and windows; names, IPv6 and certificates; what pages say."""


class CityError(RuntimeError):
    """The city could not be started; the message says why, in Chinese."""


@dataclass
class City:
    """A running city: its ports, its files, and how to stop it. Usable as a context manager."""

    http_port: int
    dns_port: int
    inventory: Path
    truth: Path
    pid: int
    ipv6: bool
    process: subprocess.Popen[str] = field(repr=False)
    temporary: Path | None = field(default=None, repr=False)
    resolvers: dict[str, int] = field(default_factory=dict)
    """Ports of further name servers of the network city: mute, liar, other."""

    @property
    def dns_servers(self) -> str:
        """Its name server, as the setting DNS_SERVERS takes it."""
        return f"127.0.0.1:{self.dns_port}"

    def stop(self) -> None:
        """End the process and remove the folder that was made for it; harmless when called again."""
        atexit.unregister(self.stop)
        with contextlib.suppress(OSError):
            if self.process.stdin:
                self.process.stdin.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        if self.temporary:
            shutil.rmtree(self.temporary, ignore_errors=True)

    def __enter__(self) -> City:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


def start_city(
    as_of: datetime,
    http_port: int | None = None,
    dns_port: int | None = None,
    out_dir: Path | None = None,
    city: str = "yunling",
    planted: Path | None = None,
) -> City:
    """Start the city of that name (one of `CITIES`) as it stands at `as_of`, a naive time being Beijing's.

    Without ports it takes 8380 (web) and 8353 (DNS), or free ones when those are taken; given ports are used or
    `CityError` is raised. inventory.yaml and truth.yaml go to `out_dir`, without it to a folder that `stop` removes.
    `planted`: a file of problems to plant in place of the city's own (not of yunling, the bundled one).
    """
    options = {"city": city, "planted": str(planted.resolve()) if planted else ""}
    return _start(options, as_of, http_port, dns_port, out_dir)


def start_replay(
    pages_dir: Path,
    as_of: datetime,
    http_port: int | None = None,
    dns_port: int | None = None,
    out_dir: Path | None = None,
) -> City:
    """Serve the saved pages of `pages_dir` (with its truth.json) under their own host names; else like `start_city`."""
    if not (pages_dir / "truth.json").is_file():
        raise CityError(f"没有回放用的页面：{pages_dir} 中找不到 truth.json")
    return _start({"city": "replay", "pages": str(pages_dir.resolve())}, as_of, http_port, dns_port, out_dir)


def _start(
    options: dict[str, Any], as_of: datetime, http_port: int | None, dns_port: int | None, out_dir: Path | None
) -> City:
    temporary = None if out_dir else Path(tempfile.mkdtemp(prefix="staging-city-"))
    folder = out_dir or temporary
    assert folder is not None
    options |= {
        "as_of": beijing(as_of).isoformat(),
        "http_port": http_port,
        "dns_port": dns_port,
        "out_dir": str(folder.resolve()),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.staging.child"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        ready = _greet(process, options)
    except BaseException:
        process.kill()
        process.wait()
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)
        raise
    city = City(
        ready["http_port"],
        ready["dns_port"],
        Path(ready["inventory"]),
        Path(ready["truth"]),
        process.pid,
        ready["ipv6"],
        process,
        temporary,
        ready.get("resolvers", {}),
    )
    atexit.register(city.stop)
    return city


def _greet(process: subprocess.Popen[str], options: dict[str, Any]) -> dict[str, Any]:
    """Hand the options over and wait for the line that says the city is ready."""
    assert process.stdin and process.stdout
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(json.dumps(options) + "\n")
        process.stdin.flush()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(START_SECONDS):
            raise CityError(f"演示城市 {START_SECONDS} 秒内没有启动")
    line = process.stdout.readline()
    if not line:
        raise CityError("演示城市启动失败，原因见上面的输出")
    ready: dict[str, Any] = json.loads(line)
    if "error" in ready:
        raise CityError(f"演示城市无法启动：{ready['error']}")
    return ready
