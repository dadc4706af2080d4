"""The parent of several walking processes: starts them, writes what they see, passes on what belongs to others."""

from __future__ import annotations

import logging
import multiprocessing
import pickle
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from typing import Any

from crawler.facts.store import finish_run
from crawler.facts.writer import Writer
from crawler.processes.child import Order, walk_part
from crawler.processes.nursery import started
from crawler.rounds import Plan
from crawler.walk.book import Counts

TICK_SECONDS = 0.5
STARTS = 5  # of one child: something is wrong that starting it again does not mend
MAX_BACKLOG = 3000  # batches; the children wait on their pipes beyond
LOST = "巡查进程多次异常退出，本轮已停止，已检查的内容已保存；再次执行同一命令即可继续。"
BROKEN = "本轮已中断，已检查的内容已保存；再次执行同一命令即可继续。"
log = logging.getLogger(__name__)


@dataclass
class _Child:
    """One process and what it said last."""

    order: Order
    process: Any
    connection: Connection
    starts: int = 1
    sent: int = 0
    idle_at: int = -1  # messages it had taken when it was idle; it is still when this is `sent`
    to_go: int = 0
    ended: bool = False  # it said goodbye
    gone: bool = False  # it is not coming back

    def send(self, *message: Any) -> None:
        """Tell it something; nothing when it is dead, which is seen elsewhere."""
        self.sent += 1
        try:
            self.connection.send_bytes(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
        except OSError:
            log.info("a walking process does not listen")


class Crew:
    """A round walked by several processes. `counts`, `to_go`: how far they are together."""

    def __init__(self, plan: Plan, orders: Iterable[Order]) -> None:
        self.plan = plan
        self.exit_reason: str | None = None
        self.finished = False
        self._said: dict[int, dict[str, tuple[int, int, int]]] = {}
        self._writer = Writer(plan.engine, self._store_failed)
        self._children = [self._start(order) for order in orders]
        self._owner = {job: child for child in self._children for job in child.order.jobs}
        self._searching = False
        self._finishing = False

    # -- what the display asks -----------------------------------------------------------------------------------

    @property
    def counts(self) -> dict[str, Counts]:
        """Pages and checked addresses a site, all processes together."""
        found: defaultdict[str, Counts] = defaultdict(Counts)
        for said in self._said.values():
            for name, (pages, checked, bad) in said.items():
                one = found[name]
                one.pages, one.checked, one.bad = one.pages + pages, one.checked + checked, one.bad + bad
        return found

    @property
    def to_go(self) -> int:
        """Addresses that wait or are on their way."""
        return sum(child.to_go for child in self._children)

    # -- the round -------------------------------------------------------------------------------------------------

    def walk(self, tick: Callable[[], None]) -> None:
        """Until all is done, or `exit_reason` says why not. Ctrl-C once ends it in good order; `tick` shows how far."""
        due = time.monotonic() + TICK_SECONDS
        while not all(child.gone for child in self._children):
            try:
                self._listen(max(0.0, due - time.monotonic()))
                if time.monotonic() >= due:
                    tick()
                    due = time.monotonic() + TICK_SECONDS
            except KeyboardInterrupt:
                self._stop(BROKEN)
        self._writer.close()
        if self._writer.error is None and self.exit_reason is None:
            finish_run(self.plan.engine, self.plan.run.id)
            self.finished = True

    def close(self) -> None:
        """Leave no process behind."""
        for child in self._children:
            if child.process.is_alive():
                child.process.kill()
            child.process.join()
            child.connection.close()
        self._writer.close()

    def _start(self, order: Order) -> _Child:
        ours, theirs = multiprocessing.Pipe()
        process = started(walk_part, theirs, order)
        theirs.close()
        return _Child(order, process, ours)

    def _listen(self, seconds: float) -> None:
        while self._writer.backlog > MAX_BACKLOG:
            time.sleep(0.05)
        alive = {child.connection: child for child in self._children if not child.gone}
        for connection in wait(list(alive), timeout=seconds):
            child = alive[connection]  # type: ignore[index]
            try:
                self._take(child, pickle.loads(child.connection.recv_bytes()))
            except (EOFError, OSError):
                self._over(child)
        self._finish_when_idle()

    def _take(self, child: _Child, message: tuple[Any, ...]) -> None:
        kind, *rest = message
        if kind == "batches":
            for batch in rest[0]:
                self._writer.put(batch)
        elif kind == "handed":
            self._pass_on(rest[0])
        elif kind == "fine":
            for other in self._children:
                if other is not child and not other.gone:
                    other.send("fine", rest[0])
        elif kind == "idle":
            child.idle_at = rest[0]
        elif kind == "counts":
            self._said[id(child)], child.to_go = rest
        elif kind == "ended":
            child.ended = True
            if not rest[0] and self.exit_reason is None:
                self._stop(rest[1] or BROKEN)

    def _pass_on(self, found: list[Any]) -> None:
        by_owner: defaultdict[int, list[Any]] = defaultdict(list)
        owners = {id(child): child for child in self._children}
        for one in found:
            by_owner[id(self._owner[one.job])].append(one)
        for number, some in by_owner.items():
            owners[number].send("handed", some)

    def _finish_when_idle(self) -> None:
        """Once all are idle the sites' own searches are asked, from titles that are all stored; after that, the end."""
        if self._finishing or any(child.idle_at != child.sent for child in self._children):
            return
        self._writer.flush()
        self._finishing = self._searching
        self._searching = True
        for child in self._children:
            child.send("finish" if self._finishing else "search")

    # -- when something goes wrong ------------------------------------------------------------------------------------

    def _over(self, child: _Child) -> None:
        """A child's pipe has ended: it is done, or it was killed and another takes up its jobs where it stood."""
        child.process.join()
        child.connection.close()
        if child.ended or self.exit_reason is not None:
            child.gone = True
            return
        log.warning("walking process %s ended with %s", child.process.pid, child.process.exitcode)
        if child.starts >= STARTS:
            child.gone = True
            self._stop(LOST)
            return
        self._writer.flush()
        fresh = self._start(replace(child.order, resumed=True))
        child.process, child.connection, child.starts = fresh.process, fresh.connection, child.starts + 1
        child.sent, child.idle_at = 0, -1
        if self._finishing:
            child.send("finish")
        elif self._searching:
            child.send("search")

    def _stop(self, why: str) -> None:
        if self.exit_reason is not None:  # twice: at once
            for child in self._children:
                child.process.kill()
            return
        self.exit_reason = why
        for child in self._children:
            if not child.gone:
                child.send("stop")

    def _store_failed(self, why: str) -> None:
        """Called in the writer's thread."""
        self.exit_reason = f"事实无法写入数据库：{why}。已写入的内容完好，处理后用同一命令继续。"
        for child in self._children:
            child.process.kill()
