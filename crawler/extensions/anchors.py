"""DNSSEC_ANCHORS: validates from keys of the user's own instead of those of the root zone of IANA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.exceptions import NotConfigured

from crawler.probes.dnssec import parse_anchors

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class TrustAnchors:
    """Hands the anchors to the round's resolver before the first probe. A faulty setting has been refused by then."""

    def __init__(self, text: str) -> None:
        self._anchors = parse_anchors(text)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TrustAnchors:
        """Scrapy's door; nothing to do without the setting."""
        text = str(crawler.settings.get("DNSSEC_ANCHORS") or "")
        if not text.strip():
            raise NotConfigured
        extension = cls(text)
        crawler.signals.connect(extension.opened, scrapy.signals.spider_opened)
        return extension

    def opened(self, spider: Any) -> None:
        """The spider has its resolver; no probe has begun."""
        resolver = getattr(spider, "resolver", None)
        if resolver is not None:
            resolver.anchors = self._anchors
