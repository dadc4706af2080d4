"""Columns that nobody named: found, typed, and never accused for what they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.stores import store_in
from tests.walk.drive import Drive, Reply, html, inventory, status
from tests.walk.sites import HOME, PROSE, by_name, crumb, listing, stored, walk

NEW = ["2026-11-18", "2026-11-10", "2026-11-02"]
OLD = ["2026-03-18", "2026-03-10", "2026-03-02"]
MENU = """<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/gzdt/">工作动态</a></li>
<li><a href="/zwgk/">政务公开</a><ul><li><a href="/zwgk/tzgg/">通知公告</a></li>
<li><a href="/zwgk/zcwj/">政策文件</a></li></ul></li>
<li><a href="/jgzn.html">机构职能</a></li><li><a href="/jdt.html">局动态</a></li>
<li><a href="http://www.zwfw.example.gov.cn/">政务服务网</a></li><li><a href="/index.html">网站主页</a></li>
<li><a href="/bm/bmfw.doc">办事服务手册</a></li><li><a href="/jzxx/">局长信箱</a></li></ul></div>"""
FORM = "<form><p>姓名<input name='a'></p><p>联系方式<input name='b'></p><p>留言内容<textarea></textarea></p></form>"


def department() -> dict[str, Reply]:
    pages: dict[str, Reply] = {
        HOME: html(MENU + PROSE + "<div><a href='/map.html'>网站地图</a></div>", "云岭市教育局"),
        HOME + "zwgk/": html(crumb(("政务公开", "")) + "<p><a href='/zwgk/tzgg/'>通知公告</a></p>", "政务公开"),
        HOME + "jgzn.html": html(crumb(("机构职能", "")) + "<h2>机构职能</h2>" + PROSE, "机构职能"),
        HOME + "jdt.html": html("<h2>局动态</h2>" + PROSE, "局动态"),
        HOME + "jzxx/": html(f"<h2>局长信箱</h2>{FORM}", "局长信箱"),
        HOME + "map.html": html(
            "<div class='con'><a href='/gzdt/'>工作动态</a><a href='/ghjh/'>规划计划</a>"
            "<a href='/gzdt/t20261118_0.html'>关于做好有关工作的通知</a></div>",
            "网站地图-云岭市教育局",
        ),
    }
    pages |= listing("工作动态", "/gzdt/", NEW, crumb(("工作动态", "/gzdt/")))
    pages |= listing("通知公告", "/zwgk/tzgg/", NEW, crumb(("政务公开", "/zwgk/"), ("通知公告", "/zwgk/tzgg/")))
    pages |= listing("政策文件", "/zwgk/zcwj/", OLD, crumb(("政务公开", "/zwgk/"), ("政策文件", "/zwgk/zcwj/")))
    pages |= listing("规划计划", "/ghjh/", OLD, crumb(("规划计划", "/ghjh/")))
    return pages


def test_columns_come_from_menu_and_site_map_with_type_path_and_level(tmp_path: Path) -> None:
    columns = by_name(walk(tmp_path, department())[1])
    told = {name: (fact.column.type, fact.column.top_level, fact.path[1:]) for name, fact in columns.items()}
    assert told == {
        "工作动态": ("动态要闻", True, ("工作动态",)),
        "政务公开": ("其他", True, ("政务公开",)),
        "通知公告": ("通知公告", False, ("政务公开", "通知公告")),
        "政策文件": ("政策文件", False, ("政务公开", "政策文件")),
        "规划计划": ("规划计划", True, ("规划计划",)),
        "机构职能": ("机构职能", True, ("机构职能",)),
        "局动态": ("其他", True, ("局动态",)),
        "局长信箱": ("咨询建言", True, ("局长信箱",)),
    }
    assert str(columns["工作动态"].newest) == "2026-11-18" and columns["工作动态"].item_count == 3
    assert all(fact.discovered for fact in columns.values())


def test_other_sites_the_home_page_files_and_articles_are_no_columns(tmp_path: Path) -> None:
    urls = {fact.url for fact in walk(tmp_path, department())[1].columns}
    assert not urls & {HOME, HOME + "index.html", "http://www.zwfw.example.gov.cn/", HOME + "bm/bmfw.doc"}
    assert not [url for url in urls if "/t2026" in url]


def test_a_static_page_named_like_news_and_a_form_are_not_asked_for_updates(tmp_path: Path) -> None:
    columns = by_name(walk(tmp_path, department())[1])
    for name in ("局动态", "局长信箱", "机构职能"):
        assert columns[name].newest is None and columns[name].kind in ("article", "other")
        assert columns[name].column.type not in ("动态要闻", "通知公告", "政策文件", "政策解读", "人事信息", "规划计划")


def test_a_column_that_only_breadcrumbs_name_is_found_and_dated(tmp_path: Path) -> None:
    pages = department()
    place = crumb(("政务公开", "/zwgk/"), ("人事信息", "/zwgk/rsxx/"))
    pages[HOME] = html(MENU + PROSE + "<a href='/zwgk/rsxx/t20260318_0.html'>关于任免的通知</a>", "云岭市教育局")
    pages |= listing("人事信息", "/zwgk/rsxx/", OLD, place)
    fact = by_name(walk(tmp_path, pages)[1])["人事信息"]
    assert (fact.column.type, fact.column.top_level) == ("人事信息", False)
    assert str(fact.newest) == "2026-03-18" and fact.path == ("首页", "政务公开", "人事信息")


def test_a_list_page_met_on_the_way_names_itself_and_its_second_page_does_not(tmp_path: Path) -> None:
    pages = department()
    tags = "<meta name='ColumnName' content='图片新闻'><meta name='ColumnType' content='工作动态'>"
    more = "<a href='index_1.html'>下一页</a>"
    for name, days in (("", NEW), ("index_1.html", OLD)):
        body = listing("x", "/tpxw/", days)[HOME + "tpxw/"]
        pages[HOME + "tpxw/" + name] = str(body).replace("</title>", "</title>" + tags).replace("</ul>", "</ul>" + more)
    pages[HOME] = html(MENU + PROSE + "<a href='/tpxw/'>更多&gt;&gt;</a>", "云岭市教育局")
    found = [fact for fact in walk(tmp_path, pages)[1].columns if "/tpxw/" in fact.url]
    assert [(fact.url, fact.column.name, fact.column.type) for fact in found] == [
        (HOME + "tpxw/", "图片新闻", "动态要闻"),
    ]


@pytest.mark.parametrize(
    ("title", "kind"),
    [("关于拟录用人员的公示", "通知公告"), ("2026年部门预算公开说明", "财政资金"), ("致市民的一封信", "其他")],
)
def test_a_name_that_tells_nothing_is_typed_by_its_titles(tmp_path: Path, title: str, kind: str) -> None:
    pages = department()
    entries = "".join(f"<li><a href='/q/a{n}.html'>{title}</a><span>2026-11-0{n}</span></li>" for n in range(1, 8))
    pages[HOME] = html(MENU.replace("局长信箱", "信息天地").replace("/jzxx/", "/q/") + PROSE, "云岭市教育局")
    pages[HOME + "q/"] = html(f"<h2>信息天地</h2><ul>{entries}</ul>", "信息天地")
    assert by_name(walk(tmp_path, pages)[1])["信息天地"].column.type == kind


def test_a_column_that_leads_home_or_away_is_not_judged_by_what_stands_there(tmp_path: Path) -> None:
    pages = department()
    pages[HOME + "gzdt/"] = status(302, location="/")
    pages[HOME + "zwgk/zcwj/"] = status(302, location="http://other.example.gov.cn/zc/")
    pages["http://other.example.gov.cn/zc/"] = html("<ul><li>2020</li></ul>")
    columns = by_name(walk(tmp_path, pages)[1])
    assert columns["工作动态"].column.type == "其他"
    assert columns["政策文件"].column.type == "其他"


def test_a_site_whose_inventory_names_columns_is_judged_by_those_alone(tmp_path: Path) -> None:
    named = {"id": "dt", "name": "工作动态", "url": "/gzdt/", "type": "动态要闻"}
    _, site = walk(tmp_path, department(), columns=[named])
    assert [fact.column.id for fact in site.columns] == ["dt"]
    assert {"通知公告", "政策文件", "规划计划"} <= {fact.column.name for fact in site.unnamed_columns}
    assert "工作动态" not in {fact.column.name for fact in site.unnamed_columns}


@pytest.mark.parametrize("every", [9, 14])
def test_a_killed_walk_finds_the_same_columns_once(tmp_path: Path, every: int) -> None:
    whole = {fact.url: fact for fact in walk(tmp_path / "whole", department())[1].columns}
    drive = Drive(store_in(tmp_path, "cut"), inventory(), department())
    going = True
    while going:
        drive.open()
        for _ in range(every):
            going = drive.step()
            if not going:
                break
        if going:
            drive.kill()
    drive.finish()
    assert {fact.url: fact for fact in stored(drive).columns} == whole


def test_a_page_that_makes_up_columns_without_end_is_stopped(tmp_path: Path) -> None:
    pages = {HOME: html(MENU + PROSE, "云岭市教育局")}
    links = "".join(f"<a href='/c{n}/'>栏目第{n}号</a>" for n in range(3000))
    pages[HOME + "zwgk/"] = html(f"<div class='con'>{links}</div>", "网站地图")
    assert len(walk(tmp_path, dict(pages))[1].columns) == 400


def test_articles_listed_by_a_found_column_belong_to_it(tmp_path: Path) -> None:
    _, site = walk(tmp_path, department())
    pages = {page.url: page for page in site.pages()}
    ids = {fact.column.id: fact.column.name for fact in site.columns}
    assert ids[pages[HOME + "gzdt/t20261118_0.html"].column or ""] == "工作动态"
