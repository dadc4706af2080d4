"""链接不可用: D22 (国办秘函〔2019〕19号), addresses written wrongly, and public links to internal addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import get_args
from urllib.parse import unquote, urlsplit

from pydantic import Field

from crawler.facts import REASONS, Attempt, BadLink, Holder, Outcome, Reason, SiteFacts
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Certainty, Region, Rule, Where, region_of

SHOWN = 20
LOOKS = 5  # attempts shown as evidence, the newest
_ORDER = {region: number for number, region in enumerate(get_args(Region))}
_FIELDS = ("reason", "status", "place", "kind", "text", "target", "count", "fault")
_KINDS = {
    "img": "图片", "source": "图片", "input": "图片", "style": "背景图片", "link": "样式表", "script": "脚本",
    "iframe": "内嵌页面", "frame": "内嵌页面", "embed": "多媒体", "object": "多媒体", "video": "多媒体",
    "audio": "多媒体", "track": "多媒体",
}  # fmt: skip
_FILES = re.compile(r"\.(?:docx?|xlsx?|pptx?|wps|et|dps|pdf|ofd|rtf|txt|csv|zip|rar|7z)$", re.IGNORECASE)
FAULTS = {
    "missing-scheme": "缺少http://，被当作站内地址",
    "double-scheme": "http://重复",
    "scheme-typo": "协议名拼写错误",
    "full-width": "含有全角字符",
    "bad-host": "域名书写错误",
}


class LinkParams(Params):
    """Points of one dead target, once for each class of page that shows it."""

    home: float = Field(ge=0, le=100, description="首页上每处扣分")
    other: float = Field(ge=0, le=100, description="其他页面上每处扣分")
    wrong: str = Field(default="地址书写错误（{fault}）：{target}", description="地址写错时的问题描述")


def visible(link: BadLink) -> list[Holder]:
    """The holders that a reader sees, home page first, in an order that does not depend on the walk's."""
    shown = [holder for holder in link.holders if not holder.hidden]
    return sorted(shown, key=lambda h: (_ORDER.get(region_of(h.region), 9), h.page, h.text, h.tag))


def unit_of(holders: Sequence[Holder], site: SiteFacts, ctx: Context) -> tuple[str, str | None]:
    """(unit, column): the columns' unit when one answers for all pages, the site's for the home page or several."""
    if any(holder.region == "home" for holder in holders):
        return site.site.unit, None
    columns = {holder.column for holder in holders}
    units = {ctx.unit_of_column(site, column) for column in columns}
    unit = units.pop() if len(units) == 1 else site.site.unit
    return unit, columns.pop() if len(columns) == 1 else None


def kind_of(holder: Holder, url: str) -> str:
    """链接, 附件, 图片, 样式表 …: what a reader would call the thing that does not open."""
    if holder.tag in _KINDS:
        return _KINDS[holder.tag]
    return "附件" if _FILES.search(urlsplit(url).path) else "链接"


def name_of(holder: Holder, url: str) -> str:
    """The words of the link, for a thing without words its file name, else its address."""
    if words := holder.text.strip():
        return words
    return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2]) or url


def wheres(holders: Sequence[Holder]) -> tuple[Where, ...]:
    """The first pages that show a link."""
    return tuple(Where(page=h.page, text=h.text, region=region_of(h.region)) for h in holders[:SHOWN])


@check("dead_links", params=LinkParams, fields=_FIELDS)
def dead_links(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """One finding a target and site. Only `dead` is confirmed; a target that only hidden links name is left alone."""
    params = LinkParams.model_validate(rule.params)
    for link in ctx.bad_links(site):
        target = link.target
        holders = visible(link)
        told = target.outcome in (Outcome.DEAD, Outcome.SUSPECT)
        unreadable = target.reason is Reason.BAD_ADDRESS and link.fault is not None
        if holders and (told or unreadable) and target.reason is not Reason.CHANGED_OWNER:
            yield _link_draft(link, holders, site, rule, ctx, params)


def _link_draft(
    link: BadLink, holders: list[Holder], site: SiteFacts, rule: Rule, ctx: Context, params: LinkParams
) -> Draft:
    target, fault = link.target, link.fault
    certainty: Certainty = "confirmed" if target.outcome is Outcome.DEAD else "suspected"
    unit, column = unit_of(holders, site, ctx)
    values = {
        "reason": REASONS[target.reason].name,
        "status": target.status or "",
        "place": _place(holders, column, site, ctx),
        "kind": kind_of(holders[0], target.url),
        "text": name_of(holders[0], target.url),
        "target": target.url,
        "count": max(link.holder_count, len(holders)),
        "fault": FAULTS.get(fault or "", fault or ""),
    }
    message = fill(params.wrong if fault else rule.message, values)
    return Draft(
        subject=target.url,
        message=message,
        gist="link",
        certainty=certainty,
        unit=unit,
        column=column,
        where=wheres(holders),
        where_count=max(link.holder_count, len(holders)),
        observed=_observed(link, holders),
        deduction=_points(holders, params),
        fix=REASONS[target.reason].advice,
    )


def _points(holders: Sequence[Holder], params: LinkParams) -> float:
    home = any(holder.region == "home" for holder in holders)
    other = any(holder.region != "home" for holder in holders)
    return round(params.home * home + params.other * other, 4)


def _place(holders: Sequence[Holder], column: str | None, site: SiteFacts, ctx: Context) -> str:
    """首页, “栏目名”栏目 or 其他页面: where a reader meets the link first."""
    if holders[0].region == "home":
        return "首页"
    found = ctx.column(site, column)
    return f"“{found.name}”栏目" if found else "其他页面"


def _look(attempt: Attempt) -> dict[str, object]:
    """One look at a target as evidence: when, which server address, what came."""
    return {
        "at": attempt.at.isoformat(timespec="seconds"),
        "address": attempt.address,
        "status": attempt.status,
        "reason": attempt.reason.value,
        "detail": attempt.detail[:200],
        "headers": dict(attempt.headers),
    }


def _observed(link: BadLink, holders: Sequence[Holder]) -> dict[str, object]:
    target = link.target
    times = sorted(attempt.at for attempt in target.attempts)
    return {
        "status": target.status,
        "reason": target.reason.value,
        "outcome": target.outcome.value,
        "attempts": len(target.attempts),
        "first_failed": times[0].isoformat() if times else None,
        "last_failed": times[-1].isoformat() if times else None,
        "looks": [_look(attempt) for attempt in sorted(target.attempts, key=lambda one: one.at)[-LOOKS:]],
        "redirects": list(target.redirects),
        "final_url": target.final_url,
        "tags": sorted({holder.tag for holder in holders}),
        "raw": holders[0].raw,
        "fault": link.fault,
        "hidden_holders": sum(holder.hidden for holder in link.holders),
    }


@check("internal_links", fields=_FIELDS)
def internal_links(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """Public pages that link to internal addresses (10.x, 192.168.x, *.local): a finding of its own, never “dead”."""
    for link in ctx.bad_links(site):
        holders = visible(link)
        if link.target.reason is not Reason.INTRANET_ADDRESS or not holders:
            continue
        unit, column = unit_of(holders, site, ctx)
        words = {"kind": kind_of(holders[0], link.target.url), "text": name_of(holders[0], link.target.url)}
        values = words | {"target": link.target.url, "place": _place(holders, column, site, ctx)}
        yield Draft(
            subject=link.target.url,
            message=fill(rule.message, values),
            gist="internal",
            unit=unit,
            column=column,
            where=wheres(holders),
            where_count=max(link.holder_count, len(holders)),
            observed=_observed(link, holders),
        )


@check("catch_all_hosts", fields=("host", "probe"))
def catch_all_hosts(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """Hosts that answer every address with a good page: their links say nothing (F11), the host is told once."""
    for fact in site.network:
        if (fact.probe, fact.key) != ("host", "catch-all"):
            continue
        probe = str(fact.data.get("probe", ""))
        home = f"{urlsplit(probe).scheme}://{fact.host}/"
        yield Draft(
            subject=home,
            message=fill(rule.message, {"host": fact.host, "probe": probe}),
            gist="catch-all",
            certainty="suspected",
            where=(Where(page=probe, text="不存在的地址", region="other"),),
            where_count=1,
            observed={"host": fact.host, "probe": probe},
        )


@check("changed_owners", fields=_FIELDS)
def changed_owners(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """V1.3 candidates: links whose target changed hands. For a person to see; a message never prints the address."""
    for link in ctx.bad_links(site):
        if link.target.reason is not Reason.CHANGED_OWNER:
            continue
        holders = sorted(link.holders, key=lambda h: (_ORDER.get(h.region, 9), h.page, h.text, h.tag))
        unit, column = unit_of(holders, site, ctx)
        hidden = all(holder.hidden for holder in holders)
        place = f"{_place(holders, column, site, ctx)}{'（读者看不见）' if hidden else ''}"
        yield Draft(
            subject=link.target.url,
            message=fill(rule.message, {"place": place, "text": holders[0].text.strip() or "（无文字）"}),
            gist="owner",
            certainty="suspected",
            level="part",
            unit=unit,
            column=column,
            where=wheres(holders),
            where_count=max(link.holder_count, len(holders)),
            observed=_observed(link, holders) | {"hidden": hidden},
        )
