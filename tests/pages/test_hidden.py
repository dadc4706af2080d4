"""Links that a page keeps out of sight, and the many innocent ways of drawing that look alike."""

from __future__ import annotations

import pytest

from crawler.pages import read_page

LINK = '<a href="http://x.example/">词</a>'


def hidden(markup: str) -> bool:
    page = read_page(f"<html><body><p>正文</p>{markup}</body></html>".encode(), "http://www.yl.gov.cn/")
    [link] = [one for one in page.links if one.url == "http://x.example/"]
    return link.hidden


@pytest.mark.parametrize(
    "box",
    ['<div style="display:none">{}</div>', "<div hidden>{}</div>", '<p style="visibility: hidden">{}</p>',
     '<div style="position:absolute;left:-9999px">{}</div>', '<div style="POSITION:fixed; TOP : -2000px">{}</div>',
     '<div style="margin-left:-10000px"><ul><li>{}</li></ul></div>',
     '<div style="height:0;overflow:hidden">{}</div>', '<div style="overflow: hidden; width:1px">{}</div>',
     '<marquee height="0" width="5">{}</marquee>', '<marquee height=1px>{}</marquee>'],
)  # fmt: skip
def test_out_of_sight(box: str) -> None:
    assert hidden(box.format(LINK))


@pytest.mark.parametrize(
    "box",
    ["<div>{}</div>", '<div style="left:-1200px;position:absolute">{}</div>', '<div style="opacity:0">{}</div>',
     '<div style="text-indent:-9999px">{}</div>', '<div style="font-size:0">{}</div>',
     '<div style="height:0">{}</div>', '<div style="line-height:0;overflow:hidden">{}</div>',
     '<div style="height:10px;overflow:hidden">{}</div>', '<div style="max-height:0px;overflow:hidden">{}</div>',
     '<div style="left:-99.5px">{}</div>', '<marquee height="30">{}</marquee>', "<marquee>{}</marquee>",
     '<div style="margin-left:-2000em">{}</div>'],
)  # fmt: skip
def test_drawn_otherwise(box: str) -> None:
    assert not hidden(box.format(LINK))


def test_only_links_are_looked_at() -> None:
    markup = f'<div style="position:absolute;left:-9999px"><img src="/a.png"></div>{LINK}'
    page = read_page(markup.encode(), "http://www.yl.gov.cn/")
    assert [link.hidden for link in page.links] == [False, False]
