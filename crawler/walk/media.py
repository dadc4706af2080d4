"""Accounts of 政务新媒体: their public list pages and feeds are asked like any address of the round.

Pace, robots.txt, second looks and what is left after an interruption are those of every address; only the reading is
its own, and bounded in size. The facts are described in crawler.facts.media.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from crawler.facts.keys import key_of
from crawler.facts.media import PROBE, places_of
from crawler.facts.model import NetworkFact
from crawler.facts.owners import EVERYBODY
from crawler.facts.writer import Batch
from crawler.frontier import Entry, Role
from crawler.hosts import host_of
from crawler.inventory import Inventory
from crawler.pages import Page, canonical, read_page
from crawler.pages.feeds import read_feed
from crawler.walk.answer import Answer
from crawler.walk.book import AddressBook
from crawler.walk.rows import clean, network_row

MEDIA_BYTES = 2 << 20  # of one feed or list page: some thousands of entries
_CHINA = ZoneInfo("Asia/Shanghai")
_UNREAD = ("challenge", "scripted-list")


def media_addresses(inventory: Inventory) -> frozenset[str]:
    """Canonical addresses that show posts of accounts of the register."""
    return frozenset(canonical(url) for account in inventory.media_accounts for url in places_of(account))


class MediaPlaces:
    """Queues the addresses at the beginning of a walk and reads what they answer."""

    def __init__(self, book: AddressBook, as_of: datetime) -> None:
        self._book = book
        self._as_of = as_of

    def begin(self) -> Batch:
        """Rows of the addresses; the walk of the first site tells those of foreign hosts to whoever visits them."""
        batch: Batch = []
        first = next(iter(self._book.plans), None)
        for url in sorted(self._book.media):
            place = self._book.hosts.place(url)
            if self._book.owns(place.job) or (first is not None and self._book.owns(f"site:{first}")):
                self._book.add(batch, url, Role.PAGE, depth=1, parent=None)
        return batch

    def rows(self, entry: Entry, answer: Answer, page: Page | None) -> Iterator[tuple[str, dict[str, object]]]:
        """The fact of a good answer, when its address is one of these."""
        if entry.url not in self._book.media:
            return
        outcome, data = look(answer, entry.target, page, self._as_of)
        fact = NetworkFact(
            PROBE, host_of(entry.url), str(key_of(entry.url)), outcome, {"url": entry.url, **data}, answer.at
        )
        yield "network", network_row(self._book.run, EVERYBODY, fact)


def look(answer: Answer, url: str, page: Page | None, as_of: datetime) -> tuple[str, dict[str, object]]:
    """(outcome, data) of an answer: the newest post that a feed or a list page dates; unchecked where none is dated."""
    if answer.truncated or answer.dataloss:
        return "unchecked", {"form": "page", "reason": "truncated"}
    today = as_of.astimezone(_CHINA).date()
    content_type = answer.headers.get("content-type")
    feed = read_feed(answer.body, content_type, today)
    if feed is not None:
        newest, title = feed.newest, feed.newest_title
        data: dict[str, object] = {"form": feed.form, "entries": feed.entries, "dated": feed.dated}
    elif "html" not in answer.content_type and b"<html" not in answer.body[:2000].lower():
        return "unchecked", {"form": "page", "reason": "not-a-feed"}
    else:
        page = page or read_page(answer.body, url, content_type, as_of)
        if page.kind in _UNREAD:
            return "unchecked", {"form": "page", "reason": page.kind}
        days = [(item.date, item.title) for item in page.items if item.date is not None and item.date <= today]
        newest, title = max(days, default=(None, ""))
        data = {"form": "page", "entries": len(page.items), "dated": len(days)}
    if newest is None:
        return "unchecked", data | {"reason": "no-dates"}
    return "ok", data | {"newest": newest.isoformat(), "title": clean(title, 200)}
