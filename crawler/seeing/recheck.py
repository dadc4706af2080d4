"""From attempts to an outcome: what several GETs of one address, near or days apart, settle (contract 4, F17).

A streak is what came since the last good answer or refusal: a success wipes out every failure before it, and a refusal
(`blocked`) shows that the failures before it may have been refusals too (F4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from crawler.outcomes import REASONS, Outcome, Reason
from crawler.seeing.tuning import RecheckPolicy

SILENT = frozenset({Reason.OWN_NETWORK, Reason.BUDGET, Reason.NOT_REACHED, Reason.NO_IPV6_HERE, Reason.TOOL_ERROR})
"""Reasons that say something about us, nothing about the target."""
_FAMILIES = (
    frozenset({Reason.HTTP_404, Reason.HTTP_410, Reason.SOFT_404}),
    frozenset({Reason.EMPTY_FILE, Reason.WRONG_TYPE}),
)


class Attempted(Protocol):
    """What is needed of `crawler.facts.model.Attempt`."""

    @property
    def at(self) -> datetime: ...

    @property
    def reason(self) -> Reason: ...


def settled(
    attempts: Iterable[Attempted], policy: RecheckPolicy, now: datetime, *, host_suspect: bool = False
) -> tuple[Outcome, Reason]:
    """(outcome, reason) of an address after all its attempts up to `now`; attempts may come in any order.

    Dead is a confirmable reason that failed alike in `confirm_gets` GETs over at least `delay` seconds, or a fault that
    lasts over `later_checks` checks and `later` seconds. `host_suspect`: the host's circuit is open, nothing on it is
    dead. No attempt gives (unchecked, not-reached).
    """
    known = sorted((attempt for attempt in attempts if attempt.at <= now), key=lambda attempt: attempt.at)
    if not known:
        return Outcome.UNCHECKED, Reason.NOT_REACHED
    telling = [attempt for attempt in known if attempt.reason not in SILENT]
    if not telling:
        return Outcome.UNCHECKED, known[-1].reason
    last = telling[-1].reason
    outcome = REASONS[last].outcome
    if outcome in {Outcome.OK, Outcome.BLOCKED, Outcome.UNCHECKED}:
        return outcome, last
    if host_suspect:
        return Outcome.SUSPECT, Reason.HOST_DOWN
    if _is_dead(streak(telling), policy):
        return Outcome.DEAD, last
    return Outcome.SUSPECT, last


def streak(attempts: Sequence[Attempted]) -> list[Attempted]:
    """The failures at the end of time-ordered attempts, silent ones left out."""
    found: list[Attempted] = []
    for attempt in reversed(attempts):
        if attempt.reason in SILENT:
            continue
        if REASONS[attempt.reason].outcome not in {Outcome.DEAD, Outcome.SUSPECT}:
            break
        found.append(attempt)
    return found[::-1]


def next_check(attempts: Iterable[Attempted], policy: RecheckPolicy) -> datetime | None:
    """The earliest time at which another GET can settle the address; None when none is needed.

    A dead link has none either: later runs look at it once each (`-a recheck=true`).
    """
    known = sorted(attempts, key=lambda attempt: attempt.at)
    failing = streak(known)
    if not failing or _is_dead(failing, policy):
        return None
    last = failing[-1].reason
    alike = [attempt.at for attempt in failing if attempt.reason in alike_to(last, policy)]
    if last in policy.confirmable:
        return alike[0] + timedelta(seconds=policy.delay)
    if last in policy.settles_later:
        return alike[0] + timedelta(seconds=policy.later)
    return None


def is_stale(attempts: Iterable[Attempted], policy: RecheckPolicy, now: datetime) -> bool:
    """A suspect that checks have not settled for `stale_days`: a person must decide."""
    failing = streak(sorted((a for a in attempts if a.at <= now), key=lambda attempt: attempt.at))
    return bool(failing) and now - failing[0].at >= timedelta(days=policy.stale_days) and not _is_dead(failing, policy)


def alike_to(reason: Reason, policy: RecheckPolicy) -> frozenset[Reason]:
    """Reasons that confirm each other: gone is gone whether 404 or 410, a system that is out is out either way."""
    if reason in policy.settles_later:
        return policy.settles_later
    return next((family for family in _FAMILIES if reason in family), frozenset({reason}))


def _is_dead(failing: Sequence[Attempted], policy: RecheckPolicy) -> bool:
    """The last failure of the streak is confirmed by earlier ones of its kind."""
    if not failing:
        return False
    last = failing[-1]
    if last.reason in policy.confirmable:
        checks, apart = policy.confirm_gets, policy.delay
    elif last.reason in policy.settles_later:
        checks, apart = policy.later_checks, policy.later
    else:
        return False
    alike = [attempt.at for attempt in failing if attempt.reason in alike_to(last.reason, policy)]
    return len(alike) >= checks and alike[-1] - alike[0] >= timedelta(seconds=apart)
