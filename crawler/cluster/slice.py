"""The process that walks one slice: `python -m crawler.cluster.slice`, started by a worker.

Scrapy's reactor runs once in a process, so every slice has one of its own. The order comes as one line of JSON on
standard input, which stays open: when it closes the worker is gone or shuts down, and the slice ends in good order.
The line on standard output is what came of it. Exit status: 0 told, 75 the lease was lost, others: our own fault.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from sqlalchemy.engine import Engine

from crawler.cluster.config import cluster_settings, with_order
from crawler.cluster.holding import LOST, Hold
from crawler.cluster.jobs import run_of
from crawler.cluster.lease import End, release
from crawler.cluster.order import Order, Told
from crawler.cluster.pace import pace_of
from crawler.cluster.spider import SlicePart, SliceSpider
from crawler.facts.store import Run, open_store
from crawler.inventory import Inventory
from crawler.rounds import Plan, choose_sites, parse_controls, parse_servers_setting


def main() -> int:
    """Walk the slice that standard input orders."""
    order = Order.from_json(json.loads(sys.stdin.readline()))
    settings = with_order(cluster_settings(), order.settings)
    engine = open_store(str(settings["DATABASE_URL"]))
    run = run_of(engine, order.lease.run)
    parts: list[SlicePart] = []
    hold = Hold(engine, order.lease, lambda: _carry(parts))
    if run is None or not hold.begin():
        return LOST
    part = SlicePart(order, hold)
    parts.append(part)
    threading.Thread(target=_end_with_worker, args=(part,), daemon=True).start()
    process = AsyncCrawlerProcess(settings)
    process.crawl(process.create_crawler(SliceSpider), plan=_plan(engine, run, settings), part=part)
    process.start()
    return _tell(engine, part)


def _carry(parts: list[SlicePart]) -> Mapping[str, Any]:
    spider = parts[0].spider if parts else None
    return pace_of(spider) if spider is not None else {}


def _plan(engine: Engine, run: Run, settings: Settings) -> Plan:
    inventory = Inventory.model_validate_json(run.inventory)
    delay = settings["RECHECK_DELAY"]
    return Plan(
        run, True, inventory, choose_sites(inventory, run.sites), engine, 600.0 if delay is None else float(delay),
        parse_servers_setting(settings["DNS_SERVERS"]), parse_controls(settings["CONTROL_ADDRESSES"]),
    )  # fmt: skip


def _end_with_worker(part: SlicePart) -> None:
    while os.read(0, 4096):
        pass
    part.asked_to_end = True


def _tell(engine: Engine, part: SlicePart) -> int:
    """Give the lease back and say how it went."""
    spider = part.spider
    if spider is None:
        return 1  # the worker gives the lease back
    end = End.WELL if spider.finished else End.EARLY if spider.exit_reason else End.BADLY
    wake = spider.wait_until() if end is End.WELL else None
    carry = pace_of(spider)
    part.hold.end()
    if not release(engine, part.order.lease, end, carry):
        return LOST
    told = Told(end, max(0.0, wake - time.time()) if wake else 0.0, tuple(sorted(part.handed)), spider.exit_reason)
    sys.stdout.write(json.dumps(asdict(told), ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
