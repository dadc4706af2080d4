"""Addresses as the WHATWG URL standard reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages import canonical
from crawler.pages.address import parse
from crawler.pages.resolve import Resolver

BASE = "http://www.yunling.gov.cn/zwgk/tzgg/index.html?x=1"

RESOLVED = {
    "a.html": "http://www.yunling.gov.cn/zwgk/tzgg/a.html",
    "./a.html": "http://www.yunling.gov.cn/zwgk/tzgg/a.html",
    "../a.html": "http://www.yunling.gov.cn/zwgk/a.html",
    "../../../../a.html": "http://www.yunling.gov.cn/a.html",
    "%2e%2E/a.html": "http://www.yunling.gov.cn/zwgk/a.html",
    "/a/./b/../c": "http://www.yunling.gov.cn/a/c",
    "/a/b/..": "http://www.yunling.gov.cn/a/",
    "/a//b": "http://www.yunling.gov.cn/a//b",
    "?id=2": "http://www.yunling.gov.cn/zwgk/tzgg/index.html?id=2",
    "//cdn.gov.cn/x": "http://cdn.gov.cn/x",
    "\\\\cdn.gov.cn\\x": "http://cdn.gov.cn/x",
    "\\a\\b.html": "http://www.yunling.gov.cn/a/b.html",
    "a\\b?c\\d": "http://www.yunling.gov.cn/zwgk/tzgg/a/b?c\\d",
    " \n a.html\t ": "http://www.yunling.gov.cn/zwgk/tzgg/a.html",
    "a\n.h\ttml": "http://www.yunling.gov.cn/zwgk/tzgg/a.html",
    "a b.html": "http://www.yunling.gov.cn/zwgk/tzgg/a%20b.html",
    "a.html#top": "http://www.yunling.gov.cn/zwgk/tzgg/a.html",
    "通知.html": "http://www.yunling.gov.cn/zwgk/tzgg/%E9%80%9A%E7%9F%A5.html",
    "?q=通知": "http://www.yunling.gov.cn/zwgk/tzgg/index.html?q=%E9%80%9A%E7%9F%A5",
    "a%20b%zz": "http://www.yunling.gov.cn/zwgk/tzgg/a%20b%zz",
    'a"<>`{}b?"<>\'`': "http://www.yunling.gov.cn/zwgk/tzgg/a%22%3C%3E%60%7B%7Db?%22%3C%3E%27`",
    "HTTP://WWW.Yunling.GOV.CN/A": "http://www.yunling.gov.cn/A",
    "http:a.html": "http://www.yunling.gov.cn/zwgk/tzgg/a.html",
    "http:/a.html": "http://www.yunling.gov.cn/a.html",
    "https:/other.cn/a": "https://other.cn/a",
    "https:other.cn/a": "https://other.cn/a",
    "http:///other.cn/a": "http://other.cn/a",
    "http://other.cn": "http://other.cn/",
    "http://other.cn?x": "http://other.cn/?x",
    "http://other.cn:80/": "http://other.cn/",
    "http://other.cn:0080/": "http://other.cn/",
    "https://other.cn:443/": "https://other.cn/",
    "https://other.cn:8443/": "https://other.cn:8443/",
    "http://other.cn:/": "http://other.cn/",
    "http://user:pw@other.cn/": "http://user:pw@other.cn/",
    "http://ｗｗｗ．other．cn/": "http://www.other.cn/",
    "http://www。other。cn/": "http://www.other.cn/",
    "http://云岭.政务/": "http://xn--9kqv75a.xn--zfr164b/",
    "http://ex%41mple.cn/": "http://example.cn/",
    "http://127.1/": "http://127.0.0.1/",
    "http://0x7f.0.0.1/": "http://127.0.0.1/",
    "http://2130706433/": "http://127.0.0.1/",
    "http://0177.0.0.01/": "http://127.0.0.1/",
    "http://[::1]:8080/": "http://[::1]:8080/",
    "http://[2001:DB8::0001]/": "http://[2001:db8::1]/",
    "http://a_b.cn/": "http://a_b.cn/",
    "http://other.cn./": "http://other.cn./",
    "": "http://www.yunling.gov.cn/zwgk/tzgg/index.html?x=1",
}  # fmt: skip

NO_ADDRESS = [
    "http://", "https:///", "http://a b.cn/", "http://a<b.cn/", "http://other.cn:port/", "http://other.cn:70000/",
    "http://256.256.256.256/", "http://1.2.3.4.5/", "http://-127.0.0.1/", "http://1_0.+1.0.1/",
    "http://[::1", "http://[zz]/", "javascript:void(0)",
    "mailto:a@b.cn",
    "ftp://other.cn/a", "data:text/html,x", "http://a%00b.cn/", "http://%/", "file:///C:/a.doc",
]  # fmt: skip


@pytest.mark.parametrize("raw", RESOLVED)
def test_resolved_as_a_browser_does(raw: str) -> None:
    assert str(parse(raw, parse(BASE))) == RESOLVED[raw]


@pytest.mark.parametrize("raw", NO_ADDRESS)
def test_no_address(raw: str) -> None:
    assert parse(raw, parse(BASE)) is None


def test_query_of_a_gbk_page_is_sent_in_gbk() -> None:
    assert str(parse("a?q=通知", parse(BASE), "gb18030")).endswith("a?q=%CD%A8%D6%AA")
    assert str(parse("a?q=𠀀", parse(BASE), "gb18030")).endswith("?q=%26%23131072%3B")
    assert str(parse("通?q=通", parse(BASE), "gb18030")).endswith("/%E9%80%9A?q=%CD%A8")


FAULTS = {
    "www.yunling.gov.cn/a.html": ("http://www.yunling.gov.cn/zwgk/tzgg/www.yunling.gov.cn/a.html", "missing-scheme"),
    "jyj.yunling.gov.cn": ("http://www.yunling.gov.cn/zwgk/tzgg/jyj.yunling.gov.cn", "missing-scheme"),
    "www.yunling.gov.cn:8080/a": ("http://www.yunling.gov.cn:8080/a", "missing-scheme"),
    "http://http://www.a.cn/b": ("http://http//www.a.cn/b", "double-scheme"),
    "http：//www.a.cn/b": ("http://www.yunling.gov.cn/zwgk/tzgg/http%EF%BC%9A//www.a.cn/b", "full-width"),
    "htpp://www.a.cn/b": ("http://www.a.cn/b", "scheme-typo"),
    "http//www.a.cn/b": ("http://www.yunling.gov.cn/zwgk/tzgg/http//www.a.cn/b", "scheme-typo"),
    "http://www.a .cn/b": ("http://www.a.cn/", "bad-host"),
    "index.html": ("http://www.yunling.gov.cn/zwgk/tzgg/index.html", None),
    "a.cn.html": ("http://www.yunling.gov.cn/zwgk/tzgg/a.cn.html", None),
    " http://www.a.cn/b ": ("http://www.a.cn/b", None),
    "/www.a.cn/b": ("http://www.yunling.gov.cn/www.a.cn/b", None),
}  # fmt: skip


@pytest.mark.parametrize("raw", FAULTS)
def test_faults_of_writing(raw: str) -> None:
    assert Resolver(parse(BASE), "utf-8")(raw) == FAULTS[raw]


@pytest.mark.parametrize(
    "raw", ["", "#", "#top", "javascript:;", "JavaScript:void(0)", "mailto:a@b.cn", "tel:12345", "data:,x", " # "]
)
def test_nothing_is_requested(raw: str) -> None:
    assert Resolver(parse(BASE), "utf-8")(raw) is None


CANONICAL = {
    "HTTP://www.Yunling.gov.cn:80/a/../b.html#x": "http://www.yunling.gov.cn/b.html",
    "http://a.cn/x.do;jsessionid=0A1B2C?id=3": "http://a.cn/x.do?id=3",
    "http://a.cn/x?PHPSESSID=abc&id=3": "http://a.cn/x?id=3",
    "http://a.cn/x?id=3&_t=1763600000000": "http://a.cn/x?id=3",
    "http://a.cn/x?sid=12": "http://a.cn/x?sid=12",
    "http://a.cn/x?sid=0a1b2c3d4e5f60718293a4b5": "http://a.cn/x",
    "http://a.cn/x?": "http://a.cn/x",
    "http://a.cn/x?b=2&a=1": "http://a.cn/x?b=2&a=1",
    "not an address": "not an address",
}


@pytest.mark.parametrize("url", CANONICAL)
def test_canonical(url: str) -> None:
    assert canonical(url) == CANONICAL[url]
    assert canonical(canonical(url)) == CANONICAL[url]


@given(st.text())
def test_any_text_is_read_without_error(raw: str) -> None:
    found = Resolver(parse(BASE), "gb18030")(raw)
    if found is not None:
        assert found[0].isascii() and found[0].startswith(("http://", "https://"))
        assert "#" not in found[0]


@given(st.text(alphabet="ahtp:/\\.?#%&@[]1 \t\n\u3000：／。中"))
def test_parsing_again_changes_nothing(raw: str) -> None:
    once = parse(raw, parse(BASE))
    if once is not None:
        assert parse(str(once)) == once
    assert isinstance(canonical(raw), str)
