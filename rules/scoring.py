"""Scores and verdicts (国办秘函〔2019〕19号, domain 1.0), in hundredths of a point so that sums are exact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.facts import Outcome, SiteFacts
from rules.loader import RuleSet
from rules.schema import Finding, Rule, SiteVerdict, VerdictName

FULL = 10000


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a score sheet. `lost` in points; `state`: 已检查, 未检查 or 待人工填报."""

    rule: Rule
    lost: float
    state: str
    findings: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """As findings.json has it."""
        return {
            "id": self.rule.id,
            "group": self.rule.group,
            "name": self.rule.name,
            "cap": self.rule.cap,
            "lost": self.lost,
            "state": self.state,
            "findings": list(self.findings),
        }


def counts(finding: Finding) -> bool:
    """True for a finding that a verdict may rest on."""
    return finding.certainty == "confirmed" and finding.status != "误报"


def cents(points: float) -> int:
    """Hundredths of a point."""
    return round(points * 100)


def sheet(ruleset: RuleSet, findings: Iterable[Finding]) -> list[Line]:
    """Every deduction item with what it lost: no item loses more than its own points."""
    lost: dict[str, list[Finding]] = {}
    for finding in findings:
        if counts(finding) and finding.deduction:
            lost.setdefault(finding.rule, []).append(finding)
    used = {rule.id for rule in ruleset.rules}
    lines = []
    for known in ruleset.known:
        rule = ruleset.rule(known.id) or known
        if rule.level != "deduction":
            continue
        mine = lost.get(rule.id, [])
        total = sum(cents(finding.deduction or 0) for finding in mine)
        capped = min(total, cents(rule.cap)) if rule.cap is not None else total
        state = "未检查" if rule.id not in used else "待人工填报" if rule.automation == "N" else "已检查"
        prints = tuple(sorted(finding.fingerprint for finding in mine))
        lines.append(Line(rule, capped / 100, state, prints))
    return lines


def score(lines: Sequence[Line]) -> float:
    """100 less what was lost, never below 0."""
    return max(0, FULL - sum(cents(line.lost) for line in lines)) / 100


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
    points = score(lines) if scored and home_ok and not firm else None
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
    unscored = [line.rule.id for line in lines if line.state != "已检查"]
    if points is not None and unscored:
        notes.append(f"得分为100分减去本轮已检查指标的扣分，另有 {len(unscored)} 项未检查或待人工填报")
    return notes
