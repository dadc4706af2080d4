"""站点无法访问: V2 over the worst seven days of probes (国办秘函〔2019〕19号 第一部分 二; domain 1.1.a)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable

from pydantic import Field

from crawler.facts import Outcome, Reason, SiteFacts
from crawler.inventory import Site
from rules.checks.home import home_place
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule
from rules.windows import beijing_day, chinese_day

_OURS = (Reason.TLS_HANDSHAKE.value, Reason.TLS_SM2_ONLY.value)
"""Our TLS could not, a reader's browser may (F7, F8): such a probe tells nothing."""
_OPENED = (
    Reason.EMPTY_PAGE.value, Reason.VIEWER_PAGE.value, Reason.CHANGED_OWNER.value, Reason.SOFT_404.value,
    Reason.CATCH_ALL.value,
)  # fmt: skip
"""What is wrong with a page that did open is told by other indicators."""
_REFUSED_BY_STATUS = (
    Reason.HTTP_404.value, Reason.HTTP_410.value, Reason.HTTP_4XX.value, Reason.HTTP_5XX.value,
    Reason.REDIRECT_LOOP.value,
)  # fmt: skip
"""The server answered at once: robots are refused this way too (F4)."""


class Look(Protocol):
    """One probe of a home page, as the store keeps it."""

    @property
    def at(self) -> datetime: ...
    @property
    def outcome(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def total_ms(self) -> int | None: ...
    @property
    def control_ok(self) -> bool: ...
    @property
    def place(self) -> str: ...


@runtime_checkable
class Watched(Protocol):
    """Site facts that carry the series of probes."""

    @property
    def site(self) -> Site:
        """The site as the inventory has it."""
        ...

    @property
    def looks(self) -> Sequence[Look]:
        """Every probe of the home page near the round, in any order."""
        ...


class AvailabilityParams(Params):
    """The numbers of V2."""

    days: int = Field(default=7, ge=1, le=31, description="连续监测几天")
    per_day: int = Field(default=20, ge=1, le=1440, description="每天至少几次")
    apart_minutes: int = Field(default=5, ge=0, le=240, description="两次至少相隔几分钟，更密的只计一次")
    slow_seconds: float = Field(default=15, gt=0, le=600, description="几秒打不开算一次失败")
    share: float = Field(default=0.05, gt=0, le=1, description="失败占比达到多少即否决")


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days of probes from one place: those counted, those failed, and how many of these by an answer."""

    first: date
    last: date
    looks: int
    failed: int
    place: str = ""
    answered: int = 0

    @property
    def share(self) -> float:
        """Failed of counted."""
        return self.failed / self.looks if self.looks else 0.0


def open_looks(site: Watched) -> list[Look]:
    """Probes of times at which the site was not closed by plan."""
    return [look for look in site.looks if not site.site.closed_at(look.at)]


def spaced(looks: Sequence[Look], minutes: int) -> list[Look]:
    """Probes that count: our own network was up, we were not refused as a robot, our TLS was not what failed, far
    enough from the one before."""
    void = (Outcome.BLOCKED, Outcome.UNCHECKED)
    fair = [look for look in looks if look.control_ok and look.outcome not in void and look.reason not in _OURS]
    kept: list[Look] = []
    for look in sorted(fair, key=lambda one: one.at):
        if not kept or look.at - kept[-1].at >= timedelta(minutes=minutes):
            kept.append(look)
    return kept


def has_failed(look: Look, slow_seconds: float) -> bool:
    """No good answer, or none within the limit (the limit itself counts as too slow)."""
    refused = look.outcome != Outcome.OK and look.reason not in _OPENED
    return refused or (look.total_ms is not None and look.total_ms >= slow_seconds * 1000)


def worst_week(looks: Sequence[Look], params: AvailabilityParams) -> Week | None:
    """The run of days with the highest share of failures; None when no run of days has probes enough."""
    by_day: dict[date, list[Look]] = {}
    for look in spaced(looks, params.apart_minutes):
        by_day.setdefault(beijing_day(look.at), []).append(look)
    enough = {day for day, found in by_day.items() if len(found) >= params.per_day}
    weeks = []
    place = next((look.place for look in looks), "")
    for first in sorted(enough):
        days = [first + timedelta(days=n) for n in range(params.days)]
        if enough.issuperset(days):
            counted = [look for day in days for look in by_day[day]]
            failed = [look for look in counted if has_failed(look, params.slow_seconds)]
            answered = sum(look.reason in _REFUSED_BY_STATUS for look in failed)
            weeks.append(Week(first, days[-1], len(counted), len(failed), place, answered))
    return max(weeks, key=lambda week: (week.share, week.last), default=None)


def by_place(looks: Sequence[Look], params: AvailabilityParams) -> list[Week]:
    """The worst week as each place saw it, worst place first; places with too few probes are left out."""
    places = sorted({look.place for look in looks})
    weeks = [worst_week([look for look in looks if look.place == place], params) for place in places]
    return sorted((week for week in weeks if week is not None), key=lambda week: (-week.share, week.place))


@check("availability", params=AvailabilityParams, fields=("first", "last", "looks", "failed", "share", "limit"))
def availability(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """V2: too few probes, or none at all, is no judgement, and told.

    A place that saw the site well leaves a doubt; so do failures that are answers of the server at once.
    """
    params = AvailabilityParams.model_validate(rule.params)
    weeks = by_place(open_looks(site), params) if isinstance(site, Watched) else []
    bad = [week for week in weeks if week.failed >= params.share * week.looks]
    if not bad:
        return
    week = bad[0]
    certain = len(bad) == len(weeks) and week.failed - week.answered >= params.share * week.looks
    values = {
        "first": chinese_day(week.first), "last": chinese_day(week.last), "looks": week.looks, "failed": week.failed,
        "share": f"{100 * week.share:.1f}%", "limit": f"{100 * params.share:g}%",
    }  # fmt: skip
    yield Draft(
        subject=site.site.url,
        message=fill(rule.message, values),
        gist="availability",
        certainty="confirmed" if certain else "suspected",
        where=(home_place(site),),
        where_count=1,
        observed={
            "from": week.first.isoformat(), "to": week.last.isoformat(), "looks": week.looks, "failed": week.failed,
            "place": week.place, "answered": week.answered,
        },
    )  # fmt: skip
