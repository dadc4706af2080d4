"""What a walk left out, told with counts when it is over."""

from __future__ import annotations

from crawler.facts.model import NetworkFact
from crawler.facts.store import now
from crawler.facts.writer import Batch
from crawler.walk.book import AddressBook
from crawler.walk.rows import network_row, note_row
from crawler.walk.soft import SoftPages


def left_out(run: int, book: AddressBook, soft: SoftPages) -> Batch:
    """Rows for traps that were cut, hosts that are fine with any address, and addresses that were not asked."""
    batch: Batch = []
    for site, watch in book.traps.items():
        batch += [("note", note_row(run, site, "trap", why, count)) for why, count in watch.cut.items()]
    for host, url in soft.caught_all.items():
        if owner := book.hosts.place(url).site:
            fact = NetworkFact("host", host, "catch-all", "ok", {"probe": url}, now())
            batch.append(("network", network_row(run, owner, fact)))
    for (site, why), count in book.left_out.items():
        batch.append(("note", note_row(run, site, "ignored", why, count)))
    return batch
