"""Real saved pages with their truth, where they are at hand: prints the table of what was read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.pages import Page, read_page

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "pages"
KINDS = {
    "homepage": "home",
    "blank_column": "blank",
    "list": "list",
    "list_nodate": "list",
    "waf_challenge": "challenge",
    "article": "article",
}
OUTER_SCHEME = re.compile(r"\s*(?:mailto:|tel:|#.)", re.I)
NOT_A_HOME_PAGE = {
    "zjfish_article_or_list.html": "an article with its breadcrumb, listed as a home page",
}
NOT_A_LIST_DATE = {
    "wuan_tpl_homepage.html": "its newest date in the truth is a deadline inside a letter (请于2019-1-11前给予回复)",
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the saved real pages (../shared/pages) are not here")


def load() -> dict[str, dict[str, Any]]:
    """Truth by file name; empty where the folder is missing."""
    path = FOLDER / "truth.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


TRUTH = load()


def address(name: str) -> str:
    """The page's own address, else a made-up one on its host."""
    truth = TRUTH[name]
    if (truth.get("url") or "").startswith("http"):
        return str(truth["url"])
    host = (truth.get("domain") or "www.example.gov.cn").split(",")[0].split("://")[-1].strip("/")
    return f"http://{host}/column/{name}"


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    return {name: read_page((FOLDER / name).read_bytes(), address(name)) for name in TRUTH}


def wanted_links(name: str, encoding: str) -> int:
    """href minus javascript minus empty minus other schemes, longer fragments and what stands in noscript."""
    counts = TRUTH[name]["links"]
    tree = LexborHTMLParser((FOLDER / name).read_bytes().decode(encoding, "replace"))
    hrefs = [node.attributes.get("href") or "" for node in tree.css("a[href]")]
    other = sum(OUTER_SCHEME.match(href) is not None for href in hrefs)
    other += len(tree.css("noscript a[href]"))
    return int(counts.get("href", 0)) - int(counts.get("javascript", 0)) - int(counts.get("empty_or_hash", 0)) - other


def test_table(pages: dict[str, Page], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print()
        for name, page in pages.items():
            truth = TRUTH[name]
            day = page.published or page.newest
            wanted = truth.get("pub_date") or (truth.get("list") or {}).get("newest")
            mark = "ok " if str(day) == str(wanted) else "?? "
            links = sum(link.tag == "a" for link in page.links)
            print(
                f"{mark}{name:42}{page.kind:14}{page.encoding:9}{day!s:11} {page.published_from or '-':6}{links:4} lin"
                f"ks {len(page.items):3} items"
            )


@pytest.mark.parametrize("name", TRUTH)
def test_encoding_title_links(name: str, pages: dict[str, Page]) -> None:
    page = pages[name]
    assert (page.encoding, page.title) == (TRUTH[name]["encoding"], TRUTH[name]["title"])
    assert sum(link.tag == "a" for link in page.links) == wanted_links(name, page.encoding)


def test_publication_dates(pages: dict[str, Page]) -> None:
    articles = [name for name, truth in TRUTH.items() if truth["kind"] == "article"]
    wrong = [name for name in articles if str(pages[name].published) != str(TRUTH[name].get("pub_date"))]
    invented = [name for name in wrong if TRUTH[name].get("pub_date") is None]
    assert invented == []
    assert len(wrong) <= len(articles) * 0.02, wrong


def test_newest_of_every_list(pages: dict[str, Page]) -> None:
    lists = [name for name, truth in TRUTH.items() if truth.get("list") and name not in NOT_A_LIST_DATE]
    assert {name: str(pages[name].newest) for name in lists} == {
        name: str(TRUTH[name]["list"]["newest"]) for name in lists
    }


def test_kinds(pages: dict[str, Page]) -> None:
    known = [name for name in TRUTH if name not in NOT_A_HOME_PAGE]
    assert {name: pages[name].kind for name in known} == {name: KINDS[TRUTH[name]["kind"]] for name in known}


@pytest.mark.parametrize("name", TRUTH)
def test_identity(name: str, pages: dict[str, Page]) -> None:
    identity, footer = pages[name].identity, TRUTH[name]["footer"]
    assert identity.site_code == footer["site_id"]
    assert sorted(identity.icps) == sorted(footer["icp"])
    assert identity.police == (footer["gongan"][0] if footer["gongan"] else None)
    assert (bool(identity.conac), bool(identity.jiucuo)) == (footer["conac"], footer["jiucuo"])
    assert (pages[name].tags.get("SiteIDCode") or None) == (footer["site_id_meta"] or None)
