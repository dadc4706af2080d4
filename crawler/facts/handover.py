"""Handing things to another thread a few times a second: waking it for each would cost more than most of them."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Handover(Generic[Thing]):
    """A queue whose taker looks every `seconds`, at once only when `hurry` is called. Order is kept."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._things: deque[Thing] = deque()
        self._hurry = threading.Event()
        self._settled = threading.Condition()
        self._put = self._done = 0

    def __len__(self) -> int:
        return len(self._things)

    def put(self, thing: Thing) -> None:
        """Hand over; by one thread only."""
        self._put += 1
        self._things.append(thing)

    def hurry(self) -> None:
        """Have what is there taken now."""
        self._hurry.set()

    def take(self, most: int) -> list[Thing]:
        """Up to `most` things; waits until there are some. The taker says `done` when it is through with them."""
        while True:
            self._hurry.wait(self._seconds)
            self._hurry.clear()
            if count := min(most, len(self._things)):
                taken = [self._things.popleft() for _ in range(count)]
                if self._things:
                    self._hurry.set()
                return taken

    def done(self, count: int) -> None:
        """So many of what was taken are settled."""
        with self._settled:
            self._done += count
            self._settled.notify_all()

    def join(self) -> None:
        """Wait until all that was put is settled."""
        with self._settled:
            wanted = self._put
            self._hurry.set()
            self._settled.wait_for(lambda: self._done >= wanted)
