"""Facts as the rules see them: typed rows, never a judgement.

A rule gets a `RoundFacts` and walks its `SiteFacts`; nothing here fetches. Times are aware datetimes, dates are
calendar dates of the site (China Standard Time), lengths are characters unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from crawler.inventory import Column, Inventory, Site
from crawler.outcomes import Outcome, Reason


@dataclass(frozen=True, slots=True)
class Attempt:
    """One GET of an address: when, from which server address, with which result."""

    at: datetime
    reason: Reason
    status: int | None = None
    address: str | None = None  # IP
    milliseconds: int | None = None
    detail: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddressFact:
    """One address of the round and what became of it."""

    url: str
    outcome: Outcome
    reason: Reason
    status: int | None = None
    final_url: str | None = None
    content_type: str | None = None
    size: int | None = None  # bytes, as far as known
    depth: int = 0
    site: str | None = None  # id of the site whose host it is, None for others
    checked_at: datetime | None = None
    redirects: Sequence[str] = ()
    attempts: Sequence[Attempt] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """A page that holds a link, and how."""

    page: str
    text: str
    region: str  # page class: home, column, article, other
    column: str | None = None  # column id on that site
    hidden: bool = False
    raw: str = ""
    tag: str = "a"
    at: str = ""  # header, nav, content, side, footer


@dataclass(frozen=True, slots=True)
class BadLink:
    """A target that did not answer well, as seen from one site, with every page of that site that holds it."""

    target: AddressFact
    holders: Sequence[Holder]
    holder_count: int
    fault: str | None = None  # how the address is written wrong: missing-scheme, …


@dataclass(frozen=True, slots=True)
class ItemFact:
    """An item of a list page or home page. `published` is the article page's own date where it was read."""

    url: str
    title: str
    listed: date | None
    published: date | None = None
    article_read: bool = False  # the article page was read (then a missing date counts as no update)


@dataclass(frozen=True, slots=True)
class PageFact:
    """One page that was read."""

    url: str
    kind: str  # as read_page: home list article blank scripted-list challenge other
    region: str  # page class: home, column, article, other
    title: str | None
    headline: str | None = None
    column: str | None = None  # column id
    unit: str | None = None
    published: date | None = None
    published_from: str | None = None
    published_conflict: bool = False
    newest: date | None = None
    item_count: int = 0
    dated_count: int = 0
    text_length: int = 0
    encoding: str = ""
    doc_number: str | None = None
    source: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    identity: Mapping[str, str] = field(default_factory=dict)
    body_hash: str = ""
    depth: int = 0
    seen_at: datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnFact:
    """A column with what its list pages showed. `newest` prefers the articles' own dates over the list's."""

    column: Column
    url: str
    unit: str
    discovered: bool  # found by the crawler, not named in the inventory
    outcome: Outcome
    reason: Reason
    kind: str | None  # of its first list page; None when it was not read
    final_url: str | None
    newest: date | None
    newest_item: ItemFact | None
    item_count: int
    dated_count: int
    undated_articles: int  # listed articles that were read and say no date
    path: Sequence[str] = ()  # names from the home page to the column
    same_as: str | None = None  # id of the column whose list this one shows (redirect, jump or same final address)
    newest_of: str | None = None  # name of the sub-column that gave `newest`; None when it is the column's own


@dataclass(frozen=True, slots=True)
class NetworkFact:
    """One question to the network. `probe`: dns, ipv6, tls, twin, control; `key`: AAAA, NS, home, …"""

    probe: str
    host: str
    key: str
    outcome: str  # dns: ok nxdomain nodata servfail timeout; others: Outcome values
    data: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Sums of one site, each countable in the store."""

    pages: int = 0
    links_checked: int = 0
    blocked: int = 0
    unchecked: int = 0
    requests: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)  # blocked and unchecked by reason
    notes: Sequence[str] = ()  # traps cut, budget reached …, in Chinese


@dataclass(frozen=True, slots=True)
class Look:
    """One availability probe of a home page. `control_ok`: our own network worked in the same minute."""

    at: datetime
    outcome: str
    reason: str
    total_ms: int | None
    control_ok: bool = True
    place: str = ""


class SiteFacts(Protocol):
    """Everything seen of one site in one round."""

    @property
    def site(self) -> Site:
        """The site as the inventory has it."""
        ...

    @property
    def home(self) -> AddressFact | None:
        """The home page's address and outcome; None when it was never listed."""
        ...

    @property
    def home_page(self) -> PageFact | None:
        """The home page as read."""
        ...

    @property
    def home_items(self) -> Sequence[ItemFact]:
        """Its items in page order."""
        ...

    @property
    def columns(self) -> Sequence[ColumnFact]:
        """Columns of the inventory, or those found when it names none."""
        ...

    @property
    def network(self) -> Sequence[NetworkFact]:
        """What DNS, IPv6 and TLS said."""
        ...

    @property
    def coverage(self) -> Coverage:
        """Sums of the site."""
        ...

    def bad_links(self) -> Iterator[BadLink]:
        """Targets with outcome dead or suspect, intranet addresses and wrongly written ones, held by this site."""
        ...

    def pages(self) -> Iterator[PageFact]:
        """Every page read, one at a time (a site may have 200,000)."""
        ...


class RoundFacts(Protocol):
    """One round: the inventory as it was, the as-of, and the sites."""

    @property
    def round(self) -> str:
        """Name of the round."""
        ...

    @property
    def as_of(self) -> datetime:
        """The moment every window is counted back from."""
        ...

    @property
    def inventory(self) -> Inventory:
        """The inventory as it was when the round began."""
        ...

    @property
    def seed(self) -> int:
        """Seed of every sample of the round."""
        ...

    @property
    def staging(self) -> bool:
        """The home pages are on loopback: loopback counts as public."""
        ...

    @property
    def finished(self) -> bool:
        """The walk went through."""
        ...

    def sites(self) -> Iterator[SiteFacts]:
        """The sites in the order of the inventory."""
        ...
