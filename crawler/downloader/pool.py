"""Connections kept alive between requests, by where they lead and under which guard they were made."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Hashable

from crawler.downloader.connector import SeenProtocol

KEEP_SECONDS = 5.0
MOST_IDLE = 100  # open files are few, and a foreign host is seldom asked twice


class Pool:
    """Idle connections. A connection that was closed, or that got bytes nobody asked for, is never lent again."""

    def __init__(self) -> None:
        self._idle: dict[Hashable, deque[tuple[float, SeenProtocol]]] = {}
        self._count = 0
        self._sweeper: asyncio.TimerHandle | None = None

    def take(self, key: Hashable) -> SeenProtocol | None:
        """The most recently used live connection to `key`, or None."""
        kept = self._idle.get(key)
        while kept:
            since, protocol = kept.pop()
            self._count -= 1
            if time.monotonic() - since < KEEP_SECONDS and protocol.is_connected() and not protocol.should_close:
                return protocol
            protocol.abort()
        self._idle.pop(key, None)
        return None

    def give(self, key: Hashable, protocol: SeenProtocol) -> None:
        """Keep `protocol` for the next request to `key`."""
        if self._count >= MOST_IDLE:
            self._drop_oldest()
        self._idle.setdefault(key, deque()).append((time.monotonic(), protocol))
        self._count += 1
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(KEEP_SECONDS, self._sweep)

    def close(self) -> None:
        """Close every idle connection."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        for kept in self._idle.values():
            for _, protocol in kept:
                protocol.abort()
        self._idle.clear()
        self._count = 0

    def _drop_oldest(self) -> None:
        key = min(self._idle, key=lambda key: self._idle[key][0][0] if self._idle[key] else 0.0)
        if self._idle[key]:
            self._idle[key].popleft()[1].abort()
            self._count -= 1
        if not self._idle[key]:
            del self._idle[key]

    def _sweep(self) -> None:
        old = time.monotonic() - KEEP_SECONDS
        for key, kept in list(self._idle.items()):
            while kept and kept[0][0] <= old:
                kept.popleft()[1].abort()
                self._count -= 1
            if not kept:
                del self._idle[key]
        loop = asyncio.get_running_loop()
        self._sweeper = loop.call_later(KEEP_SECONDS, self._sweep) if self._idle else None
