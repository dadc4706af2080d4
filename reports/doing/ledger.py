"""`scrapy ledger`: the ledger workbook out and in; show, confirm, dismiss and exempt single problems."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.engine import Engine

from crawler.facts.store import StoreError, load_ledger, open_store, save_ledger
from crawler.inventory import Exemption
from reports import ledger_io
from reports.commandline import BadUse, Work
from reports.figures import CHINA
from reports.files import OutputError, write_atomic
from reports.ledger_rows import all_rows, entry_row
from reports.problems import Names
from reports.stored import NothingStored, Stored, load
from reports.workbook import build_ledger
from rules.ledger import Change, Entry, Ledger

DEFAULT_FILE = "问题台账_全部.xlsx"


class LedgerWork(Work):
    """Exit status: 0 done, 1 not done or conflicts left, 2 bad argument or file."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do what the first argument says."""
        try:
            engine = open_store(self.settings["DATABASE_URL"])
            desk = Desk(engine, load(engine), opts.by or _login())
            output = Path(self.settings["OUTPUT_DIR"])
            match args:
                case ["export"]:
                    print(desk.export(output / DEFAULT_FILE))
                case ["export", file]:
                    print(desk.export(Path(file)))
                case ["import", file]:
                    self.exitcode = self._import(desk, Path(file), opts)
                case ["show"]:
                    print(desk.show(opts.unit))
                case ["show", code]:
                    print(desk.detail(code))
                case ["confirm", code]:
                    print(desk.confirm(code))
                case ["dismiss", code]:
                    print(desk.dismiss(code, opts.reason))
                case ["exempt", code]:
                    print(desk.exempt(code, opts.until, opts.reason))
                case _:
                    raise BadUse(f"用法：scrapy ledger {self.usage}")
        except (BadUse, ledger_io.WorkbookError) as error:
            print(error, file=sys.stderr)
            self.exitcode = 2
        except (NothingStored, StoreError, OutputError) as error:
            print(error, file=sys.stderr)
            self.exitcode = 1

    def _import(self, desk: Desk, path: Path, opts: argparse.Namespace) -> int:
        outcome = desk.import_(path, opts.take)
        print(ledger_io.told(outcome))
        return 1 if outcome.conflicts or outcome.errors else 0


class Desk:
    """The stored ledger and one person working on it."""

    def __init__(self, engine: Engine, stored: Stored, by: str) -> None:
        self._engine = engine
        self._stored = stored
        self._by = by
        self.ledger = Ledger.model_validate({"entries": load_ledger(engine)})
        self.names = Names(stored.judgement, stored.inventory)

    def export(self, path: Path) -> str:
        """Write the whole ledger as a workbook."""
        content = build_ledger(self.ledger, self._stored.judgement, self._stored.inventory)
        return f"台账已写入 {write_atomic(path, content)}"

    def import_(self, path: Path, take: ledger_io.Side | None) -> ledger_io.Outcome:
        """Take a workbook's edits in. Raises BadUse, WorkbookError."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise BadUse(f"读不到 {path}：{error.strerror}") from error
        outcome = ledger_io.apply(content, self.ledger, self.names, by=self._by, at=_now(), take=take)
        if outcome.changed:
            self._save(outcome.ledger)
        return outcome

    def show(self, unit: str) -> str:
        """Open and waiting problems, a line each."""
        lines = []
        for sheet, rows in all_rows(self.ledger, self.names).items():
            mine = [row for row in rows if unit in str(row.cells["unit"])]
            lines.append(f"{sheet}：{len(mine)} 个")
            if sheet in ("问题台账", "待核实"):
                lines += [
                    f"  {row.cells['code']}　{row.cells['state']}　{row.cells['unit']}　{row.cells['fact']}"
                    for row in mine
                ]
        return "\n".join(lines)

    def detail(self, code: str) -> str:
        """One problem with its history."""
        entry = self._entry(code)
        row = entry_row(1, entry, self.names)
        lines = [f"{key}：{value}" for key, value in row.cells.items() if value not in ("", 1) and key != "number"]
        lines += [f"{mark.round}：{_SIGHTS[mark.sight]}" for mark in entry.marks]
        lines += [f"{c.at:%Y-%m-%d %H:%M} {c.by}：{c.field} {c.before or '（空）'} → {c.after}" for c in entry.log]
        return "\n".join(lines)

    def confirm(self, code: str) -> str:
        """A person confirms what the machine may not decide alone."""
        entry = self._entry(code)
        return self._change(entry, {"state": "待交办"}, f"已确认：{entry.finding.message}")

    def dismiss(self, code: str, reason: str) -> str:
        """误报, with a reason. Raises BadUse without one."""
        if not reason:
            raise BadUse("标记误报须写明理由：--reason 理由")
        entry = self._entry(code)
        return self._change(entry, {"state": "误报", "note": reason}, f"已标记误报：{entry.finding.message}")

    def exempt(self, code: str, until: str, reason: str) -> str:
        """Take a problem out until a date; the judge leaves it out from its next judgement on."""
        try:
            day = date.fromisoformat(until)
        except ValueError as error:
            raise BadUse("豁免须写明期限：--until 2027-01-31") from error
        if not reason:
            raise BadUse("豁免须写明理由：--reason 理由")
        entry = self._entry(code)
        f = entry.finding
        exemption = Exemption(rule=f.rule, url=f.subject, until=day, reason=reason, by=self._by)
        said = Change(at=_now(), by=self._by, field="豁免", after=f"至{day.isoformat()}：{reason}")
        new = entry.model_copy(update={"exempt": exemption, "log": [*entry.log, said]})
        self._put(new)
        return f"已豁免至 {day.isoformat()}：{f.message}。执行 scrapy judge 后生效。"

    def _change(self, entry: Entry, wanted: dict[str, str], said: str) -> str:
        self._put(ledger_io.changed(entry, wanted, by=self._by, at=_now(), names=self.names))
        return f"{said}。执行 scrapy judge 后生效。"

    def _entry(self, code: str) -> Entry:
        mark = code.rpartition("-")[2]
        found = [entry for entry in self.ledger.entries.values() if mark and entry.fingerprint.startswith(mark)]
        if len(found) != 1:
            why = "没有" if not found else "不止一个"
            raise BadUse(f"台账中{why}编号为 {code} 的问题，可用 scrapy ledger show 查看编号。")
        return found[0]

    def _put(self, entry: Entry) -> None:
        self._save(Ledger(entries={**self.ledger.entries, entry.fingerprint: entry}))

    def _save(self, ledger: Ledger) -> None:
        save_ledger(self._engine, {name: entry.model_dump(mode="json") for name, entry in ledger.entries.items()})
        self.ledger = ledger


_SIGHTS = {"found": "发现", "fixed": "已整改", "unseen": "未能复查"}


def _now() -> datetime:
    return datetime.now(CHINA).replace(microsecond=0)


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "未署名"
