"""Whether this machine has a way out over IPv6."""

from __future__ import annotations

import socket
import time

_GLOBAL = "2400:3200::1"  # any global unicast address serves: a UDP connect sends nothing
_KEEP = 30.0
_known: tuple[float, bool] | None = None


def has_ipv6_route() -> bool:
    """True when the kernel has a route and a global source address for a global IPv6 address. Sends no packet."""
    global _known  # asked for every IPv6 failure; the answer changes with the network, not with the request
    if _known is None or _known[0] < time.monotonic():
        _known = (time.monotonic() + _KEEP, _look())
    return _known[1]


def _look() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
            sock.connect((_GLOBAL, 443))
            source = str(sock.getsockname()[0])
    except OSError:
        return False
    return not source.startswith(("fe80", "::1", "fc", "fd"))


def has_ipv6_loopback() -> bool:
    """True when `::1` can be bound: what a staging round needs for IPv6."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True
