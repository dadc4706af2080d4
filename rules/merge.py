"""One finding for each problem: drafts of several clauses about one category and subject become one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crawler.facts import SiteFacts
from rules.loader import rule_key
from rules.registry import Draft
from rules.schema import Category, Finding, Level, Rule
from rules.subjects import family, fingerprint, normal

_ALWAYS_REVIEWED = ("V1", "V5", "V6", "M1", "M3")

Drafted = tuple[Rule, Draft]
_RANK: dict[Level, int] = {"veto": 0, "deduction": 1, "part": 2, "bonus": 3, "advice": 4}


def always_reviewed(rule_id: str) -> bool:
    """V1, V5 and V6 need a person whatever a rule file says; so do M1 and M3."""
    return rule_id.partition(".")[0] in _ALWAYS_REVIEWED


def category_of(drafted: Drafted) -> Category:
    """The draft's category, its rule's when it names none."""
    return drafted[1].category or drafted[0].category


def level_of(drafted: Drafted) -> Level:
    """The draft's level, its rule's when it names none."""
    return drafted[1].level or drafted[0].level


def merge(site: SiteFacts, drafted: Iterable[Drafted]) -> list[Finding]:
    """Findings of one site, one for each problem; a veto stands beside the parts that it counts.

    Drafts of one problem may come from several clauses. The first by level, then by clause, gives rule and message: D5
    for a stale column of a scored portal, V4.1 elsewhere. The other clauses stand in observed['also']. What is only
    suspected beside a confirmed fact stands in observed['doubts'] with its clause and words, for the work list alone.
    """
    groups: dict[tuple[str, str, str, bool], list[Drafted]] = {}
    for one in drafted:
        category = category_of(one)
        key = (category, family(category, one[0].id), normal(one[1].subject), level_of(one) == "veto")
        groups.setdefault(key, []).append(one)
    return [_finding(site, sorted(group, key=_order)) for group in groups.values()]


def _order(drafted: Drafted) -> tuple[object, ...]:
    rule, draft = drafted
    sure = draft.certainty != "confirmed"
    return sure, _RANK[level_of(drafted)], rule_key(rule.id), draft.subject, draft.gist, draft.message


def _finding(site: SiteFacts, group: Sequence[Drafted]) -> Finding:
    rule, first = group[0]
    level, category = level_of(group[0]), category_of(group[0])
    same = [one for one in group if one[1].certainty == first.certainty]
    told = _distinct(same)
    points = list({draft.gist: draft for _, draft in reversed(same)}.values())
    cost = _sum(draft.deduction for draft in points)
    earned = _sum(draft.bonus for draft in points)
    sure = first.certainty == "confirmed"
    observed = {key: value for _, draft in reversed(told) for key, value in draft.observed.items()}
    if not sure and (would := earned if level == "bonus" else cost) is not None:
        observed.setdefault("points", would)  # what it costs or earns once a person confirms it
    if also := sorted({other.id for other, _ in same} - {rule.id}, key=rule_key):
        observed["also"] = also
    if doubts := [one for one in group if one not in same]:
        observed["doubts"] = [{"rule": other.id, "message": draft.message} for other, draft in _distinct(doubts)]
    return Finding(
        fingerprint=fingerprint(family(category, rule.id), site.site.id, first.subject, veto=level == "veto"),
        rule=rule.id,
        category=category,
        level=level,
        certainty=first.certainty,
        site=site.site.id,
        unit=first.unit or site.site.unit,
        column=first.column,
        subject=first.subject,
        where=list(first.where),
        where_count=first.where_count,
        observed=observed,
        deduction=cost if sure else None,
        bonus=earned if sure else None,
        message="；".join(dict.fromkeys(draft.message for _, draft in told)),
        fix="；".join(dict.fromkeys(text for other, draft in told if (text := draft.fix or other.fix))),
        clause=f"{rule.document} {rule.clause}".strip(),
        needs_review=level == "veto" and not first.reviewed and (rule.review == "required" or always_reviewed(rule.id)),
    )


def _sum(points: Iterable[float | None]) -> float | None:
    """The points added up, None when none of them is given."""
    given = [one for one in points if one is not None]
    return round(sum(given), 4) if given else None


def _distinct(group: Sequence[Drafted]) -> list[Drafted]:
    """The drafts that tell different facts, first of each gist."""
    told: dict[str, Drafted] = {}
    for one in group:
        told.setdefault(one[1].gist or one[0].id, one)
    return list(told.values())
