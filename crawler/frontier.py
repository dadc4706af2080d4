"""What is still to visit: one queue a site or foreign host, served in turn, breadth first within each.

The store holds the same list (`address` rows that are not done); this is its working copy. Nothing here fetches.
"""

from __future__ import annotations

import heapq
import itertools
import random
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

    def __init__(self, name: str, limit: int, delay: float = 0.0) -> None:
        self.name = name
        self.limit = limit
        self.busy = 0
        self.rest_until = 0.0
        self.delay = delay  # seconds between two requests, give or take half of it: crawler.walk.pace
        self.spacing = 0.0  # seconds between two requests at least, where the host asked for less
        self.held = False  # under suspicion: only the home page is asked
        self.closed = False  # given up in this run: entries are settled without asking
        self.offered = False  # the frontier has it among those to serve, now or after their rest
        self._queues: tuple[deque[Entry], ...] = tuple(deque() for _ in Role)
        self._in_turn = deque(self._queues[Role.ARTICLE :])
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

    @property
    def has_room(self) -> bool:
        """Something may be asked, and fewer requests are out than it bears."""
        return self.busy < self.limit and self.ready

    def pop(self) -> Entry:
        """The next entry: home page, columns and lists first, then an article, a page and a link in turn.

        Who holds a link is kept until its target is known to be fine: what every page holds must be known soon.
        """
        queue = next((queue for queue in self._queues[: Role.ARTICLE] if queue), None)
        while not queue:
            queue = self._in_turn[0]
            self._in_turn.rotate(-1)
        self.size -= 1
        return queue.popleft()

    def turn(self, now: float) -> float:
        """Take the lane's next turn: when it is. The one after it waits as the pace says."""
        at = max(now, self.rest_until)
        if gap := max(self.spacing, self.delay * random.uniform(0.5, 1.5) if self.delay else 0.0):
            self.rest_until = at + gap
        return at


class Frontier:
    """All lanes, and the entries that wait for their second look.

    A lane that could be served stands in `_turn`, or in `_resting` until its pace lets it; one without room or entries
    stands in neither. So the next entry is found at once, however many lanes there are.
    """

    def __init__(self, *, per_site: int, per_host: int) -> None:
        self._per_site, self._per_host = per_site, per_host
        self._lanes: dict[str, Lane] = {}
        self._turn: deque[Lane] = deque()
        self._resting: list[tuple[float, int, Lane]] = []
        self._later: list[tuple[float, int, Entry]] = []
        self._number = itertools.count()
        self._queued = 0
        self.first_delay = 0.0  # seconds between two requests to a lane of which nothing is known yet
        self.in_flight = 0

    def lane(self, name: str) -> Lane:
        """The lane of that name, made at first use."""
        lane = self._lanes.get(name)
        if lane is None:
            limit = self._per_site if name.startswith("site:") else self._per_host
            lane = self._lanes[name] = Lane(name, limit, self.first_delay)
        return lane

    def lanes(self) -> list[Lane]:
        """All lanes there are."""
        return list(self._lanes.values())

    def add(self, entry: Entry, *, front: bool = False) -> None:
        """Queue an entry in its lane."""
        lane = self.lane(entry.lane)
        lane.push(entry, front=front)
        self._queued += 1
        self._offer(lane)

    def add_later(self, entry: Entry, due: float) -> None:
        """Queue an entry for a second look at `due` (seconds since the epoch)."""
        heapq.heappush(self._later, (due, next(self._number), entry))

    def next(self, now: float) -> Entry | None:
        """The next entry whose lane has room and its turn, or None; the caller must call `done` for it later."""
        while self._later and self._later[0][0] <= now:
            self.add(heapq.heappop(self._later)[2])
        while self._resting and self._resting[0][0] <= now:
            self._turn.append(heapq.heappop(self._resting)[2])
        while self._turn:
            lane = self._turn.popleft()
            lane.offered = False
            if not lane.has_room:
                continue
            if not lane.closed:  # what is given up is not asked
                if lane.rest_until > now:
                    lane.offered = True
                    heapq.heappush(self._resting, (lane.rest_until, next(self._number), lane))
                    continue
                lane.turn(now)
            entry = lane.pop()
            lane.busy += 1
            self._queued -= 1
            self.in_flight += 1
            self._offer(lane)
            return entry
        return None

    def done(self, lane: str) -> None:
        """A request of that lane has ended, however it did."""
        ended = self.lane(lane)
        ended.busy -= 1
        self.in_flight -= 1
        self._offer(ended)

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
        self._offer(self.lane(lane))

    def unstick(self) -> list[str]:
        """Give up held lanes when nothing else could ever move them; returns their names. A round must end."""
        if self.in_flight or self._later or self._turn or self._resting:
            return []
        held = [lane for lane in self._lanes.values() if lane.held and lane.size]
        for lane in held:
            lane.held, lane.closed = False, True
            self._offer(lane)
        return [lane.name for lane in held]

    def wake_at(self) -> float | None:
        """When something that waits becomes due, if nothing else moves before."""
        return min((heap[0][0] for heap in (self._resting, self._later) if heap), default=None)

    @property
    def to_go(self) -> int:
        """Entries queued or waiting, without those in flight."""
        return self._queued + len(self._later)

    def __bool__(self) -> bool:
        return self.to_go > 0

    def _offer(self, lane: Lane) -> None:
        if not lane.offered and lane.has_room:
            lane.offered = True
            self._turn.append(lane)
