"""A site's own search asked for seeded titles: found, not found, and what must not be held against it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from crawler.facts import NetworkFact
from crawler.facts.store import finish_run, open_store
from crawler.outcomes import Reason
from crawler.pages import read_page
from crawler.walk.answer import Answer
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


def searched(tmp_path: Path, pages: dict[str, Reply], again: bool = False) -> tuple[Drive, list[NetworkFact]]:
    drive = Drive(open_store(f"sqlite:///{tmp_path}/x.db"), inventory(search_url=ASKED + "{title}"), pages)
    drive.open()
    for _ in range(2 if again else 1):
        drive.walk.search = SiteSearch(drive.engine, drive.book, drive.writer.put, seed=1, as_of=AS_OF)
        while drive.step():
            pass
        drive.writer.flush()
        drive.walk.search.begin()
        while drive.step():
            pass
        drive.writer.flush()
    drive.writer.close()
    finish_run(drive.engine, drive.run.id)
    facts = [fact for fact in stored(drive).network if fact.probe == "search"]
    return drive, sorted(facts, key=lambda fact: fact.key)


def results(*numbers: int, echo: str = "") -> str:
    rows = "".join(f"<li><a href='/tz/{n}.html'>{TITLES[n - 1]}</a><span>2026-11-0{n}</span></li>" for n in numbers)
    return html(f"<p>搜索“{echo}”的结果</p><ul class='list'>{rows}</ul>", "站内搜索")


def test_four_seeded_titles_are_asked_once_and_none_of_the_last_days(tmp_path: Path) -> None:
    drive, facts = searched(tmp_path, Searched(results(1, 2, 3, 4, 5, 6)), again=True)
    asked = [unquote(url.removeprefix(ASKED)) for url in drive.asked if url.startswith(ASKED)]
    assert len(asked) == len(set(asked)) == 4 and set(asked) <= set(TITLES[:6])
    assert [(fact.key, fact.outcome, fact.data["by"]) for fact in facts] == [
        (str(n), "ok", "address") for n in range(1, 5)
    ]
    assert {fact.data["of"] for fact in facts} == {6} and [fact.data["title"] for fact in facts] == asked


def test_a_search_that_finds_other_things_misses(tmp_path: Path) -> None:
    _, facts = searched(tmp_path, Searched(results(7)))
    assert [fact.outcome for fact in facts] == ["missing"] * 4


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
