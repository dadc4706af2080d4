"""List pages: entries, dates and years in the ways content systems write them."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.pages import read_list_data
from tests.pages.helpers import AS_OF, CRUMB, TITLES, URL, page, rows

DATES = ["2026-11-18", "2026-11-15", "2026-10-30", "2026-10-08"]
DAYS = [date(2026, 11, 18), date(2026, 11, 15), date(2026, 10, 30), date(2026, 10, 8)]

TEMPLATES = {
    "li span": ('<li><a href="{url}">{title}</a><span>{date}</span></li>', "<ul>{}</ul>"),
    "date first": ('<li><span>{date}</span><a href="{url}">{title}</a></li>', "<ul>{}</ul>"),
    "brackets": ('<li><a href="{url}">{title}</a>[{date}]</li>', "<ul>{}</ul>"),
    "round brackets": ('<li><a href="{url}">{title}</a>（{date}）</li>', "<ul>{}</ul>"),
    "b": ('<li><b readlabel="1">{date}</b><a href="{url}">{title}</a></li>', "<ul>{}</ul>"),
    "table": ('<tr><td>·</td><td><a href="{url}">{title}</a></td><td>{date}</td></tr>', "<table>{}</table>"),
    "table each": ('<table><tr><td><a href="{url}">{title}</a></td><td>{date}</td></tr></table>', "<div>{}</div>"),
    "date in link": ('<li><a href="{url}">{title}<font>[{date}]</font></a></li>', "<ul>{}</ul>"),
    "date ends link": ('<li><a href="{url}">{title} {date}</a></li>', "<ul>{}</ul>"),
    "dl": ('<dt><a href="{url}">{title}</a></dt><dd>{date}</dd>', "<dl>{}</dl>"),
    "br": ('<a href="{url}">{title}</a> {date}<br>', "<div>{}</div>"),
    "p": ('<p><a href="{url}">{title}</a><i>{date}</i></p>', "<div>{}</div>"),
    "counter": (
        '<tr><td><a href="{url}">{title}</a></td></tr><tr><td>(发布时间：{date} 11:06:22 阅读次数：<span id="c">'
        '</span>)</td></tr>',
        "<table>{}</table>",
    ),
    "card": (
        '<div class="card"><a href="{url}"><img src="a.jpg"></a><h4><a href="{url}">{title}</a></h4><p>摘要摘要摘要'
        '</p><div class="data">{date}'
        '</div><a href="{url}">查看详情</a></div>',
        "<div>{}</div>",
    ),
    "whole card is a link": (
        '<li><a href="{url}"><h3>{title}</h3><p>全市上下要高度重视，切实抓好落实。</p><span class="time">{date}</span>'
        '</a></li>',
        "<ul>{}</ul>",
    ),
    "category link": (
        '<li><a href="../jyj/">[市教育局]</a><a href="{url}">{title}</a><span>{date}</span></li>',
        "<ul>{}</ul>",
    ),
    "div each": (
        '<div class="row"><div class="c1"><a href="{url}">{title}</a></div><div class="c2">{date}</div></div>',
        "<div>{}</div>",
    ),
    "onclick": ('<li><a href="javascript:void(0)" onclick="openUrl(\'{url}\')">{title}</a><span>{date}</span></li>',
    "<ul>{}</ul>"),
}  # fmt: skip


@pytest.mark.parametrize("name", TEMPLATES)
def test_markup_of_lists(name: str) -> None:
    template, wrap = TEMPLATES[name]
    read = page(CRUMB + rows(template, DATES, wrap))
    assert read.kind == "list"
    assert [item.date for item in read.items] == DAYS
    assert [item.title for item in read.items] == list(TITLES[:4])
    assert [item.url for item in read.items] == [
        f"http://www.yunling.gov.cn/zwgk/tzgg/content_88{n:05}.html" for n in range(4)
    ]
    assert read.newest == DAYS[0]


FORMS = {
    "2026/11/18": date(2026, 11, 18),
    "2026.11.18": date(2026, 11, 18),
    "2026年11月18日": date(2026, 11, 18),
    "２０２６－１１－１８": date(2026, 11, 18),
    "二〇二六年十一月十八日": date(2026, 11, 18),
    "2026-11-18 09:20": date(2026, 11, 18),
    "11-18": date(2026, 11, 18),
    "[11-18]": date(2026, 11, 18),
    "11/18": date(2026, 11, 18),
    "11月18日": date(2026, 11, 18),
    "12-31": date(2025, 12, 31),
    "26-11-18": date(2026, 11, 18),
    "<b>18</b><i>2026-11</i>": date(2026, 11, 18),
    "<em>18</em><p>2026年11月</p>": date(2026, 11, 18),
    "<p>11-18</p><p>2026</p>": date(2026, 11, 18),
    "<p>2026</p><p>11-18</p>": date(2026, 11, 18),
    "<p>2026.11</p><h2>18</h2>": date(2026, 11, 18),
    "<div>18</div><div>11月</div>": date(2026, 11, 18),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_dates(form: str) -> None:
    template = '<li><a href="{url}">{title}</a><span>{date}</span></li>'
    assert page(CRUMB + rows(template, [form] * 3)).newest == FORMS[form]


def test_days_without_a_year_run_back_over_new_year() -> None:
    days = ["11-18", "03-02", "12-30", "11-25", "06-01"]
    read = page(rows('<li><a href="{url}">{title}</a><span>[{date}]</span></li>', days))
    assert [item.date for item in read.items] == [
        date(2026, 11, 18), date(2026, 3, 2), date(2025, 12, 30), date(2025, 11, 25), date(2025, 6, 1),
    ]  # fmt: skip


def test_year_from_the_address_wins() -> None:
    html = "".join(
        f'<li><a href="/yw/2023{month}/t2023{month}{day}_{day}{n}.html">{TITLES[n]}</a><span>{month}-{day}</span></li>'
        for n, (month, day) in enumerate([("10", "11"), ("10", "09"), ("09", "28")])
    )
    assert page(f"<ul>{html}</ul>").newest == date(2023, 10, 11)


def test_generation_time_bounds_dates_without_a_year() -> None:
    head = '<meta name="others" content="页面生成时间 2026-03-05 10:00:00">'
    html = rows('<li><a href="{url}">{title}</a><span>{date}</span></li>', ["03-04", "11-18", "10-01"])
    read = page(html, head=head)
    assert [item.date for item in read.items] == [date(2026, 3, 4), date(2025, 11, 18), date(2025, 10, 1)]


def test_a_pinned_entry_is_not_the_newest_and_drags_no_year() -> None:
    html = rows('<li><a href="{url}">{title}</a><span>{date}</span></li>', ["11-18", "11-15"], "<ul>{}</ul>")
    html = html.replace(
        "<ul>", '<ul><li><a href="content_7700001.html">[置顶]关于规范涉企检查的公告</a><span>01-14</span></li>'
    )
    read = page(html)
    assert read.newest == date(2026, 11, 18)
    assert read.items[0].date == date(2026, 1, 14)


def test_a_date_in_the_title_is_not_the_date_of_the_entry() -> None:
    html = (
        '<ul><li><a href="content_8800001.html">关于2026年11月19日停水的通知</a><span>2026-11-17</span></li>'
        '<li><a href="content_8800002.html">2026年11月1日水质监测情况公示</a><span>2026-11-02</span></li></ul>'
    )
    assert [item.date for item in page(html).items] == [date(2026, 11, 17), date(2026, 11, 2)]


def test_a_deadline_in_the_future_is_no_update() -> None:
    html = rows('<li><a href="{url}">{title}</a><span>{date}</span></li>', ["2027-01-31", "2026-11-02", "2026-10-09"])
    assert page(html).newest == date(2026, 11, 2)


def test_titles_cut_short_are_completed_from_the_attribute() -> None:
    html = (
        f'<ul><li><a href="content_8800001.html" title="{TITLES[0]}">{TITLES[0][:12]}...</a><span>2026-11-17</span>'
        f"</li></ul>"
    )
    assert page(html).items[0].title == TITLES[0]


def test_list_in_a_comment_drawn_by_script() -> None:
    items = rows('<li><a href="{url}">{title}</a><b>{date}</b></li>', DATES)
    read = page(f"{CRUMB}<div id='page_div'><!--{items}--></div><script>showList('page_div')</script>")
    assert (read.kind, read.newest, len(read.items)) == ("list", DAYS[0], 4)


def test_a_dead_comment_beside_a_living_list_is_not_read() -> None:
    dead = rows('<li><a href="{url}">{title}</a><b>{date}</b></li>', ["2026-11-19"] * 4)
    live = rows('<li><a href="{url}">{title}</a><b>{date}</b></li>', ["2025-11-19"] * 4)
    assert page(f"{CRUMB}<!--{dead}-->{live}").newest == date(2025, 11, 19)


def test_jpage_records() -> None:
    record = (
        '<record><![CDATA[<li><a href="/art/2026/11/{n}/art_12_{n}.html">{title}</a><span>2026-11-{n}</span></li>]]>'
        "</record>"
    )
    records = "".join(record.format(n=n, title=TITLES[n % 6]) for n in (18, 17, 12))
    html = (
        f'<script type="text/xml"><datastore><nextgroup></nextgroup><recordset>{records}</recordset></datastore>'
        f"</script>"
    )
    read = page(f"{CRUMB}<div id='47001'>{html}</div>")
    assert (read.kind, read.newest, len(read.items)) == ("list", date(2026, 11, 18), 3)
    assert read.items[0].url == "http://www.yunling.gov.cn/art/2026/11/18/art_12_18.html"


def test_objects_in_a_script() -> None:
    objects = ",".join(
        f'{{"id":{n},title:"{TITLES[n]}","pubDate":"2026-11-1{n} 16:59",'
        f'"urls":"{{\\"pc\\":\\"/zwgk/content/content_99000{n}.html\\"}}"}}'
        for n in (5, 3)
    )
    menu = '{"name":"政务公开","releaseTime":1764058603030,"childCount":3,"urls":"/zwgk/index.html"}'
    read = page(f"<script>var menu=[{menu}]; var listData = {{articleList:[{objects}]}};</script><div id='l'></div>")
    assert read.kind == "list"
    assert [(item.url, item.date) for item in read.items] == [
        ("http://www.yunling.gov.cn/zwgk/content/content_990005.html", date(2026, 11, 15)),
        ("http://www.yunling.gov.cn/zwgk/content/content_990003.html", date(2026, 11, 13)),
    ]


def test_seconds_since_1970_are_read_in_chinese_time() -> None:
    body = (
        b'{"articles":[{"title":"abc def","url":"/gk/content/post_123456.html","date":1763395200,'
        b'"display_publish_time":1763395200}]}'
    )
    assert read_list_data(body, URL, AS_OF)[0].date == date(2025, 11, 18)


LIST_DATA = {
    "json": '{"data":{"list":[{"title":"%s","url":"/a/t20261118_1.html","publishTime":"2026-11-18 10:00"}]}}',
    "jsonp": 'callback({"rows":[{"TITLE":"%s","URL":"/a/t20261118_1.html","FBSJ":"2026-11-18"}]});',
    "xml": "<?xml version='1.0'?><rss><channel><item><title><![CDATA[%s]]></title><link>/a/t20261118_1.html</link>"
    "<pubDate>2026-11-18</pubDate></item></channel></rss>",
    "records": '<datastore><totalrecord>1</totalrecord><recordset><record><![CDATA[<li><a href="/a/t20261118_1.html">'
    "%s</a>"
    "<span>2026-11-18</span></li>]]></record></recordset></datastore>",
    "markup": '<ul><li><a href="/a/t20261118_1.html">%s</a><span>2026-11-18</span></li></ul>',
}


@pytest.mark.parametrize("name", LIST_DATA)
def test_fetched_list_data(name: str) -> None:
    items = read_list_data((LIST_DATA[name] % TITLES[0]).encode(), URL, AS_OF)
    assert [(item.url, item.title, item.date) for item in items] == [
        ("http://www.yunling.gov.cn/a/t20261118_1.html", TITLES[0], date(2026, 11, 18))
    ]


def test_entries_without_dates_are_entries() -> None:
    read = page(CRUMB + rows('<tr><td><a href="{url}">{title}</a></td></tr>', [""] * 6, "<table>{}</table>"))
    assert (read.kind, len(read.items), read.newest) == ("list", 6, None)


def test_side_block_does_not_freshen_a_stale_list() -> None:
    main = rows('<li><a href="{url}">{title}</a><span>{date}</span></li>', ["2024-01-05"] * 6)
    side = (
        "<div class='sidebar'><h3>热点新闻</h3><ul><li><a href='content_1234567.html'>市政府召开第三十次常务会议</a>"
        "<em>2026-11-19</em></li></ul></div>"
    )
    pager = "<div class='page'>共62条 1/6 <a href='index_1.html'>下一页</a></div>"
    assert page(CRUMB + side + main + pager).newest == date(2024, 1, 5)
    assert page(CRUMB + main + side).newest == date(2024, 1, 5)


def test_parent_of_columns_gives_the_items_of_its_blocks() -> None:
    block = '<div class="block"><h3>{name}<a href="{path}/">更多</a></h3>{list}</div>'
    html = "".join(
        block.format(name=name, path=path, list=rows('<li><a href="{url}">{title}</a><span>{date}</span></li>', days))
        for name, path, days in (("通知公告", "tzgg", ["2026-01-18"] * 3), ("政策文件", "zcwj", ["2026-11-10"] * 3))
    )
    read = page(CRUMB + html, "http://www.yunling.gov.cn/zwgk/")
    assert (read.kind, read.newest) == ("list", date(2026, 11, 10))


def test_pager_counts_are_no_dates() -> None:
    html = (
        rows('<tr><td><a href="{url}">{title}</a></td></tr>', [""] * 4, "<table>{}</table>")
        + "<p>共1182条 1/12 10-11</p>"
    )
    assert page(CRUMB + html).newest is None
