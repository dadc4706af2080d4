"""Holding a lease while a process walks: renewed in time, and a process that lost it ends at once."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from crawler.cluster.lease import Lease, renew

LOST = 75  # exit status of a process that lost its lease
TICK = 0.05  # seconds between two looks at the clock
log = logging.getLogger(__name__)


def clock() -> float:
    """Seconds that go on while the process is stopped and, on Linux, while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Hold:
    """Renews a lease at a third of its length. `carry` gives what the next slice is to know, kept at every renewal.

    When the lease cannot be ours any more, whether taken or only not renewed in time, `lost` is called: by default
    the process ends on the spot, for what it still did would be void or against a site's pace.
    """

    def __init__(
        self,
        engine: Engine,
        lease: Lease,
        carry: Callable[[], Mapping[str, Any]] = dict,
        lost: Callable[[], None] = lambda: os._exit(LOST),
    ) -> None:
        self._engine, self._lease, self._carry, self._lost = engine, lease, carry, lost
        self._sure_until = clock()
        self._ended = threading.Event()

    @property
    def sure(self) -> bool:
        """The lease is ours at this moment, whatever happened since the last renewal."""
        return clock() < self._sure_until

    def begin(self) -> bool:
        """Renew once, then go on in the background; False when the lease is lost already."""
        if not self._renew():
            return False
        for work in (self._keep, self._watch):
            threading.Thread(target=work, name="lease", daemon=True).start()
        return True

    def end(self) -> None:
        """Renew no more."""
        self._ended.set()

    def _renew(self) -> bool:
        asked = clock()
        try:
            carry = self._carry()
        except Exception:  # what the next slice would like to know is worth no lease
            log.exception("the pace of %s could not be told", self._lease.job)
            carry = {}
        if not renew(self._engine, self._lease, carry):
            return False
        self._sure_until = asked + self._lease.seconds
        return True

    def _keep(self) -> None:
        pause = self._lease.seconds / 3
        while not self._ended.wait(pause):
            try:
                held = self._renew()
                pause = self._lease.seconds / 3
            except SQLAlchemyError as error:  # the watch ends us when it lasts
                log.warning("lease of %s could not be renewed: %s", self._lease.job, error)
                held, pause = True, self._lease.seconds / 20
            if not held and not self._ended.is_set():
                self._lost()
                return

    def _watch(self) -> None:
        while not self._ended.wait(TICK):
            if not self.sure:
                self._lost()
                return
