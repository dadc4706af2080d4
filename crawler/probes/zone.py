"""The zone a host is in and the name servers it is delegated to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv6Address, ip_address, ip_network

from tldextract import TLDExtract

from crawler.downloader.guard import is_public
from crawler.probes.dns import DnsAnswer, Resolver
from crawler.probes.names import BadNameError, ascii_host

_NAT64 = ip_network("64:ff9b::/96")


@cache
def _suffixes() -> TLDExtract:
    return TLDExtract(suffix_list_urls=(), cache_dir=None)  # the bundled list, never fetched


def public_suffix(host: str) -> str:
    """`gov.cn` for `www.yunling.gov.cn`; '' when the name ends in none."""
    return _suffixes().extract_str(host).suffix


def names_up(host: str) -> list[str]:
    """The names from `host` up to the one under the public suffix: www.a.gov.cn, a.gov.cn."""
    labels = host.split(".")
    suffix = public_suffix(host)
    depth = len(suffix.split(".")) if suffix else 1
    return [".".join(labels[start:]) for start in range(max(0, len(labels) - depth))]


@dataclass(frozen=True, slots=True)
class Zone:
    """The nearest zone at or over a host. `answer`: the NS look-up that found it, or that says why none was."""

    name: str
    answer: DnsAnswer


async def zone_of(resolver: Resolver, host: str) -> Zone:
    """Walk up label by label to the zone cut, stopping at the public suffix. Never raises.

    An answer that came through an alias is about another name and is passed over.
    """
    doubtful: DnsAnswer | None = None
    last = DnsAnswer("nodata", detail="no zone below the public suffix")
    try:
        names = names_up(ascii_host(host))
    except BadNameError as error:
        return Zone("", DnsAnswer("badname", detail=str(error)))
    for name in names:
        last = await resolver.query(name, "NS")
        if last.outcome == "ok" and not last.cname:
            return Zone(name, last)
        if last.outcome in ("servfail", "timeout"):
            doubtful = doubtful or last
    if doubtful is None and last.outcome == "ok":  # only through an alias
        doubtful = DnsAnswer("nodata", cname=last.cname, server=last.server)
    return Zone("", doubtful or last)


async def server_addresses(resolver: Resolver, servers: tuple[str, ...]) -> dict[str, DnsAnswer]:
    """AAAA of each name server."""
    answers = await asyncio.gather(*(resolver.query(server, "AAAA") for server in servers))
    return dict(zip(servers, answers, strict=True))


def public_ipv6(records: tuple[str, ...], staging: bool) -> list[str]:
    """Those AAAA records that a reader outside can use; addresses made up by NAT64 say nothing about the site.

    In a staging round loopback counts as public (contract 1).
    """
    return [record for record in records if _usable(record, staging)]


def _usable(record: str, staging: bool) -> bool:
    try:
        address = ip_address(record)
    except ValueError:
        return False
    if not isinstance(address, IPv6Address) or address in _NAT64:
        return False
    return (staging and address.is_loopback) or (is_public(record) and not address.ipv4_mapped)
