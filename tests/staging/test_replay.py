"""The replay of real saved pages: made-up pages here, and the real folder where it is there."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.staging.process import ROOT, CityError, start_replay
from tests.staging.replay import ReplayCity, address_of, with_port
from tests.staging.web import Exchange, Request, Response

AS_OF = datetime.fromisoformat("2026-11-20T10:00+08:00")
PAGES = ROOT.parent / "shared" / "pages"


def ask(city: ReplayCity, url: str) -> Response:
    parts = urlsplit(url)
    request = Request("GET", parts.path, parts.query, parts.hostname or "", {})
    return asyncio.run(city(Exchange(request, None, 80)))  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    truths = {
        "a_home.html": {"kind": "homepage", "encoding": "utf-8", "url": None, "domain": "www.a.gov.cn"},
        "a_article.html": {"kind": "article", "encoding": "utf-8", "url": "https://www.a.gov.cn/x/t1.html?id=2"},
        "b_list_tzgg.html": {"kind": "list", "encoding": "gb18030", "url": None, "domain": None, "column": "通知公告"},
    }
    for name in truths:
        (tmp_path / name).write_bytes('<a href="https://www.b.gov.cn/1">通知</a>'.encode("gb18030"))
    (tmp_path / "truth.json").write_text(json.dumps(truths), "utf-8")
    return tmp_path


def test_pages_stand_at_their_own_addresses(folder: Path) -> None:
    city = ReplayCity(folder, AS_OF, 8380)
    assert set(city.hosts) == {"www.a.gov.cn", "b.replay.test"}
    assert ask(city, "http://www.a.gov.cn/x/t1.html?id=2").body.startswith(b'<a href="http://www.b.gov.cn:8380/1">')
    other = ask(city, "http://www.a.gov.cn/else")
    assert other.status == 599 and ("X-Staging", "not-saved") in other.headers
    assert ask(city, "http://never.seen.cn/").status == 599


def test_inventory_names_every_page(folder: Path) -> None:
    city = ReplayCity(folder, AS_OF, 8380)
    sites = city.inventory()["sites"]
    assert sites[0]["url"] == "http://www.a.gov.cn:8380/" and len(sites[0]["columns"]) == 1
    assert sites[1]["url"] == "http://b.replay.test:8380/saved/b_list_tzgg.html"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'href="http://x.gov.cn"', b'href="http://x.gov.cn:80"'),
        (b"src='//img.x.cn/a.png'", b"src='//img.x.cn:80/a.png'"),
        (b'"http://121.43.68.40/e"', b'"http://121.43.68.40.replay.test:80/e"'),
        (b'"http://10.1.2.3/e"', b'"http://10.1.2.3/e"'),
        (b"http://www.w3.org/1999/xhtml", b"http://www.w3.org/1999/xhtml"),
    ],
)
def test_links_get_the_port(before: bytes, after: bytes) -> None:
    assert with_port(before, 80, "utf-8") == after


def test_relative_addresses_of_the_truth_are_joined() -> None:
    truth = {"kind": "article", "url": "./t1_2.shtml", "domain": "www.w.gov.cn"}
    assert address_of("x.html", truth) == ("www.w.gov.cn", "/t1_2.shtml")


def test_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(CityError, match=r"truth\.json"):
        start_replay(tmp_path, AS_OF)


@pytest.mark.skipif(not PAGES.is_dir(), reason="no folder of real saved pages beside the project")
def test_all_real_pages_are_served() -> None:
    city = ReplayCity(PAGES, AS_OF, 8380)
    pages = [p for host in city.hosts.values() for p in host.pages]
    assert len(pages) == len(json.loads((PAGES / "truth.json").read_text("utf-8")))
    assert all(ask(city, city.url(page)).status in (200, 412, 521) for page in pages)
    with start_replay(PAGES, AS_OF) as running:
        assert running.inventory.is_file() and running.truth.is_file()
