"""Every number of a bulletin, computed once from a judgement; texts and annexes print these and count nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crawler.inventory import Inventory
from reports import figures
from reports.problems import Names, Problem, certain, group, key_of, problems, publishable, rows_of, suspects
from rules.schema import Finding, Judgement, SiteVerdict


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

    def count(self, result: str) -> int:
        """How many ended as `result`."""
        return sum(r.result == result for r in self.reviews)

    @property
    def total(self) -> int:
        """Problems of the last bulletin."""
        return len(self.reviews)


@dataclass(frozen=True)
class ColumnCount:
    """Columns by state; `due` are those that must be updated; the four states add up to it."""

    total: int = 0
    due: int = 0
    normal: int = 0
    stale: int = 0
    blank: int = 0
    undecided: int = 0


@dataclass(frozen=True)
class Ipv6Count:
    """Sites by IPv6 state of their home host; `untested` ones are in no rate."""

    supported: int = 0
    unsupported: int = 0
    untested: int = 0

    @property
    def tested(self) -> int:
        """Sites with a result."""
        return self.supported + self.unsupported


@dataclass(frozen=True)
class Published:
    """Items published in the window, by column type and unit id, the largest first."""

    total: int = 0
    by_type: tuple[tuple[str, int], ...] = ()
    by_unit: tuple[tuple[str, int], ...] = ()
    start: str = ""
    end: str = ""


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
    extra: dict[str, Any] = field(default_factory=dict)

    def of(self, categories: Iterable[str]) -> list[Problem]:
        """The problems of those categories, worst first."""
        wanted = set(categories)
        return [p for p in self.problems if p.finding.category in wanted]

    def category(self, name: str) -> int:
        """Problems of one category."""
        return dict(self.by_category).get(name, 0)


def compute(judgement: Judgement, inventory: Inventory, before: Judgement | None = None, decimals: int = 1) -> Numbers:
    """The numbers of `judgement`; `before` is the judgement of the last bulletin, for comparison and review."""
    found = problems(judgement)
    names = Names(judgement, inventory)
    cover = judgement.coverage
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
        repeated=tuple(p for p in found if p.status in ("未整改", "反弹")),
        back=sum(p.status == "反弹" for p in found),
        columns=count_columns(rows_of(judgement.extra, "columns")),
        ipv6=count_ipv6(rows_of(judgement.extra, "ipv6")),
        published=count_published(judgement.extra.get("published")),
        accounts=len(inventory.media_accounts),
        accounts_with_problems=len({p.finding.subject for p in media}),
        exempted=_amount(judgement.extra.get("exempted")),
        extra=judgement.extra,
    )


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
        carried = [f for f in now.findings if publishable(f) and f.status == "未整改"]
        told, code, rate = group([*filter(certain, now.closed), *carried]), "", None
    if not told and before is None:
        return None
    open_now = _marks(f for f in now.findings if publishable(f))
    closed = _marks(now.closed)
    reviews = []
    for problem in told:
        marks = _marks(problem.findings)
        result = "未整改" if marks & open_now else "已整改" if marks & closed else "未能复核"
        reviews.append(Review(problem, result))
    return LastRound(code, tuple(reviews), rate)


def _marks(findings: Iterable[Finding]) -> set[object]:
    marks: set[object] = set()
    for finding in findings:
        marks |= {finding.fingerprint, key_of(finding)}
    return marks


def count_columns(rows: Sequence[dict[str, Any]]) -> ColumnCount:
    """Columns by state; 不适用 ones are not due."""
    states = Counter(str(r.get("state")) for r in rows)
    return ColumnCount(
        total=len(rows),
        due=len(rows) - states["不适用"],
        normal=states["正常"],
        stale=states["未更新"],
        blank=states["空白"],
        undecided=states["未能判定"] + states["无法访问"],
    )


def count_ipv6(rows: Sequence[dict[str, Any]]) -> Ipv6Count:
    """Sites by the state of their IPv6 address."""
    states = Counter(str(r.get("aaaa")) for r in rows)
    return Ipv6Count(states["支持"], states["不支持"], len(rows) - states["支持"] - states["不支持"])


def count_published(raw: object) -> Published:
    """The published items; a unit's or type's value may be a number or a mapping with `total`."""
    if not isinstance(raw, dict):
        return Published()
    return Published(
        total=_whole(raw.get("total")),
        by_type=_sorted_counts(raw.get("by_type")),
        by_unit=_sorted_counts(raw.get("by_unit")),
        start=str(raw.get("from") or ""),
        end=str(raw.get("to") or ""),
    )


def spotless(judgement: Judgement, numbers: Numbers) -> list[SiteVerdict]:
    """Sites to praise: passed, walked in full, no problem and nothing suspected, the most links checked first."""
    marked = {f.site for f in judgement.findings if f.level != "bonus" and f.status != "误报"}
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


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _amount(value: object) -> int:
    return len(value) if isinstance(value, list | dict) else _whole(value)


def _sorted_counts(raw: object) -> tuple[tuple[str, int], ...]:
    if not isinstance(raw, dict):
        return ()
    counts = {str(k): _whole(v.get("total")) if isinstance(v, dict) else _whole(v) for k, v in raw.items()}
    return tuple(sorted(((k, n) for k, n in counts.items() if n), key=lambda kv: (-kv[1], kv[0])))
