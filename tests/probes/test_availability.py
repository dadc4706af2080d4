"""Probes of home pages: what is kept of one, how many run at a time, what does not count, and the loop."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.downloader import Fetcher
from crawler.inventory import Site
from crawler.probes.availability import ProbeRow, Sweep, look_at_home, sweep
from crawler.probes.control import Controls
from crawler.probes.dns import Resolver
from crawler.probes.every import SpanError, parse_span, repeat
from crawler.probes.loopback import is_this_machine
from crawler.probes.outage import OwnNetwork
from crawler.rounds import BadArgument
from crawler.watch import prepare_watch
from tests.downloader.rude import free_port
from tests.probes.nameserver import Records, name_server
from tests.probes.town import Answer, ok, redirect, town

ROOT = Path(__file__).parents[2]
NAMES = {"www.a.gov.cn A": ["127.0.0.1"]}


def look(answer: Answer, names: Mapping[str, list[str]] = NAMES, **options: Any) -> ProbeRow:
    async def main() -> ProbeRow:
        inside: dict[str, Any] = {"allow_private": lambda host: True}
        async with (
            town(answer, v6=False) as place,
            name_server(names) as server,
            Fetcher(Resolver([server.server], lifetime=1)) as fetcher,
        ):
            return await look_at_home(fetcher, place.site(), place="电信", **inside | options)

    return asyncio.run(main())


def test_a_look_keeps_times_address_and_place() -> None:
    row = look(lambda asked: ok() if asked.path == "/index.html" else redirect("/index.html"))
    assert (row.site, row.place, row.outcome, row.reason) == ("portal", "电信", "ok", "redirected")
    assert (row.status, row.ip, row.control_ok) == (200, "127.0.0.1", True)
    assert row.total_ms is not None
    assert row.first_byte_ms is not None
    assert 0 <= row.first_byte_ms <= row.total_ms
    assert datetime.fromisoformat(row.row()["at"]).tzinfo is not None
    assert row.row()["tls_ms"] is None


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        (lambda asked: None, "suspect", "connect-reset"),
        (lambda asked: b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "suspect", "http-5xx"),
        (lambda asked: b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "blocked", "http-403"),
        (lambda asked: redirect("/"), "suspect", "redirect-loop"),
    ],
)
def test_looks_that_fail(answer: Answer, outcome: str, reason: str) -> None:
    row = look(answer)
    assert (row.outcome, row.reason) == (outcome, reason)


@pytest.mark.parametrize("where", ["127.0.0.1", "0.0.0.0", "127.0.0.9"])
def test_a_name_that_a_resolver_sinks_is_undecided_and_not_refused(where: str) -> None:
    """In a round over a real city: whatever this machine answers there, or refuses, is not the site."""

    async def main(port: int, **options: Any) -> ProbeRow:
        site = Site(id="portal", name="甲", kind="portal", unit="a", url=f"http://www.a.gov.cn:{port}/")
        async with (
            name_server({"www.a.gov.cn A": [where]}) as server,
            Fetcher(Resolver([server.server], lifetime=1)) as fetcher,
        ):
            return await look_at_home(fetcher, site, allow_private=lambda host: True, **options)

    row = asyncio.run(main(free_port(), loopback=False))
    assert (row.outcome, row.reason, row.ip) == ("unchecked", "intranet-address", where)
    assert asyncio.run(main(free_port())).reason == "connect-refused"  # a city on this machine


def test_what_this_machine_answers_for_a_sunk_name_is_not_the_site() -> None:
    assert look(lambda asked: ok(), loopback=False).outcome == "unchecked"
    assert look(lambda asked: ok(), loopback=True).outcome == "ok"


def test_a_real_address_is_no_sinkhole() -> None:
    told = {"127.0.0.1", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1"}
    assert [one for one in (*told, "10.1.2.3", "192.0.2.1", "2001:db8::1", "", None) if is_this_machine(one)] == [*told]


def test_a_missing_name_is_no_time_out() -> None:
    assert look(lambda asked: ok(), {}).reason == "dns-nxdomain"


def test_a_slow_page_is_given_up_and_its_time_kept() -> None:
    row = look(lambda asked: b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", seconds=0.4)
    assert row.reason == "timeout"
    assert row.total_ms is not None
    assert 380 <= row.total_ms < 1500


def test_a_chain_of_slow_redirects_is_bounded_altogether() -> None:
    def slow(asked: Any) -> bytes:
        time.sleep(0.15)
        return redirect(f"/{int(asked.path.strip('/') or 0) + 1}")

    started = time.monotonic()
    row = look(slow, seconds=0.5)
    assert row.outcome == "suspect"
    assert time.monotonic() - started < 2


class Sink:
    def __init__(self) -> None:
        self.rows: list[ProbeRow] = []

    def add(self, row: ProbeRow) -> None:
        self.rows.append(row)


def sites(count: int) -> list[Site]:
    return [Site(id=f"s{n}", name="x", unit="u", url=f"http://s{n}.gov.cn/") for n in range(count)]


class Result:
    def __init__(self, good: Callable[[str], bool]) -> None:
        self.good = good
        self.now = self.most = 0
        self.starts: list[float] = []

    async def __call__(self, site: Site) -> ProbeRow:
        self.starts.append(time.monotonic())
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.01)
        self.now -= 1
        outcome, reason = ("ok", "ok") if self.good(site.id) else ("suspect", "timeout")
        return ProbeRow(site.id, site.url, datetime.now(UTC), "", outcome, reason)


class Control(Controls):
    def __init__(self, alive: bool | None) -> None:
        self.told = alive

    async def alive(self, family: int = 0) -> bool | None:
        return self.told


def swept(count: int, good: Callable[[str], bool], **options: Any) -> tuple[Sweep, Sink, Result]:
    sink, result = Sink(), Result(good)
    done = asyncio.run(sweep(iter(sites(count)), result, sink, **{"per_second": 0, **options}))
    return done, sink, result


def test_every_site_is_looked_at_once_and_few_at_a_time() -> None:
    done, sink, result = swept(50, lambda name: True, at_once=4)
    assert sorted(row.site for row in sink.rows) == sorted(site.id for site in sites(50))
    assert result.most == 4
    assert (done.looks, done.opened, done.void) == (50, 50, 0)


def test_the_pace_is_kept() -> None:
    done, _, result = swept(10, lambda name: True, per_second=50)
    assert all(start - result.starts[0] >= 0.02 * number - 0.01 for number, start in enumerate(result.starts))
    assert 0.17 < done.seconds < 5


@pytest.mark.parametrize(("alive", "counts"), [(True, True), (False, False)])
def test_failures_count_only_while_a_control_address_answers(alive: bool, counts: bool) -> None:
    done, sink, _ = swept(4, lambda name: name == "s0", controls=Control(alive))
    failed = [row for row in sink.rows if row.outcome != "ok"]
    assert [row.control_ok for row in failed] == [counts] * 3
    assert done.void == (0 if counts else 3)


@pytest.mark.parametrize(
    ("count", "good", "counts"),
    [(5, lambda name: False, False), (5, lambda name: name == "s3", True), (2, lambda name: False, True)],
)
def test_without_controls_a_sweep_in_which_nothing_opens_is_our_own_outage(
    count: int, good: Callable[[str], bool], counts: bool
) -> None:
    _, sink, _ = swept(count, good, controls=Control(None))
    assert len(sink.rows) == count
    assert all(row.control_ok is counts for row in sink.rows if row.outcome != "ok")


def test_control_addresses_are_asked_and_remembered() -> None:
    async def main() -> None:
        missing = b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
        async with town(lambda asked: missing, v6=False) as place, Fetcher(Resolver([])) as fetcher:
            dead = f"http://127.0.0.1:{free_port()}/"
            up = Controls(fetcher, [dead, f"http://127.0.0.1:{place.port}/"], allow_private=True)
            assert await asyncio.gather(*(up.alive() for _ in range(20))) == [True] * 20
            assert len(place.asked) == 1
            assert await Controls(fetcher, [dead], allow_private=True).alive() is False
            assert await Controls(fetcher, []).alive() is None

    asyncio.run(main())


def test_control_addresses_are_looked_up_anew_each_time() -> None:
    """A name server that dies in the middle of a sweep is our outage, whatever is still remembered of the controls."""

    async def main() -> list[bool | None]:
        async with (
            town(lambda asked: ok(), v6=False) as place,
            name_server(NAMES) as names,
            Fetcher(Resolver([names.server], lifetime=0.5)) as fetcher,
        ):
            url = f"http://www.a.gov.cn:{place.port}/"
            before = await Controls(fetcher, [url], allow_private=True).alive()
            names.records["www.a.gov.cn *"] = ["SILENT"]
            del names.records["www.a.gov.cn a"]
            return [before, await Controls(fetcher, [url], allow_private=True).alive()]

    assert asyncio.run(main()) == [True, False]


@pytest.mark.parametrize(
    ("names", "v6", "alive"),
    [
        (NAMES, True, None),
        (NAMES | {"www.a.gov.cn AAAA": ["::1"]}, True, True),
        (NAMES | {"www.a.gov.cn AAAA": ["::1"]}, False, False),
        ({"www.a.gov.cn *": ["SERVFAIL"]}, True, False),
    ],
)
def test_a_control_without_ipv6_says_nothing_of_ours(names: Records, v6: bool, alive: bool | None) -> None:
    async def main() -> bool | None:
        async with (
            town(lambda asked: ok(), v6=v6) as place,
            name_server(names) as server,
            Fetcher(Resolver([server.server], lifetime=0.5)) as fetcher,
        ):
            controls = Controls(fetcher, [f"http://www.a.gov.cn:{place.port}/"], allow_private=True)
            return await controls.alive(socket.AF_INET6)

    assert asyncio.run(main()) is alive


@pytest.mark.parametrize(
    ("chosen", "asked", "alive"), [(True, True, True), (True, False, None), (False, True, None), (False, False, None)]
)
def test_ipv6_is_held_against_the_addresses_that_a_person_named(chosen: bool, asked: bool, alive: bool | None) -> None:
    """Default addresses, or none, leave the choice to the probe."""

    async def main() -> bool | None:
        names = NAMES | {"www.a.gov.cn AAAA": ["::1"]}
        async with (
            town(lambda asked: ok()) as place,
            name_server(names) as server,
            Fetcher(Resolver([server.server], lifetime=0.5)) as fetcher,
        ):
            url = f"http://www.a.gov.cn:{place.port}/"
            network = OwnNetwork(Controls(fetcher, [url], allow_private=True) if asked else None, chosen=chosen)
            works = network.over_ipv6()
            return None if works is None else await works()

    assert asyncio.run(main()) is alive


class Clock:
    """A clock that only moves when somebody waits or works."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def wait(self, stop: asyncio.Event, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def repeated(took: list[float], every: float) -> tuple[list[float], Clock]:
    clock, starts, left = Clock(), [], iter(took)

    async def work() -> None:
        starts.append(clock.now - 100)
        clock.now += next(left)

    ran = asyncio.run(repeat(work, every, times=len(took), clock=clock, wait=clock.wait))
    assert ran == len(took)
    return starts, clock


def test_the_loop_does_not_drift_and_never_overlaps() -> None:
    assert repeated([60, 10, 300, 5], 900)[0] == [0, 900, 1800, 2700]
    assert repeated([1000, 2000, 10, 10], 900)[0] == [0, 1800, 4500, 5400]


def test_a_week_every_fifteen_minutes_has_enough_looks() -> None:
    starts, _ = repeated([30.0] * (96 * 7), 900)
    days = [sum(86400 * day <= start < 86400 * (day + 1) for start in starts) for day in range(7)]
    assert days == [96] * 7


def test_the_loop_stops_at_once_while_it_waits() -> None:
    async def main() -> float:
        stop = asyncio.Event()

        async def work() -> None:
            asyncio.get_running_loop().call_later(0.05, stop.set)

        started = time.monotonic()
        assert await repeat(work, 3600, stop=stop) == 1
        return time.monotonic() - started

    assert asyncio.run(main()) < 2


@pytest.mark.parametrize(
    ("text", "seconds"), [("15m", 900), ("900s", 900), ("90", 90), ("1h", 3600), ("15分钟", 900), ("1.5m", 90)]
)
def test_spans_are_read(text: str, seconds: float) -> None:
    assert parse_span(text) == seconds


@pytest.mark.parametrize("text", ["", "x", "15d", "0", "-5m", "25h", "m"])
def test_spans_that_cannot_be_used(text: str) -> None:
    with pytest.raises(SpanError, match="every="):
        parse_span(text)


@pytest.mark.parametrize(
    ("arguments", "settings", "word"),
    [
        ({"evry": "15m"}, {}, "evry"),
        ({"every": "soon"}, {}, "every=soon"),
        ({"times": "0"}, {}, "times=0"),
        ({"place": "x" * 65}, {}, "place"),
        ({}, {"CONTROL_ADDRESSES": "www.gov.cn"}, "CONTROL_ADDRESSES"),
        ({}, {"DNS_SERVERS": "dns"}, "DNS_SERVERS"),
        ({}, {"PROBES_PER_SECOND": "fast"}, "PROBES_PER_SECOND"),
        ({"sites": "nobody"}, {}, "nobody"),
    ],
)
def test_bad_input_is_named_before_anything_is_sent(
    arguments: dict[str, str], settings: dict[str, str], word: str, tmp_path: Path
) -> None:
    inventory = write_inventory(tmp_path, 1)
    url = f"sqlite:///{tmp_path / 'a.db'}"
    with pytest.raises(BadArgument, match=word):
        prepare_watch({"inventory": str(inventory)} | arguments, {"DATABASE_URL": url} | settings, tmp_path)


def write_inventory(folder: Path, port: int) -> Path:
    data = {
        "city": "云岭市", "region_code": "532901", "issuer": "云岭市人民政府办公室",
        "units": [{"id": "zfb", "name": "办公室", "kind": "government"}],
        "sites": [
            {"id": name, "name": name, "unit": "zfb", "url": f"http://{host}.gov.cn:{port}/"}
            for name, host in (("good", "www.a"), ("gone", "www.b"))
        ],
    }  # fmt: skip
    path = folder / "inventory.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def crawl(folder: Path, port: int, dns: int, *more: str) -> list[str]:
    return [
        sys.executable, "-m", "scrapy", "crawl", "availability", "-a", f"inventory={write_inventory(folder, port)}",
        "-s", f"DNS_SERVERS=127.0.0.1:{dns}", "-s", f"DATABASE_URL=sqlite:///{folder / 'a.db'}", *more,
    ]  # fmt: skip


def rows(folder: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "a.db") as db:
        return db.execute("select site, place, outcome, reason, control_ok from probe order by id").fetchall()


async def run_beside(work: Callable[[int, int], Awaitable[None]]) -> None:
    async with town(lambda asked: ok(), v6=False) as place, name_server(NAMES | {"gov.cn NS": ["ns.cn."]}) as names:
        await work(place.port, names.port)


def test_the_command_keeps_a_series(tmp_path: Path) -> None:
    async def work(port: int, dns: int) -> None:
        control = f"CONTROL_ADDRESSES=http://127.0.0.1:{port}/"
        command = crawl(tmp_path, port, dns, "-a", "place=电信", "-a", "every=1s", "-a", "times=2", "-s", control)
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stderr=subprocess.PIPE)
        _, told = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, told.decode()
        assert told.decode().count("打开1个，未打开1个") == 2

    asyncio.run(run_beside(work))
    good, gone = ("good", "电信", "ok", "ok", 1), ("gone", "电信", "dead", "dns-nxdomain", 1)
    assert sorted(rows(tmp_path)) == sorted([good, gone, good, gone])


def test_ctrl_c_ends_the_loop_and_keeps_what_was_seen(tmp_path: Path) -> None:
    async def work(port: int, dns: int) -> None:
        command = crawl(tmp_path, port, dns, "-a", "every=1h", "-s", "CONTROL_ADDRESSES=none")
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stderr=subprocess.PIPE)
        assert process.stderr is not None
        line = await asyncio.wait_for(process.stderr.readline(), 60)
        assert "探测首页2个" in line.decode()
        process.terminate()
        _, told = await asyncio.wait_for(process.communicate(), 30)
        assert "Traceback" not in told.decode()

    asyncio.run(run_beside(work))
    assert [row[0] for row in rows(tmp_path)].count("good") == 1


def test_dead_name_servers_end_the_command_with_a_message(tmp_path: Path) -> None:
    done = subprocess.run(
        crawl(tmp_path, 80, free_port()), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert "域名服务器均无应答" in done.stderr
    assert rows(tmp_path) == []
