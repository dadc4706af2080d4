"""robots.txt, obeyed site by site: asked once a host, at the site's own pace."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
MAX_ROBOTS = 500_000  # bytes; what is longer is read up to here


class DisallowedByRobots(IgnoreRequest):
    """The host's robots.txt does not allow this address."""


class SiteRobots:
    """Raises `DisallowedByRobots`; a request with `meta['obey_robots'] = False` passes (the owner has agreed)."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent = "xuncha"
        self._rules: dict[str, asyncio.Future[Protego | None]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SiteRobots:
        """Scrapy's door."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request pass, or refuse it with the reason `robots`."""
        if not request.meta.get("obey_robots", True):
            return
        parts = urlsplit(request.url)
        host = f"{parts.scheme}://{parts.netloc}"
        known = self._rules.get(host)
        waits = known is None or not known.done()
        if known is None:
            known = self._rules[host] = asyncio.get_running_loop().create_future()
            known.set_result(await self._ask(host, request))  # in this request's turn
        rules = await known if waits else known.result()
        if rules is not None and not rules.can_fetch(request.url, self._agent):
            raise DisallowedByRobots(request.url)
        if waits:
            await self._next_turn(request)

    async def _next_turn(self, request: Request) -> None:
        """The site was asked for robots.txt meanwhile: the request waits as the site's pace says."""
        now, lane = time.time(), self._crawler.spider.frontier.lane(request.meta["lane"])  # type: ignore[union-attr]
        await asyncio.sleep(lane.turn(now) - now)

    async def _ask(self, host: str, request: Request) -> Protego | None:
        meta: dict[str, Any] = {
            "obey_robots": False,
            "read": "page",
            "max_body": MAX_ROBOTS,
            "verbatim_url": True,
        } | {
            name: request.meta[name] for name in ("download_slot", "cookiejar", "allow_private") if name in request.meta
        }
        robots = Request(f"{host}/robots.txt", meta=meta, headers=request.headers, callback=NO_CALLBACK)
        try:
            assert self._crawler.engine is not None
            response = await self._crawler.engine.download_async(robots)
            if response.status != 200:
                return None  # no rules given: the page itself will tell what is wrong with the host
            return Protego.parse(response.body.decode("utf-8", "replace"))
        except Exception as error:  # whatever ails the host shows again, and is kept, with the page's own request
            logger.info("robots.txt of %s not read: %s", host, error)
            return None
