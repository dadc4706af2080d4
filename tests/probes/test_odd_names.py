"""Name servers and hosts that mislead: two views of a name, withheld AAAA, wildcards, loops, long chains."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import dns.message
import dns.rrset
import pytest

from crawler.downloader import Fetcher
from crawler.facts.model import NetworkFact
from crawler.outcomes import Reason
from crawler.probes.dns import DnsAnswer, Resolver
from crawler.probes.home import open_home
from crawler.probes.network import look_at_site
from crawler.probes.question import read_reply
from crawler.probes.tls import look_at_tls
from crawler.probes.withheld import DETAIL
from tests.probes.nameserver import Records, name_server
from tests.probes.town import Asked, ok, town

SITE = {"www.a.gov.cn A": ["127.0.0.1"], "www.a.gov.cn AAAA": ["::1"]}


def answers(
    work: Callable[[Resolver], Awaitable[Any]], *views: Records, lie: str = "", lifetime: float = 2.0
) -> tuple[Any, list[list[str]]]:
    """What `work` gives with one name server a view, and the questions each was asked."""

    async def main() -> tuple[Any, list[list[str]]]:
        servers = [name_server(view, lie=lie) for view in views]
        running = [await server.__aenter__() for server in servers]
        try:
            return await work(Resolver([one.server for one in running], lifetime)), [one.asked for one in running]
        finally:
            for server in servers:
                await server.__aexit__(None, None, None)

    return asyncio.run(main())


def aaaa(*views: Records) -> DnsAnswer:
    answer: DnsAnswer = answers(lambda resolver: resolver.query("www.a.gov.cn", "AAAA"), *views)[0]
    return answer


KNOWN = {"a.root-servers.net AAAA": ["2001:503:ba3e::2:30"]}
FILTERED = {"www.a.gov.cn A": ["127.0.0.1"], "a.root-servers.net A": ["198.41.0.4"], "a.dns.cn A": ["203.119.25.1"]}


@pytest.mark.parametrize(
    ("view", "outcome", "detail"),
    [
        ({"www.a.gov.cn A": ["127.0.0.1"]} | KNOWN, "nodata", ""),
        ({"www.a.gov.cn A": ["127.0.0.1"]}, "nodata", ""),  # a server of its own zones, which knows no other name
        (FILTERED, "servfail", DETAIL),
        (FILTERED | {"a.dns.cn AAAA": ["2001:dc7::1"]}, "nodata", ""),
        (SITE | FILTERED, "ok", ""),
    ],
)
def test_a_server_that_withholds_aaaa_accuses_nobody(view: Records, outcome: str, detail: str) -> None:
    answer = aaaa(view)
    assert (answer.outcome, answer.detail) == (outcome, detail)


def test_whether_aaaa_is_withheld_is_asked_once() -> None:
    async def work(resolver: Resolver) -> list[str]:
        names = [f"www.{letter}.gov.cn" for letter in "abcdef"]
        return [answer.outcome for answer in await asyncio.gather(*(resolver.query(name, "AAAA") for name in names))]

    view = FILTERED | {f"www.{letter}.gov.cn A": ["127.0.0.1"] for letter in "abcdef"}
    outcomes, [asked] = answers(work, view)
    assert outcomes == ["servfail"] * 6
    assert [asked.count(f"{name} AAAA") for name in ("a.root-servers.net", "a.dns.cn")] == [1, 1]


def test_one_view_without_aaaa_yields_to_another_that_has_it() -> None:
    answer = aaaa({"www.a.gov.cn A": ["10.1.2.3"]}, SITE)
    assert (answer.outcome, answer.records) == ("ok", ("::1",))
    assert len(answer.disagree) == 1
    assert aaaa({"www.a.gov.cn A": ["10.1.2.3"]}, {"www.a.gov.cn A": ["1.2.4.8"]}).outcome == "nodata"


@pytest.mark.parametrize(
    ("records", "outcome"),
    [
        ({"www.a.gov.cn CNAME": ["b.cn."], "b.cn CNAME": ["www.a.gov.cn."]}, "servfail"),
        ({"www.a.gov.cn CNAME": ["www.a.gov.cn."]}, "servfail"),
        ({"www.a.gov.cn CNAME": ["cdn.b.cn."]}, "nxdomain"),
        ({"www.a.gov.cn CNAME": ["cdn.b.cn."], "cdn.b.cn CNAME": ["e.cn."], "e.cn AAAA": ["::1"]}, "ok"),
        ({"www.a.gov.cn AAAA": ["TRUNCATED", "::1"]}, "ok"),
    ],
)
def test_chains_and_cut_answers(records: Records, outcome: str) -> None:
    started = time.monotonic()
    assert aaaa(records).outcome == outcome
    assert time.monotonic() - started < 3


def test_a_chain_without_end_is_no_missing_name() -> None:
    """A resolver that follows aliases sends them all in one answer; more than sixteen are a fault of the zone."""
    query = dns.message.make_query("n0.a.gov.cn.", "A")
    reply = dns.message.make_response(query)
    for n in range(40):
        reply.answer.append(dns.rrset.from_text(f"n{n}.a.gov.cn.", 60, "IN", "CNAME", f"n{n + 1}.a.gov.cn."))
    reply.answer.append(dns.rrset.from_text("n40.a.gov.cn.", 60, "IN", "A", "127.0.0.1"))
    read = read_reply(dns.message.from_wire(reply.to_wire()), "x", 1)
    assert (read.outcome, read.detail) == ("servfail", "ChainTooLong")


def test_cut_answers_of_a_server_without_tcp_tell_nothing() -> None:
    class Cut(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            self.transport.sendto(data[:2] + b"\x83\x80" + data[4:12] + data[12:], addr)

    async def main() -> DnsAnswer:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Cut, local_addr=("127.0.0.1", 0))
        try:
            return await Resolver([transport.get_extra_info("sockname")[:2]], lifetime=1).query("www.a.gov.cn", "A")
        finally:
            transport.close()

    assert asyncio.run(main()).outcome == "timeout"


@pytest.mark.parametrize("host", ["WWW.A.GOV.CN", "www.a.gov.cn.", "Www.A.Gov.Cn.", "www.a.gov.cn"])
def test_case_and_the_last_dot_make_no_other_name(host: str) -> None:
    [first, second], [asked] = answers(
        lambda resolver: asyncio.gather(resolver.query(host, "A"), resolver.addresses(host)), SITE
    )
    assert first.records == ("127.0.0.1",) and second[0] == "127.0.0.1"
    assert set(asked) <= {"www.a.gov.cn A", "www.a.gov.cn AAAA"}


def facts_of(url: str, records: Mapping[str, Sequence[str]], **options: Any) -> dict[tuple[str, str], NetworkFact]:
    async def main() -> list[NetworkFact]:
        async with town(lambda asked: ok()) as place, name_server(records, **options) as names:
            site = place.site().model_copy(update={"url": url.format(port=place.port)})
            return await look_at_site(site, Resolver([names.server], 1), staging=True, gap=0, sample=0)

    return {(fact.probe, fact.key): fact for fact in asyncio.run(main())}


ZONE = SITE | {"a.gov.cn NS": ["ns.a.gov.cn."], "a.gov.cn SOA": ["ns.a.gov.cn. h.a.gov.cn. 1 2 3 4 60"]}
CHINESE = "xn--9kqv75ai3a.xn--zfr164b"  # 云岭市.政务


@pytest.mark.parametrize(
    ("url", "records"),
    [
        ("http://WWW.A.gov.CN:{port}/", ZONE),
        ("http://www.a.gov.cn.:{port}/", ZONE),
        ("http://云岭市.政务:{port}/", {f"{CHINESE} A": ["127.0.0.1"], f"{CHINESE} AAAA": ["::1"]}),
        (f"http://{CHINESE}:{{port}}/", {f"{CHINESE} A": ["127.0.0.1"], f"{CHINESE} AAAA": ["::1"]}),
    ],
)
def test_a_home_page_is_found_however_its_address_is_written(url: str, records: Records) -> None:
    facts = facts_of(url, records)
    assert facts["dns", "AAAA"].outcome == "ok"
    assert facts["ipv6", "home"].outcome == "ok", facts["ipv6", "home"].data


def test_a_wildcard_that_answers_for_every_name_makes_no_twin_of_the_site() -> None:
    """A resolver that sends unknown names to an advertising page: the inventory's alias is no copy of the site."""

    async def main() -> list[NetworkFact]:
        def answer(asked: Asked) -> bytes:
            return ok() if asked.host == "www.a.gov.cn" else ok(b"<title>114</title><a href='/ad'>ad</a>")

        async with town(answer) as place, name_server(ZONE, lie="127.0.0.1") as names:
            site = place.site(aliases=["www.gone.gov.cn"])
            return await look_at_site(site, Resolver([names.server], 1), staging=True, gap=0, sample=0)

    told = {fact.host: fact for fact in asyncio.run(main()) if fact.probe == "twin"}
    assert told["www.gone.gov.cn"].data["same"] is False


def test_a_handshake_that_stalls_ends_in_bounded_time() -> None:
    async def main() -> tuple[Any, Any]:
        async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(100)
            writer.write(b"\x16\x03\x03")  # the head of a record that never comes
            await asyncio.sleep(30)

        server = await asyncio.start_server(mute, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with name_server(SITE) as names, Fetcher(Resolver([names.server])) as fetcher:
            told = await look_at_tls("127.0.0.1", port, "www.a.gov.cn", seconds=0.4)
            seen = await open_home(
                fetcher, f"https://www.a.gov.cn:{port}/", allow_private=lambda host: True, seconds=0.4
            )
        server.close()
        return told, seen

    started = time.monotonic()
    (outcome, data), seen = asyncio.run(main())
    assert time.monotonic() - started < 4
    assert (outcome, data["reason"], seen.reason) == ("suspect", "timeout", Reason.TIMEOUT)
