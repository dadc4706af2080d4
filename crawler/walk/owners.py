"""Who answered behind foreign links: the titles that were seen anyway, kept so that a later round can tell a new owner.

No request is made for it. Bounded: so many hosts a walk, so many addresses a host; domain notes 7.9.

probe | host         | key               | outcome    | data
------|--------------|-------------------|------------|------------------------------------------------------------
owner | foreign host | key of an address | ok         | url, title, page: that led to it first, site: of that page
owner | foreign host | NS                | DnsOutcome | zone: the registrable domain, records: its name servers

The rows stand under the site `EVERYBODY`: a host that many sites link to is asked and kept once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

from crawler.facts.keys import key_of
from crawler.facts.model import NetworkFact
from crawler.facts.owners import EVERYBODY, PROBE
from crawler.facts.writer import Batch
from crawler.frontier import Entry
from crawler.pages.encoding import decode
from crawler.probes.names import literal_address
from crawler.seeing.visible import title_of
from crawler.walk.answer import Answer
from crawler.walk.rows import clean, network_row

MAX_HOSTS = 2000  # of one walk: at most as many questions for name servers
MAX_TITLES = 5  # addresses of one host besides its home page
_HEAD = 20_000  # bytes in which a title stands


class Owners:
    """Collects the titles of good foreign answers. `met(host)` is told each host once."""

    def __init__(self, run: int, met: Callable[[str], None], most: int = MAX_HOSTS) -> None:
        self._run = run
        self._met = met
        self._most = most
        self._hosts: Counter[str] = Counter()
        self.left_out: set[str] = set()

    def see(self, batch: Batch, entry: Entry, answer: Answer, site: str | None) -> None:
        """Keep the title of a page on somebody else's host; `site`: the one whose page led to it."""
        parts = urlsplit(entry.url)
        host = (parts.hostname or "").rstrip(".")
        if site is None or answer.status != 200 or not host or _government(host) or literal_address(host):
            return
        known = host in self._hosts
        if not known and len(self._hosts) >= self._most:
            if len(self.left_out) < self._most:
                self.left_out.add(host)
            return
        title = clean(title_of(decode(answer.body[:_HEAD], answer.headers.get("content-type"))[1]), 200)
        home = parts.path in ("", "/") and not parts.query
        if not title or (self._hosts[host] >= MAX_TITLES and not home):
            return
        self._hosts[host] += 1
        data = {"url": entry.url, "title": title, "page": entry.parent, "site": site}
        fact = NetworkFact(PROBE, host, str(key_of(entry.url)), "ok", data, answer.at)
        batch.append(("network", network_row(self._run, EVERYBODY, fact)))
        if not known:
            self._met(host)


def _government(host: str) -> bool:
    """Names under gov.cn are registered to organs of state alone: they are never told, so they are not asked."""
    return host.split(".")[-2:] == ["gov", "cn"]
