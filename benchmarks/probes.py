"""10,000 simulated sites, one availability sweep: probes a second, processor time and memory.

    python -m benchmarks.probes [--sites 10000] [--at-once 64] [--per-second 0]

A child process plays name server and web server on loopback (every tenth site is broken in some way); what is
measured is the probing process alone. `--per-second 0` means no pace: as fast as it goes.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import struct
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import cast

from crawler.downloader import Fetcher
from crawler.inventory import Site
from crawler.probes.availability import ProbeRow, look_at_home, sweep
from crawler.probes.dns import Resolver

PAGE = b"<html><head><title>site</title></head><body>" + b"x" * 29_000 + b"</body></html>"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"


class Names(asyncio.DatagramProtocol):
    """127.0.0.1 for every A question, no data for others, NXDOMAIN for sites whose number ends in 97."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        end = data.index(b"\0", 12) + 5
        missing = data[13 : 13 + data[12]].endswith(b"97")
        known = not missing and data[end - 4 : end - 2] == b"\0\1"
        head = data[:2] + struct.pack("!HHHHH", 0x8183 if missing else 0x8180, 1, int(known), 0, 0)
        answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1" if known else b""
        self.transport.sendto(head + data[12:end] + answer, addr)


class Web(asyncio.Protocol):
    """A home page; sites whose number ends in 1 are busy, those ending in 92 hang up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        host = data.split(b"Host: ", 1)[1].split(b".", 1)[0]
        if host.endswith(b"92"):
            self.transport.abort()
        else:
            self.transport.write(BUSY if host.endswith(b"1") else OK)


def town(told: Connection) -> None:
    """The child: serve until killed."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        web = await loop.create_server(Web, "127.0.0.1", 0, backlog=1024)
        names, _ = await loop.create_datagram_endpoint(Names, local_addr=("127.0.0.1", 0))
        told.send((web.sockets[0].getsockname()[1], names.get_extra_info("sockname")[1]))
        await asyncio.Event().wait()

    asyncio.run(main())


class Tally:
    """A sink that counts, as the store's batches do, without keeping rows."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()

    def add(self, row: ProbeRow) -> None:
        self.reasons[row.reason] += 1


def sites(count: int, port: int) -> Iterator[Site]:
    for number in range(count):
        yield Site(id=f"s{number}", name="x", unit="u", url=f"http://s{number}.sim.gov.cn:{port}/")


async def measure(args: argparse.Namespace, port: int, dns: int) -> None:
    """One sweep and its numbers."""
    tally = Tally()
    before = resource.getrusage(resource.RUSAGE_SELF)
    async with Fetcher(Resolver([("127.0.0.1", dns)])) as fetcher:
        done = await sweep(
            sites(args.sites, port),
            lambda site: look_at_home(fetcher, site, allow_private=lambda host: True),
            tally,
            at_once=args.at_once,
            per_second=args.per_second,
        )
    after = resource.getrusage(resource.RUSAGE_SELF)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{done.looks} probes, {done.opened} opened, {done.seconds:.1f} s wall, {processor:.1f} s processor")
    print(f"{done.looks / done.seconds:.0f} probes/s, {processor / done.looks * 1e3:.2f} ms of processor a probe")
    print(f"memory {before.ru_maxrss / 1024:.0f} MB at the start, {after.ru_maxrss / 1024:.0f} MB at most")
    print("reasons:", dict(tally.reasons))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--per-second", type=float, default=0.0)
    args = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=town, args=(theirs,), daemon=True)
    child.start()
    try:
        port, dns = ours.recv()
        started = time.monotonic()
        asyncio.run(measure(args, port, dns))
        print(f"all in {time.monotonic() - started:.1f} s")
    finally:
        child.terminate()


if __name__ == "__main__":
    main()
