"""Scores and verdicts (国办秘函〔2019〕19号, domain 1.0), in hundredths of a point so that sums are exact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any

from crawler.facts import Outcome, SiteFacts
from rules.loader import RuleSet
from rules.schema import Finding, Rule, SiteVerdict, VerdictName

FULL = 10000
_SERVICES = "办事服务"
_SERVICE_POINTS = 2500
_TOLD = 20  # findings told on the sheet for one item; all of them stand in the ledger
_BY_HAND = ("form", "site_search")  # not done before a person says so, whatever the machine tried
_UNDONE = ("未检查", "待人工填报")


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a score sheet. `lost` in points, not above `cap`; `earned` of a bonus item.

    `state`: 已检查, 待人工确认 (candidates wait for a person), 待人工填报, 未检查 (not in the profile), 不适用.
    `why`: what each of the findings says, with its address.
    """

    rule: Rule
    cap: float
    lost: float
    state: str
    findings: tuple[str, ...]
    earned: float = 0
    why: tuple[tuple[str, str], ...] = ()

    @property
    def undone(self) -> bool:
        """True when nobody and nothing looked at it."""
        return self.state in _UNDONE

    def row(self) -> dict[str, Any]:
        """As findings.json has it."""
        return {
            "id": self.rule.id,
            "group": self.rule.group,
            "name": self.rule.name,
            "cap": self.cap,
            "lost": self.lost,
            "state": self.state,
            "findings": list(self.findings),
            "why": [{"message": message, "url": url} for message, url in self.why],
        } | ({"earned": self.earned} if self.rule.level == "bonus" else {})


def counts(finding: Finding) -> bool:
    """True for a finding that a verdict may rest on."""
    return finding.certainty == "confirmed" and finding.status != "误报"


def cents(points: float) -> int:
    """Hundredths of a point."""
    return round(points * 100)


def sheet(
    ruleset: RuleSet,
    findings: Sequence[Finding],
    site: str = "",
    answered: Set[str] = frozenset(),
    waived: Set[str] = frozenset(),
) -> list[Line]:
    """Every deduction item with what it lost: no item loses more than its own points.

    `answered`: indicators that a person reported on; `waived`: those of which a person said 不适用. A portal of a
    ministry has no D1 and 4 points for D2; one without services has no 办事服务 (domain 1.0).
    """
    scoring = ruleset.profile.scoring
    lines = []
    for known in ruleset.known:
        used = ruleset.rule(known.id)
        rule = used or known
        if rule.level != "deduction":
            continue
        cap = rule.cap if rule.cap is not None else 100.0
        if site in scoring.ministries and rule.id == "D2":
            cap = scoring.ministry_functions
        mine = [finding for finding in findings if finding.rule == rule.id]
        exempt = (site in scoring.ministries and rule.id == "D1") or (
            site in scoring.no_services and rule.group == _SERVICES
        )
        lost = [finding for finding in mine if counts(finding) and finding.deduction]
        total = min(sum(cents(finding.deduction or 0) for finding in lost), cents(cap))
        none = exempt or (rule.id in waived and not lost)
        state = "不适用" if none else _state(used, mine, answered)
        prints = tuple(sorted(finding.fingerprint for finding in lost))
        lines.append(Line(rule, cap, 0 if exempt else total / 100, state, prints, why=_why(lost)))
    return lines


def bonus_sheet(
    ruleset: RuleSet, findings: Sequence[Finding], base: float, answered: Set[str] = frozenset()
) -> list[Line]:
    """Every bonus item with what it earned; `base` is the deduction score, which must be above the gate to count."""
    gate = ruleset.profile.scoring.bonus_above
    lines = []
    for known in ruleset.known:
        used = ruleset.rule(known.id)
        rule = used or known
        if rule.level != "bonus":
            continue
        mine = [finding for finding in findings if finding.rule == rule.id]
        earned = [finding for finding in mine if counts(finding) and finding.bonus]
        total = sum(cents(finding.bonus or 0) for finding in earned)
        cap = rule.cap if rule.cap is not None else total / 100
        state = _state(used, mine, answered)
        if earned and base <= gate:
            state = f"未计入（扣分结果不高于{gate:g}分）"
        prints = tuple(sorted(finding.fingerprint for finding in earned))
        lines.append(Line(rule, cap, 0, state, prints, min(total, cents(cap)) / 100, _why(earned)))
    return lines


def _why(findings: Sequence[Finding]) -> tuple[tuple[str, str], ...]:
    return tuple((finding.message, finding.subject) for finding in findings[:_TOLD])


def _state(rule: Rule | None, mine: Sequence[Finding], answered: Set[str]) -> str:
    if rule is None:
        return "未检查"
    if rule.check in _BY_HAND and rule.id not in answered:
        return "待人工填报"
    waiting = any(finding.certainty == "suspected" and finding.status != "误报" for finding in mine)
    return "待人工确认" if waiting and rule.automation == "P" else "已检查"


def score(lines: Sequence[Line], *, services: bool = True) -> float:
    """100 less what was lost. Without services the rest counts out of 75 and is multiplied by 4/3, to two decimals."""
    lost = sum(cents(line.lost) for line in lines)
    if services:
        return max(0, FULL - lost) / 100
    return round(max(0, FULL - _SERVICE_POINTS - lost) * 4 / 3) / 100


def bonus(ruleset: RuleSet, findings: Sequence[Finding]) -> float:
    """Points of the bonus items, each up to its cap."""
    total = 0
    for rule in ruleset.rules:
        if rule.level == "bonus":
            mine = sum(cents(f.bonus or 0) for f in findings if f.rule == rule.id and counts(f))
            total += min(mine, cents(rule.cap)) if rule.cap is not None else mine
    return total / 100


def final_score(ruleset: RuleSet, site: str, findings: Sequence[Finding], lines: Sequence[Line]) -> float:
    """The deduction score, and the bonus on top when it is strictly above the gate."""
    scoring = ruleset.profile.scoring
    base = score(lines, services=site not in scoring.no_services)
    return round(base + bonus(ruleset, findings), 2) if base > scoring.bonus_above else base


def vetoes(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that fail a site alone, dismissed ones left out."""
    return [finding for finding in findings if finding.level == "veto" and finding.status != "误报"]


def verdict(site: SiteFacts, ruleset: RuleSet, findings: Sequence[Finding], lines: Sequence[Line]) -> SiteVerdict:
    """结论 of one site. Its score is None when it is not scored, vetoed, or its home page was not seen."""
    found = vetoes(findings)
    firm = [finding for finding in found if finding.certainty == "confirmed" and not finding.needs_review]
    pending = [finding for finding in found if finding not in firm]
    home_ok = site.home is not None and site.home.outcome is Outcome.OK
    scoring = ruleset.profile.scoring
    scored = scoring.portals if site.site.kind == "portal" else scoring.departments
    points = final_score(ruleset, site.site.id, findings, lines) if scored and home_ok and not firm else None
    name: VerdictName = "合格"
    if firm or (points is not None and points < scoring.fail_below):
        name = "不合格"
    elif pending or not home_ok:
        name = "待人工复核"
    coverage = site.coverage
    return SiteVerdict(
        id=site.site.id,
        name=site.site.name,
        unit=site.site.unit,
        kind=site.site.kind,
        url=site.site.url,
        verdict=name,
        score=points,
        vetoes=[finding.rule for finding in (*firm, *pending)],
        pages=coverage.pages,
        requests=coverage.requests,
        links_checked=coverage.links_checked,
        blocked=coverage.blocked,
        unchecked=coverage.unchecked,
        notes=[*_notes(site, pending, points, lines), *coverage.notes],
        problems=sum(counts(finding) and finding.level != "bonus" for finding in findings),
    )


def _notes(site: SiteFacts, pending: Sequence[Finding], points: float | None, lines: Sequence[Line]) -> list[str]:
    notes = []
    if site.home is None or site.home.outcome is not Outcome.OK:
        notes.append("首页未能正常访问，结论待人工复核")
    if pending:
        notes.append(f"单项否决 {'、'.join(finding.rule for finding in pending)} 待人工确认")
    unscored = [line.rule.id for line in lines if line.undone]
    if points is not None and unscored:
        notes.append(f"得分为100分减去本轮已检查指标的扣分，另有 {len(unscored)} 项未检查或待人工填报")
    return notes
