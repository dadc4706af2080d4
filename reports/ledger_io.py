"""The ledger workbook read back: edits applied, conflicts shown to a person, nothing lost, every change logged.

A row is known by its hidden id. What somebody else changed in the store since the export is never overwritten in
silence: the row's hash tells, and the field is a conflict until a person takes one side. A row that was deleted in the
workbook changes nothing; a row that stands twice counts once, and is a conflict when the two differ; a row without id
was added by hand and is reported. Sorting, filtering and hidden columns do not matter.
"""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from reports import figures
from reports.files import xml_text
from reports.ledger_rows import (
    CELL_LIMIT,
    DATES,
    EDITABLE,
    FIELDS,
    HASH_HEAD,
    ID_HEAD,
    RESULTS,
    STATES,
    Row,
    all_rows,
    entry_row,
    same_text,
    state_hash,
)
from reports.problems import Names
from reports.workdays import official
from rules.ledger import Change, Entry, Ledger

Side = Literal["workbook", "store"]
_HEADS = {field.head: field.key for field in FIELDS} | {ID_HEAD: "id", HASH_HEAD: "hash"}


class WorkbookError(Exception):
    """The file is no ledger workbook; the message is Chinese and says what to do."""


@dataclass(frozen=True)
class Line:
    """A row as read: where it stands, its id, the hash it was exported with, its editable cells."""

    sheet: str
    number: int
    id: str
    hash: str
    cells: Mapping[str, str]

    @property
    def place(self) -> str:
        """“问题台账”第3行."""
        return f"“{self.sheet}”第{self.number}行"


@dataclass(frozen=True)
class Conflict:
    """A field that the workbook and the store both changed, or that stands twice in the workbook."""

    place: str
    id: str
    field: str
    workbook: str
    store: str


@dataclass
class Outcome:
    """What an import did: the new ledger, and what a person should know."""

    ledger: Ledger
    changed: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    missing: int = 0


def read_lines(content: bytes) -> list[Line]:
    """Every row that carries ledger columns, of every sheet. Raises WorkbookError for what is no ledger workbook."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise WorkbookError(
            "不是可读取的 xlsx 文件。请用系统导出的台账，另存时选择“Excel 工作簿（.xlsx）”。"
        ) from error
    lines: list[Line] = []
    found = False
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True)
        heads = [_HEADS.get(str(value or "").strip(), "") for value in next(rows, ())]
        if "id" not in heads or "state" not in heads:
            continue
        found = True
        lines += [line for i, row in enumerate(rows, 2) if (line := _line(sheet.title, i, heads, row)) is not None]
    if not found:
        raise WorkbookError(f"没有找到台账工作表：首行应有“{ID_HEAD}”和“状态”两列。请在系统导出的台账上填写。")
    return lines


def _line(sheet: str, number: int, heads: Sequence[str], row: Sequence[Any]) -> Line | None:
    values = {key: _text(value) for key, value in zip(heads, row, strict=False) if key}
    if not any(values.values()):
        return None
    cells = {key: values.get(key, "") for key in EDITABLE}
    for key in DATES:
        day = figures.day_of(cells[key].replace("/", "-").replace(".", "-")) if cells[key] else None
        cells[key] = day.isoformat() if day else cells[key]
    return Line(sheet, number, values.get("id", ""), values.get("hash", ""), cells)


def _text(value: object) -> str:
    """A cell as text: dates as 2026-12-04, whole numbers without .0, the rest as typed."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return xml_text(str(value)).strip()[:CELL_LIMIT]


def apply(content: bytes, ledger: Ledger, names: Names, *, by: str, at: datetime, take: Side | None = None) -> Outcome:
    """The ledger with the workbook's edits. `take` settles conflicts for one side; None leaves them to a person.

    Raises WorkbookError. The ledger given is not changed.
    """
    outcome = Outcome(ledger)
    read = read_lines(content)
    lines = _by_id(read, outcome, take)
    entries = dict(ledger.entries)
    for id_, line in lines.items():
        entry = entries.get(id_)
        if entry is None:
            outcome.unknown.append(f"{line.place}：系统编号 {id_} 不在台账中")
            continue
        wanted = _wanted(line, entry_row(0, entry, names), outcome, take)
        faults = [f"{line.place}：{fault}" for fault in _faults(wanted, entry)]
        outcome.errors += faults
        if wanted and not faults:
            entries[id_] = changed(entry, wanted, by=by, at=at, names=names)
            outcome.changed += 1
            outcome.doubts += _doubtful(line, wanted, entries[id_])
    shown = {row.id for rows in all_rows(ledger, names).values() for row in rows}
    outcome.missing = len(shown - {line.id for line in read})
    outcome.ledger = Ledger(entries=entries)
    return outcome


def _by_id(lines: Sequence[Line], outcome: Outcome, take: Side | None) -> dict[str, Line]:
    """One line for each id; lines that differ are a conflict, lines without id are reported."""
    grouped: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.id:
            grouped[line.id].append(line)
        else:
            outcome.added.append(f"{line.place}：手工添加的行没有系统编号，未导入")
    chosen = {}
    for id_, same in grouped.items():
        edited = [line for line in same if state_hash(id_, line.cells) != line.hash] or same[:1]
        different = {tuple(line.cells.items()) for line in edited}
        if len(different) == 1:
            chosen[id_] = edited[0]
            continue
        for key in EDITABLE:
            values = list(dict.fromkeys(line.cells[key] for line in edited))
            if len(values) > 1:
                places = "、".join(line.place for line in edited)
                outcome.conflicts.append(Conflict(f"同一问题出现多次：{places}", id_, key, " / ".join(values), ""))
    return chosen


def _wanted(line: Line, row: Row, outcome: Outcome, take: Side | None) -> dict[str, str]:
    """Fields to change. When the store changed since the export, fields that differ are conflicts unless settled."""
    now = {key: str(row.cells[key]) for key in EDITABLE}
    if state_hash(line.id, line.cells) == line.hash:
        return {}
    different = {key: value for key, value in line.cells.items() if same_text(value) != same_text(now[key])}
    if row.hash == line.hash or take == "workbook":
        return different
    if take is None:
        outcome.conflicts += [Conflict(line.place, line.id, k, v, now[k]) for k, v in different.items()]
    return {}


def _faults(wanted: Mapping[str, str], entry: Entry) -> list[str]:
    """Why the wanted values cannot be taken."""
    faults = []
    state, result = wanted.get("state"), wanted.get("result")
    if state is not None and state not in STATES:
        faults.append(f"状态“{state}”不在可选范围内，可选：{'、'.join(STATES)}")
    if result and result not in RESULTS:
        faults.append(f"复查结果“{result}”不在可选范围内，可选：{'、'.join(RESULTS)}")
    note = wanted.get("note", entry.handling.get("note", ""))
    if state == "误报" and not note:
        faults.append("状态改为误报的，须在备注中写明理由")
    faults += [
        f"{_head(key)}“{wanted[key]}”不是日期，应写作 2026-12-04"
        for key in DATES
        if wanted.get(key) and figures.day_of(wanted[key]) is None
    ]
    return faults


def changed(entry: Entry, wanted: Mapping[str, str], *, by: str, at: datetime, names: Names) -> Entry:
    """The entry with new values, each change logged; 误报 and a person's confirmation take effect in the judge."""
    now = entry_row(0, entry, names).cells
    wanted = {**wanted, **_follows(wanted, now, at, names)}
    log = [Change(at=at, by=by, field=key, before=str(now.get(key, "")), after=value) for key, value in wanted.items()]
    handling = {k: v for k, v in {**entry.handling, **wanted}.items() if v}
    update: dict[str, Any] = {"handling": handling, "log": [*entry.log, *log]}
    state = wanted.get("state")
    if state == "误报":
        update["dismissed"] = handling.get("note", "") or f"{by}确认为误报"
    elif state is not None:
        update["dismissed"] = ""
        update["confirmed"] = "" if state == "待确认" else entry.confirmed or by
    return entry.model_copy(update=update)


def _follows(wanted: Mapping[str, str], now: Mapping[str, str | int], at: datetime, names: Names) -> dict[str, str]:
    """Days that follow from a new state where nobody filled them in: 交办 with its deadline, 反馈."""
    day, state = at.astimezone(figures.CHINA).date(), wanted.get("state")
    given = {key: wanted.get(key, str(now[key])) for key in ("assigned", "deadline", "replied")}
    follows = {}
    if state == "整改中" and not given["assigned"]:
        follows["assigned"] = day.isoformat()
    if state == "整改中" and not given["deadline"]:
        start = figures.day_of(given["assigned"]) or day
        follows["deadline"] = official().after(start, names.deadline_workdays).isoformat()
    if state == "待复查" and not given["replied"]:
        follows["replied"] = day.isoformat()
    return follows


def _doubtful(line: Line, wanted: Mapping[str, str], entry: Entry) -> list[str]:
    """A deadline worked out here that reaches into a year whose holidays are not on file."""
    end = figures.day_of(entry.handling.get("deadline"))
    if "deadline" in wanted or end is None or "state" not in wanted or official().known(end):
        return []
    return [f"{line.place}：推算的整改时限{end.isoformat()}在{end.year}年，放假安排尚未收录"]


def _head(key: str) -> str:
    return next(field.head for field in FIELDS if field.key == key)


def told(outcome: Outcome) -> str:
    """The outcome in Chinese, for the terminal."""
    lines = [f"已更新 {outcome.changed} 个问题。"]
    if outcome.missing:
        lines.append(f"表中没有的 {outcome.missing} 个问题保持原样（删除行不会删除问题）。")
    for title, items in (
        ("未导入", outcome.errors),
        ("手工添加", outcome.added),
        ("不认识", outcome.unknown),
        ("请核对", outcome.doubts),
    ):
        lines += [f"{title}：{item}" for item in items]
    for conflict in outcome.conflicts:
        stored = f"，系统中为“{conflict.store}”" if conflict.store else ""
        lines.append(f"冲突：{conflict.place}的{_head(conflict.field)}，表中为“{conflict.workbook}”{stored}")
    if outcome.conflicts:
        lines.append(
            "冲突的内容未导入。核对后可加 --take workbook 以表格为准，或 --take store 以系统为准；"
            "同一问题出现多次的，请只留一行。"
        )
    return "\n".join(lines)
