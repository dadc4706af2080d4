"""在线调查征集: how often a site asked its readers within the year (B7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pydantic import Field

from crawler.facts import PageFact, SiteFacts
from crawler.inventory import ColumnType
from rules.checks.identity import candidate_of_all
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule
from rules.windows import Window

_RESULT = re.compile(r"结果|反馈|采纳|情况(?:的)?(?:说明|公示|公告|通报)|统计|延期|结束")


class SurveyParams(Params):
    """How many activities earn the points, within what time."""

    types: list[ColumnType] = Field(default=["调查征集"], description="看哪些类型的栏目")
    at_least: int = Field(ge=1, le=365, description="达到几次得分")
    window: Window = Field(description="看多长时间以内的活动")


@dataclass
class _Surveys:
    site: SiteFacts
    rule: Rule
    ctx: Context
    params: SurveyParams
    held: dict[str, PageFact] = field(default_factory=dict)

    def visit(self, page: PageFact) -> None:
        """One activity is counted once, however many addresses it has; what tells its result is none."""
        column = self.ctx.column(self.site, page.column)
        title = re.sub(r"\s", "", page.headline or page.title or "")
        asks = page.kind == "article" and column is not None and column.type in self.params.types
        if not asks or not title or page.published is None or _RESULT.search(title):
            return
        if self.params.window.since(self.ctx.today) <= page.published <= self.ctx.today:
            self.held.setdefault(title, page)

    def drafts(self) -> Iterator[Draft]:
        pages = sorted(self.held.values(), key=lambda page: page.url)
        if len(pages) < self.params.at_least:
            return
        values = {"count": len(pages), "at_least": self.params.at_least, "window": self.params.window.text}
        told = candidate_of_all(pages, fill(self.rule.message, values), self.rule.id, {"held": len(pages)})
        column = next(fact.url for fact in self.site.columns if fact.column.id == pages[0].column)
        yield replace(told, subject=column, bonus=self.rule.points)


@page_check("surveys_held", params=SurveyParams, fields=("count", "at_least", "window"))
def surveys_held(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """B7(1), a candidate: whether a page is an activity with a channel of its own, a person sees."""
    return _Surveys(site, rule, ctx, SurveyParams.model_validate(rule.params))
