"""A walk over pages held in memory: no network, no Scrapy, a clock of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy.engine import Engine

from crawler.facts.store import Run, finish_run, latest_run, start_run
from crawler.facts.writer import Writer
from crawler.frontier import Frontier
from crawler.hosts import HostMap, SitePlan
from crawler.inventory import Inventory
from crawler.outcomes import Reason
from crawler.seeing.tuning import tuning
from crawler.walk.answer import Answer
from crawler.walk.book import AddressBook, Bounds
from crawler.walk.media import media_addresses
from crawler.walk.resume import resume
from crawler.walk.walk import Walk

AS_OF = datetime(2026, 11, 20, 10, 0, tzinfo=timezone(timedelta(hours=8)))
Reply = Answer | str | Callable[[int], Answer]


def inventory(**site: Any) -> Inventory:
    """One portal at www.yl.gov.cn."""
    one = {"id": "portal", "name": "门户", "kind": "portal", "unit": "zfb", "url": "http://www.yl.gov.cn/"} | site
    return Inventory.model_validate(
        {
            "city": "云岭市",
            "region_code": "532901",
            "issuer": "云岭市人民政府办公室",
            "units": [{"id": "zfb", "name": "办公室"}, {"id": "jyj", "name": "教育局"}],
            "sites": [one],
        }
    )


def html(body: str, title: str = "页面") -> str:
    """A page of some substance."""
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title></head><body>{body}</body></html>"


def status(code: int, body: str = "", **headers: str) -> Answer:
    """An answer of that status."""
    return Answer(status=code, headers={"content-type": "text/html"} | headers, body=body.encode())


@dataclass
class Drive:
    """Takes entries one by one; `pages` maps an address to what it answers, others are 404."""

    engine: Engine
    inventory: Inventory
    pages: dict[str, Reply]
    delay: float = 600.0
    asked: list[str] = field(default_factory=list)
    clock: datetime = AS_OF
    looks: dict[str, int] = field(default_factory=dict)

    def open(self) -> None:
        """Begin the round or take it up where the store left it."""
        run = latest_run(self.engine, "2026-11", states=("walking",))
        again = run is not None
        if run is None:
            run = start_run(
                self.engine, round="2026-11", as_of=AS_OF, inventory=self.inventory.model_dump_json(),
                inventory_digest="x", sites="", seed=1, tool="test", staging=None, loopback=False,
            )  # fmt: skip
        self.run: Run = run
        self.frontier = Frontier(per_site=1, per_host=1)
        plans = {site.id: SitePlan(site) for site in self.inventory.sites}
        hosts = HostMap(self.inventory, list(self.inventory.sites))
        self.book = AddressBook(
            run.id, hosts, plans, self.frontier, Bounds(), False, media=media_addresses(self.inventory)
        )
        self.writer = Writer(self.engine)
        policy = tuning().recheck.with_delay(self.delay)
        self.walk = Walk(self.book, self.writer.put, as_of=AS_OF, seed=1, policy=policy)
        if again:
            resume(self.engine, self.book)
        self.walk.start()

    def step(self) -> bool:
        """One answer; False when nothing is left."""
        entry = self.frontier.next(self.clock.timestamp())
        if entry is None:
            due = self.frontier.wake_at()
            if due is None:
                return False
            self.clock = max(self.clock, datetime.fromtimestamp(due + 0.001, AS_OF.tzinfo))
            return True
        if self.walk.refuses(entry):
            self.frontier.done(entry.lane)
            return True
        entry.requests += 1
        lane, url = entry.lane, entry.target
        self.asked.append(url)
        reply = self.pages.get(url, status(404))
        if callable(reply):
            self.looks[url] = self.looks.get(url, 0) + 1
            reply = reply(self.looks[url])
        if isinstance(reply, str):
            reply = status(200, reply)
        self.clock += timedelta(milliseconds=100)
        self.frontier.done(lane)
        self.walk.take(entry, replace(reply, at=self.clock))
        return True

    def kill(self) -> None:
        """What is in memory is gone; the store keeps whole batches."""
        self.writer.close()

    def finish(self) -> None:
        """Walk to the end."""
        while self.step():
            pass
        self.writer.close()
        assert self.writer.error is None, self.writer.error
        finish_run(self.engine, self.run.id)


def failure(reason: Reason) -> Answer:
    """No HTTP answer."""
    return Answer(failure=reason, detail="x")
