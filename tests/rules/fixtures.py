"""Pages of tests/rules/<id>/: one file holds the pages of one site, each after a line `<!--# path column -->`."""

from __future__ import annotations

import re
from dataclasses import asdict
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


def site_of(path: Path) -> FakeSite:
    """The site of a fixture; an address given twice is first the round before, then this one."""
    words: dict[str, str] = {}
    earlier: dict[str, str] = {}
    facts: dict[str, PageFact] = {}
    numbers: list[PersonalFact] = []
    for number, (url, column_id, markup) in enumerate(pages_of(path)):
        if url in words:
            earlier[url] = words[url]
        page = read_page(markup.encode(), url, "text/html", AS_OF)
        words[url], facts[url] = markup, as_fact(page, column_id)
        for _, row in personal_rows(1, number, "portal", find_personal(page.text), b"salt"):
            numbers.append(PersonalFact(url, row["kind"], row["masked"], row["digest"], "", row["count"]))
    home = facts.get(HOME)
    changes = {"home_page": home} if home is not None else {}
    return site_facts(
        portal(), columns=columns(), page_facts=list(facts.values()), words=words, earlier=earlier, numbers=numbers,
        **changes,
    )  # fmt: skip


def columns() -> list[ColumnFact]:
    """One fresh column of each type, and fresh news."""
    return [column(name, kind, ago(3)) for name, kind in TYPES.items()] + [column("yw", "动态要闻", ago(1))]
