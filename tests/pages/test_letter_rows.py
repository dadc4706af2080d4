"""Letters in lists: tables with headings, entries with labels; what is no list of letters gives none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.letter_rows import read_letter_rows

BASE = "http://www.yunling.gov.cn/ly/"
TABLE = """<table><tr><th>序号</th><th>信件标题</th><th>来信时间</th><th>办理单位</th><th>状态</th></tr>
<tr><td>1</td><td><a href="1.html">关于公交</a></td><td>2026-06-01</td><td>市交通局</td><td>办理中</td></tr>
<tr><td>2</td><td><a href="javascript:show(2)">关于路灯</a></td><td>2026-05-01</td><td>市住建局</td><td>已办结</td>
</tr></table>"""
ENTRIES = """<ul><li><a href="/ly/3.html">关于学区</a><span>留言时间：2026-03-02</span>
<span>答复时间：2026-03-05</span></li>
<li><a href="/ly/4.html">关于供水</a> 留言时间：2026-03-09 状态：未回复</li></ul>"""


def test_a_table_of_letters() -> None:
    first, second = read_letter_rows(TABLE, BASE)
    assert (first.url, first.message.title, first.message.asked) == (f"{BASE}1.html", "关于公交", date(2026, 6, 1))
    assert first.message.answered is False and first.message.office == "市交通局"
    assert second.url is None and second.message.answered is True


def test_entries_with_labels() -> None:
    first, second = read_letter_rows(ENTRIES, BASE)
    assert first.message.replied == date(2026, 3, 5) and first.message.answered is True
    assert second.url == f"{BASE}4.html" and second.message.answered is False


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><th>标题</th><th>发布时间</th></tr><tr><td>通知</td><td>2026-01-01</td></tr></table>",
        "<ul><li><a href=1>关于公交的咨询</a><span>2026-01-01</span></li></ul>",
        "<ul><li>留言时间：2026-01-01 状态：办理中</li></ul>",
        "",
    ],
)
def test_what_is_no_list_of_letters(html: str) -> None:
    assert read_letter_rows(html, BASE) == []


@given(st.text(max_size=300))
def test_never_raises(text: str) -> None:
    read_letter_rows(f"<table><tr><th>来信时间<th>状态<th>标题<tr><td>{text}", BASE)
    read_letter_rows(text, BASE)
