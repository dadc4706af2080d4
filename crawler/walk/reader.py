"""Reading one page of the round into facts, and adding what it leads to."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from crawler.columns import FOUND, ColumnFinder
from crawler.facts.bodies import REGIONS, body_row, personal_rows
from crawler.facts.keys import key_of
from crawler.facts.writer import Batch
from crawler.frontier import Entry, Role
from crawler.hosts import SitePlan
from crawler.pages import Item, Link, Page, canonical, read_css, read_footer, read_list_data, read_page
from crawler.pages.personal import find_personal
from crawler.walk.answer import Answer
from crawler.walk.book import PAGE_TAGS, AddressBook
from crawler.walk.rows import clean, edge_row, identity_row, page_row

MAX_ITEMS = 200  # of one list page: more is no list a person reads
MAX_SOURCES = 20  # data addresses that one page names
MAX_FRAMES = 5
MAX_HIDDEN = 3  # pages of a site on which one hidden link to a good address is kept
FOOTER = "@footer"  # stands as column of an address that draws footers
MAX_JUMPS = 2  # of a home page that only leads on


class PageReader:
    """Turns a good answer into rows of `batch`: the page, its items, the addresses it led to, who holds what.

    `keep`: page classes whose bodies are kept; `salt`: secret of the digests of personal numbers.
    """

    def __init__(
        self, book: AddressBook, as_of: datetime, keep: frozenset[str] = frozenset(REGIONS), salt: bytes = b""
    ) -> None:
        self.book = book
        self.as_of = as_of
        self.keep = keep
        self.salt = salt
        self._finders: dict[str, ColumnFinder] = {}
        self._hidden: Counter[tuple[str, str]] = Counter()

    def read(self, entry: Entry, answer: Answer) -> Page | None:
        """The page of an answer, when it is one of a walked site."""
        if answer.truncated or self._site_of(entry) is None:
            return None
        return read_page(answer.body, entry.target, answer.headers.get("content-type"), self.as_of)

    def take(self, batch: Batch, entry: Entry, answer: Answer, page: Page | None, *, is_page: bool) -> None:
        """Keep what came, by what it is: a page, the data of a list, a stylesheet."""
        if answer.truncated:
            return
        if page is not None:
            self._page(batch, entry, answer, page)
        elif entry.column == FOOTER:
            self._drawn(batch, entry, answer)
        elif is_page:
            return
        elif entry.role is Role.LIST:
            self._list_data(batch, entry, answer)
        elif "css" in answer.content_type and self._walked(entry.url):
            self._links(batch, entry, read_css(answer.body, entry.target), own_depth=entry.depth)

    def _walked(self, url: str) -> bool:
        return self.book.hosts.place(url).walked

    def _site_of(self, entry: Entry) -> str | None:
        """The walked site that a page is read for; None for somebody else's page."""
        if entry.role is Role.LINK:
            return None
        place = self.book.hosts.place(entry.target)
        named = _is_list(entry) and not str(entry.column).startswith(FOUND)
        if not place.walked and not named and entry.role is not Role.HOME:
            return None  # a page of ours that leads away is somebody else's page
        site = entry.site or (place.site if place.walked else self._site_of_column(entry))
        return site if site in self.book.plans else None

    def _page(self, batch: Batch, entry: Entry, answer: Answer, page: Page) -> None:
        final = canonical(entry.target)
        place = self.book.hosts.place(final)
        of_column = _is_list(entry)
        site = self._site_of(entry)
        if site is None:
            return
        if entry.hops and not self._claim(batch, entry, final):
            return
        region = self._region(entry, page)
        plan = self.book.plans[site]
        if place.walked:
            self._discover(batch, entry, plan, page)
        named = entry.column if entry.column != FOOTER else None
        column = named or plan.columns.get(final) or plan.column_of(final)
        row = page_row(self.book.run, entry.id, site, region, column, page, answer.at)
        if page.footer_scripts and (footers := self._footers(batch, entry, page)):
            row["extra"]["footers"] = footers
        if page.kind == "article" and (modified := answer.modified):
            row["extra"]["modified"] = modified.isoformat()
        batch.append(("page", row))
        found = find_personal(page.text)
        batch += personal_rows(self.book.run, entry.id, site, found, self.salt)
        if region in self.keep:
            batch.append(("body", body_row(self.book.run, entry.id, page, answer.body, found)))
        self.book.counts[site].pages += 1
        if region in ("home", "column"):
            self._items(batch, entry.id, page.items)
        if place.walked or of_column:
            self._lists(batch, entry, page, column if region == "column" else None)
        if place.walked:
            held = self._links(batch, entry, page.links, own_depth=entry.depth)
            if region in ("home", "column"):
                self._hold(batch, entry.id, page.items, held)

    def _claim(self, batch: Batch, entry: Entry, final: str) -> bool:
        """After a redirect: the page belongs to its final address. False when that one has its own turn."""
        if entry.role in (Role.HOME, Role.COLUMN):
            return True  # a home page or a column is read through whatever redirects lead to it
        return self.book.claim(final, entry.id)

    def _site_of_column(self, entry: Entry) -> str | None:
        return next((plan.site.id for plan in self.book.plans.values() if entry.url in plan.columns), None)

    def _region(self, entry: Entry, page: Page) -> str:
        if entry.role is Role.HOME or page.kind == "home":
            return "home"
        if _is_list(entry) or page.kind in ("list", "blank", "scripted-list"):
            return "column"
        return "article" if page.kind == "article" else "other"

    def _items(self, batch: Batch, page: int, items: list[Item]) -> None:
        for position, item in enumerate(items[:MAX_ITEMS]):
            form = canonical(item.url)
            batch.append(("item", {
                "run": self.book.run, "page": page, "position": position, "key": key_of(form), "url": form,
                "title": clean(item.title, 300) or "", "listed": item.date.isoformat() if item.date else None,
            }))  # fmt: skip

    def _lists(self, batch: Batch, entry: Entry, page: Page, column: str | None) -> None:
        """The items of a list are its articles; its further pages and data addresses belong to the same column."""
        if page.kind != "article":
            self._articles(batch, entry, page.items)
        if entry.role is Role.HOME:
            return
        sources = [url for url in page.list_sources[:MAX_SOURCES] if self._walked(url)]
        if column is not None and not page.items:  # the list may stand in a frame, or where the page jumps to
            frames = [one.url for one in page.links if one.tag in ("iframe", "frame") and not one.hidden]
            sources += [url for url in (*frames[:MAX_FRAMES], page.jump_to) if url and self._walked(url)]
        for url in (*page.next_pages[:50], *sources):
            self.book.add(batch, url, Role.LIST, depth=entry.depth, parent=entry.url, column=column)

    def _list_data(self, batch: Batch, entry: Entry, answer: Answer) -> None:
        """Items of a data address: the page that a reader sees them on is the one that named it."""
        items = read_list_data(answer.body, entry.target, self.as_of)
        self._items(batch, entry.id, items)
        self._articles(batch, entry, items)
        self._hold(batch, self.book.find(entry.parent or "") or entry.id, items, set())

    def _articles(self, batch: Batch, entry: Entry, items: list[Item]) -> None:
        for item in items[:MAX_ITEMS]:
            self.book.add(batch, item.url, Role.ARTICLE, depth=entry.depth + 1, parent=entry.url)

    def _hold(self, batch: Batch, page: int, items: list[Item], held: set[int]) -> None:
        """Items that a script draws are held by the page as its links are."""
        for item in items[:MAX_ITEMS]:
            number = self.book.find(item.url)
            if number is not None and number not in self.book.fine and number not in held:
                link = Link(item.url, item.title, "a", "content", hidden=False)
                batch.append(("edge", edge_row(self.book.run, number, page, link)))

    def _links(self, batch: Batch, entry: Entry, links: list[Link], *, own_depth: int) -> set[int]:
        """Every link once; who holds it is kept as long as the target is not known to be fine."""
        book = self.book
        held: set[int] = set()
        hides = any(link.hidden for link in links)
        for link in sorted(links, key=lambda link: link.hidden) if hides else links:
            number = book.memo.get(link.url)
            fine = number is not None and number in book.fine and link.fault is None
            if fine and not (link.hidden and self._unseen(entry, link)):
                if hides and number is not None:
                    held.add(number)
                continue
            if number is None:
                role = Role.PAGE if link.tag in PAGE_TAGS else Role.LINK
                number = book.add(batch, link.url, role, depth=own_depth + 1, parent=entry.url)
            if number is None or number == entry.id or number in held:
                continue
            if fine or number not in book.fine or link.fault is not None:
                held.add(number)
                batch.append(("edge", edge_row(book.run, number, entry.id, link)))
        return held

    def _unseen(self, entry: Entry, link: Link) -> bool:
        """A hidden link to a foreign host is kept on the first pages of each site, fine or not (7.9)."""
        if self.book.hosts.place(link.url).site is not None:
            return False
        self._hidden[entry.site or "", link.url] += 1
        return self._hidden[entry.site or "", link.url] <= MAX_HIDDEN

    # -- columns that nobody named, footers that scripts draw --------------------------------------------------------

    def _discover(self, batch: Batch, entry: Entry, plan: SitePlan, page: Page) -> None:
        """Columns that the page tells of; where the inventory names none they are read as columns (contract 2)."""
        finder = self._finders.get(plan.site.id)
        if finder is None:
            finder = self._finders[plan.site.id] = ColumnFinder(plan, self._walked)
        for found in finder.see(page, entry.url, entry.role):
            batch.append(("discovered", {
                "run": self.book.run, "site": plan.site.id, "id": found.id, "name": found.name, "url": found.url,
                "type": found.type, "top_level": found.top_level,
            }))  # fmt: skip
            if not plan.site.columns:
                plan.learn(found.url, found.id)
                depth = 1 if found.top_level else 2
                self.book.add(batch, found.url, Role.COLUMN, depth=depth, parent=entry.url, column=found.id)
        if entry.role is Role.HOME:
            for url in finder.maps(page):
                self.book.add(batch, url, Role.LIST, depth=1, parent=entry.url)
            if page.jump_to and entry.depth < MAX_JUMPS and self._walked(page.jump_to):
                self.book.add(batch, page.jump_to, Role.HOME, depth=entry.depth + 1, parent=entry.url)

    def _footers(self, batch: Batch, entry: Entry, page: Page) -> list[int]:
        """Addresses of what draws the page's footer; as browsers do, they are fetched whatever host they are on."""
        known = (self.book.add(batch, url, Role.LIST, depth=entry.depth, parent=entry.url, column=FOOTER)
                 for url in page.footer_scripts)  # fmt: skip
        return [number for number in known if number is not None]

    def _drawn(self, batch: Batch, entry: Entry, answer: Answer) -> None:
        """Identity items that a fetched script or piece of markup writes into the pages that load it."""
        identity = identity_row(read_footer(answer.body, answer.headers.get("content-type")))
        batch.append(("drawn", {"run": self.book.run, "id": entry.id, "identity": identity}))


def _is_list(entry: Entry) -> bool:
    """Is it visited for the list of a column?"""
    return entry.role in (Role.COLUMN, Role.LIST) and entry.column not in (None, FOOTER)
