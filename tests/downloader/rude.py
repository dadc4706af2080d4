"""A loopback web server with one behaviour a path, good and bad ones."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable

Behaviour = Callable[["Talk"], Awaitable[None]]


class Talk:
    """One request as the server sees it."""

    def __init__(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        self.head = head
        self.line = head.split(b"\r\n", 1)[0]
        self.path = self.line.split(b" ")[1].decode("latin-1")
        self.writer = writer

    def header(self, name: str) -> str:
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return ""

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body: bytes, status: str = "200 OK", kind: str = "text/html", more: str = "") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        await self.say(head.encode("latin-1") + body)

    def reset(self) -> None:
        sock: socket.socket = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


class Rude:
    """The server. `requests` lists the request lines, `connections` counts accepted ones, `sent` bytes handed out."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.connections = 0
        self.sent = 0
        self.heads: list[bytes] = []
        self.port = 0

    def url(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                talk = Talk(head, writer)
                self.requests.append(talk.line.decode("latin-1"))
                self.heads.append(head)
                name = talk.path.split("?")[0].strip("/").split("/")[0].replace("-", "_")
                await getattr(self, f"do_{name}", self.do_ok)(talk)
        writer.close()

    async def do_ok(self, talk: Talk) -> None:
        await talk.answer(b"<html><title>ok</title></html>")

    async def do_silent(self, talk: Talk) -> None:
        await asyncio.sleep(60)

    async def do_reset(self, talk: Talk) -> None:
        talk.reset()

    async def do_close(self, talk: Talk) -> None:
        talk.writer.close()

    async def do_reset_midway(self, talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\nhalf")
        await asyncio.sleep(0.05)
        talk.reset()

    async def do_short(self, talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\nhalf")
        talk.writer.close()

    async def do_garbage(self, talk: Talk) -> None:
        await talk.say(b"\x00\x01\x02 this is no HTTP\r\n\r\n")
        talk.writer.close()

    async def do_bad_chunk(self, talk: Talk) -> None:
        await talk.say(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhallo\r\n0\r\n\r\n"
        )
        talk.writer.close()

    async def do_bad_chunk_after_headers(self, talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
        await asyncio.sleep(0.05)
        await talk.say(b"zz\r\nhallo\r\n0\r\n\r\n")
        talk.writer.close()

    async def do_bad_chunk_later(self, talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwell\r\n")
        await asyncio.sleep(0.05)
        await talk.say(b"zz\r\nhallo\r\n")
        talk.writer.close()

    async def do_no_last_chunk(self, talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwell\r\n")
        talk.writer.close()

    async def do_until_close(self, talk: Talk) -> None:
        await talk.say(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\nall there is")
        talk.writer.close()

    async def do_headers_64k(self, talk: Talk) -> None:
        await talk.answer(b"fine", more=f"X-Long: {'x' * 65000}\r\n")

    async def do_headers_many(self, talk: Talk) -> None:
        await talk.answer(b"fine", more="".join(f"X-{n}: y\r\n" for n in range(100)))

    async def do_headers_giant(self, talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * (8 << 20))
        await asyncio.sleep(5)

    async def do_headers_endless(self, talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\n")
        for number in range(1_000_000):
            await talk.say(b"X-%d: y\r\n" % number)

    async def do_location(self, talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 302 Found\r\nLocation: /\xd6\xd0\xff\r\nContent-Length: 0\r\n\r\n")

    async def do_drip(self, talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(100):
            await talk.say(b"d")
            await asyncio.sleep(0.1)

    async def do_drip_header(self, talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(100):
            await talk.say(b"h")
            await asyncio.sleep(0.1)

    async def do_huge(self, talk: Talk) -> None:
        kind = "text/html" if talk.path.endswith("html") else "application/zip"
        size = 200 << 20
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n"
        await self._pour(talk, head, size, b"PK\x03\x04")

    async def do_huge_chunked(self, talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nTransfer-Encoding: chunked\r\n\r\n")
        block = b"%x\r\n" % (64 << 10) + b"\0" * (64 << 10) + b"\r\n"
        for _ in range(3200):
            await talk.say(block)
            self.sent += 64 << 10

    async def _pour(self, talk: Talk, head: str, size: int, start: bytes) -> None:
        await talk.say(head.encode() + start)
        for _ in range(size // (64 << 10)):
            await talk.say(b"\0" * (64 << 10))
            self.sent += 64 << 10

    async def do_bomb(self, talk: Talk) -> None:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        data = b"".join(packer.compress(b"\0" * (1 << 20)) for _ in range(500)) + packer.flush()
        await talk.answer(data, more="Content-Encoding: gzip\r\n")

    async def do_gzip(self, talk: Talk) -> None:
        await talk.answer(gzip.compress("政府".encode() * 1000), more="Content-Encoding: gzip\r\n")

    async def do_gzip_cut(self, talk: Talk) -> None:
        await talk.answer(gzip.compress(bytes(range(256)) * 400)[:-300], more="Content-Encoding: gzip\r\n")

    async def do_deflate_raw(self, talk: Talk) -> None:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        await talk.answer(packer.compress(b"raw deflate") + packer.flush(), more="Content-Encoding: deflate\r\n")

    async def do_gzip_lie(self, talk: Talk) -> None:
        await talk.answer(b"<html>not packed at all</html>", more="Content-Encoding: gzip\r\n")

    async def do_file(self, talk: Talk) -> None:
        await talk.answer(b"%PDF" + b"\0" * int(talk.path.rsplit("/", 1)[1]), kind="application/pdf")

    async def do_page(self, talk: Talk) -> None:
        await talk.answer(b"p" * int(talk.path.rsplit("/", 1)[1]))

    async def do_nothing(self, talk: Talk) -> None:
        await talk.say(b"HTTP/1.1 204 No Content\r\n\r\n")

    async def do_slow(self, talk: Talk) -> None:
        await asyncio.sleep(0.3)
        await self.do_ok(talk)


@contextlib.asynccontextmanager
async def rude(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> AsyncIterator[Rude]:
    """A running Rude on a free port."""
    site = Rude()
    server = await asyncio.start_server(site.serve, host, 0, ssl=tls, limit=1 << 20)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()


@contextlib.asynccontextmanager
async def raw_server(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], host: str = "127.0.0.1"
) -> AsyncIterator[int]:
    """A TCP server of one behaviour; gives its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, host, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def free_port() -> int:
    """A loopback port where nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    return port
