"""Whole pages in the manner of the content systems of the trade, each with its traps."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from crawler.pages import Page, read_page
from tests.pages.helpers import AS_OF, TITLES

FIXTURES = Path(__file__).parent / "fixtures"
HOST = "http://www.yunling.gov.cn"


def read(name: str, path: str) -> Page:
    return read_page((FIXTURES / name).read_bytes(), HOST + path, None, AS_OF)


def test_trs_list_with_fresher_side_block() -> None:
    page = read("list_trs.html", "/zwgk/tzgg/")
    assert (page.kind, page.newest, len(page.items)) == ("list", date(2024, 7, 11), 3)
    assert page.items[0].title == TITLES[0]
    assert len(page.next_pages) == 16
    assert page.breadcrumb[-1][0] == "通知公告"
    assert page.identity.site_code == "5329010001"


def test_hanweb_article() -> None:
    page = read("article_hanweb.html", "/art/2026/10/23/art_1229283449_2493752.html")
    assert (page.kind, page.published, page.published_from) == ("article", date(2026, 10, 23), "label")
    assert (page.doc_number, page.source, page.published_conflict) == ("云政发〔2026〕30号", "市府办", False)


def test_vsb_list_in_tables() -> None:
    page = read("list_vsb.html", "/gzdt.htm")
    assert [(item.title, str(item.date)) for item in page.items] == [
        ("全市防汛工作会议召开", "2026-11-09"),
        ("水利普查数据采集工作启动", "2026-10-28"),
    ]
    assert page.next_pages == [f"{HOST}/gzdt/20.htm", f"{HOST}/gzdt/1.htm"]
    assert (page.column_type, page.kind) == ("动态要闻", "list")
    assert [name for name, _ in page.navigation][:2] == ["网站首页", "机构职能"]


def test_ucap_article_whose_meta_is_the_generation_time() -> None:
    page = read("article_ucap.html", "/jyj/tzgg/202611/0a1b2c3d4e5f60718293a4b5c6d7e8f0.shtml")
    assert (page.kind, page.published, page.published_from, page.source) == (
        "article", date(2026, 11, 14), "text", "市教育局",
    )  # fmt: skip


def test_gbk_tables_by_hand() -> None:
    page = read("list_gbk_tables.html", "/list.asp?id=2")
    assert page.encoding == "gb18030"
    assert [item.date for item in page.items] == [date(2026, 11, 12), date(2026, 10, 30), date(2025, 12, 28)]
    assert page.items[0].url == f"{HOST}/show.asp?id=311"


def test_gkmlpt_list_of_whole_card_links() -> None:
    page = read("list_gkmlpt.html", "/ywdt/zwyw/index.html")
    assert [(item.title, str(item.date)) for item in page.items] == [
        (TITLES[2], "2026-11-18"),
        (TITLES[3], "2026-11-16"),
    ]
    assert page.next_pages[0] == f"{HOST}/ywdt/zwyw/index_2.html"
    assert page.column_type == "动态要闻"


def test_a_side_block_does_not_fill_a_blank_column() -> None:
    page = read("blank_beside_side_list.html", "/ghjh.htm")
    assert (page.kind, page.newest) == ("blank", None)


def test_a_table_of_letters_is_a_list() -> None:
    page = read("list_letters.html", "/szxx/list.jsp")
    assert page.kind == "list"
    assert len(page.items) == 2


def test_home_with_tabs_and_days_without_year() -> None:
    page = read("home_tabs.html", "/")
    assert page.kind == "home"
    assert [item.date for item in page.items] == [date(2026, 1, 2), date(2025, 12, 29)]
