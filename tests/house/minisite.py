"""A site of a few pages on loopback that counts what it is asked, and one that never answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class MiniSite(ThreadingHTTPServer):
    """`pages` articles listed on the home page; `asked` are the paths requested so far."""

    daemon_threads = True

    def __init__(self, pages: int, delay: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages, self.delay = pages, delay
        self.asked: list[str] = []
        self.pause = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    server: MiniSite

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.pause.wait(self.server.delay)
        if self.path == "/":
            rows = "".join(
                f'<li><a href="/{n}.html">第{n}条工作动态</a> 2026-11-18</li>' for n in range(self.server.pages)
            )
            self._send(200, f"<ul>{rows}</ul>")
        elif self.path.removesuffix(".html").strip("/").isdigit():
            title = f"第{self.path.strip('/').removesuffix('.html')}条工作动态"
            text = f"<h1>{title}</h1><p>发布时间：2026-11-18</p>" + f"<p>{title}，全市教育系统开展有关工作。</p>" * 40
            self._send(200, text, title)
        else:
            self._send(404, "没有")

    def _send(self, status: int, body: str, title: str = "云岭市教育局") -> None:
        content = f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the test's own output is what counts."""


@contextmanager
def serve(pages: int = 3, delay: float = 0.0) -> Iterator[MiniSite]:
    """A running mini site."""
    site = MiniSite(pages, delay)
    thread = threading.Thread(target=site.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.pause.set()
        site.shutdown()
        site.server_close()
        thread.join()


@contextmanager
def silence() -> Iterator[str]:
    """The address of a server that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def inventory(*urls: str) -> str:
    """An inventory of one department site an address."""
    sites = "".join(f"  - {{id: s{n}, name: 站点{n}, unit: jyj, url: '{url}'}}\n" for n, url in enumerate(urls, 1))
    return (
        'city: 云岭市\nregion_code: "532901"\nissuer: 云岭市人民政府办公室\n'
        f"units:\n  - {{id: jyj, name: 云岭市教育局}}\nsites:\n{sites}"
    )
