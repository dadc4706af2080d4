"""Rows of the ledger workbook: what is exported for each problem, and the hash that tells of later changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports import figures, told
from reports.files import bounded
from reports.problems import Names, Problem, group, problems, suspects
from rules.schema import Judgement

STATES = ("待确认", "误报", "待交办", "整改中", "待复查", "已销号", "退回")
RESULTS = ("", "复查通过", "复查未通过")
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
    Field("source", "来源", 8, meaning="监测：由系统巡查发现；其余由人工登记"),
    Field("unit", "责任单位", 24, meaning="栏目的责任单位；首页和多个栏目共有的问题归网站主办单位"),
    Field("site", "网站", 26, meaning="问题所在网站"),
    Field("column", "栏目", 16, meaning="问题所在栏目；首页等不属于栏目的为空"),
    Field("category", "问题类别", 13, meaning="与通报一致的问题分类"),
    Field("rules", "指标条款", 12, meaning="所依据的指标编号，见 scrapy rules 打印的指标手册"),
    Field("fact", "问题描述", 60, meaning="事实，含数量或日期"),
    Field("page", "页面网址", 44, meaning="能看到该问题的第一个页面"),
    Field("subject", "问题地址", 44, meaning="打不开的链接、未更新的栏目页等问题本身的地址"),
    Field("pages", "涉及页面数", 11, meaning="含有该问题的页面总数"),
    Field("found", "发现时间", 12, meaning="本轮监测时间点"),
    Field("first", "首次发现轮次", 13, meaning="最早发现该问题的轮次"),
    Field("times", "同类第几次", 11, meaning="该问题第几次被发现，大于1即为屡次"),
    Field("status", "本轮情况", 10, meaning="新增、未整改、反弹：与以前各轮比较得出"),
    Field("state", "状态", 10, True, "待确认→误报或待交办→整改中→待复查→已销号或退回，由人工选择"),
    Field("deadline", "整改时限", 12, True, "按通报要求填写，格式 2026-12-04"),
    Field("measure", "整改措施", 30, True, "责任单位反馈的措施"),
    Field("replied", "反馈时间", 12, True, "格式 2026-12-01"),
    Field("reviewed", "复查时间", 12, True, "格式 2026-12-05"),
    Field("result", "复查结果", 12, True, "复查通过或复查未通过"),
    Field("overdue", "是否逾期", 10, meaning="监测时间点晚于整改时限且未销号的为“是”"),
    Field("closed", "销号时间", 12, True, "格式 2026-12-06"),
    Field("note", "备注", 24, True, "其他需要说明的情况；误报请写明理由"),
)
EDITABLE = tuple(field.key for field in FIELDS if field.edit)
ID_HEAD, HASH_HEAD = "系统编号（请勿改动）", "导出校验（请勿改动）"


@dataclass(frozen=True)
class Row:
    """A row of the ledger: cells by field key, the fingerprints it stands for, the hash of its editable cells."""

    cells: Mapping[str, str | int]
    fingerprints: tuple[str, ...]

    @property
    def id(self) -> str:
        """Fingerprints joined by a space."""
        return " ".join(self.fingerprints)

    @property
    def hash(self) -> str:
        """Hash of what a person may edit, as exported."""
        return state_hash(self.id, self.cells)


def state_hash(row_id: str, cells: Mapping[str, Any]) -> str:
    """Sixteen hexadecimal digits over the id and the editable cells."""
    state = [row_id, *(str(cells.get(key, "") or "").strip() for key in EDITABLE)]
    return hashlib.sha256(json.dumps(state, ensure_ascii=False).encode()).hexdigest()[:16]


def ledger_rows(judgement: Judgement, names: Names) -> list[Row]:
    """The confirmed problems, worst first within their unit."""
    found = problems(judgement)
    order = {unit: i for i, unit in enumerate(names.checked_units)}
    ranked = sorted(found, key=lambda p: order.get(p.finding.unit, len(order)))
    return [_row(i, problem, judgement, names, "待交办") for i, problem in enumerate(ranked, 1)]


def waiting_rows(judgement: Judgement, names: Names) -> list[Row]:
    """What a person must decide, by category and unit."""
    waiting = group(suspects(judgement)) or []
    return [_row(i, problem, judgement, names, "待确认") for i, problem in enumerate(waiting, 1)]


def _row(number: int, problem: Problem, judgement: Judgement, names: Names, state: str) -> Row:
    f = problem.finding
    first = problem.first_seen or judgement.round
    kept = _kept(problem, judgement.extra.get("ledger"))
    cells: dict[str, str | int] = {
        "number": number,
        "code": f"{first.replace('-', '')}-{f.fingerprint[:8]}",
        "source": "监测",
        "unit": names.unit(f.unit),
        "site": names.site(f.site),
        "column": names.column(f.site, f.column),
        "category": f.category,
        "rules": problem.rules,
        "fact": told.fact(f, names),
        "page": told.page_of(f),
        "subject": f.subject,
        "pages": max(f.where_count, len(f.where)),
        "found": figures.moment(judgement.as_of).date().isoformat(),
        "first": first,
        "times": problem.times,
        "status": problem.status,
        "state": state,
    }
    cells |= {key: str(kept.get(key, cells.get(key, ""))) for key in EDITABLE}
    cells["overdue"] = _overdue(cells)
    fingerprints = tuple(dict.fromkeys(each.fingerprint for each in problem.findings))
    return Row({k: bounded(v, CELL_LIMIT) if isinstance(v, str) else v for k, v in cells.items()}, fingerprints)


def _kept(problem: Problem, ledger: object) -> Mapping[str, Any]:
    """What the ledger holds for the first of the problem's fingerprints that it knows."""
    if isinstance(ledger, Mapping):
        for finding in problem.findings:
            entry = ledger.get(finding.fingerprint)
            if isinstance(entry, Mapping):
                return entry
    return {}


def _overdue(cells: Mapping[str, str | int]) -> str:
    deadline = figures.day_of(cells["deadline"])
    found = figures.day_of(cells["found"])
    late = deadline is not None and found is not None and found > deadline and cells["state"] not in ("已销号", "误报")
    return "是" if late else ""


def heads(fields: Sequence[Field] = FIELDS) -> list[str]:
    """The head row, the two hidden columns last."""
    return [*(field.head for field in fields), ID_HEAD, HASH_HEAD]
