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
    for a stale column of a scored portal, V4.1 elsewhere. The other clauses stand in observed['also'].
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
    also = sorted({other.id for other, _ in group[1:]} - {rule.id}, key=rule_key)
    told = _distinct(group)
    points = {draft.gist: draft for _, draft in reversed(group) if draft.certainty == "confirmed"}
    deductions = [draft.deduction for draft in points.values() if draft.deduction is not None]
    earned = [draft.bonus for draft in points.values() if draft.bonus is not None]
    observed = {key: value for _, draft in reversed(told) for key, value in draft.observed.items()}
    if also:
        observed["also"] = also
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
        deduction=round(sum(deductions), 4) if deductions else None,
        bonus=round(sum(earned), 4) if earned else None,
        message="；".join(dict.fromkeys(draft.message for _, draft in told)),
        fix="；".join(dict.fromkeys(text for other, draft in told if (text := draft.fix or other.fix))),
        clause=f"{rule.document} {rule.clause}".strip(),
        needs_review=level == "veto" and not first.reviewed and (rule.review == "required" or always_reviewed(rule.id)),
    )


def _distinct(group: Sequence[Drafted]) -> list[Drafted]:
    """The drafts that tell different facts, first of each gist. What is only suspected is not told as confirmed."""
    certainty = group[0][1].certainty
    told: dict[str, Drafted] = {}
    for one in group:
        if one[1].certainty == certainty:
            told.setdefault(one[1].gist or one[0].id, one)
    return list(told.values())
