"""Name servers that withhold AAAA records, as many routers without IPv6 do: their “no data” would accuse every site."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from crawler.probes.question import Reply
from crawler.probes.servers import Server

DETAIL = "域名服务器不返回AAAA记录"
_WITH_IPV6 = ("a.root-servers.net", "a.dns.cn")  # have had AAAA records for many years
Ask = Callable[[Server, str, str], Awaitable[Reply]]
"""Asks one server for a name and a type."""


class Withheld:
    """Finds out once for each server whether it has no AAAA even for names that certainly have one.

    A server that does not know those names (one of its own zones only) is believed.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._known: dict[Server, asyncio.Future[bool]] = {}

    async def by(self, server: Server) -> bool:
        """Does the server withhold AAAA records?"""
        asking = self._known.get(server)
        if asking is None:
            asking = self._known[server] = asyncio.ensure_future(self._look(server))
        return await asyncio.shield(asking)

    async def _look(self, server: Server) -> bool:
        outcomes = set()
        for name in _WITH_IPV6:
            outcomes.add((await self._ask(server, name, "AAAA")).outcome)
            if "ok" in outcomes:
                return False
        return "nodata" in outcomes
