"""Work beside the walk: probes of sites' networks and of foreign hosts' name servers, and waiting for controls."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from crawler.facts.model import NetworkFact
from crawler.facts.owners import EVERYBODY
from crawler.facts.writer import Batch
from crawler.probes.dns import Resolver
from crawler.probes.owners import Delegations
from crawler.walk.rows import network_row, note_row

PROBES_AT_ONCE = 8
log = logging.getLogger(__name__)
Look = Callable[[Any], Coroutine[Any, Any, Iterable[NetworkFact]]]


class Beside:
    """Tasks of one run. True while any is under way: the round is not over before they are. `ended` is called when
    one is through, whatever it left to be asked.
    """

    def __init__(self, run: int, resolver: Resolver, put: Callable[[Batch], None], ended: Callable[[], None]) -> None:
        self._run = run
        self._put = put
        self._ended = ended
        self._delegations = Delegations(resolver)
        self._gate = asyncio.Semaphore(PROBES_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def __bool__(self) -> bool:
        return bool(self._tasks)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin a piece of work; one that fails is told as a note and harms nothing else."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def cancel(self) -> None:
        """The round ends before its time."""
        for task in self._tasks:
            task.cancel()

    def look_at(self, site: Any, look: Look) -> None:
        """Probe a site with `look`, as soon as fewer than PROBES_AT_ONCE are being probed."""
        self.spawn(self._look_at(site, look))

    def look_at_owner(self, host: str) -> None:
        """Ask who serves the zone of a foreign host (V1.3)."""
        self.spawn(self._look_at_owner(host))

    async def _look_at(self, site: Any, look: Look) -> None:
        async with self._gate:
            facts = await look(site)
        self._put([("network", network_row(self._run, site.id, fact)) for fact in facts])

    async def _look_at_owner(self, host: str) -> None:
        fact = await self._delegations.look(host)
        self._put([("network", network_row(self._run, EVERYBODY, fact))])

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("work beside the walk failed", exc_info=error)
            self._put([("note", note_row(self._run, "*", "error", f"网络探测出错：{error}"))])
        self._ended()
