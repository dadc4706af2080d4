"""Every number of a bulletin, computed once from a judgement; texts and annexes print these and count nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from crawler.inventory import Inventory
from reports import figures
from reports.counts import (
    ColumnCount,
    Ipv6Count,
    Published,
    count_columns,
    count_ipv6,
    count_published,
    whole_number,
)
from reports.problems import Names, Problem, certain, group, key_of, problems, publishable, rows_of, suspects
from reports.spans import Span, span_of
from rules.schema import Finding, Judgement, SiteVerdict

__all__ = ["ColumnCount", "Ipv6Count", "Numbers", "Published", "SiteCount", "compute", "count_published", "count_sites"]


@dataclass(frozen=True)
class SiteCount:
    """Sites of the round: in the inventory, checked, and by verdict. A rate counts concluded sites only."""

    total: int
    checked: int
    portals: int
    departments: int
    passed: int
    failed: int
    pending: int

    @property
    def concluded(self) -> int:
        """Sites with a verdict of their own: passed or failed."""
        return self.passed + self.failed

    def percent(self, decimals: int) -> Decimal | None:
        """合格率 = 合格数 ÷ 已形成结论数."""
        return figures.percent(self.passed, self.concluded, decimals)


@dataclass(frozen=True)
class Review:
    """A problem of the last bulletin and what became of it: 已整改, 未整改 or 未能复核."""

    problem: Problem
    result: str


@dataclass(frozen=True)
class LastRound:
    """上期问题整改情况: the problems of the last bulletin, each with its result."""

    round: str
    reviews: tuple[Review, ...]
    rate: Decimal | None
    left_open: bool = False  # the last bulletin told a period: only what it left open is reviewed

    def count(self, result: str) -> int:
        """How many ended as `result`."""
        return sum(r.result == result for r in self.reviews)

    @property
    def total(self) -> int:
        """Problems of the last bulletin."""
        return len(self.reviews)


@dataclass(frozen=True)
class Numbers:
    """All of a round's numbers."""

    sites: SiteCount
    problems: tuple[Problem, ...]
    suspected: int
    by_category: tuple[tuple[str, int], ...]
    by_unit: tuple[tuple[str, int], ...]
    units_checked: int
    pages: int
    links: int
    blocked: int
    unchecked: int
    errors: int
    reasons: tuple[tuple[str, int], ...]
    last: LastRound | None
    repeated: tuple[Problem, ...]
    back: int
    columns: ColumnCount
    ipv6: Ipv6Count
    published: Published
    accounts: int
    accounts_with_problems: int
    exempted: int = 0
    span: Span | None = None
    fixed_here: tuple[Problem, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def found(self) -> tuple[Problem, ...]:
        """What the bulletin tells: the open problems, in a period also those it found and saw fixed."""
        return self.problems + self.fixed_here

    @property
    def found_by_category(self) -> tuple[tuple[str, int], ...]:
        """All told problems by category, the largest first."""
        return _ranked(p.finding.category for p in self.found)

    @property
    def found_by_unit(self) -> tuple[tuple[str, int], ...]:
        """All told problems by unit, the largest first."""
        return _ranked(p.finding.unit for p in self.found)

    @property
    def unseen(self) -> int:
        """Open problems of a period whose place its last round did not see."""
        return sum(_unseen(p, self.span) for p in self.problems)

    def state(self, problem: Problem) -> str:
        """新增, 未整改, 反弹, 已整改, or 未能复核 for what a period's last round did not see."""
        return "未能复核" if _unseen(problem, self.span) else problem.status

    def of(self, categories: Iterable[str]) -> list[Problem]:
        """The told problems of those categories, open ones first, worst first."""
        wanted = set(categories)
        return [p for p in self.found if p.finding.category in wanted]

    def category(self, name: str) -> int:
        """Problems of one category."""
        return dict(self.found_by_category).get(name, 0)


def compute(judgement: Judgement, inventory: Inventory, before: Judgement | None = None, decimals: int = 1) -> Numbers:
    """The numbers of `judgement`; `before` is the judgement of the last bulletin, for comparison and review."""
    found = problems(judgement)
    names = Names(judgement, inventory)
    cover = judgement.coverage
    span = span_of(judgement)
    media = [p for p in found if p.finding.category == "政务新媒体"]
    return Numbers(
        sites=count_sites(judgement, len(inventory.sites)),
        problems=tuple(found),
        suspected=len(suspects(judgement)),
        by_category=_ranked(p.finding.category for p in found),
        by_unit=_ranked(p.finding.unit for p in found),
        units_checked=len(names.checked_units),
        pages=cover.pages,
        links=cover.links_checked,
        blocked=cover.blocked,
        unchecked=cover.unchecked,
        errors=cover.errors,
        reasons=tuple(sorted(cover.reasons.items(), key=lambda kv: (-kv[1], kv[0]))),
        last=last_round(judgement, before, decimals),
        repeated=tuple(p for p in found if p.status in ("未整改", "反弹") and not _unseen(p, span)),
        back=sum(p.status == "反弹" for p in found),
        columns=count_columns(rows_of(judgement.extra, "columns")),
        ipv6=count_ipv6(rows_of(judgement.extra, "ipv6")),
        published=count_published(judgement.extra.get("published")),
        accounts=len(rows_of(judgement.extra, "media")) or (len(inventory.media_accounts) if media else 0),
        accounts_with_problems=len({p.finding.subject for p in media}),
        exempted=_amount(judgement.extra.get("exempted")),
        span=span,
        fixed_here=_fixed_here(judgement, span, found),
        extra=judgement.extra,
    )


def _unseen(problem: Problem, span: Span | None) -> bool:
    return span is not None and all(f.fingerprint in span.unseen for f in problem.findings)


def _fixed_here(judgement: Judgement, span: Span | None, standing: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems that a period both found and saw fixed; those of one round are told in the next bulletin."""
    if span is None:
        return ()
    open_now = {p.key for p in standing}
    closed = group(f for f in judgement.closed if f.fingerprint in span.found and certain(f))
    return tuple(p for p in closed if p.key not in open_now)


def count_sites(judgement: Judgement, total: int) -> SiteCount:
    """Sites by kind and verdict; `total` is the number in the inventory."""
    kinds = Counter(s.kind for s in judgement.sites)
    verdicts = Counter(s.verdict for s in judgement.sites)
    return SiteCount(
        total=max(total, len(judgement.sites)),
        checked=len(judgement.sites),
        portals=kinds["portal"],
        departments=kinds["department"],
        passed=verdicts["合格"],
        failed=verdicts["不合格"],
        pending=verdicts["待人工复核"],
    )


def last_round(now: Judgement, before: Judgement | None, decimals: int = 1) -> LastRound | None:
    """What became of the last bulletin's problems; None when there was no earlier round."""
    if before is not None:
        told, code = problems(before), before.round
        rate = count_sites(before, 0).percent(decimals)
    else:
        mine = set(span.rounds) if (span := span_of(now)) else set()
        carried = [f for f in now.findings if publishable(f) and f.status == "未整改"]
        older = [f for f in [*filter(certain, now.closed), *carried] if f.first_seen not in mine]
        told, code, rate = group(older), "", None
    if not told and before is None:
        return None
    open_now = _marks(f for f in now.findings if publishable(f))
    closed = _marks(now.closed)
    reviews = []
    for problem in told:
        marks = _marks(problem.findings)
        result = "未整改" if marks & open_now else "已整改" if marks & closed else "未能复核"
        reviews.append(Review(problem, result))
    return LastRound(code, tuple(reviews), rate, before is not None and span_of(before) is not None)


def _marks(findings: Iterable[Finding]) -> set[object]:
    marks: set[object] = set()
    for finding in findings:
        marks |= {finding.fingerprint, key_of(finding)}
    return marks


def spotless(judgement: Judgement, numbers: Numbers) -> list[SiteVerdict]:
    """Sites to praise: passed, walked in full, no problem and nothing suspected, the most links checked first."""
    marked = {f.site for f in judgement.findings if f.level != "bonus" and f.status != "误报"}
    marked |= {p.finding.site for p in numbers.fixed_here}
    blameless = [
        s
        for s in judgement.sites
        if s.verdict == "合格"
        and s.id not in marked
        and s.pages
        and s.links_checked
        and not s.blocked
        and not s.unchecked
    ]
    return sorted(blameless, key=lambda s: (-s.links_checked, s.id))


def _ranked(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(values).items(), key=lambda kv: (-kv[1], kv[0])))


def _amount(value: object) -> int:
    return len(value) if isinstance(value, list | dict) else whole_number(value)
