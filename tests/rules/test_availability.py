"""V2 over a week: what does not count, what cannot be judged, and how both are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.inventory import Closure
from rules.engine import judge
from rules.loader import load_ruleset
from rules.schema import Judgement
from tests.rules.build import AS_OF, FakeSite, department, round_facts, site_facts

QUARTER = load_ruleset("quarterly")
V2 = replace(QUARTER, rules=tuple(rule for rule in QUARTER.rules if rule.id == "V2"))
START = datetime(2026, 11, 9, 16, 0, tzinfo=UTC)  # midnight in Beijing
QUARTER_HOUR = timedelta(minutes=15)


@dataclass
class Look:
    at: datetime
    outcome: str = "ok"
    total_ms: int | None = 300
    control_ok: bool = True
    place: str = ""
    reason: str = "timeout"


@dataclass
class WatchedSite(FakeSite):
    looks: Sequence[Look] = field(default_factory=list)


def series(bad: Sequence[int] = (), *, days: int = 7, per_day: int = 96, **how: Any) -> list[Look]:
    """A probe every quarter of an hour; those of the numbers in `bad` failed."""
    step = timedelta(days=1) / per_day
    looks = [Look(START + step * n) for n in range(days * per_day)]
    for n in bad:
        looks[n] = replace(looks[n], **({"outcome": "suspect", "total_ms": None} | how))
    return looks


def judged(looks: Sequence[Look], **site: Any) -> Judgement:
    base = site_facts(department(**site), columns=[])
    facts = WatchedSite(**{name: getattr(base, name) for name in FakeSite.__dataclass_fields__}, looks=looks)
    return judge(round_facts(facts), V2)


def closure(first: datetime, last: datetime) -> Closure:
    return Closure.model_validate({"from": first, "until": last, "reason": "机房检修"})


@pytest.mark.parametrize(("failed", "state", "vetoes"), [(7, "不达标", ["V2"]), (6, "达标", [])])
def test_seven_of_a_hundred_and_forty_is_the_veto_and_six_is_none(failed: int, state: str, vetoes: list[str]) -> None:
    judgement = judged(series(range(0, failed * 20, 20), per_day=20))
    [row] = judgement.extra["availability"]
    assert (row["state"], row["worst"]["looks"], row["worst"]["failed"]) == (state, 140, failed)
    assert judgement.sites[0].vetoes == vetoes


def test_an_outage_of_our_own_in_the_middle_of_the_week_does_not_count() -> None:
    """Fifteen hours in which nothing opened, the control addresses included."""
    judgement = judged(series(range(300, 360), control_ok=False))
    [row] = judgement.extra["availability"]
    assert judgement.findings == []
    assert (row["state"], row["worst"]["looks"], row["void"]) == ("达标", 612, 60)
    assert row["note"] == "监测端网络异常的60次不计"
    assert judged(series(range(300, 360))).sites[0].vetoes == ["V2"]


def test_an_outage_of_a_whole_day_leaves_the_week_undecided() -> None:
    [row] = judged(series(range(288, 384), control_ok=False)).extra["availability"]
    assert (row["state"], row["worst"]) == ("未能判定", None)
    assert "没有连续7天、每天不少于20次" in row["note"]


def test_a_planned_closure_does_not_count() -> None:
    first, last = START + QUARTER_HOUR * 300, START + QUARTER_HOUR * 360
    judgement = judged(series(range(300, 360)), closures=[closure(first, last)])
    [row] = judgement.extra["availability"]
    assert judgement.findings == [] and row["state"] == "达标"
    assert (row["closed"], row["note"]) == (60, "计划停机期间的60次不计")
    assert sum(day["failed"] for day in row["days"]) == 0


def test_a_closure_that_does_not_cover_the_failures_excuses_nothing() -> None:
    first, last = START + QUARTER_HOUR * 300, START + QUARTER_HOUR * 310
    judgement = judged(series(range(300, 360)), closures=[closure(first, last)])
    assert judgement.sites[0].vetoes == ["V2"]
    assert judgement.extra["availability"][0]["worst"]["failed"] == 50


@pytest.mark.parametrize(("moment", "inside"), [(-1, False), (0, True), (59, True), (60, False)])
def test_the_ends_of_a_closure(moment: int, inside: bool) -> None:
    site = department(closures=[closure(START, START + timedelta(minutes=60))])
    assert site.closed_at(START + timedelta(minutes=moment)) is inside


def test_a_site_that_nobody_watched_is_told_as_not_judged() -> None:
    [row] = judged([]).extra["availability"]
    assert (row["state"], row["note"], row["days"]) == ("未能判定", "没有首页可用性监测记录", [])


def test_the_month_does_not_ask_and_does_not_tell() -> None:
    facts = site_facts(department(), columns=[])
    assert judge(round_facts(facts, as_of=AS_OF), load_ruleset("monthly")).extra["availability"] == []


@pytest.mark.parametrize(
    ("reason", "outcome", "certainty"),
    [("timeout", "suspect", "confirmed"), ("connect-refused", "dead", "confirmed"),
     ("dns-nxdomain", "dead", "confirmed"), ("http-5xx", "suspect", "suspected"), ("http-404", "dead", "suspected"),
     ("redirect-loop", "suspect", "suspected"),
     ("tls-sm2-only", "suspect", None), ("tls-handshake", "suspect", None), ("empty-page", "suspect", None),
     ("changed-owner", "suspect", None), ("http-403", "blocked", None)],
)  # fmt: skip
def test_what_counts_as_not_opened(reason: str, outcome: str, certainty: str | None) -> None:
    """A server that answers at once may refuse robots (F4); our TLS or an empty page is no closed site (F7, F8)."""
    judgement = judged(series(range(0, 672, 8), reason=reason, outcome=outcome, total_ms=200))
    assert [one.certainty for one in judgement.findings] == ([certainty] if certainty else [])
    assert (judgement.sites[0].verdict == "不合格") is (certainty == "confirmed")


def test_tls_that_we_cannot_speak_all_week_leaves_the_site_undecided() -> None:
    [row] = judged(series(range(672), reason="tls-sm2-only")).extra["availability"]
    assert row["state"] == "未能判定"
