"""点击层级 (G9): columns that a reader reaches only after many clicks. The documents give no number of clicks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import Field

from crawler.facts import PageFact, SiteFacts
from rules.checks.identity import where
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule
from rules.subjects import normal


class ClickParams(Params):
    """What an office thinks far."""

    clicks: int = Field(ge=1, le=20, description="首页到栏目点击超过几次才提示；文件没有规定，由本单位设定")


@dataclass
class _Clicks:
    site: SiteFacts
    rule: Rule
    params: ClickParams
    names: dict[str, str]
    deep: dict[str, PageFact] = field(default_factory=dict)

    def visit(self, page: PageFact) -> None:
        """Only a column's own first page: later pages of a list and old articles lie deep everywhere."""
        url = normal(page.url)
        if page.depth > self.params.clicks and url in self.names:
            self.deep[url] = page

    def drafts(self) -> Iterator[Draft]:
        if not self.deep:
            return
        pages = sorted(self.deep.values(), key=lambda page: page.url)
        names = "、".join(f"{self.names[normal(page.url)]}（{page.depth}次）" for page in pages[:5])
        values = {"count": len(pages), "clicks": self.params.clicks, "names": names}
        yield Draft(
            subject=self.site.site.url,
            message=fill(self.rule.message, values),
            gist="clicks",
            certainty="suspected",
            where=where(pages),
            where_count=len(pages),
            observed={"clicks": {page.url: page.depth for page in pages[:50]}},
        )


@page_check("click_depth", params=ClickParams, fields=("count", "clicks", "names"))
def click_depth(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """G9, for information: columns whose list page the walk reached after more clicks than the office's own number."""
    names = {normal(fact.url): fact.column.name for fact in site.columns if fact.same_as is None}
    return _Clicks(site, rule, ClickParams.model_validate(rule.params), names)
