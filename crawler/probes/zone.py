"""The zone a host is in and the name servers it is delegated to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv6Address, IPv6Network

from tldextract import TLDExtract

from crawler.downloader.guard import is_public
from crawler.probes.dns import DnsAnswer, Resolver
from crawler.probes.names import BadNameError, ascii_host

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215
_IPV4_ONLY = (0xC00000AA, 0xC00000AB)  # 192.0.0.170 and .171: the addresses of ipv4only.arpa


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


async def nat64_networks(resolver: Resolver) -> list[IPv6Network]:
    """Networks whose addresses the resolver makes up from IPv4 (DNS64), the well-known one and its own (RFC 7050)."""
    answer = await resolver.query("ipv4only.arpa", "AAAA")  # has no AAAA record of its own: any answer is made up
    found = [address for address in map(_address, answer.records) if address is not None]
    made_up = [address for address in found if int(address) & 0xFFFFFFFF in _IPV4_ONLY]  # a liar's answer is not
    return [*_NAT64, *(IPv6Network((int(address), 96), strict=False) for address in made_up)]


def is_made_up(records: tuple[str, ...], networks: Sequence[IPv6Network]) -> bool:
    """True when there are addresses and all of them stand in `networks`."""
    found = [address for address in map(_address, records) if address is not None]
    return bool(found) and all(_within(address, networks) for address in found)


def public_ipv6(records: tuple[str, ...], staging: bool, made_up: Sequence[IPv6Network] = _NAT64) -> list[str]:
    """Those AAAA records that a reader outside can use; addresses made up by NAT64 say nothing about the site.

    In a staging round loopback counts as public (contract 1).
    """
    return [record for record in records if _usable(record, staging, made_up)]


def _usable(record: str, staging: bool, made_up: Sequence[IPv6Network]) -> bool:
    address = _address(record)
    if address is None or _within(address, made_up):
        return False
    return (staging and address.is_loopback) or (is_public(record) and not address.ipv4_mapped)


def _address(record: str) -> IPv6Address | None:
    try:
        return IPv6Address(record)
    except ValueError:
        return None


def _within(address: IPv6Address, networks: Sequence[IPv6Network]) -> bool:
    return any(address in network for network in networks)
