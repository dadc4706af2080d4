"""Windows of the indicators, counted back from the monitoring time on the calendar of Beijing; both ends count."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone

from pydantic import BaseModel, ConfigDict, Field, model_validator

BEIJING = timezone(timedelta(hours=8), "CST")
_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")
_QUARTER = re.compile(r"^(\d{4})-Q([1-4])$", re.IGNORECASE)
_HALF = re.compile(r"^(\d{4})-H([12])$", re.IGNORECASE)
_YEAR = re.compile(r"^(\d{4})$")


def beijing_day(moment: datetime) -> date:
    """The calendar day of a moment in Beijing; a naive moment is taken as Beijing's."""
    return moment.date() if moment.tzinfo is None else moment.astimezone(BEIJING).date()


def months_back(day: date, months: int) -> date:
    """The same day `months` calendar months earlier, or that month's last day when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class Window(BaseModel):
    """“前2周” “前6个月” “前1年”: exactly one of the three lengths."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int | None = Field(default=None, ge=1, le=3660, description="天数")
    months: int | None = Field(default=None, ge=1, le=120, description="自然月数")
    years: int | None = Field(default=None, ge=1, le=10, description="自然年数")
    first_level: bool = Field(default=False, description="只对一级栏目要求")

    @model_validator(mode="after")
    def _one_length(self) -> Window:
        if sum(part is not None for part in (self.days, self.months, self.years)) != 1:
            raise ValueError("days、months、years 三者须写且只写一个")
        return self

    def since(self, today: date) -> date:
        """The first day inside the window: an item of that very day is an update."""
        if self.days is not None:
            return today - timedelta(days=self.days)
        return months_back(today, self.months if self.months is not None else 12 * (self.years or 0))

    @property
    def text(self) -> str:
        """As the indicators say it: 2周, 30天, 6个月, 1年."""
        if self.days is not None:
            return f"{self.days // 7}周" if self.days % 7 == 0 and self.days <= 28 else f"{self.days}天"
        return f"{self.months}个月" if self.months is not None else f"{self.years}年"


def period(round_name: str, as_of: datetime) -> tuple[date, date]:
    """First and last day that a round reports on, the last not after `as_of`.

    Rounds are named 2026-11, 2026-Q4, 2026-H2 or 2026; any other name means the month of `as_of`.
    """
    today = beijing_day(as_of)
    first, months = _span(round_name) or (today.replace(day=1), 1)
    after = months_back(first, -months)
    return first, max(first, min(after - timedelta(days=1), today))


def _span(name: str) -> tuple[date, int] | None:
    if found := _MONTH.match(name):
        return date(int(found[1]), int(found[2]), 1), 1
    if found := _QUARTER.match(name):
        return date(int(found[1]), 3 * int(found[2]) - 2, 1), 3
    if found := _HALF.match(name):
        return date(int(found[1]), 6 * int(found[2]) - 5, 1), 6
    if found := _YEAR.match(name):
        return date(int(found[1]), 1, 1), 12
    return None


def chinese_day(day: date) -> str:
    """2026年11月5日."""
    return f"{day.year}年{day.month}月{day.day}日"
