"""Whether our own network is up: known addresses asked in the same minute as a failure (F18)."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Sequence

from crawler.downloader import Fetcher, SeeingError

_TRUST_SECONDS = 20.0  # an answer this old still speaks of the same minute
_WAIT_SECONDS = 10.0


class Controls:
    """Control addresses. Any HTTP answer of any of them, whatever its status, shows that our network is up."""

    def __init__(self, fetcher: Fetcher, urls: Sequence[str], *, allow_private: bool = False) -> None:
        self._fetcher = fetcher
        self._urls = list(urls)
        self._allow_private = allow_private
        self._known: dict[int, tuple[float, bool]] = {}
        self._asking: dict[int, asyncio.Future[bool]] = {}

    async def alive(self, family: int = socket.AF_UNSPEC) -> bool | None:
        """True or False as of the last seconds; None when no control address is set."""
        if not self._urls:
            return None
        known = self._known.get(int(family))
        if known is not None and time.monotonic() - known[0] < _TRUST_SECONDS:
            return known[1]
        asking = self._asking.get(int(family))
        if asking is None:
            asking = self._asking[int(family)] = asyncio.ensure_future(self._ask(family))
            asking.add_done_callback(lambda _: self._asking.pop(int(family), None))
        return await asyncio.shield(asking)

    async def _ask(self, family: int) -> bool:
        answers = await asyncio.gather(*(self._one(url, family) for url in self._urls))
        self._known[int(family)] = (time.monotonic(), any(answers))
        return any(answers)

    async def _one(self, url: str, family: int) -> bool:
        try:
            await self._fetcher.fetch(
                url, family=family, allow_private=self._allow_private, read="link", seconds=_WAIT_SECONDS, keep=False
            )
        except SeeingError:
            return False
        return True
