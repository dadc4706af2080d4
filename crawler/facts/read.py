"""Facts of a stored run as the rules see them. Read site by site: a site may have 200,000 pages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from crawler.facts import schema
from crawler.facts.asking import are, holders
from crawler.facts.bodies import KeptBodies
from crawler.facts.columns import StoredColumns
from crawler.facts.coverage import Foreign, coverage
from crawler.facts.hidden import hidden_links
from crawler.facts.items import day_of, distinct
from crawler.facts.keys import key_of
from crawler.facts.media import MediaFact, media_facts
from crawler.facts.model import (
    AddressFact,
    Attempt,
    BadLink,
    ColumnFact,
    Coverage,
    Holder,
    ItemFact,
    Look,
    NetworkFact,
    PageFact,
)
from crawler.facts.offline import down_days, led_to
from crawler.facts.owners import OwnerFact, owner_pairs
from crawler.facts.store import Run
from crawler.inventory import Inventory, Site
from crawler.outcomes import Outcome, Reason
from crawler.pages import canonical

BAD = ("dead", "suspect")
HOST_DOWN = Reason.HOST_DOWN.value  # a site under suspicion as a whole is told by its home page, not link by link
PRINTED = (Reason.INTRANET_ADDRESS.value, Reason.BAD_ADDRESS.value)  # unchecked, yet told to the site
WATCHED = timedelta(days=31)  # how far back availability probes count
Owned = dict[str, list[tuple[OwnerFact, OwnerFact]]]
MAX_HOLDERS = 500  # held in memory for one target; all are counted


class StoredRound:
    """`RoundFacts` over the store; holds a connection until `close`."""

    def __init__(self, engine: Engine, run: Run) -> None:
        self._db = engine.connect()
        self._run = run
        self.round = run.round
        self.as_of = run.as_of
        self.seed = run.seed
        self.staging = run.loopback
        self.finished = run.state == "walked"
        self.inventory: Inventory = Inventory.model_validate_json(run.inventory)
        self._owners: dict[int, Owned] = {}
        self._foreign: dict[int, Foreign] = {}

    def close(self) -> None:
        """Give the connection back."""
        self._db.close()

    def sites(self) -> Iterator[StoredSite]:
        """The walked sites in the order of the inventory."""
        wanted = {part.strip() for part in self._run.sites.split(",") if part.strip()}
        for site in self.inventory.sites:
            if not wanted or site.id in wanted:
                one = StoredSite(self._db, self._run.id, site, self.inventory, self.as_of)
                one.owned, one.foreign = self._owners, self._foreign
                yield one

    def address(self, url: str) -> AddressFact | None:
        """What became of one address in this run; None when no page held it."""
        table = schema.address
        query = sa.select(table).where(table.c.run == self._run.id, table.c.id == key_of(canonical(url)))
        row = self._db.execute(query).first()
        return address_of(row) if row else None

    @cached_property
    def _media(self) -> dict[int, MediaFact]:
        return media_facts(self._db, self._run.id)

    def media(self, url: str) -> MediaFact | None:
        """What an address told of an account's posts; None when it was not asked or did not answer well."""
        return self._media.get(key_of(canonical(url)))

    def tool_errors(self) -> list[str]:
        """Our own faults of this run, told in the run report."""
        table = schema.note
        query = sa.select(table.c.text).where(table.c.run == self._run.id, table.c.kind == "error")
        return list(self._db.execute(query).scalars())


class StoredSite(StoredColumns, KeptBodies):
    """`SiteFacts` over the store; valid until its round is closed."""

    def __init__(self, db: Connection, run: int, site: Site, inventory: Inventory, as_of: datetime) -> None:
        self._as_of = as_of
        self._db = db
        self._run = run
        self.site = site
        self._inventory = inventory
        self._drawn: dict[int, dict[str, str] | None] = {}
        self.owned: dict[int, Owned] = {}  # by run; one for all sites of a round
        self.foreign: dict[int, Foreign] = {}  # likewise

    # -- the home page -----------------------------------------------------------------------------------------

    @cached_property
    def _home_rows(self) -> list[Any]:
        """The home page, and after it the pages that it only jumps on to."""
        table = schema.address
        query = sa.select(table).where(table.c.run == self._run, table.c.site == self.site.id, table.c.role == 0)
        return list(self._db.execute(query.order_by(table.c.depth, table.c.url)))

    @property
    def home(self) -> AddressFact | None:
        """The home page's address and outcome."""
        return address_of(self._home_rows[0]) if self._home_rows else None

    @cached_property
    def home_page(self) -> PageFact | None:
        """The home page as read; where it only jumps on, the page on which its reader ends."""
        read = list(self._pages(schema.page.c.id.in_([row.id for row in self._home_rows])))
        return max(read, key=lambda page: page.depth, default=None)

    @cached_property
    def home_items(self) -> Sequence[ItemFact]:
        """Items of the home page in page order."""
        items = self._items([row.id for row in self._home_rows])
        return distinct(item for row in self._home_rows for item in items[row.id])

    @property
    def unnamed_columns(self) -> Sequence[ColumnFact]:
        """Columns that were found on the site and that its inventory does not name."""
        bare = self.site.model_copy(update={"columns": []})
        return StoredSite(self._db, self._run, bare, self._inventory, self._as_of).columns

    # -- pages and links ---------------------------------------------------------------------------------------

    def pages(self) -> Iterator[PageFact]:
        """Every page read, one at a time."""
        page = schema.page
        mine = sa.select(page.c.id).where(page.c.run == self._run, page.c.site == self.site.id)
        return self._pages(page.c.id.in_(mine))  # in order of number out of the index, neither read past nor sorted

    def _pages(self, *conditions: Any) -> Iterator[PageFact]:
        page, address = schema.page, schema.address
        query = (
            sa.select(page, address.c.url, address.c.depth, address.c.body_hash)
            .join(address, (address.c.run == page.c.run) & (address.c.id == page.c.id))
            .where(page.c.run == self._run, *conditions)
            .order_by(page.c.id)
        )
        listed = self._listed_columns
        for row in self._db.execute(query, execution_options={"yield_per": 2000}):
            column = row.column or listed.get(row.id)
            yield PageFact(
                url=row.url, kind=row.kind, region=row.region, title=row.title, headline=row.headline, column=column,
                unit=self._unit_of(column), published=day_of(row.published), published_from=row.published_from,
                published_conflict=row.conflict, newest=day_of(row.newest), item_count=row.item_count,
                dated_count=row.dated_count,
                text_length=row.text_length, encoding=row.encoding or "", doc_number=row.doc_number, source=row.source,
                tags=row.tags or {}, body_hash=row.body_hash or "", depth=row.depth,
                seen_at=datetime.fromisoformat(row.seen), **self._identity(row),
            )  # fmt: skip

    def _identity(self, row: Any) -> dict[str, Any]:
        """Footer items with those that scripts, frames and loaded pieces draw; `footers_unread` in extra when one
        of these could not be read."""
        shown, extra = dict(row.identity or {}), dict(row.extra or {})
        for number in extra.get("footers", ()):
            drawn = self._footer(number)
            if drawn is None:
                extra["footers_unread"] = True
            else:
                shown = {**drawn, **shown}
        return {"identity": shown, "extra": extra}

    def _footer(self, number: int) -> dict[str, str] | None:
        """What one address draws into the footers of pages; looked up once."""
        if number not in self._drawn:
            found: Any = None
            for table in (schema.drawn, schema.page):
                row = self._db.execute(sa.select(table).where(table.c.run == self._run, table.c.id == number)).first()
                found = found if row is None else (row.identity or {})
            self._drawn[number] = found
        return self._drawn[number]

    def _unit_of(self, column_id: str | None) -> str:
        unit = next((column.unit for column in self.site.columns if column.id == column_id), None)
        return unit or self.site.unit

    def bad_links(self) -> Iterator[BadLink]:
        """Targets that did not answer well, with the pages of this site that hold them, most prominent first."""
        target, edge, page, holder = schema.address, schema.edge, schema.page, schema.address.alias("holder")
        printed = sa.and_(target.c.reason.in_(PRINTED), target.c.status.is_(None))  # the link itself, no redirect of it
        query = (
            sa.select(
                edge, page.c.region, page.c.column.label("page_column"), holder.c.url.label("page_url"),
            )
            .join(target, (target.c.run == edge.c.run) & (target.c.id == edge.c.target))
            .join(holder, (holder.c.run == edge.c.run) & (holder.c.id == edge.c.page))
            .outerjoin(page, (page.c.run == edge.c.run) & (page.c.id == edge.c.page))
            .where(edge.c.run == self._run, edge.c.page.in_(holders(self._run, self.site.id)))
            .where(sa.func.coalesce(page.c.site, holder.c.site) == self.site.id)
            .where(sa.or_(target.c.site.is_(None), sa.func.coalesce(target.c.reason, "") != HOST_DOWN))
            .where(sa.or_(target.c.outcome.in_(BAD), printed, edge.c.fault.is_not(None)))
            .order_by(edge.c.target, edge.c.page)
        )  # fmt: skip
        held: dict[int, list[Holder]] = defaultdict(list)
        counts: Counter[int] = Counter()
        faults: dict[int, str] = {}
        last = None
        for row in self._db.execute(query):
            if (row.target, row.page) == last:
                continue
            last = (row.target, row.page)
            counts[row.target] += 1
            if row.fault:
                faults[row.target] = row.fault
            if len(held[row.target]) < MAX_HOLDERS or row.region == "home":
                column = row.page_column or self._listed_columns.get(row.page)
                held[row.target].append(
                    Holder(
                        row.page_url,
                        row.text,
                        row.region or "other",
                        column,
                        row.hidden,
                        row.raw or "",
                        row.tag,
                        row.place,
                    )
                )
        yield from self._unlinked_columns(set(held))
        for number, fact in self._addresses(list(held)).items():
            order = sorted(held[number], key=lambda h: (("home", "column", "article", "other").index(h.region), h.page))
            yield BadLink(fact, order, counts[number], faults.get(number))

    def hidden_links(self) -> Iterator[BadLink]:
        """Targets on hosts outside the inventory that pages of this site hold without showing them."""
        return hidden_links(self._db, self._run, self.site.id, self._addresses)

    def owners(self) -> Sequence[tuple[OwnerFact, OwnerFact]]:
        """(earlier, now) of the foreign hosts that pages of this site led to and that an earlier round knows."""
        if self._run not in self.owned:
            self.owned[self._run] = owner_pairs(self._db, self._run)
        return self.owned[self._run].get(self.site.id, ())

    def _unlinked_columns(self, linked: set[int]) -> Iterator[BadLink]:
        """Column addresses of the inventory that do not open although no page links them."""
        address, named = schema.address, self._foreign_columns()
        if not named:
            return
        query = sa.select(address).where(
            address.c.run == self._run, address.c.role == 1, address.c.outcome.in_(BAD), are(named),
            address.c.reason != HOST_DOWN,
        )  # fmt: skip
        for row in self._db.execute(query.order_by(address.c.id)).all():
            if row.id not in linked:
                fact = next(iter(self._addresses([row.id]).values()))
                yield BadLink(fact, [Holder(row.url, "栏目首页（清单所列）", "column", row.column)], 1)

    def _addresses(self, numbers: list[int]) -> dict[int, AddressFact]:
        found: dict[int, AddressFact] = {}
        table = schema.address
        for start in range(0, len(numbers), 500):
            chosen = numbers[start : start + 500]
            attempts: dict[int, list[Attempt]] = defaultdict(list)
            looks = schema.attempt
            rows = self._db.execute(
                sa.select(looks).where(looks.c.run == self._run, looks.c.address.in_(chosen)).order_by(looks.c.at)
            )
            for row in rows:
                attempts[row.address].append(_attempt(row))
            query = sa.select(table).where(table.c.run == self._run, table.c.id.in_(chosen)).order_by(table.c.id)
            for row in self._db.execute(query):
                found[row.id] = address_of(row, attempts[row.id])
        return found

    # -- network and coverage ----------------------------------------------------------------------------------

    @cached_property
    def network(self) -> Sequence[NetworkFact]:
        """What DNS, IPv6 and TLS said of this site."""
        table = schema.network
        query = sa.select(table).where(table.c.run == self._run, table.c.site == self.site.id)
        return [
            NetworkFact(
                row.probe,
                row.host,
                row.key,
                row.outcome,
                row.data or {},
                datetime.fromisoformat(row.at) if row.at else None,
            )
            for row in self._db.execute(query.order_by(table.c.probe, table.c.host, table.c.key))
        ]

    @cached_property
    def looks(self) -> Sequence[Look]:
        """Availability probes of the home page in the month before the as-of, in order of time."""
        table = schema.probe
        query = sa.select(table).where(table.c.site == self.site.id, table.c.url == self.site.url).order_by(table.c.at)
        looks = (
            Look(datetime.fromisoformat(row.at), row.outcome, row.reason, row.total_ms, row.control_ok, row.place)
            for row in self._db.execute(query)
        )
        return [look for look in looks if self._as_of - WATCHED <= look.at <= self._as_of]

    def down_days(self, since: date, looks: int) -> Sequence[date]:
        """Days since then on which the home page never opened, of those with at least `looks` probes."""
        return down_days(self._db, self.site.id, self.site.url, since, self._as_of, looks)

    def led_to(self, hosts: Sequence[str]) -> Iterator[tuple[str, str]]:
        """(address, page that led to it first) of addresses on these hosts that pages of this site led to."""
        return led_to(self._db, self._run, self._mine(), hosts)

    @cached_property
    def coverage(self) -> Coverage:
        """Sums over the addresses of this site's hosts and over the foreign ones that only it led to."""
        if self._run not in self.foreign:
            self.foreign[self._run] = Foreign(self._db, self._run)
        return coverage(self._db, self._run, self.site.id, self.foreign[self._run], self._starts(), self._notes())

    def _mine(self) -> Any:
        """An address counts for the site whose host it is, else for the site whose page led to it first."""
        table, holder = schema.address, schema.address.alias()
        led = [sa.and_(table.c.parent >= f"{p}/", table.c.parent < f"{p}0") for p in sorted(self._starts())]
        read_elsewhere = (  # pages of the site's columns on other hosts
            sa.select(holder.c.url)
            .join(schema.page, sa.and_(schema.page.c.run == holder.c.run, schema.page.c.id == holder.c.id))
            .where(holder.c.run == self._run, holder.c.site.is_(None), schema.page.c.site == self.site.id)
        )
        led.append(table.c.parent.in_(read_elsewhere))
        return sa.or_(table.c.site == self.site.id, sa.and_(table.c.site.is_(None), sa.or_(*led)))

    def _starts(self) -> set[str]:
        """With what the addresses of this site's hosts begin."""
        netloc = urlsplit(self.site.url).netloc.lower()
        port = netloc.partition(":")[1] + netloc.partition(":")[2]
        hosts = {netloc, *(name if ":" in name else name + port for name in self.site.aliases)}
        return {f"{urlsplit(self.site.url).scheme}://{host}" for host in hosts}

    def _notes(self) -> list[str]:
        table = schema.note
        query = sa.select(table).where(table.c.run == self._run, table.c.site == self.site.id, table.c.kind != "error")
        return [f"{row.text}（{row.count}个）" for row in self._db.execute(query.order_by(table.c.kind, table.c.text))]


def _attempt(row: Any) -> Attempt:
    return Attempt(
        datetime.fromisoformat(row.at),
        Reason(row.reason),
        row.status,
        row.ip,
        row.ms,
        row.detail or "",
        row.headers or {},
    )


def address_of(row: Any, attempts: Sequence[Attempt] = ()) -> AddressFact:
    """An address from its row."""
    return AddressFact(
        url=row.url, outcome=Outcome(row.outcome or "unchecked"), reason=Reason(row.reason or "not-reached"),
        status=row.status, final_url=row.final_url, content_type=row.content_type, size=row.size, depth=row.depth,
        site=row.site, checked_at=datetime.fromisoformat(row.checked) if row.checked else None,
        redirects=row.redirects or (), attempts=attempts,
    )  # fmt: skip
