"""Facts for rule tests, built from plain data: a site in good order unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crawler.facts import (
    AddressFact,
    Attempt,
    BadLink,
    ColumnFact,
    Coverage,
    Holder,
    ItemFact,
    MediaFact,
    NetworkFact,
    Outcome,
    PageFact,
    PersonalFact,
    Reading,
    Reason,
)
from crawler.inventory import Column, Inventory, Site, Unit
from crawler.pages import read_page
from rules.engine import judge
from rules.loader import RuleSet, load_ruleset
from rules.schema import Finding, Judgement

AS_OF = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # 10:00 in Beijing
TODAY = date(2026, 11, 20)
MONTHLY: RuleSet = load_ruleset("monthly")


def _reading(words: Mapping[str, str], url: str) -> Reading | None:
    if url not in words:
        return None
    markup = words[url].encode()
    return Reading(url, markup, read_page(markup, url, "text/html", AS_OF).text, as_of=AS_OF)


@dataclass
class FakeSite:
    """SiteFacts over plain lists."""

    site: Site
    home: AddressFact | None = None
    home_page: PageFact | None = None
    home_items: Sequence[ItemFact] = ()
    columns: Sequence[ColumnFact] = ()
    network: Sequence[NetworkFact] = ()
    coverage: Coverage = field(default_factory=Coverage)
    links: Sequence[BadLink] = ()
    page_facts: Sequence[PageFact] = ()
    words: Mapping[str, str] = field(default_factory=dict)  # HTML by address
    earlier: Mapping[str, str] = field(default_factory=dict)  # of the round before
    numbers: Sequence[PersonalFact] = ()

    def reading(self, url: str) -> Reading | None:
        return _reading(self.words, url)

    def text(self, url: str) -> str | None:
        found = self.reading(url)
        return found.text if found else None

    def before(self, url: str) -> Reading | None:
        return _reading(self.earlier, url)

    def personal_numbers(self) -> Sequence[PersonalFact]:
        return self.numbers

    def bad_links(self) -> Iterator[BadLink]:
        return iter(self.links)

    def pages(self) -> Iterator[PageFact]:
        return iter(self.page_facts)


@dataclass
class FakeRound:
    """RoundFacts over plain lists; `book` answers `address`."""

    inventory: Inventory
    site_facts: Sequence[FakeSite]
    round: str = "2026-11"
    as_of: datetime = AS_OF
    seed: int = 7
    staging: bool = True
    finished: bool = True
    book: dict[str, AddressFact] = field(default_factory=dict)
    shown: dict[str, MediaFact] = field(default_factory=dict)

    def sites(self) -> Iterator[FakeSite]:
        return iter(self.site_facts)

    def address(self, url: str) -> AddressFact | None:
        return self.book.get(url)

    def media(self, url: str) -> MediaFact | None:
        return self.shown.get(url)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


UNITS = [
    Unit(id="zfb", name="云岭市人民政府办公室", kind="government"),
    Unit(id="jyj", name="云岭市教育局", kind="department"),
    Unit(id="czj", name="云岭市财政局", kind="department"),
    Unit(id="swj", name="国家税务总局云岭市税务局", kind="vertical"),
    Unit(id="bwg", name="云岭市博物馆", kind="institution"),
]


def portal(**changes: Any) -> Site:
    values = {"id": "portal", "name": "云岭市人民政府门户网站", "kind": "portal", "unit": "zfb"}
    return Site(**(values | {"url": "http://www.yunling.gov.cn/"} | changes))


def department(**changes: Any) -> Site:
    values = {"id": "jyj", "name": "云岭市教育局", "kind": "department", "unit": "jyj"}
    return Site(**(values | {"url": "http://jyj.yunling.gov.cn/"} | changes))


def address(url: str, outcome: Outcome = Outcome.OK, reason: Reason = Reason.OK, **changes: Any) -> AddressFact:
    return AddressFact(url=url, outcome=outcome, reason=reason, **changes)


def item(days: int | None, *, url: str = "", listed: bool = False, read: bool = True) -> ItemFact:
    day = None if days is None else ago(days)
    return ItemFact(
        url=url or f"http://www.yunling.gov.cn/{days}.html",
        title=f"{days}天前的信息",
        listed=day if listed else None,
        published=None if listed else day,
        article_read=read,
    )


def column(id: str, type: str, newest: date | None, **changes: Any) -> ColumnFact:
    """A column whose list was read and shows ten dated items."""
    spec = {key: changes.pop(key) for key in ("top_level", "update_days", "name") if key in changes}
    spec.setdefault("top_level", True)
    entry = Column(id=id, url=f"/{id}/", type=type, **({"name": f"{type}{id}"} | spec))  # type: ignore[arg-type]
    url = changes.pop("url", f"http://www.yunling.gov.cn/{id}/")
    found = None if newest is None else ItemFact(url=f"{url}1.html", title="最新一条", listed=newest)
    values: dict[str, Any] = {
        "column": entry, "url": url, "unit": "zfb", "discovered": False, "outcome": Outcome.OK, "reason": Reason.OK,
        "kind": "list", "final_url": url, "newest": newest, "newest_item": found, "item_count": 10,
        "dated_count": 10 if newest else 0, "undated_articles": 0,
    }  # fmt: skip
    return ColumnFact(**(values | changes))


def blank(id: str, type: str = "其他", **changes: Any) -> ColumnFact:
    return column(id, type, None, **({"kind": "blank", "item_count": 0} | changes))


def page(url: str, **changes: Any) -> PageFact:
    return PageFact(**({"url": url, "kind": "article", "region": "article", "title": "标题"} | changes))


def holder(page_url: str, region: str = "article", column_id: str | None = None, **changes: Any) -> Holder:
    return Holder(page=page_url, text=changes.pop("text", "链接"), region=region, column=column_id, **changes)


def dead(url: str, *holders: Holder, reason: Reason = Reason.HTTP_404, **changes: Any) -> BadLink:
    outcome = changes.pop("outcome", Outcome.DEAD)
    tries = (Attempt(AS_OF, reason, 404), Attempt(AS_OF + timedelta(seconds=1), reason, 404))
    target = address(url, outcome, reason, status=404, attempts=tries)
    count = changes.pop("holder_count", len(holders))
    return BadLink(target=target, holders=holders, holder_count=count, **changes)


def dns(key: str, outcome: str = "ok", records: Sequence[str] = (), host: str = "www.yunling.gov.cn") -> NetworkFact:
    return NetworkFact("dns", host, key, outcome, {"records": list(records)}, AS_OF)


FULL_COLUMNS = (("yw", "动态要闻", 1), ("zc", "政策文件", 30), ("jd", "政策解读", 40))


def good_columns() -> list[ColumnFact]:
    return [column(id, type, ago(days)) for id, type, days in FULL_COLUMNS]


def site_facts(site: Site | None = None, **changes: Any) -> FakeSite:
    """A site whose home page was read today and whose columns are in order."""
    site = site or portal()
    home = page(site.url, kind="home", region="home")
    values: dict[str, Any] = {
        "home": address(site.url, final_url=site.url), "home_page": home, "home_items": [item(1)],
        "columns": good_columns(),
    }  # fmt: skip
    return FakeSite(site=site, **(values | changes))


def round_facts(*sites: FakeSite, **changes: Any) -> FakeRound:
    given = [facts.site for facts in sites]
    exemptions = changes.pop("exemptions", [])
    if not any(site.kind == "portal" for site in given):
        given.append(portal())
    inventory = Inventory(
        city="云岭市",
        region_code="532901",
        issuer="云岭市人民政府办公室",
        units=UNITS,
        sites=given,
        exemptions=exemptions,
    )
    return FakeRound(inventory=inventory, site_facts=sites, **changes)


def judged(*sites: FakeSite, ruleset: RuleSet = MONTHLY, previous: Any = None, **changes: Any) -> Judgement:
    return judge(round_facts(*sites, **changes), ruleset, previous=previous)


def findings(judgement: Judgement, category: str | None = None, rule: str | None = None) -> list[Finding]:
    """Those of a category, and of a rule as first or further clause."""
    return [
        finding
        for finding in judgement.findings
        if category in (None, finding.category)
        and (rule is None or rule == finding.rule or rule in finding.observed.get("also", ()))
    ]
