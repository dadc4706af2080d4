"""Something that a site publishes again and again: 办事统计 (D12), the quarterly notice (A2), issues of the 公报."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from pydantic import Field, field_validator

from crawler.facts import ColumnFact, Outcome, PageFact, SiteFacts
from crawler.inventory import ColumnType
from rules.checks.home import home_was_read
from rules.checks.identity import where
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule, Where
from rules.windows import Window, chinese_day


class LatelyParams(Params):
    """How it is recognised, and after how many months without a new one it costs what."""

    title: str = Field(min_length=1, description="页面标题、栏目名称的正则表达式")
    counters: str = Field(default="", description="首页或栏目页上即时数据的正则表达式，有即算已公开")
    types: list[ColumnType] = Field(default_factory=list, description="本站设有并读到这些类型的栏目才看，不写为都看")
    missing: float | None = Field(default=None, ge=0, le=100, description="没有公开扣分")
    steps: dict[int, float] = Field(default_factory=dict, description="几个月内未更新: 扣几分")
    months: int | None = Field(default=None, ge=1, le=120, description="不计分的指标：几个月内未更新即提示")
    must: bool = Field(default=True, description="从未发现时是否提示；false：发现过才看更新")
    absent: str = Field(min_length=1, description="未发现时的说法，可用 {name}")

    @field_validator("title", "counters")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"正则表达式有误：{error}") from None
        return value


@dataclass
class _Lately:
    site: SiteFacts
    rule: Rule
    ctx: Context
    params: LatelyParams
    newest: tuple[date, PageFact] | None = None
    undated: list[PageFact] = field(default_factory=list)

    def visit(self, page: PageFact) -> None:
        """Keeps the newest page whose title says that it is one."""
        if not any(re.search(self.params.title, text) for text in (page.headline, page.title) if text):
            return
        day = page.published or page.newest
        if day is None or day > self.ctx.today:
            self.undated.append(page)
        elif self.newest is None or (day, page.url) > (self.newest[0], self.newest[1].url):
            self.newest = (day, page)

    def drafts(self) -> Iterator[Draft]:
        looked_for = [fact for fact in self.site.columns if _read(fact) and fact.column.type in self.params.types]
        if not home_was_read(self.site) or (self.params.types and not looked_for) or self._counted(looked_for):
            return
        columns = [fact for fact in self.site.columns if re.search(self.params.title, fact.column.name)]
        days = [(fact.newest, fact.column.name, fact.url) for fact in columns if fact.newest is not None]
        if self.newest is not None:
            page = self.newest[1]
            days.append((self.newest[0], page.headline or page.title or page.url, page.url))
        if days:
            yield from self._stale(*max(days))
        elif self.params.must and not columns and not self.undated:
            yield self._absent()

    def _counted(self, columns: list[ColumnFact]) -> bool:
        """Live numbers on the home page or on a page of the columns that are looked at."""
        if not self.params.counters:
            return False
        urls = [self.site.site.url, *(fact.url for fact in columns)]
        readings = (self.ctx.reading(self.site, url) for url in urls)
        return any(reading is not None and re.search(self.params.counters, reading.text) for reading in readings)

    def _stale(self, newest: date, name: str, url: str) -> Iterator[Draft]:
        limits = [*self.params.steps, *([self.params.months] if self.params.months is not None else [])]
        passed = [m for m in limits if newest < Window(months=m).since(self.ctx.today)]
        if not passed:
            return
        days = (self.ctx.today - newest).days
        values = {"name": name, "newest": chinese_day(newest), "days": days, "window": Window(months=max(passed)).text}
        yield Draft(
            subject=url,
            message=fill(self.rule.message, values),
            gist="stale",
            certainty="suspected",
            where=(Where(page=url, text=name, region="other"),),
            where_count=1,
            observed={"newest": newest.isoformat(), "days": days},
            deduction=self.params.steps.get(max(passed)),
        )

    def _absent(self) -> Draft:
        site = self.site.site
        home = self.site.home_page
        return Draft(
            subject=site.url,
            message=fill(self.params.absent, {"name": site.name}),
            gist="absent",
            certainty="suspected",
            where=where([home]) if home is not None else (),
            where_count=1,
            deduction=self.params.missing,
        )


def _read(fact: ColumnFact) -> bool:
    """The column's own page was read as readers see it."""
    return fact.outcome is Outcome.OK and fact.kind not in (None, "challenge", "scripted-list")


@page_check("published_lately", params=LatelyParams, fields=("name", "newest", "days", "window"))
def published_lately(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """Candidates: what stands in a picture, in an attachment or on the unified platform is not seen."""
    return _Lately(site, rule, ctx, LatelyParams.model_validate(rule.params))
