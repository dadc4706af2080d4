"""One slice of a job: the round's spider, bounded in time and under a lease."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from scrapy.settings import SETTINGS_PRIORITIES
from sqlalchemy.engine import Engine

from crawler.cluster.guarded import GuardedWriter
from crawler.cluster.holding import Hold
from crawler.cluster.jobs import caught_all
from crawler.cluster.lease import LeaseLost
from crawler.cluster.order import ASK_SEARCH, Order
from crawler.cluster.pace import restore_pace
from crawler.downloader import SeeingHandler
from crawler.facts.writer import Writer
from crawler.frontier import Entry
from crawler.spiders.gov_sites import GovSitesSpider
from crawler.walk.book import Handed

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

PATIENCE = 5.0  # seconds: for more than that a slice does not wait for a second look, its continuation does
LAST_WORDS = 120.0  # seconds for what is under way when the time is up


class SlicePart:
    """The share of a slice: one job. What belongs to others is in the store; their slices read it there."""

    def __init__(self, order: Order, hold: Hold) -> None:
        self.order, self.hold = order, hold
        self.asked_to_end = False  # set from another thread
        self.spider: SliceSpider | None = None
        self.jobs: frozenset[str] | None = frozenset({order.lease.job})
        self.handed: set[str] = set()

    def writer(self, engine: Engine, on_error: Callable[[str], None]) -> Writer:
        """The store, as long as the lease is ours."""
        return GuardedWriter(engine, self.order.lease, on_error)

    def begin(self, spider: GovSitesSpider) -> None:
        """The store was read, with what others found; the slice's time begins now, however long its start took."""
        assert self.spider is not None
        self.spider.until = time.monotonic() + self.order.seconds
        if self.order.settings.get(ASK_SEARCH):
            self.spider.ask_searches()

    def hand(self, found: Sequence[Handed]) -> None:
        """Remember whom to wake."""
        self.handed.update(one.job for one in found)

    def fine(self, number: int) -> None:
        """Edges to what is fine are dropped when the round ends."""

    def idle(self) -> bool:
        """Nobody is waited for."""
        return True


class SliceSpider(GovSitesSpider):
    """Ends by itself when its time is up, when what is left waits for later, or when the worker is gone.

    A host under suspicion is not left in the middle: what is known of it would be forgotten, and its pages wronged.
    """

    name = "slice"
    part: SlicePart
    until = float("inf")
    _ended_at: float | None = None

    def _build(self, settings: Any) -> None:
        super()._build(settings)
        explicit = (settings.getpriority("SITE_DELAY") or 0) > SETTINGS_PRIORITIES["project"]
        self._loopback_delay = self._site_delay if explicit else 0.0

    def home_of(self, lane: str) -> str | None:
        """Home page of a pace group."""
        if lane.startswith("site:"):
            plan = self.book.plans.get(lane[5:])
            return plan.home if plan else None
        return f"http://{lane.removeprefix('host:')}/"

    def _set_pace(self, loopback_delay: float = 0.0) -> None:
        """As ever, but for a pace that somebody set for a city on loopback; then as the slice before left it."""
        super()._set_pace(self._loopback_delay)
        restore_pace(self, self.part.order.lease.carry or {})
        self.part.spider = self  # from now on its pace is kept with every renewal

    def over(self) -> bool:
        """True once nothing more may be begun."""
        if self._ended_at is None and self._ready and self._is_over(time.time()):
            self._ended_at = time.monotonic()
        return self._ended_at is not None

    def _is_over(self, now: float) -> bool:
        if self.part.asked_to_end:
            return True
        if self.walk.circuits.waiting:
            return False
        if time.monotonic() >= self.until:
            return True
        wake = self.wait_until()
        return not self.beside and not self.frontier.in_flight and wake is not None and wake > now + PATIENCE

    def wait_until(self) -> float | None:
        """When the first of what is left may be asked; None when that is now or nothing is left."""
        if any(lane.ready and lane.rest_until <= time.time() for lane in self.frontier.lanes()):
            return None
        return self.frontier.wake_at()

    def busy(self) -> bool:
        """True while the slice is not through."""
        if not self.over():
            return super().busy()
        assert self._ended_at is not None
        if time.monotonic() - self._ended_at > LAST_WORDS:
            self.stop("slice")
        return bool(self.beside or self.frontier.in_flight)

    def wake_at(self) -> float | None:
        """Look again soon: time passes, and the worker may ask for the end."""
        due = super().wake_at()
        soon = time.time() + (0.1 if self._ended_at is not None else 0.5)
        return soon if due is None else min(due, soon)

    def next_entry(self, now: float) -> Entry | None:
        """The next address, as long as the lease is surely ours and there is time."""
        if self.over() or not self.part.hold.sure:
            return None
        return super().next_entry(now)

    def _leave_notes(self) -> None:
        """Every slice tells what it left out; a host that is fine with any address is told once a run."""
        for host in caught_all(self.plan.engine, self.run.id):
            self.walk.soft.caught_all.pop(host, None)
        super()._leave_notes()


class LeasedHandler(SeeingHandler):
    """The download handler of a slice: asks nothing once the lease may be another's."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._crawler = crawler

    async def download_request(self, request: Request) -> Response:
        """Fetch under the lease; LeaseLost otherwise, whose traces the store does not take."""
        if not self._crawler.spider.part.hold.sure:
            raise LeaseLost(request.url)
        return await super().download_request(request)
