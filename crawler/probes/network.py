"""Everything the network says about one site, as facts.

probe | host       | key     | outcome              | data
------|------------|---------|----------------------|---------------------------------------------------------------
dns   | site.host  | A       | DnsOutcome           | records, ttl, cname, server, asked, disagree, milliseconds
dns   | site.host  | AAAA    | DnsOutcome           | the same, and public: the records usable from outside; synthetic:
      |            |         |                      | made up on the way (NAT64)
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
ipv6  | site.host  | level2  | ok, unchecked        | second level links (I6): sampled, of, supported, failed, untold,
      |            |         |                      | rate
ipv6  | site.host  | level3  | ok, unchecked        | third level links (I7): the same
dns   | site.host  | parts   | ok                   | resources of the home page by host (“天窗”): total, hosts,
      |            |         |                      | ipv4_only, examples, rate (`resource_hosts`)
cloak | site.host  | home    | Outcome              | home page as a search engine is served it: difference, outside:
      |            |         |                      | [targets on other hosts that only the search engine gets]
dns   | site.host  | DNSSEC  | ok, timeout          | state: validated, unsigned, bogus, unknown; detail, zone
tls   | site.host  | home    | Outcome              | reason, protocol, cipher, subject, issuer, names, not_before,
      |            |         |                      | not_after, chain, faults, sm2 (`look_at_tls`)
tls   | site.host  | mixed   | ok                   | of an https home page: count, examples of resources over http
tls   | site.host  | http    | Outcome              | of `http://host/` for an https site: hops, final_url, to_https; of
      |            |         |                      | `https://host/` for an http site on port 80: the same, offered

An outcome `unchecked` of ipv6 says that this machine could not tell (data.reason: no-ipv6-here, own-network, …), never
that the site lacks it. A part that raises is told as `unchecked` with data.error.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from crawler.downloader import Fetcher
from crawler.facts.model import NetworkFact
from crawler.inventory import Site
from crawler.outcomes import Outcome, Reason
from crawler.probes.control import ipv6_control
from crawler.probes.dns import Resolver
from crawler.probes.looking import Control, Looking
from crawler.probes.name_facts import compare_resolvers, look_at_addresses, look_at_zone
from crawler.probes.names import literal_address
from crawler.probes.web_facts import (
    look_as_search_engine,
    look_at_certificate,
    look_at_other_scheme,
    look_at_twins,
    look_over_ipv6,
)

__all__ = ["look_at_site"]

log = logging.getLogger(__name__)
Part = Callable[[Looking], Awaitable[None]]


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
    sample: int = 5,
    seed: int = 0,
    seconds: float = 240.0,
) -> list[NetworkFact]:
    """All facts of the table above for one site; what is not through after `seconds` is left out. Never raises.

    `staging`: loopback counts as public. `tries` and `gap` (seconds; 20, in staging 0.5): IPv6 is tried that often and
    that far apart. `headers` are sent to the site; `control` tells whether IPv6 works here at all (None: the usual
    control addresses, in staging nobody).
    `sample`: how many second and third level links are asked over IPv6, drawn by `seed`.
    """
    used = fetcher or Fetcher(resolver)
    pause = gap if gap is not None else (0.5 if staging else 20.0)
    works = control or (None if staging else ipv6_control(used))
    look = Looking(site, resolver, used, staging, headers, tries, pause, works, sample, seed)
    look.main = asyncio.ensure_future(look.open(site.url))
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(_guarded(look, key, part) for key, part in _parts(site).items()))
            await _guarded(look, ("cloak", "home"), look_as_search_engine)
    except TimeoutError:
        log.warning("%s: network probes not through after %g s", site.id, seconds)
    finally:
        look.main.cancel()
        if fetcher is None:
            await used.close()
    return look.facts


def _parts(site: Site) -> dict[tuple[str, str], Part]:
    """The parts of a look by the fact that tells of their failure; a site without a domain name has no name facts."""
    parts: dict[tuple[str, str], Part] = {
        ("twin", "home"): look_at_twins,
        ("tls", "home"): look_at_certificate,
        ("tls", "http"): look_at_other_scheme,
    }
    if literal_address(site.host) is None:
        parts |= {("ipv6", "home"): _ipv6, ("dns", "NS"): look_at_zone, ("dns", "servers"): compare_resolvers}
    return parts


async def _ipv6(look: Looking) -> None:
    await look_over_ipv6(look, *await look_at_addresses(look))


async def _guarded(look: Looking, key: tuple[str, str], part: Part) -> None:
    try:
        await part(look)
    except Exception as error:
        log.exception("%s: probe %s/%s", look.site.id, *key)
        data = {"reason": Reason.NOT_REACHED.value, "error": f"{type(error).__name__}: {error}"}
        look.say(key[0], look.site.host, key[1], Outcome.UNCHECKED, data)
