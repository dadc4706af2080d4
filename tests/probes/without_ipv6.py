"""One look at a site from a network namespace in which the kernel has no IPv6; prints the facts as JSON lines.

    unshare -n python -m tests.probes.without_ipv6

Exit status 3 when IPv6 cannot be switched off here.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import socket
import struct
import sys
from pathlib import Path

from crawler.facts.model import NetworkFact
from crawler.probes.dns import Resolver
from crawler.probes.network import look_at_site
from crawler.probes.route import has_ipv6_loopback, has_ipv6_route
from tests.probes.nameserver import name_server
from tests.probes.town import ok, town

_SIOCSIFFLAGS, _IFF_UP = 0x8914, 0x1
_SWITCH = Path("/proc/sys/net/ipv6/conf/all/disable_ipv6")
RECORDS = {
    "www.a.gov.cn A": ["127.0.0.1"],
    "www.a.gov.cn AAAA": ["::1"],
    "a.gov.cn NS": ["ns1.a.gov.cn."],
    "a.gov.cn SOA": ["ns1.a.gov.cn. host.a.gov.cn. 1 2 3 4 60"],
    "ns1.a.gov.cn AAAA": ["::1"],
}


def switch_off() -> bool:
    """Raise lo of this namespace and take IPv6 away from it; False when that is not allowed."""
    try:
        if _SWITCH.exists():
            _SWITCH.write_text("1")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _IFF_UP))
    except OSError as error:
        print(error, file=sys.stderr)
        return False
    return not has_ipv6_loopback()


async def look() -> list[NetworkFact]:
    """The facts of a site that has IPv6 everywhere, of which this namespace can reach nothing."""
    async with town(lambda asked: ok(), v6=False) as place, name_server(RECORDS) as names:
        return await look_at_site(place.site(), Resolver([names.server], lifetime=1), staging=True, gap=0.05)


if __name__ == "__main__":
    if not switch_off():
        sys.exit(3)
    print(json.dumps({"route": has_ipv6_route(), "loopback": has_ipv6_loopback()}))
    for fact in asyncio.run(look()):
        print(json.dumps([fact.probe, fact.host, fact.key, fact.outcome, dict(fact.data)]))
