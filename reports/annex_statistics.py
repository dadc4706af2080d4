"""附件1 检查情况统计表 (domain bulletins 1.7): a row for each responsible unit with its sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from crawler.inventory import Inventory
from reports import figures
from reports.annexes import KINDS, split
from reports.numbers import Numbers
from reports.paper import Annex
from reports.problems import Names, Problem
from rules.schema import Judgement, SiteVerdict

_NUMBER, _RATE, _ORDER, _CODE, _WIDTH = 8.2, 11.6, 8.2, 22.5, 225.0
_MANY = 12  # columns from which the table is set smaller
_ONCE = "同一网站同一事项只计一次，按网站主办单位统计。"
_BEFORE = f"注：1.问题数只计已确认的问题，{_ONCE}2.已整改数、整改率以上期通报并复核到的问题为基数。"
_WITHIN = f"注：1.问题数为本期各次检查累计发现的已确认问题，{_ONCE}2.整改率以复核到的问题为基数。"
_PENDING = "3.合格率以已形成结论的网站为基数。"


@dataclass
class _Row:
    """What a unit's row adds up."""

    names: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    running: int = 0
    checked: list[SiteVerdict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fixed: int = 0
    base: int = 0

    def add(self, other: _Row) -> None:
        """Add another row's numbers: the last line of the table."""
        self.running += other.running
        self.checked += other.checked
        self.problems += other.problems
        self.fixed += other.fixed
        self.base += other.base

    def verdicts(self, word: str) -> int:
        """How many checked sites ended as `word`."""
        return sum(site.verdict == word for site in self.checked)


def statistics(
    judgement: Judgement, inventory: Inventory, numbers: Numbers, names: Names, decimals: int, subject: str = ""
) -> Annex:
    """附件1. A special subject has no verdicts and no kinds of problems; 待复核 has a column only where it occurs."""
    rows = _rows(judgement, inventory, numbers, names)
    total = _Row()
    for row in rows.values():
        total.add(row)
    pending = bool(total.verdicts("待人工复核"))
    verdict_heads = () if subject else ("合格数", "不合格数", *(("待复核数",) if pending else ()), "合格率")
    kinds = () if subject else (*(name for name, _ in KINDS), "其他")
    head = (
        "序号",
        "责任单位（网站名称）",
        "网站标识码",
        "运行总数",
        "检查数",
        "抽查比例",
        *verdict_heads,
        "问题数",
        *kinds,
    )
    head = (*head, "已整改数", "整改率")
    cells = [
        (str(i), _shown(names.unit(unit), row), "、".join(row.codes), *_counts(row, decimals, subject, pending))
        for i, (unit, row) in enumerate(rows.items(), 1)
    ]
    cells.append(("合计", "", "", *_counts(total, decimals, subject, pending)))
    note = (_WITHIN if numbers.span else _BEFORE) + (_PENDING if pending and not subject else "")
    first = head.index("问题数") + 1
    return Annex(
        "检查情况统计表",
        head,
        _widths(head),
        tuple(cells),
        frozenset({1}),
        note,
        over=(first, len(kinds), "其中") if kinds else None,
        small=len(head) > _MANY,
    )


def _rows(judgement: Judgement, inventory: Inventory, numbers: Numbers, names: Names) -> dict[str, _Row]:
    """Rows by unit id, in the order in which the inventory names their sites."""
    rows: dict[str, _Row] = {}
    unit_of: dict[str, str] = {}
    verdicts = {site.id: site for site in judgement.sites}
    running = {site.id: site.unit for site in inventory.sites} | {site.id: site.unit for site in judgement.sites}
    for site, unit in running.items():
        row = rows.setdefault(unit, _Row())
        unit_of[site] = unit
        row.names.append(names.site(site))
        row.codes += [code] if (code := names.codes.get(site, "")) else []
        row.running += 1
        row.checked += [verdicts[site]] if site in verdicts else []
    for problem in numbers.found:
        unit = unit_of.get(problem.finding.site, problem.finding.unit)
        rows.setdefault(unit, _Row()).problems.append(problem)
    for site, fixed in _fixed(numbers):
        if site in unit_of:
            rows[unit_of[site]].base += 1
            rows[unit_of[site]].fixed += fixed
    return rows


def _fixed(numbers: Numbers) -> list[tuple[str, bool]]:
    """Site and whether it was fixed: of the last bulletin's problems, in a period of its own that were seen again."""
    if numbers.span is not None:
        seen = [p for p in numbers.found if numbers.state(p) != "未能复核"]
        return [(p.finding.site, p.status == "已整改") for p in seen]
    reviews = numbers.last.reviews if numbers.last else ()
    return [(r.problem.finding.site, r.result == "已整改") for r in reviews if r.result != "未能复核"]


def _counts(row: _Row, decimals: int, subject: str, pending: bool) -> tuple[str, ...]:
    checked, passed, failed = len(row.checked), row.verdicts("合格"), row.verdicts("不合格")
    base = (str(row.running), str(checked), figures.rate(checked, row.running, decimals))
    waiting = (str(row.verdicts("待人工复核")),) if pending else ()
    verdicts = (str(passed), str(failed), *waiting, figures.rate(passed, passed + failed, decimals))
    kinds = tuple(map(str, split(row.problems)))
    found = (str(len(row.problems)),)
    done = (str(row.fixed), figures.rate(row.fixed, row.base, decimals))
    return (*base, *found, *done) if subject else (*base, *verdicts, *found, *kinds, *done)


def _shown(unit: str, row: _Row) -> str:
    sites = "、".join(row.names)
    if len(row.names) == 1 and (not unit or sites.startswith(unit)):
        return sites
    return f"{unit}（{sites}）" if unit else sites


def _widths(head: Sequence[str]) -> tuple[float, ...]:
    """Two characters for a number, room for 93.8 % and for a site code in any font; the names get the rest."""
    wide = 1 if len(head) > _MANY else 2  # few columns: heads stand on one line
    own = {"序号": _ORDER + wide - 1, "网站标识码": _CODE + 6 * (wide - 1)} | {
        name: _RATE * wide for name in head if name.endswith(("率", "比例"))
    }
    rest = _WIDTH - sum(own.get(name, _NUMBER * wide) for name in head if name != "责任单位（网站名称）")
    return tuple(rest if name == "责任单位（网站名称）" else own.get(name, _NUMBER * wide) for name in head)
