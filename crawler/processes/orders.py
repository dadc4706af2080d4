"""What the processes of a round are started with."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from crawler.facts.bodies import salt_of
from crawler.facts.store import update_run
from crawler.probes.dns import Resolver
from crawler.probes.loopback import all_on_loopback
from crawler.processes.child import Order
from crawler.processes.share import share, sizes
from crawler.rounds import Plan


def orders_of(plan: Plan, settings: BaseSettings, processes: int) -> list[Order]:
    """One order a process. What the walks must agree on is settled here: loopback or not, the secret of digests."""
    loop = asyncio.new_event_loop()  # asyncio.run would leave Scrapy without a loop
    loopback = loop.run_until_complete(all_on_loopback(Resolver(plan.servers), [site.host for site in plan.sites]))
    loop.close()
    update_run(plan.engine, plan.run.id, loopback=loopback)
    salt_of(plan.engine, plan.run.id)
    run = replace(plan.run, loopback=loopback)
    sites = tuple(site.id for site in plan.sites)
    others = [site for site in plan.inventory.sites if site.id not in sites]
    given = _given(settings)
    return [
        Order(
            run, plan.inventory, sites, jobs, plan.resumed, plan.recheck_delay, plan.servers, plan.controls, given
        )
        for jobs in share(plan.sites, processes, sizes(plan.engine), others)
    ]  # fmt: skip


def _given(settings: BaseSettings) -> dict[str, Any]:
    """Settings that the command line gave; the rest stands in the project's file."""
    least = SETTINGS_PRIORITIES["cmdline"]
    return {name: settings[name] for name in settings if (settings.getpriority(name) or 0) >= least}
