"""The footer's identity items in the forms met in the field."""

from __future__ import annotations

import pytest

from crawler.pages import Identity, read_page

BEFORE = "<p>" + "正文内容，" * 40 + "</p>"


def identity(footer: str, head: str = "") -> Identity:
    html = f"<html><head><title>t</title>{head}</head><body>{BEFORE}<div class='footer'>{footer}</div></body></html>"
    return read_page(html.encode(), "http://www.yunling.gov.cn/").identity


CODES = {
    "网站标识码：5329010001": "5329010001",
    "政府网站标识码： 5329010001 版权所有": "5329010001",
    "网站标识码:bm01000001": "bm01000001",
    "网站标识码 <a href='#'>5329010001</a>": "5329010001",
    "网站标识码（5329010001）": "5329010001",
    "<span>网站标识码：</span>\n<span>53 2901 0001</span>": "5329010001",
    "标识编码：5329010001": "5329010001",
    "网站标识码：": None,
    "联系电话：0872-2123456": None,
}

ICP = {
    "京ICP备05070218号": "京ICP备05070218号",
    "粤ICP备2022092331号-1": "粤ICP备2022092331号-1",
    "冀ICP备11012692号-54": "冀ICP备11012692号-54",
    "蜀ICP备：19007388号": "蜀ICP备：19007388号",
    "鄂ICP备05009168 版权所有": "鄂ICP备05009168",
    "鄂ICP备19031037-2号": "鄂ICP备19031037-2号",
    "赣 ICP 备 17015617 号": "赣ICP备17015617号",
    "冀ICP备:XXXXXX号": "冀ICP备:XXXXXX号",
    "备案号：陇ICP备<a href='#'>12000123号</a>-3": "陇ICP备12000123号-3",
    "滇icp备05001234号": "滇icp备05001234号",
    "ICP证000123": None,
}

POLICE = {
    "京公网安备 11010202000001号": "京公网安备11010202000001号",
    "粤公网安备：44010402000417": "粤公网安备：44010402000417",
    "粤公网安备号44030402003007": "粤公网安备号44030402003007",
    "公安机关备案号： 36010802000157": "公安机关备案号：36010802000157",
    "<img src='ga.png'>滇公网安备<b>53290102000123</b>号": "滇公网安备53290102000123号",
    "公安局电话：0872-2123456": None,
}


@pytest.mark.parametrize("footer", CODES)
def test_site_code(footer: str) -> None:
    assert identity(footer).site_code == CODES[footer]


def test_code_in_meta_alone_is_not_shown_to_a_reader() -> None:
    html = b"<html><head><meta name='SiteIDCode' content='5329010001'></head><body>x</body></html>"
    read = read_page(html, "http://www.yunling.gov.cn/")
    assert (read.identity.site_code, read.tags) == (None, {"SiteIDCode": "5329010001"})


@pytest.mark.parametrize("footer", ICP)
def test_icp(footer: str) -> None:
    assert identity(footer).icp == ICP[footer]


def test_more_than_one_icp() -> None:
    assert identity("京ICP备20013709号 京ICP备20013709号-1").icps == ("京ICP备20013709号", "京ICP备20013709号-1")


@pytest.mark.parametrize("footer", POLICE)
def test_police(footer: str) -> None:
    assert identity(footer).police == POLICE[footer]


def test_police_code_of_the_link() -> None:
    link = (
        "<a href='http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=53290102000123'>"
        "滇公网安备53290102000124号</a>"
    )
    read = identity(link)
    assert (read.police, read.police_code) == ("滇公网安备53290102000124号", "53290102000123")


@pytest.mark.parametrize(
    "markup",
    [
        "<a href='http://bszs.conac.cn/sitename?method=show&id=0A1B'><img src='red.png'></a>",
        "<script>"
        "document.write(unescape(\"%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='http://dcs.conac.cn/js/1.js'%3E"
        '%3C/script%3E"))</script>',
        "<span id='_ideConac'></span>",
        "<script src='//dcs.conac.cn/js/26/1.js'></script>",
    ],
)
def test_conac_mark(markup: str) -> None:
    assert identity(markup).conac


@pytest.mark.parametrize(
    ("markup", "code"),
    [
        (
            "<a href='https://zfwzgl.www.gov.cn/exposure/jiucuo.html?site_code=5329010001&url=http'>找错</a>",
            "5329010001",
        ),
        ("<script src='https://zfwzgl.www.gov.cn/exposure/jiucuo.js' sitecode='5329010001'></script>", None),
        (
            "<img onclick=\"Link('http://121.43.68.40/exposure/jiucuo.html?site_code=bm01000001')\" src='jc.png'>",
            "bm01000001",
        ),
        ("<a href='javascript:;'><img alt='我为政府网站找错' src='a.png'></a>", None),
    ],
)
def test_jiucuo_entry(markup: str, code: str | None) -> None:
    read = identity(markup)
    assert read.jiucuo
    assert read.jiucuo_code == code


def test_sponsor_and_contact() -> None:
    read = identity(
        "<p>主办单位：云岭市人民政府办公室 承办：云岭市信息中心</p><p>联系电话：0872-2123456 邮编：671000</p>"
    )
    assert (read.sponsor, read.contact) == ("云岭市人民政府办公室", "联系电话：0872-2123456 邮编：671000")


def test_nothing_is_invented() -> None:
    assert identity("<p>云岭市</p>") == Identity()
