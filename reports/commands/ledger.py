"""`scrapy ledger`: the ledger workbook out and in; show, confirm, dismiss and exempt single problems."""

from __future__ import annotations

import argparse

from reports.commandline import OfficeCommand


class Command(OfficeCommand):
    """Exit status: 0 done, 1 not done or conflicts left, 2 bad argument or file."""

    def syntax(self) -> str:
        """Arguments for `scrapy ledger -h`."""
        return (
            "export [文件.xlsx] | import 文件.xlsx [--by 姓名] [--take workbook|store] | show [编号] | "
            "confirm 编号 | dismiss 编号 --reason 理由 | exempt 编号 --until 2027-01-31 --reason 理由"
        )

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "导出、导入问题台账；查看、确认、标记误报、豁免单个问题"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's options and ours."""
        super().add_options(parser)
        group = parser.add_argument_group("台账")
        group.add_argument("--by", default="", help="操作人，记入变更记录；缺省为系统登录名")
        group.add_argument("--take", default=None, choices=["workbook", "store"], help="冲突时以表格或系统为准")
        group.add_argument("--reason", default="", help="误报、豁免的理由")
        group.add_argument("--until", default="", help="豁免到哪一天，如 2027-01-31")
        group.add_argument("--unit", default="", help="show：只看该单位（名称的一部分）")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Done by `reports.doing.ledger`."""
        from reports.doing.ledger import LedgerWork

        self.do(LedgerWork, args, opts)
