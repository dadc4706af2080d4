"""What was asked for each site: sums over its own addresses and over the foreign ones that its pages led to first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crawler.facts import schema
from crawler.facts.model import Coverage

Kind = tuple[str | None, str | None]  # outcome and reason


class Asked:
    """How many addresses ended how, and with how many requests."""

    def __init__(self) -> None:
        self.counts: Counter[Kind] = Counter()
        self.requests = 0

    def add(self, outcome: str | None, reason: str | None, count: int, requests: int | None) -> None:
        """Take in some addresses of one outcome and reason."""
        self.counts[outcome, reason] += count
        self.requests += requests or 0

    def take(self, other: Asked) -> None:
        """Take in another sum."""
        self.counts.update(other.counts)
        self.requests += other.requests


class Foreign:
    """The addresses on hosts of no site, summed by the page that led to each first. Read once for all sites: they
    stand in no order of sites, and a pass over them for each site would cost the square of a city.
    """

    def __init__(self, db: Connection, run: int) -> None:
        address, page = schema.address, schema.page
        read = (
            sa.select(page.c.site, address.c.url)
            .join_from(address, page, (page.c.run == address.c.run) & (page.c.id == address.c.id))
            .where(address.c.run == run, address.c.site.is_(None))
        )
        self._pages: dict[str, list[str]] = defaultdict(list)  # of a site's columns on hosts of no site
        self._by_page: dict[str, Asked] = {}
        for site, url in db.execute(read):
            self._pages[site].append(url)
            self._by_page[url] = Asked()
        self._by_start: dict[str, Asked] = defaultdict(Asked)
        query = sa.select(address.c.parent, address.c.outcome, address.c.reason, address.c.requests).where(
            address.c.run == run, address.c.site.is_(None), address.c.parent.is_not(None)
        )
        for parent, outcome, reason, requests in db.execute(query, execution_options={"yield_per": 2000}):
            sums = [self._by_start[start_of(parent)]]
            sums += [self._by_page[parent]] if parent in self._by_page else []
            for one in sums:
                one.add(outcome, reason, 1, requests)

    def led_by(self, site: str, starts: Collection[str]) -> Iterable[Asked]:
        """What the pages of a site led to: those on its hosts, given as scheme://host, and those of its columns."""
        yield from (self._by_start[start] for start in starts if start in self._by_start)
        yield from (self._by_page[url] for url in self._pages.get(site, ()) if start_of(url) not in starts)


def start_of(url: str) -> str:
    """Scheme and host of an address, as it writes them."""
    return url[: url.find("/", url.find("://") + 3)]


def coverage(
    db: Connection, run: int, site: str, foreign: Foreign, starts: Collection[str], notes: Sequence[str]
) -> Coverage:
    """Sums over the addresses of a site's hosts and over the foreign ones that only it led to."""
    table, page = schema.address, schema.page
    asked = Asked()
    own = (
        sa.select(table.c.outcome, table.c.reason, sa.func.count(), sa.func.sum(table.c.requests))
        .where(table.c.run == run, table.c.site == site)
        .group_by(table.c.outcome, table.c.reason)
    )
    for outcome, reason, count, requests in db.execute(own):
        asked.add(outcome, reason, count, requests)
    for one in foreign.led_by(site, starts):
        asked.take(one)
    by_outcome: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for (outcome, reason), count in asked.counts.items():
        by_outcome[outcome or "unchecked"] += count
        if outcome in ("blocked", "unchecked", None):
            reasons[reason or "not-reached"] += count
    pages = db.execute(sa.select(sa.func.count()).where(page.c.run == run, page.c.site == site)).scalar_one()
    return Coverage(
        pages=pages,
        links_checked=by_outcome["ok"] + by_outcome["dead"] + by_outcome["suspect"],
        blocked=by_outcome["blocked"],
        unchecked=by_outcome["unchecked"],
        requests=asked.requests,
        reasons=dict(sorted(reasons.items())),
        notes=list(notes),
    )
