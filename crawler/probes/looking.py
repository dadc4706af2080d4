"""What the parts of one look at a site share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from crawler.downloader import Fetcher
from crawler.facts.model import NetworkFact
from crawler.inventory import Site
from crawler.probes.dns import Resolver
from crawler.probes.home import HomeSeen, Reader, open_home
from crawler.probes.twins import twin_urls

Control = Callable[[], Awaitable[bool | None]]


@dataclass(slots=True)
class Looking:
    """One look at one site: the means, the wishes, and the facts so far. `main` is its home page opened as usual."""

    site: Site
    resolver: Resolver
    fetcher: Fetcher
    staging: bool
    headers: dict[str, str] | None
    tries: int
    gap: float
    control: Control | None
    sample: int
    seed: int
    main: asyncio.Future[HomeSeen] = field(init=False)
    facts: list[NetworkFact] = field(default_factory=list)
    reader: Reader = field(default_factory=Reader)

    def say(self, probe: str, host: str, key: str, outcome: str, data: dict[str, Any]) -> None:
        """Write down one fact, as of now."""
        self.facts.append(NetworkFact(probe, host, key, str(outcome), data, datetime.now(UTC)))

    async def open(
        self, url: str, family: int = 0, headers: dict[str, str] | None = None, *, read: bool = True
    ) -> HomeSeen:
        """Open an address and read the page unless told not to.

        Hosts of the inventory's own may be inside: an office may see its sites at inner addresses.
        """
        own = {self.site.host, *twin_urls(self.site)}
        return await open_home(
            self.fetcher,
            url,
            family=family,
            allow_private=lambda host: host.lower() in own or ("loopback" if self.staging else False),
            headers=headers or self.headers,
            reader=self.reader if read else None,
        )
