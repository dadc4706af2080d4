"""`scrapy crawl`: Scrapy's own command, with bad input told before anything is sent, and our exit statuses."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError

from crawler.cluster.config import check as check_cluster
from crawler.facts.store import StoreError
from crawler.inventory import BadInput
from crawler.probes.dns import Resolver
from crawler.processes.orders import orders_of
from crawler.processes.parent import Crew
from crawler.processes.share import how_many
from crawler.rounds import BadArgument, CannotRun, Plan, prepare
from crawler.watch import prepare_watch
from reports.closing import close_round
from reports.files import OutputError, check_writable
from reports.terminal import Display
from rules.loader import load_ruleset

ARGUMENTS = {"inventory", "round", "as_of", "sites", "recheck"}


class Command(ScrapyCrawl):
    """Exit status: 0 done, 1 the round could not be done, 2 bad input."""

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "执行一轮巡查（gov_sites）或一次可用性探测（availability）"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Prepare the round, walk it, and leave with its status."""
        if len(args) != 1:
            raise UsageError("用法：scrapy crawl gov_sites [-a inventory=清单.yaml] [-a round=2026-11] …")
        prepare_one = {"gov_sites": self._prepare, "availability": self._prepare_watch}.get(args[0])
        if prepare_one is None:
            super().run(args, opts)
            return
        ready = self._ready(prepare_one, opts.spargs)
        if ready is None:
            return
        assert self.crawler_process is not None and self.settings is not None
        if "plan" in ready and self.settings["CLUSTER_URL"]:
            self._hand_out(ready["plan"])
            return
        if "plan" in ready and (processes := how_many(self.settings["PROCESSES"], len(ready["plan"].sites))) > 1:
            self._walk_side_by_side(ready["plan"], processes)
            return
        crawler = self.crawler_process.create_crawler(args[0])
        try:
            self.crawler_process.crawl(crawler, **ready, **opts.spargs)
            self.crawler_process.start()
        finally:
            for one in ready.values():
                if hasattr(one, "close"):
                    one.close()
        spider: Any = crawler.spider
        self.exitcode = getattr(spider, "exit_status", 1) if spider is not None else 1

    def _walk_side_by_side(self, plan: Plan, processes: int) -> None:
        """The round in several processes; this one writes the facts, then judges and tells."""
        assert self.settings is not None
        rules = load_ruleset(self.settings["RULES_PROFILE"])
        crew = Crew(plan, orders_of(plan, self.settings, processes))
        display = Display(plan, self.settings, crew)
        display.begin()
        try:
            crew.walk(display.tick)
        finally:
            display.end()
            crew.close()
            plan.close()
        self.exitcode = close_round(crew, rules, Path(self.settings["OUTPUT_DIR"]))

    def _hand_out(self, plan: Plan) -> None:
        """The round on the workers of a cluster; this process waits for the last, then judges and tells."""
        assert self.settings is not None
        from reports.commands._cluster import HandedOut  # Celery is an extra

        handed = HandedOut(plan, self.settings)
        rules = load_ruleset(self.settings["RULES_PROFILE"])
        try:
            handed.walk()
            self.exitcode = close_round(handed, rules, Path(self.settings["OUTPUT_DIR"]))
        finally:
            plan.close()

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
        assert self.settings is not None
        return {"watch": prepare_watch(arguments, self.settings, self.settings["PROJECT_ROOT"])}

    def _prepare(self, arguments: dict[str, str]) -> dict[str, Any]:
        assert self.settings is not None
        unknown = sorted(set(arguments) - ARGUMENTS)
        if unknown:
            raise BadArgument(f"不认识的参数：{'、'.join(unknown)}。可用的参数有：{'、'.join(sorted(ARGUMENTS))}。")
        load_ruleset(self.settings["RULES_PROFILE"])
        how_many(self.settings["PROCESSES"], 1)
        check_writable(Path(self.settings["OUTPUT_DIR"]))
        if self.settings["CLUSTER_URL"]:
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
