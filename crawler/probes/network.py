"""Everything the network says about one site, as facts.

probe | host       | key     | outcome              | data
------|------------|---------|----------------------|---------------------------------------------------------------
dns   | site.host  | A       | DnsOutcome           | records, ttl, cname, server, asked, disagree, milliseconds
dns   | site.host  | AAAA    | DnsOutcome           | the same, and public: the records usable from outside
dns   | site.host  | NS      | DnsOutcome           | records: name servers of the zone; zone; ttl, server
dns   | site.host  | NS-AAAA | ok, or that of NS    | servers: {name server: DnsOutcome; nodata also when none of its
      |            |         |                      | addresses is public}, addresses: {name server: [AAAA]}
dns   | site.host  | SOA     | DnsOutcome           | records, ttl, zone
dns   | site.host  | servers | ok                   | answers: {server: [A records] or outcome}, agree: bool
ipv6  | site.host  | home    | Outcome              | HomeSeen.data() of the last try, reason_name in Chinese, tries:
      |            |         |                      | [{at, reason, status, address, connect_ms, first_byte_ms,
      |            |         |                      | total_ms}], addresses, v4: the same times over IPv4; left_ipv6:
      |            |         |                      | host of the redirect without AAAA
ipv6  | site.host  | same    | ok, unchecked        | difference (I5, 0..1), same, same_body, same_title, links:
      |            |         |                      | [v4, v6], only_first (v4), only_second (v6), titles
twin  | other host | home    | Outcome              | HomeSeen.data(), redirect: address or null, to_main, status_first,
      |            |         |                      | same, similarity, difference
tls   | site.host  | home    | Outcome              | reason, protocol, cipher, subject, issuer, names, not_before,
      |            |         |                      | not_after, chain, faults, sm2 (`look_at_tls`)
tls   | site.host  | http    | Outcome              | of `http://host/` for an https site: hops, final_url, to_https; of
      |            |         |                      | `https://host/` for an http site on port 80: the same, offered

An outcome `unchecked` of ipv6 says that this machine could not tell (data.reason: no-ipv6-here, own-network, …), never
that the site lacks it. A part that raises is told as `unchecked` with data.error.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from crawler.downloader import Fetcher
from crawler.facts.model import NetworkFact
from crawler.inventory import Site
from crawler.outcomes import Outcome, Reason
from crawler.probes.dns import DnsAnswer, LookupFailedError, Resolver
from crawler.probes.home import HomeSeen, open_home
from crawler.probes.ipv6 import compare_families
from crawler.probes.names import literal_address
from crawler.probes.route import has_ipv6_loopback, has_ipv6_route
from crawler.probes.tls import look_at_tls
from crawler.probes.twins import twin_fact, twin_urls
from crawler.probes.zone import public_ipv6, server_addresses, zone_of

log = logging.getLogger(__name__)
Control = Callable[[], Awaitable[bool | None]]


@dataclass(slots=True)
class Looking:
    """What the parts of one look share."""

    site: Site
    resolver: Resolver
    fetcher: Fetcher
    staging: bool
    headers: dict[str, str] | None
    tries: int
    gap: float
    control: Control | None
    facts: list[NetworkFact] = field(default_factory=list)
    main: asyncio.Future[HomeSeen] | None = None

    def say(self, probe: str, host: str, key: str, outcome: str, data: dict[str, Any]) -> None:
        self.facts.append(NetworkFact(probe, host, key, str(outcome), data, datetime.now(UTC)))

    async def open(self, url: str, family: int = 0) -> HomeSeen:
        own = {self.site.host, *twin_urls(self.site)}
        return await open_home(
            self.fetcher,
            url,
            family=family,
            allow_private=lambda host: self.staging or host.lower() in own,
            headers=self.headers,
        )


async def look_at_site(
    site: Site,
    resolver: Resolver,
    *,
    staging: bool,
    fetcher: Fetcher | None = None,
    headers: dict[str, str] | None = None,
    tries: int = 2,
    gap: float | None = None,
    control: Control | None = None,
    seconds: float = 240.0,
) -> list[NetworkFact]:
    """All facts of the table above for one site; what is not through after `seconds` is left out. Never raises.

    `staging`: loopback counts as public. `tries` and `gap` (seconds; 20, in staging 0.5): IPv6 is tried that often and
    that far apart. `headers` are sent to the site; `control` tells whether IPv6 works here at all (None: unknown).
    """
    used = fetcher or Fetcher(resolver)
    pause = gap if gap is not None else (0.5 if staging else 20.0)
    look = Looking(site, resolver, used, staging, headers, tries, pause, control)
    parts = {("twin", "home"): _twins, ("tls", "home"): _tls, ("tls", "http"): _other_scheme}
    if literal_address(site.host) is None:
        parts |= {("dns", "A"): _addresses, ("dns", "NS"): _zone, ("dns", "servers"): _servers}
    look.main = asyncio.ensure_future(look.open(site.url))
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(_guarded(look, key, part) for key, part in parts.items()))
    except TimeoutError:
        log.warning("%s: network probes not through after %g s", site.id, seconds)
    finally:
        look.main.cancel()
        if fetcher is None:
            await used.close()
    return look.facts


async def _guarded(look: Looking, key: tuple[str, str], part: Callable[[Looking], Awaitable[None]]) -> None:
    try:
        await part(look)
    except Exception as error:
        log.exception("%s: probe %s/%s", look.site.id, *key)
        data = {"reason": Reason.NOT_REACHED.value, "error": f"{type(error).__name__}: {error}"}
        look.say(key[0], look.site.host, key[1], Outcome.UNCHECKED, data)


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


async def _addresses(look: Looking) -> None:
    host = look.site.host
    four, six = await asyncio.gather(look.resolver.query(host, "A"), look.resolver.query(host, "AAAA"))
    public = public_ipv6(six.records, look.staging)
    look.say("dns", host, "A", four.outcome, _plain(four))
    look.say("dns", host, "AAAA", six.outcome, _plain(six) | {"public": public})
    usable = has_ipv6_route() or (look.staging and _all_loopback(public) and has_ipv6_loopback())
    result = await compare_families(
        lambda family: look.open(look.site.url, family),
        addresses=public,
        usable=usable,
        tries=look.tries,
        gap=look.gap,
        control=look.control,
    )
    look.say("ipv6", host, "home", *result.home)
    if result.same is not None:
        look.say("ipv6", host, "same", *result.same)


def _all_loopback(addresses: list[str]) -> bool:
    return bool(addresses) and all(ipaddress.ip_address(address).is_loopback for address in addresses)


async def _zone(look: Looking) -> None:
    host = look.site.host
    zone = await zone_of(look.resolver, host)
    look.say("dns", host, "NS", zone.answer.outcome, _plain(zone.answer) | {"zone": zone.name})
    if not zone.name:
        look.say("dns", host, "NS-AAAA", zone.answer.outcome, {"zone": "", "servers": {}, "addresses": {}})
        return
    soa = await look.resolver.query(zone.name, "SOA")
    look.say("dns", host, "SOA", soa.outcome, _plain(soa) | {"zone": zone.name})
    answers = await server_addresses(look.resolver, zone.answer.records)
    addresses = {name: public_ipv6(answer.records, look.staging) for name, answer in answers.items()}
    outcomes = {
        name: "nodata" if answer.outcome == "ok" and not addresses[name] else answer.outcome
        for name, answer in answers.items()
    }
    look.say("dns", host, "NS-AAAA", "ok", {"zone": zone.name, "servers": outcomes, "addresses": addresses})


async def _servers(look: Looking) -> None:
    """N15, F19: the configured resolvers' answers side by side."""
    if len(look.resolver.servers) < 2:
        return
    answers = await look.resolver.ask_each(look.site.host, "A")
    told = {answer.server or "": list(answer.records) or answer.outcome for answer in answers}
    definite = {
        answer.records or answer.outcome for answer in answers if answer.outcome in ("ok", "nodata", "nxdomain")
    }
    look.say("dns", look.site.host, "servers", "ok", {"answers": told, "agree": len(definite) <= 1})


async def _twins(look: Looking) -> None:
    assert look.main is not None
    main = await look.main
    urls = twin_urls(look.site)
    seen = await asyncio.gather(*(look.open(url) for url in urls.values()))
    for host, twin in zip(urls, seen, strict=True):
        look.say("twin", host, "home", *twin_fact(look.site, host, main, twin))


async def _tls(look: Looking) -> None:
    parts = urlsplit(look.site.url)
    if parts.scheme != "https":
        return
    try:
        addresses = await look.resolver.addresses(look.site.host)
    except LookupFailedError as error:
        data = {"reason": Reason.DNS_FAILURE.value, "detail": str(error), "faults": []}
        look.say("tls", look.site.host, "home", Outcome.SUSPECT, data)
        return
    look.say("tls", look.site.host, "home", *await look_at_tls(addresses[0], parts.port or 443, look.site.host))


async def _other_scheme(look: Looking) -> None:
    """What the same host does under the other scheme; only on the standard ports, no other is known."""
    parts = urlsplit(look.site.url)
    if parts.port not in (None, 80, 443):
        return
    other = "http" if parts.scheme == "https" else "https"
    seen = await look.open(f"{other}://{parts.hostname}/")
    data = seen.data() | {"scheme": other, "to_https": seen.final_url.startswith("https://"), "offered": seen.opened}
    look.say("tls", look.site.host, "http", seen.outcome, data)
