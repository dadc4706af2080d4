"""What a check may know beside the facts: the monitoring time, the profile, and what was worked out once for all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from ipaddress import ip_address
from typing import Any, Protocol, runtime_checkable

from crawler.facts import (
    AddressFact,
    BadLink,
    MediaFact,
    NetworkFact,
    PageFact,
    Readable,
    Reading,
    ReadsMedia,
    RoundFacts,
    SiteFacts,
)
from crawler.inventory import Column, Inventory, Unit
from rules.columns import ColumnState, column_states
from rules.profile import Profile
from rules.subjects import host_of
from rules.windows import beijing_day

_READINGS = 64


@runtime_checkable
class AddressBook(Protocol):
    """Facts that can tell what became of one address."""

    def address(self, url: str) -> AddressFact | None:
        """The address as this round saw it, None when no page held it."""
        ...


def _never(_site: str, _category: str, _url: str) -> bool:
    return False


@dataclass
class Context:
    """Shared by all checks of one judgement. `discounted(site, category, url)`: exempted or dismissed by a person."""

    facts: RoundFacts
    profile: Profile
    discounted: Callable[[str, str, str], bool] = _never
    _columns: dict[str, Sequence[ColumnState]] = field(default_factory=dict)
    _links: dict[str, Sequence[BadLink]] = field(default_factory=dict)
    _readings: dict[str, Reading | None] = field(default_factory=dict)
    _draws: dict[str, Draw] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day of the monitoring time in Beijing."""
        return beijing_day(self.facts.as_of)

    @property
    def inventory(self) -> Inventory:
        """The inventory as it was when the round was walked."""
        return self.facts.inventory

    def columns(self, site: SiteFacts) -> Sequence[ColumnState]:
        """Every column of the site with its state, worked out once."""
        if site.site.id not in self._columns:
            self._columns = {site.site.id: column_states(site, self.profile, self.today)}
        return self._columns[site.site.id]

    def bad_links(self, site: SiteFacts) -> Sequence[BadLink]:
        """The site's bad links, read from the store once."""
        if site.site.id not in self._links:
            self._links = {site.site.id: sorted(site.bad_links(), key=lambda link: link.target.url)}
        return self._links[site.site.id]

    def reading(self, site: SiteFacts, url: str) -> Reading | None:
        """What a page said, None when it was not kept. The newest few are held: several checks ask for the same."""
        key = f"{site.site.id} {url}"
        if key not in self._readings:
            if len(self._readings) >= _READINGS:
                del self._readings[next(iter(self._readings))]
            self._readings[key] = site.reading(url) if isinstance(site, Readable) else None
        return self._readings[key]

    def address(self, url: str) -> AddressFact | None:
        """What became of one address in this round; None when no page held it or the facts cannot tell."""
        return self.facts.address(url) if isinstance(self.facts, AddressBook) else None

    def media(self, url: str) -> MediaFact | None:
        """What an address told of an account's posts; None when it did not answer well or the facts cannot tell."""
        return self.facts.media(url) if isinstance(self.facts, ReadsMedia) else None

    def content_type(self, url: str) -> str | None:
        """The Content-Type header with which an address answered."""
        found = self.address(url)
        return found.content_type if found is not None else None

    def unit_of_column(self, site: SiteFacts, column_id: str | None) -> str:
        """Id of the unit that answers for a column; the site's own unit for none or an unknown one."""
        for fact in site.columns:
            if fact.column.id == column_id:
                return fact.unit
        return site.site.unit

    def column(self, site: SiteFacts, column_id: str | None) -> Column | None:
        """The column of that id, None when there is none."""
        return next((fact.column for fact in site.columns if fact.column.id == column_id), None)

    def unit(self, unit_id: str) -> Unit | None:
        """The unit of that id, None when the inventory has none."""
        return next((unit for unit in self.inventory.units if unit.id == unit_id), None)

    def network(self, site: SiteFacts, probe: str, key: str, host: str | None = None) -> NetworkFact | None:
        """The newest answer to one question to the network; `host` defaults to that of the home page."""
        wanted = host or site.site.host
        found = [f for f in site.network if (f.probe, f.key, f.host.lower().rstrip(".")) == (probe, key, wanted)]
        return max(found, key=lambda fact: (fact.at is not None, fact.at), default=None)

    def draw(self, key: str, size: int, *, named: bool = False) -> Draw:
        """An empty seeded draw; `key` names what is drawn, so that two indicators do not draw the same pages.

        `named`: the titles are recorded as well, for a person who has to repeat the test.
        """
        self._draws[key] = Draw(f"{self.facts.seed}:{key}", size, named=named)
        return self._draws[key]

    def drawn(self, site: str) -> Iterator[dict[str, Any]]:
        """The samples of one site's indicators, so that they can be drawn again: what, how many of how many, which."""
        for key, draw in sorted(self._draws.items()):
            rule, _, rest = key.partition(":")
            of, _, kind = rest.partition(":")
            if of == site and rule[:1].isupper():
                pages = [page.url for page in draw.pages()]
                row = {"rule": rule, "site": of, "kind": kind, "size": draw.size, "of": draw.population, "pages": pages}
                titles = [page.headline or page.title for page in draw.pages()]
                yield row | ({"titles": titles} if draw.named else {})
        self._draws.clear()


class Draw:
    """A seeded sample of `size` pages that neither keeps all pages nor depends on their order.

    The pages with the smallest keyed hash are drawn: the same seed draws the same ones, whoever repeats it.
    """

    def __init__(self, key: str, size: int, *, named: bool = False) -> None:
        self.named = named
        self._key = hashlib.sha256(key.encode()).digest()
        self.size = size
        self._kept: dict[bytes, PageFact] = {}
        self._limit = b"\xff" * 8
        self.population = 0

    def add(self, page: PageFact) -> None:
        """Take one page into the population."""
        self.population += 1
        rank = hashlib.blake2b(page.url.encode("utf-8", "surrogateescape"), digest_size=8, key=self._key).digest()
        if rank <= self._limit:
            self._kept[rank] = page
            if len(self._kept) > self.size:
                del self._kept[max(self._kept)]
                self._limit = max(self._kept)

    def pages(self) -> list[PageFact]:
        """The drawn pages in order of address."""
        return sorted(self._kept.values(), key=lambda page: page.url)


def is_address(host: str) -> bool:
    """True for an IP address written as a host."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def public_host(url: str) -> str | None:
    """Host of an address when a domain rule may judge it; None for loopback, private addresses and `localhost`."""
    host = host_of(url)
    if not host or host == "localhost" or host.endswith(".localhost"):
        return None
    try:
        return host if ip_address(host).is_global else None
    except ValueError:
        return host
