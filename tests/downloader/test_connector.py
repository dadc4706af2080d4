"""How a connection is made: which address and family, over TLS of any age, never to where a link must not lead."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from crawler.downloader import Fetched, Fetcher, SeeingError
from crawler.downloader.guard import is_public
from crawler.outcomes import Reason
from crawler.probes.dns import Resolver
from crawler.probes.route import has_ipv6_loopback
from tests.downloader.rude import free_port, raw_server, rude
from tests.probes.certs import authority, issue, server_context
from tests.probes.nameserver import name_server

needs_ipv6 = pytest.mark.skipif(not has_ipv6_loopback(), reason="no ::1 on this machine")


async def get(records: Mapping[str, Sequence[str]], url: str, **options: Any) -> Fetched:
    async with name_server(records) as server, Fetcher(Resolver([server.server], lifetime=1), connect_seconds=2) as f:
        return await f.fetch(url, **{"allow_private": True, **options})


def fails(records: Mapping[str, Sequence[str]], url: str, **options: Any) -> SeeingError:
    with pytest.raises(SeeingError) as caught:
        asyncio.run(get(records, url, **options))
    return caught.value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({}, Reason.DNS_NXDOMAIN),
        ({"a.cn TXT": ["x"]}, Reason.DNS_FAILURE),
        ({"a.cn *": ["SERVFAIL"]}, Reason.DNS_FAILURE),
        ({"a.cn *": ["SILENT"]}, Reason.DNS_FAILURE),
    ],
)
def test_look_up_failures(value: dict[str, list[str]], reason: Reason) -> None:
    assert fails(value, "http://a.cn/").reason is reason


def test_a_dead_name_server_is_no_missing_domain() -> None:
    async def main() -> None:
        async with Fetcher(Resolver([("127.0.0.1", free_port())], lifetime=1)) as fetcher:
            await fetcher.fetch("http://a.cn/")

    with pytest.raises(SeeingError) as caught:
        asyncio.run(main())
    assert caught.value.reason is Reason.DNS_FAILURE


def test_the_names_server_says_where_to_connect() -> None:
    async def main() -> None:
        async with rude("127.0.0.5") as site:
            page = await get({"www.a.gov.cn A": ["127.0.0.5"]}, site.url("/", "www.a.gov.cn"))
            assert page.address == "127.0.0.5"
            assert f"Host: www.a.gov.cn:{site.port}".encode() in site.heads[0]

    asyncio.run(main())


def test_refused_counts_only_when_every_address_refuses() -> None:
    port = free_port()
    both = {"a.cn A": ["127.0.0.1", "127.0.0.2"]}
    assert fails(both, f"http://a.cn:{port}/").reason is Reason.CONNECT_REFUSED

    async def main() -> Fetched:
        async with rude("127.0.0.2") as site:
            return await get(both, site.url("/", "a.cn"))

    assert asyncio.run(main()).address == "127.0.0.2"


def test_a_mixture_of_refused_and_reset_is_not_refused(tmp_path: Path) -> None:
    async def main() -> None:
        async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.transport.abort()

        async with raw_server(hang_up, "127.0.0.2") as port:
            await get({"a.cn A": ["127.0.0.1", "127.0.0.2"]}, f"https://a.cn:{port}/")

    with pytest.raises(SeeingError) as caught:
        asyncio.run(main())
    assert caught.value.reason is Reason.TLS_HANDSHAKE


def test_connecting_is_bounded() -> None:
    with socket.socket() as full:  # a listener whose queue is full drops what comes
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        started = time.monotonic()
        error = fails({}, f"http://127.0.0.1:{port}/")
        assert error.reason is Reason.TIMEOUT
        assert time.monotonic() - started < 3
        for filler in fillers:
            filler.close()


@needs_ipv6
def test_families() -> None:
    async def main() -> None:
        both = {"a.cn A": ["127.0.0.1"], "a.cn AAAA": ["::1"], "six.cn AAAA": ["::1"]}
        async with rude("::1") as six:
            url = six.url("/", "a.cn")
            assert (await get(both, url)).address == "::1", "IPv4 refuses, IPv6 answers"
            assert (await get(both, url, family=socket.AF_INET6)).address == "::1"
            assert (await get(both, six.url("/", "six.cn"))).address == "::1"
            with pytest.raises(SeeingError) as caught:
                await get(both, url, family=socket.AF_INET)
            assert caught.value.reason is Reason.CONNECT_REFUSED
            with pytest.raises(SeeingError) as caught:
                await get(both, six.url("/", "six.cn"), family=socket.AF_INET)
            assert caught.value.reason is Reason.DNS_FAILURE
        async with rude() as four:
            assert (await get(both, four.url("/", "a.cn"))).address == "127.0.0.1"
            with pytest.raises(SeeingError) as caught:
                await get(both, four.url("/", "a.cn"), family=socket.AF_INET6)
            assert caught.value.reason is Reason.CONNECT_REFUSED, "no silent fall back to IPv4"

    asyncio.run(main())


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0",
        "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "::127.0.0.1", "fec0::1", "2001:db8::1", "", "nonsense",
    ],
)  # fmt: skip
def test_addresses_that_no_link_may_lead_to(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.2.3.4", "223.5.5.5", "2400:3200::1", "::ffff:223.5.5.5", "2002:df05:505::"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "inside.cn"]
)
def test_private_addresses_are_never_connected_to(host: str) -> None:
    async def main() -> tuple[SeeingError, int]:
        async with rude() as site:
            with pytest.raises(SeeingError) as caught:
                await get({"inside.cn A": ["127.0.0.1"]}, site.url("/", host), allow_private=False)
            return caught.value, site.connections

    error, connections = asyncio.run(main())
    assert (error.reason, connections) == (Reason.INTRANET_ADDRESS, 0)


def test_a_staging_round_may_reach_loopback_and_nothing_else_inside() -> None:
    async def main() -> None:
        async with rude() as site:
            page = await get({"a.cn A": ["127.0.0.1"]}, site.url("/", "a.cn"), allow_private="loopback")
            assert page.status == 200

    asyncio.run(main())
    error = fails({"a.cn A": ["10.1.2.3"]}, "http://a.cn/", allow_private="loopback")
    assert error.reason is Reason.INTRANET_ADDRESS


def test_a_name_that_turns_private_between_two_requests_is_refused() -> None:
    async def main() -> int:
        def rebind(question: str) -> None:
            server.records["evil.cn a"] = ["127.0.0.1"]

        async with rude() as site, name_server({"evil.cn A": ["203.0.113.9"]}, hook=rebind) as server:
            resolver = Resolver([server.server])
            assert await resolver.addresses("evil.cn") == ["127.0.0.1"], (
                "the name was public when it was first looked at"
            )
            async with Fetcher(resolver) as fetcher:
                with pytest.raises(SeeingError) as caught:
                    await fetcher.fetch(site.url("/", "evil.cn"))
            assert caught.value.reason is Reason.INTRANET_ADDRESS
            return site.connections

    assert asyncio.run(main()) == 0


def test_a_kept_private_connection_is_not_lent_to_a_public_link() -> None:
    async def main() -> None:
        async with rude() as site, Fetcher(Resolver([])) as fetcher:
            await fetcher.fetch(site.url("/"), allow_private=True)
            with pytest.raises(SeeingError) as caught:
                await fetcher.fetch(site.url("/"))
            assert caught.value.reason is Reason.INTRANET_ADDRESS

    asyncio.run(main())


def test_a_name_with_private_and_public_addresses_is_not_led_inside() -> None:
    error = fails({"mixed.cn A": ["127.0.0.1", "240.0.0.1"]}, f"http://mixed.cn:{free_port()}/", allow_private=False)
    assert error.reason is Reason.INTRANET_ADDRESS


def https(tmp_path: Path, change: Callable[[ssl.SSLContext], None] = lambda _: None, **leaf: Any) -> Fetched:
    context = server_context(tmp_path, issue("other.name.cn", **leaf))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        change(context)

    async def main() -> Fetched:
        async with rude(tls=context) as site:
            return await get({"a.cn A": ["127.0.0.1"]}, site.url("/", "a.cn", "https"))

    return asyncio.run(main())


def test_bad_certificates_do_not_hide_a_page(tmp_path: Path) -> None:
    page = https(tmp_path, days=(-100, -5))
    assert page.status == 200
    assert page.tls is not None
    assert page.tls["version"].startswith("TLSv1.")
    assert page.tls_ms is not None


def test_old_protocols_are_accepted(tmp_path: Path) -> None:
    def old(context: ssl.SSLContext) -> None:
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1

    page = https(tmp_path, old)
    assert page.tls is not None
    assert page.tls["version"] == "TLSv1"


def test_plain_http_on_a_tls_port_is_a_handshake_failure() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async def main() -> None:
        async with raw_server(plain) as port:
            await get({}, f"https://127.0.0.1:{port}/")

    with pytest.raises(SeeingError) as caught:
        asyncio.run(main())
    assert caught.value.reason is Reason.TLS_HANDSHAKE


def test_a_server_that_only_speaks_sm2_is_named() -> None:
    async def tlcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(5)
        hello = await reader.readexactly(int.from_bytes(head[3:5], "big"))
        if hello[4:6] == b"\x01\x01":
            server_hello = b"\x02\x00\x00\x26\x01\x01" + b"r" * 32 + b"\x00\xe0\x13\x00"
            writer.write(b"\x16\x01\x01" + len(server_hello).to_bytes(2, "big") + server_hello)
        else:
            writer.write(b"\x15\x03\x01\x00\x02\x02\x46")  # fatal: protocol_version
        await writer.drain()

    async def main() -> None:
        async with raw_server(tlcp) as port:
            await get({}, f"https://127.0.0.1:{port}/")

    with pytest.raises(SeeingError) as caught:
        asyncio.run(main())
    assert caught.value.reason is Reason.TLS_SM2_ONLY


def test_a_mute_tls_server_is_a_timeout() -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def main() -> None:
        async with raw_server(mute) as port:
            await get({}, f"https://127.0.0.1:{port}/")

    with pytest.raises(SeeingError) as caught:
        asyncio.run(main())
    assert caught.value.reason is Reason.TIMEOUT


def test_a_missing_intermediate_does_not_hide_a_page(tmp_path: Path) -> None:
    _, intermediate = authority()
    page = https(tmp_path, issuer=intermediate)
    assert page.status == 200
