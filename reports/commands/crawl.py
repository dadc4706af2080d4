"""`scrapy crawl`: Scrapy's own command, with bad input told before anything is sent, and our exit statuses."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError

from crawler.facts.store import StoreError
from crawler.inventory import BadInput
from crawler.probes.dns import Resolver
from crawler.rounds import BadArgument, CannotRun, Plan, prepare
from reports.files import OutputError, check_writable
from rules.loader import load_ruleset

PREPARED = ("gov_sites",)
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
        if args[0] not in PREPARED:
            super().run(args, opts)
            return
        plan = self._prepare(opts.spargs)
        if plan is None:
            return
        assert self.crawler_process is not None
        crawler = self.crawler_process.create_crawler(args[0])
        try:
            self.crawler_process.crawl(crawler, plan=plan, **opts.spargs)
            self.crawler_process.start()
        finally:
            plan.close()
        spider: Any = crawler.spider
        self.exitcode = getattr(spider, "exit_status", 1) if spider is not None else 1

    def _prepare(self, arguments: dict[str, str]) -> Plan | None:
        """The plan, or None with the message printed and the exit status set."""
        assert self.settings is not None
        try:
            unknown = sorted(set(arguments) - ARGUMENTS)
            if unknown:
                raise BadArgument(f"不认识的参数：{'、'.join(unknown)}。可用的参数有：{'、'.join(sorted(ARGUMENTS))}。")
            load_ruleset(self.settings["RULES_PROFILE"])
            check_writable(Path(self.settings["OUTPUT_DIR"]))
            plan = prepare(arguments, self.settings, self.settings["PROJECT_ROOT"])
        except (BadInput, BadArgument) as error:
            self._refuse(str(error), 2)
            return None
        except (CannotRun, StoreError, OutputError) as error:
            self._refuse(str(error), 1)
            return None
        if plan.servers:
            loop = asyncio.new_event_loop()  # asyncio.run would leave Scrapy without a loop
            answer = loop.run_until_complete(Resolver(plan.servers).check_servers())
            loop.close()
            if not answer.usable:
                plan.close()
                self._refuse(answer.message(), 1)
                return None
            if message := answer.message():
                print(message, file=sys.stderr)
        return plan

    def _refuse(self, message: str, status: int) -> None:
        print(message, file=sys.stderr)
        self.exitcode = status
