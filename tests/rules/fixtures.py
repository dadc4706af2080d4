"""Pages of tests/rules/<id>/: one file holds the pages of one site, each after a line `<!--# path column -->`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urljoin

from crawler.facts import ColumnFact, PageFact, PersonalFact
from crawler.facts.bodies import personal_rows
from crawler.pages import Page, read_page
from crawler.pages.personal import find_personal
from tests.rules.build import AS_OF, FakeSite, ago, column, portal, site_facts

HOME = "http://www.yunling.gov.cn/"
TYPES = {"bs": "办事服务", "ly": "咨询建言", "zc": "政策文件", "jd": "政策解读", "nb": "信息公开年报", "tz": "通知公告"}
_PART = re.compile(r"<!--# (\S+) (\w+) -->\n")


def pages_of(path: Path) -> list[tuple[str, str, str]]:
    """(address, column, markup) of each page, in order."""
    parts = _PART.split(path.read_text(encoding="utf-8"))[1:]
    return [(urljoin(HOME, parts[n]), parts[n + 1], parts[n + 2]) for n in range(0, len(parts), 3)]


def as_fact(page: Page, column_id: str) -> PageFact:
    """What the store keeps of a page."""
    home = column_id == "home"
    identity = {name: value for name, value in asdict(page.identity).items() if isinstance(value, str)}
    return PageFact(
        url=page.url, kind=page.kind, region="home" if home else "article", title=page.title, headline=page.headline,
        column=None if home else column_id, unit="zfb", published=page.published, doc_number=page.doc_number,
        item_count=len(page.items), tags=page.tags, identity=identity, text_length=page.text_length,
    )  # fmt: skip


@dataclass
class Words:
    """Pages as the store keeps them: markup by address, of the round before as well, and the numbers they show."""

    now: dict[str, str] = field(default_factory=dict)
    earlier: dict[str, str] = field(default_factory=dict)
    facts: dict[str, PageFact] = field(default_factory=dict)
    numbers: list[PersonalFact] = field(default_factory=list)


def words_of(pages: Iterable[tuple[str, str, str]]) -> Words:
    """(address, column, markup) of pages, read; an address given twice is first the round before, then this one."""
    found = Words()
    for number, (url, column_id, markup) in enumerate(pages):
        if url in found.now:
            found.earlier[url] = found.now[url]
        page = read_page(markup.encode(), url, "text/html", AS_OF)
        found.now[url], found.facts[url] = markup, as_fact(page, column_id)
        for _, row in personal_rows(1, number, "portal", find_personal(page.text), b"salt"):
            found.numbers.append(PersonalFact(url, row["kind"], row["masked"], row["digest"], "", row["count"]))
    return found


def site_of(path: Path) -> FakeSite:
    """The site of a fixture."""
    words = words_of(pages_of(path))
    home = words.facts.get(HOME)
    changes = {"home_page": home} if home is not None else {}
    return site_facts(
        portal(), columns=columns(), page_facts=list(words.facts.values()), words=words.now, earlier=words.earlier,
        numbers=words.numbers, **changes,
    )  # fmt: skip


def columns() -> list[ColumnFact]:
    """One fresh column of each type, and fresh news."""
    return [column(name, kind, ago(3)) for name, kind in TYPES.items()] + [column("yw", "动态要闻", ago(1))]
