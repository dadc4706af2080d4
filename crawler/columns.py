"""Columns of a site that nobody named: from its navigation, its site map, breadcrumbs, and lists that name themselves.

A column here is an address with a name. Whether it is a list, a static page or a form shows when it is read, and its
type is settled by `crawler.facts.columns` from all that was seen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.frontier import Role
from crawler.hosts import SitePlan
from crawler.pages import Page, canonical, column_type_of
from crawler.pages.marks import load_marks
from crawler.pages.paths import is_article, is_home
from crawler.walk.book import looks_like_file

MAX_FOUND = 400  # columns of one site: real portals have some two hundred, a page that makes up more is a trap
MAX_NAME = 20
FOUND = "nav-"  # how the ids of found columns begin
_CHINESE = re.compile("[\u4e00-\u9fff]{2}")
_SPACE = re.compile(r"[\s\u3000>»·•|]+")
_MAP = re.compile(r"(?:网站|站点)(?:导航)?地图")
_MAP_PATH = re.compile(r"/(?:site[-_]?map|wzdt|zddt|map)(?:[./]|$)", re.IGNORECASE)
_FURTHER = re.compile(r"[?&](?:\w*page\w*|p|pn)=\d|/(?:index|list|default)_\d+\.\w+$", re.IGNORECASE)  # page 2, 3, …
_LISTS = ("list", "blank", "scripted-list")


@dataclass(frozen=True, slots=True)
class Found:
    """A column as the site names it. `top_level`: an entry of the first level of the main navigation."""

    url: str
    name: str
    type: str
    top_level: bool = False

    @property
    def id(self) -> str:
        """The same in every round."""
        return FOUND + hashlib.blake2b(self.url.encode(), digest_size=5).hexdigest()


class ColumnFinder:
    """Looks for columns on the pages of one site; tells each once. `walked`: is an address one of the site's?"""

    def __init__(self, plan: SitePlan, walked: Callable[[str], bool]) -> None:
        self._plan = plan
        self._walked = walked
        self._seen = {plan.home, *plan.columns, *plan.found}
        self._checked: set[str] = set()  # addresses as written, so that a breadcrumb is looked at once
        self._paths: set[tuple[str, ...]] = set()
        self._menu_read = bool(plan.found)

    def see(self, page: Page, url: str, role: Role) -> list[Found]:
        """Columns that this page tells of and no page before it did; `url` is its canonical address."""
        found: list[Found] = []
        if role is Role.HOME or (page.kind == "home" and not self._menu_read):
            found += self._menu(page)
            self._menu_read = self._menu_read or bool(page.navigation)
        elif is_site_map(page, url):
            found += self._site_map(page)
        found += self._crumb(page, url)
        if role is not Role.LIST and page.kind in _LISTS:
            found += self._itself(page, url)
        return found

    def maps(self, page: Page) -> list[str]:
        """Addresses of the site map that a home page links."""
        links = (link for link in page.links if link.tag == "a" and _MAP.search(link.text[:20]))
        return [link.url for link in links if self._walked(link.url)][:2]

    def _menu(self, page: Page) -> Iterator[Found]:
        parents = {canonical(sub): canonical(head) for sub, head in page.menu_parents.items()}
        for name, url in page.navigation:
            form = canonical(url)
            if self._new(name, form):
                head = parents.get(form)
                yield self._take(name, form, top_level=head is None or is_home(head))

    def _site_map(self, page: Page) -> Iterator[Found]:
        for link in page.links:
            if link.tag != "a" or link.region not in ("content", "side") or link.hidden or link.url in self._checked:
                continue
            self._checked.add(link.url)
            form = canonical(link.url)
            if not is_article(form) and self._new(link.text, form):
                yield self._take(link.text, form)

    def _crumb(self, page: Page, url: str) -> Iterator[Found]:
        """Steps between the home page and this page that lead somewhere."""
        for name, step in page.breadcrumb:
            if step is None or step in self._checked:
                continue
            self._checked.add(step)
            form = canonical(step)
            if not (form == url and page.kind not in _LISTS) and self._new(name, form):
                yield self._take(name, form)

    def _itself(self, page: Page, url: str) -> Iterator[Found]:
        """A list that says its name: by its breadcrumb, its ColumnName tag, or a title that means a column."""
        path = tuple(name for name, _ in page.breadcrumb)
        again = bool(path) and path in self._paths
        self._paths.add(path)
        if again or url in self._seen or _FURTHER.search(url):
            return
        name = path[-1] if len(path) > 1 else page.tags.get("ColumnName", "")
        if not name and page.title and len(page.items) >= 5:
            head = re.split(r"[-_—|]", page.title)[0]
            name = head if column_type_of(head) else ""
        if self._new(name, url):
            yield self._take(name, url, page.column_type)

    def _new(self, name: str, form: str) -> bool:
        """Can this be a column that is not yet known: named in Chinese, on the site, no file, no home page?"""
        name = _tidy(name)
        return (
            form not in self._seen
            and len(self._plan.found) < MAX_FOUND
            and len(name) <= MAX_NAME
            and _CHINESE.search(name) is not None
            and not any(word in name for word in load_marks("columns.yaml")["no_column"])
            and self._walked(form)
            and not is_home(form)
            and not looks_like_file(form)
            and not self._plan.ignored(form)
        )

    def _take(self, name: str, form: str, kind: str | None = None, *, top_level: bool = False) -> Found:
        self._seen.add(form)
        found = Found(form, _tidy(name), column_type_of(name) or kind or "其他", top_level)
        self._plan.found[form] = found.id
        return found


def is_site_map(page: Page, url: str) -> bool:
    """Is this the page that lists all columns?"""
    named = _MAP.search(page.title or "") or any(_MAP.search(name) for name, _ in page.breadcrumb[-1:])
    return bool(named) or (_MAP_PATH.search(urlsplit(url).path) is not None and page.kind != "article")


def _tidy(name: str) -> str:
    return _SPACE.sub("", name)
