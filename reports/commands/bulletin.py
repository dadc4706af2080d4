"""`scrapy bulletin`: the documents of a month, a quarter, a year or a special subject from stored findings."""

from __future__ import annotations

import argparse

from reports.commandline import OfficeCommand
from reports.subjects import SUBJECT_NAMES


class Command(OfficeCommand):
    """Exit status: 0 written, 1 nothing stored or not writable, 2 bad option or file."""

    def syntax(self) -> str:
        """Arguments for `scrapy bulletin -h`."""
        return "[--round 2026-11|2026-Q4|2026-H2|2026] [--subject IPv6|链接|栏目|域名] [--pdf] …"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "用已保存的评判结果生成月度、季度、半年、年度或专项通报及全部文档"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's options and ours."""
        super().add_options(parser)
        group = parser.add_argument_group("通报")
        group.add_argument(
            "--round", dest="round", default="", help="期间，如 2026-11、2026-Q4、2026-H2、2026；缺省为最近一轮"
        )
        group.add_argument("--subject", default="", help="专项通报：" + "、".join(SUBJECT_NAMES))
        group.add_argument(
            "--shell", default="", choices=["", "letterhead", "letter", "plain"], help="版式，缺省按清单"
        )
        group.add_argument("--issue", type=int, help="期号：第n期")
        group.add_argument("--sign-date", default="", help="成文日期，如 2026-11-25；缺省为监测时间点当日")
        group.add_argument("--doc-no", default="", help="发文字号；不写则留空待填")
        group.add_argument("--copies", default="", help="抄送机关；不写则留空待填")
        group.add_argument("--remark", default="", help="附注，如（此件公开发布）")
        group.add_argument("--decimals", type=int, default=1, choices=[0, 1, 2], help="百分率的小数位数，缺省 1")
        group.add_argument("--wording", default="", metavar="FILE", help="本单位的用语文件（YAML）")
        group.add_argument("--template", default="", metavar="FILE", help="本单位的通报模板（DOCX）")
        group.add_argument("--new-template", default="", metavar="FILE", help="写出一份带说明的模板，供修改")
        group.add_argument("--pdf", action="store_true", help="同时生成 PDF（typst 或 LibreOffice）")
        group.add_argument("--workdays", default="", metavar="FILE", help="放假安排文件（YAML），缺省为随程序提供的")
        group.add_argument(
            "--holidays", default="", metavar="FILE", help="读取国务院办公厅放假通知文本，更新放假安排文件"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Done by `reports.doing.bulletin`."""
        from reports.doing.bulletin import BulletinWork

        self.do(BulletinWork, args, opts)
