"""Last-Modified of an answer as a day of China, kept for articles."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.facts.store import finish_run, open_store
from crawler.walk.answer import Answer
from tests.walk.drive import Drive, Reply, html, inventory
from tests.walk.sites import HOME, article, stored

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "day"),
    [
        ("Mon, 12 Oct 2026 03:00:00 GMT", date(2026, 10, 12)),
        ("Mon, 12 Oct 2026 16:00:00 GMT", date(2026, 10, 13)),
        ("Thu, 19 Nov 2026 02:00:00 GMT", date(2026, 11, 19)),
        ("Thu, 19 Nov 2026 02:00:01 GMT", None),
        ("Mon, 12 Oct 2037 03:00:00 GMT", None),
        ("Mon, 12 Oct 2026 03:00:00", None),
        ("Mon, 12 Oct 99999 03:00:00 GMT", None),
        ("0", None),
        ("", None),
    ],
)
def test_day_of_last_modified(header: str, day: date | None) -> None:
    assert Answer(at=AT, status=200, headers={"last-modified": header}).modified == day


def test_no_header_no_day() -> None:
    assert Answer(at=AT, status=200).modified is None


def test_it_is_kept_with_the_article_alone(tmp_path: Path) -> None:
    title = "关于做好有关工作的通知"
    headers = {"content-type": "text/html", "last-modified": "Mon, 12 Oct 2026 03:00:00 GMT"}
    front = html(f"<h2>通知公告</h2><ul><li><a href='/tz/1.html'>{title}</a><span>2026-10-01</span></li></ul>", "门户")
    pages: dict[str, Reply] = {
        HOME: Answer(status=200, headers=headers, body=front.encode()),
        f"{HOME}tz/1.html": Answer(status=200, headers=headers, body=article(title, "2026-10-01").encode()),
    }
    drive = Drive(open_store(f"sqlite:///{tmp_path}/x.db"), inventory(), pages)
    drive.open()
    while drive.step():
        pass
    drive.writer.flush()
    drive.writer.close()
    finish_run(drive.engine, drive.run.id)
    kept = {page.url.removeprefix(HOME): page.extra.get("modified") for page in stored(drive).pages()}
    assert kept == {"": None, "tz/1.html": "2026-10-12"}
