"""What is still to visit: one queue a site or foreign host, served in turn, breadth first within each.

The store holds the same list (`address` rows that are not done); this is its working copy. Nothing here fetches.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum

from crawler.facts.model import Attempt


class Role(IntEnum):
    """Why an address is visited; the number is its turn within a site."""

    HOME = 0
    COLUMN = 1  # first list page of a column
    LIST = 2  # further pages and data addresses of a list
    ARTICLE = 3  # an item of a list
    PAGE = 4  # any other page of a walked site
    LINK = 5  # checked only: assets, attachments, addresses of others


@dataclass(slots=True)
class Entry:
    """One address on its way. `hops` are the redirects followed so far in this look."""

    id: int
    url: str
    role: Role
    site: str | None
    lane: str
    depth: int
    column: str | None = None
    parent: str | None = None
    attempts: list[Attempt] = field(default_factory=list)
    hops: list[str] = field(default_factory=list)
    requests: int = 0

    @property
    def target(self) -> str:
        """The address to ask now: the last hop, or the address itself."""
        return self.hops[-1] if self.hops else self.url


class Lane:
    """The queue of one pace group."""

    def __init__(self, name: str, limit: int) -> None:
        self.name = name
        self.limit = limit
        self.busy = 0
        self.rest_until = 0.0
        self.spacing = 0.0  # seconds between two requests, beside what the downloader keeps
        self.held = False  # under suspicion: only the home page is asked
        self.closed = False  # given up in this run: entries are settled without asking
        self._queues: tuple[deque[Entry], ...] = tuple(deque() for _ in Role)
        self.size = 0

    def push(self, entry: Entry, *, front: bool = False) -> None:
        """Add an entry; `front` is for redirect hops, which finish what was begun."""
        queue = self._queues[entry.role]
        (queue.appendleft if front else queue.append)(entry)
        self.size += 1

    @property
    def ready(self) -> bool:
        """Something may be asked now."""
        return bool(self._queues[Role.HOME]) if self.held else self.size > 0

    def pop(self) -> Entry:
        """The next entry by role, then by order of discovery."""
        queue = next(queue for queue in self._queues if queue)
        self.size -= 1
        return queue.popleft()


class Frontier:
    """All lanes, and the entries that wait for their second look."""

    def __init__(self, *, per_site: int, per_host: int) -> None:
        self._per_site, self._per_host = per_site, per_host
        self._lanes: dict[str, Lane] = {}
        self._turn: deque[Lane] = deque()  # lanes with something to do, in turn
        self._later: list[tuple[float, int, Entry]] = []
        self._number = itertools.count()
        self.in_flight = 0

    def lane(self, name: str) -> Lane:
        """The lane of that name, made at first use."""
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = Lane(name, self._per_site if name.startswith("site:") else self._per_host)
        return lane

    def lanes(self) -> list[Lane]:
        """All lanes there are."""
        return list(self._lanes.values())

    def add(self, entry: Entry, *, front: bool = False) -> None:
        """Queue an entry in its lane."""
        lane = self.lane(entry.lane)
        if lane.size == 0:
            self._turn.append(lane)
        lane.push(entry, front=front)

    def add_later(self, entry: Entry, due: float) -> None:
        """Queue an entry for a second look at `due` (seconds since the epoch)."""
        heapq.heappush(self._later, (due, next(self._number), entry))

    def next(self, now: float) -> Entry | None:
        """The next entry whose lane has room, or None; the caller must call `done` for it later."""
        while self._later and self._later[0][0] <= now:
            self.add(heapq.heappop(self._later)[2])
        for _ in range(len(self._turn)):
            lane = self._turn[0]
            self._turn.rotate(-1)
            if lane.ready and lane.busy < lane.limit and lane.rest_until <= now:
                entry = lane.pop()
                lane.busy += 1
                if lane.spacing:
                    lane.rest_until = now + lane.spacing
                self.in_flight += 1
                if lane.size == 0:
                    self._turn.remove(lane)
                return entry
        return None

    def done(self, lane: str) -> None:
        """A request of that lane has ended, however it did."""
        self.lane(lane).busy -= 1
        self.in_flight -= 1

    def rest(self, lane: str, until: float) -> None:
        """Send nothing to a lane until then (429, Retry-After, a tripped host)."""
        chosen = self.lane(lane)
        chosen.rest_until = max(chosen.rest_until, until)

    def hold(self, lane: str) -> None:
        """Ask nothing of a lane but its home page."""
        self.lane(lane).held = True

    def release(self, lane: str) -> None:
        """The lane may be asked everything again."""
        self.lane(lane).held = False

    def unstick(self) -> list[str]:
        """Give up held lanes when nothing else could ever move them; returns their names. A round must end."""
        if self.in_flight or self._later or any(lane.ready for lane in self._turn):
            return []
        held = [lane for lane in self._turn if lane.held]
        for lane in held:
            lane.held, lane.closed = False, True
        return [lane.name for lane in held]

    def wake_at(self) -> float | None:
        """When something that waits becomes due, if nothing else moves before."""
        times = [lane.rest_until for lane in self._turn if lane.ready and lane.rest_until]
        if self._later:
            times.append(self._later[0][0])
        return min(times, default=None)

    @property
    def to_go(self) -> int:
        """Entries queued or waiting, without those in flight."""
        return sum(lane.size for lane in self._turn) + len(self._later)

    def __bool__(self) -> bool:
        return bool(self._turn or self._later)
