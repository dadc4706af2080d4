"""Days on which a home page never opened, and which addresses of given hosts a site's pages led to (G15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crawler.facts import schema
from crawler.outcomes import REASONS, Outcome, Reason

_CHINA = ZoneInfo("Asia/Shanghai")
_VOID = (Outcome.BLOCKED, Outcome.UNCHECKED)  # it is we who were refused


@runtime_checkable
class KnowsOffline(Protocol):
    """Site facts that reach back further than one round."""

    def down_days(self, since: date, looks: int) -> Sequence[date]:
        """Days since then on which each of at least `looks` probes failed while our own network was up."""
        ...

    def led_to(self, hosts: Sequence[str]) -> Iterator[tuple[str, str]]:
        """(address, page that led to it first) of addresses on these hosts that pages of this site led to."""
        ...


def down_days(db: Connection, site: str, url: str, since: date, until: datetime, looks: int) -> list[date]:
    """From the probes themselves and from the days that older probes were thinned to; every place must agree."""
    probe, days = schema.probe, schema.probe_day
    all_looks: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    first = (datetime.combine(since, datetime.min.time(), _CHINA) - timedelta(days=1)).isoformat()
    query = sa.select(probe.c.at, probe.c.outcome, probe.c.control_ok)
    for row in db.execute(query.where(probe.c.site == site, probe.c.url == url, probe.c.at >= first)):
        at = datetime.fromisoformat(row.at)
        if row.control_ok and row.outcome not in _VOID and at <= until:
            day = at.astimezone(_CHINA).date().isoformat()
            all_looks[day] += 1
            failed[day] += row.outcome != "ok"
    thinned = sa.select(days).where(days.c.site == site, days.c.url == url, days.c.day >= since.isoformat())
    for row in db.execute(thinned):
        refused = sum(n for reason, n in (row.reasons or {}).items() if REASONS[Reason(reason)].outcome in _VOID)
        all_looks[row.day] += row.looks - row.unsure - refused
        failed[row.day] += row.failed - refused
    last = until.astimezone(_CHINA).date()
    found = [date.fromisoformat(day) for day, count in all_looks.items() if count >= looks and failed[day] == count]
    return sorted(day for day in found if since <= day <= last)


def led_to(db: Connection, run: int, mine: sa.ColumnElement[bool], hosts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """`mine` says that an address's parent is a page of the site. One pass over the addresses, ports told apart not."""
    table = schema.address
    on = [
        sa.or_(table.c.url.startswith(f"{scheme}://{host}/"), table.c.url.startswith(f"{scheme}://{host}:"))
        for host in hosts
        for scheme in ("http", "https")
    ]
    query = sa.select(table.c.url, table.c.parent).where(table.c.run == run, table.c.parent.is_not(None), mine)
    for row in db.execute(query.where(sa.or_(*on)).order_by(table.c.url)) if on else ():
        yield row.url, row.parent
