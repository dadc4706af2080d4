"""DNS facts of one site: addresses, zone, name servers, DNSSEC, resolvers side by side."""

from __future__ import annotations

import asyncio
from typing import Any

from crawler.probes.answers import DnsAnswer
from crawler.probes.dnssec import validator
from crawler.probes.looking import Looking
from crawler.probes.question import ask
from crawler.probes.route import has_ipv6_route
from crawler.probes.zone import Zone, is_made_up, nat64_networks, public_ipv6, server_addresses, zone_of


def _plain(answer: DnsAnswer) -> dict[str, Any]:
    return {
        "records": list(answer.records),
        "ttl": answer.ttl,
        "cname": list(answer.cname),
        "server": answer.server,
        "asked": list(answer.asked),
        "disagree": list(answer.disagree),
        "milliseconds": answer.milliseconds,
        "detail": answer.detail,
    }


_WITHOUT = {
    "ok": "AAAA记录不是公网地址",
    "nodata": "没有AAAA记录",
    "nxdomain": "域名不存在",
    "servfail": "AAAA记录查询未得到确切答复（域名服务器出错）",
    "timeout": "AAAA记录查询未得到确切答复（域名服务器超时）",
    "badname": "域名书写有误",
}
"""Why a host has no address to try over IPv6, by the outcome of the look-up."""


async def look_at_addresses(look: Looking) -> tuple[list[str], str]:
    """A and AAAA; gives the public AAAA records, or in Chinese why there are none."""
    host = look.site.host
    four, six, made_up = await asyncio.gather(
        look.resolver.query(host, "A"), look.resolver.query(host, "AAAA"), nat64_networks(look.resolver)
    )
    public = public_ipv6(six.records, look.staging, made_up)
    synthetic = is_made_up(six.records, made_up)
    without = "" if public else "本地网络的域名服务器自行合成IPv6地址（NAT64）" if synthetic else _WITHOUT[six.outcome]
    look.say("dns", host, "A", four.outcome, _plain(four))
    look.say("dns", host, "AAAA", six.outcome, _plain(six) | {"public": public, "synthetic": synthetic})
    return public, without


async def look_at_zone(look: Looking) -> None:
    """NS, SOA, AAAA of the name servers and whether they answer there, DNSSEC."""
    host = look.site.host
    zone = await zone_of(look.resolver, host)
    await asyncio.gather(_name_servers(look, zone), _dnssec(look, zone))


async def _name_servers(look: Looking, zone: Zone) -> None:
    host = look.site.host
    look.say("dns", host, "NS", zone.answer.outcome, _plain(zone.answer) | {"zone": zone.name})
    if not zone.name:
        look.say("dns", host, "NS-AAAA", zone.answer.outcome, {"zone": "", "servers": {}, "addresses": {}})
        return
    soa = await look.resolver.query(zone.name, "SOA")
    look.say("dns", host, "SOA", soa.outcome, _plain(soa) | {"zone": zone.name})
    answers = await server_addresses(look.resolver, zone.answer.records)
    made_up = await nat64_networks(look.resolver)
    addresses = {name: public_ipv6(answer.records, look.staging, made_up) for name, answer in answers.items()}
    outcomes = {
        name: _server_outcome(answer, addresses[name], is_made_up(answer.records, made_up))
        for name, answer in answers.items()
    }
    data = {"zone": zone.name, "servers": outcomes, "addresses": addresses}
    if has_ipv6_route() and not look.staging:
        data["over_ipv6"] = await _over_ipv6(zone.name, addresses)
    look.say("dns", host, "NS-AAAA", "ok", data)


def _server_outcome(answer: DnsAnswer, public: list[str], synthetic: bool) -> str:
    if synthetic:
        return "servfail"
    return "nodata" if answer.outcome == "ok" and not public else answer.outcome


async def _over_ipv6(zone: str, addresses: dict[str, list[str]]) -> dict[str, str]:
    """I4: does each name server answer at its IPv6 address?"""
    names = [name for name, found in addresses.items() if found]
    replies = await asyncio.gather(*(ask((addresses[name][0], 53), zone, "SOA", 3.0) for name in names))
    return {name: reply.outcome for name, reply in zip(names, replies, strict=True)}


async def _dnssec(look: Looking, zone: Zone) -> None:
    told = await validator(look.resolver).state(look.site.host, zone.name)
    outcome = "timeout" if told.state == "unknown" else "ok"
    data = {"state": told.state, "detail": told.detail, "zone": told.zone}
    look.say("dns", look.site.host, "DNSSEC", outcome, data)


async def compare_resolvers(look: Looking) -> None:
    """N15, F19: the configured resolvers' answers side by side."""
    if len(look.resolver.servers) < 2:
        return
    answers = await look.resolver.ask_each(look.site.host, "A")
    told = {answer.server or "": list(answer.records) or answer.outcome for answer in answers}
    definite = {
        answer.records or answer.outcome for answer in answers if answer.outcome in ("ok", "nodata", "nxdomain")
    }
    look.say("dns", look.site.host, "servers", "ok", {"answers": told, "agree": len(definite) <= 1})
