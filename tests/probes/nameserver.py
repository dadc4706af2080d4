"""A loopback name server with the records it is given, honest, failing, silent or lying (dnslib)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, cast

from dnslib import QTYPE, RCODE, RR, SOA, DNSRecord

Records = Mapping[str, Sequence[str]]  # "www.a.gov.cn A" → ["127.0.0.1"]; "bad.gov.cn *" → ["SERVFAIL"]


class NameServer(asyncio.DatagramProtocol):
    """Answers from `records`: a known name without the type is 'no data', an unknown one NXDOMAIN.

    Special values: SERVFAIL, REFUSED, SILENT, TRUNCATED. `lie`: an address for every unknown name. `asked` keeps
    the questions. `hook` sees each question and may change the records.
    """

    def __init__(self, records: Records, lie: str = "", hook: Callable[[str], None] | None = None) -> None:
        self.records = {key.lower(): list(value) for key, value in records.items()}
        self.lie = lie
        self.hook = hook
        self.asked: list[str] = []
        self.port = 0
        self.ttl = 60

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self.reply(data, tcp=False)
        if reply:
            self.transport.sendto(reply, addr)

    def reply(self, data: bytes, tcp: bool) -> bytes:
        query = DNSRecord.parse(data)
        name = str(query.q.qname).rstrip(".").lower()
        rdtype = QTYPE[query.q.qtype]
        self.asked.append(f"{name} {rdtype}")
        if self.hook:
            self.hook(self.asked[-1])
        answer = query.reply()
        answer.header.ra = 1
        self._fill(answer, name, rdtype, tcp)
        if getattr(answer, "silent", False):
            return b""
        return bytes(answer.pack())

    def _fill(self, answer: Any, name: str, rdtype: str, tcp: bool, depth: int = 0) -> None:
        values = self.records.get(f"{name} {rdtype}".lower()) or self.records.get(f"{name} *", [])
        special = values[0] if values else ""
        if special in ("SERVFAIL", "REFUSED"):
            answer.header.rcode = getattr(RCODE, special)
        elif special == "SILENT":
            answer.silent = True
        elif special == "TRUNCATED" and not tcp:
            answer.header.tc = 1
        elif values:
            for value in values:
                if value != "TRUNCATED":
                    answer.add_answer(*RR.fromZone(f"{name}. {self.ttl} IN {rdtype} {value}"))
        elif (target := self.records.get(f"{name} cname")) and depth < 8:
            answer.add_answer(*RR.fromZone(f"{name}. {self.ttl} IN CNAME {target[0]}"))
            self._fill(answer, target[0].rstrip("."), rdtype, tcp, depth + 1)
        elif name and not any(key.split()[0] == name or key.split()[0].endswith("." + name) for key in self.records):
            if self.lie and rdtype == "A":
                answer.add_answer(*RR.fromZone(f"{name}. {self.ttl} IN A {self.lie}"))
            else:
                answer.header.rcode = RCODE.NXDOMAIN
                answer.add_auth(RR(name or ".", QTYPE.SOA, ttl=60, rdata=SOA("ns.", "root.", (1, 2, 3, 4, 60))))

    async def serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            size = int.from_bytes(await reader.readexactly(2), "big")
            reply = self.reply(await reader.readexactly(size), tcp=True)
            writer.write(len(reply).to_bytes(2, "big") + reply)
            await writer.drain()
        writer.close()

    @property
    def server(self) -> tuple[str, int]:
        return "127.0.0.1", self.port


@contextlib.asynccontextmanager
async def name_server(
    records: Records, *, lie: str = "", hook: Callable[[str], None] | None = None
) -> AsyncIterator[NameServer]:
    """A running name server on a free loopback port, UDP and TCP."""
    loop = asyncio.get_running_loop()
    server = NameServer(records, lie, hook)
    tcp = await asyncio.start_server(server.serve_tcp, "127.0.0.1", 0)
    server.port = tcp.sockets[0].getsockname()[1]
    transport, _ = await loop.create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", server.port))
    try:
        yield server
    finally:
        transport.close()
        tcp.close()
