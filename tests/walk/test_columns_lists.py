"""Where a column's list may stand: further pages, data addresses, frames, behind a jump, in its sub-columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crawler.facts import ColumnFact
from tests.walk.drive import Reply, html, status
from tests.walk.sites import HOME, PROSE, article, crumb, listing, rows, walk

NEW = ["2026-11-18", "2026-11-10", "2026-11-02"]
MID = ["2026-08-18", "2026-08-10", "2026-08-02"]
OLD = ["2026-03-18", "2026-03-10", "2026-03-02"]
DT: dict[str, Any] = {"id": "dt", "name": "工作动态", "url": "/gzdt/", "type": "动态要闻"}
TZ: dict[str, Any] = {"id": "tz", "name": "通知公告", "url": "/tzgg/", "type": "通知公告", "top_level": True}
FRONT = html(PROSE + "<a href='/gzdt/'>工作动态</a>", "云岭市教育局")


def columns(tmp_path: Path, pages: dict[str, Reply], *named: dict[str, Any]) -> dict[str, ColumnFact]:
    _, site = walk(tmp_path, {HOME: FRONT} | pages, columns=list(named))
    return {fact.column.id: fact for fact in site.columns}


def test_further_pages_belong_to_the_column(tmp_path: Path) -> None:
    pages = listing("工作动态", "/gzdt/", MID)
    pages[HOME + "gzdt/"] = str(pages[HOME + "gzdt/"]).replace(
        "</ul>", "</ul><script>createPageHTML(3, 0, 'index', 'html');</script>"
    )
    for n, days in ((1, OLD), (2, ["2025-01-02"])):
        pages[f"{HOME}gzdt/index_{n}.html"] = html(rows("/gzdt/", days), "工作动态")
    fact = columns(tmp_path, pages, DT)["dt"]
    assert (fact.item_count, str(fact.newest)) == (7, "2026-08-18")


def test_the_newest_of_a_pinned_list_may_stand_on_its_second_page(tmp_path: Path) -> None:
    pages = listing("工作动态", "/gzdt/", OLD)
    pages[HOME + "gzdt/"] = str(pages[HOME + "gzdt/"]).replace("</ul>", "</ul><a href='index_1.html'>下一页</a>")
    pages[HOME + "gzdt/index_1.html"] = html(rows("/gzdt/", NEW), "工作动态")
    assert str(columns(tmp_path, pages, DT)["dt"].newest) == "2026-11-18"


JPAGE = """<div id='1'></div><script>var dataproxyurl='/module/web/jpage/dataproxy.jsp';
var totalRecord=7, perPage=1; $.ajax({data:{'col':'1','webid':'2','path':'/','columnid':'8','unitid':'9'}});</script>"""


def test_every_range_of_a_jpage_list_is_fetched_and_its_articles_belong_to_the_column(tmp_path: Path) -> None:
    def records(days: list[str]) -> Reply:
        entries = "".join(
            f"<record><![CDATA[<li><a href='/art/2026/1/{day[5:]}.html'>关于做好有关工作的通知</a>"
            f"<span>{day}</span></li>]]></record>"
            for day in days
        )
        return status(200, f"<datastore>{entries}</datastore>", **{"content-type": "text/xml;charset=utf-8"})

    proxy = (
        HOME
        + "module/web/jpage/dataproxy.jsp?startrecord={}&endrecord={}"
        + "&perpage=1&col=1&webid=2&path=/&columnid=8&unitid=9"
    )
    pages: dict[str, Reply] = {HOME + "gzdt/": html(JPAGE, "工作动态")}
    for (first, last), days in zip([(1, 3), (4, 6), (7, 7)], [NEW, MID, ["2025-01-02"]], strict=True):
        pages[proxy.format(first, last)] = records(days)
        pages |= {f"{HOME}art/2026/1/{day[5:]}.html": article("关于做好有关工作的通知", day) for day in days}
    _, site = walk(tmp_path, {HOME: FRONT} | pages, columns=[DT])
    (fact,) = site.columns
    assert (fact.kind, fact.item_count, str(fact.newest)) == ("list", 7, "2026-11-18")
    assert {page.column for page in site.pages() if "/art/" in page.url} == {"dt"}


def test_a_list_in_a_frame_belongs_to_the_column(tmp_path: Path) -> None:
    pages: dict[str, Reply] = {
        HOME + "gzdt/": html("<h2>工作动态</h2><iframe src='/frames/dt.html' height='800'></iframe>", "工作动态"),
        HOME + "frames/dt.html": html(rows("/gzdt/", NEW), "列表"),
    }
    fact = columns(tmp_path, pages, DT)["dt"]
    assert (fact.kind, fact.item_count, str(fact.newest)) == ("list", 3, "2026-11-18")


def test_a_frame_of_somebody_else_is_not_the_columns_list(tmp_path: Path) -> None:
    frame = "<h2>工作动态</h2><iframe src='http://other.example.gov.cn/dt.html' height='800'></iframe>"
    pages: dict[str, Reply] = {
        HOME + "gzdt/": html(frame, "工作动态"),
        "http://other.example.gov.cn/dt.html": html(rows("/gzdt/", OLD), "列表"),
    }
    fact = columns(tmp_path, pages, DT)["dt"]
    assert (fact.kind, fact.item_count, fact.newest) == ("scripted-list", 0, None)


def test_what_a_column_jumps_to_is_its_list(tmp_path: Path) -> None:
    pages = listing("工作动态", "/xwzx/dt/", NEW)
    pages[HOME + "gzdt/"] = "<html><head><meta http-equiv='refresh' content='0;url=/xwzx/dt/'></head></html>"
    fact = columns(tmp_path, pages, DT)["dt"]
    assert (fact.kind, str(fact.newest), fact.final_url) == ("list", "2026-11-18", HOME + "xwzx/dt/")


def test_columns_that_end_at_one_list_are_told_as_one(tmp_path: Path) -> None:
    pages = listing("通知公告", "/tzgg/", OLD)
    pages[HOME + "a/"] = "<html><head><meta http-equiv='refresh' content='0;url=/b/'></head></html>"
    pages[HOME + "b/"] = status(302, location="/tzgg/")
    pages[HOME + "c/"] = "<html><script>window.location.href='/tzgg/';</script></html>"
    others = [{"id": name, "name": f"公示{name}", "url": f"/{name}/", "type": "通知公告"} for name in "abc"]
    facts = columns(tmp_path, pages, *others, TZ)
    assert {name: fact.same_as for name, fact in facts.items()} == {"a": "tz", "b": "tz", "c": "tz", "tz": None}


def test_pages_that_jump_in_a_circle_end(tmp_path: Path) -> None:
    jump = "<html><head><meta http-equiv='refresh' content='0;url={}'></head></html>"
    pages: dict[str, Reply] = {HOME + "gzdt/": jump.format("/tzgg/"), HOME + "tzgg/": jump.format("/gzdt/")}
    facts = columns(tmp_path, pages, DT, TZ)
    assert {fact.newest for fact in facts.values()} == {None}


def test_a_first_level_column_is_as_new_as_its_newest_sub_column(tmp_path: Path) -> None:
    pages = listing("通知公告", "/tzgg/", OLD)
    pages |= listing("公示", "/tzgg/gs/", NEW, crumb(("通知公告", "/tzgg/"), ("公示", "")))
    below = {"id": "gs", "name": "公示", "url": "/tzgg/gs/", "type": "通知公告"}
    facts = columns(tmp_path, pages, TZ, below)
    assert (str(facts["tz"].newest), facts["tz"].newest_of) == ("2026-11-18", "公示")
    assert facts["gs"].newest_of is None and facts["gs"].path == ("首页", "通知公告", "公示")


def test_an_unnamed_sub_column_dates_its_first_level_column_as_well(tmp_path: Path) -> None:
    pages = listing("通知公告", "/tzgg/", OLD)
    pages |= listing("公示", "/tzgg/gs/", NEW, crumb(("通知公告", "/tzgg/"), ("公示", "")))
    pages[HOME + "tzgg/"] = str(pages[HOME + "tzgg/"]).replace("<h2>", "<a href='/tzgg/gs/'>公示</a><h2>")
    fact = columns(tmp_path, pages, TZ)["tz"]
    assert (str(fact.newest), fact.newest_of) == ("2026-11-18", "公示")


def test_sub_columns_of_another_type_and_columns_of_lower_level_do_not(tmp_path: Path) -> None:
    pages = listing("通知公告", "/tzgg/", OLD)
    pages |= listing("工作动态", "/tzgg/dt/", NEW, crumb(("通知公告", "/tzgg/"), ("工作动态", "")))
    other = {"id": "dt", "name": "工作动态", "url": "/tzgg/dt/", "type": "动态要闻"}
    assert str(columns(tmp_path / "a", pages, TZ, other)["tz"].newest) == "2026-03-18"
    same = other | {"type": "通知公告"}
    assert str(columns(tmp_path / "b", pages, TZ | {"top_level": False}, same)["tz"].newest) == "2026-03-18"


def test_a_column_of_nothing_but_sub_columns_is_dated_by_them(tmp_path: Path) -> None:
    pages = listing("公示", "/tzgg/gs/", MID, crumb(("通知公告", "/tzgg/"), ("公示", "")))
    pages |= listing("公告", "/tzgg/gg/", OLD, crumb(("通知公告", "/tzgg/"), ("公告", "")))
    pages[HOME + "tzgg/"] = html("<div><p><a href='gs/'>公示</a></p><p><a href='gg/'>公告</a></p></div>", "通知公告")
    below = [
        {"id": i, "name": n, "url": f"/tzgg/{i}/", "type": "通知公告"} for i, n in (("gs", "公示"), ("gg", "公告"))
    ]
    fact = columns(tmp_path, pages, TZ | {"top_level": False}, *below)["tz"]
    assert (str(fact.newest), fact.newest_of, fact.kind) == ("2026-08-18", "公示", "other")


def test_the_articles_own_day_counts_and_one_that_says_none_is_no_update(tmp_path: Path) -> None:
    pages = listing("工作动态", "/gzdt/", NEW)
    for n, day in enumerate(("2026-06-01", None, "2026-05-01")):
        pages[f"{HOME}gzdt/t{NEW[n].replace('-', '')}_{n}.html"] = article(f"关于做好有关工作的通知之{n}", day)
    fact = columns(tmp_path, pages, DT)["dt"]
    assert (str(fact.newest), fact.dated_count, fact.undated_articles) == ("2026-06-01", 2, 1)


def test_a_list_whose_articles_could_not_be_read_is_dated_by_itself(tmp_path: Path) -> None:
    pages: dict[str, Reply] = {HOME + "gzdt/": listing("工作动态", "/gzdt/", NEW)[HOME + "gzdt/"]}
    fact = columns(tmp_path, pages, DT)["dt"]
    assert (str(fact.newest), fact.undated_articles) == ("2026-11-18", 0)


def test_path_is_that_of_the_breadcrumb_without_the_home_page_and_the_pages_own_step(tmp_path: Path) -> None:
    place = crumb(("政务公开", "/zwgk/"), ("工作动态", "/gzdt/"), ("列表", ""))
    assert columns(tmp_path, listing("工作动态", "/gzdt/", NEW, place), DT)["dt"].path == (
        "首页",
        "政务公开",
        "工作动态",
    )
