"""`scrapy crawl gov_sites`: one round of the inventory's sites, walked into facts."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import scrapy
from scrapy.http import Response
from sqlalchemy.exc import SQLAlchemyError

from crawler.downloader import Fetcher
from crawler.facts.bodies import salt_of
from crawler.facts.store import finish_run, plain, probed_sites, update_run
from crawler.facts.writer import Batch, Writer
from crawler.frontier import Entry, Frontier
from crawler.hosts import HostMap, SitePlan
from crawler.outcomes import Reason
from crawler.probes.control import Controls
from crawler.probes.dns import Resolver
from crawler.probes.loopback import all_on_loopback
from crawler.probes.network import look_at_site
from crawler.probes.outage import ASK_AGAIN, NETWORK_REASONS, OwnNetwork
from crawler.rounds import DEFAULT_CONTROLS, Plan, prepare
from crawler.seeing.tuning import tuning
from crawler.walk.answer import Answer
from crawler.walk.beside import Beside
from crawler.walk.book import AddressBook, Bounds
from crawler.walk.exchange import STAGING_TIMEOUT, Requests, answer_of, failure_of
from crawler.walk.files import AttachmentReader
from crawler.walk.media import media_addresses
from crawler.walk.notes import left_out
from crawler.walk.owners import Owners
from crawler.walk.pace import Pace
from crawler.walk.part import Part, Whole
from crawler.walk.resume import resume
from crawler.walk.rows import note_row
from crawler.walk.search import SiteSearch
from crawler.walk.walk import Walk

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

_REFUSED = "事实无法写入数据库：{why}。已写入的内容完好，处理后用同一命令继续。"
log = logging.getLogger(__name__)


class GovSitesSpider(scrapy.Spider):
    """Drives the walk: takes requests from the frontier, hands every answer to it, and asks the network meanwhile.

    Arguments: `inventory`, `round`, `as_of`, `sites` (contract 1); `plan` is the prepared round when the command line
    has made one, `part` the share of it that this process walks. `exit_reason` tells afterwards why the round could
    not be done.
    """

    name = "gov_sites"
    plan: Plan

    def __init__(self, *args: Any, plan: Plan | None = None, part: Part | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._given_plan = plan
        self.part = part or Whole()
        self._arguments = kwargs
        self.exit_reason: str | None = None
        self.finished = False
        self._ready = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> GovSitesSpider:
        """Scrapy's door; prepares the round when nobody has."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        settings = crawler.settings
        spider.plan = spider._given_plan or prepare(spider._arguments, settings, settings["PROJECT_ROOT"])
        spider._build(settings)
        crawler.signals.connect(spider._closed, scrapy.signals.spider_closed)
        return spider

    def _build(self, settings: Any) -> None:
        plan = self.plan
        self.run = plan.run
        self.frontier = Frontier(
            per_site=settings.getint("SITE_CONCURRENCY"), per_host=settings.getint("HOST_CONCURRENCY")
        )
        plans = {site.id: SitePlan(site) for site in plan.sites}
        bounds = Bounds(settings.getint("PAGES_PER_SITE"), settings.getint("DEPTH_LIMIT"))
        self.book = AddressBook(
            plan.run.id,
            HostMap(plan.inventory, plan.sites),
            plans,
            self.frontier,
            bounds,
            plan.run.loopback,
            self.part.jobs,
            media_addresses(plan.inventory),
        )
        self.writer = self.part.writer(plan.engine, self._store_failed)
        self.walk = Walk(
            self.book,
            self._put,
            as_of=plan.run.as_of,
            seed=plan.run.seed,
            policy=tuning().recheck.with_delay(plan.recheck_delay),
        )
        self.walk.told_fine = self.part.fine
        self.walk.search = SiteSearch(
            plan.engine, self.book, self.writer.put, plan.inventory.sites, seed=plan.run.seed, as_of=plan.run.as_of
        )
        self._keep_words(settings)
        self.resolver = Resolver(plan.servers)
        self.beside = Beside(plan.run.id, self.resolver, self.writer.put, self.go_on)
        self.walk.owners = Owners(plan.run.id, self.beside.look_at_owner)
        self.crawler.resolver = self.resolver  # type: ignore[attr-defined]  # the download handler takes it from there
        self._headers = {
            "User-Agent": settings["USER_AGENT"].format(contact=settings["CONTACT"]),
            "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        }
        self._site_delay = settings.getfloat("SITE_DELAY")
        self.requests = Requests(
            self.book,
            self._headers,
            STAGING_TIMEOUT if plan.run.staging else settings.getfloat("DOWNLOAD_TIMEOUT"),
            settings.getint("ATTACHMENT_BYTES") if self.walk.attachments is not None else None,
        )
        self._ipv6_sample = settings.getint("IPV6_SAMPLE")

    def _keep_words(self, settings: Any) -> None:
        """What the walk keeps of pages' words, and whether attachments are read."""
        salt = salt_of(self.plan.engine, self.run.id)
        self.walk.reader.keep = frozenset(settings.getlist("KEEP_BODIES"))
        self.walk.reader.salt = salt
        if settings.getbool("READ_ATTACHMENTS"):
            self.walk.attachments = AttachmentReader(self.run.id, salt, self.writer.put)

    # -- the round ---------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """Find out whether this is a staging round, then open the frontier and the probes."""
        self._loop = asyncio.get_running_loop()
        if self.part.jobs is None:
            self.book.loopback = await all_on_loopback(self.resolver, [site.host for site in self.plan.sites])
            update_run(self.plan.engine, self.run.id, loopback=self.book.loopback)
        self._set_pace()
        if why := await self._meet_own_network():
            self.exit_reason = why
            self.stop("own-network")
            return
        waiting = resume(self.plan.engine, self.book) if self.plan.resumed else 0
        if self.plan.resumed:
            log.info("resumed: %d addresses to visit", waiting)
        self.walk.start()
        self._start_probes()
        self._ready = True
        self.part.begin(self)
        return
        yield  # an asynchronous generator that gives nothing: requests come from the frontier

    async def _meet_own_network(self) -> str | None:
        """Make ready to tell our own outages from the sites'; a staging city has no outside to ask."""
        urls = list(DEFAULT_CONTROLS) if self.plan.controls is None else self.plan.controls
        if self.book.loopback and self.plan.controls is None:
            urls = []
        self._fetcher = Fetcher(self.resolver)
        controls = Controls(self._fetcher, urls, allow_private=self.plan.controls is not None) if urls else None
        self.network = OwnNetwork(controls, chosen=self.plan.controls is not None)
        return await self.network.begin()

    def _set_pace(self, loopback_delay: float = 0.0) -> None:
        """Nothing between two requests on loopback, the polite delay elsewhere."""
        settings = self.crawler.settings
        loopback = self.book.loopback
        self.pace = Pace(
            self.frontier,
            least=loopback_delay if loopback else self._site_delay,
            most=settings.getfloat("AUTOTHROTTLE_MAX_DELAY"),
            together=settings.getfloat("AUTOTHROTTLE_TARGET_CONCURRENCY"),
            follows=settings.getbool("AUTOTHROTTLE_ENABLED") and not loopback,
        )
        self.pace.begin()

    def _start_probes(self) -> None:
        look = partial(
            look_at_site,
            resolver=self.resolver,
            staging=self.book.loopback,
            headers=self._headers,
            control=self.network.over_ipv6(),
            sample=self._ipv6_sample,
            seed=self.run.seed,
        )
        done = probed_sites(self.plan.engine, self.run.id)
        for site in self.plan.sites:
            if site.id not in done and self.book.owns(f"site:{site.id}"):
                self.beside.look_at(site, look)

    def _note(self, site: str, kind: str, text: str, count: int = 1) -> None:
        self.writer.put([("note", note_row(self.run.id, site, kind, text, count))])

    def _store_failed(self, why: str) -> None:
        self.exit_reason = _REFUSED.format(why=why)
        self._loop.call_soon_threadsafe(self.stop, "store-failed")

    def _put(self, batch: Batch) -> None:
        """Store a batch, then tell others what of it is theirs."""
        self.writer.put(batch)
        if self.book.handed:
            found, self.book.handed = self.book.handed, []
            self.part.hand(found)

    def stop(self, reason: str) -> None:
        """End the walk before its time; what was seen is kept."""
        engine: Any = self.crawler.engine
        if engine.spider is not None:  # the walk may just have ended on its own
            self._closing = asyncio.ensure_future(engine.close_spider_async(reason=reason))

    # -- requests ----------------------------------------------------------------------------------------------

    def busy(self) -> bool:
        """True while the round is not through."""
        if not self._ready or self.frontier or self.beside or self.frontier.in_flight:
            return True
        return self._searches() or not self.part.idle()

    def _searches(self) -> bool:
        """True while sites' own searches are still to be asked: their titles are drawn once everything is stored."""
        search = self.walk.search
        if search is None or self.part.jobs is not None or not search.pending:
            return False
        if self.writer.backlog or not isinstance(self.writer, Writer):
            return isinstance(self.writer, Writer)
        self.writer.flush()
        return self.ask_searches()

    def ask_searches(self) -> bool:
        """Queue the questions to the searches of our sites; False when there are none. Every fact must be stored."""
        try:
            return self.walk.search is not None and self.walk.search.begin()
        except SQLAlchemyError as error:
            self._note("*", "error", f"站内搜索未能试搜：{plain(error)}")
            return False

    def backlog(self) -> int:
        """Batches that wait for the store."""
        return self.writer.backlog

    def wake_at(self) -> float | None:
        """When something that waits becomes due."""
        return self.frontier.wake_at()

    def next_entry(self, now: float) -> Entry | None:
        """The next address whose site has room and its turn; it is counted as asked."""
        if not self._ready:
            return None
        entry = self.frontier.next(now)
        while entry is not None and self.walk.refuses(entry):
            self.frontier.done(entry.lane)
            entry = self.frontier.next(now)
        if entry is None:
            if stuck := self.frontier.unstick():
                log.error("lanes given up because nothing could move them: %s", ", ".join(stuck))
            return None
        entry.requests += 1
        if entry.attempts:
            self.resolver.forget(urlsplit(entry.target).hostname or "")
        return entry

    def go_on(self) -> None:
        """Something has ended or come to be asked: send what has its turn, or see that the crawl is over."""
        scheduler: Any = self.crawler.engine.scheduler if self.crawler.engine is not None else None
        if scheduler is not None:
            scheduler.go_on()

    def seen(self, response: Response) -> None:
        """An HTTP answer, whatever its status."""
        meta = response.meta
        self.pace.learn(meta["lane"], meta.get("download_latency", 0.0), response.status)
        self._take(meta["entry"], meta["lane"], answer_of(response))

    def not_seen(self, request: Request, error: BaseException) -> None:
        """No HTTP answer: the network said why, or robots.txt does not allow it."""
        meta = request.meta
        answer = failure_of(request, error)
        if answer.failure in NETWORK_REASONS:
            self.beside.spawn(self._after_control(meta["entry"], meta["lane"], answer))
        else:
            self._take(meta["entry"], meta["lane"], answer)

    async def _after_control(self, entry: Entry, lane: str, answer: Answer) -> None:
        """A failure of the network counts only when our own network works; else the address is asked again later."""
        assert answer.failure is not None
        if not await self.network.is_down(answer.failure):
            self._take(entry, lane, answer)
            return
        self.frontier.done(lane)
        self.walk.ask_later(entry, time.time() + ASK_AGAIN)
        if self.network.lost:
            self.exit_reason = (
                "监测端网络中断超过10分钟，本轮已停止，已检查的内容已保存；网络恢复后执行同一命令即可继续。"
            )
            self.stop("own-network")

    def _take(self, entry: Entry, lane: str, answer: Answer) -> None:
        self.frontier.done(lane)
        try:
            self.walk.take(entry, answer)
        except Exception as error:  # F30: our own fault is an error of the tool, never a fault of the site
            log.exception("answer of %s could not be read", entry.url)
            self._note(entry.site or "*", "error", f"{entry.url} 处理出错：{type(error).__name__}: {error}"[:500])
            self.walk.give_up(entry, Answer(failure=Reason.TOOL_ERROR, detail=str(error)[:300]))

    # -- the end -----------------------------------------------------------------------------------------------

    def _closed(self, spider: Any, reason: str) -> None:
        self.beside.cancel()
        if reason == "finished":
            self._leave_notes()
        if self.walk.attachments is not None:
            self.walk.attachments.close()
        self.writer.close()
        if reason == "finished" and self.writer.error is None:
            self.finished = self.part.jobs is not None or self._finish()
        elif self.exit_reason is None and reason != "finished":
            self.exit_reason = "本轮已中断，已检查的内容已保存；再次执行同一命令即可继续。"
        self.plan.close()

    def _finish(self) -> bool:
        """Mark the run as walked; False, with the reason, when the database does not take it."""
        try:
            finish_run(self.plan.engine, self.run.id)
        except SQLAlchemyError as error:
            self.exit_reason = _REFUSED.format(why=plain(error))
            return False
        return True

    def _leave_notes(self) -> None:
        """What the walk left out, told with counts."""
        self.writer.put(left_out(self.run.id, self.book, self.walk.soft))
