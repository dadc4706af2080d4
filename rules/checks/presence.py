"""Something a site must have: a class of columns, a yearly report, a public reply; missing ones are candidates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pydantic import Field, field_validator

from crawler.facts import PageFact, SiteFacts
from crawler.inventory import ColumnType
from rules.checks.columns import column_draft
from rules.checks.home import home_place, home_was_read
from rules.checks.identity import where
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, check, fill, page_check
from rules.schema import Level, Rule
from rules.windows import Window, chinese_day


class PresenceParams(Params):
    """Which columns must be there."""

    types: list[ColumnType] = Field(min_length=1, description="栏目类型，有其一即可")
    kinds: list[Literal["portal", "department"]] = Field(
        default=["portal", "department"], description="对哪类网站找线索；部门网站常用门户的统一渠道"
    )


class ReplyParams(Params):
    """How fresh public replies must be."""

    types: list[ColumnType] = Field(min_length=1, description="栏目类型")
    window: Window = Field(description="应更新的期限")
    stale: float = Field(ge=0, le=100, description="未更新扣分")


class TitleParams(Params):
    """A page that must be published once a year."""

    title: str = Field(description="标题的正则表达式，{year} 为应公开的年度")
    month: int = Field(ge=1, le=12, description="截止日期的月")
    day: int = Field(ge=1, le=31, description="截止日期的日")
    years_back: int = Field(default=1, ge=0, le=5, description="公开的是几年前的年度")
    on_home: bool = Field(default=False, description="是否须在首页显著位置")

    @field_validator("title")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value.replace("{year}", "2026"))
        except re.error as error:
            raise ValueError(f"正则表达式有误：{error}") from None
        return value


class DataParams(Params):
    """Bonus steps of a data column."""

    types: list[ColumnType] = Field(min_length=1, description="栏目类型")
    steps: dict[int, float] = Field(min_length=1, description="几个月内有更新: 得几分")


def _absent(site: SiteFacts, rule: Rule, gist: str, message: str) -> Draft:
    candidate: Level | None = "part" if rule.level == "veto" else None
    return Draft(
        subject=site.site.url,
        message=message,
        gist=gist,
        certainty="suspected",
        level=candidate,
        where=(home_place(site),),
        where_count=1,
        observed={"columns_seen": len(site.columns)},
        deduction=rule.points if rule.level == "deduction" else None,
    )


@check("column_presence", params=PresenceParams, fields=("name",))
def column_presence(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """No column of these types, neither in the inventory nor found: a candidate, since names may hide one."""
    params = PresenceParams.model_validate(rule.params)
    known = {fact.column.type for fact in site.columns} | {column.type for column in site.site.columns}
    looked_for = site.site.kind in params.kinds and home_was_read(site) and bool(site.columns)
    if looked_for and not known & set(params.types):
        yield _absent(site, rule, f"{rule.id} absent", fill(rule.message, {"name": site.site.name}))


def replies_updated(site: SiteFacts, rule: Rule, ctx: Context, params: ReplyParams) -> Iterator[Draft]:
    """D18(3): the newest public message or reply is within the window."""
    for state in ctx.columns(site):
        newest = state.fact.newest
        read = state.state in ("正常", "未更新", "不适用") and state.fact.kind == "list"
        if state.fact.column.type not in params.types or not read or newest is None:
            continue
        if newest < params.window.since(ctx.today):
            values = {"name": state.fact.column.name, "newest": chinese_day(newest), "days": state.days}
            told = fill(rule.message, values | {"window": params.window.text})
            draft = column_draft(state, told)
            yield Draft(
                subject=draft.subject, message=draft.message, gist="replies", certainty=draft.certainty,
                unit=draft.unit, column=draft.column, where=draft.where, where_count=1, observed=draft.observed,
                deduction=params.stale,
            )  # fmt: skip


@check("data_published", params=DataParams, fields=("name", "newest", "points"))
def data_published(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """B1(1): a data column updated within so many months earns its points; the best column counts."""
    params = DataParams.model_validate(rule.params)
    earned: list[tuple[float, str, Draft]] = []
    for state in ctx.columns(site):
        newest = state.fact.newest
        if state.fact.column.type not in params.types or newest is None or newest > ctx.today:
            continue
        points = max((p for m, p in params.steps.items() if newest >= Window(months=m).since(ctx.today)), default=0)
        if points:
            values = {"name": state.fact.column.name, "newest": chinese_day(newest), "points": points}
            draft = Draft(
                subject=state.fact.url, message=fill(rule.message, values), gist="data", unit=state.fact.unit,
                column=state.fact.column.id, observed={"newest": newest.isoformat()}, bonus=points,
            )  # fmt: skip
            earned.append((-points, state.fact.url, draft))
    if earned:
        yield min(earned, key=lambda one: one[:2])[2]


def due_year(today: date, params: TitleParams) -> int:
    """The newest year whose report is due by now."""
    year = today.year if (today.month, today.day) > (params.month, params.day) else today.year - 1
    return year - params.years_back


@dataclass
class _Titles:
    site: SiteFacts
    rule: Rule
    year: int
    wanted: re.Pattern[str]
    on_home: bool
    found: list[PageFact] = field(default_factory=list)

    def visit(self, page: PageFact) -> None:
        if not self.found and any(self.wanted.search(text) for text in (page.title, page.headline) if text):
            self.found.append(page)

    def drafts(self) -> Iterator[Draft]:
        listed = any(self.wanted.search(item.title) for item in self.site.home_items)
        if listed or (self.found and not self.on_home) or not home_was_read(self.site):
            return
        yield Draft(
            subject=self.site.site.url,
            message=fill(self.rule.message, {"year": self.year, "name": self.site.site.name}),
            gist=self.rule.id,
            certainty="suspected",
            where=where(self.found) or (home_place(self.site),),
            where_count=max(1, len(self.found)),
            observed={"year": self.year, "elsewhere": [page.url for page in self.found]},
        )


@page_check("page_published", params=TitleParams, fields=("year", "name"))
def page_published(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """A page whose title names the year that is due: 年度报表, 信息公开年报."""
    params = TitleParams.model_validate(rule.params)
    year = due_year(ctx.today, params)
    return _Titles(site, rule, year, re.compile(params.title.replace("{year}", str(year))), params.on_home)


@check("basic_columns", params=PresenceParams, fields=("types", "count"))
def basic_columns(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """G14: each class of basic information has a column; the missing ones are told together."""
    params = PresenceParams.model_validate(rule.params)
    known = {fact.column.type for fact in site.columns} | {column.type for column in site.site.columns}
    missing = [kind for kind in params.types if kind not in known]
    if home_was_read(site) and site.columns and missing:
        yield _absent(site, rule, "basic", fill(rule.message, {"types": "、".join(missing), "count": len(missing)}))
