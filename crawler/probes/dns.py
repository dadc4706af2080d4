"""Name look-ups that tell apart what a person must act on: no such name, no record, failing server, silence.

Every look-up of the project goes through one `Resolver`: to connect as well as to record DNS facts.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

import dns.name
import dns.rdatatype
import dns.resolver

from crawler.probes.answers import DnsAnswer, DnsOutcome, LookupFailedError
from crawler.probes.names import BadNameError, ascii_host, literal_address
from crawler.probes.question import Reply, ask
from crawler.probes.servers import (
    DnsServersError,
    Server,
    ServerCheck,
    ServerState,
    parse_dns_servers,
    show,
)
from crawler.probes.withheld import DETAIL, Withheld

__all__ = [
    "DnsAnswer",
    "DnsOutcome",
    "DnsServersError",
    "LookupFailedError",
    "Resolver",
    "Server",
    "ServerCheck",
    "ServerState",
    "parse_dns_servers",
]

_PER_TRY = 1.6  # seconds one server may be silent before the next one is asked
_POSITIVE_CACHE = 300.0  # seconds at most, whatever the TTL
_NEGATIVE_CACHE = {"nxdomain": 5.0, "nodata": 5.0, "servfail": 30.0, "timeout": 30.0, "badname": 300.0}
_T = TypeVar("_T")


class Resolver:
    """Asks `servers` ([(address, port)]; None: the system's), remembers answers, and asks each question once at a time.

    `lifetime`: seconds after which a question ends whatever the servers do. `anchors`: zone → DS records that DNSSEC
    is validated from, None: the root keys of IANA.
    """

    anchors: Mapping[str, Sequence[str]] | None = None

    def __init__(self, servers: Sequence[Server] | None = None, lifetime: float = 5.0) -> None:
        self._system = servers is None
        self._servers = list(servers) if servers is not None else _system_servers()
        self._lifetime = lifetime
        self._cache: dict[tuple[str, str], tuple[float, DnsAnswer]] = {}
        self._addresses: dict[tuple[str, int], tuple[float, list[str] | LookupFailedError]] = {}
        self._running: dict[tuple[str, str | int], asyncio.Future[Any]] = {}
        self._gate = asyncio.Semaphore(200)
        self._liars: set[Server] = set()
        self._withheld = Withheld(lambda server, name, rdtype: self._ask(server, name, rdtype, _PER_TRY))

    @property
    def servers(self) -> tuple[str, ...]:
        """The servers in the order in which they are asked now, as `host:port`."""
        return tuple(show(server) for server in self._servers)

    async def query(self, name: str, rdtype: str, *, fresh: bool = False) -> DnsAnswer:
        """The answer for `name` (a host, Unicode or ASCII) and `rdtype` ('A', 'AAAA', 'NS', 'SOA', …); never raises.

        Ends within `lifetime` (twice that when a second server is asked about an NXDOMAIN). `fresh` asks anew.
        """
        key = (name.rstrip(".").lower(), rdtype)
        kept = self._cache.get(key)
        if kept and not fresh and kept[0] > time.monotonic():
            return kept[1]
        answer = await self._once(key, lambda: self._look_up(*key))
        if len(self._cache) > 100_000:
            self._cache.clear()
        self._cache[key] = (time.monotonic() + _keep(answer), answer)
        return answer

    async def addresses(self, host: str, family: int = socket.AF_UNSPEC, *, fresh: bool = False) -> list[str]:
        """IP addresses to connect to, IPv4 before IPv6; IP literals pass through. Raises LookupFailedError.

        With the system's servers the system resolves, so that /etc/hosts counts.
        """
        literal = literal_address(host)
        if literal is not None:
            return _of_family(host, [literal], family)
        try:
            name = ascii_host(host)
        except BadNameError as error:
            raise LookupFailedError(host, "badname", str(error)) from None
        if name == "localhost" or name.endswith(".localhost"):  # RFC 6761 6.3
            return _of_family(host, ["127.0.0.1", "::1"], family)
        if self._system:
            return await self._system_addresses(name, family, fresh)
        types = [t for f, t in ((socket.AF_INET, "A"), (socket.AF_INET6, "AAAA")) if family in (f, socket.AF_UNSPEC)]
        answers = await asyncio.gather(*(self.query(name, t, fresh=fresh) for t in types))
        found = [record for answer in answers for record in answer.records]
        if not found:
            raise _failure(name, answers)
        return found

    async def check_servers(self) -> ServerCheck:
        """Ask every server: does it answer at all, and does it invent an address for a name that cannot be.

        A server that invents is asked last from then on and never believed when another says NXDOMAIN.
        """
        states = await asyncio.gather(*(self._check_one(server) for server in self._servers))
        self._liars = {server for server, state in zip(self._servers, states, strict=True) if state.lies}
        self._servers.sort(key=lambda server: server in self._liars)
        return ServerCheck(states)

    async def ask_each(self, name: str, rdtype: str) -> list[DnsAnswer]:
        """The answer of every configured server, asked apart, without memory: to compare resolvers."""
        host = ascii_host(name)
        replies = await asyncio.gather(*(self._ask(server, host, rdtype, self._lifetime) for server in self._servers))
        return [_answer(reply, (reply.server,)) for reply in replies]

    async def signed(self, name: str, rdtype: str) -> Reply:
        """One question with signatures asked for and unchecked by the server; `name` in ASCII, '.' for the root."""
        reply = Reply("", "timeout", detail="no name server configured")
        for server in list(self._servers)[:3]:
            async with self._gate:
                reply = await ask(server, "" if name == "." else name, rdtype, _PER_TRY, dnssec=True)
            if reply.definite:
                break
        return reply

    async def _once(self, key: tuple[str, str | int], work: Callable[[], Awaitable[_T]]) -> _T:
        """Run `work`, or wait for the same key when it is under way. A waiter's cancellation stops nobody else."""
        task = self._running.get(key)
        if task is None:
            task = asyncio.ensure_future(work())
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))
        return cast(_T, await asyncio.shield(task))

    async def _look_up(self, name: str, rdtype: str) -> DnsAnswer:
        try:
            host = ascii_host(name)
        except BadNameError as error:
            return DnsAnswer("badname", detail=str(error))
        if not self._servers:
            return DnsAnswer("timeout", detail="no name server configured")
        deadline = time.monotonic() + self._lifetime
        replies: list[Reply] = []
        for attempt in range(2):
            for server in list(self._servers):
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                if attempt and replies and replies[-1].outcome == "refused":
                    await asyncio.sleep(min(0.1, left))
                reply = await self._ask(server, host, rdtype, min(_PER_TRY, left))
                replies.append(reply)
                if reply.definite:
                    self._prefer(server)
                    answer = await self._second_opinion(reply, host, rdtype, replies)
                    if rdtype == "AAAA" and answer.outcome == "nodata" and await self._withheld.by(server):
                        return replace(answer, outcome="servfail", detail=DETAIL)
                    return answer
        told = next((reply for reply in replies if reply.outcome == "servfail"), replies[-1])
        return _answer(told, tuple(dict.fromkeys(reply.server for reply in replies)))

    async def _second_opinion(self, reply: Reply, host: str, rdtype: str, replies: list[Reply]) -> DnsAnswer:
        """NXDOMAIN can put a link on a public list, no AAAA a site: another server, where one is configured, must not
        say otherwise."""
        asked = tuple(dict.fromkeys(r.server for r in replies))
        if reply.outcome != "nxdomain" and (reply.outcome, rdtype) != ("nodata", "AAAA"):
            return _answer(reply, asked)
        silent = {r.server for r in replies if not r.definite}
        useless = {reply.server, *silent, *map(show, self._liars)}
        others = [server for server in self._servers if show(server) not in useless]
        for server in others[:1]:
            other = await self._ask(server, host, rdtype, _PER_TRY)
            asked += (other.server,)
            if other.outcome == "ok":
                return replace(_answer(other, asked), disagree=(reply.server,))
        return _answer(reply, asked)

    async def _ask(self, server: Server, host: str, rdtype: str, seconds: float) -> Reply:
        async with self._gate:
            return await ask(server, host, rdtype, seconds)

    def _prefer(self, server: Server) -> None:
        if self._servers[0] != server and server not in self._liars:
            self._servers.remove(server)
            self._servers.insert(0, server)

    async def _check_one(self, server: Server) -> ServerState:
        known = await self._ask(server, "", "NS", self._lifetime / 2)
        if not known.answered:
            known = await self._ask(server, "", "NS", self._lifetime / 2)
        if not known.answered:
            return ServerState(show(server), answers=False, detail=known.detail)
        invented = await self._ask(server, f"{secrets.token_hex(8)}.invalid", "A", self._lifetime / 2)
        return ServerState(show(server), True, lies=bool(invented.records), milliseconds=known.milliseconds)

    def forget(self, host: str) -> None:
        """Drop what is remembered of a host: a second look asks its name anew."""
        name = host.rstrip(".").lower()
        for key in [key for key in self._cache if key[0] == name]:
            del self._cache[key]
        for pair in [pair for pair in self._addresses if pair[0] == name]:
            del self._addresses[pair]

    async def _system_addresses(self, name: str, family: int, fresh: bool) -> list[str]:
        key = (name, int(family))
        kept = self._addresses.get(key)
        if not kept or fresh or kept[0] <= time.monotonic():
            result = await self._once(key, lambda: self._getaddrinfo(name, family))
            seconds = 60.0 if isinstance(result, list) else _NEGATIVE_CACHE[result.outcome]
            kept = self._addresses[key] = (time.monotonic() + seconds, result)
        if isinstance(kept[1], LookupFailedError):
            raise LookupFailedError(name, kept[1].outcome, kept[1].detail)
        return kept[1]

    async def _getaddrinfo(self, name: str, family: int) -> list[str] | LookupFailedError:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._lifetime):
                found = await loop.getaddrinfo(name, 0, family=family, type=socket.SOCK_STREAM)
        except TimeoutError:
            return LookupFailedError(name, "timeout")
        except socket.gaierror as error:
            return await self._why(name, family, error)
        except (OSError, UnicodeError) as error:
            return LookupFailedError(name, "servfail", str(error))
        literals = dict.fromkeys(str(info[4][0]) for info in found)
        return sorted(literals, key=lambda address: ":" in address)

    async def _why(self, name: str, family: int, error: socket.gaierror) -> LookupFailedError:
        """getaddrinfo mixes NXDOMAIN with other failures: only the name servers' own NXDOMAIN counts as one."""
        if error.errno == socket.EAI_AGAIN:
            return LookupFailedError(name, "servfail", str(error))
        answer = await self.query(name, "AAAA" if family == socket.AF_INET6 else "A", fresh=True)
        if answer.outcome == "ok":
            return LookupFailedError(name, "servfail", f"system resolver: {error}")
        return LookupFailedError(name, answer.outcome, answer.detail)


def _system_servers() -> list[Server]:
    try:
        configured = dns.resolver.Resolver().nameservers
    except (dns.resolver.NoResolverConfiguration, OSError):
        return []
    return [(server, 53) for server in configured if isinstance(server, str)] + [
        (server.address, server.port) for server in configured if isinstance(server, dns.nameserver.Do53Nameserver)
    ]


def _answer(reply: Reply, asked: tuple[str, ...]) -> DnsAnswer:
    outcome: DnsOutcome = "timeout" if reply.outcome == "refused" else reply.outcome
    return DnsAnswer(
        outcome, reply.records, reply.ttl, reply.cname, reply.server, asked, (), reply.milliseconds, reply.detail
    )


def _keep(answer: DnsAnswer) -> float:
    if answer.outcome == "ok":
        return float(min(max(answer.ttl or 0, 5), _POSITIVE_CACHE))
    return _NEGATIVE_CACHE[answer.outcome]


def _of_family(host: str, literals: list[str], family: int) -> list[str]:
    wanted = [a for a in literals if family == socket.AF_UNSPEC or (":" in a) == (family == socket.AF_INET6)]
    if not wanted:
        raise LookupFailedError(host, "nodata", "no address of this family")
    return wanted


def _failure(name: str, answers: Sequence[DnsAnswer]) -> LookupFailedError:
    """The gravest certain statement: NXDOMAIN of any type holds for the name; then the uncertain ones; then no data."""
    for outcome in ("nxdomain", "badname", "timeout", "servfail", "nodata"):
        for answer in answers:
            if answer.outcome == outcome:
                return LookupFailedError(name, answer.outcome, answer.detail)
    return LookupFailedError(name, "nodata", "answer without addresses")
