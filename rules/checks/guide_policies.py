"""服务关联 (B5): the policies that a guide is based on, each linked to its text in the site's own policy columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pydantic import Field

from crawler.facts import PageFact, Reading, SiteFacts
from crawler.inventory import ColumnType
from rules.checks.identity import candidate_of_all
from rules.checks.services import GuideParams, Guides
from rules.context import Context
from rules.policies import Policies
from rules.registry import Draft, PageVisitor, fill, page_check
from rules.schema import Rule
from rules.subjects import normal


class PolicyParams(GuideParams):
    """B5: how many guides are drawn."""

    sample: int = Field(default=2, ge=1, le=50, description="抽查几个办事服务事项，达不到此数不判断")
    policies: list[ColumnType] = Field(default=["政策文件"], description="政策文件库所在栏目的类型")


@dataclass
class _Linked:
    guides: Guides
    params: PolicyParams
    library: set[str]
    known: Policies = field(default_factory=Policies)

    def visit(self, page: PageFact) -> None:
        self.guides.visit(page)
        if page.kind == "article" and page.column in self.library:
            self.known.add(page)

    def drafts(self) -> Iterator[Draft]:
        """One candidate when every guide of the sample links all that it is based on."""
        site, rule = self.guides.site, self.guides.rule
        draw, based = self.guides.ctx.draw(f"{rule.id}:{site.site.id}", self.params.sample), dict[str, Reading]()
        for page, reading in self.guides.guides():
            if reading.guide.laws:
                draw.add(page)
                based[page.url] = reading
        sample = draw.pages()
        if len(sample) < self.params.sample or not all(self._all_linked(based[page.url]) for page in sample):
            return
        names = "、".join(name for page in sample for name in based[page.url].guide.laws)
        observed = {"names": names, "sample": len(sample), "population": draw.population}
        message = fill(rule.message, {"count": len(sample), "names": names})
        yield replace(candidate_of_all(sample, message, rule.id, observed), bonus=rule.points)

    def _all_linked(self, reading: Reading) -> bool:
        there = {normal(link.url) for link in reading.page.links if not link.hidden}
        return all(
            any(normal(page.url) in there for page in self.known.named([name.strip("《》")]))
            for name in reading.guide.laws
        )


@page_check("guide_policies", params=PolicyParams, fields=("count", "names"))
def guide_policies(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """B5, a candidate: whether each link leads to the version in force, a person sees."""
    params = PolicyParams.model_validate(rule.params)
    library = {fact.column.id for fact in site.columns if fact.column.type in params.policies}
    return _Linked(Guides(site, rule, ctx, params), params, library)
