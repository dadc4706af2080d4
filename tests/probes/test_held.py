"""A machine that stands still while it measures says for how long: the time is not the site's."""

from __future__ import annotations

import asyncio
import time

from crawler.probes.held import watched


async def stands(*stops: float) -> float:
    async with watched() as held:
        for stop in stops:
            await asyncio.sleep(0.06)  # waiting for a site is nobody's fault
            time.sleep(stop)  # noqa: ASYNC251  the whole loop stands, as in a paused or overloaded machine
        return held.ms


def test_a_stop_is_measured() -> None:
    assert asyncio.run(stands(0.4)) >= 300


def test_stops_add_up() -> None:
    assert asyncio.run(stands(0.3, 0.3)) >= 400


def test_waiting_is_not_standing() -> None:
    """A busy machine may be late now and then, never by the whole of what was waited for."""

    async def waits() -> float:
        async with watched() as held:
            await asyncio.sleep(1.0)
            return held.ms

    assert min(asyncio.run(waits()) for _ in range(3)) < 500
