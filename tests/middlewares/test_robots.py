"""robots.txt is asked in a site's turn, and what waited for it goes on at the site's pace."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.frontier import Frontier
from crawler.middlewares.robots import DisallowedByRobots, SiteRobots

DELAY = 0.2
SITE = "http://www.yunling.gov.cn"


class Engine:
    """Answers robots.txt after a moment and remembers when it was asked."""

    def __init__(self, rules: bytes) -> None:
        self.rules = rules
        self.asked: list[float] = []

    async def download_async(self, request: Request) -> Response:
        self.asked.append(time.time())
        await asyncio.sleep(0.05)
        return Response(request.url, body=self.rules)


def robots(rules: bytes = b"") -> tuple[SiteRobots, Engine]:
    frontier = Frontier(per_site=2, per_host=1)
    frontier.first_delay = DELAY
    engine = Engine(rules)
    crawler: Any = SimpleNamespace(engine=engine, spider=SimpleNamespace(frontier=frontier))
    return SiteRobots(crawler), engine


def page(path: str) -> Request:
    return Request(SITE + path, meta={"lane": "site:portal"})


def test_what_waited_for_robots_goes_on_one_after_the_other() -> None:
    async def ask() -> list[float]:
        one, engine = robots()
        began = time.time()
        one._crawler.spider.frontier.lane("site:portal").turn(began)  # of the first page

        async def passed(path: str) -> float:
            await one.process_request(page(path))
            return time.time()

        times = sorted(await asyncio.gather(passed("/a"), passed("/b")))
        assert len(engine.asked) == 1
        return [began, *times]

    began, first, second = asyncio.run(ask())
    assert first - began >= DELAY / 2 and second - first >= DELAY / 2


def test_known_rules_delay_nothing_and_are_obeyed() -> None:
    async def ask() -> None:
        one, engine = robots(b"User-agent: *\nDisallow: /inner/")
        await one.process_request(page("/"))
        lane = one._crawler.spider.frontier.lane("site:portal")
        before = lane.rest_until
        await one.process_request(page("/a"))
        with pytest.raises(DisallowedByRobots):
            await one.process_request(page("/inner/b"))
        assert lane.rest_until == before and len(engine.asked) == 1

    asyncio.run(ask())
