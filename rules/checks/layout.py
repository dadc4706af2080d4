"""What the home page shows of a site's build: its areas (G5), channels and finished topics (G7), prompts (G11)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field

from crawler.facts import Reading, SiteFacts
from rules.checks.home import home_place, home_reading, names_a_search
from rules.context import Context
from rules.profile import host_matches
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule
from rules.subjects import host_of
from rules.windows import Window, chinese_day

_LOGO = re.compile(r"\b(?:class|id)\s*=\s*[\"']?[^\"'>]*logo|logo[^\"'\s]*\.(?:png|jpe?g|gif|svg|webp)", re.IGNORECASE)
_PROMPT = re.compile(r"即将离开|离开本站|离开本网站|是否继续访问|继续访问|leavetip|outsitetip", re.IGNORECASE)


class ChannelParams(Params):
    """How many channels suit a site, and when a topic counts as finished."""

    fewest: int = Field(default=5, ge=0, le=50, description="频道数量宜不少于")
    most: int = Field(default=8, ge=1, le=100, description="频道数量宜不多于")
    topic: Window = Field(default=Window(years=1), description="专题多久没有更新即应归档")


class PromptParams(Params):
    """From how many strange hosts on the absence of a prompt is told."""

    hosts: int = Field(default=1, ge=1, le=1000, description="首页上的非政府网站域名达到几个才提示")
    harmless: list[str] = Field(default=["*.conac.cn"], description="不算非政府网站的域名，*. 开头表示其下级域名")


def channels(reading: Reading, own: str) -> list[str]:
    """Names of the main navigation's channels: entries of the site one folder deep, each folder once."""
    found: dict[str, str] = {}
    for name, url in reading.page.navigation:
        parts = [part for part in urlsplit(url).path.split("/") if part and not part.startswith(("index", "default"))]
        if host_of(url) == own and len(parts) == 1:
            found.setdefault(parts[0], name)
    return list(found.values())


@check("channels", params=ChannelParams, fields=("faults",))
def channel_count(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """G7: 频道数量以5—8个为宜; a topic without news for long is marked 归档."""
    params = ChannelParams.model_validate(rule.params)
    home = home_reading(site, ctx)
    faults = []
    names = channels(home, site.site.host) if home is not None else []
    fewest = params.fewest if site.site.kind == "portal" else 0
    if names and not fewest <= len(names) <= params.most:
        faults.append(f"主导航有频道{len(names)}个，以{params.fewest}—{params.most}个为宜")
    since = params.topic.since(ctx.today)
    for state in ctx.columns(site):
        fact = state.fact
        old = fact.column.type == "专题" and fact.newest is not None and fact.newest < since
        if old and fact.newest is not None and "归档" not in fact.column.name:
            faults.append(f"专题“{fact.column.name}”最近更新于{chinese_day(fact.newest)}，未标明归档")
    if faults:
        yield _told(site, rule, "channels", {"faults": "；".join(faults)}, {"channels": names, "faults": faults})


@check("leaving_prompt", params=PromptParams, fields=("count", "hosts"))
def leaving_prompt(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """G11: links to strangers, and neither page nor script says that one leaves the site."""
    params = PromptParams.model_validate(rule.params)
    home = home_reading(site, ctx)
    if home is None or _PROMPT.search(home.html):
        return
    hosts = {host_of(link.url) for link in home.page.links if link.tag in ("a", "area", "option") and not link.hidden}
    own = {tuple(other.host.split(".")[-3:]) for other in ctx.inventory.sites}
    strange = sorted(
        host
        for host in hosts
        if host
        and not host.endswith((".gov.cn", ".政务"))
        and tuple(host.split(".")[-3:]) not in own
        and not ctx.profile.allows(host)
        and not any(host_matches(one, host) for one in params.harmless)
    )
    if len(strange) >= params.hosts:
        values = {"count": len(strange), "hosts": "、".join(strange[:5])}
        yield _told(site, rule, "prompt", values, {"hosts": strange[:50]})


@check("page_layout", fields=("lacking",))
def page_layout(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """G5, a candidate: a home page whose markup shows no name, no search or no footer anywhere."""
    home = home_reading(site, ctx)
    if home is None or home.cut or site.home_page is None:
        return
    links = home.page.links
    pictured = any(one.tag == "img" and one.region in ("header", "nav") for one in links) or _LOGO.search(home.html)
    lacking = [] if pictured or site.site.name in re.sub(r"\s", "", home.text) else ["头部标识区的网站名称"]
    lacking += [] if names_a_search(home) else ["头部标识区的搜索"]
    footer = any(one.region == "footer" for one in links) or any(site.home_page.identity.values())
    lacking += [] if footer else ["底部功能区"]
    if lacking:
        yield _told(site, rule, "layout", {"lacking": "、".join(lacking)}, {"lacking": lacking})


def _told(site: SiteFacts, rule: Rule, gist: str, values: Mapping[str, Any], observed: Mapping[str, Any]) -> Draft:
    return Draft(
        subject=site.site.url,
        message=fill(rule.message, values),
        gist=gist,
        certainty="suspected",
        where=(home_place(site),),
        where_count=1,
        observed=observed,
    )
