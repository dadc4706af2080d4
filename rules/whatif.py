"""What another profile would change: two judgements of the same facts, site by site and unit by unit."""

from __future__ import annotations

from dataclasses import dataclass, field

from rules.schema import Finding, Judgement, SiteVerdict
from rules.scoring import counts


@dataclass(frozen=True, slots=True)
class SiteChange:
    """One site whose verdict, score or vetoes would differ."""

    before: SiteVerdict
    after: SiteVerdict


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that would differ. `units`: name → (confirmed problems before, after)."""

    sites: list[SiteChange] = field(default_factory=list)
    units: dict[str, tuple[int, int]] = field(default_factory=dict)
    gained: list[Finding] = field(default_factory=list)
    lost: list[Finding] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """True when the other profile judges all the same."""
        return not (self.sites or self.units or self.gained or self.lost)


def difference(before: Judgement, after: Judgement) -> Difference:
    """What changes from one judgement to the other; both of the same round."""
    then, now = {site.id: site for site in before.sites}, {site.id: site for site in after.sites}
    sites = [
        SiteChange(then[name], now[name]) for name in then if name in now and _result(then[name]) != _result(now[name])
    ]
    units = {
        row["name"]: (row["problems"], new["problems"])
        for row, new in zip(before.extra["units"], after.extra["units"], strict=True)
        if row["problems"] != new["problems"]
    }
    old, new_ones = _confirmed(before), _confirmed(after)
    gained = [finding for name, finding in new_ones.items() if name not in old]
    lost = [finding for name, finding in old.items() if name not in new_ones]
    return Difference(sites, units, gained, lost)


def _result(site: SiteVerdict) -> tuple[str, float | None, list[str]]:
    return site.verdict, site.score, site.vetoes


def _confirmed(judgement: Judgement) -> dict[str, Finding]:
    return {finding.fingerprint: finding for finding in judgement.findings if counts(finding)}


def told(change: Difference) -> list[str]:
    """The difference in Chinese, a line each."""
    lines = []
    for site in change.sites:
        before, after = site.before, site.after
        lines.append(f"站点 {before.name}：{_verdict(before)} → {_verdict(after)}")
    lines += [f"单位 {name}：问题 {old} → {new}" for name, (old, new) in change.units.items()]
    lines += [f"新增 {one.rule} {one.message}" for one in change.gained]
    lines += [f"减少 {one.rule} {one.message}" for one in change.lost]
    return lines or ["没有变化"]


def _verdict(site: SiteVerdict) -> str:
    score = "" if site.score is None else f" {site.score:g}分"
    vetoes = f"（{'、'.join(site.vetoes)}）" if site.vetoes else ""
    return f"{site.verdict}{score}{vetoes}"
