"""Footers that scripts, frames and loaded pieces draw; home pages that jump on; what dates a home page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crawler.outcomes import Reason
from rules.checks.home import newest_on_home
from tests.house.stores import store_in
from tests.walk.drive import Drive, Reply, failure, html, inventory, status
from tests.walk.sites import HOME, PROSE, article, listing, rows, stored, walk

DT = {"id": "dt", "name": "工作动态", "url": "/gzdt/", "type": "动态要闻"}
NEW = ["2026-11-18", "2026-11-10", "2026-11-02"]
OLD = ["2026-03-18", "2026-03-10", "2026-03-02"]
FOOTER = (
    "<p>主办单位：云岭市教育局</p><p>网站标识码：5329010012 滇ICP备05000001号-1 滇公网安备53290102000001号</p>"
    "<p>联系电话：0872-2120000</p><a href='//bszs.conac.cn/sitename?method=show&id=1'><img src='/c.png'></a>"
)
SCRIPT = f'document.write("{FOOTER}");'
SIX = {"conac", "site_code", "icp", "police", "sponsor", "contact"}
JS = {"content-type": "application/javascript"}


def site(markup: str, body: str = FOOTER) -> dict[str, Reply]:
    pages = listing("工作动态", "/gzdt/", NEW)
    pages = {url: str(page).replace("</body>", markup + "</body>") for url, page in pages.items()}
    pages[HOME] = html(PROSE + "<a href='/gzdt/'>工作动态</a>" + markup, "云岭市教育局")
    pages[HOME + "js/footer.js"] = status(200, SCRIPT, **JS)
    pages[HOME + "inc/footer.html"] = html(body)
    return pages


@pytest.mark.parametrize(
    "markup",
    [
        "<script src='/js/footer.js'></script>",
        "<iframe src='/inc/footer.html'></iframe>",
        "<div id='f'></div><script>$('#f').load('/inc/footer.html');</script>",
    ],
)
def test_identity_that_is_drawn_is_shown_on_every_page_that_loads_it(tmp_path: Path, markup: str) -> None:
    drive, facts = walk(tmp_path, site(markup), columns=[DT])
    pages = [page for page in facts.pages() if "/inc/" not in page.url]
    assert len(pages) == 5 and all(page.identity.keys() >= SIX for page in pages)
    assert facts.home_page is not None and facts.home_page.identity["site_code"] == "5329010012"
    assert "footers_unread" not in facts.home_page.extra
    assert max(drive.asked.count(url) for url in drive.asked if "footer" in url) == 1, "fetched once for all pages"


def test_what_the_page_shows_itself_goes_before_what_is_drawn(tmp_path: Path) -> None:
    own = "<p>网站标识码：5329010099</p><script src='/js/footer.js'></script>"
    _, facts = walk(tmp_path, site(own), columns=[DT])
    assert facts.home_page is not None
    assert facts.home_page.identity["site_code"] == "5329010099"
    assert facts.home_page.identity["sponsor"] == "云岭市教育局"


@pytest.mark.parametrize("reply", [status(404), status(503), failure(Reason.TIMEOUT)])
def test_a_footer_that_could_not_be_read_is_told_as_unread(tmp_path: Path, reply: Reply) -> None:
    pages = site("<script src='/js/footer.js'></script>") | {HOME + "js/footer.js": reply}
    _, facts = walk(tmp_path, pages, columns=[DT])
    assert facts.home_page is not None and facts.home_page.extra["footers_unread"] is True


def test_a_script_that_draws_no_item_leaves_the_page_lacking(tmp_path: Path) -> None:
    pages = site("<script src='/js/footer.js'></script>")
    pages[HOME + "js/footer.js"] = status(200, "var visits = 1; count(visits);", **JS)
    _, facts = walk(tmp_path, pages, columns=[DT])
    assert facts.home_page is not None
    assert not facts.home_page.identity and "footers_unread" not in facts.home_page.extra


def test_a_walk_that_was_killed_keeps_what_footers_draw(tmp_path: Path) -> None:
    drive = Drive(
        store_in(tmp_path),
        inventory(columns=[DT]),
        site("<script src='/js/footer.js'></script>"),
    )
    drive.open()
    drive.step()
    drive.kill()
    drive.open()
    drive.finish()
    assert all(page.identity.keys() >= SIX for page in stored(drive).pages())


@pytest.mark.parametrize(
    "front",
    [
        "<html><head><meta http-equiv='refresh' content='0;url=/main/index.html'></head></html>",
        "<html><script>location.href='/main/index.html';</script></html>",
    ],
)
def test_a_home_page_that_only_jumps_on_is_read_where_its_reader_ends(tmp_path: Path, front: str) -> None:
    pages = listing("工作动态", "/gzdt/", NEW)
    menu = "<div class='nav'><a href='/'>首页</a><a href='/gzdt/'>工作动态</a><a href='/a/'>机构职能</a>"
    menu += "<a href='/b/'>领导信息</a></div>"
    pages |= {HOME: front, HOME + "main/index.html": html(menu + rows("/gzdt/", NEW) + FOOTER, "云岭市教育局")}
    _, facts = walk(tmp_path, pages)
    assert facts.home is not None and facts.home.url == HOME
    assert facts.home_page is not None and facts.home_page.identity["site_code"] == "5329010012"
    assert facts.home_page.region == "home" and len(facts.home_items) == 3
    assert "工作动态" in {fact.column.name for fact in facts.columns}


WEATHER = "<div><a href='/weather.html'>今天是2026年11月20日 星期五 晴 12℃</a><span>2026-11-20</span></div>"
COUNTER = "<div>今日访问量：2026 最后更新：2026-11-20 09:00 </div><script>document.write(new Date())</script>"


def test_weather_calendar_and_counter_do_not_date_a_home_page(tmp_path: Path) -> None:
    pages = listing("工作动态", "/gzdt/", OLD)
    pages[HOME] = html(WEATHER + rows("/gzdt/", OLD) + COUNTER + PROSE, "云岭市教育局")
    pages[HOME + "weather.html"] = html("<p>晴</p>")
    _, facts = walk(tmp_path, pages, columns=[DT])
    newest = newest_on_home(facts)
    assert newest is not None and (newest.published or newest.listed) == date(2026, 3, 18)


def test_on_a_home_page_too_the_articles_day_counts_and_none_is_no_update(tmp_path: Path) -> None:
    pages = listing("工作动态", "/gzdt/", NEW)
    pages[HOME] = html(rows("/gzdt/", NEW) + PROSE, "云岭市教育局")
    pages[HOME + "gzdt/t20261118_0.html"] = article("关于做好有关工作的通知之0", None)
    pages[HOME + "gzdt/t20261110_1.html"] = article("关于做好有关工作的通知之1", "2026-06-01")
    _, facts = walk(tmp_path, pages, columns=[DT])
    newest = newest_on_home(facts)
    assert newest is not None and newest.published == date(2026, 11, 2)
    assert [item.article_read for item in facts.home_items] == [True, True, True]
