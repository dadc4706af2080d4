"""What one site's servers answer: over IPv6, under other names, under the other scheme, to a search engine."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from crawler.outcomes import Outcome, Reason
from crawler.probes.depth import ask_level, draw, resource_hosts
from crawler.probes.dns import LookupFailedError
from crawler.probes.home import USER_AGENT, HomeSeen, likeness
from crawler.probes.ipv6 import compare_families
from crawler.probes.looking import Looking
from crawler.probes.route import has_ipv6_loopback, has_ipv6_route
from crawler.probes.tls import look_at_tls
from crawler.probes.twins import twin_fact, twin_urls

SEARCH_ENGINE = "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"
"""What pages that cloak look for; who really asks stands behind it."""


async def look_over_ipv6(look: Looking, public: list[str], without: str) -> None:
    """The home page, and where it opens, a sample of what lies below it and where its resources live."""
    host = look.site.host
    usable = has_ipv6_route() or (look.staging and _all_loopback(public) and has_ipv6_loopback())
    result = await compare_families(
        lambda family: look.open(look.site.url, family),
        addresses=public,
        usable=usable,
        without=without,
        tries=look.tries,
        gap=look.gap,
        control=look.control,
    )
    look.say("ipv6", host, "home", *result.home)
    if result.same is not None:
        look.say("ipv6", host, "same", *result.same)
    main = await look.main
    if main.opened:
        look.say("dns", host, "parts", "ok", await resource_hosts(look.resolver, main.page.resources, look.staging))
    if result.home[0] is Outcome.OK and look.sample > 0:
        await _below(look, main)


async def _below(look: Looking, main: HomeSeen) -> None:
    seed = f"{look.seed}:{look.site.id}"
    own = {main.url, main.final_url}
    second = [address for address in main.page.inner if address not in own]
    first = await ask_level(look.open, draw(second, look.sample, f"{seed}:2"), len(second))
    look.say("ipv6", look.site.host, "level2", Outcome.OK if second else Outcome.UNCHECKED, first.data)
    known = own | set(second)
    third = list(dict.fromkeys(address for page in first.pages for address in page.page.inner if address not in known))
    below = await ask_level(
        lambda url, family: look.open(url, family, read=False), draw(third, look.sample, f"{seed}:3"), len(third)
    )
    look.say("ipv6", look.site.host, "level3", Outcome.OK if third else Outcome.UNCHECKED, below.data)


def _all_loopback(addresses: list[str]) -> bool:
    return bool(addresses) and all(ipaddress.ip_address(address).is_loopback for address in addresses)


async def look_at_twins(look: Looking) -> None:
    """N10: the site's other names."""
    main = await look.main
    urls = twin_urls(look.site)
    seen = await asyncio.gather(*(look.open(url) for url in urls.values()))
    for host, twin in zip(urls, seen, strict=True):
        look.say("twin", host, "home", *twin_fact(look.site, host, main, twin))


async def look_at_certificate(look: Looking) -> None:
    """Chain and protocol of an https site, and what its home page takes over http."""
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
    main = await look.main
    if main.opened:
        plain = [address for address in main.page.resources if address.startswith("http://")]
        look.say("tls", look.site.host, "mixed", "ok", {"count": len(plain), "examples": plain[:20]})


async def look_at_other_scheme(look: Looking) -> None:
    """What the same host does under the other scheme; only on the standard ports, no other is known."""
    parts = urlsplit(look.site.url)
    if parts.port not in (None, 80, 443):
        return
    other = "http" if parts.scheme == "https" else "https"
    seen = await look.open(f"{other}://{parts.hostname}/")
    data = seen.data() | {"scheme": other, "to_https": seen.final_url.startswith("https://"), "offered": seen.opened}
    look.say("tls", look.site.host, "http", seen.outcome, data)


async def look_as_search_engine(look: Looking) -> None:
    """7.9: links that only a search engine is served, on hosts that the page for readers does not link to.

    One request, after all others of the look, and one more when it shows something: firewalls that know the real
    spider may shut us out for it. The second ordinary look takes out what changes from one look to the next.
    """
    main = await look.main
    if not main.opened:
        return
    ours = (look.headers or {}).get("User-Agent", USER_AGENT)
    headers = {**(look.headers or {}), "User-Agent": f"{SEARCH_ENGINE} {ours}"}
    served = await look.open(look.site.url, socket.AF_UNSPEC, headers)
    hidden = _elsewhere(served, main)
    if hidden:
        hidden &= _elsewhere(served, await look.open(look.site.url))
    data = served.data() | {"difference": likeness(main, served)["difference"], "outside": sorted(hidden)[:50]}
    look.say("cloak", look.site.host, "home", served.outcome, data)


def _elsewhere(served: HomeSeen, ordinary: HomeSeen) -> set[str]:
    known = {urlsplit(address).hostname for address in ordinary.page.outside}
    return {address for address in served.page.outside if urlsplit(address).hostname not in known}
