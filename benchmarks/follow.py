"""A bare Scrapy spider that only follows links, as a yardstick: no facts, no checks, no documents.

scrapy runspider benchmarks/follow.py -a seeds=FILE -a dead=FILE
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import scrapy
from lxml import etree
from scrapy.http import Response

ADDRESSES = etree.XPath("//@href | //@src")


class FollowSpider(scrapy.Spider):
    """Visits every address of the seeds' hosts once and writes down which did not answer well."""

    name = "follow"
    custom_settings = {  # noqa: RUF012 - as Scrapy declares it
        "ROBOTSTXT_OBEY": False, "LOG_LEVEL": "ERROR", "CONCURRENT_ITEMS": 1, "CONCURRENT_REQUESTS": 64,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "COOKIES_ENABLED": False, "RETRY_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "HTTPERROR_ALLOW_ALL": True,
        "DOWNLOAD_TIMEOUT": 20,
    }  # fmt: skip

    def __init__(self, seeds: str, dead: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._seeds = Path(seeds).read_text(encoding="utf-8").split()
        self._dead = Path(dead)
        self._hosts = {urlsplit(seed).netloc for seed in self._seeds}
        self._seen: set[str] = set()
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
        if urlsplit(response.url).netloc not in self._hosts:
            return
        tree = etree.fromstring(response.body, etree.HTMLParser())
        for raw in set(ADDRESSES(tree)) if tree is not None else ():
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
