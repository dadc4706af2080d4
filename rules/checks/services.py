"""办事指南: elements that lack (V6.2, V6.3), the points of a sample (D13), forms asked for and not offered (D15).

All of it is candidates: a guide may show an element as a picture, in an attachment or on the unified platform.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import Field

from crawler.facts import PageFact, Reading, SiteFacts
from crawler.inventory import ColumnType
from rules.checks.identity import where
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Level, Rule

_TYPES: list[ColumnType] = ["办事服务"]
_BARE = 200  # characters of a page's content; a guide of ten elements has more than that in its headings
_PLATFORM = re.compile(r"政务服务网|网上办理|在线办理|点击(?:进入|办理|查看)|立即办理|zwfw", re.IGNORECASE)


class GuideParams(Params):
    """Where guides stand, and how many pages are looked at."""

    types: list[ColumnType] = Field(default=_TYPES, description="办事指南所在栏目的类型")
    look_at: int = Field(default=300, ge=1, le=5000, description="每个站点最多看几个指南页面，超过时按种子抽取")


class LackingParams(GuideParams):
    """V6.2 and V6.3."""

    lacking: int = Field(default=4, ge=1, le=10, description="缺失几类及以上")
    at_least: int = Field(default=5, ge=1, le=100, description="这样的事项达到几个")
    few: bool = Field(default=False, description="true：事项总数不足 at_least 个且均缺失时（V6.3）")


class GuideSample(GuideParams):
    """D13: how many guides are drawn, what each fault costs."""

    absent: float = Field(default=4, ge=0, le=100, description="事项无办事指南扣分")
    sample: int = Field(default=5, ge=1, le=50, description="抽查几个办事服务事项")
    element: float = Field(default=0.5, ge=0, le=100, description="要素缺失每处扣分")
    unclear: float = Field(default=1, ge=0, le=100, description="材料格式要求不明确扣分")
    vague: float = Field(default=2, ge=0, le=100, description="表述含糊不清扣分")
    law: float = Field(default=0.5, ge=0, le=100, description="政策文件仅有名称扣分")


class FormSample(GuideParams):
    """D15: how many guides are drawn."""

    sample: int = Field(default=2, ge=1, le=50, description="抽查几个办事指南")


class Guides:
    """The guides of a site: articles of its service columns that speak as a guide does."""

    def __init__(self, site: SiteFacts, rule: Rule, ctx: Context, params: GuideParams) -> None:
        self.site = site
        self.rule = rule
        self.ctx = ctx
        types = {fact.column.id: fact.column.type for fact in site.columns}
        self.columns = {column for column, kind in types.items() if kind in params.types}
        self.lists = {fact.url for fact in site.columns}  # a bare page of an item is read as a list of nothing
        self.draw = ctx.draw(f"guides:{site.site.id}", params.look_at)

    def visit(self, page: PageFact) -> None:
        speaks = page.kind in ("article", "other") or (page.kind == "list" and page.item_count <= 1)
        if page.column in self.columns and speaks and page.region != "home" and page.url not in self.lists:
            self.draw.add(page)

    def guides(self) -> Iterator[tuple[PageFact, Reading]]:
        """The drawn pages that are guides, in order of address."""
        for page in self.draw.pages():
            reading = self.ctx.reading(self.site, page.url)
            if reading is not None and not reading.cut and reading.guide.is_guide:
                yield page, reading

    def items(self) -> Iterator[tuple[PageFact, Reading]]:
        """Guides, and the pages among them that hold nothing but a name: items without a guide.

        Only in a column most of whose pages are guides: elsewhere a short page is a short article.
        """
        pages = [(page, self.ctx.reading(self.site, page.url)) for page in self.draw.pages()]
        guides = Counter(page.column for page, reading in pages if reading is not None and reading.guide.is_guide)
        total = Counter(page.column for page, _ in pages)
        for page, reading in pages:
            if reading is None or reading.cut:
                continue
            if reading.guide.is_guide or (2 * guides[page.column] > total[page.column] and self._bare(reading)):
                yield page, reading

    def _bare(self, reading: Reading) -> bool:
        """No element, no file, no picture, no frame, and hardly a sentence."""
        guide = reading.guide
        shown = guide.pictures or guide.files or any(one.tag in ("iframe", "frame") for one in reading.page.links)
        elements = set(guide.elements) - {"事项名称"}
        return not elements and not shown and not _PLATFORM.search(reading.text) and len(reading.text) < _BARE

    def sampled(self, size: int, *, bare: bool = False) -> tuple[list[tuple[PageFact, Reading]], int]:
        """A seeded sample of the guides and how many there are; `bare`: of all items, those without a guide as well."""
        known = dict[str, tuple[PageFact, Reading]]()
        draw = self.ctx.draw(f"{self.rule.id}:{self.site.site.id}", size)
        for page, reading in self.items() if bare else self.guides():
            draw.add(page)
            known[page.url] = (page, reading)
        return [known[page.url] for page in draw.pages()], draw.population

    def draft(self, page: PageFact, message: str, points: float, **observed: object) -> Draft:
        return Draft(
            subject=page.url,
            message=message,
            gist=self.rule.id,
            certainty="suspected",
            unit=page.unit,
            column=page.column,
            where=where([page]),
            where_count=1,
            observed={"points": points, **observed},
        )


@dataclass
class _Lacking:
    found: Guides
    params: LackingParams

    def visit(self, page: PageFact) -> None:
        self.found.visit(page)

    def drafts(self) -> Iterator[Draft]:
        total, lacking, missing = 0, [], {}
        for page, reading in self.found.guides():
            total += 1
            gone = reading.guide.missing
            if len(gone) >= self.params.lacking and not (reading.guide.pictures or reading.guide.files):
                lacking.append(page)
                missing[page.url] = list(gone)
        few = self.params.few and 0 < total < self.params.at_least and len(lacking) == total
        if not few and (self.params.few or len(lacking) < self.params.at_least):
            return
        site, rule = self.found.site, self.found.rule
        level: Level | None = "part" if self.params.few else None
        yield Draft(
            subject=site.site.url,
            message=fill(rule.message, {"count": len(lacking), "total": total, "lacking": self.params.lacking}),
            gist=rule.id,
            certainty="suspected",
            level=level,
            where=where(lacking),
            where_count=len(lacking),
            observed={"guides": total, "missing": missing},
        )


@page_check("guides_lacking", params=LackingParams, fields=("count", "total", "lacking"))
def guides_lacking(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """V6.2, V6.3: a guide with pictures or files of its own is given the benefit of the doubt."""
    params = LackingParams.model_validate(rule.params)
    return _Lacking(Guides(site, rule, ctx, params), params)


@dataclass
class _Sample:
    found: Guides
    params: GuideSample

    def visit(self, page: PageFact) -> None:
        self.found.visit(page)

    def drafts(self) -> Iterator[Draft]:
        sample, population = self.found.sampled(self.params.sample, bare=True)
        for page, reading in sample:
            faults, points = self._faults(reading)
            if faults:
                values = {"title": reading.guide.title or page.title, "faults": "；".join(faults)}
                yield self.found.draft(
                    page, fill(self.found.rule.message, values), points, missing=list(reading.guide.missing),
                    empty=list(reading.guide.empty), vague=list(reading.guide.vague), sample=len(sample),
                    population=population,
                )  # fmt: skip

    def _faults(self, reading: Reading) -> tuple[list[str], float]:
        guide, params = reading.guide, self.params
        if not guide.is_guide:
            return ["没有办事指南，页面只有事项名称"], params.absent
        faults, points = [], 0.0
        if guide.missing:
            faults.append(f"缺少{'、'.join(guide.missing)}")
            points += params.element * len(guide.missing)
        if guide.format_unclear:
            faults.append("办理材料未说明原件或复印件、份数等格式要求")
            points += params.unclear
        if guide.vague:
            faults.append(f"表述含糊：“{guide.vague[0]}”")
            points += params.vague
        if guide.laws_only_named:
            faults.append(f"{guide.laws_only_named[0]}仅有名称，未说明具体内容")
            points += params.law
        return faults, round(points, 4)


@page_check("guide_sample", params=GuideSample, fields=("title", "faults"))
def guide_sample(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D13 on a seeded sample of the items that the service columns list."""
    params = GuideSample.model_validate(rule.params)
    return _Sample(Guides(site, rule, ctx, params), params)


@dataclass
class _Forms:
    found: Guides
    params: FormSample

    def visit(self, page: PageFact) -> None:
        self.found.visit(page)

    def drafts(self) -> Iterator[Draft]:
        sample, population = self.found.sampled(self.params.sample)
        for page, reading in sample:
            guide = reading.guide
            if guide.forms and not guide.offered:
                values = {"title": guide.title or page.title, "forms": "、".join(f"《{name}》" for name in guide.forms)}
                yield self.found.draft(
                    page, fill(self.found.rule.message, values), self.found.rule.points or 0,
                    forms=list(guide.forms), sample=len(sample), population=population,
                )  # fmt: skip


@page_check("guide_forms", params=FormSample, fields=("title", "forms"))
def guide_forms(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D15: a form that the materials name, and neither a file, nor a download, nor a window that gives it."""
    params = FormSample.model_validate(rule.params)
    return _Forms(Guides(site, rule, ctx, params), params)
