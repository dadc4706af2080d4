"""Twenty small sites on loopback that write down who asks them what: process, start and end of each request."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

SLOW = 0.05  # seconds a page takes
PROSE = "<p>全市教育系统按照部署开展有关工作，各单位认真组织实施，确保各项任务按时完成。</p>" * 15


@dataclass(frozen=True)
class Asked:
    """One request of a page that only a walk asks for."""

    site: int
    path: str
    begun: float
    ended: float
    process: int | None  # None: gone before it could be named


def inode_of(port: int, server: int) -> str | None:
    """The socket of the connection from this local port to that server's port: another may share the local one."""
    mine, its = f":{port:04X}", f":{server:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if words[1].endswith(mine) and words[2].endswith(its):
            return f"socket:[{words[9]}]"
    return None


def process_of(port: int, server: int) -> int | None:
    """The process whose connection that is (Linux)."""
    inode = inode_of(port, server)
    if inode in (None, "socket:[0]"):
        return None
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"crawler.cluster.slice" not in (folder / "cmdline").read_bytes():
                continue
            for link in (folder / "fd").iterdir():
                with suppress(OSError):
                    if str(link.readlink()) == inode:
                        return int(folder.name)
    return None


class _Site(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, number: int, town: Town) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.number, self.town = number, town

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    server: _Site
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_GET(self) -> None:
        begun = time.time()
        if not self.path.startswith("/a/"):
            self._send(*self._page())
            return
        process = process_of(self.client_address[1], self.server.server_address[1])
        self._send(*self._page(), wait=SLOW)
        asked = Asked(self.server.number, self.path, begun, time.time(), process)
        with self.server.town.lock:
            self.server.town.asked.append(asked)

    def _page(self) -> tuple[int, str, str]:
        town, number = self.server.town, self.server.number
        if self.path == "/":
            rows = "".join(
                f"<li><a href='/a/{n}.html'>第{n}条工作动态</a> <span>2026-11-1{n % 9}</span></li>"
                for n in range(town.pages)
            )
            other = town.sites[(number + 1) % len(town.sites)].url
            return 200, f"站点{number}", (
                f"<ul class='list'>{rows}</ul><a href='/dead{number}.html'>关于有关事项的通知</a>"
                f"<a href='{other}a/0.html'>邻县动态</a><a href='{other}gone.html'>邻县通知</a>"
            )  # fmt: skip
        name = self.path.removeprefix("/a/").removesuffix(".html")
        if self.path.startswith("/a/") and name.isdigit() and int(name) < town.pages:
            title = f"站点{number}第{name}条工作动态"
            return 200, title, f"<h1>{title}</h1><p>发布时间：2026-11-1{int(name) % 9} 09:00</p>{PROSE}"
        return 404, "没有", "没有这一页"

    def _send(self, status: int, title: str, body: str, wait: float = 0.0) -> None:
        head = f"<head><meta charset='utf-8'><title>{title}</title></head>"
        content = f"<!DOCTYPE html><html>{head}<body>{body}</body></html>".encode()
        time.sleep(wait)
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Town:
    """The sites and their common diary."""

    def __init__(self, sites: int, pages: int) -> None:
        self.pages = pages
        self.asked: list[Asked] = []
        self.lock = threading.Lock()
        self.sites = [_Site(number, self) for number in range(sites)]

    def inventory(self) -> str:
        """All of them, as an inventory."""
        rows = "".join(
            f"  - {{id: s{one.number}, name: 站点{one.number}, unit: jyj, url: '{one.url}'}}\n" for one in self.sites
        )
        head = 'city: 云岭市\nregion_code: "532901"\nissuer: 云岭市人民政府办公室\n'
        return f"{head}units:\n  - {{id: jyj, name: 云岭市教育局}}\nsites:\n{rows}"

    def faults(self, least_gap: float, most: int = 2) -> list[str]:
        """Where a site was walked by two processes at once, or asked faster or by more at a time than was allowed."""
        by_site: dict[int, list[Asked]] = defaultdict(list)
        for one in sorted(self.asked, key=lambda one: one.begun):
            by_site[one.site].append(one)
        found = []
        for site, asked in by_site.items():
            seen: list[int] = []
            for one in asked:
                if one.process is not None and one.process not in seen[-1:]:
                    if one.process in seen:
                        found.append(f"site {site}: process {one.process} came back after {seen[-1]}")
                    seen.append(one.process)
            for before, after in pairwise(asked):
                if after.begun - before.begun < least_gap:
                    found.append(f"site {site}: {after.path} {after.begun - before.begun:.3f} s after {before.path}")
            for one in asked:
                at_once = sum(other.begun <= one.begun < other.ended for other in asked)
                if at_once > most:
                    found.append(f"site {site}: {at_once} requests at once")
        return found


@contextmanager
def town(sites: int = 20, pages: int = 8) -> Iterator[Town]:
    """The sites, answering."""
    one = Town(sites, pages)
    threads = [threading.Thread(target=site.serve_forever, args=(0.1,), daemon=True) for site in one.sites]
    for thread in threads:
        thread.start()
    try:
        yield one
    finally:
        for site in one.sites:
            site.shutdown()
            site.server_close()
