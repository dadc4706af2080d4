"""Where accounts of 政务新媒体 show their posts, as a round saw it: a public list page or a feed (M2.1).

probe | host          | key               | outcome       | data
------|---------------|-------------------|---------------|----------------------------------------------------------
media | of the address| key of an address | ok, unchecked | url, form (page rss atom json), newest, entries, dated,
      |               |                   |               | title: of the newest; reason: why it is unchecked

The rows stand under the site `EVERYBODY`: an address may be of any host. What did not answer has no row here, its
address says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crawler.facts import schema
from crawler.facts.items import day_of
from crawler.facts.owners import EVERYBODY
from crawler.inventory import MediaAccount

PROBE = "media"


@dataclass(frozen=True, slots=True)
class MediaFact:
    """What one address told of an account's posts. `newest`: day of the newest dated one; `reason` when unchecked."""

    url: str
    form: str  # page, rss, atom, json
    newest: date | None = None
    entries: int = 0
    dated: int = 0
    title: str = ""
    reason: str = ""
    at: datetime | None = None


@runtime_checkable
class ReadsMedia(Protocol):
    """Facts that know where accounts show their posts."""

    def media(self, url: str) -> MediaFact | None:
        """What the address told in this round; None when it was not asked or did not answer well."""
        ...


def places_of(account: MediaAccount) -> tuple[str, ...]:
    """Addresses that show an account's posts, feed first; none of accounts that need not post."""
    if account.state != "正常" or account.service:
        return ()
    return tuple(url for url in (account.feed, account.page) if url)


def media_facts(db: Connection, run: int) -> dict[int, MediaFact]:
    """The rows of a run by the key of their address, the newest where one was asked twice."""
    table = schema.network
    mine = (table.c.run == run, table.c.site == EVERYBODY, table.c.probe == PROBE)
    found = {}
    for row in db.execute(sa.select(table).where(*mine).order_by(table.c.at)):
        data = row.data or {}
        found[int(row.key)] = MediaFact(
            data["url"], data["form"], day_of(data.get("newest")), data.get("entries", 0), data.get("dated", 0),
            data.get("title") or "", data.get("reason", ""), datetime.fromisoformat(row.at) if row.at else None,
        )  # fmt: skip
    return found
