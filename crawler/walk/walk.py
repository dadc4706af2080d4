"""One answer at a time: settle the address, read the page, add what it leads to.

All of what an answer gives is one batch for the writer (a page's facts and the addresses it led to are stored together).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote, unquote_to_bytes, urlsplit

from crawler.facts import schema
from crawler.facts.model import Attempt
from crawler.facts.writer import Batch
from crawler.frontier import Entry, Role
from crawler.outcomes import Outcome, Reason, Seeing
from crawler.pages import Item, Link, Page, canonical, column_type_of, read_css, read_list_data, read_page, resolve
from crawler.seeing.recheck import Policy, settled
from crawler.seeing.response import retry_after, see_response
from crawler.walk.answer import Answer
from crawler.walk.book import FILE_ENDING, PAGE_TAGS, AddressBook, key_of
from crawler.walk.rows import attempt_row, body_hash, done_row, edge_row, page_row

MAX_HOPS = 10
MAX_ITEMS = 200  # of one list page: more is no list a person reads
LOOKS_PER_RUN = 2  # contract 4: the first failure and its second check
RATE_LIMIT_TRIES = 3


class Walk:
    """Takes answers, feeds the frontier and the writer. Driven by the spider, tested without one."""

    def __init__(
        self, book: AddressBook, put: Callable[[Batch], None], *, as_of: datetime, policy: Policy, recheck_delay: float
    ) -> None:
        self.book = book
        self.put = put
        self.as_of = as_of
        self.policy = policy
        self.recheck_delay = recheck_delay
        self.pages_read = 0

    # -- beginning ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """The home page and the columns of every walked site; nothing is added twice."""
        for plan in self.book.plans.values():
            batch: Batch = []
            self.book.add(batch, plan.home, Role.HOME, depth=0, parent=None, by=plan.site.id)
            for url, column in plan.columns.items():
                self.book.add(batch, url, Role.COLUMN, depth=1, parent=plan.home, by=plan.site.id, column=column)
            self.put(batch)

    # -- one answer --------------------------------------------------------------------------------------------

    def take(self, entry: Entry, answer: Answer) -> None:
        """Settle one look at an address."""
        if answer.status is not None and 300 <= answer.status < 400 and "location" in answer.headers:
            self._follow(entry, answer)
            return
        seeing = self.see(entry, answer)
        if seeing.outcome is Outcome.OK:
            self._fine(entry, answer)
        else:
            self._not_fine(entry, answer, seeing)

    def see(self, entry: Entry, answer: Answer) -> Seeing:
        """The outcome that this answer alone shows."""
        if answer.failure is not None:
            return Seeing(answer.failure, answer.status, answer.detail)
        ending = FILE_ENDING.search(urlsplit(entry.url).path)
        return see_response(
            answer.status or 0,
            answer.headers,
            answer.body,
            entry.target,
            expects=ending.group(0).lower() if ending else None,
            declared_size=answer.declared_size,
            truncated=answer.truncated,
            dataloss=answer.dataloss,
            set_cookies=answer.set_cookies,
        )

    def _follow(self, entry: Entry, answer: Answer) -> None:
        target = resolve(answer.headers["location"], entry.target)
        if target is None:
            self._not_fine(entry, answer, Seeing(Reason.BAD_ADDRESS, answer.status, answer.headers["location"][:200]))
            return
        # The same address once more is how a cookie is handed out; a third time is a loop.
        visits = [entry.url, *entry.hops].count(target)
        if len(entry.hops) >= MAX_HOPS or visits >= 2:
            self._not_fine(entry, answer, Seeing(Reason.REDIRECT_LOOP, answer.status, target[:200]))
            return
        entry.hops.append(target)
        entry.lane = self.book.hosts.place(target).lane
        self.book.frontier.add(entry, front=True)

    def _fine(self, entry: Entry, answer: Answer) -> None:
        batch: Batch = []
        reason = Reason.REDIRECTED if entry.hops else Reason.OK
        self.book.fine.add(entry.id)
        is_page = "html" in answer.content_type or (not answer.content_type and b"<html" in answer.body[:2000].lower())
        more = {}
        if is_page and urlsplit(entry.target).path.lower() in ("/", "", "/index.html", "/index.htm"):
            more["body_hash"] = body_hash(answer.body)
        batch.append(("seen", done_row(self.book.run, entry, reason, answer, **more)))
        if is_page and not answer.truncated:
            self._page(batch, entry, answer)
        elif entry.role is Role.LIST and entry.column and not answer.truncated:
            self._list_data(batch, entry, answer)
        elif "css" in answer.content_type and self._walked(entry.url):
            self._links(batch, entry, read_css(answer.body, entry.target), own_depth=entry.depth)
        self._count(entry, bad=False)
        self.put(batch)

    def _not_fine(self, entry: Entry, answer: Answer, seeing: Seeing) -> None:
        batch: Batch = []
        run = self.book.run
        at = answer.at
        attempt = Attempt(
            at, seeing.reason, answer.status, answer.ip, answer.milliseconds, seeing.detail or answer.detail, answer.kept_headers
        )
        if seeing.reason is Reason.HTTP_404 and self._other_encoding(entry):
            return
        if seeing.reason is Reason.RATE_LIMITED and self._rest(entry, answer, at):
            return
        entry.attempts.append(attempt)
        batch.append(("attempt", attempt_row(run, entry.id, attempt)))
        outcome, reason = settled(entry.attempts, self.policy, at)
        again = seeing.outcome in (Outcome.DEAD, Outcome.SUSPECT) and len(entry.attempts) < LOOKS_PER_RUN
        if again:
            due = at.timestamp() + self.recheck_delay
            batch.append(("seen", done_row(run, entry, reason, answer, state=schema.RECHECK, due=due, outcome=outcome.value)))
            entry.hops.clear()
            entry.lane = self.book.hosts.place(entry.url).lane
            self.book.frontier.add_later(entry, due)
        else:
            batch.append(("seen", done_row(run, entry, reason, answer, outcome=outcome.value)))
            self._count(entry, bad=outcome in (Outcome.DEAD, Outcome.SUSPECT))
        self.put(batch)

    def _rest(self, entry: Entry, answer: Answer, at: datetime) -> bool:
        """Honour a rate limit: the lane rests, the entry waits. False when it was asked often enough."""
        if entry.requests >= RATE_LIMIT_TRIES + len(entry.hops):
            return False
        until = at.timestamp() + (retry_after(answer.headers) or 5.0)
        self.book.frontier.rest(entry.lane, until)
        entry.hops.clear()
        entry.lane = self.book.hosts.place(entry.url).lane
        self.book.frontier.add_later(entry, until)
        return True

    def _other_encoding(self, entry: Entry) -> bool:
        """Queue the same path in the other of UTF-8 and GBK, once, before a 404 counts (F14)."""
        other = other_path_encoding(entry.url)
        if other is None or other in entry.hops:
            return False
        entry.hops[:] = [other]
        self.book.frontier.add(entry, front=True)
        return True

    def give_up(self, entry: Entry, answer: Answer) -> None:
        """Settle an address that our own fault keeps from being seen."""
        self.put([("seen", done_row(self.book.run, entry, answer.failure or Reason.TOOL_ERROR, answer))])

    # -- pages -------------------------------------------------------------------------------------------------

    def _walked(self, url: str) -> bool:
        return self.book.hosts.place(url).walked

    def _page(self, batch: Batch, entry: Entry, answer: Answer) -> None:
        final = canonical(entry.target)
        place = self.book.hosts.place(final)
        of_column = entry.role in (Role.COLUMN, Role.LIST) and entry.column is not None
        site = entry.site or (place.site if place.walked else None)
        if of_column and site is None:
            site = self._site_of_column(entry)
        if site is None or site not in self.book.plans or (entry.role is Role.LINK and not place.walked):
            return
        if not place.walked and not of_column and entry.role is not Role.HOME:
            return  # a page of ours that leads away is somebody else's page
        if entry.hops and not self._claim(batch, entry, final):
            return
        page = read_page(answer.body, entry.target, answer.headers.get("content-type"), self.as_of)
        region = self._region(entry, page)
        plan = self.book.plans[site]
        column = entry.column or plan.columns.get(final) or plan.column_of(final)
        batch.append(("page", page_row(self.book.run, entry.id, site, region, column, page, answer.at)))
        self.pages_read += 1
        self.book.counts[site].pages += 1
        if entry.role is Role.HOME:
            self._discover(batch, site, page)
        if region in ("home", "column"):
            self._items(batch, entry.id, page.items)
        if place.walked:
            self._lists(batch, entry, page, column if region == "column" else None)
            self._links(batch, entry, page.links, own_depth=entry.depth, column=column)
        elif of_column:
            self._lists(batch, entry, page, column)

    def _claim(self, batch: Batch, entry: Entry, final: str) -> bool:
        """After a redirect: the page belongs to its final address. False when that one is visited on its own account."""
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
        add = self.book.add
        site = entry.site or ""
        for item in page.items[:MAX_ITEMS]:
            if page.kind != "article":
                add(batch, item.url, Role.ARTICLE, depth=entry.depth + 1, parent=entry.url, by=site, column=column)
        if entry.role is Role.HOME:
            return
        for url in page.next_pages[:50]:
            add(batch, url, Role.LIST, depth=entry.depth, parent=entry.url, by=site, column=column)
        for url in page.list_sources[:20]:
            if self._walked(url):
                add(batch, url, Role.LIST, depth=entry.depth, parent=entry.url, by=site, column=column)

    def _list_data(self, batch: Batch, entry: Entry, answer: Answer) -> None:
        items = read_list_data(answer.body, entry.target, self.as_of)
        self._items(batch, entry.id, items)
        for item in items[:MAX_ITEMS]:
            self.book.add(
                batch, item.url, Role.ARTICLE, depth=entry.depth + 1, parent=entry.url, by=entry.site or "", column=entry.column
            )

    def _links(self, batch: Batch, entry: Entry, links: list[Link], *, own_depth: int, column: str | None = None) -> None:
        """Every link once; who holds it is kept as long as the target is not known to be fine."""
        book, held = self.book, set()
        for link in sorted(links, key=lambda link: link.hidden) if any(link.hidden for link in links) else links:
            number = book.ids.get(link.url)
            if number is not None and number in book.fine and link.fault is None:
                continue
            if number is None:
                role = Role.PAGE if link.tag in PAGE_TAGS else Role.LINK
                number = book.add(batch, link.url, role, depth=own_depth + 1, parent=entry.url, by=entry.site or "")
            if number is None or number == entry.id or number in held or (number in book.fine and link.fault is None):
                continue
            held.add(number)
            batch.append(("edge", edge_row(book.run, number, entry.id, link)))

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
            if form == plan.home or form in plan.columns or not self._walked(form) or FILE_ENDING.search(urlsplit(form).path):
                continue
            if kind is None and not re.search(r"[一-鿿]", name):
                continue
            column = "nav-" + hashlib.blake2b(form.encode(), digest_size=5).hexdigest()
            if column in names:
                continue
            names.add(column)
            plan.learn(form, column)
            batch.append(("discovered", {
                "run": self.book.run, "site": site, "id": column, "name": name[:200], "url": form, "type": kind or "其他",
                "top_level": True,
            }))  # fmt: skip
            self.book.add(batch, form, Role.COLUMN, depth=1, parent=plan.home, by=site, column=column)

    def _count(self, entry: Entry, *, bad: bool) -> None:
        counts = self.book.counts[entry.site or entry.lane.removeprefix("site:")]
        counts.checked += 1
        counts.bad += bad


def other_path_encoding(url: str) -> str | None:
    """The address with its path bytes as GBK instead of UTF-8 or the reverse; None when there is no other."""
    parts = urlsplit(url)
    raw = unquote_to_bytes(parts.path)
    if raw.isascii():
        return None
    try:
        text, target = raw.decode("utf-8"), "gb18030"
    except UnicodeDecodeError:
        try:
            text, target = raw.decode("gb18030"), "utf-8"
        except UnicodeDecodeError:
            return None
    path = quote(text.encode(target), safe="/:@!$&'()*+,;=~-._")
    return parts._replace(path=path).geturl()
