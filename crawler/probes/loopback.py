"""Is this a round over a city on this machine? (contract 1)"""

from __future__ import annotations

import ipaddress
import logging
import socket
from collections.abc import Iterable

from crawler.probes.dns import Resolver

log = logging.getLogger(__name__)


def is_this_machine(address: str | None) -> bool:
    """True for loopback and the unspecified address, with which resolvers sink names: 127.0.0.1, 0.0.0.0, ::1, ::."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return False
    plain = getattr(found, "ipv4_mapped", None) or found
    return bool(plain.is_loopback or plain.is_unspecified)


async def all_on_loopback(resolver: Resolver, hosts: Iterable[str]) -> bool:
    """True when every host that resolves does so to loopback alone, and at least one resolves.

    Nobody is asked after the first that does not: on a real network that is the first.
    """
    seen = False
    for host in dict.fromkeys(hosts):
        try:
            addresses = await resolver.addresses(host, socket.AF_UNSPEC)
        except Exception as error:  # the home page's own request tells what is wrong
            log.info("%s: %s", host, error)
            continue
        if not all(ipaddress.ip_address(address.partition("%")[0]).is_loopback for address in addresses):
            return False
        seen = True
    return seen
