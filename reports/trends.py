"""How a city moves from round to round: one point a round, charts and a table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports import charts, figures
from reports.counts import count_columns, count_ipv6
from reports.numbers import count_sites
from reports.problems import problems, rows_of
from rules.schema import Judgement

MOST = 12
"""Rounds shown, the judged one among them."""
HEADS = ("检查网站", "合格", "不合格", "待复核", "合格率", "问题数", "确认整改", "栏目按期更新", "域名IPv6支持率")


@dataclass(frozen=True, slots=True)
class RoundPoint:
    """The numbers of one round that a trend shows. `pass_rate`, `on_time`, `ipv6`: as printed, —— without a base."""

    round: str
    checked: int
    passed: int
    failed: int
    pending: int
    pass_rate: str
    problems: int
    closed: int
    on_time: str
    ipv6: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The values under HEADS."""
        counts = (self.checked, self.passed, self.failed, self.pending)
        return (*map(str, counts), self.pass_rate, str(self.problems), str(self.closed), self.on_time, self.ipv6)


def point_of(judgement: Judgement) -> RoundPoint:
    """The point of one round."""
    sites = count_sites(judgement, 0)
    columns = count_columns(rows_of(judgement.extra, "columns"))
    ipv6 = count_ipv6(rows_of(judgement.extra, "ipv6"))
    return RoundPoint(
        round=judgement.round,
        checked=sites.checked,
        passed=sites.passed,
        failed=sites.failed,
        pending=sites.pending,
        pass_rate=figures.rate(sites.passed, sites.concluded),
        problems=len(problems(judgement)),
        closed=len(judgement.closed),
        on_time=figures.rate(columns.normal, columns.due),
        ipv6=figures.rate(ipv6.supported, ipv6.tested),
    )


def trend_view(points: Sequence[RoundPoint]) -> dict[str, Any] | None:
    """Charts and rows of at least two rounds, oldest first; None when there is nothing to compare."""
    if len(points) < 2:
        return None
    years = {point.round[:4] for point in points}
    name = figures.short_period if len(years) == 1 else short
    labels = [name(point.round) for point in points]
    series = (
        ("各轮问题数（个）", [point.problems for point in points]),
        ("各轮确认整改数（个）", [point.closed for point in points]),
        ("各轮不合格网站（个）", [point.failed for point in points]),
    )
    return {
        "charts": [(title, charts.trend(title, list(zip(labels, counts, strict=True)))) for title, counts in series],
        "heads": HEADS,
        "rows": [{"name": figures.period_name(point.round), "cells": point.cells} for point in points],
        "text": "各轮问题数为当轮确认的问题，同一问题在几轮中出现就计几次。",
    }


def short(code: str) -> str:
    """A round's name under a chart that spans years: 26年11月."""
    return figures.period_name(code).removeprefix("20")
