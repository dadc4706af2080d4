"""Reading one page of the round into facts, and adding what it leads to."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from urllib.parse import urlsplit

from crawler.facts.bodies import REGIONS, body_row, personal_rows
from crawler.facts.keys import key_of
from crawler.facts.writer import Batch
from crawler.frontier import Entry, Role
from crawler.pages import Item, Link, Page, canonical, column_type_of, read_css, read_list_data, read_page
from crawler.pages.personal import find_personal
from crawler.walk.answer import Answer
from crawler.walk.book import FILE_ENDING, PAGE_TAGS, AddressBook
from crawler.walk.rows import edge_row, page_row

MAX_ITEMS = 200  # of one list page: more is no list a person reads
_CHINESE = re.compile("[\u4e00-\u9fff]")


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
        elif is_page:
            return
        elif entry.role is Role.LIST and entry.column:
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
        of_column = entry.role in (Role.COLUMN, Role.LIST) and entry.column is not None
        if not place.walked and not of_column and entry.role is not Role.HOME:
            return None  # a page of ours that leads away is somebody else's page
        site = entry.site or (place.site if place.walked else self._site_of_column(entry))
        return site if site in self.book.plans else None

    def _page(self, batch: Batch, entry: Entry, answer: Answer, page: Page) -> None:
        final = canonical(entry.target)
        place = self.book.hosts.place(final)
        of_column = entry.role in (Role.COLUMN, Role.LIST) and entry.column is not None
        site = self._site_of(entry)
        if site is None:
            return
        if entry.hops and not self._claim(batch, entry, final):
            return
        region = self._region(entry, page)
        plan = self.book.plans[site]
        column = entry.column or plan.columns.get(final) or plan.column_of(final)
        batch.append(("page", page_row(self.book.run, entry.id, site, region, column, page, answer.at)))
        found = find_personal(page.text)
        batch += personal_rows(self.book.run, entry.id, site, found, self.salt)
        if region in self.keep:
            batch.append(("body", body_row(self.book.run, entry.id, page, answer.body, found)))
        self.book.counts[site].pages += 1
        if entry.role is Role.HOME:
            self._discover(batch, site, page)
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
        known = self.book.find(final)
        if known is None:
            self.book.ids[final] = entry.id
            return True
        return known == entry.id

    def _site_of_column(self, entry: Entry) -> str | None:
        return next((plan.site.id for plan in self.book.plans.values() if entry.url in plan.columns), None)

    def _region(self, entry: Entry, page: Page) -> str:
        if entry.role is Role.HOME or page.kind == "home":
            return "home"
        if entry.role in (Role.COLUMN, Role.LIST) or page.kind in ("list", "blank", "scripted-list"):
            return "column"
        return "article" if page.kind == "article" else "other"

    def _items(self, batch: Batch, page: int, items: list[Item]) -> None:
        for position, item in enumerate(items[:MAX_ITEMS]):
            form = canonical(item.url)
            batch.append(("item", {
                "run": self.book.run, "page": page, "position": position, "key": key_of(form), "url": form,
                "title": item.title.replace("\x00", "")[:300], "listed": item.date.isoformat() if item.date else None,
            }))  # fmt: skip

    def _lists(self, batch: Batch, entry: Entry, page: Page, column: str | None) -> None:
        """The items of a list are its articles; its further pages and data addresses belong to the same column."""
        if page.kind != "article":
            self._articles(batch, entry, page.items)
        if entry.role is Role.HOME:
            return
        sources = [url for url in page.list_sources[:20] if self._walked(url)]
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
        for link in sorted(links, key=lambda link: link.hidden) if any(link.hidden for link in links) else links:
            number = book.ids.get(link.url)
            if number is not None and number in book.fine and link.fault is None:
                continue
            if number is None:
                role = Role.PAGE if link.tag in PAGE_TAGS else Role.LINK
                number = book.add(batch, link.url, role, depth=own_depth + 1, parent=entry.url)
            if number is None or number == entry.id or number in held:
                continue
            if number not in book.fine or link.fault is not None:
                held.add(number)
                batch.append(("edge", edge_row(book.run, number, entry.id, link)))
        return held

    # -- columns that the inventory does not name ------------------------------------------------------------------

    def _discover(self, batch: Batch, site: str, page: Page) -> None:
        """Columns from the home page's navigation, for a site whose inventory names none (contract 2)."""
        plan = self.book.plans[site]
        if plan.site.columns:
            return
        names = set()
        for name, url in page.navigation:
            form = canonical(url)
            kind = column_type_of(name)
            if (
                form == plan.home
                or form in plan.columns
                or not self._walked(form)
                or FILE_ENDING.search(urlsplit(form).path)
            ):
                continue
            if kind is None and not _CHINESE.search(name):
                continue
            column = "nav-" + hashlib.blake2b(form.encode(), digest_size=5).hexdigest()
            if column in names:
                continue
            names.add(column)
            plan.learn(form, column)
            batch.append(("discovered", {
                "run": self.book.run, "site": site, "id": column, "name": name[:200], "url": form,
                "type": kind or "其他", "top_level": True,
            }))  # fmt: skip
            self.book.add(batch, form, Role.COLUMN, depth=1, parent=plan.home, column=column)
