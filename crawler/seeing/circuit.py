"""The circuit of one host: when the host as a whole fails or refuses us, nothing on it may be published (F4, F5).

Pure: the clock is passed in as seconds. The walk asks `next_action` before each request and tells every result to
`record`; 429 and Retry-After only slow the pace. A tripped host is left alone, then asked with one canary (its home
page, or a page that was good before); a good canary closes the circuit, and what failed meanwhile is to be asked again.
"""

from __future__ import annotations

from collections import Counter, deque
from enum import StrEnum

from crawler.outcomes import REASONS, Outcome, Reason
from crawler.seeing.tuning import CircuitPolicy, tuning

_DEATHS = frozenset({Reason.DNS_NXDOMAIN, Reason.DNS_FAILURE, Reason.CONNECT_REFUSED})
"""Before any good answer these are the host's own end, which counts link by link; after one they are a change."""
_GONE = frozenset({Reason.HTTP_404, Reason.HTTP_410, Reason.SOFT_404, Reason.EMPTY_FILE, Reason.WRONG_TYPE})
"""Failures of single pages: a good canary proves that they are just that."""
_TRIAL_LASTS = 120.0


class Action(StrEnum):
    """What to do with the host now."""

    GO = "go"
    WAIT = "wait"
    CANARY = "canary"
    GIVE_UP = "give-up"


class HostCircuit:
    """State machine of one host: closed → tripped → trial → closed or, after `canaries` failures, given up."""

    def __init__(self, policy: CircuitPolicy | None = None) -> None:
        self.policy = policy or tuning().circuit
        self.pace = 1.0
        """Factor on the delay between two requests: 1 at first, doubled at every trip and every 429."""
        self.tripped_by: Reason | None = None
        self.trips = 0
        self.good_seen = False
        self._results: deque[tuple[float, Reason, bool]] = deque(maxlen=self.policy.keep)
        self._not_before = 0.0
        self._trial_since: float | None = None
        self._failed_canaries = 0
        self._good_in_row = 0
        self._proven_until = float("-inf")
        self._distrust: list[tuple[float, float | None]] = []

    @property
    def suspect(self) -> bool:
        """The host as a whole is under suspicion: publish nothing on it."""
        return self.tripped_by is not None

    @property
    def given_up(self) -> bool:
        """Every canary failed: left for a later run."""
        return self.suspect and self._failed_canaries >= self.policy.canaries

    @property
    def unproven(self) -> bool:
        """Pages of the host are gone, yet it never gave a good answer: ask its home page once before believing it."""
        return not self.good_seen and any(reason in _GONE for _, reason, _ in self._results)

    @property
    def retry_at(self) -> float:
        """Time before which the host must not be asked."""
        return self._not_before

    def trusts(self, at: float) -> bool:
        """A result of time `at` counts: it does not fall into a spell in which the host was under suspicion."""
        return not any(start <= at and (end is None or at <= end) for start, end in self._distrust)

    def next_action(self, now: float) -> Action:
        """GO, WAIT (until `retry_at`), CANARY (send one and record it with canary=True) or GIVE_UP for this run."""
        if self.given_up:
            return Action.GIVE_UP
        if now < self._not_before:
            return Action.WAIT
        if not self.suspect:
            return Action.GO
        if self._trial_since is not None and now - self._trial_since < _TRIAL_LASTS:
            return Action.WAIT
        self._trial_since = now
        return Action.CANARY

    def slow_down(self, now: float, seconds: float | None = None) -> None:
        """429 or Retry-After: halve the pace, and ask nothing before `seconds` have passed."""
        self.pace = min(self.pace * 2, self.policy.slowest)
        self._good_in_row = 0
        if seconds is not None:
            self._not_before = max(self._not_before, now + min(seconds, self.policy.longest_pause))

    def record(self, now: float, reason: Reason, *, home: bool = False, canary: bool = False) -> bool:
        """Take one result; True when it tripped the circuit. `home`: of the host's own home page."""
        if reason is Reason.RATE_LIMITED:
            self._trial_since = None if canary else self._trial_since
            return False
        good = REASONS[reason].outcome is Outcome.OK or reason is Reason.LOGIN
        if not good and REASONS[reason].outcome is Outcome.UNCHECKED:
            self._trial_since = None if canary else self._trial_since
            return False
        if canary and self.suspect:
            self._take_canary(now, good)
            return False
        self._take(now, reason, good)
        if good or self.suspect or not self._breaks(now, reason, home):
            return False
        self._trip(now, reason)
        return True

    def _take(self, now: float, reason: Reason, good: bool) -> None:
        self._results.append((now, reason, good))
        while self._results and now - self._results[0][0] > self.policy.window:
            self._results.popleft()
        self.good_seen = self.good_seen or good
        self._good_in_row = self._good_in_row + 1 if good else 0
        if self._good_in_row >= self.policy.recover_after:
            self._good_in_row = 0
            self.pace = max(1.0, self.pace / 2)

    def _breaks(self, now: float, reason: Reason, home: bool) -> bool:
        """This failure shows that the host as a whole fails, by its home page or by the share of its pages."""
        if reason in _DEATHS and not self.good_seen:
            return False
        count = len(self._results)
        good = sum(ok for _, _, ok in self._results)
        if home:  # hosts of images and APIs refuse "/" and serve everything else
            return not (count >= self.policy.at_least and good * 2 >= count)
        if reason in _GONE and now < self._proven_until:
            return False
        alike = Counter(r for _, r, ok in self._results if not ok and (r not in _DEATHS or self.good_seen))
        return count >= self.policy.at_least and alike[reason] >= self.policy.share * count

    def _trip(self, now: float, reason: Reason) -> None:
        self.tripped_by = reason
        self.trips += 1
        self._failed_canaries = 0
        self._trial_since = None
        first = next((at for at, r, _ in self._results if r is reason), now)
        self._distrust.append((first, None))
        self.slow_down(now, self.policy.first_pause)

    def _take_canary(self, now: float, good: bool) -> None:
        self._trial_since = None
        if good:
            self.tripped_by = None
            self.good_seen = True
            self._results.clear()
            self._proven_until = now + self.policy.proof
            start, _ = self._distrust.pop()
            self._distrust.append((start, now))
            return
        self._failed_canaries += 1
        pause = self.policy.first_pause * 2**self._failed_canaries
        self._not_before = now + min(pause, self.policy.longest_pause)
