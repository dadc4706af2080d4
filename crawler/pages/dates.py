"""Dates as Chinese pages write them: digits, full-width digits, 〇一二, with times; and dates in addresses."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import NamedTuple

from crawler.pages.near import near


class Hit(NamedTuple):
    """A full date at `start`…`stop` of a text."""

    start: int
    stop: int
    day: date


_FULL = re.compile(  # asked only where a year of the two centuries stands
    r"((?:19|20)\d\d)(?<!\d.{4})(?<![A-Za-z\d][-/._].{4})[ \t]?(?:[-/.－／．‐‑–—−]|年)[ \t]?(\d{1,2})[ \t]?"
    r"(?:[-/.－／．‐‑–—−]|月)[ \t]?(\d{1,2})(?!\d|[-/]\d(?!\d?:))[日号]?"
)
_CHINESE = re.compile(
    r"([〇○零Ｏ一二三四五六七八九]{4})\s?年\s?([一二三四五六七八九十]{1,2})\s?月\s?"
    r"([一二三四五六七八九十廿卅]{1,3})\s?[日号]"
)
_ENGLISH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s+(\d{1,2})(?:st|nd|rd|th)?\s*,?\s+((?:19|"
    r"20)\d\d)\b"
    r"|\b(\d{1,2})(?:st|nd|rd|th)?\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?,?\s+((?:19|"
    r"20)\d\d)\b",
    re.I,
)
_MONTHS = {
    name: place
    for place, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_WIDE_DIGITS = "０１２３４５６７８９"
_ZEROS = "〇○零Ｏ"
_WIDE = {ord("０") + digit: str(digit) for digit in range(10)}
_DIGITS = {mark: digit for digit, marks in enumerate((_ZEROS, *"一二三四五六七八九")) for mark in marks}
_CLOCK = re.compile(r"[\s-]*T?\s*(\d{1,2})\s?[:：∶时点]\s?(\d{1,2})(?:\s?[:：∶分]\s?(\d{1,2}))?")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)(?!\d)")
_URL_DAY = re.compile(
    r"(?<![\dA-Za-z])(?:t|P0|W0|content_|art_)?((?:19|20)\d\d)(?:(0[1-9]|1[0-2])([0-3]\d)(?!\d)"
    r"|[-/_](\d{1,2})[-/_](\d{1,2})(?=[/_.\-]|\Z)|/?(0[1-9]|1[0-2])/([0-3]\d)(?=[/_.\-t]|\Z)|/([01]\d)([0-3]\d)/)"
)
_URL_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/_]?(0[1-9]|1[0-2])(?!\d)")
_URL_YEAR = re.compile(r"(?<![\dA-Za-z])((?:19|20)\d\d)(?=[/_-])")
FIRST_YEAR = 1990
LAST_YEAR = 2100


def day_of(year: int, month: int, day: int) -> date | None:
    """A calendar date, None when there is no such day or no site could have shown it."""
    if not FIRST_YEAR <= year < LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def narrow(text: str) -> str:
    """Full-width digits as plain ones, at the same places."""
    return text.translate(_WIDE) if any(digit in text for digit in _WIDE_DIGITS) else text


def find_dates(text: str) -> list[Hit]:
    """Every full date in the text, in order. `text` has plain digits (see `narrow`)."""
    hits = [hit for century in ("20", "19") for found in near(_FULL, text, century, 0) if (hit := _digits(found))]
    if "一九九" in text or any(zero in text for zero in _ZEROS):  # every year of 1990 to 2099 has one of these
        hits += [hit for found in near(_CHINESE, text, "年", 5) if (hit := _chinese(found))]
    hits.sort()
    return hits or [hit for hit in map(_english, _ENGLISH.finditer(text)) if hit is not None]


def find_compact(text: str) -> list[Hit]:
    """Dates of eight digits; only to be asked where a label already says that a date follows."""
    hits = []
    matches = [found for century in ("20", "19") for found in near(_COMPACT, text, century, 0)]
    for found in sorted(matches, key=re.Match.start):
        day = day_of(int(found.group(1)), int(found.group(2)), int(found.group(3)))
        if day is not None:
            hits.append(Hit(found.start(), found.end(), day))
    return hits


def parse_moment(text: str) -> datetime | None:
    """The first date of a short string, with its time of day when one follows."""
    text = narrow(" ".join(text[:200].split()))
    hits = find_dates(text) or find_compact(text)
    if not hits:
        return None
    clock = _CLOCK.match(text, hits[0].stop)
    moment = datetime.combine(hits[0].day, time())
    if clock is None:
        return moment
    hour, minute, second = (int(part or 0) for part in clock.groups())
    return (
        moment.replace(hour=hour, minute=minute, second=second) if hour < 24 and minute < 60 and second < 60 else moment
    )


def day_in_url(url: str) -> date | None:
    """The day that an address names (`t20240103_…`, `/art/2024/1/3/`, `/202401/03/`), a hint only."""
    path = url.split("://", 1)[-1].partition("/")[2]
    for found in _URL_DAY.finditer(path):
        parts = [part for part in found.groups() if part]
        day = day_of(int(parts[0]), int(parts[1]), int(parts[2]))
        if day is not None:
            return day
    return None


def year_in_url(url: str) -> tuple[int, int | None] | None:
    """(year, month or None) that an address names, for list dates that stand without a year."""
    day = day_in_url(url)
    if day is not None:
        return day.year, day.month
    path = url.split("://", 1)[-1].partition("/")[2]
    found = _URL_MONTH.search(path)
    if found:
        return int(found.group(1)), int(found.group(2))
    year = _URL_YEAR.search(path)
    return (int(year.group(1)), None) if year else None


def _digits(found: re.Match[str]) -> Hit | None:
    day = day_of(int(found.group(1)), int(found.group(2)), int(found.group(3)))
    return Hit(found.start(), found.end(), day) if day else None


def _chinese(found: re.Match[str]) -> Hit | None:
    year = int("".join(str(_DIGITS[mark]) for mark in found.group(1)))
    day = day_of(year, _numeral(found.group(2)), _numeral(found.group(3)))
    return Hit(found.start(), found.end(), day) if day else None


def _numeral(text: str) -> int:
    """Chinese numeral below one hundred."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return sum(_DIGITS[mark] * 10**place for place, mark in enumerate(reversed(text)))
    return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)


def _english(found: re.Match[str]) -> Hit | None:
    name, number, year, number2, name2, year2 = found.groups()
    day = day_of(int(year or year2), _MONTHS[(name or name2).lower()], int(number or number2))
    return Hit(found.start(), found.end(), day) if day else None
