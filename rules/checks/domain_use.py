"""How names are used: N6 county sites, N7 .政务, N9 own systems, N11 main name, N12 names given up, N15 hosting.

What only the inventory or one look shows is a candidate for a person; only a definite answer of the name servers or of
the host itself is told as a fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_address, ip_network
from typing import Any

import idna
from pydantic import Field, field_validator

from crawler.facts import BadLink, NetworkFact, Outcome, Reason, SiteFacts
from rules.checks.domains import ZHENGWU, is_gov
from rules.checks.home import home_place
from rules.checks.links import unit_of, wheres
from rules.context import Context, public_host
from rules.profile import host_matches
from rules.registry import Draft, Params, check, fill
from rules.schema import Certainty, Rule
from rules.subjects import home_of, host_of

_GONE = (Reason.DNS_NXDOMAIN.value,)


class ChineseParams(Params):
    """Messages of the two ways in which a .政务 name is wrong."""

    several: str = "注册了{count}个中文域名：{names}；一个政府网站原则上只注册一个"


class MainParams(Params):
    """Which statuses lead readers to the main name for good."""

    permanent: list[int] = Field(default=[301, 308], min_length=1, description="视为永久跳转的状态码")
    elsewhere: str = Field(description="其他域名没有跳转到主域名时的说明")


class ClosedParams(Params):
    """The watch list of names that were given up."""

    closed: list[str] = Field(default_factory=list, description="已注销的域名，*. 开头表示其下级域名")
    taken: str = Field(description="域名易主时的说明")
    listed: str = Field(description="清单所列域名已不存在时的说明")


class HostingParams(Params):
    """Signs of servers outside the mainland and of a name without a second name server."""

    servers: int = Field(default=2, ge=1, le=13, description="权威域名服务器至少几台")
    abroad_servers: list[str] = Field(default_factory=list, description="境外域名服务商的服务器，*. 开头表示其下级域名")
    abroad_networks: list[str] = Field(default_factory=list, description="境外网段，如 104.16.0.0/13")
    few: str
    inside: str
    differ: str
    abroad: str

    @field_validator("abroad_networks")
    @classmethod
    def _are_networks(cls, value: list[str]) -> list[str]:
        for one in value:
            try:
                ip_network(one)
            except ValueError:
                raise ValueError(f"“{one}”不是网段，写法如 104.16.0.0/13") from None
        return value


def _told(
    site: SiteFacts, message: str, gist: str, certainty: Certainty = "suspected", subject: str = "", **observed: object
) -> Draft:
    return Draft(
        subject=subject or site.site.url,
        message=message,
        gist=gist,
        certainty=certainty,
        where=(home_place(site),),
        where_count=1,
        observed=observed,
    )


@check("county_sites", fields=("name", "unit"))
def county_sites(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N6: below a county (region code not ending in 00) departments and towns normally have no site of their own."""
    unit = ctx.unit(site.site.unit)
    county = not ctx.inventory.region_code.endswith("00")
    if county and site.site.kind == "department" and unit is not None and unit.kind in ("department", "township"):
        yield _told(site, fill(rule.message, {"name": site.site.name, "unit": unit.name}), "county-site")


def in_chinese(host: str) -> str:
    """The host with its punycode labels decoded; as it is where that is not possible."""
    try:
        return str(idna.decode(host)) if host.isascii() and "xn--" in host else host
    except idna.IDNAError:
        return host


def chinese_names(site: SiteFacts) -> list[str]:
    """The site's names under .政务, decoded, each once and without www."""
    hosts = [site.site.host, *(host_of(f"//{name}") for name in site.site.aliases)]
    mine = [in_chinese(host).removeprefix("www.") for host in hosts if host.rpartition(".")[2] in ZHENGWU]
    return list(dict.fromkeys(mine))


def names_body(label: str, body: str) -> bool:
    """True when `label` may be the full name of `body` or a 规范化简称: its characters, in the body's order."""
    rest = iter(body)
    return len(label) >= 2 and all(char in rest for char in label)


@check("domain_chinese", params=ChineseParams, fields=("host", "label", "unit"))
def domain_chinese(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N7: △△△.政务 is the sponsor's name; a site has one of them at most. None at all breaks nothing."""
    params, names, unit = ChineseParams.model_validate(rule.params), chinese_names(site), ctx.unit(site.site.unit)
    for name in names:
        label = name.split(".")[-2] if "." in name else ""
        bodies = [unit.name if unit else "", site.site.name, ctx.inventory.city, ctx.inventory.issuer]
        if label and not any(names_body(label, body) for body in bodies):
            values = {"host": name, "label": label, "unit": unit.name if unit else site.site.name}
            yield _told(site, fill(rule.message, values), f"chinese {name}", host=name)
    if len(names) > 1:
        values = {"count": str(len(names)), "names": "、".join(names)}
        yield _told(site, fill(params.several, values), "chinese-several", hosts=names)


def _twins(site: SiteFacts) -> Iterator[tuple[str, NetworkFact]]:
    """Other names of the site with what they answered, the newest look of each."""
    newest: dict[str, NetworkFact] = {}
    for fact in site.network:
        if fact.probe == "twin" and fact.key == "home":
            host = fact.host.lower().rstrip(".")
            known = newest.get(host)
            if known is None or (fact.at is not None and (known.at is None or fact.at > known.at)):
                newest[host] = fact
    yield from sorted(newest.items())


def _listed(names: Sequence[str]) -> set[str]:
    return {host_of(f"//{name}") for name in names}


def _redirected(fact: NetworkFact) -> str:
    """Host that the name leads to, '' when it stays."""
    return host_of(str(fact.data.get("redirect") or ""))


@check("own_systems", fields=("hosts", "count"))
def own_systems(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N9: business systems on hosts of their own; one that is gone, or leads to the site, has been merged."""
    looked = dict(_twins(site))
    hosts = [
        host
        for host in sorted(_listed(site.site.own_hosts))
        if not ctx.profile.allows(host) and not _merged(looked.get(host), site)
    ]
    if hosts:
        yield _told(site, fill(rule.message, {"hosts": "、".join(hosts), "count": len(hosts)}), "systems", hosts=hosts)


def _merged(fact: NetworkFact | None, site: SiteFacts) -> bool:
    if fact is None:
        return False
    gone = fact.data.get("reason") in _GONE
    return gone or (fact.outcome == Outcome.OK and _redirected(fact) == site.site.host)


@check("main_domain", params=MainParams, fields=("host", "main", "status", "final"), facts=("twin/home",))
def main_domain(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N11: the other names lead to the main one, for good; one that leads elsewhere misleads readers."""
    params, main = MainParams.model_validate(rule.params), public_host(site.site.url)
    aliases = _listed(site.site.aliases)
    if main is None:
        return
    for host, fact in _twins(site):
        final = _redirected(fact)
        if host not in aliases or fact.outcome != Outcome.OK or not final:
            continue
        status = fact.data.get("status_first")
        values = {"host": host, "main": main, "status": status, "final": final}
        subject = str(fact.data.get("url") or home_of(host, site.site.url))
        if not fact.data.get("to_main"):
            yield _told(site, fill(params.elsewhere, values), "elsewhere", "suspected", subject, **values)
        elif status not in params.permanent:
            yield _told(site, fill(rule.message, values), "temporary", "suspected", subject, **values)


@check("closed_domains", params=ClosedParams, fields=("host", "place"), facts=("links",))
def closed_domains(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N12: pages that still link to names that were given up, and names of the inventory that are no more.

    A government name without an answer may belong to a network of its own (专网), so it stays a candidate; one on the
    watch list that does not exist is told as a fact.
    """
    params, told = ClosedParams.model_validate(rule.params), set[str]()
    for link in ctx.bad_links(site):
        host = host_of(link.target.url)
        closed = any(host_matches(pattern, host) for pattern in params.closed)
        gone, taken = link.target.reason is Reason.DNS_NXDOMAIN, link.target.reason is Reason.CHANGED_OWNER
        if host in told or not (closed or is_gov(host)) or not (gone or taken):
            continue
        told.add(host)
        sure = closed and gone and link.target.outcome is Outcome.DEAD
        yield _closed(
            site, ctx, link, host, rule.message if gone else params.taken, "confirmed" if sure else "suspected"
        )
    for host, fact in _twins(site):
        if host in _listed([*site.site.aliases, *site.site.own_hosts]) and fact.data.get("reason") in _GONE:
            values = {"host": host}
            yield _told(site, fill(params.listed, values), "gone", subject=home_of(host, site.site.url), host=host)


def _closed(site: SiteFacts, ctx: Context, link: BadLink, host: str, message: str, certainty: Certainty) -> Draft:
    holders = sorted(link.holders, key=lambda holder: (holder.region != "home", holder.page, holder.text))
    unit, column = unit_of(holders, site, ctx)
    return Draft(
        subject=home_of(host, link.target.url),
        message=fill(message, {"host": host, "place": holders[0].page if holders else ""}),
        gist="closed",
        certainty=certainty,
        unit=unit,
        column=column,
        where=wheres(holders),
        where_count=link.holder_count,
        observed={"host": host, "reason": link.target.reason.value},
    )


@check(
    "domain_hosting", params=HostingParams, fields=("host", "servers", "addresses", "answers"),
    facts=("dns/NS", "dns/A"),
)  # fmt: skip
def domain_hosting(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N15: name servers enough, name and servers at home, one answer everywhere. Places are told by lists."""
    params, host = HostingParams.model_validate(rule.params), public_host(site.site.url)
    if host is None:
        return
    servers = _records(ctx.network(site, "dns", "NS"))
    addresses = _records(ctx.network(site, "dns", "A"))
    values: dict[str, Any] = {"host": host, "servers": "、".join(servers), "addresses": "、".join(addresses)}
    if 0 < len(servers) < params.servers:
        yield _told(site, fill(params.few, values), "few-servers", servers=servers)
    private = [one for one in addresses if _inside(one)]
    if private and not ctx.facts.staging:
        values["addresses"] = "、".join(private)  # our resolver may show an inner view of the name (F19)
        yield _told(site, fill(params.inside, values), "inside", records=private)
    foreign = [one for one in servers if any(host_matches(pattern, one) for pattern in params.abroad_servers)]
    foreign += [one for one in addresses if _within(one, params.abroad_networks)]
    if foreign:
        values["servers"] = "、".join(foreign)
        yield _told(site, fill(params.abroad, values), "abroad", records=foreign)
    contrary = contradicting(ctx.network(site, "dns", "servers"))
    if contrary:
        answers = "，".join(f"{server}答复{answer}" for server, answer in sorted(contrary.items()))
        yield _told(site, fill(params.differ, values | {"answers": answers}), "resolvers", answers=dict(contrary))


def _records(fact: NetworkFact | None) -> list[str]:
    found = fact.data.get("records", ()) if fact is not None and fact.outcome == "ok" else ()
    return sorted(str(record).rstrip(".").lower() for record in found)


def _inside(record: str) -> bool:
    try:
        return not ip_address(record).is_global
    except ValueError:
        return False


def _within(record: str, networks: Sequence[str]) -> bool:
    try:
        address = ip_address(record)
    except ValueError:
        return False
    return any(address in ip_network(one) for one in networks)


_SAYS = {"nxdomain": "域名不存在", "nodata": "没有地址"}


def contradicting(fact: NetworkFact | None) -> dict[str, str]:
    """Resolver → answer when one says definitely that there is nothing and another gives addresses; else empty.

    Different addresses are no contradiction: accelerated sites (CDN) answer each place differently.
    """
    answers = dict(fact.data.get("answers", {})) if fact is not None and fact.outcome == "ok" else {}
    nothing = {server: _SAYS[found] for server, found in answers.items() if isinstance(found, str) and found in _SAYS}
    something = {server: "、".join(found) for server, found in answers.items() if isinstance(found, list) and found}
    return nothing | something if nothing and something else {}
