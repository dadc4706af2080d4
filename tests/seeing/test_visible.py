"""Visible text: enough to tell a challenge from a page, and linear on any input."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.seeing.visible import title_of, visible_text


@pytest.mark.parametrize(
    ("markup", "text", "anchors"),
    [
        ("", "", 0),
        ("<p>云岭 市</p>", "云岭市", 0),
        ("a &lt; b &amp; c", "a<b&c", 0),
        ("<script>var a='<a href=x>text</a>'</script>x", "x", 0),
        ("<style>p{}</style><!-- <a>no</a> --><A HREF=/>yes</A>", "yes", 1),
        ("<title>标题</title><template><a>no</a></template><noscript>no</noscript>正文", "正文", 0),
        ("<article>one</article><a>two</a><abbr>three</abbr>", "onetwothree", 1),
        ("1 < 2 and <b>3</b>", "12and3", 0),
        ("<script>never closed <p>text", "", 0),
        ("<!-- never closed <p>text", "", 0),
        ("text <a", "text", 1),
        ("<", "", 0),
        ("</", "/", 0),
    ],
)
def test_visible_text(markup: str, text: str, anchors: int) -> None:
    assert visible_text(markup) == (text, anchors)


def test_reading_stops_at_the_limit() -> None:
    assert visible_text("云" * 10_000, limit=50) == ("云" * 50, 0)


@pytest.mark.parametrize("piece", ["<script>", "<!--", "<a ", "<", "&", "<title", "</script", "<![CDATA["])
def test_linear_on_hostile_markup(piece: str) -> None:
    def cost(size: int) -> float:
        markup = piece * (size // len(piece))
        start = time.perf_counter()
        visible_text(markup)
        title_of(markup)
        return time.perf_counter() - start

    cost(10_000)
    assert cost(400_000) < 2.0


@given(st.text())
def test_never_raises(markup: str) -> None:
    text, anchors = visible_text(markup)
    assert anchors >= 0
    assert len(text) <= 4000
    title_of(markup)


def test_title() -> None:
    assert title_of("<html><TITLE lang=zh> 云岭市\n 人民政府 </TITLE>") == "云岭市 人民政府"
    assert title_of("<p>none</p>") == ""
