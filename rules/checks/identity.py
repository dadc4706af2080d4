"""The footer: six identity items (D21), codes that contradict each other (G6), the 找错 entry (D23a)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field

from crawler.facts import PageFact, SiteFacts
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Certainty, Rule, Where, region_of

ITEMS = {
    "conac": "党政机关网站标识",
    "site_code": "网站标识码",
    "icp": "ICP备案编号",
    "police": "公安机关备案标识",
    "sponsor": "网站主办单位",
    "contact": "联系方式",
}
_CODE = re.compile(r"^(?:[1-9]\d{9}|bm\d{8})$", re.IGNORECASE)
_SOME = 3  # items in the page itself that show a footer not drawn by script


class FooterParams(Params):
    """How many footer items must be there before a missing one is called missing and not drawn by script."""

    static_items: int = Field(default=3, ge=1, le=6, description="页面自身至少有几项，才认定其余缺失而非脚本绘制")
    sample: int = Field(default=3, ge=1, le=50, description="首页之外抽查几个页面")


class EntryParams(Params):
    """Points of a missing 找错 entry."""

    home: float = Field(ge=0, le=100, description="首页没有扣分")
    other: float = Field(ge=0, le=100, description="其他页面每处扣分")
    sample: int = Field(default=10, ge=1, le=200, description="首页之外抽查几个页面")


class SamplePages:
    """The home page and a seeded draw of list pages and articles, kept small while all pages pass by."""

    def __init__(self, site: SiteFacts, ctx: Context, name: str, size: int) -> None:
        self._site = site
        self._draw = ctx.draw(f"{name}:{site.site.id}", size)

    def visit(self, page: PageFact) -> None:
        """Take in a page that carries the site's own frame."""
        if page.kind in ("home", "list", "article") and page.region != "home":
            self._draw.add(page)

    def home(self) -> PageFact | None:
        """The home page when it was read as readers see it."""
        page = self._site.home_page
        return page if page is not None and has_frame(page) else None

    def drawn(self) -> list[PageFact]:
        """The draw, the same for the same seed whatever the order of the pages."""
        return self._draw.pages()


def has_frame(page: PageFact) -> bool:
    """True for a page of a site: items or a footer. A parked, challenge, login or empty page has neither."""
    return page.kind not in ("challenge", "scripted-list") and bool(page.identity or page.item_count)


def draws_unseen(page: PageFact) -> bool:
    """True when a script or frame that may draw the footer could not be read: nothing is known to be missing."""
    return bool(page.extra.get("footers_unread"))


def where(pages: Sequence[PageFact]) -> tuple[Where, ...]:
    """The pages as places of a finding."""
    return tuple(Where(page=page.url, text=page.title or "", region=region_of(page.region)) for page in pages[:20])


def candidate(page: PageFact, message: str, gist: str, observed: Mapping[str, Any], cost: float | None = None) -> Draft:
    """A drawn page that a person should look at; `cost` is what a confirmation would deduct."""
    return replace(candidate_of_all([page], message, gist, observed), deduction=cost)


def candidate_of_all(pages: Sequence[PageFact], message: str, gist: str, observed: Mapping[str, Any]) -> Draft:
    """One candidate about several pages, told of the first."""
    return Draft(
        subject=pages[0].url,
        message=message,
        gist=gist,
        certainty="suspected",
        unit=pages[0].unit,
        column=pages[0].column,
        where=where(pages),
        where_count=len(pages),
        observed=observed,
    )


def candidate_of_case(
    rule: Rule, case: int, text: str, places: Sequence[Where], *, subject: str, times: int = 1, **observed: object
) -> Draft:
    """A candidate of one numbered case of an indicator (from 0), found `times` times; its message is `{text}`."""
    points = times * rule.items[case].points
    return Draft(
        subject=subject,
        message=fill(rule.message, {"text": text}),
        gist=f"{rule.id}.{case + 1}",
        certainty="suspected",
        where=tuple(places),
        where_count=len(places),
        observed={"item": case + 1, **observed},
        deduction=points if rule.level == "deduction" else None,
        bonus=points if rule.level == "bonus" else None,
    )


@dataclass
class _Footer:
    site: SiteFacts
    rule: Rule
    params: FooterParams
    pages: SamplePages

    def visit(self, page: PageFact) -> None:
        self.pages.visit(page)

    def drafts(self) -> Iterator[Draft]:
        home = self.pages.home()
        if home is None:
            return
        looked = [home, *self.pages.drawn()]
        missing = [name for name in ITEMS if any(not page.identity.get(name) for page in looked)]
        if not missing:
            return
        static = all(len(ITEMS.keys() & page.identity.keys()) >= self.params.static_items for page in looked)
        static = static and not any(draws_unseen(page) for page in looked)
        certainty: Certainty = "confirmed" if static else "suspected"
        lacking = [page for page in looked if any(not page.identity.get(name) for name in missing)]
        names = "、".join(ITEMS[name] for name in missing)
        points = self.rule.points
        yield Draft(
            subject=self.site.site.url,
            message=fill(self.rule.message, {"names": names, "count": len(missing), "pages": len(lacking)}),
            gist="footer",
            certainty=certainty,
            where=where(lacking),
            where_count=len(lacking),
            observed={"missing": missing, "looked_at": [page.url for page in looked]},
            deduction=points * len(missing) if points else None,
        )


@page_check("footer_items", params=FooterParams, fields=("names", "count", "pages"))
def footer_items(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D21: the six items on the home page and a sample of other pages; a footer drawn by script is only suspected."""
    params = FooterParams.model_validate(rule.params)
    return _Footer(site, rule, params, SamplePages(site, ctx, rule.id, params.sample))


@dataclass
class _Codes:
    site: SiteFacts
    rule: Rule

    def visit(self, page: PageFact) -> None:
        """The home page alone is looked at."""

    def drafts(self) -> Iterator[Draft]:
        page = self.site.home_page
        if page is None:
            return
        faults = list(code_faults(page, self.site.site.site_code))
        if faults:
            yield Draft(
                subject=self.site.site.url,
                message=fill(self.rule.message, {"faults": "；".join(faults)}),
                gist="codes",
                where=where([page]),
                where_count=1,
                observed={"identity": dict(page.identity), "site_code": self.site.site.site_code, "faults": faults},
            )


def code_faults(page: PageFact, registered: str | None) -> Iterator[str]:
    """Contradictions between the codes that a page shows (domain 7.2, 7.4, 7.5)."""
    shown = page.identity.get("site_code", "").strip()
    tag = page.tags.get("SiteIDCode", "").strip()
    entry = page.identity.get("jiucuo_code", "").strip()
    if shown and not _CODE.match(shown):
        yield f"页脚网站标识码“{shown}”不是10位标识码"
    for name, code in (("页脚网站标识码", shown), ("SiteIDCode标签", tag), ("“找错”入口的site_code", entry)):
        if code and registered and code.lower() != registered.lower():
            yield f"{name}“{code}”与名录“{registered}”不一致"
    if not registered and len({code.lower() for code in (shown, tag, entry) if code}) > 1:
        yield f"页脚、标签、“找错”入口的网站标识码不一致（{'、'.join(c for c in (shown, tag, entry) if c)}）"
    police, linked = re.sub(r"\D", "", page.identity.get("police", "")), page.identity.get("police_code", "").strip()
    if police and linked and police != linked:
        yield f"公安备案号“{police}”与其链接中的“{linked}”不一致"


@page_check("footer_codes", fields=("faults",))
def footer_codes(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """G6: the site code in footer, tag, 找错 entry and register is one code; so is the police number."""
    return _Codes(site, rule)


@dataclass
class _Entry:
    site: SiteFacts
    rule: Rule
    params: EntryParams
    pages: SamplePages

    def visit(self, page: PageFact) -> None:
        self.pages.visit(page)

    def drafts(self) -> Iterator[Draft]:
        home = self.pages.home()
        if home is None:
            return
        lacking = [page for page in self.pages.drawn() if not page.identity.get("jiucuo")]
        on_home = bool(home.identity.get("jiucuo"))
        if on_home and not lacking:
            return
        static = len(ITEMS.keys() & home.identity.keys()) >= _SOME
        unseen = any(draws_unseen(page) for page in (home, *lacking))
        certainty: Certainty = "confirmed" if (on_home or static) and not unseen else "suspected"
        places = ([] if on_home else ["首页"]) + ([f"{len(lacking)}个其他页面"] if lacking else [])
        points = round((0 if on_home else self.params.home) + self.params.other * len(lacking), 4)
        shown = [*([] if on_home else [home]), *lacking]
        yield Draft(
            subject=self.site.site.url,
            message=fill(self.rule.message, {"places": "、".join(places), "count": len(shown)}),
            gist="entry",
            certainty=certainty,
            where=where(shown),
            where_count=len(shown),
            observed={"home": on_home, "pages": [page.url for page in lacking]},
            deduction=points if self.rule.points else None,
        )


@page_check("error_entry", params=EntryParams, fields=("places", "count"))
def error_entry(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D23a: the “我为政府网站找错” entry on the home page and on a sample of other pages."""
    params = EntryParams.model_validate(rule.params)
    return _Entry(site, rule, params, SamplePages(site, ctx, rule.id, params.sample))
