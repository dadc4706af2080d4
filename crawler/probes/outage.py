"""Our own network during a round: a failure counts only while the control addresses answer (F18)."""

from __future__ import annotations

import socket
import time
from collections.abc import Awaitable, Callable

from crawler.outcomes import Reason
from crawler.probes.control import Controls

NETWORK_REASONS = frozenset(
    {
        Reason.DNS_FAILURE,
        Reason.DNS_NXDOMAIN,
        Reason.CONNECT_REFUSED,
        Reason.CONNECT_FAILED,
        Reason.CONNECT_RESET,
        Reason.TIMEOUT,
        Reason.TLS_HANDSHAKE,
    }
)
PATIENCE = 600.0  # seconds that a round waits for our network before it stops; it goes on when started again
ASK_AGAIN = 60.0  # seconds until what failed during an outage is asked again


class OwnNetwork:
    """Tells failures of a site from failures of ours. Without control addresses every failure is the site's."""

    def __init__(self, controls: Controls | None, *, chosen: bool) -> None:
        """`chosen`: a person named the control addresses, so they must answer before a round begins."""
        self._controls = controls
        self._chosen = chosen
        self._down_since: float | None = None

    async def begin(self) -> str | None:
        """Why the round cannot begin, in Chinese; None when it can. Default addresses that are silent are not used."""
        if self._controls is None or await self._controls.alive() is not False:
            return None
        self._controls = None
        if self._chosen:
            return "监测端网络异常：控制地址（CONTROL_ADDRESSES）均无应答，本轮未开始，也不评判。请检查本机网络后重试。"
        return None

    async def is_down(self, reason: Reason) -> bool:
        """True when a failure of that reason says nothing, because the control addresses fail as well."""
        if self._controls is None or reason not in NETWORK_REASONS:
            return False
        down = await self._controls.alive() is False
        if not down:
            self._down_since = None
        elif self._down_since is None:
            self._down_since = time.monotonic()
        return down

    def over_ipv6(self) -> Callable[[], Awaitable[bool | None]] | None:
        """Tells whether an address that a person named opens over IPv6 (None: none has IPv6); None: none was named."""
        controls = self._controls if self._chosen else None
        return None if controls is None else lambda: controls.alive(socket.AF_INET6)

    @property
    def lost(self) -> bool:
        """The outage has lasted longer than a round waits."""
        return self._down_since is not None and time.monotonic() - self._down_since > PATIENCE
