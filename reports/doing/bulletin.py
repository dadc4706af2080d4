"""`scrapy bulletin`: the documents of a month, a quarter, a year or a special subject from stored findings."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from crawler.facts.issued import note_issued
from crawler.facts.store import StoreError, load_ledger, open_store
from reports import publish
from reports.commandline import Work
from reports.files import OutputError, write_atomic
from reports.options import Options
from reports.pdf import PdfError
from reports.stored import NothingStored, load
from reports.subjects import SUBJECT_NAMES
from reports.template import TemplateError, starter_template
from reports.wording import WordingError, standard
from reports.wording import load as load_wording
from reports.workdays import CALENDAR, add_year, official, read_notice
from reports.workdays import load as load_workdays
from rules.ledger import Ledger


class BadOption(Exception):
    """An option cannot be used; the message is Chinese."""


class BulletinWork(Work):
    """Exit status: 0 written, 1 nothing stored or not writable, 2 bad option or file."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write the documents, or the template, or the calendar."""
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
