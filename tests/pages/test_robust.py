"""Whatever a server sends, reading it never raises and takes linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler.pages import Page, read_css, read_list_data, read_page
from tests.pages.helpers import AS_OF, BODY, CRUMB, FOOT, NAV, TITLES, URL, rows

WHOLE = (
    f"<html><head><title>通知</title></head><body>{NAV}{CRUMB}<h1>{TITLES[0]}</h1><p>发布时间：2026-11-18</p>{BODY}"
    + (
        rows('<li><a href="{url}">{title}</a><span>{date}</span></li>', ["2026-11-18", "11-17", "[11-16]"])
        + FOOT
        + "</body></html>"
    )
)
PIECES = [
    "<li>", "<a href='", "x.html'>", "</a>", "<table><tr><td>", "<div class='footer'>", "<!--", "-->", "<script>",
    "</script>", "<style>",
    "2026-11-18", "11-18", "发布时间：", "二〇二六年", "月", "<![CDATA[", "]]>", "<record>", "</record>",
    "{\"title\":\"", "\",\"date\":", "createPageHTML(",
    "网站标识码：", "ICP备", "<select><option value='http://", "<title>", "</html>", "<base href='",
    "<meta name='PubDate' content='", "srcset=\"", "&#x", "\x00",
    "\ufeff", "<svg>", "<template>", "<textarea>", "url(", "location.href='", "共9条 1/2", "当前位置：", "<h1>",
    "<iframe src=", ">", "\"", "'", "\\",
]  # fmt: skip

HUGE = {
    "div": "<div>" * 100_000,
    "closed div": "<div>" * 100_000 + "x" + "</div>" * 100_000,
    "table": "<table><tr><td>" * 33_000,
    "list": "<ul><li>" * 50_000,
    "font": "".join(f"<p><font size={n}>" for n in range(50_000)),
    "links": "<a href='/a.html'>关于做好工作的通知</a>2026-11-18<br>" * 20_000,
    "home links": "<a href='/'>首页</a> &gt; " * 50_000,
    "crumbs": "<div class='crumb'>当前位置：<a href='/'>首页</a>" * 20_000,
    "options": "<select>" + "<option value='http://a.cn/'>x</option>" * 50_000,
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">",
    "one line": "关于做好森林防火工作的通知2026年11月18日" * 50_000,
    "digits": "1" * 1_000_000,
    "spaces": " " * 1_000_000 + "\n" * 1_000_000,
    "angle": "<" * 1_000_000,
    "comments": "<!--" * 200_000,
    "quotes": "<script>" + "\"'" * 300_000 + "</script>",
    "braces": "<script>var title={" + "{" * 300_000 + "</script>",
    "objects": "<script>" + '{"title":"通知公告","date":"2026-11-18"},' * 20_000 + "</script>",
    "comment openers": '<script>{"title":1,"date":' + "/*" * 200_000 + "</script>",
    "records": "<script>" + "<record><![CDATA[" * 50_000 + "</script>",
    "css": "<style>" + "/*" * 200_000 + "url(" * 100_000 + "</style>",
    "long address": "<a href='" + "a/../" * 40_000 + "'>x</a>",
    "long word": "<script>var x='" + "list" * 200_000 + "'</script>",
    "hidden": "<div style='display:none'>" * 50_000 + "文字" * 10_000,
    "srcset": "<img srcset='" + "a.jpg 1x, " * 50_000 + "'>",
    "labels": "<p>发布时间：</p>" * 50_000 + "2026-11-18",
    "footers": "<div class='footer'>版权所有 ICP备</div>" * 30_000,
    "dates": "<p>2026-11-18</p>" * 50_000,
    "rows": rows('<li><a href="{url}">{title}</a><span>11-18</span></li>', [""] * 20_000),
}  # fmt: skip


def read(body: bytes) -> Page:
    return read_page(body, URL, None, AS_OF)


@pytest.mark.parametrize("name", HUGE)
def test_huge_and_nested(name: str) -> None:
    body = HUGE[name].encode()
    start = time.process_time()
    result = read(body)
    assert isinstance(result, Page)
    assert time.process_time() - start < 10


def test_a_body_of_ten_megabytes_is_bounded() -> None:
    start = time.process_time()
    read(("<p>" + "文字内容" * 30 + "</p>").encode() * 30_000)
    assert time.process_time() - start < 10


def test_time_grows_with_size_only() -> None:
    unit = rows('<li><a href="{url}">{title}</a><span>2026-11-18</span></li>', [""] * 500).encode()
    times = []
    for factor in (2, 16):
        start = time.process_time()
        read(unit * factor)
        times.append(time.process_time() - start)
    assert times[1] < times[0] * 8 * 3


@pytest.mark.parametrize("step", [7])
def test_cut_off_anywhere(step: int) -> None:
    body = WHOLE.encode()
    for cut in range(0, len(body), step * 13):
        assert isinstance(read(body[:cut]), Page)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600))
@example(b"")
@example(b"\x00" * 50)
def test_any_bytes(body: bytes) -> None:
    assert isinstance(read(body), Page)
    assert isinstance(read_css(body, URL), list)
    assert isinstance(read_list_data(body, URL, AS_OF), list)


@settings(max_examples=250, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60), st.text(max_size=40))
def test_any_mixture_of_markup(pieces: list[str], address: str) -> None:
    body = "".join(pieces).encode("utf-8", "replace")
    result = read_page(body, address, None, AS_OF)
    assert result.kind in {"home", "list", "article", "blank", "scripted-list", "challenge", "other"}
    assert all(link.url.startswith(("http://", "https://")) for link in result.links)
    assert all(item.date is None or item.date <= AS_OF.date() for item in result.items if item.date)
    assert isinstance(read_list_data(body, URL, AS_OF), list)


def test_no_error_was_hidden(caplog: pytest.LogCaptureFixture) -> None:
    for markup in HUGE.values():
        read(markup[:20_000].encode())
    assert caplog.records == []
