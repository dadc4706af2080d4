"""Figures as offices print them: rates, percentage points, periods and dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
_QUARTERS = "一二三四"
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-[Qq]([1-4])")
_HALF = re.compile(r"(\d{4})-[Hh]([12])")
_YEAR = re.compile(r"(\d{4})")


def percent(part: int, whole: int, decimals: int = 1) -> Decimal | None:
    """`part` of `whole` in per cent, half up; below 100 when a part is missing; None for an empty whole."""
    if whole <= 0:
        return None
    exact = Decimal(part) * 100 / Decimal(whole)
    step = Decimal(1).scaleb(-decimals)
    value = exact.quantize(step, ROUND_HALF_UP)
    if part < whole and value >= 100:
        value = exact.quantize(step, ROUND_DOWN)
    return value


def rate(part: int, whole: int, decimals: int = 1) -> str:
    """A rate as printed: 83.3%, 100%, 0%; 不足0.1% for more than nothing that rounds to nothing; —— without a base."""
    value = percent(part, whole, decimals)
    if value is None:
        return "——"
    if part == whole:
        return "100%"
    if part == 0:
        return "0%"
    return f"{value}%" if value else f"不足{Decimal(1).scaleb(-decimals)}%"


def change(now: Decimal | None, before: Decimal | None, base: str = "上期") -> str:
    """The difference of two printed rates in percentage points; "" when one is missing."""
    if now is None or before is None:
        return ""
    difference = now - before
    if not difference:
        return f"与{base}持平"
    return f"较{base}{'提高' if difference > 0 else '下降'}{plain(abs(difference))}个百分点"


def plain(value: Decimal) -> str:
    """A decimal without trailing zeros."""
    text = format(value.normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def shares(counts: Sequence[int], decimals: int = 1) -> list[str]:
    """Shares of the sum that add up to 100 % as printed (largest remainders get the missing steps)."""
    total = sum(counts)
    if total <= 0:
        return ["——"] * len(counts)
    scale = 10**decimals
    exact = [Decimal(count) * 100 * scale / total for count in counts]
    floors = [int(value) for value in exact]
    order = sorted(range(len(counts)), key=lambda i: (floors[i] - exact[i], i))
    for i in order[: 100 * scale - sum(floors)]:
        floors[i] += 1
    return [f"{Decimal(value) / scale:.{decimals}f}%" for value in floors]


def period_name(code: str) -> str:
    """2026-11 → 2026年11月; 2026-Q4 → 2026年第四季度; 2026-H1 → 2026年上半年; 2026 → 2026年度; others as they are."""
    if found := _MONTH.fullmatch(code):
        return f"{found[1]}年{int(found[2])}月"
    if found := _QUARTER.fullmatch(code):
        return f"{found[1]}年第{_QUARTERS[int(found[2]) - 1]}季度"
    if found := _HALF.fullmatch(code):
        return f"{found[1]}年{'上' if found[2] == '1' else '下'}半年"
    return f"{code}年度" if _YEAR.fullmatch(code) else code


def short_period(code: str) -> str:
    """The period without its year, for the second mention: 11月, 第四季度, 上半年, 本年度."""
    name = period_name(code)
    return name[5:] if len(name) > 5 and name[4] == "年" and name[5:] != "度" else name


def moment(text: str) -> datetime:
    """An ISO time of a judgement as China Standard Time."""
    value = datetime.fromisoformat(text)
    return value.astimezone(CHINA) if value.tzinfo else value.replace(tzinfo=CHINA)


def day_name(day: date) -> str:
    """2026年11月20日, without leading zeros (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_of(value: object) -> date | None:
    """A date of an extra or observed field, None when there is none."""
    if isinstance(value, datetime):
        return value.astimezone(CHINA).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def window(days: int) -> str:
    """A window in the indicator's own words: 2周, 6个月, 1年, else days."""
    named = {
        14: "2周",
        60: "2个月",
        90: "3个月",
        180: "6个月",
        182: "6个月",
        183: "6个月",
        184: "6个月",
        365: "1年",
        366: "1年",
    }
    return named.get(days, f"{days}天")


def join_names(names: Sequence[str], most: int = 5) -> str:
    """甲、乙、丙 with 等n个 only by the caller; at most `most` names."""
    return "、".join(names[:most])
