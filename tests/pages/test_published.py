"""The date of publication, as a reader sees it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.pages.helpers import ARTICLE_URL, BODY, TITLES, article, page

DAY = date(2026, 11, 18)

LABELLED = [
    "<p>发布时间：2026-11-18 09:24 来源：市府办</p>",
    "<p>发布日期：2026/11/18</p>",
    "<p>时间发布：2026.11.18</p>",
    "<p>发表时间:2026年11月18日 13时44分</p>",
    "<p>更新时间：2026-11-18</p>",
    "<p>来源：市府办 时间：2026-11-18 作者：张三</p>",
    "<p>日期：2026-11-18 10∶08 来源： 字号：【大 中 小】</p>",
    "<p>信息时间：2026-11-18</p>",
    "<p>发布时间：２０２６年１１月１８日</p>",
    "<p>发布时间：二〇二六年十一月十八日</p>",
    "<p>发布时间：二○二六年十一月十八日 来源：本站</p>",
    "<p>发&nbsp;布&nbsp;时&nbsp;间：2026-11-18&nbsp;08:51</p>",
    "<p>发布时间：<span>2026</span>-<span>11</span>-<span>18</span></p>",
    "<p>【发布时间】2026年11月18日</p>",
    "<p>[发布日期] 2026-11-18</p>",
    "<table><tr><td>发布时间</td><td>2026-11-18</td></tr></table>",
    "<table><tr><td>成文日期：</td><td>2026-11-02</td><td>发布日期：</td><td>2026-11-18</td></tr></table>",
    "<table><tr><th>成文日期</th><td>2026年11月02日</td></tr><tr><th>发布日期</th><td>2026年11月18日</td></tr>"
    "<tr><th>失效日期</th><td>2031年11月02日</td></tr><tr><th>索引号</th><td>000014348/2020-35428</td></tr></table>",
    "<p>发布时间：20261118</p>",
    "<p>Published: 2026-11-18</p>",
]  # fmt: skip

UNLABELLED = [
    "<div class='info'>2026-11-18 14:32 <span>来源：新华社</span></div>",
    "<p>2026年11月18日</p>",
    "<p>( 2026-11-18)</p>",
    "<p>来源：云岭日报 &nbsp; 2026-11-18 &nbsp; 浏览次数：122</p>",
    "<p>2026年11月18日 09:15 字体：大 中 小</p>",
]

NEVER = [
    "",
    "<p>成文日期：2026-11-02</p>",
    "<p>生效日期：2026-11-02 失效日期：2031-11-02</p>",
    "<p>实施日期：2026-11-02</p>",
    "<p>联系电话：0872-2026111 文号：云政办发〔2026〕3号</p>",
    "<p>共20条 1/60</p>",
    "<p>索引号：000014348/2020-11-12</p>",
    "<p>活动时间：2026年11月2日至2026年11月5日</p>",
    "<p>报名截止时间：2026年11月2日</p>",
]


@pytest.mark.parametrize("info", LABELLED)
def test_labelled_date(info: str) -> None:
    read = article(info)
    assert (read.kind, read.published, read.published_from) == ("article", DAY, "label")


@pytest.mark.parametrize("info", UNLABELLED)
def test_date_in_the_line_under_the_headline(info: str) -> None:
    read = article(info)
    assert (read.published, read.published_from) == (DAY, "text")


@pytest.mark.parametrize("info", NEVER)
def test_no_date_where_there_is_none(info: str) -> None:
    read = article(info)
    assert (read.kind, read.published, read.published_from) == ("article", None, None)


def test_date_that_closes_the_headline() -> None:
    html = f'<div class="article"><h1>{TITLES[0]} ( 2026-11-18)</h1><div class="con">{BODY}</div></div>'
    assert page(html, ARTICLE_URL, f"{TITLES[0]}_云岭市").published == DAY


def test_the_day_in_the_title_is_not_the_day_of_publication() -> None:
    html = f'<div class="article"><h2>2026年11月1日云岭市空气质量日报</h2><p>发布时间：2026-11-18</p>{BODY}</div>'
    assert page(html, ARTICLE_URL, "2026年11月1日云岭市空气质量日报").published == DAY


def test_signature_at_the_end_is_no_publication() -> None:
    assert article("", body=BODY + "<p>云岭市人民政府办公室</p><p>2026年11月2日</p>").published is None


def test_address_alone_gives_no_date_but_stays_as_evidence() -> None:
    read = article("", url="http://www.yunling.gov.cn/zwgk/202611/t20261118_12345.html")
    assert read.published is None
    assert read.date_evidence == {"url": DAY}


def test_meta_counts_when_nothing_is_visible() -> None:
    read = article("<p>实施日期：2026-12-01</p>", '<meta name="PubDate" content="2026-11-18  09:24">')
    assert (read.published, read.published_from) == (DAY, "meta")


@pytest.mark.parametrize(
    "value", ["2026-11-18 09:24", "2026-11-18", "2026-11-18\u00a009:24:11", "2026年11月18日", "2026-11-18 10∶08"]
)
def test_ways_of_writing_meta(value: str) -> None:
    assert article("", f'<meta name="pubdate" content="{value}">').published == DAY


def test_meta_that_is_the_time_of_generation_is_dropped() -> None:
    head = (
        '<meta name="PubDate" content="2026-11-19 16:00:26">'
        '<meta name="others" content="页面生成时间 2026-11-19 16:00:26">'
    )
    assert article("<p>发布时间：2026-11-18</p>", head).published_conflict is False
    without = article("", head)
    assert without.published is None
    assert without.generated is not None and without.generated.hour == 16


def test_label_wins_over_meta_and_the_conflict_is_kept() -> None:
    read = article("<p>发布时间：2026-11-18</p>", '<meta name="PubDate" content="2026-05-12 23:20">')
    assert (read.published, read.published_from, read.published_conflict) == (DAY, "label", True)
    assert read.date_evidence["meta"] == date(2026, 5, 12)


def test_address_against_label_is_a_conflict() -> None:
    read = article("<p>发布时间：2026-11-18</p>", url="http://www.yunling.gov.cn/zwgk/202601/t20260103_12345.html")
    assert read.published_conflict
    assert not article(
        "<p>发布时间：2026-11-18</p>", url="http://www.yunling.gov.cn/a/t20261117_1.html"
    ).published_conflict


def test_header_and_side_lists_are_other_dates() -> None:
    side = (
        "<div class='side'><h3>最新发布</h3><ul><li><a href='t1.html'>关于召开全市农业农村工作会议的通知</a><span>"
        "2026-11-20</span></li></ul></div>"
    )
    header = "<div class='header'>今天是：2026年11月20日</div>"
    assert article("", before=header + side).published is None
    assert article("<p>发布时间：2026-11-18</p>", before=header + side).published == DAY


def test_hidden_generation_date_is_not_read() -> None:
    assert article("", body=BODY + "<div style='display:none'>publishdate:2026/11/05</div>").published is None


def test_related_articles_with_labels_do_not_win() -> None:
    related = (
        "<ul class='related'><li><a href='a1.html'>关于印发云岭市防汛应急预案的通知</a> 发布时间：2026-11-19</li></ul>"
    )
    assert article("<p>发布时间：2026-11-18</p>", body=BODY + related).published == DAY
