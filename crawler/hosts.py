"""Whose host an address is on: a site of the inventory, one of its systems, or somebody else's."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from crawler.inventory import Inventory, Site
from crawler.pages import canonical

_INDEX = re.compile(r"(?:index|list|default|node)[^/]*$", re.IGNORECASE)


@lru_cache(maxsize=4096)  # an address on its way is asked about half a dozen times
def host_of(url: str) -> str:
    """Host with port as the address names it, lower case; empty when there is none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


LINK_JOBS = 16  # units of work that foreign hosts are spread over


def job_of(lane: str) -> str:
    """The unit of work of a pace group: a site is one job, a foreign host always falls to the same of a few."""
    return lane if lane.startswith("site:") else f"links:{zlib.crc32(lane.encode()) % LINK_JOBS}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address belongs. `lane` is the pace group: one site, or one foreign host; `job` who visits it."""

    site: str | None
    walked: bool
    lane: str
    job: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "job", job_of(self.lane))


class HostMap:
    """Looks up the place of a host; label by label, never by string ending."""

    def __init__(self, inventory: Inventory, sites: list[Site]) -> None:
        self._places: dict[str, Place] = {}
        chosen = {site.id for site in sites}
        for site in inventory.sites:
            walked = site.id in chosen
            port = urlsplit(site.url).port
            for name in (site.host, *site.aliases):
                self._add(name, port, Place(site.id, walked, f"site:{site.id}"))
            for name in site.own_hosts:
                self._add(name, port, Place(site.id if site.walk else None, walked and site.walk, f"site:{site.id}"))
            self._add_column_hosts(site, walked)

    def _add(self, name: str, port: int | None, place: Place) -> None:
        name = name.strip().lower().rstrip("/")
        self._places.setdefault(name, place)
        if port and ":" not in name:
            self._places.setdefault(f"{name}:{port}", place)

    def _add_column_hosts(self, site: Site, walked: bool) -> None:
        """A column on another host is still a column of the site: its list is read, the rest of that host is not."""
        for column in site.columns:
            host = host_of(canonical(site.column_url(column)))
            if host:
                self._places.setdefault(host, Place(None, False, f"host:{host}"))

    def place(self, url: str) -> Place:
        """Place of an absolute address."""
        host = host_of(url)
        found = self._places.get(host)
        if found is None:
            found = self._places[host] = Place(None, False, f"host:{host}")
        return found


class SitePlan:
    """What the walk needs to know of one site, worked out once."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.home = canonical(site.url)
        self.ignore = [re.compile(pattern) for pattern in site.ignore]
        self.columns = {canonical(site.column_url(column)): column.id for column in site.columns}
        self.found: dict[str, str] = {}  # columns seen on the site that the inventory does not name

    @cached_property
    def _prefixes(self) -> list[tuple[str, str]]:
        pairs = [(prefix_of(url), column) for url, column in self.columns.items()]
        home = prefix_of(self.home)
        return sorted(((p, c) for p, c in pairs if p != home), key=lambda pair: -len(pair[0]))

    def learn(self, url: str, column: str) -> None:
        """Add a column that was found on the site."""
        self.columns.setdefault(url, column)
        self.__dict__.pop("_prefixes", None)

    def column_of(self, url: str) -> str | None:
        """Id of the column with the longest address prefix (contract 2)."""
        return next((column for prefix, column in self._prefixes if url.startswith(prefix)), None)

    def ignored(self, url: str) -> bool:
        """True when the inventory says not to visit this path."""
        path = urlsplit(url).path
        return any(pattern.search(path) for pattern in self.ignore)


def prefix_of(url: str) -> str:
    """The folder that a column's list page stands for.

    `/tzgg/`, `/tzgg/index.html` and `/tzgg.htm` (whose pages are `/tzgg/2.htm`) give `/tzgg/`; a query stays whole.
    """
    parts = urlsplit(url)
    if parts.query:
        return url
    folder, _, last = parts.path.rpartition("/")
    if last and not _INDEX.match(last):
        folder = f"{folder}/{last.rpartition('.')[0] or last}"
    return f"{parts.scheme}://{parts.netloc}{folder}/"
