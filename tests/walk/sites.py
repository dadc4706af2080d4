"""A department site in memory, as content systems build them, and what a walk of it stored."""

from __future__ import annotations

from pathlib import Path

from crawler.facts import ColumnFact
from crawler.facts.read import StoredRound, StoredSite
from crawler.facts.store import latest_run
from tests.house.stores import store_in
from tests.walk.drive import Drive, Reply, html, inventory

HOME = "http://www.yl.gov.cn/"
PROSE = "<p>为做好有关工作，现将有关事项明确如下，请各单位认真组织实施，确保各项任务按时完成。</p>" * 12


def article(title: str, day: str | None, crumb: str = "") -> str:
    """An article page; without a day it says none."""
    dated = f"发布时间：{day} 09:00 " if day else ""
    return html(f"{crumb}<h1>{title}</h1><p>{dated}来源：教育局</p>{PROSE}", title)


def rows(folder: str, days: list[str], name: str = "关于做好有关工作的通知", *, dated: bool = True) -> str:
    """A list, newest first."""
    told = [f"<span>{day}</span>" if dated else "" for day in days]
    return "<ul class='list'>" + "".join(
        f"<li><a href='{folder}t{day.replace('-', '')}_{n}.html'>{name}之{n}</a>{told[n]}</li>"
        for n, day in enumerate(days)
    ) + "</ul>"  # fmt: skip


def crumb(*steps: tuple[str, str]) -> str:
    """您现在的位置：首页 > … ; a step without an address is the page itself."""
    links = [f"<a href='{url}'>{name}</a>" if url else name for name, url in (("首页", "/"), *steps)]
    return f"<div class='dqwz'>当前位置：{' > '.join(links)}</div>"


def listing(title: str, folder: str, days: list[str], place: str = "") -> dict[str, Reply]:
    """A list page at `folder` with its articles, which say the days of the list."""
    pages: dict[str, Reply] = {
        HOME[:-1] + folder: html(f"{place}<h2>{title}</h2>{rows(folder, days)}", f"{title}-云岭市教育局")
    }
    for n, day in enumerate(days):
        pages[f"{HOME[:-1]}{folder}t{day.replace('-', '')}_{n}.html"] = article(
            f"关于做好有关工作的通知之{n}", day, place
        )
    return pages


def walk(tmp_path: Path, pages: dict[str, Reply], **site: object) -> tuple[Drive, StoredSite]:
    """Walk to the end; gives the drive and the stored facts of the site."""
    drive = Drive(store_in(tmp_path), inventory(**site), pages)
    drive.open()
    drive.finish()
    return drive, stored(drive)


def stored(drive: Drive) -> StoredSite:
    """The facts of the site as rules see them."""
    run = latest_run(drive.engine, "2026-11")
    assert run is not None
    return next(iter(StoredRound(drive.engine, run).sites()))


def by_name(site: StoredSite) -> dict[str, ColumnFact]:
    """Columns by their names."""
    return {fact.column.name: fact for fact in site.columns}
