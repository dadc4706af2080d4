"""`scrapy bulletin`: the documents of a month, a quarter, a year or a special subject from stored findings."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from crawler.facts.issued import note_issued
from crawler.facts.store import StoreError, load_ledger, open_store
from reports import publish
from reports.commandline import OfficeCommand
from reports.files import OutputError, write_atomic
from reports.options import SUBJECT_NAMES, Options
from reports.pdf import PdfError
from reports.stored import NothingStored, load
from reports.template import TemplateError, starter_template
from reports.wording import WordingError, standard
from reports.wording import load as load_wording
from reports.workdays import CALENDAR, add_year, official, read_notice
from reports.workdays import load as load_workdays
from rules.ledger import Ledger


class BadOption(Exception):
    """An option cannot be used; the message is Chinese."""


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
        """Write the documents, or the template, or the calendar."""
        assert self.settings is not None
        try:
            if opts.holidays:
                print(update_calendar(Path(opts.holidays), Path(opts.workdays) if opts.workdays else CALENDAR))
            elif opts.new_template:
                print(f"模板已写入 {write_atomic(Path(opts.new_template), starter_template())}")
            else:
                self._write(opts)
        except (BadOption, WordingError, TemplateError) as error:
            print(error, file=sys.stderr)
            self.exitcode = 2
        except (NothingStored, StoreError, OutputError, PdfError) as error:
            print(error, file=sys.stderr)
            self.exitcode = 1

    def _write(self, opts: argparse.Namespace) -> None:
        assert self.settings is not None
        options = options_of(opts)
        engine = open_store(self.settings["DATABASE_URL"])
        stored = load(engine, opts.round)
        ledger = Ledger.model_validate({"entries": load_ledger(engine)})
        folder = Path(self.settings["OUTPUT_DIR"]) / stored.judgement.round
        template = Path(opts.template) if opts.template else None
        for path in publish.write(stored, folder, options, ledger, template=template, pdf=opts.pdf):
            print(path)
        note_issued(engine, stored.judgement.round, options.subject, "command")


def options_of(opts: argparse.Namespace) -> Options:
    """The typed choices; BadOption names the one that cannot be used."""
    names = {**SUBJECT_NAMES, **{code: code for code in SUBJECT_NAMES.values()}}
    if opts.subject and opts.subject not in names:
        raise BadOption(f"没有“{opts.subject}”专项，可选：{'、'.join(SUBJECT_NAMES)}。")
    try:
        signed = date.fromisoformat(opts.sign_date) if opts.sign_date else None
    except ValueError as error:
        raise BadOption(f"--sign-date {opts.sign_date} 不是日期，应写作 2026-11-25。") from error
    try:
        workdays = load_workdays(Path(opts.workdays)) if opts.workdays else official()
    except (OSError, ValueError) as error:
        raise BadOption(f"放假安排文件不可用：{error}") from error
    return Options(
        signed=signed,
        doc_no=opts.doc_no,
        issue=opts.issue,
        subject=names.get(opts.subject, ""),
        decimals=opts.decimals,
        shell=opts.shell or None,
        copies=opts.copies,
        remark=opts.remark,
        wording=load_wording(Path(opts.wording)) if opts.wording else standard(),
        workdays=workdays,
    )


def update_calendar(notice: Path, calendar: Path) -> str:
    """Read the official notice's words into the calendar file; says what was set. Raises BadOption, OutputError."""
    try:
        year, entry = read_notice(notice.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise BadOption(f"放假通知 {notice} 不可用：{error}") from error
    write_atomic(calendar, add_year(calendar, year, entry).encode())
    rest, work = "、".join(entry["rest"]), "、".join(entry["work"]) or "无"
    return f"已更新 {calendar}：{year} 年放假 {rest}；调休上班 {work}。请与通知核对。"
