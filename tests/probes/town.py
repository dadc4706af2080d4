"""A few small sites on loopback for the probes: what each answers by host name and address family."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from crawler.inventory import Site

LINKS = "".join(f'<a href="/art/{n}.html">第{n}条政务动态消息</a>' for n in range(20))


def page(title: str = "云岭市人民政府", links: str = LINKS, more: str = "") -> bytes:
    return f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{links}{more}</body></html>".encode()


@dataclass
class Asked:
    """One request: host without port, path, whether it came over IPv6."""

    host: str
    path: str
    v6: bool


Answer = Callable[[Asked], bytes | None]


def ok(body: bytes | None = None) -> bytes:
    body = page() if body is None else body
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def redirect(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


@dataclass
class Town:
    """Web servers on one port of 127.0.0.1 and ::1. `answer` gives the bytes, None closes the connection unanswered."""

    port: int
    answer: Answer
    asked: list[Asked] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)

    def site(self, host: str = "www.a.gov.cn", scheme: str = "http", **more: object) -> Site:
        return Site.model_validate(
            {"id": "portal", "name": "云岭市", "unit": "zfb", "url": f"{scheme}://{host}:{self.port}/", **more}
        )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        v6 = writer.get_extra_info("sockname")[0] == "::1"
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                host = next(line[5:].strip() for line in lines if line.lower().startswith("host:"))
                asked = Asked(host.rpartition(":")[0] or host, lines[0].split(" ")[1], v6)
                self.asked.append(asked)
                self.heads.append(head)
                answer = self.answer(asked)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def town(
    answer: Answer, *, v4: bool = True, v6: bool = True, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Town]:
    """A running town; a family left out refuses connections."""
    sockets = []
    with socket.socket(socket.AF_INET) as finder:
        finder.bind(("127.0.0.1", 0))
        port = finder.getsockname()[1]
    place = Town(port, answer)
    for wanted, host in ((v4, "127.0.0.1"), (v6, "::1")):
        if wanted:
            sockets.append(await asyncio.start_server(place.serve, host, port, ssl=tls))
    try:
        yield place
    finally:
        for server in sockets:
            server.close()
