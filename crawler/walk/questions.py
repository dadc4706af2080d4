"""Which words are typed into a portal's search: titles of its own, of the sites below it, and parts of a title."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crawler.facts import schema
from crawler.facts.titles import asked_title, part_of, rank
from crawler.inventory import Site

OWN = "search"  # D24(2): 随机选取4条网站已发布的信息或服务的标题
LOWER = "search-lower"  # B8(3): 随机选取下级网站上的2条信息或服务的标题
PART = "search-part"  # B8(1): 关键词模糊搜索
TITLES = {OWN: 4, LOWER: 2, PART: 1}
_TRIED = 8  # articles of the sites below: some may share their title


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a search. `words` are typed; `of`: how many titles could be drawn."""

    probe: str
    number: int
    words: str
    title: str
    article: str
    of: int


def below(site: Site, sites: Sequence[Site]) -> list[str]:
    """Ids of the sites below a portal: under its domain, or every department site where it is the only portal."""
    if site.kind != "portal":
        return []
    domain = "." + site.host.removeprefix("www.")
    alone = sum(one.kind == "portal" for one in sites) == 1
    return [
        one.id
        for one in sites
        if one.id != site.id and (one.host.endswith(domain) or (alone and one.kind == "department"))
    ]


def questions(db: Connection, run: int, site: Site, lower: Sequence[str], seed: int, today: date) -> list[Question]:
    """What a site's search is asked, the same for the same seed and the same stored articles."""
    own: dict[str, str] = {}
    for url, title in _articles(db, run, [site.id], today):
        if own.get(title, url) >= url:
            own[title] = url
    drawn = heapq.nsmallest(TITLES[OWN], own.items(), key=lambda one: rank(seed, site.id, one[1]))
    found = [Question(OWN, n, title, title, url, len(own)) for n, (title, url) in enumerate(drawn, 1)]
    if site.kind != "portal":  # the bonus is a portal's
        return found
    parts = ((words, title, url) for title, url in drawn if (words := part_of(title)))
    for words, title, url in list(parts)[: TITLES[PART]]:
        found.append(Question(PART, 1, words, title, url, len(own)))
    theirs = _Counted(one for one in _articles(db, run, lower, today) if one[1] not in own)
    kept: dict[str, str] = {}
    for url, title in heapq.nsmallest(_TRIED, theirs, key=lambda one: rank(seed, site.id, one[0])):
        kept.setdefault(title, url)
    for n, (title, url) in enumerate(list(kept.items())[: TITLES[LOWER]], 1):
        found.append(Question(LOWER, n, title, title, url, theirs.count))
    return found


class _Counted:
    """Passes articles on and counts them: a province has millions, none is kept."""

    def __init__(self, articles: Iterable[tuple[str, str]]) -> None:
        self._articles = articles
        self.count = 0

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for one in self._articles:
            self.count += 1
            yield one


def _articles(db: Connection, run: int, sites: Sequence[str], today: date) -> Iterator[tuple[str, str]]:
    """(address, title) of the sites' stored articles whose title can be asked."""
    page, address = schema.page, schema.address
    query = (
        sa.select(address.c.url, address.c.final_url, page.c.headline, page.c.title, page.c.published)
        .join(address, (address.c.run == page.c.run) & (address.c.id == page.c.id))
        .where(page.c.run == run, page.c.kind == "article", page.c.published.is_not(None))
    )
    for site in sites:
        for row in db.execute(query.where(page.c.site == site)):
            title = asked_title(row.headline or row.title, date.fromisoformat(row.published), today)
            if title is not None:
                yield row.final_url or row.url, title
