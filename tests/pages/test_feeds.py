"""Feeds: RSS, Atom and JSON Feed as accounts publish them; only the days of entries count."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.feeds import day_of, read_feed

TODAY = date(2026, 11, 20)


def rss(*days: str, head: str = "", version: str = "2.0") -> bytes:
    items = "".join(f"<item><title>第{n}条</title><pubDate>{day}</pubDate></item>" for n, day in enumerate(days, 1))
    start = f'<?xml version="1.0" encoding="utf-8"?><rss version="{version}"><channel>'
    text = f"{start}<title>云岭发布</title>{head}{items}</channel></rss>"
    return text.encode()


ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>云岭教育</title>
<updated>2026-11-20T00:00:00Z</updated>
<entry><title>甲</title><published>2026-11-01T08:00:00+08:00</published><updated>2026-11-19T08:00:00+08:00</updated></entry>
<entry><title>乙</title><updated>2026-10-30T08:00:00+08:00</updated></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>云岭</title></channel>
<item><title>甲</title><dc:date>2026-11-03</dc:date></item></rdf:RDF>"""


def test_rss_takes_the_newest_entry_not_the_day_of_the_feed() -> None:
    made = (
        "<pubDate>Fri, 20 Nov 2026 01:00:00 GMT</pubDate><lastBuildDate>Fri, 20 Nov 2026 01:00:00 GMT</lastBuildDate>"
    )
    feed = read_feed(rss("Mon, 02 Nov 2026 09:00:00 +0800", "2026-11-05 09:30:00", head=made), "text/xml", TODAY)
    assert feed is not None
    assert (feed.form, feed.title, feed.entries, feed.dated) == ("rss", "云岭发布", 2, 2)
    assert (feed.newest, feed.newest_title) == (date(2026, 11, 5), "第2条")


def test_atom_and_rdf_and_json() -> None:
    atom, rdf = read_feed(ATOM.encode(), None, TODAY), read_feed(RDF.encode("gb18030"), None, TODAY)
    assert atom is not None and rdf is not None
    assert (atom.form, atom.newest, atom.newest_title) == ("atom", date(2026, 11, 1), "甲")
    assert (rdf.form, rdf.newest, rdf.title) == ("rss", date(2026, 11, 3), "云岭")
    items = [{"title": "甲", "date_published": "2026-11-04T23:30:00Z"}, {"title": "乙"}, "丙"]
    data = {"version": "https://jsonfeed.org/version/1.1", "title": "云岭", "items": items}
    feed = read_feed(json.dumps(data).encode(), "application/feed+json", TODAY)
    assert feed is not None
    assert (feed.form, feed.entries, feed.dated, feed.newest) == ("json", 2, 1, date(2026, 11, 5))


def test_a_day_to_come_and_no_day_are_no_update() -> None:
    feed = read_feed(rss("2027-01-01", "", "2026-11-02"), None, TODAY)
    assert feed is not None and (feed.entries, feed.dated, feed.newest) == (3, 1, date(2026, 11, 2))
    empty = read_feed(rss(), None, TODAY)
    assert empty is not None and (empty.entries, empty.newest) == (0, None)


def test_a_broken_feed_keeps_what_stands_before_the_break() -> None:
    cut = rss("2026-11-02", "2026-11-03")[: -len("</item></channel></rss>")]
    feed = read_feed(cut + b"<item><title>&nbsp; a & b", None, TODAY)
    assert feed is not None and feed.newest == date(2026, 11, 3)


def test_entities_are_neither_fetched_nor_blown_up() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    body = f"{bomb}<rss><channel><item><title>&b;&x;</title><pubDate>2026-11-02</pubDate></item></channel></rss>"
    feed = read_feed(body.encode(), None, TODAY)
    assert feed is not None and feed.newest == date(2026, 11, 2)
    assert "aaaa" not in feed.newest_title and "root:" not in feed.newest_title


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body><item><pubDate>2026-11-02</pubDate></item></body></html>", b"{}", b'{"items": []}', b"[1]",
     b'{"version": "1", "items": [{"date_published": "2026-11-02"}]}', b"<", b"<?xml version='1.0'?>", b"\x00\x01"],
)  # fmt: skip
def test_what_is_no_feed(body: bytes) -> None:
    assert read_feed(body, None, TODAY) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Wed, 18 Nov 2026 17:00:00 GMT", date(2026, 11, 19)),  # one o'clock at night in China
        ("2026-11-18T15:59:00Z", date(2026, 11, 18)),
        ("2026-11-18T16:00:00Z", date(2026, 11, 19)),
        ("2026/11/8 9:05", date(2026, 11, 8)),
        ("2026年11月8日", date(2026, 11, 8)),
        ("2026-13-40", None),
        ("昨天", None),
    ],
)
def test_days_in_china(text: str, day: date | None) -> None:
    assert day_of(text) == day


@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    for start in (b"", b"<rss>", b"{", b"<feed>"):
        feed = read_feed(start + body, None, TODAY)
        assert feed is None or feed.newest is None or feed.newest <= TODAY
