"""What a person sees on the terminal: live progress, and a short table at the end."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Table
from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from reports.problems import problems, suspects
from rules.schema import Judgement

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

LIVE_SECONDS = 0.5
PLAIN_SECONDS = 10.0
SHOWN_SITES = 20


class Walking(Protocol):
    """A walk as the display sees it."""

    @property
    def counts(self) -> Mapping[str, Any]:
        """How far each site is: `pages` read, addresses `checked`, of which `bad`."""
        ...

    @property
    def to_go(self) -> int:
        """Addresses that wait or are on their way."""
        ...


class Display:
    """Live table on a terminal, a plain line every ten seconds elsewhere."""

    def __init__(self, plan: Any, settings: BaseSettings, walking: Walking) -> None:
        self._plan = plan
        self._walking = walking
        self._shown = settings.getbool("PROGRESS", True)
        self._console = Console(stderr=True)
        self._begun = self._last = time.monotonic()
        quiet_log = settings.get("LOG_LEVEL") in ("WARNING", "ERROR", "CRITICAL")
        self._live: Live | None = None
        if self._shown and self._console.is_terminal and quiet_log:
            self._live = Live(console=self._console, refresh_per_second=4, transient=True)

    def begin(self) -> None:
        """Say what begins."""
        plan = self._plan
        where = "演示城市" if plan.city else plan.inventory.city
        again = "（接着上次未完成的进度）" if plan.resumed else ""
        as_of = f"{plan.run.as_of:%Y-%m-%d %H:%M}"
        if self._shown:
            self._console.print(f"{where} {plan.run.round} 轮次，监测时间点 {as_of}，站点 {len(plan.sites)} 个{again}")
        if self._live:
            self._live.start()

    def tick(self) -> None:
        """Called often; shows what is due."""
        if self._live:
            self._live.update(self._table())
        elif self._shown and time.monotonic() - self._last >= PLAIN_SECONDS:
            self._last = time.monotonic()
            self._console.print(self._line(), highlight=False)

    def end(self) -> None:
        """Leave the last line."""
        if self._live:
            self._live.stop()
        if self._shown:
            self._console.print(self._line(), highlight=False)

    def _line(self) -> str:
        counts = self._walking.counts.values()
        pages, checked, bad = (sum(getattr(one, name) for one in counts) for name in ("pages", "checked", "bad"))
        seconds = int(time.monotonic() - self._begun)
        clock = f"{seconds // 60:02d}:{seconds % 60:02d}"
        return f"[{clock}] 页面 {pages}，已检查地址 {checked}，打不开 {bad}，待检查 {self._walking.to_go}"

    def _table(self) -> Table:
        table = Table(title=self._line(), title_justify="left", expand=False)
        for name in ("站点", "页面", "已检查", "打不开"):
            table.add_column(name, justify="left" if name == "站点" else "right")
        counts = self._walking.counts
        for site in self._plan.sites[:SHOWN_SITES]:
            one = counts.get(site.id)
            numbers = (one.pages, one.checked, one.bad) if one else (0, 0, 0)
            table.add_row(site.name, *map(str, numbers))
        if len(self._plan.sites) > SHOWN_SITES:
            table.caption = f"另有 {len(self._plan.sites) - SHOWN_SITES} 个站点"
        return table


class Progress:
    """The display of a round that this process walks alone. Off with -s PROGRESS=0."""

    def __init__(self, crawler: Crawler) -> None:
        if crawler.spidercls.name != "gov_sites":
            raise NotConfigured
        self._settings = crawler.settings
        crawler.signals.connect(self._opened, signals.spider_opened)
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        """Scrapy's door."""
        return cls(crawler)

    def _opened(self, spider: Any) -> None:
        self._display = Display(spider.plan, self._settings, spider.book)
        self._display.begin()
        self._loop = create_looping_call(self._display.tick)
        self._loop.start(LIVE_SECONDS, now=False)

    def _closed(self, spider: Any) -> None:
        if self._loop.running:
            self._loop.stop()
        self._display.end()


def print_summary(judgement: Judgement, paths: Sequence[Path], *, limit: int = 60) -> None:
    """Sites, verdicts and problems, and where the documents are."""
    console = Console(file=sys.stdout)
    table = Table(title=f"{judgement.round} 轮次结论", title_justify="left")
    for name in ("站点", "结论", "得分", "问题", "待核实", "页面", "未能检测"):
        table.add_column(name, justify="left" if name in ("站点", "结论") else "right")
    told = Counter(problem.finding.site for problem in problems(judgement))
    waiting = Counter(finding.site for finding in suspects(judgement))
    for site in judgement.sites[:limit]:
        score = "—" if site.score is None else f"{site.score:g}"
        counts = (told[site.id], waiting[site.id], site.pages, site.blocked + site.unchecked)
        table.add_row(site.name or site.id, site.verdict, score, *map(str, counts))
    console.print(table)
    if len(judgement.sites) > limit:
        console.print(f"其余 {len(judgement.sites) - limit} 个站点见文档。")
    if judgement.coverage.errors:
        console.print(f"检查程序出错 {judgement.coverage.errors} 处，相关指标未评判，不影响得分。")
    console.print("文档：")
    for path in paths:
        console.print(f"  {path}", soft_wrap=True, highlight=False)
