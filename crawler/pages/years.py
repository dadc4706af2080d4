"""The year of list dates that stand without one: from the address, the neighbours or as-of, never in the future."""

from __future__ import annotations

from datetime import date, timedelta

from crawler.pages.dates import year_in_url
from crawler.pages.partial import Partial
from crawler.pages.rows import Row


def settle_years(rows: list[Row], latest: date, as_of: date) -> None:
    """Give every partial date its year. `latest` is the day of as-of, or of the page's generation when that is earlier.

    A date later than the day after as-of is dropped, full or not: a deadline in the future is no update.

    A list runs from new to old, so a date may not lie after its upper neighbour; a pinned entry (置顶) is no neighbour.
    """
    ceiling = latest + timedelta(days=1)
    upper: date | None = None
    for row in rows:
        partial = row.partial
        if row.day is None and partial is not None:
            row.day = _settled(partial, row.url, upper, ceiling)
        if row.day is not None and row.day > as_of + timedelta(days=1):
            row.day = None
        elif row.day is not None and not row.pinned:
            upper = row.day


def _settled(partial: Partial, url: str, upper: date | None, ceiling: date) -> date | None:
    if partial.year is not None:
        day = partial.on(partial.year)
        return day if day is not None and day <= ceiling else None
    named = year_in_url(url)
    if named is not None:
        year, month = named
        day = _nearest(partial, year, month)
        if day is not None and day <= ceiling:
            return day
    newest = _latest(partial, ceiling)
    if newest is None or upper is None:
        return newest
    if newest > upper and (newest - upper).days > 60:
        return _latest(partial, upper + timedelta(days=31)) or newest
    return newest


def _nearest(partial: Partial, year: int, month: int | None) -> date | None:
    """The day in the year of the address; an address made in December may hold an entry dated January."""
    if month is not None and partial.month - month >= 11:
        return partial.on(year - 1)
    if month is not None and month - partial.month >= 11:
        return partial.on(year + 1)
    return partial.on(year)


def _latest(partial: Partial, ceiling: date) -> date | None:
    """The latest such day that is not after the ceiling (29 February looks back to a leap year)."""
    for year in range(ceiling.year, ceiling.year - 9, -1):
        day = partial.on(year)
        if day is not None and day <= ceiling:
            return day
    return None
