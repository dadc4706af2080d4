"""Can a home page be opened? One timed look at each, kept as a series (V2; domain 1.1.a)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from crawler.downloader import Fetcher
from crawler.inventory import Site
from crawler.outcomes import REASONS, Outcome, Reason
from crawler.probes.control import Controls
from crawler.probes.home import open_home
from crawler.probes.loopback import is_this_machine

LOOK_SECONDS = 16.0  # V2 counts 15 seconds as not opened; a second more shows that it was reached
_MANY = 3  # as many sites failing, and none opening, looks like our own network


@dataclass(frozen=True, slots=True)
class ProbeRow:
    """One look at one home page: a row of the store's table `probe`. Milliseconds are whole numbers.

    `total_ms` runs from the first look-up to the last byte over all redirects; `control_ok` False: our own network was
    down, the look does not count.
    """

    site: str
    url: str
    at: datetime
    place: str
    outcome: str
    reason: str
    status: int | None = None
    ip: str | None = None
    dns_ms: int | None = None
    tcp_ms: int | None = None
    tls_ms: int | None = None
    first_byte_ms: int | None = None
    total_ms: int | None = None
    control_ok: bool = True

    def row(self) -> dict[str, Any]:
        """The row as the store takes it: time as ISO 8601 text."""
        return {name: getattr(self, name) for name in self.__slots__} | {"at": self.at.isoformat(timespec="seconds")}


class ProbeSink(Protocol):
    """Where the rows go."""

    def add(self, row: ProbeRow) -> None:
        """Keep one row."""
        ...


@dataclass(frozen=True, slots=True)
class Sweep:
    """One round of looks: how many, how many opened, how many did not count because our network was down."""

    looks: int
    opened: int
    void: int
    seconds: float


async def look_at_home(
    fetcher: Fetcher,
    site: Site,
    *,
    place: str = "",
    headers: Mapping[str, str] | None = None,
    allow_private: Callable[[str], bool] = lambda host: False,
    seconds: float = LOOK_SECONDS,
    loopback: bool = True,
) -> ProbeRow:
    """Open the home page once over a connection of its own, redirects followed, within `seconds` altogether.

    Without `loopback` a name that leads to this machine (127.0.0.1, 0.0.0.0) was sunk by a resolver: whatever this
    machine answers there, the site was not seen and the look is unchecked (F19).
    """
    at = datetime.now(UTC)
    seen = await open_home(
        fetcher, site.url, headers=headers, allow_private=allow_private, seconds=seconds, whole=seconds
    )
    reason = seen.reason if loopback or not is_this_machine(seen.address) else Reason.INTRANET_ADDRESS
    return ProbeRow(
        site.id,
        site.url,
        at,
        place,
        REASONS[reason].outcome.value,
        reason.value,
        seen.status,
        seen.address,
        _whole(seen.dns_ms),
        _whole(seen.tcp_ms),
        _whole(seen.tls_ms),
        _whole(seen.first_byte_ms),
        _whole(seen.total_ms),
    )


def _whole(milliseconds: float | None) -> int | None:
    return None if milliseconds is None else round(milliseconds)


async def sweep(
    sites: Iterable[Site],
    look: Callable[[Site], Awaitable[ProbeRow]],
    sink: ProbeSink,
    *,
    controls: Controls | None = None,
    at_once: int = 32,
    per_second: float = 20.0,
) -> Sweep:
    """Look at every site once, at most `at_once` together and `per_second` started a second; memory does not grow.

    A failure counts only when a control address answers in the same seconds. Without control addresses a sweep in
    which nothing opened and several sites failed is taken for our own outage.
    """
    started = time.monotonic()
    waiting: list[ProbeRow] = []
    counts = {"looks": 0, "opened": 0, "void": 0}

    def keep(row: ProbeRow) -> None:
        counts["void"] += not row.control_ok
        sink.add(row)

    async def work(turns: AsyncIterator[Site]) -> None:
        async for site in turns:
            row = await look(site)
            counts["looks"] += 1
            if row.outcome == Outcome.OK:
                counts["opened"] += 1
                keep(row)
                continue
            alive = await controls.alive() if controls is not None else None
            if alive is None:
                waiting.append(row)
            else:
                keep(replace(row, control_ok=alive))

    turns = _paced(sites, per_second)
    await asyncio.gather(*(work(turns) for _ in range(max(1, at_once))))
    ours = counts["opened"] > 0 or len(waiting) < _MANY
    for row in waiting:
        keep(replace(row, control_ok=ours))
    return Sweep(counts["looks"], counts["opened"], counts["void"], time.monotonic() - started)


class _paced:  # noqa: N801 - an iterator that several workers share, which an async generator cannot be
    """Gives the sites one after another, no faster than `per_second`."""

    def __init__(self, sites: Iterable[Site], per_second: float) -> None:
        self._sites = iter(sites)
        self._gap = 1 / per_second if per_second > 0 else 0.0
        self._next = time.monotonic()

    def __aiter__(self) -> _paced:
        return self

    async def __anext__(self) -> Site:
        site = next(self._sites, None)
        if site is None:
            raise StopAsyncIteration
        now = time.monotonic()
        turn = self._next = max(self._next, now)
        self._next = turn + self._gap
        if turn > now:
            await asyncio.sleep(turn - now)
        return site
