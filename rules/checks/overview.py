"""概况信息: the column is missing, or what its pages state as figures is told for years long past alone (D1).

A year-old figure may still be the latest published, so the window is wide and a person decides in every case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import Field, field_validator

from crawler.facts import PageFact, SiteFacts
from rules.checks.identity import where
from rules.checks.presence import PresenceParams, column_presence
from rules.context import Context
from rules.registry import Draft, PageVisitor, fill, page_check
from rules.schema import Rule

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年(?!代)")
_SENTENCE = re.compile(r"[。；;！!]")
_HISTORY = re.compile(
    r"普查|历史|沿革|大事记|年代|世纪|建国|新中国|解放|民国|改革开放|建[县市区州]|撤[县市区]|设立|成立"
)


class OverviewParams(PresenceParams):
    """Which figures, and how old their newest year may be."""

    years: int = Field(default=3, ge=1, le=20, description="数据最新只到几年以前即列为线索")
    facts: dict[str, str] = Field(default_factory=dict, description="数据名称: 说出该数据的正则表达式，须含数字")
    look_at: int = Field(default=100, ge=1, le=1000, description="概况栏目的页面多于几个即不判断")
    stale: str = "概况信息中的{facts}，超过{years}年，请核对是否有更新的公布数据"

    @field_validator("facts")
    @classmethod
    def _compile(cls, value: dict[str, str]) -> dict[str, str]:
        for name, sign in value.items():
            try:
                re.compile(sign)
            except re.error as error:
                raise ValueError(f"“{name}”的正则表达式有误：{error}") from None
        return value


def years_of(text: str, title: str, facts: dict[str, re.Pattern[str]], latest: int) -> Iterator[tuple[str, int | None]]:
    """(figure, year) of every sentence that states one; None where neither it, its paragraph nor the title dates it.

    A sentence that compares years counts as its newest; what a census or a tale of the past says is left out. Years
    after `latest` are plans.
    """
    titled = _newest(title, latest)
    for paragraph in text.split("\n") if not _HISTORY.search(title) else ():
        year = titled
        for sentence in _SENTENCE.split(paragraph):
            if _HISTORY.search(sentence):
                year = None  # what follows may go on with the tale
                continue
            year = _newest(sentence, latest) or year
            yield from ((name, year) for name, sign in facts.items() if sign.search(sentence))


def _newest(text: str, latest: int) -> int | None:
    return max((year for found in _YEAR.findall(text) if (year := int(found)) <= latest), default=None)


@dataclass
class _Overview:
    site: SiteFacts
    rule: Rule
    ctx: Context
    params: OverviewParams
    columns: set[str]
    pages: list[PageFact] = field(default_factory=list)

    def visit(self, page: PageFact) -> None:
        """All pages of the column together are the overview."""
        if page.column in self.columns and page.region != "home" and len(self.pages) <= self.params.look_at:
            self.pages.append(page)

    def drafts(self) -> Iterator[Draft]:
        presence = self.params.model_dump(include={"types", "kinds"})
        yield from column_presence(self.site, self.rule.model_copy(update={"params": presence}), self.ctx)
        if not self.pages or len(self.pages) > self.params.look_at:
            return
        old = {
            name: (year, page) for name, year, page in self._stated() if year < self.ctx.today.year - self.params.years
        }
        if old:
            yield self._draft(old)

    def _stated(self) -> Iterator[tuple[str, int, PageFact]]:
        """(figure, its newest year, a page that says so) of figures that are dated wherever they stand."""
        signs = {name: re.compile(sign) for name, sign in self.params.facts.items()}
        newest: dict[str, tuple[int, PageFact]] = {}
        undated: set[str] = set()
        for page in sorted(self.pages, key=lambda page: page.url):
            reading = self.ctx.reading(self.site, page.url)
            if reading is None or reading.cut:
                return  # what was not kept may hold the newer year
            for name, year in years_of(reading.text, page.headline or page.title or "", signs, self.ctx.today.year):
                if year is None:
                    undated.add(name)
                elif name not in newest or year > newest[name][0]:
                    newest[name] = year, page
        yield from ((name, *found) for name, found in newest.items() if name not in undated)

    def _draft(self, old: dict[str, tuple[int, PageFact]]) -> Draft:
        each = min((item.points for item in self.rule.items), default=0)
        told = "、".join(f"{name}只有{year}年的数据" for name, (year, _) in old.items())
        pages = list({page.url: page for _, page in old.values()}.values())
        return Draft(
            subject=pages[0].url,
            message=fill(self.params.stale, {"facts": told, "years": self.params.years}),
            gist="overview",
            certainty="suspected",
            unit=pages[0].unit,
            column=pages[0].column,
            where=where(pages),
            where_count=len(pages),
            observed={"years": {name: year for name, (year, _) in old.items()}, "points": each * len(old)},
        )


@page_check("overview", params=OverviewParams, fields=("name",))
def overview(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D1 candidates, never more: an absent column, or figures whose newest year is long past."""
    params = OverviewParams.model_validate(rule.params)
    columns = {fact.column.id for fact in site.columns if fact.column.type in params.types}
    return _Overview(site, rule, ctx, params, columns)
