"""The city against its own truth: every page walked as a reader would, in one process, without a network."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from html import unescape
from typing import Any
from unicodedata import normalize
from urllib.parse import quote, urldefrag, urljoin, urlsplit

import pytest
import yaml

from tests.staging import truth as truths
from tests.staging.city import StagingCity
from tests.staging.clock import back
from tests.staging.plants import on_dns
from tests.staging.web import Exchange, Request, Response

AS_OF = datetime.fromisoformat("2026-11-20T10:00+08:00")
_HIDDEN = re.compile(r"<!--.*?-->|<template.*?</template>|<noscript.*?</noscript>", re.S)
_ATTR = re.compile(r'(?:href|src|background|action)\s*=\s*"([^"]*)"|option value="([^"]*)"', re.I)
_OTHER = re.compile(r'srcset="([^"]*)"|url\(([^)]*)\)|window\.open\(\'([^\']*)\'|"url":"([^"]*)"')
_RECORD = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)


class Client:
    """Asks the city in memory and remembers what it saw."""

    def __init__(self, city: StagingCity) -> None:
        self.city = city
        self.seen: dict[str, Response | None] = {}

    def get(self, url: str, referer: str = "") -> Response | None:
        """Answer to a GET that sends a cookie and a referer; None when nothing would come back."""
        parts = urlsplit(url)
        headers = {"cookie": "ylsession=1", "referer": referer}
        request = Request("GET", parts.path or "/", parts.query, parts.hostname or "", headers)
        return asyncio.run(self._ask(request))

    async def _ask(self, request: Request) -> Response | None:
        try:
            return await asyncio.wait_for(self.city(Exchange(request, Silent(), 8380)), 2.2)  # type: ignore[arg-type]
        except TimeoutError:
            return None


class Silent:
    """A connection nobody reads."""

    transport = None

    def write(self, data: bytes) -> None:
        """Forget it."""

    async def drain(self) -> None:
        """Nothing to wait for."""

    def get_extra_info(self, name: str) -> None:
        """There is no socket."""


def links_of(text: str, base: str) -> set[str]:
    """Every address a reader's browser would ask for or could be sent to."""
    hidden = re.sub(r"<!--\s*<ul.*?-->", lambda m: m[0].replace("<!--", "").replace("-->", ""), text, flags=re.S)
    text = _HIDDEN.sub("", hidden)
    found = re.search(r'<base href="([^"]*)"', text)
    base = urljoin(base, found[1]) if found else base
    text = re.sub(r"<base[^>]*>", "", text)
    raws = [next((x for x in g if x), "") for g in _ATTR.findall(text)]
    for group in _OTHER.findall(text):
        raws += (
            [part.split()[0] for part in group[0].split(",") if part.split()]
            if group[0]
            else [x for x in group[1:] if x]
        )
    for count, _, name, ext in re.findall(r'createPageHTML\((\d+), (\d+), "(\w+)", "(\w+)"', text):
        raws += [f"{name}_{n}.{ext}" for n in range(1, int(count))]
    charset = "gbk" if "charset=gb2312" in text else "utf-8"
    urls = set()
    for raw in raws:
        clean = normalize("NFKC", unescape(raw)) if "//" in raw else unescape(raw)
        clean = clean.strip().replace("\n", "").replace("\\", "/")
        if clean and not re.match(r"(javascript|mailto|#)", clean):
            urls.add(quote(urldefrag(urljoin(base, clean))[0], safe="%/:?=&;#+,@!~()*'$[]", encoding=charset))
    return urls


def walk(city: StagingCity) -> tuple[dict[str, set[str]], dict[str, Response | None]]:
    """All pages reached from the home pages: pages that hold each link, and what each link answered."""
    client = Client(city)
    hosts = {s.host for s in city.model.sites} | {c.host for s in city.model.sites for c in s.columns if c.host}
    queue = [s.home for s in city.model.sites]
    holders: dict[str, set[str]] = {url: set() for url in queue}
    answers: dict[str, Response | None] = {}
    dns = {p.url: p for p in city.links if on_dns(p)}
    traps = ("/xyrl/", "/wyly/", "/bszn/")
    while queue:
        url = queue.pop()
        if url in dns:
            answers[url] = None
            continue
        response = answers[url] = client.get(url, referer=url)
        walked = urlsplit(url).hostname in hosts and not any(t in url for t in traps)
        if response is None or response.status != 200 or not walked or not response.content_type.startswith("text/"):
            continue
        text = response.body.decode("gbk" if "gbk" in response.content_type else "utf-8", "replace")
        for link in links_of(text, url) | {u for r in _RECORD.findall(text) for u in links_of(r, url)}:
            if link not in holders:
                queue.append(link)
            holders.setdefault(link, set()).add(url)
    return holders, answers


@pytest.fixture(scope="module")
def city() -> StagingCity:
    return StagingCity(AS_OF, 8380)


@pytest.fixture(scope="module")
def truth(city: StagingCity) -> dict[str, Any]:
    return truths.truth_of(city.model, city.raw, city.links)


@pytest.fixture(scope="module")
def walked(city: StagingCity) -> tuple[dict[str, set[str]], dict[str, Response | None]]:
    return walk(StagingCity(AS_OF, 8380))


def test_size_is_that_of_a_small_city(city: StagingCity, walked: Any) -> None:
    _, answers = walked
    hosts = {s.host for s in city.model.sites}
    pages = [
        u
        for u, r in answers.items()
        if r and r.status == 200 and r.content_type.startswith("text/html") and urlsplit(u).hostname in hosts
    ]
    assert 600 <= len(pages) <= 1000
    portal = city.model.site("portal")
    assert len(portal.columns) >= 22 and len({c.unit.id for c in portal.columns}) >= 12
    assert len({s.style for s in city.model.sites}) == 7


def test_links_that_fail_are_those_of_the_truth(walked: Any, truth: dict[str, Any]) -> None:
    holders, answers = walked
    failing = {
        u
        for u, r in answers.items()
        if r is None or r.status >= 400 or (r.status == 200 and not r.body and r.stream is None)
    }
    told = {p["subject"] for p in truth["problems"] if p["category"] == "链接不可用"}
    excused = {
        i["url"]
        for i in truth["innocents"]
        if i["outcome"] in ("blocked", "unchecked") or i.get("answer") in ("ratelimit", "flaky")
    }
    html_documents = {p["subject"] for p in truth["problems"] if p.get("answer") == "html-error"}
    assert failing - excused == told - html_documents, {
        u: holders[u] for u in failing - excused ^ told - html_documents if u in holders
    }


def test_a_dead_link_stands_on_pages_of_one_place(walked: Any, city: StagingCity) -> None:
    holders, _ = walked
    for plant in city.links:
        if plant.outcome in ("dead", "suspect"):
            pages = holders[plant.url]
            assert pages, plant.url
            if plant.place not in ("footer", "css"):
                assert len({p.removesuffix("index.html") for p in pages if "dataproxy" not in p}) == 1, (
                    plant.url,
                    pages,
                )
    footer = next(p for p in city.links if p.place == "footer")
    assert len(holders[footer.url]) > 50


def test_innocents_are_on_the_city(walked: Any, city: StagingCity) -> None:
    holders, _ = walked
    for plant in city.links:
        if plant.outcome in ("ok", "blocked", "unchecked") and plant.how != "text" and "mailto:" not in plant.url:
            assert plant.url in holders, plant
        if plant.outcome == "none" and plant.url.startswith("http"):
            assert plant.url not in holders, plant


@pytest.mark.parametrize(
    "moment", ["2026-11-20T10:00+08:00", "2027-03-31T00:05+08:00", "2026-08-31T23:59+08:00", "2028-02-29T12:00+08:00"]
)
def test_stale_columns_are_those_of_the_truth(moment: str) -> None:
    city = StagingCity(datetime.fromisoformat(moment), 8380)
    stale = {f"{s.id}/{c.id}" for s in city.model.sites for c in s.columns if truths.is_stale(c)}
    assert stale == {e["at"] for e in city.raw["stale"]}
    for site in city.model.sites:
        for column in site.columns:
            dates = [a.published for a in column.articles]
            assert dates == sorted(dates, reverse=True) or len({d.date() for d in dates}) < len(dates)
            assert all(d <= city.model.as_of for d in dates)


def test_stale_home_pages_are_those_of_the_truth(city: StagingCity) -> None:
    stale = set()
    for site in city.model.sites:
        newest = max(a.published.date() for c in site.columns for a in c.articles[: c.home])
        if newest < back(city.model.today, "14d"):
            stale.add(site.id)
    assert stale == {e["site"] for e in city.raw["stale_home"]}


def test_vetoes_add_up(city: StagingCity) -> None:
    for site in city.model.sites:
        typed = [
            c
            for c in site.columns
            if truths.is_stale(c) and (c.type == "动态要闻" or (c.top and c.type in ("通知公告", "政策文件")))
        ]
        blank = [c for c in site.columns if c.kind == "blank"]
        rules = {v["rule"] for v in city.raw["vetoes"] if v["site"] == site.id}
        assert ("V4.1" in rules) == (len(typed) >= 5), site.id
        assert ("V4.3" in rules) == (len(blank) >= 5), site.id


def test_every_page_carries_identity_and_tags(city: StagingCity, walked: Any) -> None:
    _, answers = walked
    by_host = {c.host or s.host: s for s in city.model.sites for c in s.columns if c.kind != "outside"}
    for url, response in answers.items():
        site = by_host.get(urlsplit(url).hostname or "")
        if not site or response is None or response.status != 200 or not response.content_type.startswith("text/html"):
            continue
        if url.endswith((".doc", ".xls")):
            continue
        text = response.body.decode("gbk" if "gbk" in response.content_type else "utf-8", "replace")
        assert f'name="SiteIDCode" content="{site.code}"' in text, url
        assert f"网站标识码：{site.code}" in text and "滇ICP备" in text and "滇公网安备" in text, url
        assert "bszs.conac.cn" in text and f"jiucuo.html?site_code={site.code}" in text, url
        assert f"主办单位：{site.unit.name}" in text and "联系电话：0872-" in text, url
        if "ArticleTitle" in text:
            assert 'name="PubDate"' in text and 'name="ContentSource"' in text, url
        elif url != site.home and urlsplit(url).path not in {s["path"] for s in site.sections}:
            assert 'name="ColumnName"' in text and 'name="ColumnType"' in text, url


def test_same_moment_same_bytes(city: StagingCity) -> None:
    other = StagingCity(AS_OF, 8380)
    paths = city.html_paths[::9]
    assert paths == other.html_paths[::9]
    for url in paths:
        first, second = Client(city).get(url), Client(other).get(url)
        assert first and second and first.body == second.body


def test_truth_names_real_sites_units_and_columns(city: StagingCity, truth: dict[str, Any]) -> None:
    for problem in truth["problems"]:
        site = city.model.site(problem["site"])
        assert problem["unit"] in city.model.units
        assert "column" not in problem or site.column(problem["column"])
    keys = [(p["site"], p["category"], p["subject"]) for p in truth["problems"]]
    assert len(keys) == len(set(keys))


def test_inventory_round_trips(city: StagingCity, tmp_path: Any) -> None:
    inventory, _ = city.write(tmp_path)
    data = yaml.safe_load(inventory.read_text("utf-8"))
    assert {s["id"] for s in data["sites"]} == {s.id for s in city.model.sites}
    assert all(s["unit"] in {u["id"] for u in data["units"]} for s in data["sites"])


def test_local_names_keep_a_reader_inside(city: StagingCity) -> None:
    response = Client(city).get("http://www.yunling.gov.cn.localhost:8380/")
    assert response and b"http://jyj.yunling.gov.cn.localhost:8380/" in response.body
    assert not re.search(rb"\.cn:8380", response.body)
