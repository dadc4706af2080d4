"""Searches that look only beside a rare character find what a search of the whole text finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.address import parse
from crawler.pages.near import holds_any, near
from crawler.pages.personal import find_personal
from crawler.pages.resolve import Resolver
from tests.pages.test_personal import identity

GOOD = identity()
POLICE = re.compile(r"[京滇]\s?公\s?网\s?安\s?备\s?\d{2,4}")


def spans(matches: object) -> list[tuple[int, int]]:
    return [found.span() for found in matches]  # type: ignore[attr-defined]


@given(st.text(alphabet="京滇公网安备 12", max_size=60))
def test_finds_what_a_search_of_the_whole_text_finds(text: str) -> None:
    assert spans(near(POLICE, text, "备", 8)) == spans(POLICE.finditer(text))


def test_matches_do_not_overlap() -> None:
    assert spans(near(re.compile("aa"), "aaaaa", "a", 0)) == spans(re.compile("aa").finditer("aaaaa"))


def test_looks_back_over_what_stands_before() -> None:
    assert spans(near(re.compile(r"(?<!\d)20\d\d"), "12026 2026", "20", 0)) == [(6, 10)]


@pytest.mark.parametrize("before", range(24))
def test_a_long_number_is_found_wherever_it_stands(before: int) -> None:
    text = "字" * before + GOOD + "，" + "1" * 40 + "，" + GOOD
    assert [(one.number, one.start) for one in find_personal(text)] == [(GOOD, before), (GOOD, before + 60)]


@pytest.mark.parametrize("length", [0, 50, 20_000])
def test_words_of_a_script_short_and_long(length: int) -> None:
    text = "x" * length
    for _ in range(2):
        assert holds_any(text + "footer", ("foot", "bottom"))
        assert not holds_any(text + "footer", ("bottom",)) and not holds_any(text, ("foot",))


def test_an_address_is_worked_out_for_its_own_host_and_folder() -> None:
    first, second = (Resolver(parse(f"http://www.{name}.gov.cn/{name}/"), "utf-8") for name in ("a", "b"))
    for _ in range(2):
        assert first.url("/x.html") == "http://www.a.gov.cn/x.html"
        assert second.url("/x.html") == "http://www.b.gov.cn/x.html"
        assert first.url("x.html") == "http://www.a.gov.cn/a/x.html"
        assert second.url("x.html") == "http://www.b.gov.cn/b/x.html"


def test_a_rooted_query_is_written_in_the_encoding_of_its_page() -> None:
    base = parse("http://www.a.gov.cn/")
    assert Resolver(base, "utf-8").url("/s?q=云") == "http://www.a.gov.cn/s?q=%E4%BA%91"
    assert Resolver(base, "gb18030").url("/s?q=云") == "http://www.a.gov.cn/s?q=%D4%C6"


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("http://kjj.yunling.gov.cn", "http://kjj.yunling.gov.cn/"),
        ("http://kjj.yunling.gov.cn?a=1", "http://kjj.yunling.gov.cn/?a=1"),
        ("/news.php?menu=a&id=51", "http://www.a.gov.cn/news.php?menu=a&id=51"),
        ("./x/y.php?id=5#top", "http://www.a.gov.cn/x/y.php?id=5"),
    ],
)
def test_plain_queries_and_bare_hosts(raw: str, address: str) -> None:
    assert Resolver(parse("http://www.a.gov.cn/"), "utf-8")(raw) == (address, None)
