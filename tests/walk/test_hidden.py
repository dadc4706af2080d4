"""Hidden links to foreign hosts are kept as facts, good targets too; what readers see somewhere is not among them."""

from __future__ import annotations

from pathlib import Path

from crawler.facts import BadLink, Outcome
from crawler.facts.read import StoredRound
from crawler.facts.store import latest_run
from tests.house.stores import store_in
from tests.walk.drive import Drive, Reply, html, inventory

HOME = "http://www.yl.gov.cn/"
BAD, GOOD, GONE = "http://lucky.example.org/", "http://share.example.net/", "http://gone.example.com/"
HIDE = '<div style="display:none">{}</div>'


def link(url: str, text: str = "链接") -> str:
    return f'<a href="{url}">{text}</a>'


def unseen(tmp_path: Path, pages: dict[str, Reply]) -> dict[str, BadLink]:
    pages |= {url: html("别处的网页内容。" * 50) for url in (BAD, GOOD)}
    drive = Drive(store_in(tmp_path), inventory(), pages)
    drive.open()
    drive.finish()
    run = latest_run(drive.engine, "2026-11")
    assert run is not None
    stored = StoredRound(drive.engine, run)
    found = {one.target.url: one for site in stored.sites() for one in site.hidden_links()}
    stored.close()
    return found


def city(home: str, article: str) -> dict[str, Reply]:
    inner = "".join(link(f"/a/{n}.html", f"关于第{n}项工作的情况说明") for n in range(6))
    pages: dict[str, Reply] = {HOME: html(inner + home, "云岭市人民政府")}
    return pages | {f"{HOME}a/{n}.html": html(f"<p>第{n}篇正文。</p>" * 60 + article) for n in range(6)}


def test_a_hidden_link_to_a_good_foreign_page_is_kept_with_its_pages(tmp_path: Path) -> None:
    found = unseen(tmp_path, city("", HIDE.format(link(BAD, "博彩"))))
    assert set(found) == {BAD}
    [one] = found.values()
    assert (one.target.outcome, one.holders[0].text, one.holders[0].hidden) == (Outcome.OK, "博彩", True)
    assert 3 <= one.holder_count <= 6 and len({holder.page for holder in one.holders}) == one.holder_count


def test_a_dead_target_and_one_of_our_own_host(tmp_path: Path) -> None:
    found = unseen(tmp_path, city(HIDE.format(link(GONE) + link("/a/1.html")), ""))
    assert {url: one.target.outcome for url, one in found.items()} == {GONE: Outcome.DEAD}


def test_what_readers_see_somewhere_is_no_hidden_link(tmp_path: Path) -> None:
    assert unseen(tmp_path, city(link(GOOD), HIDE.format(link(GOOD)))) == {}
    both = link(GOOD) + HIDE.format(link(GOOD))
    assert unseen(tmp_path / "both", city(both, both)) == {}
