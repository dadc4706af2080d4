"""The numbers of crawler/marks/tuning.yaml as typed models."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from crawler.outcomes import REASONS, Reason
from crawler.seeing.marks import Data, load_marks


class RecheckPolicy(Data):
    """How failed checks settle (contract 4). Times are seconds; which reasons are confirmable comes from REASONS."""

    delay: float = Field(default=600, ge=0)
    confirm_gets: int = Field(default=2, ge=2)
    later: float = Field(default=21600, ge=0)
    later_checks: int = Field(default=2, ge=2)
    stale_days: int = Field(default=30, ge=1)
    confirmable: frozenset[Reason] = frozenset(reason for reason, info in REASONS.items() if info.confirmable)
    settles_later: frozenset[Reason] = frozenset(reason for reason, info in REASONS.items() if info.later)

    def with_delay(self, seconds: float) -> RecheckPolicy:
        """The same policy under the setting RECHECK_DELAY."""
        return self.model_copy(update={"delay": seconds})


class CircuitPolicy(Data):
    """When a host as a whole is under suspicion. Times are seconds."""

    window: float = Field(default=600, gt=0)
    keep: int = Field(default=60, ge=1)
    at_least: int = Field(default=12, ge=2)
    share: float = Field(default=0.7, gt=0.5, le=1)
    first_pause: float = Field(default=300, ge=0)
    longest_pause: float = Field(default=3600, ge=0)
    canaries: int = Field(default=4, ge=1)
    proof: float = Field(default=900, ge=0)
    slowest: float = Field(default=16, ge=1)
    recover_after: int = Field(default=40, ge=1)


class Soft404Policy(Data):
    """How alike two pages must be. Shares are 0 to 1, lengths characters without white space."""

    similar: float = Field(default=0.8, gt=0, le=1)
    same_page: float = Field(default=0.9, gt=0, le=1)
    own: float = Field(default=0.8, gt=0, le=1)
    own_at_least: int = Field(default=6, ge=1)
    body: int = Field(default=400, ge=1)
    read: int = Field(default=8000, ge=500)


class Tuning(Data):
    """tuning.yaml"""

    recheck: RecheckPolicy
    circuit: CircuitPolicy
    soft404: Soft404Policy


@lru_cache(maxsize=1)
def tuning() -> Tuning:
    """The numbers of crawler/marks/tuning.yaml."""
    return load_marks("tuning.yaml", Tuning)
