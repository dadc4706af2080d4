"""How good IPv6 is beside IPv4: success rate (I3), content (I5), what lies below (I6, I7), times (I8), slower (I9).

Every limit is a setting: the quoted ones (85 %, 10 %) stand in no text that was found. What could not be asked over
IPv6 never counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from crawler.facts import Outcome, SiteFacts
from rules.checks.home import home_place
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Certainty, Rule


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


class LevelParams(Params):
    """Which share of a level's links should open over IPv6."""

    share: float = Field(default=0.85, gt=0, le=1, description="支持率不低于")
    at_least: int = Field(default=3, ge=1, description="至少测得几个链接才判定")


class PartsParams(Params):
    """Which share of the home page's images, styles and scripts should come from hosts with IPv6."""

    share: float = Field(default=0.9, gt=0, le=1, description="资源支持率不低于")
    at_least: int = Field(default=1, ge=1, description="至少几个资源只有IPv4地址才列出")


class TimesParams(Params):
    """How long each step over IPv6 may take, in milliseconds."""

    dns_ms: float = Field(default=2000, gt=0, description="AAAA记录的解析")
    connect_ms: float = Field(default=1000, gt=0, description="建立连接")
    first_byte_ms: float = Field(default=3000, gt=0, description="首包")
    total_ms: float = Field(default=8000, gt=0, description="首页整体响应")


def _told(
    site: SiteFacts, message: str, gist: str, observed: Mapping[str, Any], certainty: Certainty = "suspected"
) -> Draft:
    return Draft(
        subject=site.site.url,
        message=message,
        gist=gist,
        certainty=certainty,
        where=(home_place(site),),
        where_count=1,
        observed=observed,
    )


def _home(site: SiteFacts, ctx: Context) -> Mapping[str, Any] | None:
    """Data of the home page over IPv6 when it opened."""
    fact = ctx.network(site, "ipv6", "home")
    return fact.data if fact is not None and fact.outcome == Outcome.OK else None


def _held(data: Mapping[str, Any]) -> float:
    """Milliseconds in which our own machine stood still meanwhile: they are not the site's."""
    return float(data.get("held_ms") or 0)


def _less(took: float | None, held: float) -> float | None:
    """A time of a step at least, of which our own machine may have taken `held`."""
    return None if took is None else took - held


@check("ipv6_rate", params=RateParams, fields=("tries", "good", "rate", "limit"), facts=("ipv6/home",))
def ipv6_rate(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """I3: the home page opened in the end, but not at every try."""
    params, data = RateParams.model_validate(rule.params), _home(site, ctx)
    tries = list(data.get("tries", ())) if data is not None else []
    good = sum(one.get("reason") in ("ok", "redirected") for one in tries)
    if tries and good / len(tries) < params.share:
        values = {"tries": len(tries), "good": good, "rate": f"{good / len(tries):.0%}", "limit": f"{params.share:.0%}"}
        yield _told(site, fill(rule.message, values), "v6-rate", {"tries": tries})


@check("ipv6_same", params=SameParams, fields=("difference", "limit"), facts=("ipv6/same",))
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


@check("ipv6_slower", params=SlowerParams, fields=("six", "four", "ratio", "limit"), facts=("ipv6/home",))
def ipv6_slower(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """I9: (IPv6 − IPv4) / IPv4 of the whole answer; two fast ones are equal (趋同)."""
    params, data = SlowerParams.model_validate(rule.params), _home(site, ctx)
    six = _less(data.get("total_ms"), _held(data)) if data else None
    four = (data.get("v4") or {}).get("total_ms") if data else None
    if not six or not four or six <= params.equal_ms:
        return
    ratio = (six - four) / four
    if ratio > params.ratio:
        values = {"six": f"{six:.0f}", "four": f"{four:.0f}", "ratio": f"{ratio:.0%}", "limit": f"{params.ratio:.0%}"}
        yield _told(site, fill(rule.message, values), "v6-slower", {"six_ms": six, "four_ms": four})


def below(site: SiteFacts, ctx: Context) -> dict[str, str]:
    """`level2`, `level3` and `parts` of one site for the readiness table: how many of how many, or 未测."""
    told = {"level2": "未测", "level3": "未测", "parts": "未测"}
    for key in ("level2", "level3"):
        fact = ctx.network(site, "ipv6", key)
        if fact is not None and fact.outcome == Outcome.OK and fact.data.get("rate") is not None:
            good = int(fact.data.get("supported", 0))
            told[key] = f"{good}/{good + len(fact.data.get('failed', ()))}"
    parts = ctx.network(site, "dns", "parts")
    if parts is not None and parts.outcome == "ok" and parts.data.get("rate") is not None and _home(site, ctx):
        hosts = parts.data.get("hosts", {}).values()
        known = sum(int(one.get("count", 0)) for one in hosts if one.get("ipv6") is not None)
        told["parts"] = f"{max(0, known - int(parts.data.get('ipv4_only', 0)))}/{known}"
    return told


_LEVEL_FIELDS = ("told", "good", "rate", "limit", "of", "example")


@check("ipv6_level2", params=LevelParams, fields=_LEVEL_FIELDS, facts=("ipv6/level2",))
def ipv6_level2(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """I6: second level links of the sample that open over IPv6, of those that open at all."""
    return _level(2, site, rule, ctx)


@check("ipv6_level3", params=LevelParams, fields=_LEVEL_FIELDS, facts=("ipv6/level3",))
def ipv6_level3(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """I7: the same of third level links."""
    return _level(3, site, rule, ctx)


def _level(level: int, site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    params = LevelParams.model_validate(rule.params)
    fact = ctx.network(site, "ipv6", f"level{level}")
    if fact is None or fact.outcome != Outcome.OK:
        return
    good, failed = int(fact.data.get("supported", 0)), list(fact.data.get("failed", ()))
    told = good + len(failed)
    if told < params.at_least or good / told >= params.share:
        return
    values = {
        "told": told, "good": good, "rate": f"{good / told:.0%}", "limit": f"{params.share:.0%}",
        "of": fact.data.get("of", told), "example": str(failed[0].get("url", "")),
    }  # fmt: skip
    yield _told(site, fill(rule.message, values), f"v6-level{level}", {f"level{level}": dict(fact.data)})


@check(
    "ipv6_parts", params=PartsParams, fields=("total", "only", "rate", "limit", "hosts"), facts=("dns/parts",)
)  # fmt: skip
def ipv6_parts(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """“天窗”: the page opens over IPv6, its parts live on hosts that definitely have no IPv6 address. By resource."""
    params, fact = PartsParams.model_validate(rule.params), ctx.network(site, "dns", "parts")
    if fact is None or fact.outcome != "ok" or _home(site, ctx) is None:
        return
    only, rate = int(fact.data.get("ipv4_only", 0)), fact.data.get("rate")
    if rate is None or only < params.at_least or rate >= params.share:
        return
    hosts = sorted(host for host, one in fact.data.get("hosts", {}).items() if one.get("ipv6") is False)
    values = {
        "total": fact.data.get("total", only), "only": only, "rate": f"{rate:.0%}", "limit": f"{params.share:.0%}",
        "hosts": "、".join(hosts[:5]) + ("等" if len(hosts) > 5 else ""),
    }  # fmt: skip
    observed = {"ipv4_only": only, "hosts": hosts, "examples": list(fact.data.get("examples", ()))}
    yield _told(site, fill(rule.message, values), "v6-parts", observed, "confirmed")


@check("ipv6_times", params=TimesParams, fields=("slow",), facts=("ipv6/home",))
def ipv6_times(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """I8: look-up, connection, first byte and whole answer over IPv6, each against its limit."""
    params, data = TimesParams.model_validate(rule.params), _home(site, ctx)
    if data is None:
        return
    looked = ctx.network(site, "dns", "AAAA")
    held = _held(data)
    steps = {
        "域名解析": (looked.data.get("milliseconds") if looked is not None else None, params.dns_ms),
        "建立连接": (_less(data.get("connect_ms"), held), params.connect_ms),
        "首包": (_less(data.get("first_byte_ms"), held), params.first_byte_ms),
        "首页响应": (_less(data.get("total_ms"), held), params.total_ms),
    }
    slow = {name: (took, limit) for name, (took, limit) in steps.items() if took is not None and took > limit}
    if slow:
        told = "，".join(f"{name}{took:.0f}毫秒（允许{limit:.0f}）" for name, (took, limit) in slow.items())
        yield _told(site, fill(rule.message, {"slow": told}), "v6-times", {n: took for n, (took, _) in slow.items()})
