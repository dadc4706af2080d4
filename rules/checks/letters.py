"""Public letters: those that wait too long (V5.2), fields that an answered one does not show (D18, case 2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pydantic import Field

from crawler.facts import PageFact, Reading, SiteFacts
from crawler.inventory import ColumnType
from rules.checks.identity import where
from rules.checks.presence import ReplyParams, replies_updated
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule
from rules.windows import Window, chinese_day

_TYPES: list[ColumnType] = ["咨询建言"]


class WaitingParams(Params):
    """V5.2: how far back letters count, how long one may wait."""

    types: list[ColumnType] = Field(default=_TYPES, description="政务咨询类栏目的类型")
    window: Window = Field(default=Window(years=1), description="看多久以内的留言")
    wait: Window = Field(default=Window(months=3), description="超过多久未回应")
    look_at: int = Field(default=2000, ge=1, le=20000, description="每个站点最多看几条，超过时按种子抽取")


class PublicParams(ReplyParams):
    """D18: freshness (case 3) and the four fields (case 2)."""

    sample: int = Field(default=5, ge=1, le=100, description="抽查几条已公开的留言")
    look_at: int = Field(default=200, ge=1, le=20000, description="从几个页面中认出留言")
    field: float = Field(ge=0, le=100, description="缺少一项内容扣分")
    field_message: str = Field(min_length=1, description="缺少内容时的说法，可用 {title}、{fields}")


class _Letters:
    """The letters of a site: pages of its consultation columns that show a question."""

    def __init__(self, site: SiteFacts, rule: Rule, ctx: Context, types: list[ColumnType], look_at: int) -> None:
        self.site = site
        self.rule = rule
        self.ctx = ctx
        self.columns = {fact.column.id for fact in site.columns if fact.column.type in types}
        self.draw = ctx.draw(f"letters:{site.site.id}", look_at)

    def visit(self, page: PageFact) -> None:
        if page.column in self.columns and page.kind in ("article", "other") and page.region != "home":
            self.draw.add(page)

    def letters(self) -> Iterator[tuple[PageFact, Reading]]:
        """The drawn pages that are letters, spam and tests left out."""
        for page in self.draw.pages():
            reading = self.ctx.reading(self.site, page.url)
            if reading is not None and reading.message.is_message and not reading.message.void:
                yield page, reading


@dataclass
class _Waiting:
    found: _Letters
    params: WaitingParams

    def visit(self, page: PageFact) -> None:
        self.found.visit(page)

    def drafts(self) -> Iterator[Draft]:
        today = self.found.ctx.today
        oldest, latest = self.params.window.since(today), self.params.wait.since(today)
        waiting: list[tuple[date, PageFact]] = []
        seen = 0
        for page, reading in self.found.letters():
            seen += 1
            asked = reading.message.asked
            if asked is not None and oldest <= asked < latest and reading.message.answered is False:
                waiting.append((asked, page))
        if not waiting:
            return
        waiting.sort(key=lambda one: (one[0], one[1].url))
        asked, page = waiting[0]
        values = {
            "count": len(waiting), "title": page.headline or page.title or page.url, "asked": chinese_day(asked),
            "days": (today - asked).days, "wait": self.params.wait.text,
        }  # fmt: skip
        pages = [page for _, page in waiting]
        yield Draft(
            subject=self.found.site.site.url,
            message=fill(self.found.rule.message, values),
            gist="waiting",
            certainty="suspected",
            unit=page.unit if len({page.unit for page in pages}) == 1 else None,
            column=page.column if len({page.column for page in pages}) == 1 else None,
            where=where(pages),
            where_count=len(pages),
            observed={"letters": seen, "waiting": {page.url: asked.isoformat() for asked, page in waiting[:50]}},
        )


@page_check("letters_waiting", params=WaitingParams, fields=("count", "title", "asked", "days", "wait"))
def letters_waiting(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """V5.2: a letter that says it waits, or whose field for the reply is empty; whether it is valid a person knows."""
    params = WaitingParams.model_validate(rule.params)
    return _Waiting(_Letters(site, rule, ctx, params.types, params.look_at), params)


@dataclass
class _Fields:
    found: _Letters
    params: PublicParams

    def visit(self, page: PageFact) -> None:
        self.found.visit(page)

    def drafts(self) -> Iterator[Draft]:
        ctx, rule = self.found.ctx, self.found.rule
        yield from replies_updated(self.found.site, rule, ctx, self.params)
        draw = ctx.draw(f"{rule.id}:{self.found.site.site.id}", self.params.sample)
        missing: dict[str, tuple[str, ...]] = {}
        for page, reading in self.found.letters():
            if reading.message.answered:
                draw.add(page)
                missing[page.url] = reading.message.missing
        for page in draw.pages():
            if missing[page.url]:
                values = {"title": page.headline or page.title or page.url, "fields": "、".join(missing[page.url])}
                yield Draft(
                    subject=page.url,
                    message=fill(self.params.field_message, values),
                    gist="fields",
                    certainty="suspected",
                    unit=page.unit,
                    column=page.column,
                    where=where([page]),
                    where_count=1,
                    observed={
                        "missing": list(missing[page.url]), "sample": len(draw.pages()), "population": draw.population,
                        "points": self.params.field * len(missing[page.url]),
                    },
                )  # fmt: skip


@page_check("public_letters", params=PublicParams, fields=("name", "newest", "days", "window"))
def public_letters(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D18: the newest public reply, and the four fields of a seeded sample of answered letters."""
    params = PublicParams.model_validate(rule.params)
    return _Fields(_Letters(site, rule, ctx, params.types, params.look_at), params)
