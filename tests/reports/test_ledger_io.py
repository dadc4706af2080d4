"""The ledger survives people: edits, conflicts, deleted, sorted, retyped and doubled rows, and LibreOffice Calc."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reports.figures import CHINA
from reports.ledger_io import Outcome, WorkbookError, apply, read_lines, told
from reports.ledger_rows import FIELDS, ID_HEAD, entry_row
from reports.problems import Names
from reports.workbook import build_ledger
from rules.ledger import Entry, Ledger, Mark, advance
from tests.reports import build

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=CHINA)
HEAD = {field.key: field.head for field in FIELDS}


@pytest.fixture
def ledger() -> Ledger:
    """The ledger after one round."""
    now = build.judgement()
    return advance(None, now.findings, now.closed, "2026-11", datetime.fromisoformat(now.as_of))


@pytest.fixture
def names() -> Names:
    """Names of the hostile city."""
    return Names(build.judgement(), build.inventory())


def exported(ledger: Ledger) -> bytes:
    """The workbook as `scrapy ledger export` writes it."""
    return build_ledger(ledger, build.judgement(), build.inventory())


def edit(content: bytes, change: Any) -> bytes:
    """The workbook after `change(sheet, columns by head)` on the sheet 问题台账."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["问题台账"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    change(sheet, columns)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def put(row: int, **values: Any) -> Any:
    """A change that types values into one row."""

    def change(sheet: Any, columns: dict[str, int]) -> None:
        for key, value in values.items():
            sheet.cell(row, columns[HEAD[key]]).value = value

    return change


def id_of(content: bytes, row: int) -> str:
    """The hidden id of a row of 问题台账."""
    sheet = openpyxl.load_workbook(io.BytesIO(content))["问题台账"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    return str(sheet.cell(row, columns[ID_HEAD]).value)


def run(content: bytes, ledger: Ledger, names: Names, **more: Any) -> Outcome:
    """An import by 张某."""
    return apply(content, ledger, names, by="张某", at=NOW, **more)


def test_untouched_workbook_changes_nothing(ledger: Ledger, names: Names) -> None:
    outcome = run(exported(ledger), ledger, names)
    assert (outcome.changed, outcome.conflicts, outcome.errors, outcome.added, outcome.unknown) == (0, [], [], [], [])
    assert outcome.ledger == ledger


def test_every_open_problem_and_suspect_is_exported_once(ledger: Ledger) -> None:
    ids = [line.id for line in read_lines(exported(ledger))]
    parts = {(e.finding.site, e.finding.category) for e in ledger.entries.values() if e.finding.level != "veto"}
    summaries = {
        e.fingerprint
        for e in ledger.entries.values()
        if e.finding.level == "veto" and (e.finding.site, e.finding.category) in parts
    }
    assert len(ids) == len(set(ids))
    assert set(ids) == set(ledger.entries) - summaries


def test_edits_are_kept_and_logged(ledger: Ledger, names: Names) -> None:
    content = exported(ledger)
    id_ = id_of(content, 2)
    changed = edit(content, put(2, state="整改中", deadline=date(2026, 12, 4), measure="=1+1 更新栏目", note="电话：1"))
    outcome = run(changed, ledger, names)
    entry = outcome.ledger.entries[id_]
    assert outcome.changed == 1 and not outcome.errors
    assert entry.handling == {
        "state": "整改中",
        "assigned": "2026-11-25",
        "deadline": "2026-12-04",
        "measure": "=1+1 更新栏目",
        "note": "电话：1",
    }
    assert {(c.field, c.before, c.after, c.by) for c in entry.log} == {
        ("state", "待交办", "整改中", "张某"),
        ("assigned", "", "2026-11-25", "张某"),
        ("deadline", "", "2026-12-04", "张某"),
        ("measure", "", "=1+1 更新栏目", "张某"),
        ("note", "", "电话：1", "张某"),
    }
    again = run(exported(outcome.ledger), outcome.ledger, names)
    assert again.changed == 0


def test_deleted_row_loses_nothing(ledger: Ledger, names: Names) -> None:
    content = exported(ledger)
    before = run(content, ledger, names).missing
    outcome = run(edit(content, lambda sheet, _: sheet.delete_rows(2, 3)), ledger, names)
    assert outcome.ledger == ledger and outcome.missing == before + 3


def test_sorting_and_moved_columns_do_not_matter(ledger: Ledger, names: Names) -> None:
    def shuffle(sheet: Any, columns: dict[str, int]) -> None:
        put(2, state="待复查")(sheet, columns)
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        for r, row in enumerate(reversed(rows), 2):
            for c, value in enumerate(row, 1):
                sheet.cell(r, c).value = value
        sheet.insert_cols(1)

    content = exported(ledger)
    id_ = id_of(content, 2)
    outcome = run(edit(content, shuffle), ledger, names)
    assert outcome.changed == 1
    assert outcome.ledger.entries[id_].handling["state"] == "待复查"


def test_doubled_row_counts_once_and_differing_copies_are_a_conflict(ledger: Ledger, names: Names) -> None:
    def double(state: str) -> Any:
        def change(sheet: Any, columns: dict[str, int]) -> None:
            last = sheet.max_row + 1
            for c in range(1, sheet.max_column + 1):
                sheet.cell(last, c).value = sheet.cell(2, c).value
            put(2, state="整改中")(sheet, columns)
            put(last, state=state)(sheet, columns)

        return change

    content = exported(ledger)
    same = run(edit(content, double("整改中")), ledger, names)
    assert same.changed == 1 and not same.conflicts
    differing = run(edit(content, double("待复查")), ledger, names)
    assert differing.changed == 0
    assert [(c.field, c.workbook) for c in differing.conflicts] == [("state", "整改中 / 待复查")]
    edited_once = run(edit(content, double("待交办")), ledger, names)
    assert edited_once.changed == 1 and not edited_once.conflicts


def test_hand_added_unknown_and_retyped_rows_are_told(ledger: Ledger, names: Names) -> None:
    def change(sheet: Any, columns: dict[str, int]) -> None:
        sheet.cell(sheet.max_row + 1, columns["责任单位"]).value = "云岭市档案馆"
        sheet.cell(2, columns[ID_HEAD]).value = "0000000000000000"
        put(3, state="已完成")(sheet, columns)
        put(4, closed="下周")(sheet, columns)
        put(5, state="误报")(sheet, columns)

    outcome = run(edit(exported(ledger), change), ledger, names)
    assert outcome.ledger == ledger and outcome.changed == 0
    assert len(outcome.added) == 1 and len(outcome.unknown) == 1 and len(outcome.errors) == 3
    report = told(outcome)
    assert "“已完成”不在可选范围内" in report and "“下周”不是日期" in report and "须在备注中写明理由" in report


def test_conflict_is_shown_and_settled_by_a_person(ledger: Ledger, names: Names) -> None:
    content = exported(ledger)
    id_ = id_of(content, 2)
    mine = edit(content, put(2, state="整改中"))
    theirs = run(edit(content, put(2, state="待复查", note="已联系")), ledger, names).ledger
    stopped = run(mine, theirs, names)
    assert stopped.changed == 0 and stopped.ledger == theirs
    assert {(c.field, c.workbook, c.store) for c in stopped.conflicts} == {
        ("state", "整改中", "待复查"),
        ("note", "", "已联系"),
        ("replied", "", "2026-11-25"),
    }
    assert "--take workbook" in told(stopped)
    assert run(mine, theirs, names, take="store").ledger == theirs
    assert run(mine, theirs, names, take="workbook").ledger.entries[id_].handling["state"] == "整改中"
    assert run(content, theirs, names).conflicts == [], "an old export that nobody edited is no conflict"


def test_false_positive_and_confirmation_take_effect(ledger: Ledger, names: Names) -> None:
    content = exported(ledger)
    id_ = id_of(content, 2)
    outcome = run(edit(content, put(2, state="误报", note="页面已核实可以打开")), ledger, names)
    assert outcome.ledger.dismissed(id_)
    waiting = next(e for e in ledger.entries.values() if e.finding.needs_review)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["待核实"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    row = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, columns[ID_HEAD]).value == waiting.fingerprint)
    sheet.cell(row, columns["状态"]).value = "待交办"
    buffer = io.BytesIO()
    book.save(buffer)
    assert run(buffer.getvalue(), ledger, names).ledger.confirmed(waiting.fingerprint)


def test_found_again_after_closing_is_sent_back(ledger: Ledger, names: Names) -> None:
    content = exported(ledger)
    id_ = id_of(content, 2)
    closed = run(edit(content, put(2, state="已销号", closed="2026-11-24")), ledger, names).ledger
    later = closed.entries[id_]
    marks = [*later.marks, Mark(round="2026-12", as_of=NOW + timedelta(days=25), sight="found")]
    entry = Entry.model_validate(later.model_dump() | {"marks": [m.model_dump() for m in marks]})
    book = openpyxl.load_workbook(io.BytesIO(exported(Ledger(entries={**closed.entries, id_: entry}))))
    sheet = book["问题台账"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    states = {
        sheet.cell(r, columns[ID_HEAD]).value: sheet.cell(r, columns["状态"]).value for r in range(2, sheet.max_row + 1)
    }
    assert states[id_] == "退回"


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_no_workbook_is_told(content: bytes, ledger: Ledger, names: Names) -> None:
    with pytest.raises(WorkbookError, match="xlsx"):
        run(content, ledger, names)


def test_other_workbook_is_told(ledger: Ledger, names: Names) -> None:
    book = openpyxl.Workbook()
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(WorkbookError, match=ID_HEAD[:4]):
        run(buffer.getvalue(), ledger, names)


def test_handing_over_sets_the_day_and_a_deadline_in_working_days(ledger: Ledger, names: Names) -> None:
    content = exported(ledger)
    id_ = id_of(content, 2)
    outcome = run(edit(content, put(2, state="整改中")), ledger, names)
    assert outcome.ledger.entries[id_].handling == {
        "state": "整改中",
        "assigned": "2026-11-25",
        "deadline": "2026-12-09",
    }
    assert outcome.doubts == []
    late = run(edit(content, put(2, state="整改中", assigned="2026-12-28")), ledger, names)
    assert late.ledger.entries[id_].handling["deadline"] == "2027-01-11"
    assert "推算的整改时限2027-01-11在2027年，放假安排尚未收录" in told(late)


def test_overdue_often_and_closed_are_told_by_the_rounds(ledger: Ledger, names: Names) -> None:
    content = exported(ledger)
    id_ = id_of(content, 2)
    entry = run(edit(content, put(2, state="整改中")), ledger, names).ledger.entries[id_]

    def after(*sights: tuple[int, str]) -> dict[str, Any]:
        marks = [Mark(round=f"r{n}", as_of=NOW + timedelta(days=n), sight=sight) for n, sight in sights]  # type: ignore[arg-type]
        cells = entry_row(1, entry.model_copy(update={"marks": [*entry.marks, *marks]}), names).cells
        return {key: cells[key] for key in ("state", "overdue", "often", "reviewed", "result", "closed")}

    assert after()["overdue"] == "" and after((10, "found"))["overdue"] == ""
    late = after((25, "found"))
    assert (late["state"], late["overdue"], late["often"]) == ("整改中", "是", "是")
    fixed = after((25, "fixed"))
    assert fixed == {
        "state": "已销号",
        "overdue": "",
        "often": "",
        "reviewed": "2026-12-20",
        "result": "复查通过",
        "closed": "2026-12-20",
    }
    assert after((25, "unseen"))["state"] == "整改中", "not visited is not fixed"


SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
calc = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed: the trip through Calc is not tested")


def through_calc(content: bytes, folder: Path) -> bytes:
    """The workbook as Calc saves it."""
    source = folder / "in" / "ledger.xlsx"
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "ledger.xlsx").read_bytes()


@calc
def test_trip_through_libreoffice_calc(ledger: Ledger, names: Names, tmp_path: Path) -> None:
    changed = edit(exported(ledger), put(2, state="整改中", deadline="2026-12-04", measure="=1+1\n第二行"))
    outcome = run(through_calc(changed, tmp_path), ledger, names)
    assert (outcome.changed, outcome.conflicts, outcome.errors, outcome.unknown) == (1, [], [], [])
    id_ = id_of(exported(ledger), 2)
    assert outcome.ledger.entries[id_].handling["measure"] == "=1+1\n第二行"


@calc
def test_calc_with_rows_deleted_sorted_retyped_and_doubled(ledger: Ledger, names: Names, tmp_path: Path) -> None:
    """What a clerk does in Calc, saved by Calc before and after."""
    content = through_calc(exported(ledger), tmp_path)
    ids = [id_of(content, row) for row in range(2, 8)]

    def clerk(sheet: Any, columns: dict[str, int]) -> None:
        put(2, state="整改中", deadline=date(2026, 12, 4), measure='=HYPERLINK("http://x",1)')(sheet, columns)
        put(3, state="待复查")(sheet, columns)
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        doubled = [list(rows[1]), *rows]
        doubled[0][columns[HEAD["state"]] - 1] = "退回"
        kept = [row for row in doubled if row[columns[ID_HEAD] - 1] != ids[4]]
        for r, row in enumerate(sorted(kept, key=lambda row: str(row[columns["问题描述"] - 1])), 2):
            for c, value in enumerate(row, 1):
                cell = sheet.cell(r, c)
                cell.value = value
                cell.data_type = "s" if isinstance(value, str) else cell.data_type

    before = run(content, ledger, names)
    assert before.ledger == ledger and not before.conflicts, "Calc alone changes nothing"
    outcome = run(through_calc(edit(content, clerk), tmp_path), ledger, names)
    first = outcome.ledger.entries[ids[0]].handling
    assert (first["state"], first["deadline"], first["measure"]) == (
        "整改中",
        "2026-12-04",
        '=HYPERLINK("http://x",1)',
    )
    (conflict,) = outcome.conflicts
    assert conflict.id == ids[1] and set(conflict.workbook.split(" / ")) == {"退回", "待复查"}
    assert outcome.ledger.entries[ids[1]] == ledger.entries[ids[1]], "a conflict waits for a person"
    assert outcome.ledger.entries[ids[4]] == ledger.entries[ids[4]], "a deleted row deletes nothing"
    assert outcome.missing == before.missing + 1
    assert set(outcome.ledger.entries) == set(ledger.entries)
    again = exported(outcome.ledger)
    with zipfile.ZipFile(io.BytesIO(again)) as archive:
        assert not any(b"<f>" in archive.read(n) for n in archive.namelist() if "worksheets/sheet" in n)
