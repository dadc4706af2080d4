"""Responses of every kind: what is read, what is cut, what is told about it."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from crawler.downloader import Fetched, Fetcher, SeeingError
from crawler.outcomes import Reason
from crawler.probes.dns import Resolver
from tests.downloader.rude import Rude, free_port, rude


def run(path: str, **options: Any) -> tuple[Fetched, Rude]:
    async def main() -> tuple[Fetched, Rude]:
        async with rude() as site, Fetcher(Resolver([])) as fetcher:
            return await fetcher.fetch(site.url(path), **{"allow_private": True, **options}), site

    return asyncio.run(main())


def fails(path: str, **options: Any) -> SeeingError:
    with pytest.raises(SeeingError) as caught:
        run(path, **options)
    return caught.value


def test_a_page_comes_whole_with_its_times_and_address() -> None:
    page, _ = run("/slow")
    assert (page.status, page.body, page.address) == (200, b"<html><title>ok</title></html>", "127.0.0.1")
    assert page.connect_ms is not None
    assert 0 <= page.connect_ms < page.first_byte_ms <= page.total_ms
    assert page.first_byte_ms >= 290
    assert not (page.truncated or page.dataloss or page.timed_out)
    assert page.declared_size == len(page.body)


def test_connections_are_kept_for_the_next_request() -> None:
    async def main() -> tuple[Rude, Fetched]:
        async with rude() as site, Fetcher(Resolver([])) as fetcher:
            for path in ("/a", "/page/60000", "/file/60000", "/page/70000", "/nothing"):
                last = await fetcher.fetch(
                    site.url(path), allow_private=True, read="link" if "7" not in path else "page"
                )
            return site, last

    site, last = asyncio.run(main())
    assert site.connections == 1
    assert last.status == 204
    assert last.connect_ms is None


@pytest.mark.parametrize(
    "path", ["/a%2Fb/%E4%B8%AD?x=%41&y=a+b#top", "/%D6%D0/", "/a/../b//c", "/?q=[1]|{2}", "/;jsessionid=1"]
)
def test_the_address_is_sent_as_it_is_written(path: str) -> None:
    _, site = run(path)
    assert site.requests == [f"GET {path.partition('#')[0]} HTTP/1.1"]


def test_what_is_asked_for_and_what_is_sent() -> None:
    _, site = run("/", headers=[("Referer", "http://a.gov.cn/"), ("Cookie", "a=1; b=2"), ("User-Agent", "x")])
    head = site.heads[0].decode()
    for line in ("Accept-Encoding: gzip, deflate", "Referer: http://a.gov.cn/", "Cookie: a=1; b=2", "User-Agent: x"):
        assert f"\r\n{line}\r\n" in head


@pytest.mark.parametrize("read", ["link", "auto"])
def test_a_big_file_is_closed_after_its_first_bytes(read: Any) -> None:
    page, site = run("/huge/a.zip", read=read)
    assert page.body.startswith(b"PK\x03\x04")
    assert len(page.body) <= 4096
    assert page.truncated
    assert page.declared_size == 200 << 20
    assert site.sent < 20 << 20


def test_a_file_of_unknown_size_is_cut() -> None:
    page, site = run("/huge-chunked", read="link")
    assert len(page.body) == 64 << 10
    assert page.truncated
    assert page.declared_size is None
    assert site.sent < 20 << 20


def test_a_big_page_is_cut_at_the_limit_with_bounded_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    page, _ = run("/huge/a.html", max_body=2 << 20)
    assert len(page.body) == 2 << 20
    assert page.truncated
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # kB


def test_a_page_as_link_is_read_to_64_kb() -> None:
    page, _ = run("/page/200000", read="link")
    assert len(page.body) == 64 << 10
    assert page.truncated


def test_a_small_file_is_read_whole() -> None:
    page, _ = run("/file/60000", read="link")
    assert len(page.body) == 60004
    assert not page.truncated


def test_a_bomb_is_unpacked_to_the_limit_only() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    page, _ = run("/bomb", max_body=1 << 20)
    assert len(page.body) == 1 << 20
    assert page.truncated
    assert not page.dataloss
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # kB


def test_packed_bodies() -> None:
    assert run("/gzip")[0].body == "政府".encode() * 1000
    assert run("/deflate-raw")[0].body == b"raw deflate"
    assert run("/gzip-lie")[0].body == b"<html>not packed at all</html>"
    cut, _ = run("/gzip-cut")
    assert cut.dataloss
    assert cut.encoding == "gzip"


@pytest.mark.parametrize("path", ["/short", "/reset-midway", "/bad-chunk-later", "/no-last-chunk"])
def test_a_body_that_breaks_is_returned_with_dataloss(path: str) -> None:
    page, _ = run(path)
    assert page.status == 200
    assert page.body in (b"half", b"well")
    assert page.dataloss


def test_a_body_that_ends_with_the_connection_is_whole() -> None:
    page, _ = run("/until-close")
    assert page.body == b"all there is"
    assert not page.dataloss


def test_long_headers_are_read() -> None:
    page, _ = run("/headers-64k")
    assert len(page.header("x-long")) == 65000
    assert page.body == b"fine"
    assert len(run("/headers-many")[0].headers) == 102


def test_location_bytes_are_kept_as_sent() -> None:
    page, _ = run("/location")
    assert (b"Location", b"/\xd6\xd0\xff") in page.headers


def test_a_byte_a_second_does_not_hold_us() -> None:
    started = time.monotonic()
    page, _ = run("/drip", seconds=1.0)
    assert 0.9 < time.monotonic() - started < 5
    assert page.timed_out
    assert page.truncated
    assert not page.dataloss
    assert 5 <= len(page.body) <= 12


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/silent", Reason.TIMEOUT),
        ("/drip-header", Reason.TIMEOUT),
        ("/reset", Reason.CONNECT_RESET),
        ("/close", Reason.CONNECT_RESET),
        ("/garbage", Reason.BAD_RESPONSE),
        ("/bad-chunk", Reason.BAD_RESPONSE),
        ("/bad-chunk-after-headers", Reason.BAD_RESPONSE),
        ("/headers-giant", Reason.BAD_RESPONSE),
        ("/headers-endless", Reason.BAD_RESPONSE),
    ],
)
def test_failures_have_their_reason(path: str, reason: Reason) -> None:
    started = time.monotonic()
    error = fails(path, seconds=1.0 if reason is Reason.TIMEOUT else 10.0)
    assert (error.reason, bool(error.detail)) == (reason, True)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "url",
    ["http://", "http:///x", "ftp://a/", "http://a:99999/", "http://a b/", "http://a..b/", f"http://{'a' * 64}.cn/"],
)
def test_addresses_that_are_none(url: str) -> None:
    async def main() -> None:
        async with Fetcher(Resolver([])) as fetcher:
            await fetcher.fetch(url, allow_private=True)

    with pytest.raises(SeeingError) as caught:
        asyncio.run(main())
    assert caught.value.reason is Reason.BAD_ADDRESS


def test_refused_connection() -> None:
    async def main() -> None:
        async with Fetcher(Resolver([])) as fetcher:
            await fetcher.fetch(f"http://127.0.0.1:{free_port()}/", allow_private=True)

    with pytest.raises(SeeingError) as caught:
        asyncio.run(main())
    assert caught.value.reason is Reason.CONNECT_REFUSED


def test_a_kept_connection_that_the_server_closed_is_no_failure() -> None:
    async def main() -> int:
        async with rude() as site, Fetcher(Resolver([])) as fetcher:
            original: Callable[[Any], Awaitable[None]] = site.do_ok

            async def once_then_close(talk: Any) -> None:
                await original(talk)
                talk.writer.close()

            site.do_ok = once_then_close  # type: ignore[method-assign]
            for _ in range(5):
                page = await fetcher.fetch(site.url("/"), allow_private=True)
                assert page.status == 200
            return site.connections

    assert asyncio.run(main()) == 5


def test_many_at_once_share_the_fetcher() -> None:
    async def main() -> list[int]:
        async with rude() as site, Fetcher(Resolver([])) as fetcher:
            pages = await asyncio.gather(*(fetcher.fetch(site.url(f"/{n}"), allow_private=True) for n in range(200)))
            return [page.status for page in pages]

    assert asyncio.run(main()) == [200] * 200


def test_a_file_that_comes_in_one_piece_is_told_as_cut() -> None:
    """The end of the file came with the last read, yet only its first bytes were kept."""
    file, _ = run("/file/70000", read="link")
    assert file.declared_size and len(file.body) < file.declared_size
    assert file.truncated and not file.dataloss
