"""Judging a round: facts and rules become findings, verdicts and the numbers that documents print. Fetches nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any, get_args

from crawler.facts import RoundFacts, SiteFacts
from crawler.inventory import Exemption
from rules.checks.availability import AvailabilityParams
from rules.context import Context
from rules.forms import Answer, answered, asked, cleared, unfilled
from rules.ledger import Ledger, closed_now, with_history
from rules.loader import RuleSet, rule_key
from rules.merge import Drafted, merge
from rules.published import PublicationCount
from rules.registry import CHECKS, PageVisitor
from rules.schema import Category, CheckError, CoverageSum, Finding, Judgement, Rule, SiteVerdict
from rules.scoring import Line, bonus_sheet, score, sheet, verdict
from rules.seen import Seen
from rules.subjects import fingerprint, normal
from rules.tables import availability_row, column_rows, identity_row, ipv6_row, media_table, unit_rows

_CATEGORIES = {category: number for number, category in enumerate(get_args(Category))}


@dataclass
class _Round:
    """What grows while the sites are judged one after the other."""

    findings: list[Finding] = field(default_factory=list)
    verdicts: list[SiteVerdict] = field(default_factory=list)
    errors: list[CheckError] = field(default_factory=list)
    exempted: list[dict[str, Any]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    ipv6: list[dict[str, Any]] = field(default_factory=list)
    availability: list[dict[str, Any]] = field(default_factory=list)
    identity: dict[str, dict[str, str]] = field(default_factory=dict)
    samples: list[dict[str, Any]] = field(default_factory=list)
    sheets: dict[str, list[Line]] = field(default_factory=dict)
    bonuses: dict[str, list[Line]] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)  # why addresses were blocked or left unchecked

    def sort(self, order: Sequence[str]) -> None:
        """By the inventory's order of sites, whatever order they were judged in; within a site nothing moves."""
        place = {site: number for number, site in enumerate(order)}
        self.verdicts.sort(key=lambda one: place[one.id])
        self.findings.sort(key=lambda one: place[one.site])
        self.errors.sort(key=lambda one: place[one.site])
        for rows in (self.samples, self.exempted, self.columns, self.ipv6, self.availability):
            rows.sort(key=lambda row: place[row["site"]])
        self.sheets = dict(sorted(self.sheets.items(), key=lambda pair: place[pair[0]]))


class Exemptions:
    """Findings that a named person took out until a date; the last day counts."""

    def __init__(self, given: Sequence[Exemption], ruleset: RuleSet, today: date) -> None:
        self.active = [one for one in given if one.until >= today]
        self.expired = [one for one in given if one.until < today]
        self._categories = {rule.id: _categories(rule) for rule in ruleset.known}

    def match(self, category: str, url: str) -> Exemption | None:
        """The exemption that covers a finding of this category at this address.

        It may name any clause of the category: a blank column exempted under V4.3 is exempt under D9 as well.
        """
        for one in self.active:
            if normal(one.url) == normal(url) and category in self._categories.get(one.rule, ()):
                return one
        return None


def _categories(rule: Rule) -> tuple[str, ...]:
    columns = rule.check in ("column_class", "other_columns")
    return ("栏目不更新", "空白栏目", rule.category) if columns else (rule.category,)


def judge(
    facts: RoundFacts,
    ruleset: RuleSet,
    *,
    previous: Ledger | None = None,
    exemptions: Sequence[Exemption] = (),
    answers: Sequence[Answer] = (),
) -> Judgement:
    """The judgement of a round; the same facts give the same bytes.

    `exemptions` are added to the inventory's own; `answers` are what people reported (rules.forms).
    """
    context = Context(facts, ruleset.profile)
    waived = Exemptions([*facts.inventory.exemptions, *exemptions], ruleset, context.today)
    ledger = previous or Ledger()

    def discounted(site: str, category: str, url: str) -> bool:
        return waived.match(category, url) is not None or ledger.dismissed(fingerprint(category, site, url))

    context.discounted = discounted
    seen = Seen(ledger.open_before(facts.round, facts.as_of), context, ruleset, answers)
    published = PublicationCount(facts)
    work = _Work(ruleset, context, ledger, waived, seen, published, answers)
    result = _Round()
    for site in facts.sites():  # one at a time: a stored site is readable only until the next is drawn
        _judge_site(site, work, result)
    result.sort([site.id for site in facts.inventory.sites])
    closed = closed_now(previous, result.findings, facts.round, facts.as_of, seen.in_order)
    return Judgement(
        round=facts.round,
        as_of=facts.as_of.isoformat(),
        tool=tool(),
        profile=ruleset.profile.name,
        rules_digest=ruleset.digest,
        coverage=_coverage(result),
        sites=result.verdicts,
        findings=result.findings,
        errors=result.errors,
        closed=closed,
        extra=_extra(work, result),
    )


def tool() -> str:
    """Name and version that every document carries."""
    try:
        return f"xuncha {version('xuncha')}"
    except PackageNotFoundError:
        return "xuncha"


@dataclass(frozen=True)
class _Work:
    """What is the same for all sites of a judgement."""

    ruleset: RuleSet
    context: Context
    ledger: Ledger
    waived: Exemptions
    seen: Seen
    published: PublicationCount
    answers: Sequence[Answer]


def _judge_site(site: SiteFacts, work: _Work, result: _Round) -> None:
    ruleset, facts = work.ruleset, work.context.facts
    watchers = [work.published.visitor(site), work.seen.visitor(site)]
    drafted, errors = run_checks(site, ruleset, work.context, watchers)
    drafted = [one for one in drafted if not cleared(one, site, work.answers)]
    drafted += answered(site, (r for r in ruleset.rules if site.site.kind in r.applies_to), work.answers)
    standing = []
    for finding in sorted(merge(site, drafted), key=_order):
        exemption = work.waived.match(finding.category, finding.subject)
        if exemption is None:
            standing.append(_reviewed(finding, work.ledger))
        else:
            result.exempted.append(_exempted(finding, exemption))
    findings = with_history(standing, work.ledger, facts.round, facts.as_of)
    mine = [answer for answer in work.answers if answer.site == site.site.id]
    told = {answer.rule for answer in mine}
    waived = told - {answer.rule for answer in mine if answer.result != "不适用"}
    scored = site.site.kind == "portal" or ruleset.profile.scoring.departments
    lines = sheet(ruleset, findings, site.site.id, told, waived) if scored else []
    result.samples += work.context.drawn(site.site.id)
    work.seen.note_site(site, findings, {error.rule for error in errors})
    result.findings += findings
    result.errors += errors
    result.verdicts.append(verdict(site, ruleset, findings, lines))
    result.reasons.update(site.coverage.reasons)
    result.columns += column_rows(site, work.context)
    result.ipv6.append(ipv6_row(site, work.context))
    result.identity[site.site.id] = identity_row(site)
    series = availability_row(site, _watching(ruleset), ruleset.rule("V2") is not None)
    if series is not None:
        result.availability.append(series)
    if lines:
        result.sheets[site.site.id] = lines
        base = score(lines, services=site.site.id not in ruleset.profile.scoring.no_services)
        result.bonuses[site.site.id] = bonus_sheet(ruleset, findings, base, told)


def run_checks(
    site: SiteFacts, ruleset: RuleSet, context: Context, watchers: Sequence[PageVisitor] = ()
) -> tuple[list[Drafted], list[CheckError]]:
    """Every rule that applies to the site, and one walk over its pages. A check that raises leaves an error only."""
    drafted: list[Drafted] = []
    errors: list[CheckError] = []
    visitors: dict[int, tuple[Rule | None, PageVisitor]] = {n: (None, w) for n, w in enumerate(watchers)}
    for rule in (rule for rule in ruleset.rules if site.site.kind in rule.applies_to):
        spec = CHECKS[rule.check]
        try:
            if spec.run is not None:
                drafted += [(rule, draft) for draft in list(spec.run(site, rule, context))]
            elif spec.visitor is not None:
                visitors[len(visitors)] = (rule, spec.visitor(site, rule, context))
        except Exception as error:
            errors.append(_error(rule, site, error))
    _walk(site, visitors, errors)
    for found, visitor in visitors.values():
        try:
            drafts = list(visitor.drafts())
        except Exception as error:
            if found is None:
                raise
            errors.append(_error(found, site, error))
            continue
        if found is not None:
            drafted += [(found, draft) for draft in drafts]
    return drafted, errors


def _walk(site: SiteFacts, visitors: dict[int, tuple[Rule | None, PageVisitor]], errors: list[CheckError]) -> None:
    """Shows every page to every visitor; one that raises is dropped with all it found."""
    for page in site.pages() if visitors else ():
        for number, (rule, visitor) in list(visitors.items()):
            try:
                visitor.visit(page)
            except Exception as error:
                if rule is None:
                    raise
                errors.append(_error(rule, site, error))
                del visitors[number]


def _error(rule: Rule, site: SiteFacts, error: Exception) -> CheckError:
    return CheckError(rule=rule.id, site=site.site.id, error=f"{type(error).__name__}: {error}")


def _watching(ruleset: RuleSet) -> AvailabilityParams:
    """The numbers of V2 in this profile, the official ones where it does not use the rule."""
    rule = ruleset.rule("V2")
    return AvailabilityParams.model_validate(rule.params if rule else {})


def _exempted(finding: Finding, exemption: Exemption) -> dict[str, Any]:
    told = finding.model_dump(mode="json", include={"site", "unit", "rule", "category", "subject", "message"})
    return told | exemption.model_dump(mode="json", include={"until", "reason", "by"})


def _reviewed(finding: Finding, ledger: Ledger) -> Finding:
    """What a person confirmed stands: a candidate costs, or earns, the points that it would."""
    if not ledger.confirmed(finding.fingerprint):
        return finding
    update: dict[str, Any] = {"needs_review": False, "certainty": "confirmed"}
    points = finding.observed.get("points")
    if finding.level in ("deduction", "bonus") and getattr(finding, finding.level) is None:
        update |= {finding.level: points} if isinstance(points, int | float) else {}
    return finding.model_copy(update=update)


def _order(finding: Finding) -> tuple[object, ...]:
    return (
        finding.level != "veto",
        _CATEGORIES[finding.category],
        finding.certainty != "confirmed",
        rule_key(finding.rule),
        finding.subject,
        finding.fingerprint,
    )


def _coverage(result: _Round) -> CoverageSum:
    sites = result.verdicts
    return CoverageSum(
        sites=len(sites),
        pages=sum(site.pages for site in sites),
        links_checked=sum(site.links_checked for site in sites),
        blocked=sum(site.blocked for site in sites),
        unchecked=sum(site.unchecked for site in sites),
        errors=len(result.errors),
        reasons=dict(sorted(result.reasons.items())),
    )


def _extra(work: _Work, result: _Round) -> dict[str, Any]:
    ruleset, facts = work.ruleset, work.context.facts
    lines = next(iter(result.sheets.values()), sheet(ruleset, ()))
    return {
        "columns": result.columns,
        "ipv6": result.ipv6,
        "identity": dict(sorted(result.identity.items())),
        "availability": result.availability,
        "published": work.published.summary(),
        "media": media_table(ruleset, work.context),
        "units": unit_rows(facts.inventory, result.findings),
        "exempted": result.exempted,
        "expired_exemptions": [one.model_dump(mode="json") for one in work.waived.expired],
        "unscored": [line.rule.id for line in lines if line.undone],
        "answers": [answer.model_dump(mode="json") for answer in work.answers],
        "asked": asked(ruleset, facts.inventory),
        "unfilled": unfilled(ruleset, facts.inventory, work.answers),
        "score_sheets": {site: [line.row() for line in sheet_lines] for site, sheet_lines in result.sheets.items()},
        "bonus_sheets": {site: [line.row() for line in lines] for site, lines in sorted(result.bonuses.items())},
        "seed": facts.seed,
        "samples": result.samples,
        "profile_title": ruleset.profile.title,
    }
