"""The walk's requests, sent beside the queues of Scrapy's engine.

Engine, slots and scraper cost half a millisecond a request, more than reading most answers, and the walk uses nothing
of them: turns and room are the frontier's, answers give no items or further requests. So a request goes through
Scrapy's downloader middlewares and download handler alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

LAST_WORDS = 35.0  # seconds that a closing crawl waits for what is out


class Direct:
    """Sends requests; `seen` or `failed` is called with what came of each, then `ended`."""

    def __init__(
        self,
        crawler: Crawler,
        seen: Callable[[Response], None],
        failed: Callable[[Request, Exception], None],
        ended: Callable[[], None],
    ) -> None:
        self._crawler = crawler
        self._seen, self._failed, self._ended = seen, failed, ended
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, request: Request) -> None:
        """Have it asked now."""
        task = asyncio.ensure_future(self._ask(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Let what is out come back."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LAST_WORDS)
        for task in self._tasks:
            task.cancel()

    async def _ask(self, request: Request) -> None:
        engine: Any = self._crawler.engine
        fetch = engine.downloader.handlers.download_request_async
        try:
            response = await engine.downloader.middleware.download_async(fetch, request)
        except Exception as error:
            self._failed(request, error)
        else:
            response.request = request
            self._seen(response)
        self._ended()
