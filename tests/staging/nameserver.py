"""The city's own name server, UDP and TCP on one port, over dnspython's messages.

It answers for the whole name space: zones of the city, the few outside names that exist, and NXDOMAIN for the rest.
Names may be made to fail: `servfail` answers SERVFAIL, `silent` never answers.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

TTL = 300


@dataclass
class Names:
    """Everything the name server knows; names are lower case without the last dot."""

    records: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    servfail: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    fallback: dict[str, list[str]] = field(default_factory=dict)
    """Answers by type where a name has no records of its own."""
    failing: dict[tuple[str, str], str] = field(default_factory=dict)
    """Name and type that end as servfail or silent, all else of the name being in order."""
    sign: Callable[[dns.message.Message], None] | None = None
    """Adds signatures to an answer that wants them."""

    def add(self, name: str, rtype: str, *values: str) -> None:
        """Add records to a name."""
        kept = self.records.setdefault(name, {}).setdefault(rtype, [])
        kept.extend(v for v in values if v not in kept)

    def host(self, name: str, v4: str | None = "127.0.0.1", v6: str | None = "::1") -> None:
        """A host with its addresses; None leaves a family out."""
        self.records.setdefault(name, {})
        if v4:
            self.add(name, "A", v4)
        if v6:
            self.add(name, "AAAA", v6)

    def zone(self, name: str, servers: list[str]) -> None:
        """A zone: SOA and NS at `name`."""
        self.add(name, "NS", *(f"{s}." for s in servers))
        self.add(name, "SOA", f"{servers[0]}. hostmaster.{servers[0]}. 2026010101 7200 900 1209600 300")

    def zone_of(self, name: str) -> str | None:
        """The nearest enclosing zone."""
        labels = name.split(".") if name else []
        for start in range(len(labels) + 1):
            parent = ".".join(labels[start:])
            if "SOA" in self.records.get(parent, {}):
                return parent
        return None

    def exists(self, name: str) -> bool:
        """True when the name or something under it has records."""
        return name in self.records or any(known.endswith(f".{name}") for known in self.records)


def answer(names: Names, query: dns.message.Message) -> dns.message.Message | None:
    """The answer to one query; None when it is to be left without one."""
    response = dns.message.make_response(query, recursion_available=True)
    response.flags |= dns.flags.AA
    question = query.question[0]
    rtype = dns.rdatatype.to_text(question.rdtype)
    name = question.name.to_text(omit_final_dot=True).lower().rstrip(".")
    fault = names.failing.get((name, rtype))
    if fault == "silent" or any(not bad or name == bad or name.endswith(f".{bad}") for bad in names.silent):
        return None
    if fault == "servfail" or any(name == bad or name.endswith(f".{bad}") for bad in names.servfail):
        response.set_rcode(dns.rcode.SERVFAIL)
        return response
    for _ in range(8):
        records = names.records.get(name, {})
        if "CNAME" not in records or rtype == "CNAME":
            break
        _put(response.answer, name, "CNAME", records["CNAME"])
        name = records["CNAME"][0].rstrip(".").lower()
    values = names.records.get(name, {}).get(rtype) or names.fallback.get(rtype)
    if values:
        _put(response.answer, name, rtype, values)
        if names.sign is not None and query.ednsflags & dns.flags.DO:
            names.sign(response)
        return response
    if not names.exists(name) and not names.fallback:
        response.set_rcode(dns.rcode.NXDOMAIN)
    zone = names.zone_of(name)
    if zone is not None:
        _put(response.authority, zone, "SOA", names.records[zone]["SOA"])
    return response


def _put(section: list[dns.rrset.RRset], name: str, rtype: str, values: list[str]) -> None:
    section.append(dns.rrset.from_text(f"{name}.", TTL, "IN", rtype, *values))


class NameServer(asyncio.DatagramProtocol):
    """Serves `Names` on one UDP and one TCP socket per family."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to answer on."""
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one UDP query."""
        wire = self.wire(data, udp=True)
        if wire and self.transport:
            self.transport.sendto(wire, addr)

    def wire(self, data: bytes, udp: bool = False) -> bytes | None:
        """Answer in wire form to a query in wire form; None for nonsense and for silent names."""
        try:
            query = dns.message.from_wire(data)
            if not query.question:
                return None
            response = answer(self.names, query)
        except dns.exception.DNSException:
            return None
        if response is None:
            return None
        try:
            return response.to_wire(max_size=max(query.payload, 512) if udp else 65535)
        except dns.exception.TooBig:
            short = dns.message.make_response(query)
            short.flags |= dns.flags.TC
            return short.to_wire()

    async def client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one TCP connection."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                length = int.from_bytes(await reader.readexactly(2), "big")
                wire = self.wire(await reader.readexactly(length))
                if wire is None:
                    break
                writer.write(len(wire).to_bytes(2, "big") + wire)
                await writer.drain()
        writer.close()
