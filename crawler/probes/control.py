"""Whether our own network is up: known addresses asked in the same minute as a failure (F18)."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from crawler.downloader import Fetcher, SeeingError
from crawler.probes.dns import LookupFailedError, Resolver

DEFAULT_CONTROLS = ("http://www.gov.cn/", "http://www.people.com.cn/", "http://www.xinhuanet.com/")
_TRUST_SECONDS = 20.0  # an answer this old still speaks of the same minute
_WAIT_SECONDS = 10.0


class Controls:
    """Control addresses. Any HTTP answer of any of them, whatever its status, shows that our network is up.

    Their names are looked up anew each time: name servers that went silent are our outage too.
    """

    def __init__(self, fetcher: Fetcher, urls: Sequence[str], *, allow_private: bool = False) -> None:
        self._fetcher = fetcher
        self._urls = list(urls)
        self._allow_private = allow_private
        self._known: dict[int, tuple[float, bool | None]] = {}
        self._asking: dict[int, asyncio.Future[bool | None]] = {}

    async def alive(self, family: int = socket.AF_UNSPEC) -> bool | None:
        """True or False as of the last seconds; None when no control address is set, or none has this family."""
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

    async def _ask(self, family: int) -> bool | None:
        answers = await asyncio.gather(*(self._one(url, family) for url in self._urls))
        told = [answer for answer in answers if answer is not None]
        alive = any(told) if told else None
        self._known[int(family)] = (time.monotonic(), alive)
        return alive

    async def _one(self, url: str, family: int) -> bool | None:
        try:
            await self._fetcher.resolver.addresses(urlsplit(url).hostname or "", family, fresh=True)
        except LookupFailedError as error:
            return None if error.outcome == "nodata" and family != socket.AF_UNSPEC else False
        try:
            await self._fetcher.fetch(
                url, family=family, allow_private=self._allow_private, read="link", seconds=_WAIT_SECONDS, keep=False
            )
        except SeeingError:
            return False
        return True


_controls: WeakKeyDictionary[Resolver, Controls] = WeakKeyDictionary()


def ipv6_control(fetcher: Fetcher) -> Callable[[], Awaitable[bool | None]]:
    """Tells whether a public site opens over IPv6 from here now, asked once for all sites of a resolver."""
    resolver = fetcher.resolver
    if resolver not in _controls:
        _controls[resolver] = Controls(Fetcher(resolver), DEFAULT_CONTROLS)
    return lambda: _controls[resolver].alive(socket.AF_INET6)
