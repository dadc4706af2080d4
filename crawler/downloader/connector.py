"""Connections: looked up by our resolver, guarded by address, timed phase by phase, failing with a typed reason."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientPayloadError
from aiohttp.client_proto import ResponseHandler
from aiohttp.helpers import _EXC_SENTINEL

from crawler.downloader.errors import SeeingError
from crawler.downloader.guard import Private, is_loopback, is_public
from crawler.outcomes import Reason
from crawler.probes.dns import LookupFailedError, Resolver
from crawler.probes.route import has_ipv6_route
from crawler.probes.tlcp import speaks_tlcp

_LOOKUP_REASONS = {
    "nxdomain": Reason.DNS_NXDOMAIN,
    "nodata": Reason.DNS_FAILURE,
    "servfail": Reason.DNS_FAILURE,
    "timeout": Reason.DNS_FAILURE,
    "badname": Reason.BAD_ADDRESS,
}
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.ENETDOWN}
# When the addresses of a host fail differently, the least damning reason counts.
_MILDEST = (Reason.TLS_SM2_ONLY, Reason.TLS_HANDSHAKE, Reason.TIMEOUT, Reason.CONNECT_RESET, Reason.CONNECT_FAILED)


@dataclass(slots=True)
class ConnectionFacts:
    """How a connection came about; milliseconds per phase. `requests` counts what was sent over it."""

    address: str
    dns_ms: float
    tcp_ms: float
    tls_ms: float | None = None
    tls: dict[str, str] | None = None
    requests: int = 0


class BrokenBodyError(ClientPayloadError):
    """The body broke the protocol: bad chunking."""


class SeenProtocol(ResponseHandler):
    """aiohttp's protocol that remembers how its connection was made."""

    def __init__(self, loop: asyncio.AbstractEventLoop, facts: ConnectionFacts) -> None:
        super().__init__(loop)
        self.facts = facts

    def set_exception(self, exc: BaseException, exc_cause: BaseException = _EXC_SENTINEL) -> None:
        """Tell a half-read body too: aiohttp 3.14 leaves its reader waiting when chunking breaks midway."""
        body = self._payload
        super().set_exception(exc, exc_cause)
        if body is not None and not body.is_eof() and body.exception() is None:
            body.set_exception(BrokenBodyError(str(exc)), exc)


class Connector:
    """Connects by `resolver` in one address family (AF_UNSPEC: IPv4, then IPv6).

    With `allow_private` False only public addresses are connected to, whatever the name resolved to a moment ago;
    "loopback" lets loopback in beside them (a staging round).
    `seconds` bounds look-up, TCP and TLS together.
    """

    def __init__(
        self, resolver: Resolver, context: ssl.SSLContext, family: int, allow_private: Private, seconds: float
    ) -> None:
        self._resolver = resolver
        self._context = context
        self._family = family
        self._allow_private = allow_private
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()

    async def connect(self, host: str, port: int, secure: bool) -> SeenProtocol:
        """A new connection. Raises SeeingError."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._connect(host, port, secure)
        except TimeoutError:
            raise SeeingError(Reason.TIMEOUT, f"{self._seconds:g}秒内未建立连接") from None

    async def _connect(self, host: str, port: int, secure: bool) -> SeenProtocol:
        started = time.perf_counter()
        failures: list[SeeingError] = []
        families = (socket.AF_INET, socket.AF_INET6) if self._family == socket.AF_UNSPEC else (self._family,)
        for family in families:
            if family == socket.AF_INET6 and failures and not _worth_ipv6(failures):
                break
            try:
                addresses = self._guard(await self._resolver.addresses(host, family))
            except LookupFailedError as error:
                reason = _LOOKUP_REASONS[error.outcome]
                failures.append(SeeingError(reason, error.detail or error.outcome))
                if error.outcome == "nodata":
                    continue
                break
            except SeeingError as error:
                failures.append(error)
                break
            dns_ms = (time.perf_counter() - started) * 1000
            for address in addresses:
                try:
                    return await self._open(address, host, port, secure, dns_ms)
                except SeeingError as error:
                    failures.append(error)
        raise _sum_up(failures)

    def _guard(self, addresses: list[str]) -> list[str]:
        if self._allow_private is True:
            return addresses
        loopback = self._allow_private == "loopback"
        public = [address for address in addresses if is_public(address) or (loopback and is_loopback(address))]
        if not public:
            raise SeeingError(Reason.INTRANET_ADDRESS, addresses[0], addresses[0])
        return public

    async def _open(self, address: str, host: str, port: int, secure: bool, dns_ms: float) -> SeenProtocol:
        started = time.perf_counter()
        try:
            sock = await _tcp(self._loop, address, port)
        except OSError as error:
            raise SeeingError(_tcp_reason(error), str(error), address) from None
        facts = ConnectionFacts(address, dns_ms, (time.perf_counter() - started) * 1000)
        if not secure:
            return await self._wrap(sock, facts)
        started = time.perf_counter()
        try:
            proto = await self._wrap(sock, facts, ssl=self._context, server_hostname=host.rstrip("."))
        except (OSError, ssl.SSLError, ValueError) as error:
            sock.close()
            if await speaks_tlcp(address, port, host):
                raise SeeingError(Reason.TLS_SM2_ONLY, str(error), address) from None
            raise SeeingError(Reason.TLS_HANDSHAKE, _tls_detail(error), address) from None
        facts.tls_ms = (time.perf_counter() - started) * 1000
        facts.tls = _tls_facts(proto)
        return proto

    async def _wrap(self, sock: socket.socket, facts: ConnectionFacts, **options: Any) -> SeenProtocol:
        loop = self._loop
        _, proto = await loop.create_connection(lambda: SeenProtocol(loop, facts), sock=sock, **options)
        return proto


async def _tcp(loop: asyncio.AbstractEventLoop, address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await loop.sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    return sock


def _tcp_reason(error: OSError) -> Reason:
    if isinstance(error, ConnectionRefusedError):
        return Reason.CONNECT_REFUSED
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        return Reason.TIMEOUT
    if isinstance(error, ConnectionResetError | ConnectionAbortedError):
        return Reason.CONNECT_RESET
    return Reason.CONNECT_FAILED


def _tls_detail(error: Exception) -> str:
    return str(getattr(error, "reason", None) or error or type(error).__name__)


def _tls_facts(proto: SeenProtocol) -> dict[str, str]:
    tls = proto.transport.get_extra_info("ssl_object") if proto.transport else None
    if tls is None:
        return {}
    cipher = tls.cipher()
    return {"version": tls.version() or "", "cipher": cipher[0] if cipher else ""}


def _worth_ipv6(failures: list[SeeingError]) -> bool:
    """IPv6 is tried when IPv4 gave no address or no connection: TLS would fail there as well."""
    return not any(failure.reason in (Reason.TLS_HANDSHAKE, Reason.TLS_SM2_ONLY) for failure in failures)


def _sum_up(failures: list[SeeingError]) -> SeeingError:
    """One reason for a host: refused only when every address refused, a look-up failure only when nothing was tried."""
    tried = [failure for failure in failures if failure.address]
    if not tried:
        return failures[0]
    if all(":" in (failure.address or "") for failure in tried) and not has_ipv6_route():
        unreachable = [failure for failure in tried if failure.reason is Reason.CONNECT_FAILED]
        if len(unreachable) == len(tried):
            return SeeingError(Reason.NO_IPV6_HERE, tried[-1].detail, tried[-1].address)
    reachable = [f for f in tried if f.reason is not Reason.CONNECT_FAILED or ":" not in (f.address or "")] or tried
    for reason in _MILDEST:
        for failure in reachable:
            if failure.reason is reason:
                return failure
    return reachable[0]
