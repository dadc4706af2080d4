"""Which IP addresses a link on a public page may lead the crawler to."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Literal

Private = bool | Literal["loopback"]
"""Which addresses besides public ones may be connected to: all, none, or loopback alone (a staging round)."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")  # RFC 3056
_NOT_GLOBAL = tuple(  # blocks that some Python versions call global
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "fec0::/10",
        "100::/64",
    )
)


@lru_cache(maxsize=8192)
def is_public(address: str) -> bool:
    """True for a global unicast address, judged by the IPv4 inside for mapped, 6to4, Teredo and NAT64 addresses.

    Loopback, link-local, private, shared (CGNAT), multicast, unspecified, reserved and documentation blocks are not.
    """
    try:
        ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or (ip.teredo and ip.teredo[1]) or _embedded(ip)
        if inner:
            return is_public(str(inner))
    if ip.is_multicast or ip.is_reserved or any(ip in block for block in _NOT_GLOBAL if block.version == ip.version):
        return False
    return ip.is_global


def is_loopback(address: str) -> bool:
    """True for 127.0.0.0/8 and ::1."""
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in _SIX_TO_FOUR:
        return ipaddress.IPv4Address((int(ip) >> 80) & 0xFFFFFFFF)
    if int(ip) >> 32 == 0 and int(ip) > 1:  # IPv4-compatible ::a.b.c.d
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None
