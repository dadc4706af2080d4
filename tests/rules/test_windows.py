"""Counting back in China time: calendar months clipped at month ends, both ends inside; periods of rounds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rules.subjects import fingerprint, normal
from rules.windows import Window, beijing_day, months_back, period


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2026, 2, 28)),
        (date(2024, 8, 31), 6, date(2024, 2, 29)),
        (date(2026, 5, 31), 1, date(2026, 4, 30)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, expected: date) -> None:
    assert months_back(day, months) == expected


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 19, 15, 59, tzinfo=UTC), date(2026, 11, 19)),
        (datetime(2026, 11, 19, 16, 0, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 0, 30), date(2026, 11, 20)),  # noqa: DTZ001 - a naive time is Beijing's
        (datetime(2026, 11, 19, 12, 0, tzinfo=timezone(timedelta(hours=-8))), date(2026, 11, 20)),
    ],
)
def test_the_day_is_beijings(moment: datetime, day: date) -> None:
    assert beijing_day(moment) == day


@pytest.mark.parametrize(
    ("values", "text", "since"),
    [
        ({"days": 14}, "2周", date(2026, 11, 6)),
        ({"days": 30}, "30天", date(2026, 10, 21)),
        ({"months": 6}, "6个月", date(2026, 5, 20)),
        ({"years": 1}, "1年", date(2025, 11, 20)),
    ],
)
def test_windows(values: dict[str, int], text: str, since: date) -> None:
    window = Window(**values)
    assert (window.text, window.since(date(2026, 11, 20))) == (text, since)


@pytest.mark.parametrize("values", [{}, {"days": 1, "months": 1}, {"days": 0}, {"months": 121}])
def test_a_window_has_one_length_in_range(values: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Window(**values)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 20)),
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 11, 20)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026", date(2026, 1, 1), date(2026, 11, 20)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("专项检查", date(2026, 11, 1), date(2026, 11, 20)),
    ],
)
def test_periods(name: str, first: date, last: date) -> None:
    assert period(name, datetime(2026, 11, 20, 2, tzinfo=UTC)) == (first, last)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 120))
def test_going_back_is_never_later_and_keeps_the_day_where_it_can(day: date, months: int) -> None:
    back = months_back(day, months)
    assert back <= day and back.day <= day.day
    assert (day.year - back.year) * 12 + day.month - back.month == months


@given(st.text(max_size=80))
def test_any_text_has_a_normal_form(text: str) -> None:
    assert isinstance(normal(text), str)
    assert len(fingerprint("链接不可用", "portal", text)) == 64


@given(st.from_regex(r"https?://[a-z]{1,9}\.gov\.cn(:8080)?/[\w/%.\-]{0,20}", fullmatch=True))
def test_the_normal_form_of_an_address_is_its_own(url: str) -> None:
    assert normal(f"http://{normal(url)}") == normal(url)
