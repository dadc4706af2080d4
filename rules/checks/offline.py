"""临时下线 and 永久下线 (G15): how often and how long, the notice, links that still lead to closed sites.

The numbers of the clause are general knowledge, so they are settings and nothing here is more than a candidate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from pydantic import Field

from crawler.facts import KnowsOffline, Outcome, PageFact, SiteFacts
from crawler.inventory import Closure, Registered
from rules.checks.home import home_place
from rules.checks.links import visible
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule, Where, region_of
from rules.subjects import host_of
from rules.windows import beijing_day, chinese_day, months_back

_NOTICE = re.compile(r"下线|停机|关停|关闭|停用|暂停(?:服务|访问|运行|对外)|系统(?:升级|维护|割接)|迁移|整合")
_SHOWN = 5  # pages named with a link


class OfflineParams(Params):
    """The numbers of the clause, and what each case says."""

    times: int = Field(default=1, ge=0, le=50, description="一年内临时下线至多几次")
    days: int = Field(default=30, ge=1, le=366, description="一年内临时下线至多几天")
    hours: int = Field(default=24, ge=1, le=720, description="计划停机满几小时才算临时下线，更短的是日常维护")
    looks: int = Field(default=20, ge=1, le=1440, description="一天至少监测几次且全部打不开，才算下线一天")
    notice_days: int = Field(default=30, ge=1, le=366, description="永久下线公告保留几天")
    too_often: str = "近一年计划停机{count}次（满{hours}小时的），超过{times}次"
    too_long: str = "近一年下线累计{count}天，超过{days}天"
    unannounced: str = "{state}期间，没有在{place}发现下线公告（首页访问结果：{result}）"
    unnoticed: str = (
        "网站“{name}”（{host}）登记自{since}起永久下线，没有在门户网站发现公告（公告应保留{notice_days}天）"
    )
    opens: str = "，目标目前仍有应答（{result}）"
    linked: str = "页面仍链接已永久下线的网站“{name}”（{host}）"


@check("offline", params=OfflineParams)
def offline(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """G15 candidates, from the inventory's planned closures, the register's states, the probes and the links."""
    params = OfflineParams.model_validate(rule.params)
    yield from _totals(site, ctx, params)
    yield from _announced(site, ctx, params)
    closed = [one for one in ctx.inventory.registered if one.state == "永久下线" and site.site.host not in _hosts(one)]
    if site.site.kind == "portal":
        yield from _told_on_the_portal(site, closed, ctx, params)
    led = list(site.led_to([host for one in closed for host in _hosts(one)])) if isinstance(site, KnowsOffline) else []
    for one in closed:
        yield from _linked(site, one, led, ctx, params)


def _hosts(closed: Registered) -> tuple[str, str]:
    bare = closed.host.removeprefix("www.")
    return bare, f"www.{bare}"


def _draft(
    site: SiteFacts, message: str, gist: str, subject: str = "", where: tuple[Where, ...] = (), **seen: object
) -> Draft:
    where = where or (home_place(site),)
    return Draft(
        subject=subject or site.site.url,
        message=message,
        gist=gist,
        certainty="suspected",
        where=where,
        where_count=len(where),
        observed=seen,
    )


def _totals(site: SiteFacts, ctx: Context, params: OfflineParams) -> Iterator[Draft]:
    since = months_back(ctx.today, 12)
    spans = [one for one in _long(site, params) if since <= beijing_day(one.from_) <= ctx.today]
    if len(spans) > params.times:
        values = {"count": len(spans), "hours": params.hours, "times": params.times}
        yield _draft(site, fill(params.too_often, values), "too-often", times=len(spans))
    days = {day for one in spans for day in _days(one) if day <= ctx.today}
    if isinstance(site, KnowsOffline):
        days |= set(site.down_days(since, params.looks))
    if len(days) > params.days:
        values = {"count": len(days), "days": params.days}
        yield _draft(site, fill(params.too_long, values), "too-long", days=len(days), first=min(days).isoformat())


def _long(site: SiteFacts, params: OfflineParams) -> list[Closure]:
    return [one for one in site.site.closures if one.until - one.from_ >= timedelta(hours=params.hours)]


def _days(closure: Closure) -> Iterator[date]:
    """Calendar days that a closure touches; its end itself is open again."""
    day, last = beijing_day(closure.from_), beijing_day(closure.until - timedelta(seconds=1))
    while day <= last:
        yield day
        day += timedelta(days=1)


def _announced(site: SiteFacts, ctx: Context, params: OfflineParams) -> Iterator[Draft]:
    """A closure of today, or a site that the register has as closed, is named on the portal and on the site itself."""
    state = _state(site, ctx, params)
    portal = next((one for one in ctx.facts.sites() if one.site.kind == "portal"), None) if state else None
    if not state or portal is None:
        return
    places = [portal] if portal.site.id == site.site.id or _unread(site) else [portal, site]
    names = (site.site.name, site.site.host.removeprefix("www."), *site.site.aliases)
    lacking = [
        one.site.name
        for one in places
        if not _unread(one) and not _told(one, () if one.site.id == site.site.id else names, ctx)
    ]
    if lacking:
        values = {"state": state, "place": "、".join(lacking), "result": _result(site)}
        yield _draft(site, fill(params.unannounced, values), "unannounced", state=state)


def _state(site: SiteFacts, ctx: Context, params: OfflineParams) -> str:
    if any(one.covers(ctx.facts.as_of) for one in _long(site, params)):
        return "计划停机"
    found = next((one for one in ctx.inventory.registered if site.site.host in _hosts(one)), None)
    if found is None or found.state == "正常运行" or (found.state == "永久下线" and not _stands(found, ctx, params)):
        return ""
    return f"登记为{found.state}" + (f"（自{chinese_day(found.since)}起）" if found.since else "")


def _stands(closed: Registered, ctx: Context, params: OfflineParams) -> bool:
    """The notice of a site closed for good has to stand now; False where nobody says since when it is closed."""
    return closed.since is not None and 0 <= (ctx.today - closed.since).days <= params.notice_days


def _told_on_the_portal(
    portal: SiteFacts, closed: list[Registered], ctx: Context, params: OfflineParams
) -> Iterator[Draft]:
    """Sites closed for good that are not inspected any more: the portal still has to say where they went."""
    inspected = {site.host for site in ctx.inventory.sites}
    for one in closed:
        if inspected & set(_hosts(one)) or not _stands(one, ctx, params) or _unread(portal):
            continue
        if not _told(portal, (one.name, one.host.removeprefix("www.")), ctx):
            since = chinese_day(one.since) if one.since else ""
            values = {"name": one.name, "host": one.host, "since": since, "notice_days": params.notice_days}
            message = fill(params.unnoticed, values)
            yield _draft(portal, message, "unnoticed", f"http://{one.host}/", host=one.host, since=since)


def _unread(site: SiteFacts) -> bool:
    """Its home page was not seen as a reader sees it: what it says is not known."""
    return site.home is None or site.home.outcome is not Outcome.OK or site.home_page is None


def _result(site: SiteFacts) -> str:
    home = site.home
    if home is None:
        return "本轮没有访问"
    return f"HTTP {home.status}" if home.status else home.reason.value


def _told(place: SiteFacts, names: tuple[str, ...], ctx: Context) -> bool:
    """The home page, one of its items or some page tells of a closing, of one of `names` where there are any.

    True as well where the words of the home page were not kept whole: what it says is not known.
    """

    def tells(text: str) -> bool:
        return _NOTICE.search(text) is not None and (not names or any(name in text for name in names))

    home = ctx.reading(place, place.site.url)
    if home is None or home.cut or any(tells(line) for line in home.text.split("\n")):
        return True
    if any(tells(item.title) for item in place.home_items):
        return True
    return any(_page_tells(page, place, names, ctx) for page in place.pages())


def _page_tells(page: PageFact, place: SiteFacts, names: tuple[str, ...], ctx: Context) -> bool:
    title = page.headline or page.title or ""
    if page.region == "home" or not _NOTICE.search(title):
        return False
    if not names or any(name in title for name in names):
        return True
    reading = ctx.reading(place, page.url)
    return reading is None or any(name in reading.text for name in names)


def _linked(
    site: SiteFacts, closed: Registered, led: list[tuple[str, str]], ctx: Context, params: OfflineParams
) -> Iterator[Draft]:
    hosts = _hosts(closed)
    pages: dict[str, Where] = {}
    for link in ctx.bad_links(site):
        if host_of(link.target.url) in hosts:
            for held in visible(link):
                pages.setdefault(held.page, Where(page=held.page, text=held.text, region=region_of(held.region)))
    mine = [(url, parent) for url, parent in led if host_of(url) in hosts]
    for _, parent in mine:
        pages.setdefault(parent, Where(page=parent, text=closed.name, region="other"))
    if not pages:
        return
    where = tuple(pages[url] for url in sorted(pages))
    seen = [found for url, _ in mine if (found := ctx.address(url)) is not None]
    message = fill(params.linked, {"name": closed.name, "host": closed.host})
    if still := next((found for found in seen if found.outcome is Outcome.OK), None):
        message += fill(params.opens, {"result": f"HTTP {still.status}" if still.status else "可以打开"})
    observed = {"host": closed.host, "answers": sorted({found.status for found in seen if found.status})}
    made = _draft(site, message, "linked", f"http://{closed.host}/", where[:_SHOWN], **observed)
    yield replace(made, category="暗链外链", where_count=len(where))
