"""The walk over pages held in memory: what is asked, what is stored, and going on after a kill."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from crawler.facts import BadLink, Outcome, Reason
from crawler.facts.read import StoredRound
from crawler.facts.store import latest_run, reopen_run
from crawler.walk.answer import Answer
from tests.house.stores import store_in
from tests.walk.drive import Drive, Reply, failure, html, inventory, status

HOME = "http://www.yl.gov.cn/"
COLUMN = {"id": "tz", "name": "通知公告", "url": "/tzgg/", "type": "通知公告", "unit": "jyj"}
ARTICLE = "<h1>关于做好某项工作的通知</h1><p>发布时间：2026-11-02 09:00 来源：教育局</p>" + "<p>正文内容。</p>" * 120


def city() -> dict[str, Reply]:
    rows = "".join(
        f'<li><a href="/tzgg/202611/t2026110{n}_{n}.html">关于做好第{n}项工作的通知</a><span>2026-11-0{n}</span></li>'
        for n in range(1, 9)
    )
    nav = '<div class="nav"><a href="/">首页</a><a href="/tzgg/">通知公告</a></div>'
    foot = '<div class="footer"><a href="/about.html">关于我们</a><a href="http://gone.example.org/">链接</a></div>'
    pages: dict[str, Reply] = {
        HOME: html(nav + f"<ul>{rows}</ul><img src='/logo.png'>" + foot, "云岭市人民政府"),
        HOME + "tzgg/": html(nav + f"<h2>通知公告</h2><ul class='list'>{rows}</ul>" + foot, "通知公告"),
        HOME + "about.html": html(nav + "<p>关于我们，单位职责与联系方式。</p>" * 40 + foot),
        HOME + "logo.png": status(200, "\x89PNG", **{"content-type": "image/png"}),
        "http://gone.example.org/": failure(Reason.DNS_NXDOMAIN),
    }
    for n in range(1, 9):
        extra = f'<a href="/file/{n}.pdf">附件</a><a href="/shared/gone.html">旧页</a>'
        pages[f"{HOME}tzgg/202611/t2026110{n}_{n}.html"] = html(nav + ARTICLE + extra + foot)
        pages[f"{HOME}file/{n}.pdf"] = status(200, "%PDF-1.4 x", **{"content-type": "application/pdf"})
    return pages


def walked(tmp_path: Path, pages: dict[str, Reply], **site: object) -> tuple[Drive, dict[str, BadLink]]:
    drive = Drive(store_in(tmp_path), inventory(**site), pages)
    drive.open()
    drive.finish()
    return drive, bad(drive)


def bad(drive: Drive) -> dict[str, BadLink]:
    run = latest_run(drive.engine, "2026-11")
    assert run is not None
    return {link.target.url: link for site in StoredRound(drive.engine, run).sites() for link in site.bad_links()}


def test_every_address_is_asked_once_and_dead_ones_twice(tmp_path: Path) -> None:
    drive, links = walked(tmp_path, city(), columns=[COLUMN])
    asked = {url: drive.asked.count(url) for url in set(drive.asked)}
    assert {url for url, n in asked.items() if n == 2} == {HOME + "shared/gone.html", "http://gone.example.org/"}
    assert max(asked.values()) == 2
    assert set(links) == {HOME + "shared/gone.html", "http://gone.example.org/"}


def test_a_dead_link_keeps_all_pages_that_hold_it(tmp_path: Path) -> None:
    _, links = walked(tmp_path, city(), columns=[COLUMN])
    footer = links["http://gone.example.org/"]
    assert footer.target.outcome is Outcome.DEAD and footer.target.reason is Reason.DNS_NXDOMAIN
    assert footer.holder_count == 11  # home, column, about, eight articles
    assert footer.holders[0].page == HOME and footer.holders[0].region == "home"
    inner = links[HOME + "shared/gone.html"]
    assert inner.holder_count == 8 and {holder.column for holder in inner.holders} == {"tz"}
    assert len(inner.target.attempts) == 2


def test_recovered_at_the_second_look_is_fine(tmp_path: Path) -> None:
    pages = city()
    pages[HOME + "shared/gone.html"] = lambda look: status(503) if look == 1 else status(200, html("好了"))
    _, links = walked(tmp_path, pages, columns=[COLUMN])
    assert set(links) == {"http://gone.example.org/"}


@pytest.mark.parametrize("code", [500, 502, 503])
def test_a_failing_server_is_suspect_never_dead(tmp_path: Path, code: int) -> None:
    pages = city()
    pages[HOME + "shared/gone.html"] = status(code)
    _, links = walked(tmp_path, pages, columns=[COLUMN])
    assert links[HOME + "shared/gone.html"].target.outcome is Outcome.SUSPECT


def test_redirects_are_kept_hop_by_hop_and_loops_end(tmp_path: Path) -> None:
    pages = city()
    pages[HOME + "shared/gone.html"] = status(302, location="/moved.html")
    pages[HOME + "moved.html"] = status(301, location="/nowhere.html")
    pages[HOME + "about.html"] = status(302, location="/about.html")
    _, links = walked(tmp_path, pages, columns=[COLUMN])
    assert links[HOME + "shared/gone.html"].target.redirects == [HOME + "moved.html", HOME + "nowhere.html"]
    assert links[HOME + "about.html"].target.reason is Reason.REDIRECT_LOOP


def test_gbk_path_is_tried_before_a_404_counts(tmp_path: Path) -> None:
    pages = city()
    pages[HOME] = str(pages[HOME]).replace("</body>", '<a href="/附件/通知.html">通知</a></body>')
    pages["http://www.yl.gov.cn/%B8%BD%BC%FE/%CD%A8%D6%AA.html"] = html("按GBK编码的路径")
    _, links = walked(tmp_path, pages, columns=[COLUMN])
    assert set(links) == {HOME + "shared/gone.html", "http://gone.example.org/"}


def test_intranet_addresses_are_told_and_never_asked(tmp_path: Path) -> None:
    pages = city()
    pages[HOME] = str(pages[HOME]).replace("</body>", '<a href="http://10.1.2.3/oa/">OA</a></body>')
    drive, links = walked(tmp_path, pages, columns=[COLUMN])
    assert links["http://10.1.2.3/oa/"].target.reason is Reason.INTRANET_ADDRESS
    assert "http://10.1.2.3/oa/" not in drive.asked


def test_the_column_newest_is_the_articles_own_date(tmp_path: Path) -> None:
    drive, _ = walked(tmp_path, city(), columns=[COLUMN])
    run = latest_run(drive.engine, "2026-11")
    assert run is not None
    (site,) = StoredRound(drive.engine, run).sites()
    (column,) = site.columns
    assert column.item_count == 8 and column.unit == "jyj"
    assert str(column.newest) == "2026-11-02", "every article says 2026-11-02, whatever the list says"
    assert site.home_page is not None and site.home_page.kind == "home"
    assert site.coverage.pages == 11


@pytest.mark.parametrize("every", [1, 3, 7])
def test_killed_again_and_again_ends_with_the_same_facts(tmp_path: Path, every: int) -> None:
    whole, links = walked(tmp_path / "whole", city(), columns=[COLUMN])
    drive = Drive(store_in(tmp_path, "cut"), inventory(columns=[COLUMN]), city())
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
    assert sorted(whole.asked) == sorted(drive.asked), "nothing lost, nothing asked twice"
    again = bad(drive)
    assert {url: (link.target.reason, link.holder_count) for url, link in again.items()} == {
        url: (link.target.reason, link.holder_count) for url, link in links.items()
    }


SOFT = html("<div class='box'><h2>出错了</h2><p>对不起，您访问的页面不存在或已被删除。</p></div>", "错误提示")


class SoftHost(dict):  # type: ignore[type-arg]
    """Answers every address it does not know with its error page and 200."""

    def get(self, url: str, default: Reply | None = None) -> Reply | None:  # type: ignore[override]
        return super().get(url, SOFT if url.startswith(HOME) else default)


def test_an_error_page_with_200_is_dead_after_two_looks(tmp_path: Path) -> None:
    pages = SoftHost(city())
    pages[HOME] = str(pages[HOME]).replace("</body>", '<a href="/kf.html">客服</a></body>')
    pages[HOME + "kf.html"] = html("<p>客服电话12345，工作日上午九点至下午五点。</p>", "客服")
    _, links = walked(tmp_path, pages, columns=[COLUMN])
    gone = links[HOME + "shared/gone.html"].target
    assert (gone.outcome, gone.reason) == (Outcome.DEAD, Reason.SOFT_404)
    assert HOME + "kf.html" not in links, "a short page that is not the error page stays good"


def test_the_words_alone_never_decide(tmp_path: Path) -> None:
    pages = city()
    pages[HOME + "shared/gone.html"] = html("<p>关于清理已被删除、页面不存在等问题的说明</p>", "说明")
    _, links = walked(tmp_path, pages, columns=[COLUMN])
    assert HOME + "shared/gone.html" not in links


def wall(code: int, upto: int) -> tuple[dict[str, Reply], list[int]]:
    """A site that after a while answers everything alike, home page included, for some answers."""
    pages, seen = city(), [0]
    for url, reply in list(pages.items()):
        if url.startswith(HOME):

            def answer(_: int, reply: Reply = reply) -> Answer:
                seen[0] += 1
                if 3 <= seen[0] < upto:
                    return status(code)
                assert isinstance(reply, (str, Answer))
                return status(200, reply) if isinstance(reply, str) else reply

            pages[url] = answer
    return pages, seen


@pytest.mark.parametrize("code", [404, 403, 503])
def test_a_host_that_refuses_us_for_a_while_is_asked_again_and_wronged_in_nothing(tmp_path: Path, code: int) -> None:
    pages, _ = wall(code, upto=13)
    _, links = walked(tmp_path, pages, columns=[COLUMN])
    assert set(links) == {HOME + "shared/gone.html", "http://gone.example.org/"}


@pytest.mark.parametrize("code", [404, 403, 503])
def test_a_host_that_goes_on_refusing_is_left_and_nothing_on_it_is_dead(tmp_path: Path, code: int) -> None:
    pages, _ = wall(code, upto=10_000)
    _, links = walked(tmp_path, pages, columns=[COLUMN])
    dead = {url for url, link in links.items() if link.target.outcome is Outcome.DEAD}
    assert dead == {"http://gone.example.org/"}


def test_a_rate_limit_is_honoured_and_never_a_finding(tmp_path: Path) -> None:
    pages = city()
    about = pages[HOME + "about.html"]
    pages[HOME + "about.html"] = lambda look: (
        status(429, **{"retry-after": "30"}) if look == 1 else status(200, str(about))
    )
    drive, links = walked(tmp_path, pages, columns=[COLUMN])
    assert set(links) == {HOME + "shared/gone.html", "http://gone.example.org/"}
    assert drive.frontier.lane("site:portal").limit == 1


@pytest.mark.parametrize("code", [404, 403, 503])
def test_a_site_whose_home_page_fails_ends_and_nothing_on_it_is_dead(tmp_path: Path, code: int) -> None:
    pages = {url: status(code) for url in city() if url.startswith(HOME)}
    drive, links = walked(tmp_path, dict(pages), columns=[COLUMN])
    assert not [url for url, link in links.items() if link.target.outcome is Outcome.DEAD and url != HOME]
    assert not drive.frontier


def test_a_recheck_visits_only_what_is_bad_and_settles_it(tmp_path: Path) -> None:
    pages = city()
    pages[HOME + "shared/gone.html"] = status(503)
    drive, links = walked(tmp_path, pages, columns=[COLUMN])
    assert links[HOME + "shared/gone.html"].target.outcome is Outcome.SUSPECT
    reopen_run(drive.engine, drive.run.id)
    pages["http://gone.example.org/"] = html("回来了" * 300)
    later = Drive(drive.engine, drive.inventory, pages, clock=drive.clock + timedelta(hours=7))
    later.open()
    later.finish()
    assert sorted(later.asked) == ["http://gone.example.org/", HOME + "shared/gone.html"]
    again = bad(later)
    assert set(again) == {HOME + "shared/gone.html"}
    gone = again[HOME + "shared/gone.html"]
    assert gone.target.outcome is Outcome.DEAD, "a server that still fails six hours later is out"
    assert gone.holder_count == 8 and len(gone.target.attempts) == 3


def test_a_recheck_within_six_hours_leaves_a_suspect(tmp_path: Path) -> None:
    pages = city()
    pages[HOME + "shared/gone.html"] = status(503)
    drive, _ = walked(tmp_path, pages, columns=[COLUMN])
    reopen_run(drive.engine, drive.run.id)
    later = Drive(drive.engine, drive.inventory, pages, clock=drive.clock + timedelta(hours=5))
    later.open()
    later.finish()
    assert bad(later)[HOME + "shared/gone.html"].target.outcome is Outcome.SUSPECT


class CatchAll(dict):  # type: ignore[type-arg]
    """Answers every address with its home page and 200."""

    def get(self, url: str, default: Reply | None = None) -> Reply | None:  # type: ignore[override]
        return super().get(url, self[HOME] if url.startswith(HOME) else default)


def test_a_host_that_answers_every_address_is_told_once_and_its_links_stay_unchecked(tmp_path: Path) -> None:
    drive, links = walked(tmp_path, CatchAll(city()), columns=[COLUMN])
    assert HOME + "shared/gone.html" not in links
    assert list(drive.walk.soft.caught_all) == ["www.yl.gov.cn"]


def test_pages_that_share_the_home_pages_title_are_not_held_long(tmp_path: Path) -> None:
    pages = city()
    same = {
        url: str(reply).replace("<title>页面<", "<title>云岭市人民政府<")
        for url, reply in pages.items()
        if isinstance(reply, str)
    }
    drive = Drive(store_in(tmp_path), inventory(columns=[COLUMN]), pages | same)
    drive.open()
    for _ in range(12):
        drive.step()
    assert drive.book.counts["portal"].pages >= 3, "random addresses are asked at once, not when all else is done"
    drive.finish()
