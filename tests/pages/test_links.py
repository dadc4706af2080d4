"""Every address that a browser requests or a reader clicks, and no other."""

from __future__ import annotations

import pytest

from crawler.pages import Link, Page, read_css, read_page
from crawler.pages.address import parse
from crawler.pages.resolve import Resolver
from tests.pages.helpers import AS_OF, URL, page

HOST = "http://www.yunling.gov.cn"


def links(markup: str) -> list[Link]:
    html = f"<html><head><title>t</title></head><body>{markup}</body></html>"
    return read_page(html.encode(), URL, None, AS_OF).links


PLACES = {
    '<a href="/a">x</a>': [("a", "/a")],
    '<map><area href="/a"></map>': [("area", "/a")],
    '<img src="/a.jpg">': [("img", "/a.jpg")],
    '<img src="/wait.gif" data-src="/a.jpg">': [("img", "/wait.gif"), ("img", "/a.jpg")],
    '<img data-original="/a.jpg">': [("img", "/a.jpg")],
    '<img src="/a.jpg" srcset="/a.jpg 1x, /b.jpg 2x,/c,d.jpg 3x">': [
        ("img", "/a.jpg"),
        ("img", "/b.jpg"),
        ("img", "/c,d.jpg"),
    ],
    '<picture><source srcset="/a.webp 800w"><img src="/a.jpg"></picture>': [("source", "/a.webp"), ("img", "/a.jpg")],
    '<script src="/a.js"></script>': [("script", "/a.js")],
    '<link rel="stylesheet" href="/a.css">': [("link", "/a.css")],
    '<link rel="shortcut icon" href="/a.ico">': [("link", "/a.ico")],
    '<link rel="canonical" href="/a">': [],
    '<iframe src="/a"></iframe>': [("iframe", "/a")],
    '<iframe src="about:blank"></iframe>': [],
    '<select onchange="go()"><option value="http://b.cn/x">乙</option><option value="0">请选择</option></select>': [
        ("option", "http://b.cn/x")
    ],
    '<embed src="/a.swf">': [("embed", "/a.swf")],
    '<object data="/a.pdf"></object>': [("object", "/a.pdf")],
    '<video src="/a.mp4" poster="/a.jpg"></video>': [("video", "/a.mp4"), ("video", "/a.jpg")],
    '<audio><source src="/a.mp3"></audio>': [("source", "/a.mp3")],
    '<input type="image" src="/a.png">': [("input", "/a.png")],
    '<table background="/a.gif"></table>': [("img", "/a.gif")],
    "<div style=\"background:url('/a.png')\"></div>": [("style", "/a.png")],
    "<style>/* url(/no.png) */ .a{background:url(/a.png)} @import '/b.css';</style>": [
        ("style", "/a.png"),
        ("style", "/b.css"),
    ],
    "<div onclick=\"window.open('/a.html')\">x</div>": [("onclick", "/a.html")],
    "<div onclick=\"location.href='/a.html'\">x</div>": [("onclick", "/a.html")],
    "<div onclick=\"window.location='/a.html';return false\">x</div>": [("onclick", "/a.html")],
    "<a href=\"javascript:window.open('/a.html')\">x</a>": [("onclick", "/a.html")],
    "<a href=\"javascript:openUrl('/a.html')\">x</a>": [("onclick", "/a.html")],
    "<div onclick=\"window.open('/s?q='+word)\">x</div>": [],
    "<div onclick=\"alert('欢迎')\">x</div>": [],
    '<meta http-equiv="refresh" content="5; URL=\'/a.html\'">': [("meta", "/a.html")],
    '<meta http-equiv="refresh" content="60">': [],
    '<form action="/a"><input type="text"></form>': [],
    '<a href="#">x</a><a href="">x</a><a href="javascript:;">x</a><a href="mailto:a@b.cn">x</a><a name="x">x</a>': [],
    '<!-- <a href="/no">x</a> -->': [],
    '<template><a href="/no">x</a></template>': [],
    '<noscript><img src="/no.gif"></noscript>': [],
    '<script type="text/template"><a href="/no">x</a></script>': [],
    '<script type="text/template" src="/no"></script>': [],
    '<script>var a="<a href=/no>x</a>"</script>': [],
    '<textarea><a href="/no">x</a></textarea>': [],
    '</body></html><a href="/late">x</a>': [("a", "/late")],
    '<a href="/a">x</a><a href="/a">y</a>': [("a", "/a"), ("a", "/a")],
}


@pytest.mark.parametrize("markup", PLACES)
def test_places_of_addresses(markup: str) -> None:
    wanted = [(tag, url if url.startswith("http") else HOST + url) for tag, url in PLACES[markup]]
    assert [(link.tag, link.url) for link in links(markup)] == wanted


def test_frames_of_a_frameset() -> None:
    read = read_page(b"<html><frameset><frame src='/top.html'><frame src='/main.html'></frameset></html>", URL)
    assert [(link.tag, link.url) for link in read.links] == [
        ("frame", f"{HOST}/top.html"),
        ("frame", f"{HOST}/main.html"),
    ]
    assert read.kind == "other"


def test_base_moves_relative_addresses() -> None:
    read = read_page(b"<base href='/other/'><a href='a.html'>x</a>", URL)
    assert (read.base_url, read.links[0].url) == (f"{HOST}/other/", f"{HOST}/other/a.html")


def test_regions_and_hidden_links() -> None:
    read = page('<div class="main"><a href="/c">内容</a></div><div style="display: none"><a href="/h">隐藏</a></div>')
    by_url = {link.url: link for link in read.links}
    assert by_url[f"{HOST}/zwfw/"].region == "nav"
    assert by_url[f"{HOST}/c"].region == "content"
    assert not by_url[f"{HOST}/c"].hidden
    assert by_url[f"{HOST}/h"].hidden


def test_footer_without_names_is_known_by_its_words() -> None:
    html = (
        "<table><tr><td>"
        + "正文内容" * 60
        + "</td></tr></table><table><tr><td><a href='/map'>网站地图</a> 主办单位：云岭市教育局 滇ICP备05001234号</td>"
        "</tr></table>"
    )
    read = read_page(html.encode(), URL)
    assert [link.region for link in read.links] == ["footer"]


def test_text_and_evidence() -> None:
    first, second = links(
        '<a href=" www.a.gov.cn/x ">甲 <b>乙</b></a><a href="/b"><img src="/i.png" alt="图片名"></a>'
    )[:2]
    assert (first.text, first.raw, first.fault) == ("甲 乙", " www.a.gov.cn/x ", "missing-scheme")
    assert second.text == "图片名"


def test_query_in_the_encoding_of_the_page() -> None:
    body = "<meta charset=gb2312><title>云岭市教育局通知公告</title><a href='?q=通知'>x</a>".encode("gbk")
    assert read_page(body, "http://a.cn/b").links[0].url == "http://a.cn/b?q=%CD%A8%D6%AA"


def test_stylesheet() -> None:
    css = (
        b"@charset 'utf-8'; @import url(base.css); .a{background:url( '../i/a.png' )} .b{src:url(data:font/woff;"
        b"base64,AA)}"
    )
    assert [link.url for link in read_css(css, f"{HOST}/css/a.css")] == [f"{HOST}/css/base.css", f"{HOST}/i/a.png"]


def test_no_link_is_counted_for_a_page_without_markup() -> None:
    read: Page = read_page(b"plain text", URL)
    assert read.links == []


@pytest.mark.parametrize("base", ["/", "/x.html", "/a/b/c.html", "/a//b/", "/a/?q=1"])
@pytest.mark.parametrize("start", ["", "/", "./", "../", "../../", ".../", "..//"])
@pytest.mark.parametrize(
    "rest", ["b.html", "a/b/t2024_1.html", "a/", "a/./b.html", "a/%2e%2E/b/", "..", "x", "", "a/b?q=1"]
)
def test_the_short_ways_give_what_the_parser_gives(base: str, start: str, rest: str) -> None:
    page = parse(f"http://www.yl.gov.cn{base}")
    found = Resolver(page, "utf-8").url(start + rest)
    assert found == (str(parse(start + rest, page)) if start + rest else None)
