"""Dates of a list row that stand without a year or in pieces: `[11-18]`, a day over a month, `18 / 2026-11`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from crawler.pages.dates import day_of

_SPLIT = (
    (re.compile(r"(?<![\d.:/-])(\d{1,2})\s*日?\s*[\n ]\s*((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?月?(?![-/.:\d])"),
    "dym"),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?月?\s*[\n ]\s*(\d{1,2})\s?日?(?![-/.:\d])"), "ymd"),
    (re.compile(r"(?<![\d.:/-])(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?\s*[\n ]\s*((?:19|20)\d\d)\s?年?(?![-/.:\d])"),
    "mdy"),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)\s?年?\s*[\n ]\s*(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?(?![-/.:\d])"), "ymd"),
    (re.compile(r"(?<![\d.:/-])(\d{1,2})\s?日?\s*\n\s*(\d{1,2})\s?月(?!\d)"), "dm"),
    (re.compile(r"(?<![\d.:/-])(\d{1,2})\s?月\s*\n\s*(\d{1,2})\s?日?(?![-/.:\d])"), "md"),
    (re.compile(r"(?:^|\n|[\[(（【])\s*(\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\s*(?=$|\n|[\])）】])"), "ymd2"),
    (re.compile(r"(?:^|\n|[\[(（【]|\s{1,3})\s*(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?(?:\s+\d\d:\d\d)?\s*(?=$|\n|"
                r"[\])）】])"), "md"),
    (re.compile(r"(?:^|\n)\s*((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)\s*(?=$|\n)"), "ymd"),
)  # fmt: skip
_DIGIT = re.compile(r"\d")
_BRACKETED = re.compile(
    r"[\[(（【]\s*(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?\s*[\])）】]\s*(?:\Z|\n)|\A\s*[\[(（【]\s*"
    r"(\d{1,2})[-/.月](\d{1,2})日?\s*[\])）】]"
)


@dataclass(frozen=True, slots=True)
class Partial:
    """A date of which the year may be missing."""

    month: int
    day: int
    year: int | None = None

    def on(self, year: int) -> date | None:
        """The date in a year, None when that year lacks it."""
        return day_of(year, self.month, self.day)


def find_partial(text: str, start: int, stop: int, link_start: int, link_stop: int) -> Partial | None:
    """Read the row `text[start:stop]`; of the link's own text only whole lines and bracketed dates count."""
    beside = text[start:link_start] + "\n" + text[link_stop:stop]
    if _DIGIT.search(beside):
        found = _in_pieces(beside)
        if found is not None:
            return found
    inside = text[link_start:link_stop]
    if "\n" in inside:
        found = _in_pieces("\n".join(line for line in inside.split("\n") if len(line) <= 12))
        if found is not None:
            return found
    bracketed = _BRACKETED.search(inside) if any(sign in inside for sign in "[(（【") else None
    if bracketed is None:
        return None
    month, day = (int(part) for part in bracketed.groups() if part)
    return _valid(None, month, day)


def _in_pieces(text: str) -> Partial | None:
    for pattern, order in _SPLIT:
        found = pattern.search(text)
        if found is None:
            continue
        parts = [int(part) for part in found.groups()]
        valid = _arrange(parts, order)
        if valid is not None:
            return valid
    return None


def _arrange(parts: list[int], order: str) -> Partial | None:
    if order == "dym":
        return _valid(parts[1], parts[2], parts[0])
    if order == "mdy":
        return _valid(parts[2], parts[0], parts[1])
    if order == "dm":
        return _valid(None, parts[1], parts[0])
    if order == "md":
        return _valid(None, parts[0], parts[1])
    year = parts[0] + 2000 if order == "ymd2" else parts[0]
    return _valid(year, parts[1], parts[2])


def _valid(year: int | None, month: int, day: int) -> Partial | None:
    return Partial(month, day, year) if day_of(year or 2024, month, day) else None
