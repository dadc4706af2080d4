"""Working days by the holiday calendar that the State Council's office publishes each year."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CALENDAR = Path(__file__).with_name("holidays.yaml")
_DAY = r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日"
_OFF = re.compile(_DAY + r"[^，。；]*?(?:至(?:(?:(\d{4})年)?(\d{1,2})月)?(\d{1,2})日[^，。；]*?)?放假")
_WORK = re.compile(_DAY + r"(?:（[^）]*）)?(?=(?:[、和及](?:\d{4}年)?\d{1,2}月\d{1,2}日(?:（[^）]*）)?)*上班)")
_YEAR = re.compile(r"(20\d\d)年[^。]{0,40}(?:部分节假日|放假)")


@dataclass(frozen=True, slots=True)
class Workdays:
    """Days off and days worked on weekends; `years` are the years for which the calendar is known."""

    off: frozenset[date]
    work: frozenset[date]
    years: frozenset[int] = field(default_factory=frozenset)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on `day`; in a year without a calendar Monday to Friday."""
        if day in self.work:
            return True
        return day not in self.off and day.weekday() < 5

    def after(self, start: date, days: int) -> date:
        """The last of `days` working days counted from the day after `start`; `start` itself for 0 days."""
        day = start
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_workday(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 when `end` is not later."""
        span = range(1, (end - start).days + 1)
        return sum(self.is_workday(start + timedelta(days=n)) for n in span)

    def known(self, day: date) -> bool:
        """Whether the calendar of that day's year is on file."""
        return day.year in self.years

    def unknown(self, start: date, end: date) -> list[int]:
        """Years from `start` to `end` whose calendar is not on file: working days counted there are a guess."""
        return [year for year in range(start.year, end.year + 1) if year not in self.years]


def load(path: Path = CALENDAR) -> Workdays:
    """Read a calendar file; ValueError names what cannot be read."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (ValueError, yaml.YAMLError) as error:
        raise ValueError(f"{path} 不是有效的 YAML：{error}") from error
    off: set[date] = set()
    work: set[date] = set()
    for year, entry in raw.items():
        try:
            for span in entry["rest"]:
                off |= _span(span)
            work |= {_date(day) for day in entry["work"]}
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{path}：{year} 年的放假安排无法识别（{error}），应有 rest 和 work 两项，日期写作 2026-10-01"
            ) from error
    return Workdays(frozenset(off), frozenset(work), frozenset(int(year) for year in raw))


@cache
def official() -> Workdays:
    """The calendar that ships with the project."""
    return load()


def read_notice(text: str) -> tuple[int, dict[str, Any]]:
    """Year and calendar entry from the words of the official notice (“10月1日至7日放假调休…10月10日（周六）上班”).

    Raises ValueError when the text names no year or no day off.
    """
    flat = re.sub(r"\s+", "", text).replace("(", "（").replace(")", "）")
    named = _YEAR.search(flat)
    if named is None:
        raise ValueError("通知文本中没有找到年份，例如“2026年部分节假日安排”")
    year = int(named.group(1))
    off = [_notice_span(found, year) for found in _OFF.finditer(flat)]
    work = [date(int(y or year), int(m), int(d)).isoformat() for y, m, d in _WORK.findall(flat)]
    if not off:
        raise ValueError("通知文本中没有找到放假日期，例如“10月1日（周四）至7日（周三）放假调休”")
    number = re.search(r"国办发明电〔\d{4}〕\d+号", flat)
    return year, {"document": number.group(0) if number else "", "rest": off, "work": sorted(set(work))}


def add_year(path: Path, year: int, entry: dict[str, Any]) -> str:
    """The calendar file's text with that year set; the caller writes it."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    raw = {**(raw or {}), year: entry}
    head = "".join(line + "\n" for line in _comments(path))
    return head + yaml.safe_dump(dict(sorted(raw.items())), allow_unicode=True, sort_keys=False)


def _comments(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [line for line in lines if line.startswith("#")]


def _notice_span(found: re.Match[str], year: int) -> str:
    y1, m1, d1, y2, m2, d2 = found.groups()
    start = date(int(y1 or year), int(m1), int(d1))
    if d2 is None:
        return start.isoformat()
    end = date(int(y2 or start.year), int(m2 or m1), int(d2))
    return f"{start.isoformat()}/{end.isoformat()}"


def _date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value).strip())


def _span(value: object) -> set[date]:
    if isinstance(value, date):
        return {value}
    first, _, last = str(value).partition("/")
    start, end = _date(first), _date(last or first)
    return {start + timedelta(days=n) for n in range((end - start).days + 1)}
