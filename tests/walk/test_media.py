"""Accounts of 政务新媒体: list pages and feeds of the register are asked once, like any address of the round."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crawler.facts import MediaFact, Reason
from crawler.facts.read import StoredRound
from crawler.facts.store import latest_run, open_store
from crawler.frontier import Frontier
from crawler.hosts import HostMap, SitePlan
from crawler.inventory import MediaAccount
from crawler.walk.answer import Answer
from crawler.walk.book import AddressBook, Bounds
from crawler.walk.media import MediaPlaces, media_addresses
from tests.walk.drive import AS_OF, Drive, Reply, failure, html, inventory, status

HOME, PAGE = "http://www.yl.gov.cn/", "http://www.yl.gov.cn/xmt/"
FEED = "https://feeds.example.com/ylfb.xml"
RSS = "<rss><channel><item><title>甲</title><pubDate>2026-11-08</pubDate></item></channel></rss>"
ROWS = "".join(
    f'<li><a href="/xmt/{n}.html">云岭教育局第{n}期推送内容</a><span>2026-11-0{n}</span></li>' for n in range(1, 7)
)


def account(**given: object) -> MediaAccount:
    return MediaAccount.model_validate({"unit": "jyj", "platform": "微博", "name": "云岭教育"} | given)


def feed(body: str, kind: str = "application/rss+xml") -> Answer:
    return Answer(status=200, headers={"content-type": kind}, body=body.encode())


def walked(tmp_path: Path, pages: dict[str, Reply], *accounts: MediaAccount) -> Drive:
    city = inventory().model_copy(update={"media_accounts": list(accounts)})
    drive = Drive(open_store(f"sqlite:///{tmp_path}/x.db"), city, {HOME: html("首页" * 60, "门户"), **pages})
    drive.open()
    drive.finish()
    return drive


def told(drive: Drive, url: str) -> tuple[MediaFact | None, str]:
    run = latest_run(drive.engine, "2026-11")
    assert run is not None
    facts = StoredRound(drive.engine, run)
    try:
        place = facts.address(url)
        return facts.media(url), place.outcome.value if place else ""
    finally:
        facts.close()


def test_a_feed_on_a_foreign_host(tmp_path: Path) -> None:
    drive = walked(tmp_path, {FEED: feed(RSS)}, account(feed=FEED))
    fact, outcome = told(drive, FEED)
    assert fact is not None and outcome == "ok"
    assert (fact.form, fact.newest, fact.title, fact.entries, fact.reason) == ("rss", date(2026, 11, 8), "甲", 1, "")
    assert drive.asked.count(FEED) == 1


def test_a_list_page_that_no_page_links(tmp_path: Path) -> None:
    pages: dict[str, Reply] = {PAGE: html(f"<ul>{ROWS}</ul>", "新媒体")}
    fact, outcome = told(walked(tmp_path, pages, account(page=PAGE)), PAGE)
    assert fact is not None and outcome == "ok"
    assert (fact.form, fact.newest, fact.entries, fact.dated) == ("page", date(2026, 11, 6), 6, 6)


def test_a_list_page_of_a_foreign_host_is_read_but_not_walked(tmp_path: Path) -> None:
    page = "http://xmt.example.com/yl/"
    drive = walked(tmp_path, {page: html(f"<ul>{ROWS}</ul>", "新媒体")}, account(page=page))
    fact, _ = told(drive, page)
    assert fact is not None and fact.newest == date(2026, 11, 6)
    assert [url for url in drive.asked if "example.com" in url] == [page]


def test_accounts_that_need_not_post_are_not_asked(tmp_path: Path) -> None:
    drive = walked(tmp_path, {}, account(feed=FEED, state="已注销"), account(feed=FEED, service=True, name="办事"))
    assert FEED not in drive.asked


def test_what_did_not_answer_has_no_day(tmp_path: Path) -> None:
    gone = "http://feeds.example.com/gone.xml"
    pages: dict[str, Reply] = {FEED: failure(Reason.ROBOTS), gone: status(404)}
    drive = walked(tmp_path, pages, account(feed=FEED), account(feed=gone, name="乙"))
    assert told(drive, FEED) == (None, "unchecked")
    assert told(drive, gone) == (None, "dead")


def test_an_answer_that_says_no_day_is_unchecked(tmp_path: Path) -> None:
    urls = [f"https://feeds.example.com/{n}" for n in range(3)]
    cut = Answer(status=200, headers={"content-type": "text/xml"}, body=RSS.encode(), truncated=True)
    pages: dict[str, Reply] = {
        urls[0]: feed("<rss><channel/></rss>"),
        urls[1]: feed("你好", "text/plain"),
        urls[2]: cut,
    }
    drive = walked(tmp_path, pages, *(account(feed=url, name=url) for url in urls))
    facts = [told(drive, url)[0] for url in urls]
    assert [fact and (fact.newest, fact.reason) for fact in facts] == [
        (None, "no-dates"), (None, "not-a-feed"), (None, "truncated")
    ]  # fmt: skip


@pytest.mark.parametrize(("jobs", "queued", "handed"), [("site:portal", 0, 1), ("own", 1, 0), ("links:other", 0, 0)])
def test_a_feed_of_a_foreign_host_is_asked_by_whoever_does_that_host(jobs: str, queued: int, handed: int) -> None:
    city = inventory().model_copy(update={"media_accounts": [account(feed=FEED)]})
    hosts, frontier = HostMap(city, list(city.sites)), Frontier(per_site=1, per_host=1)
    mine = frozenset([hosts.place(FEED).job if jobs == "own" else jobs])
    plans = {site.id: SitePlan(site) for site in city.sites}
    book = AddressBook(1, hosts, plans, frontier, Bounds(), False, jobs=mine, media=media_addresses(city))
    rows = [row for name, row in MediaPlaces(book, AS_OF).begin() if name == "address"]
    assert ([row["url"] for row in rows], frontier.to_go, len(book.handed)) == (
        [FEED] * (queued + handed),
        queued,
        handed,
    )
