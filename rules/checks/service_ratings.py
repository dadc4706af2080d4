"""服务功能 (B3): where a service can be rated (好差评), and where the ratings are published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import Field

from crawler.facts import PageFact, Reading, SiteFacts
from rules.checks.home import home_was_read
from rules.checks.identity import candidate_of_case
from rules.checks.services import GuideParams, Guides
from rules.context import Context
from rules.registry import Draft, PageVisitor, page_check
from rules.schema import Region, Rule, Where

_CHANNEL = re.compile(
    r"好差评|(?:服务|办事|办件|事项|窗口|政务服务)(?:满意度)?评价|(?:我要|在线|网上)评价|评价(?:本次|此次|该)(?:服务|办事|事项)"
)
_RESULT = re.compile(
    r"(?:好差评|服务评价|办事评价|办件评价|评价)(?:数据|情况|结果|得分|统计|排名)+(?:的?(?:公示|公布|公开|通报|统计|情况))?"
    r"|(?:办事|服务|办件)(?:群众|企业)?满意(?:度|率)(?:结果|情况|统计|公示|通报|排名)"
)
_SERVICE = re.compile(r"好差评|政务服务|办事|办件|服务评价|服务满意")
_OTHER = re.compile(
    r"招标|采购|项目|绩效|环境影响|环评|评标|资格|职称|信用|测评|考核|专家|第三方|办法|制度|通知|方案|解读"
)


class RatingParams(GuideParams):
    """B3: how many guides are looked at for an entry."""

    look_at: int = Field(default=20, ge=1, le=5000, description="每个站点最多看几个指南页面，超过时按种子抽取")


@dataclass
class _Ratings:
    """Looks at the home page, the first pages of the service columns and a seeded sample of guides."""

    guides: Guides
    results: list[PageFact] = field(default_factory=list)

    def visit(self, page: PageFact) -> None:
        self.guides.visit(page)
        if page.kind == "article" and tells_results(page.headline or page.title or ""):
            self.results.append(page)

    def drafts(self) -> Iterator[Draft]:
        rule, channel, listed = self.guides.rule, None, None
        for reading, region in self._readings():
            for link in reading.page.links:
                text = " ".join(link.text.split())
                if listed is None and tells_results(text):
                    listed = Where(page=reading.url, text=text, region=region)
                elif channel is None and is_channel(text):
                    channel = Where(page=reading.url, text=text, region=region)
        if channel is not None:
            yield candidate_of_case(rule, 0, f"见到评价入口“{channel.text}”", [channel], subject=channel.page)
        if self.results:
            page = min(self.results, key=lambda one: one.url)
            listed = Where(page=page.url, text=page.headline or page.title or "", region="article")
        if listed is not None:
            yield candidate_of_case(rule, 1, f"见到评价结果“{listed.text}”", [listed], subject=listed.page)

    def _readings(self) -> Iterator[tuple[Reading, Region]]:
        site, ctx = self.guides.site, self.guides.ctx
        places: dict[str, Region] = {}
        if site.home_page is not None and home_was_read(site):
            places[site.home_page.url] = "home"
        for fact in site.columns:
            if fact.column.id in self.guides.columns:
                places.setdefault(fact.final_url or fact.url, "column")
        for page in self.guides.draw.pages():
            places.setdefault(page.url, "article")
        for url, region in places.items():
            if (reading := ctx.reading(site, url)) is not None:
                yield reading, region


def is_channel(text: str) -> bool:
    """True for the text of an entry where a service is rated."""
    return len(text) <= 20 and _CHANNEL.search(text) is not None and not _OTHER.search(text)


def tells_results(text: str) -> bool:
    """True for a title that tells how services were rated; no rating of tenders, projects or officials."""
    return _RESULT.search(text) is not None and _SERVICE.search(text) is not None and not _OTHER.search(text)


@page_check("service_ratings", params=RatingParams, fields=("text",))
def service_ratings(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """B3, a candidate each: whether the entry works and the results are of services, a person sees."""
    return _Ratings(Guides(site, rule, ctx, RatingParams.model_validate(rule.params)))
