"""Kinds of pages: what is empty, what only looks empty, and what is no list at all."""

from __future__ import annotations

import pytest

from crawler.pages import read_page
from tests.pages.helpers import ARTICLE_URL, AS_OF, BODY, CRUMB, TITLES, URL, article, page, rows

ITEM = '<li><a href="{url}">{title}</a><span>{date}</span></li>'
EMPTY = {
    "nothing": "",
    "暂无内容": "<div class='list'><p>暂无内容！</p></div>",
    "no records": "<ul><li>没有相关信息</li></ul><div class='page'>共0条 1/1</div>",
    "under construction": "<div>栏目建设中，敬请期待</div>",
    "menu tree of 206 links": "<div class='tree'>" + "<a href='gk/1.html'></a>" * 206 + "</div>",
    "left menu": "<div class='left'><ul>"
    + "".join(f"<li><a href='/gk/{name}/'>{name}</a></li>" for name in ("机构概况", "通知公告", "政策文件", "规划计划"))
    + "</ul></div><div class='right'></div>",
    "friend links": "<div class='links'><a href='http://www.a.gov.cn/'>省人民政府</a><a href='http://www.b.gov.cn/'>"
                    "市教育局</a></div>",
    "icons": "<div><img src='/images/line.gif'><img src='/images/logo.png'></div>",
    "visit counter": "<script>$.ajax({url:'/visit/count.jsp',success:function(d){$('#pv').html(d)}})</script>",
}  # fmt: skip

SCRIPTED = {
    "ajax": "<ul id='list'></ul><script>$.ajax({type:'post',url:'/irs/front/search',data:{pageNo:1},"
    "success:function(r){"
    "$.each(r.list,function(i,n){$('#list').append('<li>'+n.title+'</li>')})}})</script>",
    "getJSON": "<ul id='list'></ul><script>$.getJSON('list.json',function(d){for(var i in d.list){}})</script>",
    "fetch": "<div id='box'></div><script>fetch('/api/articles?page=1').then(r=>r.json()).then(d=>{})</script>",
    "vue": "<div id='app'><ul><li v-for='item in list'>{{ item.title }}</li></ul></div>",
    "application": "<div id='app'></div><script src='/js/chunk-vendors.3f2a.js'></script>",
    "template": "<script type='text/x-handlebars-template'>{{#each items}}<li>{{title}}</li>{{/each}}</script>"
    "<div id='l'></div>",
    "jpage": "<div id='1234'></div><script>$('#1234').jpage({dataproxyurl:'/module/web/jpage/dataproxy.jsp',"
    "perPage:15})</script>",
    "loading": "<div class='list'>正在加载，请稍候……</div>",
    "iframe": "<iframe src='/gkmlpt/list.jsp?col=3' width='100%' height='900'></iframe>",
}

OTHER = {
    "application form": "<form><p>申请人姓名<input type='text'></p><p>联系方式<input type='text'></p><textarea>"
    "</textarea><button>提交</button></form>",
    "organisation chart": "<div class='con'><img src='/uploads/W020261118345.jpg' width='900'></div>",
    "video": "<div class='con'><video src='/v/1.mp4'></video></div>",
    "duties": f"<div class='con'>{BODY}</div>",
}

CHALLENGES = {
    "ruishu": "<html><head><meta charset=utf-8><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1;</script>"
              "</head><body></body></html>",
    "jsl": "<script>document.cookie=('_')+('_')+('j')+('s')+('l');location.href=location.pathname+location.search"
           "</script>",
    "words": "<html><head><title>安全验证</title></head><body>请完成安全验证后继续访问</body></html>",
    "refused": "<html><title>405</title><body>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</body>"
               "</html>",
    "cloudflare": "<html><head><title>Just a moment...</title></head><body>"
                  "<script src='/cdn-cgi/challenge-platform/x.js'></script></body></html>",
}  # fmt: skip


@pytest.mark.parametrize("name", EMPTY)
def test_really_blank(name: str) -> None:
    assert page(CRUMB + EMPTY[name]).kind == "blank"


@pytest.mark.parametrize("name", SCRIPTED)
def test_a_list_that_a_script_draws_is_never_blank(name: str) -> None:
    assert page(CRUMB + SCRIPTED[name]).kind == "scripted-list"


@pytest.mark.parametrize("name", OTHER)
def test_pages_that_hold_something_else(name: str) -> None:
    assert page(CRUMB + OTHER[name]).kind == "other"


@pytest.mark.parametrize("name", CHALLENGES)
def test_challenges(name: str) -> None:
    assert read_page(CHALLENGES[name].encode(), URL, None, AS_OF).kind == "challenge"


def test_the_mark_of_a_challenge_on_a_good_page_is_none() -> None:
    assert article("<p>发布时间：2026-11-18</p>", "<script>$_ts=window['$_ts']||{};</script>").kind == "article"


def test_a_column_that_only_leads_to_its_columns_is_not_blank() -> None:
    links = "".join(
        f"<li><a href='/zwgk/{place}/'>{name}</a></li>" for place, name in enumerate(["文件", "解读", "公报"])
    )
    assert page(f"{CRUMB}<ul>{links}</ul>").kind == "other"


def test_one_entry_is_not_blank() -> None:
    assert page(CRUMB + rows(ITEM, ["2026-11-18"])).kind == "list"
    assert page(CRUMB + rows('<li><a href="{url}">{title}</a></li>', [""])).kind == "list"


def test_a_list_of_attachments_is_not_blank() -> None:
    html = (
        "<ul><li><a href='/files/1.pdf'>2025年度部门决算公开</a></li><li><a href='/files/2.pdf'>2024年度部门决算公开"
        "</a></li></ul>"
    )
    assert page(CRUMB + html).kind == "list"


def test_article_without_a_date() -> None:
    read = article("")
    assert (read.kind, read.published) == ("article", None)


def test_short_article_by_its_tags() -> None:
    head = f'<meta name="ArticleTitle" content="{TITLES[0]}"><meta name="PubDate" content="2026-11-18 09:00">'
    read = article("<p>发布时间：2026-11-18</p>", head, body="<p><img src='/W020261118.jpg'></p>")
    assert read.kind == "article"


def test_article_with_related_list() -> None:
    related = (
        "<div class='xg'><h3>相关信息</h3>"
        + rows(ITEM, ["2026-11-19", "2026-11-12", "2026-11-10", "2026-11-09"])
        + "</div>"
    )
    read = article("<p>发布时间：2026-11-18</p>", body=BODY + related)
    assert (read.kind, str(read.published), read.items) == ("article", "2026-11-18", [])


def test_an_article_saved_at_the_root_is_still_an_article() -> None:
    assert article("<p>发布时间：2026-11-18</p>", url="http://www.yunling.gov.cn/").kind == "article"


BLOCKS = "".join(
    f"<div class='b'><h3>{n}<a href='/{n}/'>更多</a></h3>{rows(ITEM, ['2026-11-18'] * 4)}</div>" for n in "甲乙丙丁"
)


@pytest.mark.parametrize(
    "url", ["http://www.yunling.gov.cn/", "http://www.yunling.gov.cn/index.html", "http://jyj.yunling.gov.cn"]
)
def test_home(url: str) -> None:
    read = page(BLOCKS, url, "云岭市人民政府门户网站")
    assert (read.kind, str(read.newest)) == ("home", "2026-11-18")


def test_home_that_is_only_an_entrance() -> None:
    assert (
        page(
            "<div><a href='/main/'><img src='/enter.jpg' alt='进入'></a></div>", "http://www.yunling.gov.cn/", "云岭市"
        ).kind
        == "home"
    )


def test_channel_is_a_list() -> None:
    assert page(CRUMB + BLOCKS, "http://www.yunling.gov.cn/zwgk/", "政务公开_云岭市人民政府").kind == "list"


@pytest.mark.parametrize(
    "html",
    [
        "<meta http-equiv='refresh' content='0;url=/zwgk/tzgg/new/'>",
        "<script>window.location.href='/zwgk/tzgg/new/';</script>",
        "<script>location.replace('/zwgk/tzgg/new/')</script><p>正在跳转</p>",
    ],
)
def test_jump_pages(html: str) -> None:
    read = read_page(html.encode(), URL)
    assert (read.jump_to, read.kind) == ("http://www.yunling.gov.cn/zwgk/tzgg/new/", "other")


def test_a_living_page_with_a_refresh_is_no_jump() -> None:
    read = page(CRUMB + rows(ITEM, ["2026-11-18"] * 12), head="<meta http-equiv='refresh' content='300;url=/other/'>")
    assert read.jump_to is None


def test_address_is_the_kind_of_nothing_alone() -> None:
    assert page(CRUMB, ARTICLE_URL).kind != "list"
