"""One GET as the project sees it: bounded in time and size, timed, with a typed reason when nothing came."""

from __future__ import annotations

import asyncio
import socket
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import StreamReader
from aiohttp.http import RawResponseMessage
from aiohttp.http_exceptions import HttpProcessingError

from crawler.downloader.body import DEFAULT_MAX_BODY, ReadMode, allowance, unpack
from crawler.downloader.connector import BrokenBodyError, ConnectionFacts, Connector, SeenProtocol
from crawler.downloader.errors import SeeingError
from crawler.downloader.guard import Private
from crawler.downloader.lenient import lenient_context
from crawler.downloader.pool import Pool
from crawler.downloader.request import Headers, Target, parse_target, request_bytes
from crawler.outcomes import Reason
from crawler.probes.dns import Resolver

_LINK_BODY_SECONDS = 10.0  # a link is decided by its headers and first bytes; a dripping body must not hold its place
_MAX_HEADER = 256 << 10  # bytes of one line or field
_MOST_HEADERS = 2000
_REPEATABLE = ("GET", "HEAD")


@dataclass(slots=True)
class Fetched:
    """A response. `headers` as sent, in order; `body` unpacked.

    `truncated`: we stopped reading on purpose; `timed_out`: the time was over while the body came; `dataloss`: the
    peer ended before the announced end. `declared_size` is Content-Length. Milliseconds: `connect_ms` and its parts
    are None on a kept-alive connection; `first_byte_ms` until the headers were complete.
    """

    url: str
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""
    address: str | None = None
    truncated: bool = False
    timed_out: bool = False
    dataloss: bool = False
    declared_size: int | None = None
    size: int = 0
    encoding: str = ""
    content_type: str = ""
    dns_ms: float | None = None
    tcp_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float = 0.0
    total_ms: float = 0.0
    tls: dict[str, str] | None = None

    @property
    def connect_ms(self) -> float | None:
        """DNS, TCP and TLS together."""
        if self.tcp_ms is None:
            return None
        return round((self.dns_ms or 0) + self.tcp_ms + (self.tls_ms or 0), 1)

    def header(self, name: str) -> str:
        """The first header of that name, case-insensitive, '' when absent."""
        wanted = name.lower().encode("ascii")
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == wanted), "")

    def seen(self) -> dict[str, Any]:
        """The plain facts of the transfer, for `request.meta['seen']`."""
        return {
            "address": self.address,
            "dns_ms": self.dns_ms,
            "tcp_ms": self.tcp_ms,
            "tls_ms": self.tls_ms,
            "connect_ms": self.connect_ms,
            "first_byte_ms": self.first_byte_ms,
            "total_ms": self.total_ms,
            "truncated": self.truncated,
            "timed_out": self.timed_out,
            "dataloss": self.dataloss,
            "declared_size": self.declared_size,
            "size": self.size,
            "encoding": self.encoding,
            "tls": self.tls,
        }


class Fetcher:
    """Fetches addresses over shared keep-alive connections. Close it when done.

    `resolver` does every look-up; `connect_seconds` bounds DNS, TCP and TLS together.
    """

    def __init__(self, resolver: Resolver, *, connect_seconds: float = 15.0) -> None:
        self._resolver = resolver
        self._connect_seconds = connect_seconds
        self._context = lenient_context()
        self._connectors: dict[tuple[int, Private], Connector] = {}
        self._pool = Pool()

    @property
    def resolver(self) -> Resolver:
        """Does every look-up."""
        return self._resolver

    async def __aenter__(self) -> Fetcher:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        self._pool.close()
        await asyncio.sleep(0)

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Headers = (),
        data: bytes | None = None,
        family: int = socket.AF_UNSPEC,
        allow_private: Private = False,
        read: ReadMode = "page",
        max_body: int = DEFAULT_MAX_BODY,
        seconds: float = 30.0,
        keep: bool = True,
    ) -> Fetched:
        """One request, no redirect followed, `url` sent as it is written. Raises SeeingError when no response came.

        `seconds` bounds everything; when it ends after the headers came, what was read is returned with `timed_out`.
        `family` AF_INET or AF_INET6 pins the address family; `keep` False opens a connection for this request alone.
        """
        target = parse_target(url)
        exchange = _Exchange(
            target, method, request_bytes(target, method, headers, data, keep), allow_private, family, keep
        )
        started = time.perf_counter()
        fetched: Fetched | None = None
        protocol: SeenProtocol | None = None
        try:
            async with asyncio.timeout(seconds):
                protocol, message, body = await self._answer(exchange)
                fetched = _head(url, protocol.facts, message, started)
                await read_body(body, fetched, read, max_body)
                if keep and not message.should_close and not protocol.should_close:
                    self._pool.give(exchange.key, protocol)
                    protocol = None
        except TimeoutError:
            if fetched is None:
                raise SeeingError(Reason.TIMEOUT, f"{seconds:g}秒内无应答") from None
            fetched.timed_out = fetched.truncated = True
        finally:
            if protocol is not None:
                protocol.abort()
        fetched.total_ms = _since(started)
        return fetched

    async def _answer(self, exchange: _Exchange) -> tuple[SeenProtocol, RawResponseMessage, StreamReader]:
        """Send the request and wait for the headers. A kept connection that turns out to be closed is replaced once."""
        protocol = self._pool.take(exchange.key) if exchange.keep else None
        if protocol is not None:
            try:
                return protocol, *await _ask(protocol, exchange)
            except SeeingError as error:
                if error.reason is not Reason.CONNECT_RESET or exchange.method not in _REPEATABLE:
                    raise
        protocol = await self._connector(exchange).connect(
            exchange.target.host, exchange.target.port, exchange.target.secure
        )
        return protocol, *await _ask(protocol, exchange)

    def _connector(self, exchange: _Exchange) -> Connector:
        key = (int(exchange.family), exchange.allow_private)
        connector = self._connectors.get(key)
        if connector is None:
            connector = self._connectors[key] = Connector(self._resolver, self._context, *key, self._connect_seconds)
        return connector


@dataclass(frozen=True, slots=True)
class _Exchange:
    target: Target
    method: str
    payload: bytes
    allow_private: Private
    family: int
    keep: bool

    @property
    def key(self) -> tuple[object, ...]:
        """Connections are shared only between requests that would have made the same one."""
        target = self.target
        return (target.host, target.port, target.secure, self.allow_private, self.family)


async def _ask(protocol: SeenProtocol, exchange: _Exchange) -> tuple[RawResponseMessage, StreamReader]:
    """Write the request, read the headers. Raises SeeingError; the connection is closed then."""
    try:
        if protocol.transport is None:
            raise ConnectionResetError("connection closed while idle")
        protocol.set_response_params(
            skip_payload=exchange.method == "HEAD",
            read_until_eof=True,
            auto_decompress=False,
            max_line_size=_MAX_HEADER,
            max_field_size=_MAX_HEADER,
            max_headers=_MOST_HEADERS,
        )
        protocol.transport.write(exchange.payload)
        while True:
            message, body = await protocol.read()
            if message.code < 100 or message.code > 199 or message.code == 101:
                return message, body
    except (aiohttp.ClientError, HttpProcessingError, OSError) as error:
        protocol.abort()
        raise _reason(error, protocol.facts.address) from error
    except BaseException:
        protocol.abort()
        raise


def _head(url: str, facts: ConnectionFacts, message: RawResponseMessage, started: float) -> Fetched:
    fetched = Fetched(url, message.code, list(message.raw_headers), first_byte_ms=_since(started))
    length = message.headers.get("Content-Length", "")
    fetched.declared_size = int(length) if length.isascii() and length.isdigit() else None
    fetched.content_type = message.headers.get("Content-Type", "")
    fetched.encoding = message.headers.get("Content-Encoding", "")
    fetched.address, fetched.tls = facts.address, facts.tls
    if facts.requests == 0:
        fetched.dns_ms, fetched.tcp_ms = round(facts.dns_ms, 1), round(facts.tcp_ms, 1)
        fetched.tls_ms = None if facts.tls_ms is None else round(facts.tls_ms, 1)
    facts.requests += 1
    return fetched


async def read_body(body: StreamReader, into: Fetched, mode: ReadMode, max_body: int) -> None:
    """Fill `into` with the body as far as its kind is read; whatever ends it, what came is kept."""
    allowed = allowance(mode, into.content_type.lower(), into.declared_size, max_body)
    pieces: list[bytes] = []
    try:
        if mode == "page" or body.is_eof():  # what is here already needs no watch
            await _pull(body, into, allowed.raw, pieces)
        else:
            async with asyncio.timeout(_LINK_BODY_SECONDS):
                await _pull(body, into, allowed.raw, pieces)
    except TimeoutError:
        into.timed_out = into.truncated = True
    except (aiohttp.ClientError, ConnectionError) as error:
        if isinstance(error, BrokenBodyError) and not pieces:
            raise SeeingError(Reason.BAD_RESPONSE, str(error), into.address) from error
        into.dataloss = True
    finally:
        raw = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        into.body = raw if len(raw) <= allowed.raw else raw[: allowed.raw]
        into.truncated |= len(raw) > allowed.raw  # the end may have come with the same read
        if into.encoding:
            into.body, cut, damaged = unpack(into.body, into.encoding, allowed.unpacked)
            into.dataloss |= damaged and not into.truncated
            into.truncated |= cut


async def _pull(body: StreamReader, into: Fetched, limit: int, pieces: list[bytes]) -> None:
    while chunk := await body.readany():
        pieces.append(chunk)
        into.size += len(chunk)
        if into.size >= limit and not body.at_eof():
            into.truncated = True
            return


def _reason(error: Exception, address: str | None) -> SeeingError:
    detail = f"{type(error).__name__}: {error}"[:300]
    if isinstance(error, HttpProcessingError | aiohttp.ClientResponseError):
        return SeeingError(Reason.BAD_RESPONSE, detail, address)
    return SeeingError(Reason.CONNECT_RESET, detail, address)


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
