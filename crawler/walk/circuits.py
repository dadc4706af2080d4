"""Hosts that fail or refuse as a whole (F4, F5): nothing on them is believed until a canary comes back.

One circuit a lane, for its own host. A tripped lane rests and serves only its home page (the canary). When the canary
is good, what failed meanwhile is asked again; when it keeps failing, the host is left for a later run: what failed
stays suspect as `host-down`, what was not asked is `not-reached`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from crawler.facts.model import Attempt
from crawler.frontier import Entry, Frontier, Role
from crawler.hosts import host_of
from crawler.outcomes import Reason
from crawler.seeing.circuit import HostCircuit
from crawler.seeing.tuning import tuning

CANARY_ID = -2  # a canary is no address of the round
CANARIES_PER_RUN = 2
SLOW_START = 0.2  # seconds between two requests once a host asked for less


@dataclass(slots=True)
class _Host:
    circuit: HostCircuit
    home: str
    failed: list[tuple[Entry, list[Attempt], bool]] = field(default_factory=list)


class Circuits:
    """The circuits of a walk; `again` puts an entry back that failed while its host was under suspicion."""

    def __init__(
        self,
        frontier: Frontier,
        homes: dict[str, str],
        recheck_delay: float,
        again: Callable[[Entry], None],
        distrust: Callable[[Entry, list[Attempt]], None],
    ) -> None:
        pause = min(tuning().circuit.first_pause, max(recheck_delay, 1.0))
        self._policy = tuning().circuit.model_copy(update={"first_pause": pause, "canaries": CANARIES_PER_RUN})
        self._frontier = frontier
        self._homes = homes  # lane → home page, for walked sites
        self._again = again
        self._distrust = distrust
        self._hosts: dict[str, _Host] = {}

    def _host(self, lane: str, url: str) -> _Host | None:
        """The circuit of a lane's own host; other hosts that share the lane's pace have none."""
        host = self._hosts.get(lane)
        if host is None:
            home = self._homes.get(lane) or f"{url.partition('://')[0]}://{host_of(url)}/"
            host = self._hosts[lane] = _Host(HostCircuit(self._policy), home)
        return host if host_of(host.home) == host_of(url) else None

    @property
    def waiting(self) -> bool:
        """A host is under suspicion and its canary is not back: who ends the walk now forgets why."""
        return any(host.circuit.suspect and not host.circuit.given_up for host in self._hosts.values())

    def proven(self) -> list[str]:
        """Lanes whose host gave a good answer."""
        return [lane for lane, host in self._hosts.items() if host.circuit.good_seen]

    def prove(self, lane: str, url: str) -> None:
        """An earlier walk of the run had a good answer of this lane's own host."""
        host = self._host(lane, url)
        if host is not None:
            host.circuit.good_seen = True

    def suspect(self, lane: str, url: str) -> bool:
        """Nothing on this host is believed now."""
        host = self._hosts.get(lane)
        return host is not None and host.circuit.suspect and host_of(host.home) == host_of(url)

    def record(self, entry: Entry, lane: str, url: str, reason: Reason, now: float) -> None:
        """Take the result of one request to a lane's host."""
        host = self._host(lane, url)
        if host is None:
            return
        circuit = host.circuit
        canary = entry.id == CANARY_ID or (circuit.suspect and entry.role is Role.HOME)
        was_suspect = circuit.suspect
        tripped = circuit.record(now, reason, home=url == host.home and lane in self._homes, canary=canary)
        if tripped:
            self._trip(lane, host)
        elif was_suspect and not circuit.suspect:
            self._close(lane, host)
        elif circuit.given_up:
            self._frontier.lane(lane).closed = True
            self._frontier.release(lane)
        elif canary and entry.id == CANARY_ID:
            self._send_canary(lane, host)

    def failed(self, entry: Entry, lane: str, url: str, *, waits: bool) -> None:
        """Remember a failure of a host, should the host come under suspicion for it; `waits`: a second look is due."""
        host = self._host(lane, url)
        if host is not None and entry.id != CANARY_ID:
            host.failed.append((entry, list(entry.attempts), waits))

    def slow_down(self, lane: str, url: str, now: float, seconds: float | None) -> None:
        """The host asked for less (429): half the pace."""
        host = self._host(lane, url)
        if host is not None:
            host.circuit.slow_down(now, seconds)
        one = self._frontier.lane(lane)
        one.limit = 1
        one.spacing = min(max(one.spacing * 2, SLOW_START), self._policy.slowest)

    def _trip(self, lane: str, host: _Host) -> None:
        self._frontier.hold(lane)
        for failed, attempts, waits in host.failed:
            if not waits and not host.circuit.trusts(attempts[-1].at.timestamp()):
                self._distrust(failed, attempts)
        self._send_canary(lane, host)

    def _send_canary(self, lane: str, host: _Host) -> None:
        canary = Entry(CANARY_ID, host.home, Role.HOME, None, lane, 0)
        self._frontier.add_later(canary, host.circuit.retry_at)
        self._frontier.rest(lane, host.circuit.retry_at)

    def _close(self, lane: str, host: _Host) -> None:
        self._frontier.release(lane)
        slow = self._frontier.lane(lane)
        slow.spacing = max(slow.spacing, SLOW_START)
        failed, host.failed = host.failed, []
        for entry, attempts, waits in failed:
            if host.circuit.trusts(attempts[-1].at.timestamp()):
                continue
            entry.attempts.clear()
            if not waits:
                self._again(entry)
