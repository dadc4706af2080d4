"""`scrapy crawl gov_sites -s CLUSTER_URL=…`: a round on the workers of a cluster, seen from where it was started."""

from __future__ import annotations

import sys
import time
from typing import Any

from rich.console import Console

from crawler.cluster.config import given_settings
from crawler.cluster.dispatch import Dispatcher, State
from crawler.rounds import CannotRun, Plan

SHOW_SECONDS = 10.0


class HandedOut:
    """A round that workers walk. `finished` once it is through, else `exit_reason` says how to come back."""

    def __init__(self, plan: Plan, settings: Any) -> None:
        self.plan = plan
        self.finished = False
        self.exit_reason: str | None = None
        self._settings = settings
        self._console = Console(stderr=True)
        self._begun = self._shown = time.monotonic()
        self._trouble: str | None = None

    def walk(self) -> None:
        """Hand the round out and wait for its end; Ctrl-C leaves the workers at it."""
        try:
            from crawler.cluster.app import AWAY, app, configure, queue_length, send
        except ImportError as error:
            self.exit_reason = f"集群需要 Celery：pip install -e .[cluster]（{error}）"
            return
        configure(app, self._settings)
        plan = self.plan
        again = "（接着未完成的进度）" if plan.resumed else ""
        as_of = f"{plan.run.as_of:%Y-%m-%d %H:%M}"
        what = f"{plan.inventory.city} {plan.run.round} 轮次，监测时间点 {as_of}"
        self._console.print(f"{what}，站点 {len(plan.sites)} 个，由集群巡查{again}")
        given = given_settings(self._settings, plan)
        try:
            lost_after = max(4.0, float(self._settings["LEASE_SECONDS"]) / 3)
            Dispatcher(plan, given, send, queue_length, AWAY, self._show, lost_after=lost_after).work()
            self.finished = True
        except KeyboardInterrupt:
            self.exit_reason = "集群仍在巡查这一轮。再次执行同一命令即可接着看进度，巡查完后评判并生成文档。"
        except CannotRun as error:
            self.exit_reason = str(error)

    def _show(self, state: State) -> None:
        if state.trouble != self._trouble:
            self._trouble = state.trouble
            sys.stderr.write(f"{state.trouble or '已恢复。'}\n")
        now = time.monotonic()
        if now - self._shown < SHOW_SECONDS and state.jobs:
            return
        self._shown = now
        seconds = int(now - self._begun)
        self._console.print(
            f"[{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}] 页面 {state.pages}，"
            f"已检查地址 {state.checked}，打不开 {state.bad}，待检查 {state.open}；"
            f"未完成的作业 {state.jobs} 个，正在巡查 {state.held} 个",
            highlight=False,
        )
