"""Doing something again and again at fixed times, without drift."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable

_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|秒|m|min|分|分钟|h|小时)?\s*", re.IGNORECASE)
_UNITS = {"s": 1, "秒": 1, "m": 60, "min": 60, "分": 60, "分钟": 60, "h": 3600, "小时": 3600}


class SpanError(ValueError):
    """A span of time that cannot be read; the message is Chinese."""


def parse_span(text: str, least: float = 1.0, most: float = 86400.0) -> float:
    """`15m`, `900s`, `1h`, `90` (seconds) → seconds. Raises SpanError."""
    match = _SPAN.fullmatch(text)
    seconds = float(match[1]) * _UNITS[(match[2] or "s").lower()] if match else -1.0
    if not least <= seconds <= most:
        raise SpanError(f"参数 every={text} 不是可用的间隔。写法如 every=15m、every=900s、every=1h，最长一天。")
    return seconds


async def repeat(
    work: Callable[[], Awaitable[None]],
    every: float,
    *,
    times: int | None = None,
    stop: asyncio.Event | None = None,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[asyncio.Event, float], Awaitable[None]] | None = None,
) -> int:
    """Run `work` at once and then every `every` seconds counted from the first start; gives how often it ran.

    A run that takes longer than `every` lets the missed times pass: two never overlap. `stop` ends it between two
    runs, at once while it waits; `times` bounds it.
    """
    stop = stop or asyncio.Event()
    wait = wait or _wait
    first = clock()
    done = 0
    while not stop.is_set():
        await work()
        done += 1
        if times is not None and done >= times:
            break
        passed = clock() - first
        await wait(stop, (passed // every + 1) * every - passed)
    return done


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
