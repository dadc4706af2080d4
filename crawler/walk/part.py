"""The share of a round that one process walks: all of it, or the jobs it was given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.engine import Engine

from crawler.facts.writer import Batch, Writer
from crawler.walk.book import Handed

if TYPE_CHECKING:
    from crawler.spiders.gov_sites import GovSitesSpider


class TakesFacts(Protocol):
    """Where batches go; `crawler.facts.writer.Writer` is one."""

    error: str | None

    @property
    def backlog(self) -> int:
        """Batches not yet stored."""
        ...

    def put(self, batch: Batch) -> None:
        """Hand over one batch; never blocks."""
        ...

    def close(self) -> None:
        """Hand over what is left."""
        ...


class Part(Protocol):
    """What a walk needs to know of the others. A site is walked by one process at a time (`crawler.hosts.job_of`)."""

    jobs: frozenset[str] | None  # None: all of them

    def writer(self, engine: Engine, on_error: Callable[[str], None]) -> TakesFacts:
        """Where the facts of this walk go."""
        ...

    def begin(self, spider: GovSitesSpider) -> None:
        """The walk is open: what others found may be taken over now (`spider.walk.adopt`)."""
        ...

    def hand(self, found: Sequence[Handed]) -> None:
        """These belong to other jobs; the store has them already as still to visit."""
        ...

    def fine(self, number: int) -> None:
        """An address of ours that others hold links to is fine."""
        ...

    def idle(self) -> bool:
        """Called when nothing is left to do: True when the walk may end."""
        ...


class Whole:
    """A round walked by this process alone."""

    jobs: frozenset[str] | None = None

    def writer(self, engine: Engine, on_error: Callable[[str], None]) -> TakesFacts:
        """The store itself."""
        return Writer(engine, on_error)

    def begin(self, spider: GovSitesSpider) -> None:
        """Nobody else has anything for us."""

    def hand(self, found: Sequence[Handed]) -> None:
        """Nothing belongs to others."""

    def fine(self, number: int) -> None:
        """Nobody asks."""

    def idle(self) -> bool:
        """What is done is done."""
        return True
