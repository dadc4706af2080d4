"""DNSSEC over a small signed tree: validated, unsigned, bogus, and a server that gives no signatures."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import cast

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from crawler.probes.dns import Resolver
from crawler.probes.dnssec import Dnssec, Told

Key = tuple[ec.EllipticCurvePrivateKey, object]


class Tree(asyncio.DatagramProtocol):
    """Signed zones `.`, `cn`, `gov.cn` and what `build` adds. Answers with signatures when DO is set."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}
        self.sets: dict[tuple[str, str], list[dns.rrset.RRset]] = {}
        self.strip = False
        self.asked = 0
        self.zone(".")
        self.zone("cn", ".")
        self.zone("gov.cn", "cn")

    def key(self, zone: str) -> Key:
        if zone not in self.keys:
            private = ec.generate_private_key(ec.SECP256R1())
            self.keys[zone] = (private, dns.dnssec.make_dnskey(private.public_key(), 13, flags=257))
        return self.keys[zone]

    def zone(self, name: str, parent: str | None = None, *, signed: bool = True) -> None:
        key = self.key(name)[1]
        if signed:
            self.add(name, "DNSKEY", str(key), name)
        if parent is not None and signed:
            self.add(name, "DS", self.ds(name), parent)
        self.add(name, "NS", "ns.cn.", name if signed else None)

    def ds(self, name: str) -> str:
        return str(dns.dnssec.make_ds(dns.name.from_text(name), self.key(name)[1], "SHA256"))  # type: ignore[arg-type]

    def add(
        self, name: str, rdtype: str, text: str, signer: str | None, *, inception: int = -3600, days: int = 7
    ) -> None:
        rrset = dns.rrset.from_text(dns.name.from_text(name), 60, "IN", rdtype, text)
        sets = [rrset]
        if signer is not None:
            private, key = self.key(signer)
            now = int(time.time())
            signature = dns.dnssec.sign(
                rrset, private, dns.name.from_text(signer), key,  # type: ignore[arg-type]
                inception=now + inception, expiration=now + days * 86400,
            )  # fmt: skip
            sets.append(dns.rrset.from_rdata(rrset.name, 60, signature))
        self.sets[(name, rdtype)] = sets

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked += 1
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text(omit_final_dot=True) or "."
        found = self.sets.get((name if name != "@" else ".", dns.rdatatype.to_text(query.question[0].rdtype)), [])
        reply = dns.message.make_response(query, recursion_available=True)
        wanted = query.ednsflags & dns.flags.DO and not self.strip
        reply.answer.extend(found if wanted else found[:1])
        self.transport.sendto(reply.to_wire(), addr)


@contextlib.asynccontextmanager
async def serving(tree: Tree) -> AsyncIterator[tuple[str, int]]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: tree, local_addr=("127.0.0.1", 0))
    yield transport.get_extra_info("sockname")[:2]
    transport.close()


def state(build: Callable[[Tree], None], zone: str = "a.gov.cn") -> Told:
    tree = Tree()
    build(tree)

    async def main() -> Told:
        async with serving(tree) as server:
            return await Dnssec(Resolver([server], lifetime=1), {".": [tree.ds(".")]}).state("www.a.gov.cn", zone)

    return asyncio.run(main())


def good(tree: Tree) -> None:
    tree.zone("a.gov.cn", "gov.cn")
    tree.add("www.a.gov.cn", "A", "127.0.0.1", "a.gov.cn")


def unsigned(tree: Tree) -> None:
    tree.zone("a.gov.cn", "gov.cn", signed=False)
    tree.add("www.a.gov.cn", "A", "127.0.0.1", None)


def island(tree: Tree) -> None:
    good(tree)
    del tree.sets["a.gov.cn", "DS"]


def tampered(tree: Tree) -> None:
    good(tree)
    tree.sets["www.a.gov.cn", "A"][0] = dns.rrset.from_text("www.a.gov.cn.", 60, "IN", "A", "127.0.0.66")


def expired(tree: Tree) -> None:
    good(tree)
    tree.add("www.a.gov.cn", "A", "127.0.0.1", "a.gov.cn", inception=-90000, days=-1)


def signature_missing(tree: Tree) -> None:
    good(tree)
    del tree.sets["www.a.gov.cn", "A"][1]


def other_key(tree: Tree) -> None:
    good(tree)
    old = tree.sets["a.gov.cn", "DS"]
    del tree.keys["a.gov.cn"]
    good(tree)
    tree.sets["a.gov.cn", "DS"] = old


def parent_broken(tree: Tree) -> None:
    good(tree)
    tree.add("a.gov.cn", "DS", tree.ds("a.gov.cn"), "cn")
    del tree.sets["gov.cn", "DNSKEY"]
    tree.add("a.gov.cn", "DS", tree.ds("a.gov.cn"), "gov.cn")


def without_address(tree: Tree) -> None:
    tree.zone("a.gov.cn", "gov.cn")


def alias(tree: Tree) -> None:
    tree.zone("a.gov.cn", "gov.cn")
    tree.add("www.a.gov.cn", "A", "127.0.0.1", None)
    tree.sets["www.a.gov.cn", "A"] = []
    tree.add("www.a.gov.cn", "CNAME", "cdn.cn.", "a.gov.cn")
    tree.sets["www.a.gov.cn", "A"] = tree.sets["www.a.gov.cn", "CNAME"]


def stripped(tree: Tree) -> None:
    good(tree)
    tree.strip = True


@pytest.mark.parametrize(
    ("build", "expected", "word"),
    [
        (good, "validated", ""),
        (unsigned, "unsigned", "DS"),
        (island, "unsigned", "DS"),
        (tampered, "bogus", "验证不通过"),
        (expired, "bogus", "过期"),
        (signature_missing, "bogus", "没有签名"),
        (other_key, "bogus", "不符"),
        (parent_broken, "bogus", "gov.cn"),
        (without_address, "validated", ""),
        (alias, "validated", ""),
        (stripped, "unknown", "不提供"),
    ],
)
def test_states(build: Callable[[Tree], None], expected: str, word: str) -> None:
    told = state(build)
    assert (told.state, word in told.detail) == (expected, True), told


def test_a_host_without_zone_and_records_is_unknown() -> None:
    assert state(lambda tree: None, zone="").state == "unknown"


def test_keys_of_the_zones_above_are_fetched_once() -> None:
    tree = Tree()
    good(tree)
    for number in range(5):
        tree.zone(f"b{number}.gov.cn", "gov.cn")
        tree.add(f"www.b{number}.gov.cn", "A", "127.0.0.1", f"b{number}.gov.cn")

    async def main() -> None:
        async with serving(tree) as server:
            dnssec = Dnssec(Resolver([server], lifetime=1), {".": [tree.ds(".")]})
            names = [f"b{number}.gov.cn" for number in range(5)]
            told = await asyncio.gather(*(dnssec.state(f"www.{name}", name) for name in names))
            assert {one.state for one in told} == {"validated"}

    asyncio.run(main())
    assert tree.asked == 5 + 5 * 3, "root key, key and DS of cn and gov.cn; then address, DS and key of each"


def test_a_silent_server_is_unknown_in_bounded_time() -> None:
    class Mute(asyncio.DatagramProtocol):
        pass

    async def main() -> Told:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Mute, local_addr=("127.0.0.1", 0))
        server = transport.get_extra_info("sockname")[:2]
        told = await Dnssec(Resolver([server], lifetime=1)).state("www.a.gov.cn", "a.gov.cn")
        transport.close()
        return told

    started = time.monotonic()
    assert asyncio.run(main()).state == "unknown"
    assert time.monotonic() - started < 4
