"""A footer that the page does not hold itself, and the levels of a menu."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages import read_footer, read_page

WRITTEN = """
// document.write("网站标识码：9999999999");
/* document.write("<p>主办单位：旧单位</p>"); */
document.write('<div class="foot"><p>主办单位：云岭市教育局</p>');
document.writeln("<p>网站标识码：5329010002 <a href=\\"//beian.miit.gov.cn\\">滇ICP备05000001号-1<\\/a></p>");
document.write("<p>滇公网安备 53290102000001\\u53f7</p>");
document.write(unescape("%3Cspan id='_ideConac' %3E%3C/span%3E"));
document.write(`<p>联系电话：0872-2120000</p><script src="//zfwzgl.www.gov.cn/exposure/jiucuo.js"><\\/script></div>`);
"""


def test_a_script_that_writes_the_footer_gives_all_six_items_and_the_entry() -> None:
    found = read_footer(WRITTEN.encode("gb18030"), "application/javascript; charset=gbk")
    assert (found.site_code, found.icp, found.sponsor) == ("5329010002", "滇ICP备05000001号-1", "云岭市教育局")
    assert found.police == "滇公网安备53290102000001号"
    assert found.conac and found.jiucuo and found.contact == "联系电话：0872-2120000"


def test_what_is_commented_out_is_not_written() -> None:
    assert read_footer('// document.write("网站标识码：5329010002")'.encode()).site_code is None


def test_a_piece_of_markup_is_read_as_it_stands() -> None:
    assert read_footer("<div>主办单位：云岭市教育局</div>".encode(), "text/html").sponsor == "云岭市教育局"


@given(st.binary(max_size=400))
def test_never_raises(body: bytes) -> None:
    read_footer(body)


@pytest.mark.parametrize(
    "markup",
    [
        "<script src='/js/footer.js'></script>",
        "<script>$('#f').load('/inc/footer.html?v=2')</script>",
        "<iframe src='/inc/bottom.html'></iframe>",
        "<div class='footer'><p>版权所有</p><script src='/js/a7.js'></script></div>",
    ],
)
def test_what_draws_a_footer_is_named(markup: str) -> None:
    page = read_page(f"<html><body><p>{'正文。' * 200}</p>{markup}</body></html>".encode(), "http://a.gov.cn/")
    assert len(page.footer_scripts) == 1


MENUS = {
    "lists": "<ul><li><a href='/'>首页</a></li><li><a href='/zw/'>政务公开</a><ul><li><a href='/zw/tz/'>通知公告</a>"
    "</li></ul></li><li><a href='/xw/'>新闻动态</a></li><li><a href='/jg/'>机构职能</a></li></ul>",
    "blocks": "<a href='/'>首页</a><div class='m'><a href='/zw/'>政务公开</a><div class='s'><p>"
    "<a href='/zw/tz/'>通知公告</a></p></div></div><div class='m'><a href='/xw/'>新闻动态</a></div>"
    "<div class='m'><a href='/jg/'>机构职能</a></div>",
    "dl": "<dl><dt><a href='/'>首页</a></dt></dl><dl><dt><a href='/zw/'>政务公开</a></dt><dd><p>"
    "<a href='/zw/tz/'>通知公告</a></p></dd></dl><dl><dt><a href='/xw/'>新闻动态</a></dt></dl>"
    "<dl><dt><a href='/jg/'>机构职能</a></dt></dl>",
}


@pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS)
def test_an_entry_of_a_drop_down_menu_names_its_head(menu: str) -> None:
    page = read_page(f"<html><body><div class='nav'>{menu}</div></body></html>".encode(), "http://a.gov.cn/")
    assert [name for name, _ in page.navigation] == ["首页", "政务公开", "通知公告", "新闻动态", "机构职能"]
    assert page.menu_parents == {"http://a.gov.cn/zw/tz/": "http://a.gov.cn/zw/"}
