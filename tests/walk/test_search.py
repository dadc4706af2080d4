"""A site's own search asked for seeded titles: found, not found, and what must not be held against it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from crawler.facts import NetworkFact
from crawler.facts.store import finish_run, open_store
from crawler.inventory import Site
from crawler.outcomes import Reason
from crawler.pages import read_page
from crawler.walk.answer import Answer
from crawler.walk.questions import below
from crawler.walk.search import SiteSearch, look
from tests.walk.drive import AS_OF, Drive, Reply, failure, html, inventory, status
from tests.walk.sites import HOME, PROSE, article, stored

ASKED = HOME + "search?q="
TITLES = [f"关于做好第{n}批公共设施维护工作的通知" for n in range(1, 8)]


def site() -> dict[str, Reply]:
    """Seven articles, the last of them of yesterday."""
    rows = "".join(
        f"<li><a href='/tz/{n}.html'>{title}</a><span>2026-11-0{n}</span></li>" for n, title in enumerate(TITLES, 1)
    )
    pages: dict[str, Reply] = {HOME: html(f"<h2>通知公告</h2><ul>{rows}</ul>", "云岭市人民政府")}
    for n, title in enumerate(TITLES, 1):
        pages[f"{HOME}tz/{n}.html"] = article(title, "2026-11-19" if n == 7 else f"2026-11-0{n}")
    return pages


class Searched(dict[str, Reply]):
    """Pages of a site that answers searches with `reply`."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(site())
        self.reply = reply

    def get(self, url: str, default: object = None) -> Reply:
        return self.reply if url.startswith(ASKED) else super().get(url, default)  # type: ignore[arg-type]


LOWER = "http://jyj.yl.gov.cn/"
LOWER_TITLES = [f"关于公布第{n}批中小学招生范围的通知" for n in range(1, 5)]


def with_a_site_below(pages: dict[str, Reply]) -> dict[str, Reply]:
    """The department's site has four articles of its own and one that the portal has as well."""
    for n, title in enumerate([*LOWER_TITLES, TITLES[0]], 1):
        pages[f"{LOWER}tz/{n}.html"] = article(title, f"2026-11-0{n}")
    rows = "".join(f"<li><a href='/tz/{n}.html'>{t}</a></li>" for n, t in enumerate([*LOWER_TITLES, TITLES[0]], 1))
    pages[LOWER] = html(f"<h2>通知公告</h2><ul>{rows}</ul>", "云岭市教育局")
    return pages


def searched(
    tmp_path: Path, pages: dict[str, Reply], again: bool = False, probe: str = "search"
) -> tuple[Drive, list[NetworkFact]]:
    known = inventory(search_url=ASKED + "{title}")
    if LOWER in pages:
        below = Site(id="jyj", name="云岭市教育局", kind="department", unit="jyj", url=LOWER)
        known = known.model_copy(update={"sites": [*known.sites, below]})
    drive = Drive(open_store(f"sqlite:///{tmp_path}/x.db"), known, pages)
    drive.open()
    for _ in range(2 if again else 1):
        sites = drive.inventory.sites
        drive.walk.search = SiteSearch(drive.engine, drive.book, drive.writer.put, sites, seed=1, as_of=AS_OF)
        while drive.step():
            pass
        drive.writer.flush()
        drive.walk.search.begin()
        while drive.step():
            pass
        drive.writer.flush()
    drive.writer.close()
    finish_run(drive.engine, drive.run.id)
    facts = [fact for fact in stored(drive).network if fact.probe == probe]
    return drive, sorted(facts, key=lambda fact: fact.key)


def results(*numbers: int, echo: str = "") -> str:
    rows = "".join(f"<li><a href='/tz/{n}.html'>{TITLES[n - 1]}</a><span>2026-11-0{n}</span></li>" for n in numbers)
    return html(f"<p>搜索“{echo}”的结果</p><ul class='list'>{rows}</ul>", "站内搜索")


def test_four_seeded_titles_are_asked_once_and_none_of_the_last_days(tmp_path: Path) -> None:
    drive, facts = searched(tmp_path, Searched(results(1, 2, 3, 4, 5, 6)), again=True)
    every = [unquote(url.removeprefix(ASKED)) for url in drive.asked if url.startswith(ASKED)]
    asked = [words for words in every if " " not in words]  # the other one is a part of a title
    assert len(asked) == len(set(asked)) == 4 and set(asked) <= set(TITLES[:6])
    assert [(fact.key, fact.outcome, fact.data["by"]) for fact in facts] == [
        (str(n), "ok", "address") for n in range(1, 5)
    ]
    assert {fact.data["of"] for fact in facts} == {6} and [fact.data["title"] for fact in facts] == asked


def test_a_search_that_finds_other_things_misses(tmp_path: Path) -> None:
    _, facts = searched(tmp_path, Searched(results(7)))
    assert [fact.outcome for fact in facts] == ["missing"] * 4


def test_a_part_of_a_title_is_asked_once(tmp_path: Path) -> None:
    drive, [fact] = searched(tmp_path, Searched(results(1, 2, 3, 4, 5, 6)), again=True, probe="search-part")
    assert (fact.key, fact.outcome) == ("1", "ok") and fact.data["title"] in TITLES
    start, end = fact.data["words"].split()
    assert fact.data["title"].startswith(start) and fact.data["title"].endswith(end)
    assert [unquote(url) for url in drive.asked].count(ASKED + fact.data["words"]) == 1


def test_two_titles_of_the_sites_below_that_the_portal_does_not_have(tmp_path: Path) -> None:
    reply = html(f"<ul><li><a href='{LOWER}tz/1.html'>查看</a></li></ul><ul class='list'>{PROSE}</ul>")
    drive, facts = searched(tmp_path, with_a_site_below(Searched(reply)), again=True, probe="search-lower")
    titles = [fact.data["title"] for fact in facts]
    assert len(set(titles)) == len(facts) == 2 and set(titles) <= set(LOWER_TITLES)
    assert {fact.data["of"] for fact in facts} == {4}
    assert [unquote(url.removeprefix(ASKED)) for url in drive.asked if LOWER_TITLES[0][-9:] in unquote(url)] == titles


def test_a_site_is_below_by_its_domain_or_as_the_only_portal_s_department() -> None:
    def made(name: str, kind: str, host: str) -> Site:
        return Site(id=name, name=name, kind=kind, unit="zfb", url=f"http://{host}/")

    city, county = made("city", "portal", "www.yl.gov.cn"), made("county", "portal", "www.qs.yl.gov.cn")
    under, apart = made("jyj", "department", "jyj.yl.gov.cn"), made("gaj", "department", "www.ylga.gov.cn")
    assert below(city, [city, under, apart]) == ["jyj", "gaj"]
    assert below(city, [city, county, under, apart]) == ["county", "jyj"]
    assert below(county, [city, county, under, apart]) == [] == below(under, [city, under])


def test_services_among_the_results_and_not_those_of_the_navigation() -> None:
    def services(body: str) -> object:
        page = read_page(html(body, "站内搜索").encode(), ASKED + "x", "text/html", AS_OF)
        return look(page, TITLES[0], HOME + "tz/1.html")[1].get("services")

    found = f"<div class=content><a href='/tz/1.html'>{TITLES[0]}</a>{{}}</div>"
    nav = "<div class=nav><ul><li><a href='/bs/'>办事指南</a></li><li><a href='/hd/'>互动</a></li></ul></div>"
    assert services(nav + found.format("<a href='/bs/9.html'>在线办理</a>")) == ["在线办理"]
    assert services(nav + found.format("")) is None


def test_words_that_sort_results_are_told_from_titles_and_navigation() -> None:
    def kinds(body: str) -> object:
        page = read_page(html(body, "站内搜索").encode(), ASKED + "x", "text/html", AS_OF)
        return look(page, TITLES[0], HOME + "tz/1.html")[1].get("kinds")

    nav = "<div class=nav><ul><li><a href='/zc/'>政策文件</a></li><li><a href='/bs/'>办事服务</a></li></ul></div>"
    found = f"<div class=content>{{}}<a href='/tz/1.html'>{TITLES[0]}</a><p>各街道办事处要落实责任。</p></div>"
    assert kinds(nav + found.format("<span>全部</span> <a href='?c=zc'>政策</a> <a href='?c=bs'>办事指南</a>")) == 3
    assert kinds(nav + found.format("").replace("街道办事处", "单位")) == 0


@pytest.mark.parametrize(
    "reply",
    [
        failure(Reason.ROBOTS),
        failure(Reason.TIMEOUT),
        status(404),
        status(503),
        html("<div id='app'></div><script src='/static/js/app.4f2.js'></script>", "站内搜索"),
        Answer(status=412, headers={"content-type": "text/html"}, body=b"<script>$_ts=window['$_ts']</script>"),
    ],
    ids=["robots", "timeout", "404", "503", "script", "challenge"],
)
def test_what_was_not_seen_is_unchecked(tmp_path: Path, reply: Reply) -> None:
    _, facts = searched(tmp_path, Searched(reply))
    assert [fact.outcome for fact in facts] == ["unchecked"] * 4


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (f"<a href='/tz/1.html'>查看</a>{PROSE}", "ok"),
        (f"<a href='/open?id=9'>{TITLES[0]}</a>", "ok"),
        (f"<a href='/open?id=9'>{TITLES[0][:14]}…</a>", "ok"),
        (f"<a href='/open?id=9'>{TITLES[0][:6]}…</a><p>没有找到相关信息</p>", "missing"),
        (f"<div onclick='go(9)'><h3>{TITLES[0]}</h3><p>{PROSE}</p></div>", "ok"),
        (f"<p>搜索“{TITLES[0]}”的结果，共0条</p>", "missing"),
        (f"<p>“{TITLES[0]}”没有找到相关信息</p>", "missing"),
        (f"<p>搜索“{TITLES[0]}”</p><p>正在加载</p>", "unchecked"),
        (f"<p>搜索“{TITLES[0]}”</p><p>每页10条</p>", "unchecked"),
    ],
)
def test_look(body: str, outcome: str) -> None:
    page = read_page(html(body, "站内搜索").encode(), ASKED + "x", "text/html", AS_OF)
    assert look(page, TITLES[0], HOME + "tz/1.html")[0] == outcome
