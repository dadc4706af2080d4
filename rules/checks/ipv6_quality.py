"""How good IPv6 is beside IPv4: success rate (I3), same content (I5), slower (I9). Settings, for a person to see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from crawler.facts import Outcome, SiteFacts
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule, Where


class RateParams(Params):
    """The share of tries that should succeed."""

    share: float = Field(default=0.95, gt=0, le=1, description="成功率不低于")


class SameParams(Params):
    """How much the home page may differ."""

    difference: float = Field(default=0.1, ge=0, le=1, description="链接差异占比不高于")


class SlowerParams(Params):
    """How much slower IPv6 may be."""

    ratio: float = Field(default=0.1, ge=0, description="劣化比（IPv6用时−IPv4用时）/IPv4用时 不高于")
    equal_ms: float = Field(default=1000, ge=0, description="两者都快于几毫秒时视为相同")


def _told(site: SiteFacts, message: str, gist: str, observed: Mapping[str, Any]) -> Draft:
    return Draft(
        subject=site.site.url,
        message=message,
        gist=gist,
        certainty="suspected",
        where=(Where(page=site.site.url, text=site.site.name, region="home"),),
        where_count=1,
        observed=observed,
    )


def _home(site: SiteFacts, ctx: Context) -> Mapping[str, Any] | None:
    """Data of the home page over IPv6 when it opened."""
    fact = ctx.network(site, "ipv6", "home")
    return fact.data if fact is not None and fact.outcome == Outcome.OK else None


@check("ipv6_rate", params=RateParams, fields=("tries", "good", "rate", "limit"))
def ipv6_rate(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """I3: the home page opened in the end, but not at every try."""
    params, data = RateParams.model_validate(rule.params), _home(site, ctx)
    tries = list(data.get("tries", ())) if data is not None else []
    good = sum(one.get("reason") in ("ok", "redirected") for one in tries)
    if tries and good / len(tries) < params.share:
        values = {"tries": len(tries), "good": good, "rate": f"{good / len(tries):.0%}", "limit": f"{params.share:.0%}"}
        yield _told(site, fill(rule.message, values), "v6-rate", {"tries": tries})


@check("ipv6_same", params=SameParams, fields=("difference", "limit"))
def ipv6_same(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """I5: the home page over IPv6 shows other links or another title than over IPv4."""
    params, fact = SameParams.model_validate(rule.params), ctx.network(site, "ipv6", "same")
    if fact is None or fact.outcome != Outcome.OK or fact.data.get("same"):
        return
    difference = fact.data.get("difference")
    if difference is None or difference > params.difference:
        shown = "标题不同" if difference is None else f"链接差异{difference:.1%}"
        values = {"difference": shown, "limit": f"{params.difference:.0%}"}
        yield _told(site, fill(rule.message, values), "v6-same", dict(fact.data))


@check("ipv6_slower", params=SlowerParams, fields=("six", "four", "ratio", "limit"))
def ipv6_slower(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """I9: (IPv6 − IPv4) / IPv4 of the whole answer; two fast ones are equal (趋同)."""
    params, data = SlowerParams.model_validate(rule.params), _home(site, ctx)
    six = data.get("total_ms") if data else None
    four = (data.get("v4") or {}).get("total_ms") if data else None
    if not six or not four or six <= params.equal_ms:
        return
    ratio = (six - four) / four
    if ratio > params.ratio:
        values = {"six": f"{six:.0f}", "four": f"{four:.0f}", "ratio": f"{ratio:.0%}", "limit": f"{params.ratio:.0%}"}
        yield _told(site, fill(rule.message, values), "v6-slower", {"six_ms": six, "four_ms": four})
