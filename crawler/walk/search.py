"""A site's own search, asked for seeded titles by the GET address that the office gives (`search_url`, D24, B8).

Asked once the walk is through, as ordinary requests of the site's lane: its pace and robots.txt hold. No form is sent.
Facts `search, search-lower or search-part | host | 1… | outcome`: ok (on the first page), missing, unchecked; data:
title, article, asked, by, reason, shape (digest of what the page says beside the title), of (how many titles could be
drawn), words (typed where it is not the title), services (texts among the results that lead to a service), kinds (how
many words of a classified display stand outside of the site's own navigation).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawler.facts import schema
from crawler.facts.model import NetworkFact
from crawler.facts.writer import Batch
from crawler.frontier import Entry, Role
from crawler.hosts import host_of
from crawler.inventory import Site
from crawler.outcomes import Outcome, Seeing
from crawler.pages import Page, canonical, read_page
from crawler.walk.answer import Answer
from crawler.walk.book import AddressBook
from crawler.walk.questions import Question, below, questions
from crawler.walk.rows import network_row

SEARCH_ID = -3  # a question to a search is no address of the round
_NONE = re.compile(
    r"(?:没有|未能?)(?:找到|搜索到|查询到|检索到|查到)|(?<!\d)0\s*(?:条|个|项)|(?:暂无|无)相关(?:结果|信息|内容)"
)
_REPEATS = (  # what was asked, said again within twelve characters of these words
    r"(?:搜索|检索|查询|关键[词字]|包含|结果).{{0,12}}{0}|{0}.{{0,12}}(?:结果|相关|[共约]\d|没有|未)"
)
_SERVICE = re.compile(r"(?:在线|网上|立即|马上|我要)(?:办理|办事|办)|办事(?:指南|入口)|办理入口")
_KINDS = re.compile(r"全部|分类|类型|频道|栏目|要闻|新闻|动态|文件|政策|解读|公开|公告|办事|服务|互动|图片|视频|专题")
_SHOWN = 3  # texts of services that a fact keeps
_SHORT = 12  # characters of a cut title that still tell it


class SiteSearch:
    """Draws the titles from the store, queues the questions and keeps the answers as facts."""

    def __init__(
        self,
        engine: Engine,
        book: AddressBook,
        put: Callable[[Batch], None],
        sites: Sequence[Site],
        *,
        seed: int,
        as_of: datetime,
    ) -> None:
        self._engine = engine
        self._book = book
        self._put = put
        self._sites = sites
        self._seed = seed
        self._as_of = as_of
        self._done: set[str] = set()
        self._about: dict[str, tuple[Site, Question]] = {}

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
        network, run = schema.network, self._book.run
        known = sa.select(network.c.probe, network.c.key).where(network.c.run == run, network.c.site == site.id)
        with self._engine.connect() as db:
            done = {(row.probe, row.key) for row in db.execute(known)}
            wanted = questions(db, run, site, below(site, self._sites), self._seed, self._as_of.date())
        asked = {template.replace("{title}", quote(one.words, safe="")): one for one in wanted}
        asked = {url: one for url, one in asked.items() if (one.probe, str(one.number)) not in done}
        for url, one in asked.items():
            self._about[url] = site, one
            self._book.queue([], Entry(SEARCH_ID, url, Role.PAGE, site.id, f"site:{site.id}", 1, parent=site.url))
        return bool(asked)

    def take(self, entry: Entry, answer: Answer, seeing: Seeing) -> None:
        """Keep what the search said to one question."""
        site, question = self._about[entry.url]
        outcome, more = "unchecked", {"reason": seeing.reason.value}
        if seeing.outcome is Outcome.OK and not answer.truncated:
            page = read_page(answer.body, entry.target, answer.headers.get("content-type"), self._as_of)
            outcome, more = look(page, question.title, question.article)
        data = {"title": question.title, "article": question.article, "asked": entry.url, "of": question.of}
        if question.words != question.title:
            data["words"] = question.words
        data |= more | {"status": answer.status}
        fact = NetworkFact(question.probe, host_of(entry.url), str(question.number), outcome, data, answer.at)
        self._put([("network", network_row(self._book.run, site.id, fact))])


def look(page: Page, title: str, article: str) -> tuple[str, dict[str, Any]]:
    """Whether a page of results shows an article, by its address or title; unchecked where a script draws them."""
    if page.kind in ("challenge", "scripted-list"):
        return "unchecked", {"reason": page.kind}
    wanted, text = _plain(title), _plain(page.text)
    if by := _found(page, text, wanted, _place(article)):
        return "ok", {"by": by, "kinds": _kinds(page, text, wanted)} | _services(page)
    shape = blake2b(text.replace(wanted, "").encode(), digest_size=8).hexdigest()
    if not page.items and not _NONE.search(page.text):
        return "unchecked", {"reason": "no-results-seen", "shape": shape}
    return "missing", {"shape": shape, "kinds": _kinds(page, text, wanted)}


def _found(page: Page, text: str, wanted: str, target: str) -> str | None:
    if any(_place(link.url) == target for link in page.links):
        return "address"
    if any(_tells(_plain(link.text), wanted) for link in page.links):
        return "title"
    return "text" if wanted in re.sub(_REPEATS.format(re.escape(wanted)), "", text) else None


def _kinds(page: Page, text: str, wanted: str) -> int:
    """Words that sort results; what was asked, the titles found and the site's frame say them too and do not count."""
    text = text.replace(wanted, "")
    for link in page.links:
        if link.region != "content" or len(link.text) > _SHORT:
            text = text.replace(_plain(link.text), "", 1)
    return len(set(_KINDS.findall(text)))


def _services(page: Page) -> dict[str, Any]:
    """What leads to a service among the results: the site's own navigation and footer say nothing of them."""
    texts = (" ".join(link.text.split()) for link in page.links if link.region == "content" and not link.hidden)
    found = list(dict.fromkeys(text[:60] for text in texts if _SERVICE.search(text)))
    return {"services": found[:_SHOWN]} if found else {}


def _tells(text: str, wanted: str) -> bool:
    cut = text.rstrip("….")
    return wanted in text or (cut != text and len(cut) >= _SHORT and wanted.startswith(cut))


def _plain(text: str) -> str:
    return re.sub(r"[\s\u3000“”\"'‘’]", "", text)


def _place(url: str) -> str:
    """An address without scheme, by which http and https are the same."""
    return canonical(url).partition("://")[2]
