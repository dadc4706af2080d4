"""Addresses without end are cut, ordinary ones are not."""

import pytest

from crawler.traps import TrapWatch, shape_trap


@pytest.mark.parametrize(
    "url",
    [
        "http://a.gov.cn/a/b/a/b/a/b/x.html",
        "http://a.gov.cn/" + "x/" * 25,
        "http://a.gov.cn/?q=" + "a" * 2000,
    ],
)
def test_cut(url: str) -> None:
    assert shape_trap(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.gov.cn/art/2026/11/11/art_11_11.html",  # a date repeats numbers, not folders
        "http://a.gov.cn/xxgk/xxgkml/xxgk/a.html",
        "http://a.gov.cn/zwgk/202611/t20261103_1.html",
    ],
)
def test_left_alone(url: str) -> None:
    assert shape_trap(url) is None


def test_a_calendar_is_cut_early_and_told() -> None:
    watch = TrapWatch(per_template=100)
    results = [watch.trapped(f"http://a.gov.cn/rili?year={year}&month=1") for year in range(1900, 2000)]
    assert results[0] is None
    assert results[-1] == "日历类地址无限翻页"
    assert watch.cut["日历类地址无限翻页"] == 95


def test_articles_by_number_are_allowed_up_to_the_bound() -> None:
    watch = TrapWatch(per_template=100)
    assert sum(watch.trapped(f"http://a.gov.cn/show.jsp?id={n}") is None for n in range(300)) == 100
