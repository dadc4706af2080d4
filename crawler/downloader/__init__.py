"""Fetching: one client for the walk, the link checks and the probes.

`SeeingHandler` is loaded on first use, so that probes need no Scrapy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.downloader.errors import SeeingError
from crawler.downloader.fetch import Fetched, Fetcher

if TYPE_CHECKING:
    from crawler.downloader.handler import SeeingHandler

__all__ = ["Fetched", "Fetcher", "SeeingError", "SeeingHandler"]


def __getattr__(name: str) -> Any:
    if name == "SeeingHandler":
        from crawler.downloader.handler import SeeingHandler

        return SeeingHandler
    raise AttributeError(name)
