"""A home page over IPv6 alone, beside IPv4 from the same machine at the same time (I2, I3, I5, I8)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from crawler.outcomes import REASONS, Outcome, Reason
from crawler.probes.home import HomeSeen, is_same_page, likeness

OpenHome = Callable[[int], Awaitable[HomeSeen]]
"""Opens the home page over the given address family."""

# Failures in which the site's own address answered, or the name servers said definitely that there is none:
# repeated while IPv4 opens, they are the site's. A silence may be our own line (PMTU, tunnel) and stays a suspicion.
_ANSWERED = (Reason.CONNECT_REFUSED, Reason.CONNECT_RESET, Reason.BAD_RESPONSE, Reason.TLS_HANDSHAKE)
_NAMES = {
    Reason.CONNECT_REFUSED: "经IPv6访问时服务器拒绝连接",
    Reason.CONNECT_RESET: "经IPv6访问时连接被中断",
    Reason.TIMEOUT: "经IPv6访问超时",
    Reason.CONNECT_FAILED: "经IPv6无法建立连接",
    Reason.BAD_RESPONSE: "经IPv6访问时应答不符合协议",
    Reason.TLS_HANDSHAKE: "经IPv6访问时安全连接失败",
}


@dataclass(frozen=True, slots=True)
class Ipv6Result:
    """`home` and `same` as (outcome, data) of the facts of these keys; `same` is None when IPv6 did not open."""

    home: tuple[Outcome, dict[str, Any]]
    same: tuple[Outcome, dict[str, Any]] | None


async def compare_families(
    open_home: OpenHome,
    *,
    addresses: list[str],
    usable: bool,
    without: str = "没有公网AAAA记录",
    tries: int = 2,
    gap: float = 20.0,
    control: Callable[[], Awaitable[bool | None]] | None = None,
) -> Ipv6Result:
    """Open the home page over IPv6 up to `tries` times, `gap` seconds apart, and over IPv4 once.

    `addresses`: its public AAAA records, not asked for when empty; `without` says in Chinese why there are none.
    `usable`: this machine has IPv6, else everything is unchecked. `control`: True when a known IPv6 address opens,
    False when not, None when none could be asked, which leaves every failure a suspicion.
    """
    if not addresses:
        return Ipv6Result((Outcome.UNCHECKED, _unchecked(Reason.NOT_REACHED, without)), None)
    if not usable:
        return Ipv6Result((Outcome.UNCHECKED, _unchecked(Reason.NO_IPV6_HERE)), None)
    seen: list[HomeSeen] = []
    log: list[dict[str, Any]] = []
    over_v4: HomeSeen | None = None
    for number in range(max(1, tries)):
        if number:
            await asyncio.sleep(gap)
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        if over_v4 is None or not over_v4.opened:
            six, over_v4 = await asyncio.gather(open_home(socket.AF_INET6), open_home(socket.AF_INET))
        else:
            six = await open_home(socket.AF_INET6)
        seen.append(six)
        log.append({"at": at, **_brief(six)})
        if six.opened:
            break
    assert over_v4 is not None
    last = seen[-1]
    outcome, changed = await _judge(seen, over_v4, control)
    data = last.data() | {"tries": log, "addresses": addresses, "v4": _brief(over_v4)} | changed
    if not last.opened:
        return Ipv6Result((outcome, data), None)
    compared = likeness(over_v4, last)
    same = {**compared, "same": is_same_page(compared), "titles": [over_v4.page.title, last.page.title]}
    return Ipv6Result((outcome, data), (Outcome.OK if over_v4.opened else Outcome.UNCHECKED, same))


def _brief(seen: HomeSeen) -> dict[str, Any]:
    keys = ("reason", "status", "address", "connect_ms", "first_byte_ms", "total_ms")
    data = seen.data()
    return {key: data[key] for key in keys}


def _unchecked(reason: Reason, detail: str = "") -> dict[str, Any]:
    return {"reason": reason.value, "reason_name": detail or REASONS[reason].name, "tries": []}


async def _judge(
    seen: list[HomeSeen], over_v4: HomeSeen, control: Callable[[], Awaitable[bool | None]] | None
) -> tuple[Outcome, dict[str, Any]]:
    """The outcome of all tries, and what to say of it where the reason alone would mislead."""
    last = seen[-1]
    if last.opened:
        return Outcome.OK, {}
    told = {"reason_name": _NAMES.get(last.reason, REASONS[last.reason].name)}
    left = _leaves_ipv6(last)
    if left:
        told = {"reason_name": f"跳转到的{left}没有IPv6地址", "left_ipv6": left}
    if last.outcome in (Outcome.BLOCKED, Outcome.UNCHECKED):
        return last.outcome, told
    if not over_v4.opened:
        return Outcome.SUSPECT, told
    works = await control() if control is not None else True
    if works is False:
        return Outcome.UNCHECKED, _unchecked(Reason.OWN_NETWORK)
    certain = all(_certain(one) for one in seen) and len(seen) > 1 and works is True
    return (Outcome.DEAD if certain else Outcome.SUSPECT), told


def _certain(seen: HomeSeen) -> bool:
    if seen.reason is Reason.DNS_FAILURE:
        return bool(_leaves_ipv6(seen))
    return seen.reason in _ANSWERED or seen.outcome is Outcome.DEAD


def _leaves_ipv6(seen: HomeSeen) -> str:
    """The host of the redirect hop that has no AAAA record, '' when that is not what went wrong."""
    if len(seen.hops) > 1 and seen.reason is Reason.DNS_FAILURE and seen.detail == "nodata":
        return urlsplit(seen.final_url).hostname or ""
    return ""
