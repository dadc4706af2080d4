"""`scrapy judge`: judge the stored facts of a round again, without any request."""

from __future__ import annotations

import argparse

from reports.commandline import OfficeCommand


class Command(OfficeCommand):
    """Exit status as for a crawl: 0, 1 nothing to judge, 2 bad rule file or argument."""

    def syntax(self) -> str:
        """Arguments for `scrapy judge -h`."""
        return "[--round 2026-11] [--profile monthly] [--answers 填报.yaml|台账.xlsx]"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "用已保存的事实重新评判一个轮次并生成文档（不访问网络）"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's options and ours."""
        super().add_options(parser)
        parser.set_defaults(profile=None)  # Scrapy's own --profile would write a file of timings of that name
        parser.add_argument("--round", dest="round", default="", help="轮次，缺省为最近完成的一轮")
        parser.add_argument(
            "--profile", dest="rules_profile", default="", help="规则方案名称或文件，缺省为设置 RULES_PROFILE"
        )

        parser.add_argument(
            "--answers",
            dest="answers",
            default="",
            metavar="FILE",
            help="人工填报：scrapy rules answers 生成的文件，或台账工作簿",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Done by `reports.doing.judge`."""
        from reports.doing.judge import JudgeWork

        self.do(JudgeWork, args, opts)
