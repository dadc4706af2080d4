"""What a worker does with a message: take the job's lease, let a process walk a slice, say what comes next."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy.engine import Engine

from crawler.cluster import jobs
from crawler.cluster.holding import LOST
from crawler.cluster.lease import End, Lease, release, take
from crawler.cluster.order import Order, Told

GRACE = 300.0  # seconds after its time for which a slice may end what it began; a host under suspicion takes longest
START = 30.0  # seconds that a process may take to start on a machine under load
SUSPICION = 7200.0  # the longest that two canaries of a suspected host may take
log = logging.getLogger(__name__)


class Sends(Protocol):
    """Puts a message for a job into the queue, to be worked on in `delay` seconds."""

    def __call__(self, run: int, job: str, settings: Mapping[str, Any], delay: float = 0.0) -> None: ...


@dataclass
class Children:
    """The walking processes of this worker; closing their standard input asks them to end."""

    running: set[subprocess.Popen[str]] = field(default_factory=set)
    ending: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, child: subprocess.Popen[str]) -> None:
        """A new one; a worker that shuts down lets it end at once."""
        with self.lock:
            self.running.add(child)
            if self.ending:
                _close(child)

    def end(self) -> None:
        """Ask all to end in good order."""
        with self.lock:
            self.ending = True
            for child in self.running:
                _close(child)


def _close(child: subprocess.Popen[str]) -> None:
    if child.stdin is not None:
        child.stdin.close()


@dataclass
class Worker:
    """Walks slices. `lease_seconds` and `slice_seconds` are those of the machine unless the round says others."""

    engine: Engine
    send: Sends
    lease_seconds: float
    slice_seconds: float
    children: Children = field(default_factory=Children)

    def work(self, run: int, job: str, settings: Mapping[str, Any]) -> Told | None:
        """One message. None when there was nothing to do: the job is in other hands, or the run is over."""
        owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"[:80]
        seconds = float(settings.get("LEASE_SECONDS", self.lease_seconds))
        lease = take(self.engine, run, job, owner, seconds, START)
        if lease is None:
            log.info("%s of run %d is in other hands", job, run)
            return None
        order = Order(lease, float(settings.get("SLICE_SECONDS", self.slice_seconds)), settings)
        told = self._walk(order)
        if told is not None:
            self._go_on(lease, told, settings)
        return told

    def _walk(self, order: Order) -> Told | None:
        """Start the process and wait for what it tells; None when it lost its lease and others go on."""
        with subprocess.Popen(
            [sys.executable, "-m", "crawler.cluster.slice"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            try:
                assert child.stdin is not None and child.stdout is not None
                child.stdin.write(json.dumps(order.as_json()) + "\n")
                child.stdin.flush()
                self.children.add(child)
                killer = threading.Timer(order.seconds + GRACE + SUSPICION, child.kill)
                killer.start()
                line = child.stdout.readline()
                status = child.wait()
                killer.cancel()
            except OSError as error:
                log.warning("the process of %s could not be started or told: %s", order.lease.job, error)
                line, status = "", child.wait()
            finally:
                self.children.running.discard(child)
        if line and status == 0:
            data = json.loads(line)
            return Told(End(data["end"]), data["wait"], tuple(data["handed"]), data["why"])
        log.warning("the process of %s ended with status %s", order.lease.job, status)
        if status == LOST or not release(self.engine, order.lease, End.BADLY):
            return None
        return Told(End.BADLY)

    def _go_on(self, lease: Lease, told: Told, settings: Mapping[str, Any]) -> None:
        """Queue what comes next: the rest of this job, and jobs that were given addresses while they rested."""
        jobs.done_with(self.engine, lease.run, lease.job)  # first: what is handed to it from now on wakes it
        if told.end is not End.WELL or jobs.open_jobs(self.engine, lease.run, [lease.job]):
            self._continue(lease, told, settings)
        for job in jobs.waiting(self.engine, lease.run, told.handed):
            self.send(lease.run, job, settings)

    def _continue(self, lease: Lease, told: Told, settings: Mapping[str, Any]) -> None:
        delay = min(told.wait, jobs.MOST_WAIT)
        if told.end is End.EARLY:
            log.warning("%s: %s", lease.job, told.why)
            delay = 0.0 if self.children.ending else 30.0
        elif told.end is End.BADLY:
            failed = jobs.failures(self.engine, lease.run, lease.job)
            if failed >= jobs.MOST_FAILURES:
                self._give_up(lease)
                return
            delay = 0.0 if failed <= 2 else 5.0 * 2**failed
        jobs.claim(self.engine, lease.run, [lease.job], delay)
        self.send(lease.run, lease.job, settings, delay)

    def _give_up(self, lease: Lease) -> None:
        own = take(self.engine, lease.run, lease.job, "give-up", lease.seconds)
        if own is not None:
            log.error("%s: given up, %d addresses left", lease.job, jobs.give_up(self.engine, own))
            release(self.engine, own, End.EARLY)
            jobs.done_with(self.engine, lease.run, lease.job)
