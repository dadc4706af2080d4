"""首页不更新: V3 (国办秘函〔2019〕19号 第一部分 三)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from crawler.facts import ItemFact, Outcome, Reading, SiteFacts
from rules.columns import ColumnState
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Certainty, Rule, Where
from rules.windows import Window, chinese_day

_SEARCH = re.compile(r"搜索|检索|search|query|sousuo", re.IGNORECASE)
_UNREADABLE = {"challenge", "scripted-list"}


def item_day(item: ItemFact) -> date | None:
    """The day of an item: its article's own date; the list's only while the article was not read (V3, 注)."""
    return item.published if item.article_read else item.published or item.listed


def home_was_read(site: SiteFacts) -> bool:
    """True when the home page itself was seen as a reader sees it."""
    page, home = site.home_page, site.home
    return home is not None and home.outcome is Outcome.OK and page is not None and page.kind not in _UNREADABLE


def home_reading(site: SiteFacts, ctx: Context) -> Reading | None:
    """What the home page says; None when it was not seen as a reader sees it, or not kept."""
    return ctx.reading(site, site.home_page.url) if site.home_page is not None and home_was_read(site) else None


def home_place(site: SiteFacts) -> Where:
    """The home page as the place of a finding about the whole site."""
    return Where(page=site.site.url, text=site.site.name, region="home")


def names_a_search(home: Reading) -> bool:
    """False when neither text nor markup has a word of a search: one that a script draws is named by its script."""
    return _SEARCH.search(home.html) is not None


def newest_on_home(site: SiteFacts) -> ItemFact | None:
    """The home page's newest dated item; among equals the first by address."""
    dated = [item for item in site.home_items if item_day(item) is not None]
    return max(sorted(dated, key=lambda i: i.url, reverse=True), key=lambda i: item_day(i) or date.min, default=None)


@check("home_updated", params=Params, fields=("newest", "days", "window", "title"))
def home_updated(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """V3: nothing on the home page within the window; a mere entry page is judged by its second-level pages."""
    if not home_was_read(site):
        return
    window = ctx.profile.home_window
    since = window.since(ctx.today)
    newest = newest_on_home(site)
    if newest is None:
        yield from _by_columns(site, rule, ctx, window)
        return
    day = item_day(newest)
    if day is None or day >= since:
        return
    yield _draft(site, rule, ctx, window, day, newest.title, _sureness(site, ctx, since), "首页")


def _sureness(site: SiteFacts, ctx: Context, since: date) -> Certainty:
    """Items that say no date and were not read leave a doubt, unless no column has anything newer either."""
    unknown = [item for item in site.home_items if item_day(item) is None and not item.article_read]
    if not unknown:
        return "confirmed"
    fresh = [s for s in ctx.columns(site) if s.fact.newest is not None and s.fact.newest >= since]
    return "suspected" if fresh else "confirmed"


def _by_columns(site: SiteFacts, rule: Rule, ctx: Context, window: Window) -> Iterator[Draft]:
    """The home page shows no dated item: all second-level pages must be stale, and none may be unknown."""
    states = ctx.columns(site)
    dated = [state for state in states if state.fact.newest is not None]
    if not dated or any(state.state in ("未能判定", "无法访问") for state in states):
        return
    newest = max(dated, key=_by_day)
    day = newest.fact.newest
    if day is None or day >= window.since(ctx.today):
        return
    title = newest.fact.newest_item.title if newest.fact.newest_item else newest.fact.column.name
    yield _draft(site, rule, ctx, window, day, title, "confirmed", "二级页面")


def _by_day(state: ColumnState) -> tuple[date, str]:
    return state.fact.newest or date.min, state.fact.column.id


def _draft(
    site: SiteFacts, rule: Rule, ctx: Context, window: Window, day: date, title: str, certainty: Certainty, basis: str
) -> Draft:
    days = (ctx.today - day).days
    values = {"newest": chinese_day(day), "days": days, "window": window.text, "title": title}
    return Draft(
        subject=site.site.url,
        message=fill(rule.message, values),
        gist="home",
        certainty=certainty,
        where=(Where(page=site.site.url, text=title, region="home"),),
        where_count=1,
        observed={
            "newest": day.isoformat(),
            "days": days,
            "window": window.text,
            "title": title,
            "basis": basis,
            "items": len(site.home_items),
            "dated": sum(item_day(item) is not None for item in site.home_items),
        },
    )
