"""`scrapy crawl`: Scrapy's own command, with bad input told before anything is sent, and our exit statuses."""

from __future__ import annotations

import argparse

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError

from crawler.processes.nursery import get_ready
from reports.commandline import hush


class Command(ScrapyCrawl):
    """Exit status: 0 done, 1 the round could not be done, 2 bad input."""

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "执行一轮巡查（gov_sites）或一次可用性探测（availability）"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """The first moment at which the settings are known: several walking processes are made ready beside us."""
        super().process_options(args, opts)
        hush()
        assert self.settings is not None
        if args == ["gov_sites"] and not self.settings["CLUSTER_URL"]:
            get_ready(self.settings["PROCESSES"])

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Done by `reports.doing.crawl`; a spider that is not ours is Scrapy's."""
        if len(args) != 1:
            raise UsageError("用法：scrapy crawl gov_sites [-a inventory=清单.yaml] [-a round=2026-11] …")
        if args[0] not in ("gov_sites", "availability"):
            super().run(args, opts)
            return
        from reports.doing.crawl import Crawl

        assert self.crawler_process is not None and self.settings is not None
        self.exitcode = Crawl(self.settings, self.crawler_process).run(args[0], opts.spargs)
