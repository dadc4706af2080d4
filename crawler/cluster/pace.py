"""The pace that hosts asked for, carried from one slice of a job to the next."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.cluster.spider import SliceSpider

MOST_LANES = 500  # told of one job: a job of foreign hosts may have thousands, few of which asked for anything


def pace_of(spider: SliceSpider) -> dict[str, Any]:
    """{lane: {rest, spacing, limit, delay, good}}: seconds, requests at a time, and whether its host answered well."""
    lanes: dict[str, dict[str, Any]] = {}
    now = time.time()
    for lane in list(spider.frontier.lanes()):
        told: dict[str, Any] = {}
        if lane.rest_until > now:
            told["rest"] = lane.rest_until
        if lane.spacing:
            told |= {"spacing": lane.spacing, "limit": lane.limit}
        if lane.delay > spider.pace.least:
            told["delay"] = lane.delay
        if told:
            lanes[lane.name] = told
    for name in spider.walk.circuits.proven():
        lanes.setdefault(name, {})["good"] = True
    return dict(sorted(lanes.items(), key=lambda pair: -len(pair[1]))[:MOST_LANES])


def restore_pace(spider: SliceSpider, carried: Mapping[str, Any]) -> None:
    """Begin where the slice before left off: a host that asked for less is not asked more of."""
    now = time.time()
    for name, told in carried.items():
        lane = spider.frontier.lane(name)
        lane.delay = float(told.get("delay", lane.delay))
        lane.spacing = float(told.get("spacing", 0.0))
        lane.limit = min(lane.limit, int(told.get("limit", lane.limit)))
        lane.rest_until = max(float(told.get("rest", 0.0)), now + max(lane.delay, lane.spacing))
        home = spider.home_of(name)
        if told.get("good") and home:
            spider.walk.circuits.prove(name, home)
