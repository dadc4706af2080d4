"""Who walks what: the jobs of a round spread over processes, the same way every time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawler.facts import schema
from crawler.hosts import LINK_JOBS
from crawler.inventory import Site
from crawler.processes.nursery import MOST, wanted
from crawler.rounds import BadArgument


def how_many(text: Any, sites: int) -> int:
    """The PROCESSES setting: a number, or `auto` for one a core; never more than there are sites."""
    try:
        number = wanted(text)
    except ValueError as error:
        raise BadArgument(
            f"设置 PROCESSES={text} 无效：写 auto（每个处理器核心一个进程）或 1 至 {MOST} 的整数。"
        ) from error
    return max(1, min(number, sites))


def sizes(engine: Engine) -> dict[str, int]:
    """Pages of each site in the round that was walked last."""
    run, page = schema.run, schema.page
    last = sa.select(sa.func.max(run.c.id)).where(run.c.state == "walked").scalar_subquery()
    query = sa.select(page.c.site, sa.func.count()).where(page.c.run == last).group_by(page.c.site)
    with engine.connect() as db:
        return {row[0]: row[1] for row in db.execute(query)}


def share(
    sites: Sequence[Site], processes: int, known: Mapping[str, int], others: Sequence[Site] = ()
) -> list[frozenset[str]]:
    """The jobs of each process: large sites first, each to the one that has least; foreign hosts in turn.

    A site of unknown size counts as the mean of the known ones. `others` are not walked: links to them are checked.
    """
    usual = max(1, sum(known.values()) // len(known)) if known else 1
    load = [0] * processes
    jobs: list[set[str]] = [set() for _ in range(processes)]
    for site in sorted(sites, key=lambda site: (-known.get(site.id, usual), site.id)):
        least = load.index(min(load))
        load[least] += known.get(site.id, usual)
        jobs[least].add(f"site:{site.id}")
    for number, job in enumerate([*(f"site:{site.id}" for site in others), *map("links:{}".format, range(LINK_JOBS))]):
        jobs[number % processes].add(job)
    return [frozenset(one) for one in jobs]
