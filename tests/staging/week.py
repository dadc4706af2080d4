"""A week of availability probes written into a store, site by site, each in a way that V2 has to judge (1.1.a).

The week is the seven whole days before the monitoring time, 20 looks a day: 140 looks. `WEEKS` names the ways and what
V2 makes of each: a confirmed veto, a suspected one, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from crawler.facts import schema

from .clock import BEIJING, beijing

DAYS, PER_DAY = 7, 20
CLOSED = (4, time(4), time(10))
"""The planned closure of the network city: days before the monitoring time, from, until."""
_SPACING = timedelta(minutes=72)
_QUICK_MS, _TIMEOUT_MS = 480, 15_000


@dataclass(frozen=True)
class Week:
    """One way a week may go.

    `failed`: looks that end in a time-out, spread over the week; `slow_ms`: they open instead, after that long;
    `per_day` looks a day; `outage`: looks of the fourth day that failed while our own network was down, beside the
    others; `outcome`: what a failed look ends as; `burst`: all failures within a few minutes of one another;
    `elsewhere`: a second place saw every look open; `closed`: failed looks in the planned closure of the
    fourth day, beside the others. `expected` is the certainty of the veto, None for no veto.
    """

    failed: int
    expected: str | None
    slow_ms: int = 0
    per_day: int = PER_DAY
    outage: int = 0
    outcome: str = "suspect"
    burst: bool = False
    elsewhere: bool = False
    closed: int = 0


WEEKS: dict[str, Week] = {
    "seven": Week(7, "confirmed"),  # 5 % of 140
    "six": Week(6, None),
    "slow": Week(7, "confirmed", slow_ms=15_000),  # 15 seconds count as not opened
    "nearly-slow": Week(7, None, slow_ms=14_999),
    "outage": Week(6, None, outage=12),  # our own network was down in the middle of the week
    "outage-and-seven": Week(7, "confirmed", outage=12),
    "few": Week(40, None, per_day=PER_DAY - 1),  # too few looks a day: not judged
    "blocked": Week(40, None, per_day=30, outcome="blocked"),  # refused as a robot is not closed
    "burst": Week(7, None, burst=True),  # looks less than five minutes apart count once
    "elsewhere": Week(7, "suspected", elsewhere=True),  # another place saw the site well
    "closure": Week(0, None, per_day=30, closed=12),  # closed by plan: more than 5 % if it counted
}


def write_week(engine: sa.Engine, site: str, url: str, week: Week, as_of: datetime) -> int:
    """Write the week's looks at one home page; how many rows there were."""
    rows = list(_looks(site, url, week, as_of))
    with engine.begin() as connection:
        connection.execute(sa.insert(schema.probe), rows)
    return len(rows)


def _looks(site: str, url: str, week: Week, as_of: datetime) -> Iterator[dict[str, Any]]:
    first = datetime.combine(beijing(as_of).date() - timedelta(days=DAYS), time(0, 6), BEIJING)
    spacing = min(_SPACING, timedelta(hours=23) / week.per_day)
    moments = [first + timedelta(days=day) + spacing * n for day in range(DAYS) for n in range(week.per_day)]
    step = len(moments) / max(1, week.failed)
    bad = set() if week.burst else {round(n * step) for n in range(week.failed)}
    for number, at in enumerate(moments):
        yield _look(site, url, at, week, failed=number in bad)
        if week.elsewhere:
            yield _look(site, url, at, week, failed=False) | {"place": "移动"}
    for number in range(week.failed if week.burst else 0):
        yield _look(site, url, moments[50] + timedelta(seconds=30 * number + 20), week, failed=True)
    for number in range(week.outage):
        at = first + timedelta(days=3, minutes=9) + spacing * number
        yield _look(site, url, at, Week(0, None), failed=True) | {"control_ok": False}
    for number in range(week.closed):
        at = first + timedelta(days=DAYS - CLOSED[0], hours=4, minutes=47 + 23 * number)
        yield _look(site, url, at, week, failed=True)


def _look(site: str, url: str, at: datetime, week: Week, *, failed: bool) -> dict[str, Any]:
    """One row of the table `probe`."""
    opened = not failed or bool(week.slow_ms)
    reasons = {"suspect": "timeout", "blocked": "http-403"}
    took = week.slow_ms or _TIMEOUT_MS if failed else _QUICK_MS
    return {
        "site": site, "url": url, "at": at.isoformat(timespec="seconds"), "place": "电信",
        "outcome": "ok" if opened else week.outcome, "reason": "ok" if opened else reasons[week.outcome],
        "status": 200 if opened else None, "ip": "127.0.0.1", "dns_ms": 12, "tcp_ms": 8, "tls_ms": None,
        "first_byte_ms": took // 2 if opened else None, "total_ms": took, "control_ok": True,
    }  # fmt: skip
