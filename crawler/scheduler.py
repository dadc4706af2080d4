"""Scrapy's scheduler over the frontier: sends a request only when its turn has come."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from scrapy.core.scheduler import BaseScheduler
from scrapy.utils.defer import deferred_from_coro

from crawler.direct import Direct

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred

MAX_BACKLOG = 3000  # batches the store may be behind before the walk waits for it


class FrontierScheduler(BaseScheduler):
    """Asks the spider's frontier for the next address and sends it directly, while the engine keeps the crawl.

    Requests made elsewhere pass through a plain queue to the engine.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._most = crawler.settings.getint("CONCURRENT_REQUESTS")
        self._others: deque[Request] = deque()
        self._spider: Any = None
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = float("inf")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FrontierScheduler:
        """Scrapy's door."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Remember the spider, whose frontier this serves."""
        self._spider = spider
        self._direct = Direct(self._crawler, self._spider.seen, self._spider.not_seen, self.go_on)

    def close(self, reason: str) -> Deferred[None]:
        """Nothing to store: the frontier's list is in the fact store. What was asked directly may come back."""
        if self._alarm is not None:
            self._alarm.cancel()
        return deferred_from_coro(self._direct.close())

    def has_pending_requests(self) -> bool:
        """True while anything is queued, waits for its second look, or a probe is under way."""
        return bool(self._others) or self._spider.busy()

    def enqueue_request(self, request: Request) -> bool:
        """Queue a request that somebody else made."""
        self._others.append(request)
        return True

    def next_request(self) -> Request | None:
        """A request that somebody else made; the frontier's are sent on their way first."""
        self._send()
        return self._others.popleft() if self._others else None

    def _send(self) -> None:
        """Send whatever has its turn, or see to it that this is tried again when something has."""
        if self._spider.backlog() > MAX_BACKLOG:
            self._wake(time.time() + 0.1)
            return
        while self._spider.frontier.in_flight < self._most:
            entry = self._spider.next_entry(time.time())
            if entry is None:
                due = self._spider.wake_at()
                if due is not None:
                    self._wake(due)
                return
            self._direct.send(self._spider.requests.of(entry))

    def go_on(self) -> None:
        """A request has ended: its place is taken at once; the engine is asked only when the crawl may be over."""
        slot = self._slot()
        if slot is None or slot.closing:
            return
        self._send()
        if not self._spider.frontier.in_flight:
            slot.nextcall.schedule()

    def _slot(self) -> Any:
        return getattr(self._crawler.engine, "_slot", None)

    def _wake(self, at: float) -> None:
        """Have the engine ask again at that time, not at its next heartbeat five seconds on."""
        if self._alarm is not None:
            if self._alarm_at <= at:
                return
            self._alarm.cancel()
        self._alarm_at = at
        self._alarm = asyncio.get_running_loop().call_later(max(at - time.time(), 0.01), self._ring)

    def _ring(self) -> None:
        self._alarm = None
        slot = self._slot()
        if slot is not None:
            slot.nextcall.schedule()
