"""What documents count: findings of one thing told once, and who is who."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crawler.inventory import Inventory
from rules.schema import Finding, Judgement

COUNTED_LEVELS = frozenset({"veto", "part", "deduction", "advice"})
OPEN_STATUSES = frozenset({"新增", "未整改", "反弹"})
_LEVEL_RANK = {"veto": 0, "deduction": 1, "part": 1, "advice": 2, "bonus": 3}
_STATUS_RANK = {"反弹": 0, "未整改": 1, "新增": 2, "已整改": 3, "误报": 4}


@dataclass(frozen=True)
class Problem:
    """One thing at fault at one site in one category, with every finding that names it, the gravest first."""

    findings: tuple[Finding, ...]

    @property
    def finding(self) -> Finding:
        """The gravest of its findings: the one that is told."""
        return self.findings[0]

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two findings one problem: site, category, subject."""
        return key_of(self.finding)

    @property
    def status(self) -> str:
        """反弹 before 未整改 before 新增 among its findings."""
        return min((f.status for f in self.findings), key=lambda s: _STATUS_RANK[s])

    @property
    def times(self) -> int:
        """In how many rounds it was found, this one included."""
        return max(f.times for f in self.findings)

    @property
    def first_seen(self) -> str:
        """The earliest round that found it."""
        return min((f.first_seen for f in self.findings if f.first_seen), default="")

    @property
    def rules(self) -> str:
        """Clause ids of its findings, joined by 、."""
        return "、".join(dict.fromkeys(f.rule for f in self.findings))


def key_of(finding: Finding) -> tuple[str, str, str]:
    """Site, category and subject of a finding."""
    return finding.site, finding.category, finding.subject


def publishable(finding: Finding) -> bool:
    """Whether a bulletin may name it: certain, and open."""
    return certain(finding) and finding.status in OPEN_STATUSES


def certain(finding: Finding) -> bool:
    """Confirmed, needing no person's review, and no bonus. Advice counts: it breaks a rule that takes no points."""
    return finding.certainty == "confirmed" and not finding.needs_review and finding.level in COUNTED_LEVELS


def group(findings: Iterable[Finding]) -> list[Problem]:
    """Problems among `findings`, in their order of first appearance.

    A veto that only sums up its parts (five blank columns) is the verdict of the site and not a problem beside them.
    """
    chosen = list(findings)
    parted = {(f.site, f.category) for f in chosen if f.level != "veto"}
    together: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in chosen:
        if finding.level == "veto" and (finding.site, finding.category) in parted:
            continue
        together.setdefault(key_of(finding), []).append(finding)
    return [Problem(tuple(sorted(each, key=_gravity))) for each in together.values()]


def problems(judgement: Judgement) -> list[Problem]:
    """The problems that a bulletin counts and names, worst first, in an order that only the judgement decides."""
    return sorted(group(f for f in judgement.findings if publishable(f)), key=_worst)


def suspects(judgement: Judgement) -> list[Finding]:
    """Findings a person must decide: suspected ones and those whose rule asks for a review."""
    waiting = [
        f
        for f in judgement.findings
        if f.status in OPEN_STATUSES and f.level in COUNTED_LEVELS and (f.certainty == "suspected" or f.needs_review)
    ]
    return sorted(waiting, key=_finding_order)


def _gravity(finding: Finding) -> tuple[int, float, str]:
    return _LEVEL_RANK[finding.level], -(finding.deduction or 0.0), finding.rule


def _finding_order(finding: Finding) -> tuple[str, str, str, str, str]:
    return finding.category, finding.unit, finding.site, finding.subject, finding.fingerprint


def _worst(problem: Problem) -> tuple[Any, ...]:
    f = problem.finding
    days = f.observed.get("days")
    late = float(days) if isinstance(days, int | float) else 0.0
    return (
        _LEVEL_RANK[f.level],
        f.category,
        _STATUS_RANK[problem.status],
        -problem.times,
        -late,
        -f.where_count,
        f.unit,
        f.site,
        f.subject,
    )


class Names:
    """Names of units, sites and columns; an id stands for itself where nothing names it."""

    def __init__(self, judgement: Judgement, inventory: Inventory) -> None:
        self.units = {u.id: u.name for u in inventory.units}
        self.sites = {s.id: s.name for s in judgement.sites if s.name} | {s.id: s.name for s in inventory.sites}
        self.codes = {s.id: s.site_code or "" for s in inventory.sites}
        self._columns = {(s.id, c.id): c.name for s in inventory.sites for c in s.columns}
        for row in rows_of(judgement.extra, "columns"):
            self._columns.setdefault((str(row.get("site")), str(row.get("id"))), str(row.get("name") or row.get("id")))
        self._inventory = inventory
        self._judgement = judgement

    @property
    def deadline_workdays(self) -> int:
        """Working days that the inventory gives for putting a problem right."""
        return self._inventory.bulletin.deadline_workdays

    def unit(self, unit_id: str) -> str:
        """Name of a unit."""
        return self.units.get(unit_id, unit_id)

    def site(self, site_id: str) -> str:
        """Name of a site."""
        return self.sites.get(site_id, site_id)

    def column(self, site_id: str, column_id: str | None) -> str:
        """Name of a column of that site, "" without one."""
        return "" if column_id is None else self._columns.get((site_id, column_id), column_id)

    @cached_property
    def subjects_by_category(self) -> dict[str, set[str]]:
        """What findings of each category, confirmed or not, are about: an address that is masked once stays masked."""
        found: dict[str, set[str]] = {}
        for finding in self._judgement.findings:
            found.setdefault(finding.category, set()).add(finding.subject)
        return found

    @cached_property
    def checked_units(self) -> list[str]:
        """Ids of the units that own a checked site or one of its columns, in the inventory's order."""
        checked = {s.id for s in self._judgement.sites}
        owners = {s.unit for s in self._judgement.sites if s.unit}
        for site in self._inventory.sites:
            if site.id in checked:
                owners |= {site.unit} | {c.unit for c in site.columns if c.unit}
        owners |= {str(r["unit"]) for r in rows_of(self._judgement.extra, "columns") if r.get("unit")}
        owners |= {f.unit for f in self._judgement.findings}
        ordered = [u.id for u in self._inventory.units if u.id in owners]
        return ordered + sorted(owners - set(ordered))


def rows_of(extra: dict[str, Any], key: str) -> Sequence[dict[str, Any]]:
    """The list of rows under `key` of Judgement.extra, empty when it is missing or not a list of rows."""
    value = extra.get(key)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
