"""A site's own search, asked for seeded titles by the GET address that the office gives (`search_url`, D24).

Asked once the walk is through, as ordinary requests of the site's lane: its pace and robots.txt hold. No form is sent.
Facts `search | host | 1… | outcome`: ok (on the first page), missing, unchecked; data: title, article, asked, by,
reason, shape (digest of what the page says beside the title), of (how many titles could be drawn).
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable
from datetime import date, datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawler.facts import schema
from crawler.facts.model import NetworkFact
from crawler.facts.titles import asked_title, rank
from crawler.facts.writer import Batch
from crawler.frontier import Entry, Role
from crawler.hosts import host_of
from crawler.inventory import Site
from crawler.outcomes import Outcome, Seeing
from crawler.pages import Page, canonical, read_page
from crawler.walk.answer import Answer
from crawler.walk.book import AddressBook
from crawler.walk.rows import network_row

SEARCH_ID = -3  # a question to a search is no address of the round
TITLES = 4  # 国办秘函〔2019〕19号 第二部分 功能设计 站内搜索
_NONE = re.compile(
    r"(?:没有|未能?)(?:找到|搜索到|查询到|检索到|查到)|(?<!\d)0\s*(?:条|个|项)|(?:暂无|无)相关(?:结果|信息|内容)"
)
_REPEATS = (  # what was asked, said again within twelve characters of these words
    r"(?:搜索|检索|查询|关键[词字]|包含|结果).{{0,12}}{0}|{0}.{{0,12}}(?:结果|相关|[共约]\d|没有|未)"
)
_SHORT = 12  # characters of a cut title that still tell it


class SiteSearch:
    """Draws the titles from the store, queues the questions and keeps the answers as facts."""

    def __init__(
        self, engine: Engine, book: AddressBook, put: Callable[[Batch], None], *, seed: int, as_of: datetime
    ) -> None:
        self._engine = engine
        self._book = book
        self._put = put
        self._seed = seed
        self._as_of = as_of
        self._done: set[str] = set()
        self._about: dict[str, tuple[Site, dict[str, Any]]] = {}

    @property
    def pending(self) -> bool:
        """A site with a search was not asked yet in this walk."""
        return any(plan.site.search_url and plan.site.id not in self._done for plan in self._book.plans.values())

    def begin(self) -> bool:
        """Queue the questions of the sites whose articles are all stored; False when there is nothing to ask."""
        added = False
        for plan in self._book.plans.values():
            site = plan.site
            if site.search_url and site.id not in self._done and self._book.owns(f"site:{site.id}"):
                self._done.add(site.id)
                added = self._ask(site, site.search_url) or added
        return added

    def _ask(self, site: Site, template: str) -> bool:
        drawn, of, known = self._draw(site)
        for number, (url, title) in enumerate(drawn, 1):
            asked = template.replace("{title}", quote(title, safe=""))
            if str(number) in known:
                continue
            self._about[asked] = site, {"number": number, "title": title, "article": url, "asked": asked, "of": of}
            self._book.queue([], Entry(SEARCH_ID, asked, Role.PAGE, site.id, f"site:{site.id}", 1, parent=site.url))
        return len(drawn) > len(known)

    def _draw(self, site: Site) -> tuple[list[tuple[str, str]], int, set[str]]:
        """(address, title) of the drawn articles in order, how many there were, and what an earlier walk asked."""
        page, address, network, run = schema.page, schema.address, schema.network, self._book.run
        query = (
            sa.select(address.c.url, address.c.final_url, page.c.headline, page.c.title, page.c.published)
            .join(address, (address.c.run == page.c.run) & (address.c.id == page.c.id))
            .where(page.c.run == run, page.c.site == site.id, page.c.kind == "article", page.c.published.is_not(None))
        )
        mine = (network.c.run == run, network.c.site == site.id, network.c.probe == "search")
        titles: dict[str, str] = {}
        with self._engine.connect() as db:
            known = set(db.execute(sa.select(network.c.key).where(*mine)).scalars())
            for row in db.execute(query):
                title = asked_title(row.headline or row.title, date.fromisoformat(row.published), self._as_of.date())
                url = row.final_url or row.url
                if title is not None and titles.get(title, url) >= url:
                    titles[title] = url
        drawn = heapq.nsmallest(TITLES, titles.items(), key=lambda one: rank(self._seed, site.id, one[1]))
        return [(url, title) for title, url in drawn], len(titles), known

    def take(self, entry: Entry, answer: Answer, seeing: Seeing) -> None:
        """Keep what the search said to one title."""
        site, about = self._about[entry.url]
        outcome, more = "unchecked", {"reason": seeing.reason.value}
        if seeing.outcome is Outcome.OK and not answer.truncated:
            page = read_page(answer.body, entry.target, answer.headers.get("content-type"), self._as_of)
            outcome, more = look(page, about["title"], about["article"])
        data = {name: value for name, value in about.items() if name != "number"} | more | {"status": answer.status}
        fact = NetworkFact("search", host_of(entry.url), str(about["number"]), outcome, data, answer.at)
        self._put([("network", network_row(self._book.run, site.id, fact))])


def look(page: Page, title: str, article: str) -> tuple[str, dict[str, Any]]:
    """Whether a page of results shows an article, by its address or title; unchecked where a script draws them."""
    if page.kind in ("challenge", "scripted-list"):
        return "unchecked", {"reason": page.kind}
    wanted, target = _plain(title), _place(article)
    if any(_place(link.url) == target for link in page.links):
        return "ok", {"by": "address"}
    if any(_tells(_plain(link.text), wanted) for link in page.links):
        return "ok", {"by": "title"}
    text = _plain(page.text)
    told = re.sub(_REPEATS.format(re.escape(wanted)), "", text)
    if wanted in told:
        return "ok", {"by": "text"}
    shape = blake2b(text.replace(wanted, "").encode(), digest_size=8).hexdigest()
    if not page.items and not _NONE.search(page.text):
        return "unchecked", {"reason": "no-results-seen", "shape": shape}
    return "missing", {"shape": shape}


def _tells(text: str, wanted: str) -> bool:
    cut = text.rstrip("….")
    return wanted in text or (cut != text and len(cut) >= _SHORT and wanted.startswith(cut))


def _plain(text: str) -> str:
    return re.sub(r"[\s\u3000“”\"'‘’]", "", text)


def _place(url: str) -> str:
    """An address without scheme, by which http and https are the same."""
    return canonical(url).partition("://")[2]
