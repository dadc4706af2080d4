"""The pace of a lane: the rule of Scrapy's AutoThrottle, for whatever is asked of a host."""

from __future__ import annotations

import pytest

from crawler.frontier import Frontier
from crawler.walk.pace import FIRST, Pace


def pace(follows: bool = True, least: float = 0.25) -> Pace:
    made = Pace(Frontier(per_site=2, per_host=1), least=least, most=30.0, together=2.0, follows=follows)
    made.begin()
    return made


def delay(one: Pace) -> float:
    return one.frontier.lane("site:a").delay


def test_an_unknown_host_is_asked_carefully() -> None:
    assert delay(pace()) == FIRST
    assert delay(pace(least=3.0)) == 3.0


@pytest.mark.parametrize(
    ("seconds", "status", "after"),
    [(0.1, 200, 0.525), (4.0, 200, 2.0), (90.0, 200, 30.0), (0.1, 404, 1.0), (4.0, 503, 2.0)],
)
def test_half_way_to_a_faster_pace_at_once_to_a_slower_one(seconds: float, status: int, after: float) -> None:
    """An error that comes quickly is no reason to ask faster."""
    one = pace()
    one.learn("site:a", seconds, status)
    assert delay(one) == pytest.approx(after)


def test_never_below_the_least() -> None:
    one = pace()
    for _ in range(20):
        one.learn("site:a", 0.01, 200)
    assert delay(one) == pytest.approx(0.25)


def test_a_pace_that_follows_nothing_stays() -> None:
    one = pace(follows=False, least=0.0)
    one.learn("site:a", 9.0, 200)
    assert delay(one) == 0.0
