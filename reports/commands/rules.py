"""`scrapy rules`: check rule files and profiles, print the manual, write the JSON Schemas, ask “what if”."""

from __future__ import annotations

import argparse

from reports.commandline import OfficeCommand


class Command(OfficeCommand):
    """Exit status 0 done, 1 nothing to judge or unwritable, 2 bad rule file or argument."""

    def syntax(self) -> str:
        """Arguments for `scrapy rules -h`."""
        forms = "check | manual [-o 手册.html|手册.md] | schema [-o 文件夹] | answers [-o 填报.yaml|填报.xlsx]"
        return f"{forms} | --what-if 方案 [--round 2026-11]"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "检查指标文件与方案；生成指标手册；输出 JSON Schema；试算另一方案的影响"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's options and ours."""
        super().add_options(parser)
        parser.set_defaults(profile=None)  # Scrapy's own --profile would write a file of timings of that name
        parser.add_argument(
            "--profile", dest="rules_profile", default="", help="方案名称或文件，缺省为设置 RULES_PROFILE"
        )
        parser.add_argument(
            "-o", "--output", default="", help="输出：manual（.html 或 .md）、answers 的文件，schema 的文件夹"
        )
        parser.add_argument(
            "--what-if", dest="what_if", default="", metavar="PROFILE", help="试算：换用该方案会有什么变化"
        )
        parser.add_argument("--round", dest="round", default="", help="试算、填报的轮次，缺省为最近完成的一轮")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Done by `reports.doing.rules`."""
        from reports.doing.rules import RulesWork

        self.do(RulesWork, args, opts)
