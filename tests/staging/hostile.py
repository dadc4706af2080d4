"""Servers that break the protocol or try a crawler's patience: behaviours of the hazards city.

Each takes the place it stands at, its argument and the connection; those that write bytes of their own answer None.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache
from typing import TYPE_CHECKING

from . import files
from .web import Exchange, Response

if TYPE_CHECKING:
    from .behaviours import Setting

PATIENCE = 600
"""Seconds after which even a server that never ends gives up, so that no test leaves one behind."""


def reset_connection(x: Exchange) -> None:
    """End a connection with RST instead of FIN."""
    sock: socket.socket | None = x.writer.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    x.drop()


async def _reset(at: Setting, arg: str, x: Exchange) -> None:
    reset_connection(x)


async def _garbage(at: Setting, arg: str, x: Exchange) -> None:
    await x.send(b"\x00\x01\x02 this is not HTTP\r\n\r\n")


async def _badchunk(at: Setting, arg: str, x: Exchange) -> None:
    await x.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<html\r\nZZ\r\n"
    )


async def _bighead(at: Setting, arg: str, x: Exchange) -> Response:
    response = at.good()
    response.headers += [(f"X-Filler-{n}", "x" * 1000) for n in range(64)]
    return response


async def _badlocation(at: Setting, arg: str, x: Exchange) -> Response | None:
    """A redirect to bytes that are no UTF-8; whatever a client makes of them is answered well."""
    if x.request.path != at.path:
        return at.good()
    await x.send(b"HTTP/1.1 302 Found\r\nLocation: /\xff\xfe\xe4\xb8/\xc0\xaf.html\r\nContent-Length: 0\r\n\r\n")
    return None


async def _nolocation(at: Setting, arg: str, x: Exchange) -> Response:
    return Response(302)


async def _redirect_loop(at: Setting, arg: str, x: Exchange) -> Response:
    step = "b" if x.request.query != "step=b" else "a"
    return Response(302, headers=[("Location", f"{x.request.path}?step={step}")])


async def _chain(at: Setting, arg: str, x: Exchange) -> Response:
    """`arg` hops and then a good page."""
    done = int(x.request.query.removeprefix("hop=") or 0) if x.request.query.startswith("hop=") else 0
    if done >= int(arg):
        return at.good()
    return Response(302, headers=[("Location", f"{x.request.path}?hop={done + 1}")])


async def _drip(at: Setting, arg: str, x: Exchange) -> None:
    """One byte a second, after the head of a page or the first bytes of a file."""
    kind = files.kind_of(at.path)
    first = files.document(kind)[:512] if kind in files.TYPES else b"<html><head><title>"
    mime = files.TYPES.get(kind, "text/html; charset=utf-8")
    await x.send(f"HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\nContent-Length: 100000\r\n\r\n".encode() + first)
    for _ in range(PATIENCE):
        await asyncio.sleep(1)
        await x.send(b"x")


async def _driphead(at: Setting, arg: str, x: Exchange) -> None:
    """Header lines without end, one byte a second."""
    await x.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(PATIENCE):
        await asyncio.sleep(1)
        await x.send(b"x")


@cache
def _bomb_body(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1024 * 1024)
    return b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()


async def _bomb(at: Setting, arg: str, x: Exchange) -> Response:
    """A small gzip body that unpacks to `arg` megabytes."""
    body = await asyncio.to_thread(_bomb_body, int(arg))
    return Response(200, body, headers=[("Content-Encoding", "gzip")])


async def _wronggzip(at: Setting, arg: str, x: Exchange) -> Response:
    response = at.good()
    response.headers.append(("Content-Encoding", "gzip"))
    return response


async def _truncated(at: Setting, arg: str, x: Exchange) -> None:
    kind = files.kind_of(at.path)
    body = files.document(kind) if kind in files.TYPES else at.good().body
    mime = files.TYPES.get(kind, "text/html; charset=utf-8")
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\nContent-Length: {len(body) + 5000}\r\nConnection: close\r\n\r\n"
    await x.send(head.encode() + body)


async def _endless(at: Setting, arg: str, x: Exchange) -> Response:
    """A page of `arg` megabytes of real markup."""

    async def stream() -> AsyncIterator[bytes]:
        yield b"<html><head><title>huge</title></head><body>"
        block = b"<p>" + b"data " * 200 + b"</p>"
        for _ in range(int(arg) * 1024):
            yield block[:1024].ljust(1024)

    return Response(200, stream=stream(), length=44 + int(arg) * 1024 * 1024)


async def _nested(at: Setting, arg: str, x: Exchange) -> Response:
    return Response(200, b"<html><body>" + b"<div><span>" * int(arg))


async def _binary(at: Setting, arg: str, x: Exchange) -> Response:
    return Response(200, random.Random("binary").randbytes(60000), "text/html")


async def _wrongtype(at: Setting, arg: str, x: Exchange) -> Response:
    """A picture under the name of a document."""
    return Response(
        200, files.png(8, 8, (1, 2, 3), (4, 5, 6)), files.TYPES.get(files.kind_of(at.path), "application/pdf")
    )


async def _parked(at: Setting, arg: str, x: Exchange) -> Response:
    page = (
        "<html><head><meta charset='utf-8'><title>域名出售 - 该域名可转让</title></head><body><h1>本域名正在出售</h1>"
        "<p>This domain is for sale. Buy this domain. 联系购买该域名</p>"
        "<script src='https://www.sedoparking.com/frmpark/x.js'></script></body></html>"
    )
    return Response(200, page.encode())


async def _gambling(at: Setting, arg: str, x: Exchange) -> Response:
    page = (
        "<html><head><meta charset='utf-8'><title>百家乐_彩票平台_真人娱乐</title></head><body><h1>注册送彩金</h1>"
        "<p>首存优惠，充值提现秒到账。备用网址请收藏。</p></body></html>"
    )
    return Response(200, page.encode())


TABLE: dict[str, Callable[[Setting, str, Exchange], Awaitable[Response | None]]] = {
    "reset": _reset, "garbage": _garbage, "badchunk": _badchunk, "bighead": _bighead, "badlocation": _badlocation,
    "nolocation": _nolocation, "redirect-loop": _redirect_loop, "chain": _chain, "drip": _drip, "driphead": _driphead,
    "bomb": _bomb, "wronggzip": _wronggzip, "truncated": _truncated, "endless": _endless, "nested": _nested,
    "binary": _binary, "wrongtype": _wrongtype, "parked": _parked, "gambling": _gambling,
}  # fmt: skip
