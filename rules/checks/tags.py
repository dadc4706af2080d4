"""网页标签规范 (国办发〔2017〕47号): D26 by sample, T1–T4 by group, G4 for the source of articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from crawler.facts import PageFact, SiteFacts
from rules.checks.identity import has_frame, where
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule
from rules.subjects import host_of

Group = Literal["home", "list", "article"]
SITE = ("SiteName", "SiteDomain", "SiteIDCode")
COLUMN = ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
ARTICLE = ("ArticleTitle", "PubDate", "ContentSource")
REQUIRED: dict[str, tuple[str, ...]] = {"home": SITE, "list": (*SITE, *COLUMN), "article": (*SITE, *ARTICLE)}
_KINDS = {"home": "首页", "list": "栏目页", "article": "内容页"}
PLACEHOLDERS = ("网站名称", "站点名称", "栏目名称", "标题", "文章标题", "来源", "域名", "标识码", "xxx", "XXX")


class SampleParams(Params):
    """How many pages of each kind are drawn."""

    articles: int = Field(default=5, ge=1, le=100, description="抽查几个内容页面")
    columns: int = Field(default=5, ge=1, le=100, description="抽查几个栏目页面")


class GroupParams(Params):
    """Which group of tags, on which kind of page."""

    page: Group = Field(description="home 首页、list 栏目页、article 内容页")
    tags: list[str] = Field(min_length=1, description="必选标签")


def lacking(page: PageFact, tags: Sequence[str]) -> list[str]:
    """Tags that the page has not, or has empty or with a template's placeholder."""
    return [tag for tag in tags if page.tags.get(tag, "").strip() in ("", *PLACEHOLDERS)]


class _Sample:
    def __init__(self, site: SiteFacts, rule: Rule, ctx: Context, params: SampleParams) -> None:
        self.rule = rule
        sizes = {"article": params.articles, "list": params.columns}
        self.draws = {kind: ctx.draw(f"{rule.id}:{site.site.id}:{kind}", size) for kind, size in sizes.items()}

    def visit(self, page: PageFact) -> None:
        if page.kind in self.draws:
            self.draws[page.kind].add(page)

    def drafts(self) -> Iterator[Draft]:
        for kind, draw in self.draws.items():
            for page in draw.pages():
                missing = lacking(page, REQUIRED[kind])
                if missing:
                    yield self._draft(page, kind, missing)

    def _draft(self, page: PageFact, kind: str, missing: list[str]) -> Draft:
        values = {"kind": _KINDS[kind], "tags": "、".join(missing), "title": page.title or page.url}
        draw = self.draws[kind]
        return Draft(
            subject=page.url,
            message=fill(self.rule.message, values),
            gist="tags",
            unit=page.unit,
            column=page.column,
            where=where([page]),
            where_count=1,
            observed={"missing": missing, "sample": len(draw.pages()), "population": draw.population},
            deduction=self.rule.points,
        )


@page_check("page_tags", params=SampleParams, fields=("kind", "tags", "title"))
def page_tags(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D26: five content pages and five column pages, drawn by the round's seed."""
    return _Sample(site, rule, ctx, SampleParams.model_validate(rule.params))


@dataclass
class _GroupOfTags:
    site: SiteFacts
    rule: Rule
    params: GroupParams
    seen: int = 0
    missing: set[str] = field(default_factory=set)
    faulty: list[PageFact] = field(default_factory=list)
    count: int = 0

    def visit(self, page: PageFact) -> None:
        kind = "home" if page.region == "home" else page.kind
        if kind != self.params.page or not has_frame(page):
            return
        self.seen += 1
        missing = lacking(page, self.params.tags)
        if missing:
            self.count += 1
            self.missing.update(missing)
            self.faulty = sorted([*self.faulty, page], key=lambda one: one.url)[:20]

    def drafts(self) -> Iterator[Draft]:
        if not self.faulty:
            return
        tags = "、".join(tag for tag in self.params.tags if tag in self.missing)
        values = {"kind": _KINDS[self.params.page], "tags": tags, "count": self.count, "seen": self.seen}
        yield Draft(
            subject=self.site.site.url,
            message=fill(self.rule.message, values),
            gist=f"tags-{self.params.page}",
            where=where(self.faulty),
            where_count=self.count,
            observed={"missing": sorted(self.missing), "count": self.count, "seen": self.seen},
        )


@page_check("tag_group", params=GroupParams, fields=("kind", "tags", "count", "seen"))
def tag_group(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """T1–T3: on how many pages of one kind a required tag is missing, empty or a placeholder."""
    return _GroupOfTags(site, rule, GroupParams.model_validate(rule.params))


@dataclass
class _Values:
    site: SiteFacts
    rule: Rule

    def visit(self, page: PageFact) -> None:
        """The home page alone is looked at."""

    def drafts(self) -> Iterator[Draft]:
        page = self.site.home_page
        faults = list(self._faults(page)) if page is not None else []
        if page is not None and faults:
            yield Draft(
                subject=self.site.site.url,
                message=fill(self.rule.message, {"faults": "；".join(faults)}),
                gist="tag-values",
                where=where([page]),
                where_count=1,
                observed={"tags": dict(page.tags), "faults": faults},
            )

    def _faults(self, page: PageFact) -> Iterator[str]:
        site = self.site.site
        name, domain = page.tags.get("SiteName", "").strip(), page.tags.get("SiteDomain", "").strip()
        if name and name not in PLACEHOLDERS and not (name in site.name or site.name in name):
            yield f"SiteName标签“{name}”与网站名称“{site.name}”不一致"
        host = host_of(domain if "//" in domain else f"//{domain}")
        if domain and host.removeprefix("www.") not in {h.removeprefix("www.") for h in (site.host, *site.aliases)}:
            yield f"SiteDomain标签“{domain}”与域名“{site.host}”不一致"


@page_check("tag_values", fields=("faults",))
def tag_values(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """T4: SiteName and SiteDomain of the home page are the site's own."""
    return _Values(site, rule)


class SourceParams(Params):
    """From which share of articles without a time or source on the finding is told."""

    share: float = Field(default=0.1, gt=0, le=1, description="未注明的稿件达到多大比例才提示")
    at_least: int = Field(default=3, ge=1, description="至少几篇才提示")


@dataclass
class _Sources:
    site: SiteFacts
    rule: Rule
    params: SourceParams
    seen: int = 0
    undated: int = 0
    unsourced: int = 0
    faulty: list[PageFact] = field(default_factory=list)

    def visit(self, page: PageFact) -> None:
        if page.kind != "article":
            return
        self.seen += 1
        no_date, no_source = page.published is None, not (page.source or page.tags.get("ContentSource"))
        self.undated += no_date
        self.unsourced += no_source
        if no_date or no_source:
            self.faulty = sorted([*self.faulty, page], key=lambda one: one.url)[:20]

    def drafts(self) -> Iterator[Draft]:
        parts = [
            f"{count}篇未注明{what}"
            for count, what in ((self.undated, "发布时间"), (self.unsourced, "信息来源"))
            if count >= max(self.params.at_least, self.params.share * self.seen)
        ]
        if parts:
            yield Draft(
                subject=self.site.site.url,
                message=fill(self.rule.message, {"seen": self.seen, "parts": "、".join(parts)}),
                gist="sources",
                where=where(self.faulty),
                where_count=max(self.undated, self.unsourced),
                observed={"articles": self.seen, "undated": self.undated, "unsourced": self.unsourced},
            )


@page_check("article_sources", params=SourceParams, fields=("seen", "parts"))
def article_sources(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """G4: articles say when they were published and where they come from."""
    return _Sources(site, rule, SourceParams.model_validate(rule.params))
