"""Who was behind foreign links: kept from answers that came anyway, compared with the round before."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from crawler.facts import OwnerFact, schema
from crawler.facts.model import NetworkFact
from crawler.facts.owners import EVERYBODY, owners_of
from crawler.facts.read import StoredRound
from crawler.facts.store import latest_run, open_store, probed_sites
from crawler.walk.owners import MAX_TITLES, Owners
from crawler.walk.rows import network_row
from tests.walk.drive import Drive, Reply, html, inventory, status

HOME = "http://www.yl.gov.cn/"
TRADE = "http://www.trade.example.com/"


def walked(tmp_path: Path, links: list[str], pages: dict[str, Reply], most: int = 2000) -> tuple[Drive, list[str]]:
    body = "".join(f'<a href="{url}">链接</a>' for url in links)
    drive = Drive(open_store(f"sqlite:///{tmp_path}/x.db"), inventory(), {HOME: html(body, "门户"), **pages})
    return drive, finished(drive, most)


def finished(drive: Drive, most: int = 2000) -> list[str]:
    met: list[str] = []
    drive.open()
    drive.walk.owners = Owners(drive.run.id, met.append, most)
    drive.finish()
    return met


def known(drive: Drive) -> dict[str, OwnerFact]:
    with drive.engine.connect() as db:
        return owners_of(db, drive.run.id)


def page(title: str) -> str:
    return html("别处的网页内容。" * 50, title)


def test_titles_of_good_foreign_pages_are_kept_without_a_further_request(tmp_path: Path) -> None:
    gone, gov, own = "http://gone.example.net/", "http://www.other.gov.cn/", f"{HOME}a.html"
    bare = "http://192.0.2.9/"
    pages: dict[str, Reply] = {TRADE: page("云岭招商网"), gov: page("别的政府"), own: page("本站"), gone: status(404)}
    pages[bare] = page("x")
    drive, met = walked(tmp_path, [TRADE, gone, gov, own, bare], pages)
    assert met == ["www.trade.example.com"]
    assert drive.asked.count(TRADE) == 1
    [fact] = known(drive).values()
    [seen] = fact.pages.values()
    assert (fact.host, seen.title, seen.page, seen.site) == ("www.trade.example.com", "云岭招商网", HOME, "portal")
    assert probed_sites(drive.engine, drive.run.id) <= {EVERYBODY}  # a resumed round still asks the sites' network


def test_hosts_and_addresses_are_bounded_and_each_host_is_told_once(tmp_path: Path) -> None:
    deep = [f"{TRADE}{n}.html" for n in range(MAX_TITLES + 3)]
    others = [f"http://h{n}.example.org/" for n in range(4)]
    links = [*deep, TRADE, *others]
    drive, met = walked(tmp_path, links, {url: page(f"标题{url}") for url in links}, 3)
    assert len(met) == len(set(met)) == 3 == len(known(drive))
    assert drive.walk.owners is not None and len(drive.walk.owners.left_out) == 2
    trade = known(drive)["www.trade.example.com"]
    assert "www.trade.example.com/" in trade.pages and len(trade.pages) <= MAX_TITLES + 1


def test_two_rounds_are_compared_by_the_addresses_they_share(tmp_path: Path) -> None:
    secure, other = TRADE.replace("http:", "https:"), "http://old.example.org/"
    drive, _ = walked(tmp_path, [TRADE, other], {TRADE: page("甲"), other: page("乙")})
    servers(drive, "ns1.old.net")
    with drive.engine.begin() as db:
        db.execute(schema.run.update().values(round="2026-10", as_of="2026-10-20T10:00:00+08:00"))
    drive.pages |= {HOME: html(f'<a href="{secure}">链接</a>', "门户"), secure: page("丙")}
    finished(drive)
    servers(drive, "ns1.new.net")
    run = latest_run(drive.engine, "2026-11")
    assert run is not None
    stored = StoredRound(drive.engine, run)
    [site] = stored.sites()
    [(before, now)] = site.owners()
    stored.close()
    assert [fact.pages["www.trade.example.com/"].title for fact in (before, now)] == ["甲", "丙"]
    assert (before.servers, now.servers) == (("ns1.old.net",), ("ns1.new.net",))
    assert now.pages["www.trade.example.com/"].url == secure


def test_a_first_round_has_nothing_to_compare_with(tmp_path: Path) -> None:
    drive, _ = walked(tmp_path, [TRADE], {TRADE: page("甲")})
    run = latest_run(drive.engine, "2026-11")
    assert run is not None
    stored = StoredRound(drive.engine, run)
    assert [list(site.owners()) for site in stored.sites()] == [[]]
    stored.close()


def servers(drive: Drive, name: str) -> None:
    fact = NetworkFact("owner", "www.trade.example.com", "NS", "ok", {"zone": "example.com", "records": [name]})
    with drive.engine.begin() as db:
        db.execute(sa.insert(schema.network), [network_row(drive.run.id, EVERYBODY, fact)])
