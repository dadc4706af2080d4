"""Look-ups against honest, dead, mute, failing and lying name servers."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

import crawler.probes.dns as dns_module
from crawler.probes.dns import DnsServersError, LookupFailedError, Resolver, parse_dns_servers
from tests.downloader.rude import free_port
from tests.probes.nameserver import NameServer, name_server

T = TypeVar("T")
CITY = {
    "www.a.gov.cn A": ["127.0.0.1"],
    "www.a.gov.cn AAAA": ["::1"],
    "a.gov.cn NS": ["ns1.a.gov.cn.", "ns2.a.gov.cn."],
    "alias.a.gov.cn CNAME": ["cdn.example.cn."],
    "cdn.example.cn CNAME": ["edge.example.cn."],
    "edge.example.cn A": ["127.0.0.2", "127.0.0.3"],
    "mail.a.gov.cn MX": ["10 mx.a.gov.cn."],
    "broken.gov.cn *": ["SERVFAIL"],
    "refused.gov.cn *": ["REFUSED"],
    "silent.gov.cn *": ["SILENT"],
    "long.a.gov.cn A": ["TRUNCATED", "127.0.0.9"],
    "loop.a.gov.cn CNAME": ["pool.a.gov.cn."],
    "pool.a.gov.cn CNAME": ["loop.a.gov.cn."],
}


def ask(work: Callable[[Resolver, NameServer], Awaitable[T]], **options: float) -> T:
    async def main() -> T:
        async with name_server(CITY) as server:
            return await work(Resolver([server.server], **options), server)

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("name", "rdtype", "outcome", "records"),
    [
        ("www.a.gov.cn", "A", "ok", ("127.0.0.1",)),
        ("WWW.A.gov.cn.", "AAAA", "ok", ("::1",)),
        ("a.gov.cn", "NS", "ok", ("ns1.a.gov.cn", "ns2.a.gov.cn")),
        ("mail.a.gov.cn", "A", "nodata", ()),
        ("none.gov.cn", "A", "nxdomain", ()),
        ("broken.gov.cn", "A", "servfail", ()),
        ("refused.gov.cn", "A", "servfail", ()),
        ("long.a.gov.cn", "A", "ok", ("127.0.0.9",)),
        ("loop.a.gov.cn", "A", "servfail", ()),
        ("a..gov.cn", "A", "badname", ()),
        ("a b.gov.cn", "A", "badname", ()),
        ("x" * 64 + ".gov.cn", "A", "badname", ()),
        ("", "A", "badname", ()),
    ],
)
def test_outcomes_are_told_apart(name: str, rdtype: str, outcome: str, records: tuple[str, ...]) -> None:
    answer = ask(lambda resolver, _: resolver.query(name, rdtype))
    assert (answer.outcome, answer.records) == (outcome, records)


def test_an_answer_names_its_server_ttl_and_aliases() -> None:
    async def work(resolver: Resolver, server: NameServer) -> None:
        answer = await resolver.query("alias.a.gov.cn", "A")
        assert answer.records == ("127.0.0.2", "127.0.0.3")
        assert answer.cname == ("cdn.example.cn", "edge.example.cn")
        assert (answer.ttl, answer.server) == (60, f"127.0.0.1:{server.port}")

    ask(work)


def test_a_chinese_name_is_asked_in_its_ascii_form() -> None:
    async def work(resolver: Resolver, server: NameServer) -> list[str]:
        await resolver.query("云岭市人民政府.政务", "A")
        return server.asked

    assert ask(work) == ["xn--9kqtdu00c8ibbwi50ag4l.xn--zfr164b A"]


def test_answers_are_remembered_and_one_question_is_asked_once() -> None:
    async def work(resolver: Resolver, server: NameServer) -> None:
        await asyncio.gather(*(resolver.query("www.a.gov.cn", "A") for _ in range(50)))
        assert len(server.asked) == 1
        await resolver.query("www.a.gov.cn", "A")
        assert len(server.asked) == 1
        await resolver.query("www.a.gov.cn", "A", fresh=True)
        assert len(server.asked) == 2

    ask(work)


def test_a_waiter_that_gives_up_does_not_take_the_answer_from_others() -> None:
    async def work(resolver: Resolver, _: NameServer) -> None:
        first = asyncio.ensure_future(resolver.query("silent.gov.cn", "A"))
        second = asyncio.ensure_future(resolver.query("silent.gov.cn", "A"))
        await asyncio.sleep(0.05)
        first.cancel()
        assert (await second).outcome == "timeout"

    ask(work, lifetime=0.5)


def test_a_silent_server_ends_in_bounded_time() -> None:
    started = time.monotonic()
    answer = ask(lambda resolver, _: resolver.query("silent.gov.cn", "A"), lifetime=1.0)
    assert answer.outcome == "timeout"
    assert 0.9 < time.monotonic() - started < 4


def test_a_dead_server_is_told_at_once() -> None:
    started = time.monotonic()
    resolver = Resolver([("127.0.0.1", free_port())])
    answer = asyncio.run(resolver.query("www.a.gov.cn", "A"))
    assert (answer.outcome, answer.detail) == ("timeout", "端口无服务")
    assert time.monotonic() - started < 3


def test_the_next_server_is_asked_and_then_preferred() -> None:
    async def main() -> None:
        async with name_server({"a.cn *": ["SILENT"]}) as mute, name_server({"a.cn A": ["127.0.0.7"]}) as good:
            resolver = Resolver([("127.0.0.1", free_port()), mute.server, good.server])
            answer = await resolver.query("a.cn", "A")
            assert answer.records == ("127.0.0.7",)
            assert len(answer.asked) == 3
            assert len((await resolver.query("a.cn", "A", fresh=True)).asked) == 1
            assert resolver.servers[0].endswith(f":{good.port}")

    asyncio.run(main())


def test_one_servers_nxdomain_needs_the_others_silence() -> None:
    async def main() -> None:
        async with name_server({"b.cn A": ["127.0.0.1"]}) as split, name_server({"a.cn A": ["127.0.0.7"]}) as good:
            answer = await Resolver([split.server, good.server]).query("a.cn", "A")
            assert (answer.outcome, answer.records) == ("ok", ("127.0.0.7",))
            assert answer.disagree == (f"127.0.0.1:{split.port}",)
            both = await Resolver([split.server, good.server]).query("c.cn", "A")
            assert both.outcome == "nxdomain"
            assert len(both.asked) == 2

    asyncio.run(main())


def test_a_liar_is_found_and_not_believed() -> None:
    async def main() -> None:
        async with name_server({}, lie="127.0.0.66") as liar, name_server({"a.cn A": ["127.0.0.7"]}) as good:
            resolver = Resolver([liar.server, good.server])
            check = await resolver.check_servers()
            assert [state.lies for state in check.states] == [True, False]
            assert "不可靠" in check.message()
            assert (await resolver.query("none.cn", "A")).outcome == "nxdomain"

    asyncio.run(main())


def test_check_servers_says_whether_any_answers() -> None:
    async def main() -> None:
        dead = ("127.0.0.1", free_port())
        async with name_server({" *": ["REFUSED"]}) as grumpy, name_server({" *": ["SILENT"]}) as mute:
            some = await Resolver([dead, grumpy.server], lifetime=1).check_servers()
            assert some.usable
            assert "端口无服务" in some.message()
            none = await Resolver([dead, mute.server], lifetime=1).check_servers()
            assert not none.usable
            assert "均无应答" in none.message()

    asyncio.run(main())


def test_resolvers_are_compared() -> None:
    async def main() -> None:
        async with name_server({"a.cn A": ["127.0.0.1"]}) as one, name_server({"a.cn A": ["127.0.0.2"]}) as two:
            answers = await Resolver([one.server, two.server]).ask_each("a.cn", "A")
            assert [answer.records for answer in answers] == [("127.0.0.1",), ("127.0.0.2",)]

    asyncio.run(main())


def test_addresses_to_connect_to() -> None:
    async def work(resolver: Resolver, server: NameServer) -> None:
        assert await resolver.addresses("www.a.gov.cn") == ["127.0.0.1", "::1"]
        assert await resolver.addresses("www.a.gov.cn", socket.AF_INET6) == ["::1"]
        asked = len(server.asked)
        assert await resolver.addresses("127.1") == ["127.0.0.1"]
        assert await resolver.addresses("0x7f000001") == ["127.0.0.1"]
        assert await resolver.addresses("[::1]") == ["::1"]
        assert await resolver.addresses("localhost") == ["127.0.0.1", "::1"]
        assert len(server.asked) == asked

    ask(work)


@pytest.mark.parametrize(
    ("host", "outcome"),
    [
        ("none.gov.cn", "nxdomain"),
        ("mail.a.gov.cn", "nodata"),
        ("broken.gov.cn", "servfail"),
        ("silent.gov.cn", "timeout"),
        ("a..b", "badname"),
        ("中" * 70, "badname"),
    ],
)
def test_a_host_without_address_says_why(host: str, outcome: str) -> None:
    async def work(resolver: Resolver, _: NameServer) -> str:
        with pytest.raises(LookupFailedError) as caught:
            await resolver.addresses(host)
        return caught.value.outcome

    assert ask(work, lifetime=0.6) == outcome


@pytest.mark.parametrize(
    ("name", "errno", "outcome"),
    [
        ("none.gov.cn", socket.EAI_NONAME, "nxdomain"),
        ("mail.a.gov.cn", socket.EAI_NONAME, "nodata"),
        ("www.a.gov.cn", socket.EAI_NONAME, "servfail"),
        ("none.gov.cn", socket.EAI_AGAIN, "servfail"),
        ("silent.gov.cn", socket.EAI_NONAME, "timeout"),
    ],
)
def test_the_systems_resolver_needs_the_name_servers_to_call_a_name_missing(
    name: str, errno: int, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **options: object) -> None:
        raise socket.gaierror(errno, "said the system")

    async def main() -> str:
        async with name_server(CITY) as server:
            monkeypatch.setattr(dns_module, "_system_servers", lambda: [server.server])
            monkeypatch.setattr(socket, "getaddrinfo", fails)
            with pytest.raises(LookupFailedError) as caught:
                await Resolver(None, lifetime=0.6).addresses(name)
            return caught.value.outcome

    assert asyncio.run(main()) == outcome


def test_the_systems_resolver_reads_the_hosts_file(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [(family, 1, 6, "", (ip, 0)) for family, ip in ((socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.9"))]
    asked: list[object] = []

    def from_hosts_file(host: str, *args: object, **options: object) -> list[object]:
        asked.append(host)
        return list(entries)

    async def main() -> None:
        monkeypatch.setattr(socket, "getaddrinfo", from_hosts_file)
        resolver = Resolver(None)
        assert await resolver.addresses("WWW.inner.gov.cn") == ["127.0.0.9", "::1"]
        await resolver.addresses("www.inner.gov.cn")
        assert asked == ["www.inner.gov.cn"]

    asyncio.run(main())


def test_the_setting_is_read() -> None:
    assert parse_dns_servers("") is None
    assert parse_dns_servers(None) is None
    assert parse_dns_servers("127.0.0.1:5353, 223.5.5.5") == [("127.0.0.1", 5353), ("223.5.5.5", 53)]
    assert parse_dns_servers("[::1]:5353，::1,localhost:53") == [("::1", 5353), ("::1", 53), ("127.0.0.1", 53)]


@pytest.mark.parametrize(
    "value", ["dns.example.cn:53", "127.0.0.1:0", "127.0.0.1:x", "127.0.0.1:70000", "[::1", "1.2.3"]
)
def test_a_bad_setting_names_the_part_at_fault(value: str) -> None:
    with pytest.raises(DnsServersError) as caught:
        parse_dns_servers(f"127.0.0.1:53,{value}")
    assert f"第 2 项“{value}”" in str(caught.value)
