"""Tags, title, paging, breadcrumb, navigation, sources and the other things a page says."""

from __future__ import annotations

from typing import get_args

import pytest

from crawler.pages import column_type_of, read_page
from crawler.pages.marks import load_marks
from tests.pages.helpers import AS_OF, CRUMB, TITLES, URL, article, page, rows

HOST = "http://www.yunling.gov.cn"
ITEM = '<li><a href="{url}">{title}</a><span>{date}</span></li>'
LIST = CRUMB + rows(ITEM, ["2026-11-18"] * 5)


def test_tags_by_official_names_as_written() -> None:
    head = (
        "<meta name='sitename' content='云岭市人民政府'><meta NAME=SiteDomain content=www.yunling.gov.cn>"
        "<meta name=\"ColumnName\" content=\"\"><META name='PubDate' content=' 2026-11-18 09:24 '>"
    )
    assert page(LIST, head=head).tags == {
        "SiteName": "云岭市人民政府", "SiteDomain": "www.yunling.gov.cn", "ColumnName": "",
        "PubDate": " 2026-11-18 09:24 ",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title> 云岭市\n 人民政府&nbsp;</title>", "云岭市 人民政府"),
        ("<title></title>", None),
        ("<p>x</p>", None),
        ("<svg><title>图标</title></svg><p>x", None),
        ("<html></html><title>late</title>", "late"),
    ],
)
def test_title(html: str, title: str | None) -> None:
    assert read_page(html.encode(), URL).title == title


def test_early_end_of_html_loses_nothing() -> None:
    html = f"<html><head><title>通知公告</title></head><body><div>x</div></body></html><!--end header-->{LIST}"
    read = read_page(html.encode(), URL, None, AS_OF)
    assert (read.kind, len(read.items)) == ("list", 5)


def test_headline_source_and_number() -> None:
    info = (
        "<table><tr><td>发文字号</td><td>云政办发〔2026〕3号</td></tr></table><p>来源：<span>云岭市人民政府办公室"
        "</span> 发布时间：2026-11-18</p>"
    )
    read = article(info)
    assert (read.headline, read.source, read.doc_number) == (TITLES[0], "云岭市人民政府办公室", "云政办发〔2026〕3号")


@pytest.mark.parametrize(
    "number", ["云政办发〔2026〕3号", "云政办发[2026]3号", "云政办发（2026） 3 号", "云政办发【2026】第3号"]
)
def test_number_in_a_line_of_its_own(number: str) -> None:
    assert article(f"<p>{number}</p><p>2026-11-18</p>").doc_number == "云政办发〔2026〕3号"


def test_number_that_the_text_only_quotes_is_not_its_own() -> None:
    assert (
        article(
            "", body="<p>根据《省人民政府关于印发规定的通知》（云政发〔2020〕12号）要求，现将有关事项通知如下。</p>"
        ).doc_number
        is None
    )


def test_breadcrumb_and_navigation() -> None:
    read = page(LIST)
    assert read.breadcrumb == [("首页", f"{HOST}/"), ("政务公开", f"{HOST}/zwgk/"), ("通知公告", None)]
    assert [name for name, _ in read.navigation] == ["首页", "政务公开", "政务服务", "互动交流", "走进云岭"]
    assert read.column_type == "通知公告"


def test_navigation_of_a_table_without_names() -> None:
    cells = "".join(
        f"<td><a href='/{n}/'>{name}</a></td>"
        for n, name in enumerate(["首页", "机构概况", "新闻动态", "政策法规", "办事指南"])
    )
    read = read_page(f"<table><tr>{cells}</tr></table><p>{TITLES[0]}</p>".encode(), URL)
    assert len(read.navigation) == 5


PAGERS = {
    "TRS": ("<script>createPageHTML(5, 0, 'index', 'html');</script>", [f"index_{n}.html" for n in (1, 2, 3, 4)]),
    "TRS with a div": (
        "<script>createPageHTML('page_div',4, 1,'zwgklist','shtml',60);</script>",
        [f"zwgklist_{n}.shtml" for n in (2, 3, 4)],
    ),
    "TRS variables": (
        "<script>var currentPage = 0;var countPage = 3;document.write('<a href=\"index_'+(currentPage+1)+'.html\">');"
        "var s='index'+'_'+1+'.html';</script>",
        ["index_1.html", "index_2.html"],
    ),
    "descending": ("<a href='tzgg/59.html'>下页</a><a href='tzgg/1.html'>尾页</a>", ["tzgg/59.html", "tzgg/1.html"]),
    "next link": ("<a href='index_2.html'>下一页</a>", ["index_2.html"]),
    "numbers": ("<span>1</span><a href='?page=2'>2</a><a href='?page=3'>3</a>", ["index.html?page=2",
    "index.html?page=3"]),
    "template text": ("<script>createPageHTML(${PAGE_COUNT}, 0, 'index', 'html');</script>", []),
    "one page": ("<script>createPageHTML(1, 0, 'index', 'html');</script>", []),
    "script link": ("<a href='javascript:next()'>下一页</a>", []),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGERS)
def test_further_pages(name: str) -> None:
    markup, wanted = PAGERS[name]
    assert page(LIST + f"<div class='page'>{markup}</div>").next_pages == [
        f"{HOST}/zwgk/tzgg/{path}" for path in wanted
    ]


def test_sources_that_a_script_names() -> None:
    scripts = (
        "<script>$.getJSON('/zwgk/list_1.json?v=3');$.ajax({url:'/api/list/12',type:'post'});var a='/js/x.js';"
        "$.get('/data/list.xml?k='+key)</script>"
    )
    assert page(CRUMB + scripts).list_sources == [f"{HOST}/zwgk/list_1.json?v=3"]


def test_jpage_ranges() -> None:
    script = (
        "<script>var param={col:1,appid:1,webid:1,path:'/',columnid:24,sourceContentType:1,unitid:47};"
        "$('#47').jpage({dataproxyurl:'/module/web/jpage/dataproxy.jsp',totalRecord:70,perPage:15,param:{columnid:24,"
        "unitid:47,webid:1}})</script>"
    )
    sources = page(CRUMB + script).list_sources
    assert len(sources) == 2
    assert sources[0].startswith(f"{HOST}/module/web/jpage/dataproxy.jsp?startrecord=1&endrecord=45&perpage=15&")
    assert "columnid=24" in sources[1] and "startrecord=46&endrecord=70" in sources[1]


def test_footer_scripts() -> None:
    read = page(LIST + "<script src='/js/foot.js'></script><script src='/js/jquery.js'></script>")
    assert read.footer_scripts == [f"{HOST}/js/foot.js"]


def test_text_is_what_a_reader_sees_of_the_content() -> None:
    read = article(
        "<p>发布时间：2026-11-18</p>",
        body="<p>正文</p><p style='display:none'>隐藏</p><script>var x='脚本'</script><!-- 注释 -->",
    )
    assert "正文" in read.text
    assert not any(word in read.text for word in ("隐藏", "脚本", "注释", "互动交流", "网站标识码"))
    assert read.text_length > len(read.text) / 2


COLUMNS = {
    "政务要闻": "动态要闻", "部门动态": "动态要闻", "通知公告": "通知公告", "公示公告": "通知公告",
    "政府文件": "政策文件",
    "政策解读": "政策解读", "政策文件解读": "政策解读", "人事任免": "人事信息", "规划计划": "规划计划",
    "统计数据": "统计信息",
    "财政预决算": "财政资金", "走进云岭": "概况信息", "机构职能": "机构职能", "领导之窗": "领导信息",
    "市长信箱": "咨询建言",
    "民意征集": "调查征集", "在线访谈": "在线访谈", "办事指南": "办事服务", "政府信息公开指南": "信息公开指南",
    "政府信息公开年报": "信息公开年报", "依申请公开": "依申请公开", "专题专栏": "专题", "友情链接": None, "云岭": None,
    "": None,
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_column_types(name: str) -> None:
    assert column_type_of(name) == COLUMNS[name]


def test_synonyms_use_the_types_of_the_inventory() -> None:
    from crawler.inventory import models

    known = set(get_args(models.ColumnType)) if get_args(getattr(models, "ColumnType", None)) else None
    types = {entry["type"] for entry in load_marks("columns.yaml")["types"]}
    assert types <= (known or {str(member.value) for member in models.ColumnType})
