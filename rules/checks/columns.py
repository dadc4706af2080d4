"""栏目不更新 and 空白栏目: V4.1–V4.3 by count, D4–D6 and D9 by points (国办秘函〔2019〕19号)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pydantic import Field

from crawler.facts import Outcome, SiteFacts
from crawler.inventory import ColumnType
from rules.columns import ColumnState
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Category, Rule, Where

_FIELDS = ("name", "fact", "count", "at_least", "names")
_STALE: Category = "栏目不更新"
_BLANK: Category = "空白栏目"


class CountParams(Params):
    """How many columns make a veto, and how one of them is told."""

    at_least: int = Field(ge=1, le=1000, description="达到几个即单项否决")
    types: list[ColumnType] = Field(default_factory=list, description="计入的栏目类型，不写为全部")
    others: bool = Field(default=False, description="计入其余应更新栏目（types 以外）")
    part: str = Field(default="“{name}”栏目{fact}", description="单个栏目的问题描述")


class PointParams(Params):
    """Points for one class of columns of a portal."""

    types: list[ColumnType] = Field(min_length=1, description="栏目类型")
    missing: float = Field(ge=0, le=100, description="未开设扣分")
    stale: float = Field(ge=0, le=100, description="未更新扣分")
    absent: str = Field(description="未开设时的问题描述")
    absent_category: Category = Field(default="信息公开", description="未开设时的问题类别")


class OtherParams(Params):
    """Points for columns that no indicator of their own covers."""

    covered: list[ColumnType] = Field(default_factory=list, description="已有专门指标的栏目类型")
    blank: float = Field(ge=0, le=100, description="空白每个扣分")
    stale: float = Field(ge=0, le=100, description="应更新未更新每个扣分")


def column_draft(state: ColumnState, message: str, *, deduction: float | None = None) -> Draft:
    """One stale or blank column, and what it costs once it is confirmed."""
    fact = state.fact
    blank = state.state == "空白"
    observed = {
        "name": fact.column.name,
        "type": fact.column.type,
        "item_count": fact.item_count,
        "newest": fact.newest.isoformat() if fact.newest else None,
        "days": state.days,
        "window": state.window.text if state.window else None,
        "undated_articles": fact.undated_articles,
        "path": list(fact.path),
    }
    if fact.newest_item is not None and not blank:
        observed |= {"newest_title": fact.newest_item.title, "newest_url": fact.newest_item.url}
    if fact.discovered:
        observed["discovered"] = True
    return Draft(
        subject=fact.url,
        message=fill(message, {"name": fact.column.name, "fact": state.fact_words()}),
        gist="blank" if blank else "stale",
        certainty=state.certainty,
        category=_BLANK if blank else _STALE,
        unit=fact.unit,
        column=fact.column.id,
        where=(Where(page=fact.url, text=fact.column.name, region="column"),),
        where_count=1,
        observed=observed,
        deduction=deduction,
    )


def _stale(site: SiteFacts, params: CountParams, ctx: Context) -> list[ColumnState]:
    found = [state for state in ctx.columns(site) if state.state == "未更新"]
    if not params.types:
        return found
    return [state for state in found if (state.typed in params.types) is not params.others]


def _counted(
    site: SiteFacts, rule: Rule, ctx: Context, states: list[ColumnState], params: CountParams
) -> Iterator[Draft]:
    """A part for each column, and the veto when enough of them stand: neither suspected nor taken out by a person."""
    for state in states:
        yield replace(column_draft(state, params.part), level="part")
    category = rule.category
    sure = [
        state
        for state in states
        if state.certainty == "confirmed" and not ctx.discounted(site.site.id, category, state.fact.url)
    ]
    if len(sure) < params.at_least:
        return
    names = "、".join(f"“{state.fact.column.name}”" for state in sure)
    values = {"count": len(sure), "at_least": params.at_least, "names": names, "name": site.site.name, "fact": ""}
    yield Draft(
        subject=site.site.url,
        message=fill(rule.message, values),
        gist=rule.id,
        where=tuple(Where(page=state.fact.url, text=state.fact.column.name, region="column") for state in sure[:20]),
        where_count=len(sure),
        observed={"count": len(sure), "at_least": params.at_least, "columns": [s.fact.column.id for s in sure]},
    )


@check("stale_columns", params=CountParams, fields=_FIELDS)
def stale_columns(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """V4.1, V4.2: columns past their window; the kinds are added together."""
    params = CountParams.model_validate(rule.params)
    yield from _counted(site, rule, ctx, _stale(site, params, ctx), params)


@check("blank_columns", params=CountParams, fields=_FIELDS)
def blank_columns(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """V4.3: columns without a single item."""
    params = CountParams.model_validate(rule.params)
    blank = [state for state in ctx.columns(site) if state.state == "空白"]
    yield from _counted(site, rule, ctx, blank, params)


@check("column_class", params=PointParams, fields=_FIELDS)
def column_class(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """D4–D6: a class of columns that a portal must have and keep up to date."""
    params = PointParams.model_validate(rule.params)
    mine = [state for state in ctx.columns(site) if state.fact.column.type in params.types]
    for state in mine:
        if state.state == "空白" or (state.state == "未更新" and state.national):
            yield column_draft(state, rule.message, deduction=params.stale)
    named = {column.type for column in site.site.columns}
    home_read = site.home is not None and site.home.outcome is Outcome.OK and site.home_page is not None
    if not mine and not named & set(params.types) and home_read and site.columns:
        yield Draft(
            subject=site.site.url,
            message=params.absent,
            gist=f"{rule.id} absent",
            certainty="suspected",
            category=params.absent_category,
            observed={"types": list(params.types), "columns_seen": len(site.columns)},
            deduction=params.missing,
        )


@check("other_columns", params=OtherParams, fields=_FIELDS)
def other_columns(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """D9: blank or stale columns that D4–D6 do not deduct for."""
    params = OtherParams.model_validate(rule.params)
    for state in ctx.columns(site):
        covered = state.fact.column.type in params.covered
        if state.state == "空白" and not covered:
            yield column_draft(state, rule.message, deduction=params.blank)
        elif state.state == "未更新" and not (covered and state.national):
            yield column_draft(state, rule.message, deduction=params.stale)
