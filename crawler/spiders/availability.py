"""`scrapy crawl availability`: one timed look at every home page, kept as a series for V2 (站点无法访问).

    scrapy crawl availability -a inventory=inventory.yaml -a place=电信
    scrapy crawl availability -a every=15m            a loop of its own, until Ctrl-C

By cron, every fifteen minutes (96 looks a day; V2 asks for at least 20):

    */15 * * * *  cd /srv/xuncha && .venv/bin/scrapy crawl availability

As a systemd service with the loop inside: ExecStart=… scrapy crawl availability -a every=15m, Restart=always.

Settings: CONTROL_ADDRESSES (addresses that answer whenever our own network is up; `none`: none), PROBE_CONCURRENCY
(32), PROBES_PER_SECOND (20), DNS_SERVERS, DATABASE_URL. Exit status: 0 done, 1 could not be done, 2 bad input.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import scrapy

from crawler.downloader import Fetcher
from crawler.facts.store import StoreError
from crawler.facts.writer import Writer
from crawler.inventory import BadInput, Site
from crawler.outcomes import Outcome
from crawler.probes.availability import LOOK_SECONDS, ProbeRow, look_at_home, sweep
from crawler.probes.control import Controls
from crawler.probes.dns import Resolver
from crawler.probes.every import repeat
from crawler.probes.loopback import all_on_loopback
from crawler.rounds import BadArgument, CannotRun
from crawler.watch import Watch, prepare_watch

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

log = logging.getLogger(__name__)


class WriterSink:
    """Hands probe rows to the store's writer."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def add(self, row: ProbeRow) -> None:
        """Keep one row."""
        self._writer.put([("probe", row.row())])


class AvailabilitySpider(scrapy.Spider):
    """Looks at every home page once, or again and again with `-a every=`; asks nothing of Scrapy's downloader.

    Arguments: `inventory`, `sites`, `place` (name of the vantage), `every` (15m, 900s, 1h), `times` (ends the loop).
    `exit_status` tells afterwards how it went.
    """

    name = "availability"
    custom_settings = {  # noqa: RUF012 - Scrapy reads it from the class
        "SCHEDULER": "scrapy.core.scheduler.Scheduler",  # the round's scheduler belongs to the round
        "EXTENSIONS_BASE": {"scrapy.extensions.corestats.CoreStats": 0},
        "DOWNLOADER_MIDDLEWARES_BASE": {},
    }

    def __init__(self, *args: Any, watch: Watch | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.watch = watch
        self._arguments = kwargs
        self.exit_status = 1
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> AvailabilitySpider:
        """Scrapy's door; prepares the watch when nobody has. Bad input ends the run before anything is sent."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if spider.watch is None:
            try:
                spider.watch = prepare_watch(spider._arguments, crawler.settings, crawler.settings["PROJECT_ROOT"])
            except (BadInput, BadArgument) as error:
                spider._refuse(str(error), 2)
            except (CannotRun, StoreError) as error:
                spider._refuse(str(error), 1)
        crawler.signals.connect(spider._closed, scrapy.signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Do the looks; no request goes through Scrapy."""
        if self.watch is not None:
            self._task = asyncio.ensure_future(self._work(self.watch))
            await asyncio.wait([self._task])
            if not self._task.cancelled() and self._task.exception() is not None:
                log.error("availability failed", exc_info=self._task.exception())
        return
        yield  # an asynchronous generator that gives nothing

    async def _work(self, watch: Watch) -> None:
        resolver = Resolver(watch.servers)
        if watch.servers:
            check = await resolver.check_servers()
            if not check.usable:
                self._refuse(check.message(), 1)
                return
        writer = Writer(watch.engine, lambda why: self._refuse(f"探测结果无法写入数据库：{why}。", 1))
        settings = self.crawler.settings
        headers = {"User-Agent": str(settings["USER_AGENT"]).format(contact=settings["CONTACT"])}
        try:
            async with Fetcher(resolver, connect_seconds=LOOK_SECONDS) as fetcher:
                looking = _Looking(watch, resolver, fetcher, headers, WriterSink(writer))
                self.exit_status = 0
                times = 1 if watch.every is None else watch.times
                await repeat(lambda: self._once(looking, writer), watch.every or 1.0, times=times, stop=self._stop)
        finally:
            await asyncio.to_thread(writer.close)

    async def _once(self, looking: _Looking, writer: Writer) -> None:
        told = await looking.once()
        sys.stderr.write(f"{told}\n")
        if writer.error is not None:
            self._stop.set()

    def _refuse(self, message: str, status: int) -> None:
        sys.stderr.write(f"{message}\n")
        self.exit_status = status

    async def _closed(self) -> None:
        """Ctrl-C: what was seen is kept; a look under way is given up."""
        self._stop.set()
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])
        if self.watch is not None:
            self.watch.close()


class _Looking:
    """One sweep after another over the same sites."""

    def __init__(
        self, watch: Watch, resolver: Resolver, fetcher: Fetcher, headers: dict[str, str], sink: WriterSink
    ) -> None:
        self._watch = watch
        self._resolver = resolver
        self._fetcher = fetcher
        self._headers = headers
        self._sink = sink
        self._own = {site.host for site in watch.inventory.sites}
        self._controls: Controls | None = None
        self._loopback = False

    async def once(self) -> str:
        """One sweep; gives the line that tells of it."""
        watch, now = self._watch, datetime.now(UTC)
        sites = [site for site in watch.sites if not site.closed_at(now)]
        if self._controls is None:
            self._loopback = await all_on_loopback(self._resolver, [site.host for site in watch.sites[:50]])
            self._controls = Controls(self._fetcher, self._control_urls(), allow_private=watch.controls_set)
        done = await sweep(
            sites, self._look, self._sink,
            controls=self._controls, at_once=watch.at_once, per_second=watch.per_second,
        )  # fmt: skip
        failed = done.looks - done.opened - done.void
        void = f"，监测端网络异常不计{done.void}个" if done.void else ""
        closed = len(watch.sites) - len(sites)
        void += f"，计划停机不测{closed}个" if closed else ""
        counts = f"探测首页{done.looks}个：打开{done.opened}个，未打开{failed}个{void}"
        return f"{datetime.now(UTC).astimezone():%Y-%m-%d %H:%M} {counts}，用时{done.seconds:.1f}秒"

    def _control_urls(self) -> list[str]:
        """The default control addresses are outside; a staging city has no outside."""
        return self._watch.controls if self._watch.controls_set or not self._loopback else []

    async def _look(self, site: Site) -> ProbeRow:
        try:
            return await look_at_home(
                self._fetcher,
                site,
                place=self._watch.place,
                headers=self._headers,
                allow_private=self._own.__contains__,
                loopback=self._loopback,
            )
        except Exception:  # a fault of ours must not look like one of the site
            log.exception("availability of %s", site.id)
            return ProbeRow(
                site.id, site.url, datetime.now(UTC), self._watch.place, Outcome.UNCHECKED.value, "not-reached"
            )
