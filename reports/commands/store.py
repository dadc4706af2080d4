"""`scrapy store`: the fact store itself: archive and restore rounds, thin out old ones, tell its size, upgrade it."""

from __future__ import annotations

import argparse

from reports.commandline import OfficeCommand

MONTHS = 12


class Command(OfficeCommand):
    """Exit status: 0 done, 1 could not be done, 2 bad argument."""

    def syntax(self) -> str:
        """Arguments for `scrapy store -h`."""
        return (
            "archive 轮次 [--to 文件.zip] [--remove] | restore 文件.zip [--replace] | "
            "thin [--months 12] [--dry-run] | size | upgrade"
        )

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "事实数据库：归档、恢复轮次，精简旧轮次，查看大小，升级"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's options and ours."""
        super().add_options(parser)
        group = parser.add_argument_group("事实数据库")
        group.add_argument(
            "--to", default="", metavar="文件", help="archive：写到哪里，缺省为 OUTPUT_DIR/归档/轮次_<轮次>.zip"
        )
        group.add_argument("--remove", action="store_true", help="archive：归档核对无误后从数据库中移除该轮事实")
        group.add_argument("--replace", action="store_true", help="restore：替换数据库中同一轮次的内容")
        group.add_argument("--months", default=MONTHS, type=int, help="thin：精简监测时间点早于几个月前的轮次，缺省12")
        group.add_argument("--dry-run", action="store_true", help="thin：只列出将精简的轮次")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Done by `reports.doing.store`."""
        from reports.doing.store import StoreWork

        self.do(StoreWork, args, opts)
