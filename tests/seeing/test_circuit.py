"""The circuit of one host: it trips on hosts that fail as a whole, and never on dead links among good ones."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.outcomes import Reason
from crawler.seeing.circuit import Action, HostCircuit
from crawler.seeing.tuning import CircuitPolicy, tuning

POLICY = tuning().circuit
ALIKE = [Reason.HTTP_404, Reason.HTTP_403, Reason.HTTP_5XX, Reason.TIMEOUT, Reason.WAF_OTHER, Reason.CONNECT_RESET]


def feed(circuit: HostCircuit, reasons: list[Reason], start: float = 0.0) -> float:
    """Record one result a second; returns the time after the last."""
    for number, reason in enumerate(reasons):
        circuit.record(start + number, reason)
    return start + len(reasons)


@pytest.mark.parametrize("reason", ALIKE)
def test_a_host_failing_alike_trips(reason: Reason) -> None:
    circuit = HostCircuit()
    feed(circuit, [reason] * (POLICY.at_least - 1))
    assert not circuit.suspect
    assert circuit.record(POLICY.at_least, reason)
    assert circuit.suspect and circuit.tripped_by is reason and circuit.pace == 2


@pytest.mark.parametrize("reason", [*ALIKE, Reason.CONNECT_REFUSED, Reason.DNS_FAILURE])
def test_a_host_that_turns_against_us_trips(reason: Reason) -> None:
    circuit = HostCircuit()
    now = feed(circuit, [Reason.OK] * 100)
    feed(circuit, [reason] * POLICY.keep, now)
    assert circuit.suspect


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("share", [0.02, 0.2, 0.4])
def test_dead_links_among_good_ones_do_not_trip(seed: int, share: float) -> None:
    circuit, chance = HostCircuit(), random.Random(seed)
    for second in range(2000):
        circuit.record(second, Reason.HTTP_404 if chance.random() < share else Reason.OK)
        assert not circuit.suspect


def test_a_page_of_ten_dead_attachments_does_not_trip() -> None:
    circuit = HostCircuit()
    feed(circuit, [Reason.OK] * 5 + [Reason.HTTP_404] * 10 + [Reason.OK] * 5)
    assert not circuit.suspect


def test_failing_in_many_ways_is_not_failing_alike() -> None:
    circuit = HostCircuit()
    feed(circuit, [Reason.HTTP_404, Reason.TIMEOUT, Reason.HTTP_5XX, Reason.WRONG_TYPE] * 20)
    assert not circuit.suspect


@pytest.mark.parametrize("reason", [Reason.DNS_NXDOMAIN, Reason.CONNECT_REFUSED])
def test_a_host_that_never_lived_counts_link_by_link(reason: Reason) -> None:
    circuit = HostCircuit()
    feed(circuit, [reason] * 50)
    assert not circuit.suspect and not circuit.unproven


@pytest.mark.parametrize("reason", [Reason.HTTP_404, Reason.HTTP_5XX, Reason.TIMEOUT, Reason.HTTP_403])
def test_a_failing_home_page_trips_at_once(reason: Reason) -> None:
    assert HostCircuit().record(0, reason, home=True)


def test_a_host_of_images_may_refuse_its_root() -> None:
    circuit = HostCircuit()
    now = feed(circuit, [Reason.OK] * POLICY.at_least)
    assert not circuit.record(now, Reason.HTTP_403, home=True)


def test_gone_pages_of_a_silent_host_ask_for_its_home_page() -> None:
    circuit = HostCircuit()
    circuit.record(0, Reason.HTTP_404)
    assert circuit.unproven
    circuit.record(1, Reason.OK, home=True)
    assert not circuit.unproven and not circuit.suspect


def test_a_tripped_host_waits_then_sends_one_canary() -> None:
    circuit = HostCircuit()
    circuit.record(0, Reason.HTTP_5XX, home=True)
    assert circuit.next_action(1) is Action.WAIT
    assert circuit.retry_at == POLICY.first_pause
    assert circuit.next_action(circuit.retry_at) is Action.CANARY
    assert circuit.next_action(circuit.retry_at + 1) is Action.WAIT
    circuit.record(circuit.retry_at + 2, Reason.OK, canary=True)
    assert not circuit.suspect
    assert circuit.next_action(circuit.retry_at + 3) is Action.GO


def test_a_lost_canary_is_sent_again() -> None:
    circuit = HostCircuit()
    circuit.record(0, Reason.HTTP_5XX, home=True)
    assert circuit.next_action(300) is Action.CANARY
    assert circuit.next_action(300 + 121) is Action.CANARY


def test_failed_canaries_wait_longer_and_end() -> None:
    circuit = HostCircuit()
    circuit.record(0, Reason.TIMEOUT, home=True)
    pauses, now = [], 0.0
    for _ in range(POLICY.canaries):
        pauses.append(circuit.retry_at - now)
        now = circuit.retry_at
        assert circuit.next_action(now) is Action.CANARY
        circuit.record(now, Reason.TIMEOUT, canary=True)
    assert pauses == [300, 600, 1200, 2400]
    assert circuit.next_action(now + 10**6) is Action.GIVE_UP
    assert circuit.suspect and circuit.given_up


def test_results_of_the_spell_are_not_trusted() -> None:
    circuit = HostCircuit()
    now = feed(circuit, [Reason.OK] * 30)
    now = feed(circuit, [Reason.HTTP_404] * POLICY.keep, now)
    assert circuit.trusts(10) and not circuit.trusts(31) and not circuit.trusts(now + 10**6)
    circuit.record(1000, Reason.OK, canary=True)
    assert circuit.trusts(10) and not circuit.trusts(500) and circuit.trusts(1001)


def test_after_a_good_canary_gone_pages_are_believed() -> None:
    circuit = HostCircuit()
    feed(circuit, [Reason.HTTP_404] * POLICY.at_least)
    circuit.record(400, Reason.OK, canary=True)
    feed(circuit, [Reason.HTTP_404] * 40, 401)
    assert not circuit.suspect
    feed(circuit, [Reason.HTTP_5XX] * 140, 441)
    assert circuit.tripped_by is Reason.HTTP_5XX


def test_old_results_fall_out_of_the_window() -> None:
    circuit = HostCircuit()
    for day in range(40):
        circuit.record(day * 86400.0, Reason.HTTP_404)
    assert not circuit.suspect


def test_429_slows_down_and_never_trips() -> None:
    circuit = HostCircuit()
    for second in range(50):
        circuit.record(second, Reason.RATE_LIMITED)
        circuit.slow_down(second, 30)
    assert not circuit.suspect and circuit.pace == POLICY.slowest
    assert circuit.next_action(50) is Action.WAIT
    assert circuit.next_action(49 + 30) is Action.GO


def test_a_server_cannot_park_us_for_ever() -> None:
    circuit = HostCircuit()
    circuit.slow_down(0, 10**9)
    assert circuit.retry_at == POLICY.longest_pause


def test_pace_comes_back_with_good_answers() -> None:
    circuit = HostCircuit()
    circuit.slow_down(0)
    circuit.slow_down(0)
    now = feed(circuit, [Reason.OK] * (POLICY.recover_after - 1))
    assert circuit.pace == 4
    now = feed(circuit, [Reason.HTTP_404], now)  # begins the row again
    now = feed(circuit, [Reason.OK] * (POLICY.recover_after - 1), now)
    assert circuit.pace == 4
    now = feed(circuit, [Reason.OK], now)
    assert circuit.pace == 2
    now = feed(circuit, [Reason.OK] * (POLICY.recover_after - 1), now)
    assert circuit.pace == 2
    now = feed(circuit, [Reason.OK], now)
    assert circuit.pace == 1
    feed(circuit, [Reason.OK] * (2 * POLICY.recover_after), now)
    assert circuit.pace == 1


def test_only_the_result_that_trips_says_so() -> None:
    circuit = HostCircuit()
    assert circuit.record(0, Reason.OK) is False
    assert circuit.record(1, Reason.HTTP_404) is False
    assert circuit.record(2, Reason.RATE_LIMITED) is False
    assert circuit.record(3, Reason.ROBOTS) is False
    assert circuit.record(4, Reason.HTTP_5XX, home=True) is True
    assert circuit.record(5, Reason.HTTP_5XX, home=True) is False
    assert circuit.record(400, Reason.HTTP_5XX, canary=True) is False
    assert circuit.record(1300, Reason.OK, canary=True) is False
    assert circuit.trips == 1


@pytest.mark.parametrize(
    ("good", "bad", "trips"), [(6, 5, False), (6, 6, True), (11, 0, False), (10, 0, True), (0, 0, True)]
)
def test_how_many_good_pages_outweigh_a_failing_root(good: int, bad: int, trips: bool) -> None:
    circuit = HostCircuit()
    now = feed(circuit, [Reason.OK] * good + [Reason.HTTP_404] * bad)
    assert circuit.record(now, Reason.HTTP_403, home=True) is trips


def test_the_window_ends_on_the_second() -> None:
    def tripped(gap: float) -> bool:
        circuit = HostCircuit()
        circuit.record(0, Reason.HTTP_404)
        feed(circuit, [Reason.HTTP_404] * (POLICY.at_least - 2), gap - 20)
        return circuit.record(gap, Reason.HTTP_404)

    assert tripped(POLICY.window)
    assert not tripped(POLICY.window + 1)


def test_share_is_counted_over_the_whole_window() -> None:
    circuit = HostCircuit()
    now = feed(circuit, [Reason.OK] * 6)
    now = feed(circuit, [Reason.HTTP_404] * 13, now)
    assert not circuit.suspect  # 13 of 19 are 68 %
    feed(circuit, [Reason.HTTP_404], now)
    assert circuit.suspect  # 14 of 20 are 70 %


def test_the_spell_has_ends() -> None:
    circuit = HostCircuit()
    circuit.record(10, Reason.OK)
    circuit.record(20, Reason.HTTP_5XX, home=True)
    circuit.record(400, Reason.OK, canary=True)
    assert [circuit.trusts(at) for at in (19, 20, 400, 401)] == [True, False, False, True]


def test_proof_runs_out() -> None:
    circuit = HostCircuit()
    circuit.record(0, Reason.HTTP_404, home=True)
    circuit.record(400, Reason.OK, canary=True)
    feed(circuit, [Reason.HTTP_404] * 30, 400 + POLICY.proof - 30)
    assert not circuit.suspect
    circuit.record(400 + POLICY.proof, Reason.HTTP_404)
    assert circuit.suspect


@pytest.mark.parametrize("reason", [Reason.LOGIN, Reason.ROBOTS, Reason.OWN_NETWORK, Reason.BUDGET, Reason.TOO_LARGE])
def test_what_says_nothing_about_the_host_does_not_trip(reason: Reason) -> None:
    circuit = HostCircuit()
    feed(circuit, [reason] * 100)
    assert not circuit.suspect


def test_a_canary_lost_to_our_own_network_is_no_failure() -> None:
    circuit = HostCircuit()
    circuit.record(0, Reason.TIMEOUT, home=True)
    assert circuit.next_action(300) is Action.CANARY
    circuit.record(301, Reason.OWN_NETWORK, canary=True)
    assert circuit.next_action(302) is Action.CANARY


@given(st.lists(st.tuples(st.floats(0, 400), st.sampled_from(list(Reason)), st.booleans(), st.booleans()), max_size=80))
def test_any_history_keeps_its_promises(events: list[tuple[float, Reason, bool, bool]]) -> None:
    circuit = HostCircuit(CircuitPolicy(at_least=3, keep=6))
    now = 0.0
    for step, reason, home, canary in events:
        now += step
        action = circuit.next_action(now)
        assert (action is Action.GO) == (not circuit.suspect and now >= circuit.retry_at)
        circuit.record(now, reason, home=home, canary=canary)
        assert 1 <= circuit.pace <= circuit.policy.slowest
        assert circuit.suspect == (not circuit.trusts(now + 1e9))
