"""The end of a crawl: judge the round's facts, write the documents, tell where they are."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from scrapy import signals
from scrapy.exceptions import NotConfigured

from crawler.facts.store import StoreError, latest_run
from reports.files import OutputError
from reports.rounds import NothingSeen, judge_and_write
from reports.terminal import print_summary
from rules.loader import RuleSet, load_ruleset

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

log = logging.getLogger(__name__)


class Walked(Protocol):
    """A walk that has ended. `plan` is a `crawler.rounds.Plan`."""

    plan: Any
    finished: bool
    exit_reason: str | None


class Closing:
    """Runs once when the engine has stopped, for spiders that walk rounds. Sets `spider.exit_status`."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._rules = load_ruleset(crawler.settings["RULES_PROFILE"])  # as they were when the round began
        crawler.signals.connect(self._stopped, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Closing:
        """Scrapy's door."""
        if crawler.spidercls.name != "gov_sites":
            raise NotConfigured
        return cls(crawler)

    def _stopped(self) -> None:
        spider: Any = self._crawler.spider
        if spider is not None:
            spider.exit_status = close_round(spider, self._rules, Path(self._crawler.settings["OUTPUT_DIR"]))


def close_round(walked: Walked, rules: RuleSet, output: Path) -> int:
    """Judge what was walked and write the documents, or say why not. Returns the exit status."""
    if not walked.finished:
        print(walked.exit_reason or "本轮未完成。", file=sys.stderr)
        return 1
    try:
        run = latest_run(walked.plan.engine, walked.plan.run.round, states=("walked",))
        assert run is not None
        judged = judge_and_write(walked.plan.engine, run, rules, output)
    except (NothingSeen, OutputError, StoreError) as error:
        print(error, file=sys.stderr)
        return 1
    except Exception:
        log.exception("the round was walked but could not be told")
        print(
            "巡查已完成，事实已保存，但生成文档时程序出错（详情见上）。修复后执行 scrapy judge 即可。",
            file=sys.stderr,
        )
        return 1
    print_summary(judged.judgement, judged.paths)
    return 0
