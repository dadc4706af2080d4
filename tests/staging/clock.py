"""Dates of the staging city, counted back from the monitoring time the way the indicators count."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "CST")
_PART = re.compile(r"([+-]?)(\d+)([dmy])")


def beijing(as_of: datetime) -> datetime:
    """`as_of` on the clock of Beijing; a naive time is taken as Beijing's already."""
    if as_of.tzinfo is None:
        return as_of.replace(tzinfo=BEIJING)
    return as_of.astimezone(BEIJING)


def months_back(day: date, months: int) -> date:
    """The same day `months` calendar months earlier, or the last day of that month when it has no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def back(day: date, age: str) -> date:
    """The day that lies `age` before `day`: "14d", "6m", "1y", or summed up like "6m+1d".

    Months and years are calendar months and years, counted first; days are counted last.
    """
    parts = [(sign, int(number), letter) for sign, number, letter in _PART.findall(age)]
    if not parts or "".join(f"{s}{n}{u}" for s, n, u in parts) != age:
        raise ValueError(f"not an age: {age!r}")
    months = sum((-n if s == "-" else n) * (12 if u == "y" else 1) for s, n, u in parts if u in "my")
    days = sum(-n if s == "-" else n for s, n, u in parts if u == "d")
    return months_back(day, months) - timedelta(days=days)
