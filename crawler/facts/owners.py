"""Who was behind foreign links in this round and in the newest earlier one that kept it (domain notes 7.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crawler.facts import schema

PROBE, NAME_SERVERS = "owner", "NS"
EVERYBODY = "*"
"""Stands as site of what is no single site's."""


@dataclass(frozen=True, slots=True)
class SeenTitle:
    """A page behind a foreign link: its address, title, and the page of which site led to it first."""

    url: str
    title: str
    page: str
    site: str


@dataclass(frozen=True, slots=True)
class OwnerFact:
    """One foreign host. `servers`: name servers of its registrable domain, () when they are not known; `pages` by
    address without scheme."""

    host: str
    servers: tuple[str, ...] = ()
    pages: Mapping[str, SeenTitle] = field(default_factory=dict)


@runtime_checkable
class KnowsOwners(Protocol):
    """Site facts that tell who was behind foreign links, in two rounds."""

    def owners(self) -> Sequence[tuple[OwnerFact, OwnerFact]]:
        """(earlier, now) of each foreign host that a page of this site led to and that both rounds know."""
        ...


def same_address(url: str) -> str:
    """The address as both rounds know it: a move to https is no other address."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"


def owners_of(db: Connection, run: int) -> dict[str, OwnerFact]:
    """The foreign hosts of a run, by name."""
    table = schema.network
    query = sa.select(table).where(table.c.run == run, table.c.site == EVERYBODY, table.c.probe == PROBE)
    servers: dict[str, tuple[str, ...]] = {}
    pages: dict[str, dict[str, SeenTitle]] = {}
    for row in db.execute(query.order_by(table.c.host, table.c.key, table.c.at)):
        data: Mapping[str, Any] = row.data or {}
        if row.key == NAME_SERVERS:
            if row.outcome == "ok":
                servers[row.host] = tuple(sorted(data.get("records", ())))
            continue
        seen = SeenTitle(data["url"], data["title"], data["page"] or "", data["site"])
        pages.setdefault(row.host, {})[same_address(seen.url)] = seen
    return {host: OwnerFact(host, servers.get(host, ()), found) for host, found in pages.items()}


def earlier_run(db: Connection, run: int) -> int | None:
    """The newest run of an earlier round that kept owners; None when there is none."""
    table, kept = schema.run, schema.network
    name, as_of = db.execute(sa.select(table.c.round, table.c.as_of).where(table.c.id == run)).one()
    has = sa.exists().where(kept.c.run == table.c.id, kept.c.site == EVERYBODY, kept.c.probe == PROBE)
    others = sa.select(table.c.id, table.c.as_of).where(
        table.c.round != name, table.c.state.in_(("walked", "thinned")), has
    )
    found = [(datetime.fromisoformat(row.as_of), row.id) for row in db.execute(others)]
    return max(((at, number) for at, number in found if at < datetime.fromisoformat(as_of)), default=(None, None))[1]


def owner_pairs(db: Connection, run: int) -> dict[str, list[tuple[OwnerFact, OwnerFact]]]:
    """(earlier, now) of the hosts that both rounds know by an address in common, by the site that led to it."""
    earlier = earlier_run(db, run)
    if earlier is None:
        return {}
    before, now = owners_of(db, earlier), owners_of(db, run)
    pairs: dict[str, list[tuple[OwnerFact, OwnerFact]]] = {}
    for host in sorted(now.keys() & before.keys()):
        shared = sorted(now[host].pages.keys() & before[host].pages.keys())
        if shared:
            pairs.setdefault(now[host].pages[shared[0]].site, []).append((before[host], now[host]))
    return pairs
