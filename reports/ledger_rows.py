"""Rows of the ledger workbook: what is exported for each problem, and the hash that tells of later changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports import figures, told
from reports.files import bounded
from reports.problems import OPEN_STATUSES, Names, Problem, certain, group, problems, suspects
from rules.ledger import Entry, Ledger
from rules.schema import Finding, Judgement

STATES = ("待确认", "误报", "待交办", "整改中", "待复查", "已销号", "退回")
RESULTS = ("复查通过", "复查未通过")
CELL_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the ledger: its head, width in characters, and whether a person may edit it."""

    key: str
    head: str
    width: float
    edit: bool = False
    meaning: str = ""


FIELDS: tuple[Field, ...] = (
    Field("number", "序号", 6, meaning="本表内的顺序号"),
    Field("code", "问题编号", 18, meaning="首次发现轮次加问题标识，同一问题各轮不变"),
    Field("source", "来源", 8, meaning="监测：由系统巡查发现"),
    Field("unit", "责任单位", 24, meaning="栏目的责任单位；首页和多个栏目共有的问题归网站主办单位"),
    Field("site", "网站", 26, meaning="问题所在网站"),
    Field("column", "栏目", 16, meaning="问题所在栏目；首页等不属于栏目的为空"),
    Field("category", "问题类别", 13, meaning="与通报一致的问题分类"),
    Field("rules", "指标条款", 12, meaning="所依据的指标编号，见 scrapy rules 打印的指标手册"),
    Field("fact", "问题描述", 60, meaning="事实，含数量或日期"),
    Field("page", "页面网址", 44, meaning="能看到该问题的第一个页面"),
    Field("subject", "问题地址", 44, meaning="打不开的链接、未更新的栏目页等问题本身的地址"),
    Field("pages", "涉及页面数", 11, meaning="含有该问题的页面总数"),
    Field("found", "发现时间", 12, meaning="最近一次发现时的监测时间点"),
    Field("first", "首次发现轮次", 13, meaning="最早发现该问题的轮次"),
    Field("times", "同类第几次", 11, meaning="该问题第几次被发现"),
    Field("often", "是否屡次", 10, meaning="在两轮以上检查中被发现的为“是”"),
    Field("status", "巡查情况", 10, meaning="新增、未整改、反弹、已整改：由系统与以前各轮比较得出"),
    Field("state", "状态", 10, True, "待确认→误报或待交办→整改中→待复查→已销号或退回；选误报须在备注写明理由"),
    Field("assigned", "交办时间", 12, True, "格式 2026-11-25；状态改为整改中而未填的，填为改动当日"),
    Field("deadline", "整改时限", 12, True, "格式 2026-12-04；未填的，交办时按清单中的工作日数推算"),
    Field("measure", "整改措施", 30, True, "责任单位反馈的措施"),
    Field("replied", "反馈时间", 12, True, "格式 2026-12-01；状态改为待复查而未填的，填为改动当日"),
    Field("reviewed", "复查时间", 12, True, "格式 2026-12-05；未填的，取巡查看到整改或仍未整改之日"),
    Field("result", "复查结果", 12, True, "复查通过或复查未通过；未填的，按巡查结果"),
    Field("overdue", "是否逾期", 10, meaning="监测时间点晚于整改时限且未销号的为“是”"),
    Field("closed", "销号时间", 12, True, "格式 2026-12-06；未填的，取巡查看到整改之日"),
    Field("note", "备注", 24, True, "其他需要说明的情况；误报请写明理由"),
)
EDITABLE = tuple(field.key for field in FIELDS if field.edit)
DATES = ("assigned", "deadline", "replied", "reviewed", "closed")
ID_HEAD, HASH_HEAD = "系统编号（请勿改动）", "导出校验（请勿改动）"


@dataclass(frozen=True)
class Row:
    """A row of the ledger: cells by field key, the fingerprint it stands for, the hash of its editable cells."""

    cells: Mapping[str, str | int]
    id: str

    @property
    def hash(self) -> str:
        """Hash of what a person may edit, as exported."""
        return state_hash(self.id, self.cells)


def state_hash(row_id: str, cells: Mapping[str, Any]) -> str:
    """Sixteen hexadecimal digits over the id and the editable cells."""
    state = [row_id, *(same_text(cells.get(key)) for key in EDITABLE)]
    return hashlib.sha256(json.dumps(state, ensure_ascii=False).encode()).hexdigest()[:16]


def same_text(value: object) -> str:
    """A cell with its white space collapsed: office suites change line ends and trailing blanks on their own."""
    return " ".join(str(value or "").split())


def ledger_rows(judgement: Judgement, names: Names, ledger: Ledger | None = None) -> list[Row]:
    """The confirmed problems of a round, by unit, worst first."""
    order = {unit: i for i, unit in enumerate(names.checked_units)}
    ranked = sorted(problems(judgement), key=lambda p: order.get(p.finding.unit, len(order)))
    return _round_rows(ranked, judgement, names, ledger)


def waiting_rows(judgement: Judgement, names: Names, ledger: Ledger | None = None) -> list[Row]:
    """What a person must decide, by category and unit."""
    return _round_rows(group(suspects(judgement)), judgement, names, ledger)


def closed_rows(judgement: Judgement, names: Names, ledger: Ledger | None = None) -> list[Row]:
    """What earlier rounds left open and this one saw in order."""
    return _round_rows(group(filter(certain, judgement.closed)), judgement, names, ledger)


def _round_rows(found: Sequence[Problem], judgement: Judgement, names: Names, ledger: Ledger | None) -> list[Row]:
    entries = ledger.entries if ledger else {}
    seen = figures.moment(judgement.as_of).date()
    return [
        _row(i, p.finding, names, entries.get(p.finding.fingerprint), (seen, p.first_seen or judgement.round, p.times))
        for i, p in enumerate(found, 1)
    ]


def all_rows(ledger: Ledger, names: Names) -> dict[str, list[Row]]:
    """Every entry of the ledger by sheet: 问题台账, 待核实, 已整改, 误报."""
    sheets: dict[str, list[Row]] = {"问题台账": [], "待核实": [], "已整改": [], "误报": []}
    shown = {p.finding.fingerprint for p in group(entry.finding for entry in ledger.entries.values())}
    for entry in sorted(ledger.entries.values(), key=_entry_order):
        if entry.fingerprint in shown and entry.finding.level != "bonus":
            rows = sheets[_sheet_of(entry)]
            rows.append(entry_row(len(rows) + 1, entry, names))
    return sheets


def entry_row(number: int, entry: Entry, names: Names) -> Row:
    """One entry as a row."""
    found = [mark for mark in entry.marks if mark.sight == "found"]
    last = max((figures.moment(mark.as_of.isoformat()).date() for mark in found), default=date.min)
    finding = entry.finding.model_copy(update={"status": entry.status()})
    return _row(number, finding, names, entry, (last, entry.first_seen, len(found)))


def _sheet_of(entry: Entry) -> str:
    if entry.dismissed:
        return "误报"
    if entry.status() not in OPEN_STATUSES:
        return "已整改"
    return "问题台账" if _sure(entry.finding, entry) else "待核实"


def _sure(finding: Finding, entry: Entry | None) -> bool:
    """Certain by the machine, or confirmed by a person."""
    return certain(finding) or bool(entry and entry.confirmed)


def _entry_order(entry: Entry) -> tuple[str, str, str, str, str]:
    f = entry.finding
    return f.unit, f.site, f.category, f.subject, f.fingerprint


def state_of(entry: Entry | None, finding: Finding) -> str:
    """The state shown: what a person chose, unless the machine has seen otherwise since."""
    if entry is not None and entry.dismissed:
        return "误报"
    if finding.status == "已整改":
        return "已销号"
    chosen = entry.handling.get("state", "") if entry is not None else ""
    if entry is not None and chosen in ("已销号", "待复查") and _found_since(entry):
        return "退回"
    return chosen or ("待交办" if _sure(finding, entry) else "待确认")


def _found_since(entry: Entry) -> bool:
    """Whether a round found the problem after a person last set its state."""
    chosen = max((change.at for change in entry.log if change.field == "state"), default=None)
    return chosen is not None and any(mark.sight == "found" and mark.as_of > chosen for mark in entry.marks)


def _row(number: int, f: Finding, names: Names, entry: Entry | None, history: tuple[date, str, int]) -> Row:
    seen, first, times = history
    cells: dict[str, str | int] = {
        "number": number,
        "code": problem_number(first, f),
        "source": "监测",
        "unit": names.unit(f.unit),
        "site": names.site(f.site),
        "column": names.column(f.site, f.column),
        "category": f.category,
        "rules": "、".join([f.rule, *_also(f)]),
        "fact": told.fact(f, names),
        "page": told.page_of(f),
        "subject": f.subject,
        "pages": max(f.where_count, len(f.where)),
        "found": seen.isoformat() if seen != date.min else "",
        "first": first,
        "times": times,
        "often": "是" if times > 1 else "",
        "status": f.status,
    }
    handling = entry.handling if entry else {}
    cells |= {key: handling.get(key, "") for key in EDITABLE}
    cells["state"] = state_of(entry, f)
    if entry is not None and entry.dismissed and not cells["note"]:
        cells["note"] = entry.dismissed
    cells |= {key: value for key, value in _by_machine(entry, cells).items() if not cells[key]}
    cells["overdue"] = _overdue(cells)
    return Row({k: bounded(v, CELL_LIMIT) if isinstance(v, str) else v for k, v in cells.items()}, f.fingerprint)


def _by_machine(entry: Entry | None, cells: Mapping[str, str | int]) -> dict[str, str]:
    """复查 and 销号 as the rounds saw them, where no person filled them in."""
    decisive = sorted((m for m in entry.marks if m.sight != "unseen"), key=lambda m: m.as_of) if entry else []
    if not decisive:
        return {}
    day = figures.moment(decisive[-1].as_of.isoformat()).date().isoformat()
    if cells["state"] == "已销号" and decisive[-1].sight == "fixed":
        return {"reviewed": day, "result": RESULTS[0], "closed": day}
    if cells["state"] == "退回" and decisive[-1].sight == "found":
        return {"reviewed": day, "result": RESULTS[1]}
    return {}


def problem_number(first: str, finding: Finding) -> str:
    """问题编号: the first round and the mark of the problem, the same in every round, notice and ledger."""
    return f"{first.replace('-', '')}-{finding.fingerprint[:8]}"


def _also(finding: Finding) -> Iterable[str]:
    also = finding.observed.get("also")
    return map(str, also) if isinstance(also, list | tuple) else ()


def _overdue(cells: Mapping[str, str | int]) -> str:
    deadline, seen = figures.day_of(cells["deadline"]), figures.day_of(cells["found"])
    late = deadline is not None and seen is not None and seen > deadline and cells["state"] not in ("已销号", "误报")
    return "是" if late else ""


def heads(fields: Sequence[Field] = FIELDS) -> list[str]:
    """The head row, the two hidden columns last."""
    return [*(field.head for field in fields), ID_HEAD, HASH_HEAD]
