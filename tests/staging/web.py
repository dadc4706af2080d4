"""A small HTTP/1.1 server on asyncio streams that leaves room for misbehaviour.

A handler gets an `Exchange` and returns a `Response`, or None when it has dealt with the connection itself (dropped
it, stalled, written bytes of its own); after None the connection is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

MAX_HEAD = 65536
IDLE_SECONDS = 75
_REASONS = {
    200: "OK",
    204: "No Content",
    206: "Partial Content",
    301: "Moved Permanently",
    302: "Found",
    304: "Not Modified",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    410: "Gone",
    412: "Precondition Failed",
    421: "Misdirected Request",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    521: "Web Server Is Down",
    599: "Not Saved",
}


@dataclass
class Request:
    """One request as it came; `path` is raw (percent-encoded), `host` without port and in lower case."""

    method: str
    path: str
    query: str
    host: str
    headers: dict[str, str]
    v6: bool = False

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def cookie(self, name: str) -> str | None:
        """Value of a cookie the client sent."""
        found = re.search(rf"(?:^|;\s*){re.escape(name)}=([^;]*)", self.headers.get("cookie", ""))
        return found[1] if found else None


@dataclass
class Response:
    """What to answer; `stream` replaces `body` for long ones, and then `length` says how long."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: list[tuple[str, str]] = field(default_factory=list)
    modified: datetime | None = None
    stream: AsyncIterator[bytes] | None = None
    length: int | None = None


@dataclass
class Exchange:
    """A request with the connection it came on, for handlers that do more than answer."""

    request: Request
    writer: asyncio.StreamWriter
    port: int

    async def send(self, data: bytes) -> None:
        """Write raw bytes to the client."""
        self.writer.write(data)
        await self.writer.drain()

    def drop(self) -> None:
        """Close the connection without a word (a reset, where the system allows it)."""
        transport = self.writer.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()


Handler = Callable[[Exchange], Awaitable[Response | None]]


def head_of(status: int, headers: list[tuple[str, str]]) -> bytes:
    """Status line and header block of an answer."""
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}", *(f"{k}: {v}" for k, v in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


class WebServer:
    """Serves one handler on every socket given to it, until closed."""

    def __init__(self, handler: Handler, port: int, now: datetime) -> None:
        self.handler, self.port, self.now = handler, port, now
        self.servers: list[asyncio.Server] = []

    async def start(self, sockets: list[socket.socket], tls: ssl.SSLContext | None = None) -> None:
        """Begin to accept on sockets that are bound already, with TLS when a context is given."""
        for sock in sockets:
            self.servers.append(await asyncio.start_server(self._client, sock=sock, limit=MAX_HEAD, ssl=tls))

    def close(self) -> None:
        """Stop accepting."""
        for server in self.servers:
            server.close()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        v6 = ":" in str(writer.get_extra_info("sockname")[0])
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError, asyncio.LimitOverrunError):
            while True:
                request = await self._read(reader, v6)
                if request is None or not await self._answer(request, writer):
                    break
        with contextlib.suppress(ConnectionError, OSError):
            writer.close()

    async def _read(self, reader: asyncio.StreamReader, v6: bool) -> Request | None:
        """The next request of a connection; its body is read and dropped."""
        async with asyncio.timeout(IDLE_SECONDS):
            raw = await reader.readuntil(b"\r\n\r\n")
        first, *lines = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
        parts = first.split(" ")
        if len(parts) != 3:
            return None
        headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        if headers.get("content-length", "0").isdigit():
            await reader.readexactly(int(headers.get("content-length", "0")))
        target = re.sub(r"^https?://[^/]*", "", parts[1]) or "/"
        path, _, query = target.partition("?")
        host = re.sub(r":\d+$", "", headers.get("host", "")).strip("[]").rstrip(".").lower()
        return Request(parts[0], path, query, host, headers, v6)

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; True when the connection may go on."""
        response = await self.handler(Exchange(request, writer, self.port))
        if response is None:
            return False
        keep = request.headers.get("connection", "").lower() != "close"
        response = _conditional(request, response)
        headers = [("Server", "nginx"), ("Date", format_datetime(self.now)), *response.headers]
        if response.status not in (204, 304):
            length = response.length if response.stream is not None else len(response.body)
            headers += [("Content-Type", response.content_type), ("Content-Length", str(length))]
        headers.append(("Connection", "keep-alive" if keep else "close"))
        writer.write(head_of(response.status, headers))
        if request.method != "HEAD" and response.status not in (204, 304):
            writer.write(response.body)
            if response.stream is not None:
                async for chunk in response.stream:
                    writer.write(chunk)
                    await writer.drain()
        await writer.drain()
        return keep


def _conditional(request: Request, response: Response) -> Response:
    """Validators for good pages, and 304 when the client has the page already."""
    if response.status != 200 or response.stream is not None or request.method not in ("GET", "HEAD"):
        return response
    tag = f'"{hashlib.md5(response.body).hexdigest()[:16]}"'
    response.headers.append(("ETag", tag))
    if response.modified:
        response.headers.append(("Last-Modified", format_datetime(response.modified)))
    asked = request.headers.get("if-none-match")
    if asked is not None:
        same = tag in asked or asked.strip() == "*"
        return Response(304, headers=response.headers) if same else response
    since = request.headers.get("if-modified-since")
    if since and response.modified:
        with contextlib.suppress(ValueError, TypeError):
            if response.modified.replace(microsecond=0) <= parsedate_to_datetime(since):
                return Response(304, headers=response.headers)
    return response
