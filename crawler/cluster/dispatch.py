"""Handing a round out: puts the first jobs into the queue, heals what was lost, waits for the last, ends the run.

Everything it needs is in the store, so it may be stopped and started again at will; the workers go on meanwhile.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from crawler.cluster import jobs
from crawler.cluster.lease import End, Lease, release, renew, take
from crawler.cluster.order import ASK_SEARCH
from crawler.cluster.work import Sends
from crawler.facts.bodies import salt_of
from crawler.facts.errors import plain
from crawler.facts.store import finish_run, update_run
from crawler.probes.dns import Resolver
from crawler.probes.loopback import all_on_loopback
from crawler.rounds import CannotRun, Plan

POLL = 2.0  # seconds between two looks at the store, more when a look takes long
LOOK_SHARE = 20  # a look may take this part of the time
_TRIES = 3  # slices that are sent to ask one site's search; titles that were not asked are left to a person
LEASE = 15.0  # seconds for which a dispatcher that fell silent keeps others out


@dataclass(frozen=True, slots=True)
class State:
    """What a look found: jobs that are not done, of them walked now, pages, addresses checked and not opened, to go."""

    jobs: int
    held: int
    pages: int
    checked: int
    bad: int
    open: int
    trouble: str | None = None  # queue or database away, in Chinese


@dataclass
class Dispatcher:
    """Hands one round out. `send` and `length` are the queue's, and raise `away` when it cannot be reached; `show` is
    told of every look. Celery is an extra, so it is not imported here."""

    plan: Plan
    settings: Mapping[str, Any]
    send: Sends
    length: Callable[[], int]
    away: tuple[type[Exception], ...]
    show: Callable[[State], None] = lambda state: None
    poll: float = POLL
    lost_after: float = 20.0  # seconds; a worker needs a moment to take the lease
    _tried: Counter[str] = field(default_factory=Counter)  # slices sent to ask a site's search
    _last: State = field(default=State(0, 0, 0, 0, 0, 0))

    @property
    def engine(self) -> Engine:
        """The store."""
        return self.plan.engine

    def work(self) -> None:
        """Until the round is walked. KeyboardInterrupt leaves it going on. CannotRun: another one hands it out."""
        run = self.plan.run.id
        lease = self._take(run)
        try:
            self._begin(run)
            while not self._look(lease):
                pass
        finally:
            self._let_go(lease)

    def _take(self, run: int) -> Lease:
        """The right to hand the round out, waited for as long as one that was killed keeps it."""
        until = time.monotonic() + LEASE + 2
        while True:
            lease = take(self.engine, run, jobs.DISPATCH, socket.gethostname(), LEASE)
            if lease is not None:
                return lease
            if time.monotonic() > until:
                raise CannotRun("这一轮正由另一个进程分发，请在那里看进度。")
            time.sleep(1)

    def _begin(self, run: int) -> None:
        """What the spider of a whole round does first, and slices cannot each do."""
        if not self.plan.resumed:
            hosts = [site.host for site in self.plan.sites]
            loopback = asyncio.run(all_on_loopback(Resolver(self.plan.servers), hosts))
            update_run(self.engine, run, loopback=loopback)
        salt_of(self.engine, run)

    def _look(self, lease: Lease) -> bool:
        """One look: send what nobody will do otherwise. True when the round is walked."""
        begun = time.monotonic()
        over = False
        try:
            if not renew(self.engine, lease, late=True):  # a database that was away let it run out
                raise CannotRun("本进程停顿过久，这一轮已由另一个进程接着分发。")
            over = self._send_and_tell(lease.run)
        except SQLAlchemyError as error:
            self._tell(trouble=f"数据库连接不上，正在等待：{plain(error)}")
        if not over:
            took = time.monotonic() - begun
            time.sleep(min(max(self.poll, took * LOOK_SHARE), LEASE / 3))
        return over

    def _send_and_tell(self, run: int) -> bool:
        sites = [site.id for site in self.plan.sites]
        left, settings = jobs.unfinished(self.engine, run, sites), self.settings
        if not left and (searches := self._searches(run)):
            left = jobs.unfinished(self.engine, run, sites, searches)
            settings = {**settings, ASK_SEARCH: True}
        if not left:
            jobs.shut(self.engine, run)
            finish_run(self.engine, run)
            self._count(run, left, None)
            return True
        trouble = None
        try:
            empty = self.length() == 0
            for job in left:
                if job.idle(queue_empty=empty, lost_after=self.lost_after):
                    self._tried[job.name] += settings is not self.settings
                    jobs.claim(self.engine, run, [job.name], job.due)
                    self.send(run, job.name, settings, min(job.due, jobs.MOST_WAIT))
        except self.away as error:
            trouble = f"消息队列连接不上，正在等待：{error}"
        self._count(run, left, trouble)
        return False

    def _searches(self, run: int) -> list[str]:
        """Jobs of the sites whose own search was not asked, although all articles are stored, and still may be."""
        named = [site for site in self.plan.sites if site.search_url]
        done = jobs.searched(self.engine, run) if named else set()
        return [f"site:{site.id}" for site in named if site.id not in done and self._tried[f"site:{site.id}"] < _TRIES]

    def _count(self, run: int, left: list[jobs.Job], trouble: str | None) -> None:
        pages, checked, bad = jobs.counts(self.engine, run)
        held = sum(job.held for job in left)
        self._last = State(len(left), held, pages, checked, bad, sum(job.open for job in left), trouble)
        self.show(self._last)

    def _tell(self, trouble: str) -> None:
        last = self._last
        self.show(State(last.jobs, last.held, last.pages, last.checked, last.bad, last.open, trouble))

    def _let_go(self, lease: Lease) -> None:
        with suppress(SQLAlchemyError):  # it runs out by itself
            release(self.engine, lease, End.EARLY)
