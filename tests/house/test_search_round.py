"""A round as Scrapy walks it, against a site with a search: what is asked, when, and what comes of it (D24)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook

from crawler.facts import NetworkFact
from crawler.facts.read import StoredRound
from crawler.facts.store import latest_run, open_store
from tests.house.test_bad_input import Desk

TITLES = [f"关于做好第{number}批公共设施维护工作的通知" for number in range(1, 10)]
WAITING = '<div id="app"></div><script src="/static/js/app.4f2.js"></script>'
PROSE = "各街道办事处、各有关单位要落实责任，按时完成年度设施维护任务。" * 12


class SearchedSite(ThreadingHTTPServer):
    """Nine articles on the home page and a search whose page of results `results` writes; `asked` in order."""

    daemon_threads = True

    def __init__(self, results: Callable[[str], str], robots: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.results, self.robots = results, robots
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"

    @property
    def searched(self) -> list[str]:
        return [parse_qs(urlsplit(path).query)["q"][0] for path in self.asked if path.startswith("/search?")]


class _Handler(BaseHTTPRequestHandler):
    server: SearchedSite

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        path = urlsplit(self.path).path
        number = path.removeprefix("/tz/").removesuffix(".html")
        if path == "/":
            self._send(200, f"<h2>通知公告</h2>{listed(TITLES)}", "云岭市人民政府")
        elif path == "/search":
            self._send(200, self.server.results(parse_qs(urlsplit(self.path).query)["q"][0]), "站内搜索")
        elif path == "/robots.txt" and self.server.robots:
            self._send(200, self.server.robots, kind="text/plain")
        elif number.isdigit():
            title = TITLES[int(number) - 1]
            self._send(200, f"<h1>{title}</h1><p>发布时间：2026-11-0{number}</p><p>{PROSE}</p>", title)
        else:
            self._send(404, "没有")

    def _send(self, status: int, body: str, title: str = "", kind: str = "text/html") -> None:
        page = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
        content = (page if kind == "text/html" else body).encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the test's own output is what counts."""


def listed(titles: list[str]) -> str:
    rows = "".join(
        f'<li><a href="/tz/{number}.html">{title}</a><span>2026-11-0{number}</span></li>'
        for number, title in enumerate(TITLES, 1)
        if title in titles
    )
    return f"<ul>{rows}</ul>"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def serve() -> Iterator[Callable[..., SearchedSite]]:
    running: list[tuple[SearchedSite, threading.Thread]] = []

    def start(results: Callable[[str], str], robots: str = "") -> SearchedSite:
        site = SearchedSite(results, robots)
        thread = threading.Thread(target=site.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        running.append((site, thread))
        return site

    yield start
    for site, thread in running:
        site.shutdown()
        site.server_close()
        thread.join()


def walked(desk: Desk, site: SearchedSite, processes: int = 1, others: tuple[str, ...] = ()) -> list[NetworkFact]:
    """One round by the annual profile of a portal whose search is named; the facts of its search."""
    more = "".join(
        f"  - {{id: s{number}, name: 站{number}, kind: department, unit: zfb, url: '{url}'}}\n"
        for number, url in enumerate(others)
    )
    desk.inventory.write_text(
        'city: 云岭市\nregion_code: "532901"\nissuer: 云岭市人民政府办公室\n'
        "units:\n  - {id: zfb, name: 云岭市人民政府办公室}\n"
        f"sites:\n  - {{id: portal, name: 云岭市人民政府网, kind: portal, unit: zfb, url: '{site.url}',"
        f" search_url: '{site.url}search?q={{title}}'}}\n" + more,
        encoding="utf-8",
    )
    done = desk.run("-s", "RULES_PROFILE=annual", "-s", f"PROCESSES={processes}")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    engine = open_store(f"sqlite:///{desk.database}")
    run = latest_run(engine, "2026-11")
    assert run is not None
    every = [fact for facts in StoredRound(engine, run).sites() for fact in facts.network if fact.probe == "search"]
    return sorted(every, key=lambda fact: fact.key)


def found(desk: Desk) -> list[dict[str, object]]:
    document = json.loads(desk.documents()["2026-11/findings.json"])
    return [one for one in document["findings"] if one["rule"] == "D24"]


def answering(title: str) -> str:
    return f"<p>搜索“{title}”的结果</p><p>全部 政策文件 办事指南</p>{listed([title])}"


def test_a_search_that_works_is_asked_four_titles_after_the_walk(
    desk: Desk, serve: Callable[..., SearchedSite]
) -> None:
    site = serve(answering)
    facts = walked(desk, site)
    assert [(fact.key, fact.outcome, fact.data["of"]) for fact in facts] == [(str(n), "ok", 9) for n in range(1, 5)]
    assert sorted(one for one in site.searched if " " not in one) == sorted(fact.data["title"] for fact in facts)
    assert len(site.searched) == 5 and all(path.startswith("/search?") for path in site.asked[-5:])
    assert found(desk) == []


def test_several_processes_ask_the_same_titles_after_the_walk(
    desk: Desk, serve: Callable[..., SearchedSite], tmp_path: Path
) -> None:
    site, other = serve(answering), serve(answering)
    (tmp_path / "alone").mkdir()
    alone = walked(Desk(tmp_path / "alone"), site, others=(other.url,))
    site.asked.clear()
    facts = walked(desk, site, 2, (other.url,))
    assert [(fact.key, fact.outcome, fact.data) for fact in facts] == [
        (fact.key, fact.outcome, fact.data) for fact in alone
    ]
    assert len(facts) == 4 and all(path.startswith("/search?") for path in site.asked[-5:])
    assert other.searched == []


def test_results_that_are_not_sorted_are_a_candidate(desk: Desk, serve: Callable[..., SearchedSite]) -> None:
    walked(desk, serve(lambda title: f"<p>搜索“{title}”的结果</p>{listed([title])}"))
    [told] = found(desk)
    assert told["certainty"] == "suspected" and "未见分类展现" in str(told["message"])


def test_one_title_that_is_missing_is_a_candidate(desk: Desk, serve: Callable[..., SearchedSite]) -> None:
    hidden: list[str] = []

    def results(title: str) -> str:
        hidden[:] = hidden or [title]
        others = [one for one in TITLES if one not in hidden][:3]
        return answering(title) if title not in hidden else f"<p>搜索“{title}”的结果</p>{listed(others)}"

    facts = walked(desk, serve(results))
    assert sorted(fact.outcome for fact in facts) == ["missing", "ok", "ok", "ok"]
    [told] = found(desk)
    assert told["certainty"] == "suspected" and hidden[0] in str(told["message"])


def test_a_search_that_a_script_draws_is_left_to_a_person(desk: Desk, serve: Callable[..., SearchedSite]) -> None:
    facts = walked(desk, serve(lambda title: WAITING))
    assert [fact.outcome for fact in facts] == ["unchecked"] * 4 and found(desk) == []
    book = load_workbook(desk.output / "2026-11" / "问题台账.xlsx")
    heads, *rows = book["人工填报"].iter_rows(values_only=True)
    [cases] = [row[heads.index("情形与分值")] for row in rows if row[heads.index("指标")] == "D24"]
    told = [line for line in cases.split("\n") if line.startswith("试搜标题")]
    assert sorted(told) == sorted(f"试搜标题：{fact.data['title']}" for fact in facts)


def test_robots_keeps_us_out_of_a_search(desk: Desk, serve: Callable[..., SearchedSite]) -> None:
    site = serve(answering, "User-agent: *\nDisallow: /search\n")
    facts = walked(desk, site)
    assert [(fact.outcome, fact.data["reason"]) for fact in facts] == [("unchecked", "robots")] * 4
    assert site.searched == [] and found(desk) == []
