"""One GET as the project sees it: bounded in time and size, timed, with a typed reason when nothing came."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, cast

import aiohttp
import yarl
from aiohttp import ClientResponse, ClientTimeout
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError

from crawler.downloader.body import DEFAULT_MAX_BODY, ReadMode, allowance, unpack
from crawler.downloader.connector import BrokenBodyError, ConnectionFacts, SeeingConnector, SeenProtocol
from crawler.downloader.errors import SeeingError
from crawler.downloader.lenient import lenient_context
from crawler.outcomes import Reason
from crawler.probes.dns import Resolver

_NO_TIMEOUT = ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None)
_LINK_BODY_SECONDS = 10.0  # a link is decided by its headers and first bytes; a dripping body must not hold its place
_MAX_HEADER = 256 << 10


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


class _SeenResponse(ClientResponse):
    """Keeps the connection's facts, which aiohttp lets go once the body has come."""

    facts: ConnectionFacts | None = None
    first_use = False

    async def start(self, connection: Connection) -> ClientResponse:
        protocol = connection.protocol
        if isinstance(protocol, SeenProtocol) and protocol.facts is not None:
            self.facts = protocol.facts
            self.first_use = protocol.facts.requests == 0
            protocol.facts.requests += 1
        return await super().start(connection)


class Fetcher:
    """Fetches addresses over shared keep-alive connections. Close it when done.

    `resolver` does every look-up; `connect_seconds` bounds DNS, TCP and TLS together. `user_agent` is used where a
    request brings none.
    """

    def __init__(self, resolver: Resolver, *, connect_seconds: float = 15.0, user_agent: str = "") -> None:
        self._resolver = resolver
        self._connect_seconds = connect_seconds
        self._user_agent = user_agent
        self._context = lenient_context()
        self._sessions: dict[tuple[int, bool, bool], aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Fetcher:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        sessions, self._sessions = list(self._sessions.values()), {}
        for session in sessions:
            await session.close()

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        data: bytes | None = None,
        family: int = socket.AF_UNSPEC,
        allow_private: bool = False,
        read: ReadMode = "page",
        max_body: int = DEFAULT_MAX_BODY,
        seconds: float = 30.0,
        keep: bool = True,
    ) -> Fetched:
        """One request, no redirect followed, `url` sent as it is written. Raises SeeingError when no response came.

        `seconds` bounds everything; when it ends after the headers came, what was read is returned with `timed_out`.
        `family` AF_INET or AF_INET6 pins the address family; `keep` False opens a connection for this request alone.
        """
        target = _parse(url)
        session = self._session(family, allow_private, keep)
        started = time.perf_counter()
        result: Fetched | None = None
        try:
            async with asyncio.timeout(seconds):
                response = cast(
                    _SeenResponse,
                    await session.request(
                        method, target, headers=headers, data=data, allow_redirects=False, ssl=self._context
                    ),
                )
                try:
                    result = _head(url, response, started)
                    await _read(response, result, read, max_body)
                finally:
                    response.close()
        except TimeoutError:
            if result is None:
                raise SeeingError(Reason.TIMEOUT, f"{seconds:g}秒内无应答") from None
            result.timed_out = result.truncated = True
        except SeeingError:
            raise
        except (aiohttp.ClientError, HttpProcessingError, OSError, ValueError) as error:
            raise _reason(error) from error
        result.total_ms = _since(started)
        return result

    def _session(self, family: int, allow_private: bool, keep: bool) -> aiohttp.ClientSession:
        key = (int(family), allow_private, keep)
        session = self._sessions.get(key)
        if session is None:
            session = self._sessions[key] = aiohttp.ClientSession(
                connector=SeeingConnector(
                    self._resolver,
                    self._context,
                    family=family,
                    allow_private=allow_private,
                    connect_seconds=self._connect_seconds,
                    keep=keep,
                ),
                headers={"Accept-Encoding": "gzip, deflate"}
                | ({"User-Agent": self._user_agent} if self._user_agent else {}),
                skip_auto_headers=("Accept", "Content-Type", "User-Agent"),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                response_class=_SeenResponse,
                timeout=_NO_TIMEOUT,
                max_line_size=_MAX_HEADER,
                max_field_size=_MAX_HEADER,
                trust_env=False,
            )
        return session


def _parse(url: str) -> yarl.URL:
    try:
        target = yarl.URL(url, encoded=True)
        host, port = target.raw_host, target.port
    except ValueError as error:
        raise SeeingError(Reason.BAD_ADDRESS, str(error)) from None
    if target.scheme not in ("http", "https") or not host or not port:
        raise SeeingError(Reason.BAD_ADDRESS, url[:200])
    return target


def _head(url: str, response: _SeenResponse, started: float) -> Fetched:
    facts = response.facts
    length = response.headers.get("Content-Length", "")
    fetched = Fetched(url, response.status, list(response.raw_headers), first_byte_ms=_since(started))
    fetched.declared_size = int(length) if length.isascii() and length.isdigit() else None
    if facts is not None:
        fetched.address, fetched.tls = facts.address, facts.tls
        if response.first_use:
            fetched.dns_ms, fetched.tcp_ms = round(facts.dns_ms, 1), round(facts.tcp_ms, 1)
            fetched.tls_ms = None if facts.tls_ms is None else round(facts.tls_ms, 1)
    return fetched


async def _read(response: _SeenResponse, into: Fetched, mode: ReadMode, max_body: int) -> None:
    """Fill `into` with the body as far as its kind is read; whatever ends it, what came is kept."""
    content_type = response.headers.get("Content-Type", "").lower()
    into.encoding = response.headers.get("Content-Encoding", "")
    allowed = allowance(mode, content_type, into.declared_size, max_body)
    pieces: list[bytes] = []
    try:
        if mode == "page":
            await _pull(response, into, allowed.raw, pieces)
        else:
            async with asyncio.timeout(_LINK_BODY_SECONDS):
                await _pull(response, into, allowed.raw, pieces)
    except TimeoutError:
        into.timed_out = into.truncated = True
    except (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError, ConnectionError) as error:
        if isinstance(error, BrokenBodyError) and not pieces:
            raise SeeingError(Reason.BAD_RESPONSE, str(error), into.address) from error
        into.dataloss = True
    finally:
        raw = b"".join(pieces)
        into.body = raw[: allowed.raw]
        if into.encoding:
            into.body, cut, damaged = unpack(into.body, into.encoding, allowed.unpacked)
            into.dataloss |= damaged and not into.truncated
            into.truncated |= cut


async def _pull(response: _SeenResponse, into: Fetched, limit: int, pieces: list[bytes]) -> None:
    content = response.content
    while chunk := await content.readany():
        pieces.append(chunk)
        into.size += len(chunk)
        if into.size >= limit and not content.at_eof():
            into.truncated = True
            return


def _reason(error: Exception) -> SeeingError:
    detail = f"{type(error).__name__}: {error}"[:300]
    if isinstance(error, aiohttp.InvalidURL):
        return SeeingError(Reason.BAD_ADDRESS, detail)
    if isinstance(error, aiohttp.ClientResponseError | HttpProcessingError):
        return SeeingError(Reason.BAD_RESPONSE, detail)
    if isinstance(error, aiohttp.ServerDisconnectedError):
        if error.message is not None and not isinstance(error.message, str):  # headers had begun
            return SeeingError(Reason.BAD_RESPONSE, detail)
        return SeeingError(Reason.CONNECT_RESET, detail)
    if isinstance(error, OSError | aiohttp.ClientError):
        return SeeingError(Reason.CONNECT_RESET, detail)
    return SeeingError(Reason.BAD_ADDRESS, detail)


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
