"""A round over the real saved pages, by the real command: what the store holds of each page against its truth."""

from __future__ import annotations

from typing import Any

import pytest

from tests.staging.process import ROOT, start_replay
from tests.staging.rounds import AS_OF, Done, crawl

PAGES = ROOT.parent / "shared" / "pages"
pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason="no folder of real saved pages beside the project")
Pairs = list[tuple[dict[str, Any], dict[str, Any]]]
_KINDS = {"homepage": "home", "article": "article", "list": "list", "list_nodate": "list", "blank_column": "blank"}
_FIELDS = ("kind", "title", "encoding", "published", "newest", "outcome", "reason")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("replay")
    with start_replay(PAGES, AS_OF, out_dir=folder / "city") as city:
        round_ = crawl(city, folder)
    assert round_.status == 0, round_.said
    return round_


@pytest.fixture(scope="module")
def pages(done: Done) -> Pairs:
    """Each saved page's truth with the stored facts of its address."""
    query = "select a.url, p.kind, p.title, p.encoding, p.published, p.newest, a.outcome, a.reason from address a"
    stored = {
        url: dict(zip(_FIELDS, row, strict=True)) for url, *row in done.rows(f"{query} left join page p using (id)")
    }
    return [(page, stored[page["url"]]) for page in done.truth["pages"]]


def of_kind(pages: Pairs, *kinds: str) -> Pairs:
    return [pair for pair in pages if pair[0]["kind"] in kinds]


def test_no_check_fails_and_nothing_is_called_dead(done: Done) -> None:
    assert done.findings["coverage"]["errors"] == 0 and done.findings["errors"] == []
    assert not done.rows("select * from note where kind = 'error'")
    assert not done.rows("select url from address where outcome in ('dead', 'suspect')")
    assert not [one for one in done.findings["findings"] if one["category"] == "链接不可用"]


def test_challenges_are_blocked(pages: Pairs) -> None:
    challenges = of_kind(pages, "waf_challenge")
    assert challenges and all(seen["outcome"] == "blocked" for _, seen in challenges)


def test_encoding_title_and_kind_are_right_on_every_page(pages: Pairs) -> None:
    read = of_kind(pages, *_KINDS)
    assert len(read) >= 60
    wrong = {
        page["name"]: seen
        for page, seen in read
        if (seen["encoding"], seen["title"], seen["kind"]) != (page["encoding"], page["title"], _KINDS[page["kind"]])
    }
    assert not wrong


def test_dates_of_articles(pages: Pairs) -> None:
    """Right on at least 98 of 100, and never a date where there is none."""
    articles = of_kind(pages, "article")
    wrong = {
        page["name"]: (seen["published"], page["pub_date"])
        for page, seen in articles
        if seen["published"] != page["pub_date"]
    }
    assert len(wrong) <= 0.02 * len(articles), wrong
    assert not [name for name, (_, wanted) in wrong.items() if wanted is None]


def test_newest_items_of_lists_and_blank_columns(pages: Pairs) -> None:
    lists = of_kind(pages, "list", "list_nodate", "blank_column")
    assert len(lists) >= 15
    assert {page["name"]: seen["newest"] for page, seen in lists} == {page["name"]: page["newest"] for page, _ in lists}


def test_sums_are_those_of_the_store(done: Done, pages: Pairs) -> None:
    assert (
        done.findings["coverage"]["pages"]
        == len(of_kind(pages, *_KINDS))
        == done.rows("select count(*) from page")[0][0]
    )
