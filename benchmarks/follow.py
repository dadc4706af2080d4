"""A bare Scrapy spider that only follows links, as a yardstick: no facts, no checks, no documents.

scrapy runspider benchmarks/follow.py -a seeds=FILE -a dead=FILE

As fast as settings and spider code make it, on Scrapy's own engine and downloader: what it does not need is switched
off, a page is parsed once, and an address seen before costs a look into a set, not a Request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import scrapy
from lxml import etree
from scrapy.http import Response

ADDRESSES = etree.XPath("//*/@href | //*/@src", smart_strings=False)
MIDDLEWARES = {  # of Scrapy's own in their order: the only ones of use to a checker of links
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
}


class FollowSpider(scrapy.Spider):
    """Visits every address of the seeds' hosts once and writes down which did not answer well."""

    name = "follow"
    custom_settings = {  # noqa: RUF012 - as Scrapy declares it
        "AUTOTHROTTLE_ENABLED": False, "DOWNLOAD_DELAY": 0, "DOWNLOAD_TIMEOUT": 20, "CONCURRENT_REQUESTS": 64,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 64,  # it keeps so many open; with 8 half of them serve once
        "CONCURRENT_ITEMS": 1,  # a hundred tasks a response otherwise; there are no pipelines that wait
        "DOWNLOADER_MIDDLEWARES_BASE": MIDDLEWARES, "SPIDER_MIDDLEWARES_BASE": {}, "EXTENSIONS_BASE": {},
        "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "LOG_LEVEL": "ERROR",
    }  # fmt: skip

    def __init__(self, seeds: str, dead: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._seeds = Path(seeds).read_text(encoding="utf-8").split()
        self._dead = Path(dead)
        self._hosts = {urlsplit(seed).netloc for seed in self._seeds}
        self._parser = etree.HTMLParser()
        self._seen: set[str] = set()
        self._memo: defaultdict[str, set[str]] = defaultdict(set)  # as written; by host, relative ones by folder
        self._bad: list[str] = []

    async def start(self) -> Any:
        """The home pages."""
        for seed in self._seeds:
            self._seen.add(seed)
            yield self._request(seed)

    def _request(self, url: str) -> scrapy.Request:
        return scrapy.Request(url, self.parse, errback=self.failed, dont_filter=True, cb_kwargs={"asked": url})

    def parse(self, response: Response, asked: str) -> Iterator[scrapy.Request]:
        """Every address of the page that was not seen before."""
        if not 200 <= response.status < 300:
            self._bad.append(asked)
            return
        if b"html" not in (response.headers.get("Content-Type") or b"") or not response.body:
            return
        host = urlsplit(response.url).netloc
        if host not in self._hosts:
            return
        tree = etree.fromstring(response.body, self._parser)
        of_host, of_folder = self._memo[host], self._memo[response.url.partition("?")[0].rpartition("/")[0]]
        for raw in ADDRESSES(tree) if tree is not None else ():
            memo = of_host if raw.startswith(("/", "http")) else of_folder
            if raw in memo:
                continue
            if not raw.startswith("?"):  # that one is another address on every page
                memo.add(raw)
            url = urldefrag(urljoin(response.url, raw.strip()))[0]
            if url not in self._seen and url.startswith("http"):
                self._seen.add(url)
                yield self._request(url)

    def failed(self, failure: Any) -> None:
        """No answer at all."""
        self._bad.append(failure.request.cb_kwargs["asked"])

    def closed(self, reason: str) -> None:
        """Write what was found."""
        self._dead.write_text("\n".join(self._bad), encoding="utf-8")
