"""One pace a site: the delay of a lane follows its answers, whoever asked for them.

Scrapy's AutoThrottle does the same to the slots of its downloader, which know nothing of what is asked beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

from crawler.frontier import Frontier

FIRST = 1.0  # seconds between two requests to a host of which nothing is known yet


@dataclass(frozen=True, slots=True)
class Pace:
    """`least`, `most`: seconds between two requests; `together`: requests that a site should have out on average.

    `follows` False: the delay stays at `least`, as on loopback, where nobody is disturbed.
    """

    frontier: Frontier
    least: float
    most: float
    together: float
    follows: bool

    def begin(self) -> None:
        """Lanes that are met from now on begin carefully."""
        self.frontier.first_delay = max(FIRST, self.least) if self.follows else self.least

    def learn(self, lane: str, seconds: float, status: int) -> None:
        """A host whose headers took `seconds` is asked every seconds / together; no error makes us faster."""
        if not self.follows:
            return
        one, aim = self.frontier.lane(lane), seconds / self.together
        delay = min(max(aim, (one.delay + aim) / 2, self.least), self.most)
        if status == 200 or delay > one.delay:
            one.delay = delay
