"""`scrapy inventory`: check an inventory, make one from the register workbook, propose columns, print its schema."""

from __future__ import annotations

import argparse

from reports.commandline import OfficeCommand


class Command(OfficeCommand):
    """Exit status 0 when done, 1 when nothing is stored to propose from, 2 for bad input; told on the error stream."""

    def syntax(self) -> str:
        made = "import 名录.xlsx [-o 清单.yaml] | media 新媒体.xlsx|新媒体.csv | registered 登记表.xlsx"
        return f"check [清单.yaml] | {made} | propose [--round 轮次] [--site 站点] | schema"

    def short_desc(self) -> str:
        return "检查巡查清单；由名录表生成清单；列出站点上发现的栏目；输出清单的 JSON Schema"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        group = parser.add_argument_group("清单")
        group.add_argument("-o", "--output", metavar="FILE", help="结果写入该文件（不覆盖已有文件）")
        group.add_argument("--city", default="", help="import：市、县名称")
        group.add_argument("--region-code", default="", help="import：行政区划代码，6位数字")
        group.add_argument("--round", default="", help="propose：取哪个轮次的巡查记录，如 2026-11，缺省为最近一次")
        group.add_argument("--site", default="", help="propose：只看该站点（编号）")
        group.add_argument("--issuer", default="", help="import：印发通报的机关")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Done by `reports.doing.inventory`."""
        from reports.doing.inventory import InventoryWork

        self.do(InventoryWork, args, opts)
