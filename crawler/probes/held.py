"""How long this machine itself was held up while it measured a site."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

BEAT = 0.05  # seconds between two looks at the clock
_USUAL = 0.02  # seconds that a look may be late on any machine


class Held:
    """`ms`: milliseconds in which the event loop did not run although it was due, most of what a time may lie by."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._last = time.monotonic()

    @property
    def ms(self) -> float:
        """Until now, a stop that has only just ended included."""
        return round((self._seconds + self._late()) * 1000, 1)

    def _late(self) -> float:
        late = time.monotonic() - self._last - BEAT
        return late if late > _USUAL else 0.0

    async def beat(self) -> None:
        """Look at the clock until cancelled."""
        while True:
            await asyncio.sleep(BEAT)
            self._seconds += self._late()
            self._last = time.monotonic()


@asynccontextmanager
async def watched() -> AsyncIterator[Held]:
    """Watch this machine for as long as the block runs: a busy or paused one makes every site look slow."""
    held = Held()
    beating = asyncio.get_running_loop().create_task(held.beat())
    try:
        yield held
    finally:
        beating.cancel()
