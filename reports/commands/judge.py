"""`scrapy judge`: judge the stored facts of a round again, without any request."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand

from crawler.facts.store import StoreError, latest_round, latest_run, open_store
from crawler.inventory import BadInput
from crawler.rounds import BadArgument, parse_round
from reports.files import OutputError, check_writable
from reports.rounds import NothingSeen, judge_and_write
from reports.terminal import print_summary
from rules.loader import load_ruleset


class Command(ScrapyCommand):
    """Exit status as for a crawl: 0, 1 nothing to judge, 2 bad rule file or argument."""

    requires_project = True
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 - Scrapy's own way

    def syntax(self) -> str:
        """Arguments for `scrapy judge -h`."""
        return "[--round 2026-11] [--profile monthly]"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "用已保存的事实重新评判一个轮次并生成文档（不访问网络）"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's options and ours."""
        super().add_options(parser)
        parser.add_argument("--round", dest="round", default="", help="轮次，缺省为最近完成的一轮")
        parser.add_argument(
            "--profile", dest="profile", default="", help="规则方案名称或文件，缺省为设置 RULES_PROFILE"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Judge and write."""
        assert self.settings is not None
        output = Path(self.settings["OUTPUT_DIR"])
        try:
            rules = load_ruleset(opts.profile or self.settings["RULES_PROFILE"])
            check_writable(output)
            engine = open_store(self.settings["DATABASE_URL"])
            name = opts.round or (args[0] if args else "") or latest_round(engine)
            if not name:
                raise NothingSeen("数据库中还没有完成的轮次，请先执行 scrapy crawl gov_sites。")
            run = latest_run(engine, parse_round(name, None), states=("walked",))
            if run is None:
                raise NothingSeen(f"轮次 {name} 没有完成的巡查，请先执行 scrapy crawl gov_sites -a round={name}。")
            judged = judge_and_write(engine, run, rules, output)
        except (BadInput, BadArgument) as error:
            print(error, file=sys.stderr)
            self.exitcode = 2
        except (NothingSeen, StoreError, OutputError) as error:
            print(error, file=sys.stderr)
            self.exitcode = 1
        else:
            print_summary(judged.judgement, judged.paths)
