"""One question to one name server over UDP, over TCP when the answer was cut."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from dataclasses import dataclass
from typing import Literal

import dns.asyncbackend
import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rdtypes.ANY.SOA

from crawler.probes.servers import Server, show


@dataclass(frozen=True, slots=True)
class Reply:
    """What one server said. `refused`: nothing listens there; `servfail`: any other rcode than success and NXDOMAIN."""

    server: str
    outcome: Literal["ok", "nxdomain", "nodata", "servfail", "timeout", "refused"]
    records: tuple[str, ...] = ()
    ttl: int | None = None
    cname: tuple[str, ...] = ()
    milliseconds: int | None = None
    detail: str = ""
    message: dns.message.Message | None = None

    @property
    def answered(self) -> bool:
        """Any rcode counts as an answer."""
        return self.message is not None

    @property
    def definite(self) -> bool:
        return self.outcome in ("ok", "nxdomain", "nodata")


async def ask(server: Server, host: str, rdtype: str, seconds: float, *, dnssec: bool = False) -> Reply:
    """Ask `server` for `host` (ASCII, '' is the root) and `rdtype`; never raises, ends within `seconds`.

    `dnssec`: ask for signatures and leave the checking of them to us (DO and CD set).
    """
    question = dns.message.make_query(dns.name.from_text(host), rdtype, want_dnssec=dnssec)
    if dnssec:
        question.flags |= dns.flags.CD
    started = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            message = await _exchange(question, server, seconds)
    except (TimeoutError, dns.exception.Timeout):
        return Reply(show(server), "timeout", detail=f"{seconds:.1f}秒内无应答")
    except ConnectionRefusedError:
        return Reply(show(server), "refused", detail="端口无服务")
    except (OSError, EOFError, dns.exception.DNSException) as error:
        return Reply(show(server), "timeout", detail=f"{type(error).__name__}: {error}")
    return read_reply(message, show(server), round((time.monotonic() - started) * 1000))


async def _exchange(question: dns.message.Message, server: Server, seconds: float) -> dns.message.Message:
    backend = dns.asyncbackend.get_backend("asyncio")
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    # connected, so that a port where nothing listens tells at once
    sock = await backend.make_socket(family, socket.SOCK_DGRAM, 0, None, server)  # type: ignore[no-untyped-call]
    try:
        with contextlib.suppress(dns.message.Truncated):
            return await dns.asyncquery.udp(
                question, server[0], seconds, server[1], sock=sock, raise_on_truncation=True, ignore_errors=True
            )
    finally:
        await sock.close()
    return await dns.asyncquery.tcp(question, server[0], seconds, server[1], ignore_trailing=True)


def read_reply(message: dns.message.Message, server: str, milliseconds: int) -> Reply:
    """Sort an answer message into a Reply."""
    rcode = message.rcode()
    if rcode not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return Reply(server, "servfail", (), None, (), milliseconds, dns.rcode.to_text(rcode), message)
    try:
        chain = message.resolve_chaining()  # type: ignore[attr-defined]
    except dns.exception.DNSException as error:  # a CNAME loop, or no question section
        return Reply(server, "servfail", (), None, (), milliseconds, type(error).__name__, message)
    names = tuple(_plain(next(iter(rrset)).target) for rrset in chain.cnames)
    if chain.answer is not None:
        records = tuple(sorted(_text(rdata) for rdata in chain.answer))
        return Reply(server, "ok", records, chain.minimum_ttl, names, milliseconds, "", message)
    outcome: Literal["nxdomain", "nodata"] = "nxdomain" if rcode == dns.rcode.NXDOMAIN else "nodata"
    return Reply(server, outcome, (), _negative_ttl(message), names, milliseconds, "", message)


def _negative_ttl(message: dns.message.Message) -> int | None:
    for rrset in message.authority:
        if rrset.rdtype == dns.rdatatype.SOA:
            return min(int(rrset.ttl), int(rrset[0].minimum))
    return None


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _text(rdata: object) -> str:
    target = getattr(rdata, "target", None)
    if isinstance(target, dns.name.Name) and not hasattr(rdata, "priority"):
        return _plain(target)
    return str(rdata)
