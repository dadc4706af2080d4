"""What several attempts settle (contract 4), with its monotony as properties."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.facts.model import Attempt
from crawler.outcomes import REASONS, Outcome, Reason
from crawler.seeing.recheck import SILENT, is_stale, next_check, settled, streak
from crawler.seeing.tuning import RecheckPolicy, tuning

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
LONG_AFTER = START + timedelta(days=400)
POLICY = tuning().recheck
MINUTE, HOUR = 60, 3600


def attempts(*events: tuple[float, Reason]) -> list[Attempt]:
    return [Attempt(START + timedelta(seconds=seconds), reason) for seconds, reason in events]


def settle(*events: tuple[float, Reason], policy: RecheckPolicy = POLICY) -> Outcome:
    return settled(attempts(*events), policy, LONG_AFTER)[0]


CONFIRMABLE = sorted(reason for reason, info in REASONS.items() if info.confirmable)
LATER = sorted(reason for reason, info in REASONS.items() if info.later)
NEVER = sorted(r for r, info in REASONS.items() if not info.confirmable and not info.later)


@pytest.mark.parametrize("reason", CONFIRMABLE)
def test_two_gets_far_enough_apart_are_dead(reason: Reason) -> None:
    assert settle((0, reason)) is Outcome.SUSPECT
    assert settle((0, reason), (599, reason)) is Outcome.SUSPECT
    assert settle((0, reason), (600, reason)) is Outcome.DEAD
    assert settle((0, reason), (1, reason), policy=POLICY.with_delay(1)) is Outcome.DEAD


@pytest.mark.parametrize("reason", LATER)
def test_faults_wait_six_hours(reason: Reason) -> None:
    assert settle((0, reason), (700, reason)) is Outcome.SUSPECT
    assert settle((0, reason), (6 * HOUR - 1, reason)) is Outcome.SUSPECT
    assert settle((0, reason), (6 * HOUR, reason)) is Outcome.DEAD


@pytest.mark.parametrize("reason", NEVER)
def test_the_rest_is_never_dead(reason: Reason) -> None:
    assert settle(*((day * 86400, reason) for day in range(30))) is REASONS[reason].outcome


def test_time_alone_confirms_nothing() -> None:
    assert settle((0, Reason.HTTP_404)) is Outcome.SUSPECT
    assert settle((0, Reason.TIMEOUT)) is Outcome.SUSPECT


def test_a_later_success_wipes_the_failures_out() -> None:
    dead = [(0, Reason.HTTP_404), (600, Reason.HTTP_404)]
    assert settle(*dead) is Outcome.DEAD
    assert settle(*dead, (700, Reason.OK)) is Outcome.OK
    assert settle(*dead, (700, Reason.REDIRECTED), (800, Reason.HTTP_404)) is Outcome.SUSPECT
    assert settle(*dead, (700, Reason.OK), (800, Reason.HTTP_404), (1400, Reason.HTTP_404)) is Outcome.DEAD


def test_mixed_reasons_stay_suspect() -> None:
    assert settle((0, Reason.HTTP_404), (600, Reason.HTTP_5XX)) is Outcome.SUSPECT
    assert settle((0, Reason.HTTP_404), (7 * HOUR, Reason.HTTP_5XX)) is Outcome.SUSPECT
    assert settle((0, Reason.HTTP_5XX), (7 * HOUR, Reason.HTTP_404)) is Outcome.SUSPECT
    assert settle((0, Reason.HTTP_404), (600, Reason.CONNECT_REFUSED)) is Outcome.SUSPECT


def test_a_fault_between_two_deaths_does_not_save() -> None:
    assert settle((0, Reason.HTTP_404), (300, Reason.HTTP_5XX), (600, Reason.HTTP_404)) is Outcome.DEAD


def test_gone_is_gone_by_whatever_number() -> None:
    assert settled(attempts((0, Reason.HTTP_404), (600, Reason.HTTP_410)), POLICY, LONG_AFTER) == (
        Outcome.DEAD,
        Reason.HTTP_410,
    )
    assert settle((0, Reason.SOFT_404), (600, Reason.HTTP_404)) is Outcome.DEAD
    assert settle((0, Reason.TIMEOUT), (7 * HOUR, Reason.HTTP_5XX)) is Outcome.DEAD


def test_a_refusal_breaks_the_streak() -> None:
    """A host that refuses with 404 today and 403 tomorrow (F4) says nothing about its pages."""
    assert settle((0, Reason.HTTP_404), (600, Reason.HTTP_403)) is Outcome.BLOCKED
    assert settle((0, Reason.HTTP_404), (300, Reason.WAF_OTHER), (600, Reason.HTTP_404)) is Outcome.SUSPECT
    assert settle((0, Reason.HTTP_404), (300, Reason.LOGIN), (600, Reason.HTTP_404)) is Outcome.SUSPECT


@pytest.mark.parametrize("reason", sorted(SILENT))
def test_our_own_troubles_change_nothing(reason: Reason) -> None:
    assert settle((0, Reason.HTTP_404), (600, Reason.HTTP_404), (700, reason)) is Outcome.DEAD
    assert settle((0, Reason.HTTP_404), (700, reason)) is Outcome.SUSPECT
    assert settle((0, Reason.OK), (700, reason)) is Outcome.OK
    assert settle((0, reason)) is Outcome.UNCHECKED


def test_a_suspect_host_has_no_dead_links() -> None:
    dead = attempts((0, Reason.HTTP_404), (600, Reason.HTTP_404))
    assert settled(dead, POLICY, LONG_AFTER, host_suspect=True) == (Outcome.SUSPECT, Reason.HOST_DOWN)
    good = attempts((0, Reason.OK))
    assert settled(good, POLICY, LONG_AFTER, host_suspect=True) == (Outcome.OK, Reason.OK)


def test_only_what_was_known_then_counts() -> None:
    """The same facts judged again as of an earlier moment give the outcome of that moment."""
    known = attempts((0, Reason.HTTP_404), (600, Reason.HTTP_404), (9000, Reason.OK))
    at = [settled(known, POLICY, START + timedelta(seconds=s))[0] for s in (-1, 0, 600, 9000)]
    assert at == [Outcome.UNCHECKED, Outcome.SUSPECT, Outcome.DEAD, Outcome.OK]


def test_next_check() -> None:
    def due(*events: tuple[float, Reason]) -> float | None:
        at = next_check(attempts(*events), POLICY)
        return None if at is None else (at - START).total_seconds()

    assert due() is None
    assert due((0, Reason.OK)) is None
    assert due((0, Reason.HTTP_403)) is None
    assert due((0, Reason.HTTP_404)) == 600
    assert due((0, Reason.HTTP_404), (100, Reason.HTTP_404)) == 600
    assert due((0, Reason.HTTP_404), (600, Reason.HTTP_404)) is None
    assert due((0, Reason.TIMEOUT), (700, Reason.HTTP_5XX)) == 6 * HOUR
    assert due((0, Reason.HTTP_404), (600, Reason.HTTP_5XX)) == 600 + 6 * HOUR
    assert due((0, Reason.CHANGED_OWNER)) is None


def test_stale_suspects_go_to_a_person() -> None:
    old = attempts((0, Reason.VIEWER_PAGE))
    assert not is_stale(old, POLICY, START + timedelta(days=29))
    assert is_stale(old, POLICY, START + timedelta(days=30))
    dead = attempts((0, Reason.HTTP_404), (600, Reason.HTTP_404))
    assert not is_stale(dead, POLICY, LONG_AFTER)
    assert not is_stale(attempts((0, Reason.OK)), POLICY, LONG_AFTER)


def test_more_checks_can_be_asked_for() -> None:
    strict = POLICY.model_copy(update={"confirm_gets": 3, "later_checks": 3})
    assert settle((0, Reason.HTTP_404), (600, Reason.HTTP_404), policy=strict) is Outcome.SUSPECT
    assert settle((0, Reason.HTTP_404), (600, Reason.HTTP_404), (601, Reason.HTTP_404), policy=strict) is Outcome.DEAD
    assert settle((0, Reason.TIMEOUT), (7 * HOUR, Reason.TIMEOUT), policy=strict) is Outcome.SUSPECT


def test_streak_counts_the_end_only() -> None:
    known = attempts(
        (0, Reason.HTTP_404), (1, Reason.OK), (2, Reason.TIMEOUT), (3, Reason.BUDGET), (4, Reason.HTTP_404)
    )
    assert [attempt.reason for attempt in streak(known)] == [Reason.TIMEOUT, Reason.HTTP_404]


@dataclass(frozen=True)
class _Try:
    at: datetime
    reason: Reason


_TELLING = [Reason.HTTP_404, Reason.HTTP_410, Reason.HTTP_5XX, Reason.TIMEOUT, Reason.DNS_NXDOMAIN, Reason.VIEWER_PAGE]
_REASONS = st.sampled_from([*_TELLING, Reason.OK, Reason.HTTP_403, Reason.LOGIN, Reason.BUDGET])
_TRIES = st.lists(
    st.builds(_Try, st.integers(0, 3 * 86400).map(lambda s: START + timedelta(seconds=s)), _REASONS),
    max_size=8,
    unique_by=lambda attempt: attempt.at,
)


def _outcome(known: Sequence[_Try]) -> Outcome:
    return settled(known, POLICY, LONG_AFTER)[0]


@given(_TRIES, st.randoms(use_true_random=False))
def test_order_of_telling_does_not_matter(known: list[_Try], chance: random.Random) -> None:
    mixed = list(known)
    chance.shuffle(mixed)
    assert settled(known, POLICY, LONG_AFTER) == settled(mixed, POLICY, LONG_AFTER)


@given(_TRIES)
def test_dead_needs_two_failures_without_a_good_answer_between(known: list[_Try]) -> None:
    if _outcome(known) is not Outcome.DEAD:
        return
    failing = streak(sorted(known, key=lambda attempt: attempt.at))
    assert len(failing) >= 2
    assert failing[-1].at - failing[0].at >= timedelta(seconds=POLICY.delay)
    assert failing[-1].reason in POLICY.confirmable | POLICY.settles_later


@given(_TRIES)
def test_a_good_answer_at_the_end_is_good(known: list[_Try]) -> None:
    assert _outcome([*known, _Try(LONG_AFTER, Reason.OK)]) is Outcome.OK


@given(_TRIES, st.sampled_from([r for r, i in REASONS.items() if i.outcome in {Outcome.BLOCKED, Outcome.UNCHECKED}]))
def test_a_refusal_at_the_end_is_never_dead(known: list[_Try], reason: Reason) -> None:
    if reason in SILENT:
        assert _outcome([*known, _Try(LONG_AFTER, reason)]) == (_outcome(known) if _told(known) else Outcome.UNCHECKED)
    else:
        assert _outcome([*known, _Try(LONG_AFTER, reason)]) is REASONS[reason].outcome


def _told(known: list[_Try]) -> bool:
    return any(attempt.reason not in SILENT for attempt in known)


@given(_TRIES)
def test_the_same_failure_again_never_revives(known: list[_Try]) -> None:
    if _outcome(known) is not Outcome.DEAD:
        return
    last = max(known, key=lambda attempt: (attempt.reason not in SILENT, attempt.at))
    assert _outcome([*known, replace(last, at=LONG_AFTER)]) is Outcome.DEAD


@given(_TRIES, st.integers(0, 7))
def test_seeing_an_attempt_better_than_it_was_never_kills(known: list[_Try], index: int) -> None:
    better = [replace(a, reason=Reason.OK) if i == index else a for i, a in enumerate(known)]
    if _outcome(better) is Outcome.DEAD:
        assert _outcome(known) is Outcome.DEAD


@given(_TRIES)
def test_next_check_is_the_one_that_settles(known: list[_Try]) -> None:
    due = next_check(known, POLICY)
    if _outcome(known) in {Outcome.DEAD, Outcome.OK, Outcome.BLOCKED}:
        assert due is None
    if due is None:
        return
    reason = streak(sorted(known, key=lambda attempt: attempt.at))[-1].reason
    last = max(attempt.at for attempt in known)
    assert _outcome([*known, _Try(max(due, last), reason)]) is Outcome.DEAD
    early = due - timedelta(seconds=1)
    if early > last:
        assert _outcome([*known, _Try(early, reason)]) is not Outcome.DEAD
