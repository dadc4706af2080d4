"""What a quarter, half-year or year adds up to: every problem that any of its rounds found, and what became of it.

Offices tell a quarter as the sum of its checks (domain bulletins 1.3, 1.4: 累计, 已完成整改, 经督办均已完成整改). So a
period's bulletin counts each problem found in it once; it is open when the last round that saw its place found it,
fixed when a later round of the period saw it in order. A site that failed at any check of the period counts as 不合格,
and the text says where a later check passed it. Columns and IPv6 are a state, told as the last round saw them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.schema import CoverageSum, Finding, Judgement, SiteVerdict


@dataclass(frozen=True)
class Span:
    """The rounds behind a period's judgement, oldest first.

    `rounds` and `moments` are names and monitoring times; `found`: what some round of the
    period found, by fingerprint, with the monitoring time of the newest such round;
    `unseen`: open ones whose place the last round did not see; `verdicts`: by site, a (round, verdict) for each check.
    """

    rounds: tuple[str, ...]
    moments: tuple[str, ...]
    found: Mapping[str, str]
    unseen: frozenset[str]
    verdicts: Mapping[str, tuple[tuple[str, str], ...]]


def span_of(judgement: Judgement) -> Span | None:
    """The span of a period's judgement; None for the judgement of one round."""
    raw = judgement.extra.get("period")
    if not isinstance(raw, dict):
        return None
    return Span(
        rounds=tuple(raw["rounds"]),
        moments=tuple(raw["moments"]),
        found=dict(raw["found"]),
        unseen=frozenset(raw["unseen"]),
        verdicts={site: tuple((name, word) for name, word in rows) for site, rows in raw["verdicts"].items()},
    )


def joined(rounds: Sequence[Judgement], dismissed: Collection[str] = ()) -> dict[str, Any]:
    """Findings, closed problems, verdicts and coverage of several rounds, and `period` for Judgement.extra.

    `dismissed`: fingerprints that a person called 误报 since; an earlier round's judgement does not know it yet.
    """
    last = rounds[-1]
    newest: dict[str, Finding] = {}
    fixed: dict[str, Finding] = {}
    found: dict[str, str] = {}
    for judgement in rounds:
        for finding in judgement.findings:
            newest[finding.fingerprint] = finding
            found[finding.fingerprint] = judgement.as_of
            fixed.pop(finding.fingerprint, None)
        fixed.update({finding.fingerprint: finding for finding in judgement.closed})
    newest = {name: _dismissed(f) if name in dismissed else f for name, f in newest.items()}
    fixed = {name: f for name, f in fixed.items() if name not in dismissed}
    now = {finding.fingerprint for finding in last.findings}
    unseen = [f for name, f in newest.items() if name not in now and name not in fixed]
    period = {
        "rounds": [r.round for r in rounds],
        "moments": [r.as_of for r in rounds],
        "found": dict(sorted(found.items())),
        "unseen": sorted(f.fingerprint for f in unseen),
        "verdicts": _verdicts(rounds),
    }
    return {
        "findings": [*(newest[f.fingerprint] for f in last.findings), *unseen],
        "closed": list(fixed.values()),
        "sites": _sites(rounds),
        "coverage": _coverage(rounds),
        "errors": [error for r in rounds for error in r.errors],
        "period": period,
    }


def _dismissed(finding: Finding) -> Finding:
    return finding.model_copy(update={"status": "误报"})


def _verdicts(rounds: Sequence[Judgement]) -> dict[str, list[tuple[str, str]]]:
    told: dict[str, list[tuple[str, str]]] = {}
    for judgement in rounds:
        for site in judgement.sites:
            told.setdefault(site.id, []).append((judgement.round, site.verdict))
    return told


def _sites(rounds: Sequence[Judgement]) -> list[SiteVerdict]:
    """Each site once, as the last round that checked it has it, its work summed; failed when any check failed it."""
    together: dict[str, list[SiteVerdict]] = {}
    for judgement in rounds:
        for site in judgement.sites:
            together.setdefault(site.id, []).append(site)
    return [_site(rows) for rows in together.values()]


def _site(rows: Sequence[SiteVerdict]) -> SiteVerdict:
    last, failed = rows[-1], [row for row in rows if row.verdict == "不合格"]
    counted = ("pages", "requests", "links_checked", "blocked", "unchecked")
    update: dict[str, Any] = {name: sum(getattr(row, name) for row in rows) for name in counted}
    if failed:
        vetoes = list(dict.fromkeys(veto for row in failed for veto in row.vetoes))
        update |= {"verdict": "不合格", "vetoes": vetoes, "score": failed[-1].score}
    return last.model_copy(update=update)


def _coverage(rounds: Sequence[Judgement]) -> CoverageSum:
    reasons: Counter[str] = Counter()
    for judgement in rounds:
        reasons.update(judgement.coverage.reasons)
    counted = ("pages", "links_checked", "blocked", "unchecked", "errors")
    sums = {name: sum(getattr(r.coverage, name) for r in rounds) for name in counted}
    return CoverageSum(sites=len({s.id for r in rounds for s in r.sites}), reasons=dict(reasons), **sums)
