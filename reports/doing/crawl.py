"""`scrapy crawl`: Scrapy's own command, with bad input told before anything is sent, and our exit statuses."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.crawler import CrawlerProcessBase
from scrapy.settings import BaseSettings

from crawler.facts.store import StoreError
from crawler.inventory import BadInput
from crawler.probes.dns import Resolver
from crawler.processes.orders import orders_of
from crawler.processes.parent import Crew
from crawler.processes.share import how_many
from crawler.rounds import BadArgument, CannotRun, Plan, prepare
from crawler.watch import prepare_watch
from reports.files import OutputError, check_writable
from reports.terminal import Display
from rules.loader import load_ruleset

if TYPE_CHECKING:
    from reports.doing.cluster import HandedOut

ARGUMENTS = {"inventory", "round", "as_of", "sites", "recheck"}


class Crawl:
    """Prepares a round or a probe, walks it, and gives its status."""

    def __init__(self, settings: BaseSettings, process: CrawlerProcessBase) -> None:
        self.settings = settings
        self.exitcode = 0
        self._process = process

    def run(self, spider_name: str, arguments: dict[str, str]) -> int:
        """The status: 0 done, 1 the round could not be done, 2 bad input."""
        prepare_one = {"gov_sites": self._prepare, "availability": self._prepare_watch}[spider_name]
        ready = self._ready(prepare_one, arguments)
        if ready is None:
            return self.exitcode
        plan = ready.get("plan")
        if plan and self.settings["CLUSTER_URL"]:
            return self._hand_out(plan)
        if plan and (processes := how_many(self.settings["PROCESSES"], len(plan.sites))) > 1:
            return self._walk_side_by_side(plan, processes)
        crawler = self._process.create_crawler(spider_name)
        try:
            self._process.crawl(crawler, **ready, **arguments)
            self._process.start()
        finally:
            for one in ready.values():
                if hasattr(one, "close"):
                    one.close()
        spider: Any = crawler.spider
        return int(getattr(spider, "exit_status", 1)) if spider is not None else 1

    def _walk_side_by_side(self, plan: Plan, processes: int) -> int:
        """The round in several processes; this one writes the facts, then judges and tells."""
        crew = Crew(plan, orders_of(plan, self.settings, processes))
        threading.Thread(target=import_module, args=("reports.closing",), daemon=True).start()  # while they walk
        display = Display(plan, self.settings, crew)
        display.begin()
        try:
            crew.walk(display.tick)
        finally:
            display.end()
            crew.close()
            plan.close()
        return self._close(crew)

    def _hand_out(self, plan: Plan) -> int:
        """The round on the workers of a cluster; this process waits for the last, then judges and tells."""
        from reports.doing.cluster import HandedOut  # Celery is an extra

        handed = HandedOut(plan, self.settings)
        try:
            handed.walk()
            return self._close(handed)
        finally:
            plan.close()

    def _close(self, walked: Crew | HandedOut) -> int:
        from reports.closing import close_round  # brings all that judges and writes: nothing that walking waits for

        return close_round(walked, self._rules, Path(self.settings["OUTPUT_DIR"]))

    def _ready(
        self, prepare_one: Callable[[dict[str, str]], dict[str, Any]], arguments: dict[str, str]
    ) -> dict[str, Any] | None:
        """What the spider starts with, or None with the message printed and the exit status set."""
        try:
            return prepare_one(arguments)
        except (BadInput, BadArgument) as error:
            print(error, file=sys.stderr)
            self.exitcode = 2
        except (CannotRun, StoreError, OutputError) as error:
            print(error, file=sys.stderr)
            self.exitcode = 1
        return None

    def _prepare_watch(self, arguments: dict[str, str]) -> dict[str, Any]:
        return {"watch": prepare_watch(arguments, self.settings, self.settings["PROJECT_ROOT"])}

    def _prepare(self, arguments: dict[str, str]) -> dict[str, Any]:
        unknown = sorted(set(arguments) - ARGUMENTS)
        if unknown:
            raise BadArgument(f"不认识的参数：{'、'.join(unknown)}。可用的参数有：{'、'.join(sorted(ARGUMENTS))}。")
        self._rules = load_ruleset(self.settings["RULES_PROFILE"])
        how_many(self.settings["PROCESSES"], 1)
        check_writable(Path(self.settings["OUTPUT_DIR"]))
        if self.settings["CLUSTER_URL"]:
            from crawler.cluster.config import check as check_cluster

            check_cluster(self.settings)
        plan = prepare(arguments, self.settings, self.settings["PROJECT_ROOT"])
        if plan.servers:
            self._check_servers(plan)
        return {"plan": plan}

    def _check_servers(self, plan: Plan) -> None:
        """Refuse a round whose name servers are all silent; tell of those that are."""
        loop = asyncio.new_event_loop()  # asyncio.run would leave Scrapy without a loop
        answer = loop.run_until_complete(Resolver(plan.servers).check_servers())
        loop.close()
        if not answer.usable:
            plan.close()
            raise CannotRun(answer.message())
        if message := answer.message():
            print(message, file=sys.stderr)
