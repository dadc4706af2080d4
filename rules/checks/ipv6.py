"""IPv6: I1 AAAA, I2 home page over IPv6, I4 name servers with AAAA, and the portal's D28 (domain section 6).

Only a definite answer accuses: no data for AAAA, a failed request from a machine that has IPv6 itself. Anything else
(server failure, time-out, no IPv6 here, a name server that shows us inner addresses) is 未测.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Literal

from crawler.facts import NetworkFact, Outcome, SiteFacts
from rules.checks.home import home_place
from rules.context import Context, is_address
from rules.registry import Draft, Params, check, fill
from rules.schema import Certainty, Rule

Tested = Literal["支持", "不支持", "疑似不支持", "未测"]
_NAT64 = ip_network("64:ff9b::/96")  # made up by the resolver from IPv4 (RFC 6052): says nothing about the site
WITHHELD = "域名服务器不返回AAAA记录"
"""Detail of a look-up whose server has no AAAA even for names that certainly have one."""
_UNSURE = {
    "servfail": "域名服务器出错",
    "timeout": "域名服务器超时",
    "nxdomain": "域名不存在",
    "badname": "域名书写有误",
}


@dataclass(frozen=True, slots=True)
class Readiness:
    """One site's IPv6 state. `note` says why something was not tested."""

    aaaa: Tested = "未测"
    home: Tested = "未测"
    ns: Tested = "未测"
    addresses: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    note: str = ""
    home_reason: str = ""


def readiness(site: SiteFacts, ctx: Context) -> Readiness:
    """What is known of a site's IPv6."""
    if is_address(site.site.host):
        return Readiness(note="首页地址为IP地址，不检查域名")
    if _seen_from_inside(site, ctx):
        return Readiness(note="监测端将域名解析到内网地址，看不到公网的解析")
    aaaa, addresses, note = _aaaa(ctx.network(site, "dns", "AAAA"), ctx)
    home, reason = _home(site, ctx) if aaaa == "支持" else ("未测" if aaaa == "未测" else aaaa, "")
    ns, servers = _name_servers(site, ctx)
    return Readiness(aaaa, home, ns, addresses, servers, note or (reason if home == "未测" else ""), reason)


def _seen_from_inside(site: SiteFacts, ctx: Context) -> bool:
    """Split-horizon DNS (F19): only inner addresses, so a missing AAAA is missing in the inner view only."""
    fact = ctx.network(site, "dns", "A")
    records = [str(record) for record in fact.data.get("records", ())] if fact is not None else []
    return bool(records) and not ctx.facts.staging and all(_is_inner(record) for record in records)


def _is_inner(record: str) -> bool:
    try:
        return not ip_address(record).is_global
    except ValueError:
        return False


def _aaaa(fact: NetworkFact | None, ctx: Context) -> tuple[Tested, tuple[str, ...], str]:
    if fact is None:
        return "未测", (), "未查询域名解析"
    if fact.outcome == "nodata":
        return "不支持", (), ""
    if fact.outcome != "ok":
        why = WITHHELD if fact.data.get("detail") == WITHHELD else _UNSURE.get(fact.outcome, fact.outcome)
        return "未测", (), f"AAAA记录查询未得到确切答复（{why}）"
    records = tuple(str(record) for record in fact.data.get("records", ()))
    synthetic = bool(fact.data.get("synthetic")) or any(_synthetic(record) for record in records)
    usable = fact.data.get("public", records)  # as the crawler sorted them, where it did
    if not fact.data.get("synthetic") and any(_public(str(record), ctx.facts.staging) for record in usable):
        return "支持", records, ""
    if synthetic:
        return "未测", records, "本地网络的域名服务器自行合成IPv6地址（NAT64）"
    return ("不支持", records, "AAAA记录不是公网地址") if records else ("未测", (), "")


def _address(record: str) -> IPv6Address | None:
    try:
        address = ip_address(record)
    except ValueError:
        return None
    return address if isinstance(address, IPv6Address) else None


def _synthetic(record: str) -> bool:
    address = _address(record)
    return address is not None and address in _NAT64


def _public(record: str, staging: bool) -> bool:
    """Global unicast; in a staging round loopback counts as public (contract 1)."""
    address = _address(record)
    if address is None or address in _NAT64:
        return False
    return address.is_global or (staging and address.is_loopback)


def _home(site: SiteFacts, ctx: Context) -> tuple[Tested, str]:
    """A home page that IPv4 cannot open either says nothing about IPv6."""
    fact = ctx.network(site, "ipv6", "home")
    if fact is None:
        return "未测", "未经IPv6访问"
    if fact.outcome == Outcome.OK:
        return "支持", ""
    if site.home is None or site.home.outcome is not Outcome.OK:
        return "未测", "首页经IPv4也未能打开"
    reason = str(fact.data.get("reason_name") or fact.data.get("reason") or "")
    if fact.outcome == Outcome.DEAD:
        return "不支持", reason
    if fact.outcome == Outcome.SUSPECT:
        return "疑似不支持", reason
    return "未测", reason or "监测端无IPv6网络"


def _name_servers(site: SiteFacts, ctx: Context) -> tuple[Tested, tuple[str, ...]]:
    """Every name server's AAAA look-up must have been answered, and all of them with no data, to say 不支持."""
    answers = name_server_answers(site, ctx)
    servers = tuple(sorted(answers))
    if not answers:
        return "未测", servers
    if "ok" in answers.values():
        return "支持", servers
    return ("不支持" if set(answers.values()) == {"nodata"} else "未测"), servers


def name_server_answers(site: SiteFacts, ctx: Context) -> dict[str, str]:
    """Outcome of the AAAA look-up of each name server of the home page's domain."""
    known = ctx.network(site, "dns", "NS")
    if known is None or known.outcome != "ok":
        return {}
    fact = ctx.network(site, "dns", "NS-AAAA")
    outcomes = fact.data.get("servers", {}) if fact is not None else {}
    return {str(record): str(outcomes.get(record, "timeout")) for record in known.data.get("records", ())}


def _draft(site: SiteFacts, message: str, gist: str, certainty: Certainty, state: Readiness) -> Draft:
    return Draft(
        subject=site.site.url,
        message=message,
        gist=gist,
        certainty=certainty,
        where=(home_place(site),),
        where_count=1,
        observed={
            "host": site.site.host,
            "aaaa": state.aaaa,
            "home": state.home,
            "ns": state.ns,
            "addresses": list(state.addresses),
            "servers": list(state.servers),
            "reason": state.home_reason,
        },
    )


@check("ipv6_address", fields=("host", "note"))
def ipv6_address(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """I1: the home page's host has an AAAA record with a public address."""
    state = readiness(site, ctx)
    if state.aaaa == "不支持":
        values = {"host": site.site.host, "note": f"（{state.note}）" if state.note else ""}
        yield _draft(site, fill(rule.message, values), "aaaa", "confirmed", state)


@check("ipv6_home", fields=("host", "reason"))
def ipv6_home(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """I2: the home page opens over IPv6 alone."""
    state = readiness(site, ctx)
    if state.aaaa == "支持" and state.home in ("不支持", "疑似不支持"):
        values = {"host": site.site.host, "reason": f"（{state.home_reason}）" if state.home_reason else ""}
        certainty: Certainty = "confirmed" if state.home == "不支持" else "suspected"
        yield _draft(site, fill(rule.message, values), "home-v6", certainty, state)


@check("ipv6_name_servers", fields=("host", "servers"))
def ipv6_name_servers(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """I4: at least one authoritative name server has an AAAA record."""
    state = readiness(site, ctx)
    if state.ns == "不支持":
        values = {"host": site.site.host, "servers": "、".join(state.servers)}
        yield _draft(site, fill(rule.message, values), "ns", "confirmed", state)


class PortalParams(Params):
    """Messages of the two ways in which a portal fails."""

    no_address: str
    no_home: str


@check("ipv6_portal", params=PortalParams, fields=("host",))
def ipv6_portal(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """D28: IPv6 改造 is not done when I1 or I2 fails."""
    params = PortalParams.model_validate(rule.params)
    state = readiness(site, ctx)
    values = {"host": site.site.host, "reason": state.home_reason}
    if state.aaaa == "不支持":
        message, gist, sure = params.no_address, "aaaa", True
    elif state.home in ("不支持", "疑似不支持"):
        message, gist, sure = params.no_home, "home-v6", state.home == "不支持"
    else:
        return
    draft = _draft(site, fill(message, values), gist, "confirmed" if sure else "suspected", state)
    yield replace(draft, deduction=rule.points)
