"""IPv6 below the home page: second and third level links (I6, I7), and resources on hosts without IPv6 (“天窗”)."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlsplit

from crawler.outcomes import REASONS, Outcome, Reason
from crawler.pages import canonical
from crawler.probes.dns import Resolver
from crawler.probes.home import HomeSeen
from crawler.probes.names import literal_address
from crawler.probes.zone import is_made_up, nat64_networks, public_ipv6

T = TypeVar("T")
OpenOver = Callable[[str, int], Awaitable[HomeSeen]]
"""Opens an address over one address family."""

_AT_ONCE = 2  # the pace of the walk


@dataclass(frozen=True, slots=True)
class Level:
    """Links of one level as asked. `data` is that of the fact; `pages` those that opened over IPv6."""

    data: dict[str, Any]
    pages: Sequence[HomeSeen]


def draw(addresses: Iterable[str], size: int, seed: str) -> list[str]:
    """A seeded sample of distinct addresses that does not depend on their order: the same seed draws the same ones."""
    distinct = sorted({canonical(address): address for address in addresses}.items())
    chosen = distinct if len(distinct) <= size else Random(seed).sample(distinct, size)
    return [address for _, address in sorted(chosen)]


async def ask_level(open_over: OpenOver, addresses: Sequence[str], of: int) -> Level:
    """Ask each address over IPv6, and over IPv4 where IPv6 failed: only what IPv4 opens counts against IPv6.

    `of`: how many addresses the sample was drawn from. data: sampled, of, supported, failed: [{url, reason,
    reason_name}], untold (neither family opened, or we were refused), rate = supported / (supported + failed), None
    when nothing could be told.
    """
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(address: str) -> tuple[HomeSeen, HomeSeen | None]:
        async with gate:
            six = await open_over(address, socket.AF_INET6)
            if six.opened:
                return six, None
            return six, await open_over(address, socket.AF_INET)

    pairs = await asyncio.gather(*(one(address) for address in addresses))
    pages = [six for six, four in pairs if four is None]
    failed = [six for six, four in pairs if four is not None and four.opened and _counts(six)]
    told = len(pages) + len(failed)
    data = {
        "sampled": len(addresses),
        "of": of,
        "supported": len(pages),
        "failed": [
            {"url": six.url, "reason": six.reason.value, "reason_name": REASONS[six.reason].name} for six in failed
        ],
        "untold": len(addresses) - told,
        "rate": round(len(pages) / told, 4) if told else None,
    }
    return Level(data, pages)


def _counts(six: HomeSeen) -> bool:
    return six.outcome in (Outcome.DEAD, Outcome.SUSPECT) and six.reason is not Reason.NO_IPV6_HERE


async def resource_hosts(resolver: Resolver, resources: Iterable[str], staging: bool) -> dict[str, Any]:
    """Where a page's images, styles, scripts and frames live, counted by resource.

    data: total, hosts: {host: {count, ipv6: true, false or null when the look-up did not tell}}, ipv4_only: resources
    on hosts that definitely have no public AAAA record, examples of them, rate: share of resources not IPv4-only.
    """
    addresses = list(dict.fromkeys(resources))
    by_host = Counter(_host(address) for address in addresses)
    by_host.pop("", None)
    known = dict(zip(by_host, await asyncio.gather(*(_has_ipv6(resolver, h, staging) for h in by_host)), strict=True))
    only = [address for address in addresses if known.get(_host(address)) is False]
    told = sum(count for host, count in by_host.items() if known[host] is not None)
    return {
        "total": sum(by_host.values()),
        "hosts": {host: {"count": count, "ipv6": known[host]} for host, count in by_host.most_common(50)},
        "ipv4_only": len(only),
        "examples": only[:20],
        "rate": round(1 - len(only) / told, 4) if told else None,
    }


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


async def _has_ipv6(resolver: Resolver, host: str, staging: bool) -> bool | None:
    literal = literal_address(host)
    if literal is not None:
        return ":" in literal
    answer, made_up = await asyncio.gather(resolver.query(host, "AAAA"), nat64_networks(resolver))
    if is_made_up(answer.records, made_up):
        return None
    if answer.outcome in ("ok", "nodata"):
        return bool(public_ipv6(answer.records, staging))
    return None  # a name that does not exist is a dead link, not an IPv6 matter
